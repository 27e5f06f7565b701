//! What udev sees.

use crate::policy::{Interface, InterfaceError, UntrustedDevice};

/// Why devices could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// udev could not be asked.
    #[error("udev could not be asked: {0}")]
    Udev(#[from] std::io::Error),
    /// udev told interfaces that are none.
    #[error(transparent)]
    Interface(#[from] InterfaceError),
}

/// Every whole disk that is plugged in now, with the interfaces of its USB device.
pub fn discover() -> Result<Vec<UntrustedDevice>, DiscoverError> {
    let mut enumerator = udev::Enumerator::new()?;
    enumerator.match_subsystem("block")?;
    enumerator.match_property("DEVTYPE", "disk")?;
    let mut found = Vec::new();
    for device in enumerator.scan_devices()? {
        let Some(node) = device.devnode() else { continue };
        let property = device.property_value("ID_USB_INTERFACES");
        let interfaces = property.map(|v| v.to_string_lossy().into_owned()).unwrap_or_default();
        found.push(UntrustedDevice {
            node: node.to_string_lossy().into_owned(),
            interfaces: parse(&interfaces)?,
        });
    }
    Ok(found)
}

/// `:080650:030101:`, as udev's `usb_id` writes it.
fn parse(property: &str) -> Result<Vec<Interface>, InterfaceError> {
    property.split(':').filter(|i| !i.is_empty()).map(str::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn udev_s_list_is_read_whole_or_not_at_all() {
        assert_eq!(parse(":080650:030101:").expect("two").len(), 2);
        assert_eq!(parse("").expect("none").len(), 0);
        assert!(parse(":080650:zz0101:").is_err());
    }

    #[test]
    fn this_machine_s_disks_are_listed_without_an_error() {
        for device in discover().expect("udev") {
            assert!(device.node.starts_with("/dev/"), "{}", device.node);
        }
    }
}
