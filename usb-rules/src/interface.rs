//! What one interface of a USB device says it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One USB interface: class, subclass and protocol, written `08:06:50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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
        if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InterfaceError);
        }
        let number = u32::from_str_radix(text, 16).map_err(|_| InterfaceError)?;
        let [_, class, subclass, protocol] = number.to_be_bytes();
        Ok(Self { class, subclass, protocol })
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}:{:02x}:{:02x}", self.class, self.subclass, self.protocol)
    }
}

impl From<Interface> for String {
    fn from(interface: Interface) -> Self {
        interface.to_string()
    }
}

impl TryFrom<String> for Interface {
    type Error = InterfaceError;

    /// As it is displayed, colons in their places and nowhere else.
    fn try_from(text: String) -> Result<Self, InterfaceError> {
        let interface: Self = text.replace(':', "").parse()?;
        if interface.to_string() == text { Ok(interface) } else { Err(InterfaceError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_hexadecimal_digits_are_an_interface() {
        for bad in ["", "0806", "08065g", "0806500", "+80650", "08é50"] {
            assert_eq!(bad.parse::<Interface>(), Err(InterfaceError), "{bad}");
        }
    }

    #[test]
    fn a_record_is_read_as_it_is_shown_and_in_no_other_way() {
        let stick: Interface = "080650".parse().expect("an interface");
        assert_eq!(Interface::try_from("08:06:50".to_owned()), Ok(stick));
        for bad in ["080650", "0:80:650", "08:06:5", "08:06:50:", "08:06:5G"] {
            assert_eq!(Interface::try_from(bad.to_owned()), Err(InterfaceError), "{bad}");
        }
    }
}
