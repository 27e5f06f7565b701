//! What is plugged in now.
//!
//! ```text
//! libudev: disks, partitions, mappings, USB devices --.
//! sysfs: descriptors, slaves, backing files ----------+--> snapshot --assemble--> UntrustedDevice
//! /proc: mounts, swaps -------------------------------'
//! ```
//! The snapshot is plain data, so what is made of it is tested without a device.

mod assemble;
mod content;
mod descriptors;
mod kernel_files;
mod mounts;
mod snapshot;
mod usb;

pub use usb::Other;

use crate::facts::UntrustedDevice;
use mounts::Places;
use snapshot::Snapshot;

/// Why devices could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// udev could not be asked.
    #[error("udev could not be asked: {0}")]
    Udev(#[from] std::io::Error),
    /// Without the lists of mounts and swaps nobody knows which disks are in use.
    #[error("{path} could not be read: {source}")]
    Kernel {
        /// The kernel's file.
        path: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

/// Every whole disk that is plugged in now, internal ones too.
///
/// A disk that cannot be read is listed with what is known of it, so that the policy refuses it
/// by name; it does not hide the others.
pub fn discover() -> Result<Vec<UntrustedDevice>, DiscoverError> {
    let snapshot = Snapshot::take()?;
    Ok(assemble::devices(&snapshot, &Places::read()?))
}

/// The number that the kernel gave this disk when it came: no other disk gets it, whatever its
/// node. `None` where the kernel has none, or the disk is gone.
pub fn disk_sequence(node: &str) -> Option<u64> {
    let name = node.strip_prefix("/dev/")?.to_owned();
    let device = udev::Device::from_subsystem_sysname("block".to_owned(), name).ok()?;
    device.attribute_value("diskseq")?.to_str()?.trim().parse().ok()
}

/// Every USB device that is no disk and no hub: a keyboard, a network card, a blocked stick.
pub fn units() -> Result<Vec<Other>, DiscoverError> {
    Ok(usb::others(&Snapshot::take()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_s_disks_are_listed_and_none_that_is_not_on_usb_is_admitted() {
        for device in discover().expect("udev") {
            assert!(device.node.starts_with("/dev/"), "{}", device.node);
            let admitted = device.admit::<crate::Transfer>(crate::Access::Read);
            assert!(device.usb.is_some() || admitted.is_err(), "{}", device.node);
        }
        units().expect("udev");
    }
}
