//! What is built into a Secure Viewing Station, or plugged into it.

use super::mounts;
use crate::finding::{Judged, ok, several, warn};
use crate::place::{Place, Unseen};

const PCI: &str = "/sys/bus/pci/devices";
const USB: &str = "/sys/bus/usb/devices";

pub(super) fn network(place: &Place) -> Judged {
    let mut found = pci(place, |class| {
        let cards = [("0x02", "network card"), ("0x0d", "radio card")];
        cards.iter().find(|(code, _)| class.starts_with(code)).map(|(_, name)| *name)
    })?;
    for interface in place.names(USB)?.unwrap_or_default() {
        let class = place.attribute(&format!("{USB}/{interface}/bInterfaceClass"))?;
        let kind = match class.as_deref() {
            Some("02" | "0a") => "USB network or modem",
            Some("e0") => "USB radio",
            _ => continue,
        };
        found.push(format!("{kind} at {interface}"));
    }
    list(&found, "none")
}

/// PCI devices of the classes that `which` knows, with their numbers.
fn pci(place: &Place, which: impl Fn(&str) -> Option<&'static str>) -> Result<Vec<String>, Unseen> {
    let mut found = Vec::new();
    for device in place.names(PCI)?.unwrap_or_default() {
        let attribute = |name: &str| place.attribute(&format!("{PCI}/{device}/{name}"));
        let class = attribute("class")?.unwrap_or_default();
        let Some(kind) = which(&class) else { continue };
        let number = |name: &str| {
            let number = attribute(name)?.unwrap_or_default();
            Ok::<_, Unseen>(number.trim_start_matches("0x").to_owned())
        };
        found.push(format!("{kind} {}:{}", number("vendor")?, number("device")?));
    }
    Ok(found)
}

fn list(found: &[String], none: &str) -> Judged {
    if found.is_empty() { ok(none) } else { warn(several(found)) }
}

pub(super) fn disks(place: &Place) -> Judged {
    const MADE: [&str; 7] = ["loop", "ram", "zram", "dm-", "sr", "md", "fd"];
    let boot = mounts::boot_disk(place)?;
    let mut found = Vec::new();
    for disk in place.names("/sys/block")?.unwrap_or_default() {
        let path = format!("/sys/block/{disk}");
        let removable = place.attribute(&format!("{path}/removable"))?;
        let on_usb = place.points(&path)?.is_some_and(|to| to.contains("/usb"));
        let is_made = MADE.iter().any(|kind| disk.starts_with(kind));
        if !is_made && !on_usb && removable.as_deref() == Some("0") && boot.as_ref() != Some(&disk)
        {
            found.push(disk);
        }
    }
    list(&found, "none inside")
}

pub(super) fn sound(place: &Place) -> Judged {
    let text = place.text("/proc/asound/cards")?.unwrap_or_default();
    // A card is " 0 [PCH            ]: HDA-Intel - HDA Intel PCH", and a second line of more words.
    let cards = text.lines().filter_map(|l| Some(l.split_once("]: ")?.1.trim().to_owned()));
    list(&cards.collect::<Vec<_>>(), "none")
}

pub(super) fn cameras(place: &Place) -> Judged {
    let names = place.names("/dev")?.ok_or_else(|| Unseen::new("/dev is not there"))?;
    let is_camera = |name: &String| {
        let number = name.strip_prefix("video");
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    list(&names.into_iter().filter(is_camera).collect::<Vec<_>>(), "none")
}

pub(super) fn ports(place: &Place) -> Judged {
    let mut found = Vec::new();
    for (bus, name) in [("thunderbolt", "Thunderbolt"), ("firewire", "FireWire")] {
        let devices = place.names(&format!("/sys/bus/{bus}/devices"))?;
        if devices.is_some_and(|devices| !devices.is_empty()) {
            found.push(name.to_owned());
        }
    }
    // Its driver need not be loaded.
    found.extend(pci(place, |class| class.starts_with("0x0c00").then_some("FireWire card"))?);
    list(&found, "none")
}
