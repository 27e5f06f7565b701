//! A device that was admitted.

use std::marker::PhantomData;

use sd_fs::{Escaped, escape};

use crate::facts::{UntrustedDevice, Volume};
use crate::identity::LabelRole;
use crate::table;

/// What a device is used for. Sealed: there are two.
pub trait Role: sealed::Sealed {
    /// The role, as a stick's own label file says it.
    const ROLE: LabelRole;
    /// The role's name, as people know it.
    const NAME: &'static str;
    /// The label that makes a device one of this role, on LUKS, a file system or a partition.
    const LABEL: &'static str;
    /// The label of the other role, which is refused here.
    const OTHER_LABEL: &'static str;
}

/// Carries bundles to the SVS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer;

/// Carries clean copies away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export;

impl Role for Transfer {
    const ROLE: LabelRole = LabelRole::Transfer;
    const NAME: &'static str = "Transfer Device";
    const LABEL: &'static str = table::TRANSFER_LABEL;
    const OTHER_LABEL: &'static str = table::EXPORT_LABEL;
}

impl Role for Export {
    const ROLE: LabelRole = LabelRole::Export;
    const NAME: &'static str = "Export Device";
    const LABEL: &'static str = table::EXPORT_LABEL;
    const OTHER_LABEL: &'static str = table::TRANSFER_LABEL;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Transfer {}
    impl Sealed for super::Export {}
}

/// A device that the policy admitted for one role.
///
/// Admitted is not trusted: what is on it is still a stranger's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device<R: Role> {
    facts: UntrustedDevice,
    volume: Volume,
    role: PhantomData<R>,
}

impl<R: Role> Device<R> {
    pub(super) fn new(facts: UntrustedDevice, volume: Volume) -> Self {
        Self { facts, volume, role: PhantomData }
    }

    /// The block device's node, such as `/dev/sdb`. It may be another device's after the next
    /// plugging: compare [`Device::id`].
    pub fn node(&self) -> &str {
        &self.facts.node
    }

    /// Bytes on the whole disk, as it claims.
    pub fn size(&self) -> u64 {
        self.facts.size
    }

    /// Bytes in a logical sector: 512 or 4096.
    pub fn sector(&self) -> u32 {
        self.facts.sector
    }

    /// Whether the kernel refuses to write on it, or on the volume that is used.
    pub fn read_only(&self) -> bool {
        self.facts.read_only || self.volume.read_only
    }

    /// The one part of it that can be used: the whole disk, or a partition.
    pub fn volume(&self) -> &Volume {
        &self.volume
    }

    /// Everything that was known when it was admitted.
    pub fn facts(&self) -> &UntrustedDevice {
        &self.facts
    }

    /// A line for a person, escaped: `SanDisk "Cruzer Blade", 30.8 GB, /dev/sdb`.
    pub fn title(&self) -> String {
        self.facts.title()
    }

    /// Words that stay the same while the same device is in the same socket, whatever its node
    /// is called: port, ids, serial number, size and sector.
    ///
    /// All but the port are the device's own claims, so this tells two sticks on the desk apart
    /// and proves nothing about a stick that lies.
    pub fn id(&self) -> String {
        let (size, sector) = (self.facts.size, self.facts.sector);
        match &self.facts.usb {
            // The serial number stands last, so nothing in it can pass for another part.
            Some(usb) => format!(
                "usb {} {:04x}:{:04x} {size} {sector} {}",
                escape(usb.port.as_bytes()),
                usb.vendor_id,
                usb.product_id,
                escape(usb.serial.as_bytes()),
            ),
            // The policy admits none such.
            None => format!("disk {} {size} {sector}", escape(self.facts.node.as_bytes())),
        }
    }
}

/// The longest name of a maker or a product that is shown, in characters.
const SHOWN: usize = 32;

impl UntrustedDevice {
    /// A line for a person, escaped and short: `SanDisk "Cruzer Blade", 30.8 GB, /dev/sdb`.
    pub fn title(&self) -> String {
        let node = shown(&self.node);
        let size = if self.size == 0 { "no medium".to_owned() } else { rounded(self.size) };
        let Some(usb) = &self.usb else { return format!("{size}, {node}") };
        let vendor = match usb.vendor.trim() {
            "" => format!("USB {:04x}:{:04x}", usb.vendor_id, usb.product_id),
            vendor => shown(vendor),
        };
        match usb.product.trim() {
            "" => format!("{vendor}, {size}, {node}"),
            product => format!("{vendor} \"{}\", {size}, {node}", quoted(&shorten(product))),
        }
    }
}

fn shown(text: &str) -> String {
    escape(shorten(text).as_bytes()).as_str().to_owned()
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Text to stand between quotes: its own quotes must not end them.
fn quoted(text: &str) -> Escaped {
    escape(text.replace('"', "'").as_bytes())
}

/// Bytes as a stick's label says them: powers of a thousand, one digit behind the point.
fn rounded(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        1_000_000_000..1_000_000_000_000 => (1_000_000_000, "GB"),
        _ => (1_000_000_000_000, "TB"),
    };
    let tenths = u128::from(bytes) * 10 / unit;
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}
