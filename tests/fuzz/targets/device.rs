//! Recorded devices, judged for each role and each access.
//!
//! Input: the JSON of a list of devices. A second table, written down from docs/usb-policy.md and
//! not taken from the code, says what no admitted device may be: the system's disk, a Tails stick,
//! anything but storage on USB, several disks, one that somebody mounted, one that is labelled for
//! the other role, one that is to be written and cannot be. What a person reads of a device or a
//! refusal cannot act on a terminal, and the same facts get the same answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sd_fuzz::assert_plain;
use usb_rules::{
    Access, Content, Device, DiskKind, Export, Role, Transfer, UntrustedDevice, Volume,
};

fuzz_target!(init: assert!(a_plain_stick_is_admitted()), |data: &[u8]| {
    let Ok(devices) = serde_json::from_slice::<Vec<UntrustedDevice>>(data) else { return };
    for facts in devices.iter().take(4) {
        let json = serde_json::to_vec(facts).expect("JSON");
        let again: UntrustedDevice = serde_json::from_slice(&json).expect("what was written");
        assert_eq!(&again, facts);
        assert_plain(&facts.title());
        for access in [Access::Read, Access::Write, Access::Erase] {
            judge::<Transfer>(facts, access, "SD-EXPORT");
            judge::<Export>(facts, access, "SD-TRANSFER");
        }
    }
});

/// Otherwise nothing would be tried but refusals.
fn a_plain_stick_is_admitted() -> bool {
    let seed = include_bytes!("../corpus/device/02-two-sticks");
    let devices: Vec<UntrustedDevice> = serde_json::from_slice(seed).expect("a situation");
    devices.iter().any(|facts| facts.admit::<Transfer>(Access::Write).is_ok())
}

fn judge<R: Role>(facts: &UntrustedDevice, access: Access, not_for: &str) {
    match facts.admit::<R>(access) {
        Ok(device) => check(&device, access, not_for),
        Err(refusal) => {
            assert_plain(&refusal.to_string());
            assert!(!refusal.word().is_empty() && !refusal.next().is_empty());
            assert_eq!(facts.admit::<R>(access).err(), Some(refusal));
        }
    }
}

fn check<R: Role>(device: &Device<R>, access: Access, not_for: &str) {
    let facts = device.facts();
    assert!(!facts.boot && facts.kind == DiskKind::Disk);
    assert!((8 << 20..=2 << 40).contains(&device.size()) && matches!(device.sector(), 512 | 4096));
    let usb = facts.usb.as_ref().expect("on USB");
    assert!(usb.disks == 1 && !usb.optical && !usb.interfaces.is_empty());
    for interface in &usb.interfaces {
        assert!(matches!(interface.to_string().as_str(), "08:06:50" | "08:06:62"));
    }
    assert!(facts.volumes.iter().flat_map(|v| &v.mounts).all(|m| m.by_desktop));
    assert!(!facts.volumes.iter().flat_map(labels).any(is_of_tails));
    assert!(access == Access::Read || !facts.read_only);
    assert_plain(&device.title());
    assert_plain(&device.id());
    let used = device.volume();
    assert!(facts.volumes.contains(used));
    assert!(used.node.starts_with(device.node()));
    assert!(device.node().starts_with("/dev/") && !device.node()[5..].contains(['/', '.']));
    if access == Access::Erase {
        // What is on it, and whose it was, does not matter: it goes.
        return assert!(!used.partition);
    }
    assert!(access == Access::Read || !device.read_only());
    assert!(!facts.volumes.iter().flat_map(labels).any(|label| label == not_for));
    check_used(facts, used, access);
}

/// One volume is meant, and it holds something that is opened here.
fn check_used(facts: &UntrustedDevice, used: &Volume, access: Access) {
    match &used.content {
        Content::Empty | Content::Luks { .. } => {}
        Content::FileSystem { kind, .. } => {
            assert!(matches!(kind.as_str(), "vfat" | "exfat" | "ext4"), "{kind}");
        }
        Content::PartitionTable => assert!(access == Access::Write && facts.volumes.len() == 1),
        Content::Other(what) => panic!("{what:?} would be opened"),
    }
    let partitions = facts.volumes.iter().filter(|v| v.partition);
    let meant = partitions.filter(|v| v.content != Content::Empty || v.size > 128 << 20).count();
    assert!(meant <= 1, "one of several was chosen");
}

fn labels(volume: &Volume) -> [&str; 2] {
    let label = match &volume.content {
        Content::Luks { label, .. } | Content::FileSystem { label, .. } => label,
        _ => "",
    };
    [&volume.name, label]
}

fn is_of_tails(label: &str) -> bool {
    let label = label.to_ascii_uppercase();
    label == "TAILS" || label == "TAILSDATA" || label.starts_with("TAILS ")
}
