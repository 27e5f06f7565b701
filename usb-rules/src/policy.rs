//! The one policy table.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// What may take part: mass storage, SCSI commands, bulk-only or UAS transport.
const STORAGE: [Interface; 2] = [
    Interface { class: 0x08, subclass: 0x06, protocol: 0x50 },
    Interface { class: 0x08, subclass: 0x06, protocol: 0x62 },
];

/// One USB interface: class, subclass and protocol, as `08:06:50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interface {
    /// `bInterfaceClass`.
    pub class: u8,
    /// `bInterfaceSubClass`.
    pub subclass: u8,
    /// `bInterfaceProtocol`.
    pub protocol: u8,
}

/// Text that is not six hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a USB interface of six hexadecimal digits")]
pub struct InterfaceError;

impl FromStr for Interface {
    type Err = InterfaceError;

    /// As udev's `ID_USB_INTERFACES` writes it: `080650`.
    fn from_str(text: &str) -> Result<Self, InterfaceError> {
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let byte =
            |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| InterfaceError);
        if !digits {
            return Err(InterfaceError);
        }
        Ok(Self { class: byte(0)?, subclass: byte(2)?, protocol: byte(4)? })
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}:{:02x}:{:02x}", self.class, self.subclass, self.protocol)
    }
}

/// A device as it presents itself. Nothing here is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntrustedDevice {
    /// The block device's node, such as `/dev/sdb`.
    pub node: String,
    /// Every interface of the USB device it belongs to; empty if it is not on USB.
    pub interfaces: Vec<Interface>,
}

/// Why a device may not take part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not attached by USB.
    #[error("not a USB device")]
    NotUsb,
    /// One interface is something else than storage, so the whole device is refused.
    #[error("the device is not only storage: it has the interface {0}")]
    NotOnlyStorage(Interface),
}

/// What is to be done with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing but reading.
    Read,
    /// Writing too.
    Write,
}

/// What a device is used for. Sealed: there are two.
pub trait Role: sealed::Sealed {}

/// Carries bundles to the SVS.
#[derive(Clone, Copy, Debug)]
pub struct Transfer;

/// Carries clean copies away from it.
#[derive(Clone, Copy, Debug)]
pub struct Export;

impl Role for Transfer {}
impl Role for Export {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Transfer {}
    impl Sealed for super::Export {}
}

/// A device that the policy admitted for one role.
#[derive(Clone, Debug)]
pub struct Device<R: Role> {
    node: String,
    role: PhantomData<R>,
}

impl<R: Role> Device<R> {
    /// The block device's node.
    pub fn node(&self) -> &str {
        &self.node
    }
}

impl UntrustedDevice {
    /// Admits the device for a role, or says why not.
    pub fn admit<R: Role>(&self) -> Result<Device<R>, Refusal> {
        if self.interfaces.is_empty() {
            return Err(Refusal::NotUsb);
        }
        match self.interfaces.iter().find(|i| !STORAGE.contains(i)) {
            Some(other) => Err(Refusal::NotOnlyStorage(*other)),
            None => Ok(Device { node: self.node.clone(), role: PhantomData }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(interfaces: &[&str]) -> UntrustedDevice {
        let parse = |i: &&str| i.parse().expect("an interface");
        UntrustedDevice {
            node: "/dev/sdb".to_owned(),
            interfaces: interfaces.iter().map(parse).collect(),
        }
    }

    #[test]
    fn storage_and_nothing_else_is_admitted() {
        for good in [&["080650"][..], &["080662"], &["080650", "080662"]] {
            assert!(device(good).admit::<Transfer>().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_stick_that_is_also_something_else_is_refused_by_its_other_interface() {
        for (bad, blame) in [
            (&["080650", "030101"][..], "03:01:01"), // and a keyboard
            (&["020600", "080650"], "02:06:00"),     // and a network card
            (&["080250"], "08:02:50"),               // a CD reader's commands
            (&["ff0000"], "ff:00:00"),               // vendor specific
        ] {
            let refusal = device(bad).admit::<Export>().expect_err("refused");
            assert!(refusal.to_string().ends_with(blame), "{refusal}");
        }
        assert_eq!(device(&[]).admit::<Transfer>().expect_err("refused"), Refusal::NotUsb);
    }

    #[test]
    fn only_six_hexadecimal_digits_are_an_interface() {
        for bad in ["", "0806", "08065g", "0806500", "+80650"] {
            assert_eq!(bad.parse::<Interface>(), Err(InterfaceError), "{bad}");
        }
    }
}
