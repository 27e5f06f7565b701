//! The interfaces of a USB device, out of its raw descriptors.
//!
//! ```text
//! device (18 bytes) | configuration, interface, endpoint, interface, ... | configuration, ...
//! each: length, type, then the rest
//! ```

use crate::interface::Interface;

const DEVICE: u8 = 1;
const INTERFACE: u8 = 4;
const DEVICE_LENGTH: u8 = 18;
const INTERFACE_LENGTH: u8 = 9;

/// Every interface of every configuration, alternate settings too, each once; `None` if the
/// bytes are no descriptors.
///
/// Reading is strict: a device that says its own description wrongly is not judged by the part
/// that could be understood.
pub(super) fn interfaces(bytes: &[u8]) -> Option<Vec<Interface>> {
    let mut found = Vec::new();
    let mut rest = bytes;
    let mut first = true;
    while let [length, kind, ..] = *rest {
        let (descriptor, behind) = rest.split_at_checked(usize::from(length))?;
        match (first, kind) {
            (true, DEVICE) if length == DEVICE_LENGTH => {}
            (true, _) | (false, DEVICE) => return None,
            (false, INTERFACE) => found.push(interface(descriptor)?),
            // Two bytes are the least: a shorter one would never end.
            _ if length < 2 => return None,
            _ => {}
        }
        (rest, first) = (behind, false);
    }
    found.sort_unstable();
    found.dedup();
    (rest.is_empty() && !first).then_some(found)
}

fn interface(descriptor: &[u8]) -> Option<Interface> {
    match *descriptor {
        [length, _, _, _, _, class, subclass, protocol, _, ..] if length >= INTERFACE_LENGTH => {
            Some(Interface { class, subclass, protocol })
        }
        _ => None,
    }
}

/// udev's `ID_USB_INTERFACES`, `:080650:030101:`; `None` if a part of it is no interface.
pub(super) fn listed(property: &str) -> Option<Vec<Interface>> {
    property.split(':').filter(|i| !i.is_empty()).map(|i| i.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: [u8; 18] = [18, 1, 0, 2, 0, 0, 0, 64, 0x81, 0x07, 0x67, 0x55, 0, 1, 1, 2, 3, 1];
    const CONFIGURATION: [u8; 9] = [9, 2, 32, 0, 1, 1, 0, 0x80, 100];
    const STICK: [u8; 9] = [9, 4, 0, 0, 2, 8, 6, 0x50, 0];
    const UAS: [u8; 9] = [9, 4, 0, 1, 4, 8, 6, 0x62, 0];
    const KEYBOARD: [u8; 9] = [9, 4, 1, 0, 1, 3, 1, 1, 0];
    const ENDPOINT: [u8; 7] = [7, 5, 0x81, 2, 0, 2, 0];

    fn shown(parts: &[&[u8]]) -> Option<Vec<String>> {
        interfaces(&parts.concat()).map(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_alternate_setting_of_every_configuration_is_found() {
        let stick = shown(&[&HEAD, &CONFIGURATION, &STICK, &ENDPOINT, &ENDPOINT]);
        assert_eq!(stick.expect("a stick"), ["08:06:50"]);
        let uas = shown(&[&HEAD, &CONFIGURATION, &STICK, &ENDPOINT, &UAS, &ENDPOINT]);
        assert_eq!(uas.expect("an SSD"), ["08:06:50", "08:06:62"]);
        let second = [&HEAD[..], &CONFIGURATION, &STICK, &CONFIGURATION, &STICK, &KEYBOARD];
        assert_eq!(shown(&second).expect("two faces"), ["03:01:01", "08:06:50"]);
    }

    #[test]
    fn a_description_that_is_cut_or_goes_in_circles_is_none() {
        let whole = [&HEAD[..], &CONFIGURATION, &STICK, &ENDPOINT].concat();
        let ends = [18, 27, 36, 43];
        for cut in 0..whole.len() {
            assert_eq!(interfaces(&whole[..cut]).is_some(), ends.contains(&cut), "{cut}");
        }
        assert_eq!(shown(&[&HEAD, &[0, 4]]), None);
        assert_eq!(shown(&[&HEAD, &[1, 9]]), None);
        assert_eq!(shown(&[&CONFIGURATION, &STICK]), None);
        assert_eq!(shown(&[&HEAD, &STICK, &HEAD]), None);
        assert_eq!(shown(&[&HEAD, &[8, 4, 0, 0, 2, 8, 6, 0x50]]), None);
    }

    #[test]
    fn udev_s_list_is_read_whole_or_not_at_all() {
        assert_eq!(listed(":080650:030101:").expect("two").len(), 2);
        assert_eq!(listed("").expect("none").len(), 0);
        assert_eq!(listed(":080650:zz0101:"), None);
        assert_eq!(listed(":080650:0301"), None);
    }
}
