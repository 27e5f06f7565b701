//! udev's own library and `discover()` on devices that are described in files.
//!
//! `umockdev-run` puts a directory in the place of `/sys` and `/dev` and starts this very program
//! again, for the one test that prints what it finds.
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test starts itself again")]

use std::path::Path;
use std::process::Command;

use usb_rules::{Access, Content, Device, DiskKind, Refusal, Transfer, UntrustedDevice};

/// Before what is printed, so that the test runner's own words are passed over.
const MARK: &str = "found: ";

#[test]
#[ignore = "only for umockdev-run"]
fn print_what_is_found() {
    let devices = usb_rules::discover().expect("udev");
    let others = usb_rules::units().expect("udev");
    let others: Vec<_> =
        others.iter().map(|o| format!("{} {} {}", o.port, o.product, o.what)).collect();
    println!("\n{MARK}{}", serde_json::to_string(&(devices, others)).expect("JSON"));
}

fn found(file: &str) -> (Vec<UntrustedDevice>, Vec<String>) {
    let description = format!("{}/tests/umockdev/{file}.umockdev", env!("CARGO_MANIFEST_DIR"));
    assert!(Path::new(&description).is_file(), "{description}");
    let run = Command::new("umockdev-run")
        .args(["-d", &description, "--"])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "print_what_is_found", "--ignored", "--nocapture"])
        .output()
        .expect("umockdev-run is in the Debian package umockdev");
    let said = String::from_utf8_lossy(&run.stdout);
    let line = said.lines().find_map(|l| l.strip_prefix(MARK));
    let line = line.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&run.stderr)));
    serde_json::from_str(line).expect("JSON")
}

fn judged(device: &UntrustedDevice) -> Result<Device<Transfer>, Refusal> {
    device.admit(Access::Write)
}

#[test]
fn a_stick_is_found_with_its_partitions_and_its_words() {
    let (devices, others) = found("stick");
    let [stick] = &devices[..] else { panic!("{devices:?}") };
    assert!(others.is_empty(), "{others:?}");
    let device = judged(stick).expect("admitted");
    assert_eq!(device.title(), r#"SanDisk "Cruzer Blade", 30.7 GB, /dev/sdb"#);
    assert_eq!(device.id(), "usb 2-1 0781:5567 30752636928 512 4C530001230101117392");
    let volume = device.volume();
    assert_eq!((volume.node.as_str(), volume.size), ("/dev/sdb2", 30_733_762_560));
    assert_eq!(volume.name, "Red 3");
    let Content::Luks { uuid, label } = &volume.content else { panic!("{volume:?}") };
    assert_eq!(
        (uuid.as_str(), label.as_str()),
        ("7a1f43a6-7b5e-4a5b-9a1d-0c2b6d6d5c10", "my stick")
    );
    assert!(stick.removable && !device.read_only() && !stick.boot);
}

#[test]
fn a_keyboard_in_a_stick_is_found_though_udev_does_not_tell() {
    let (devices, others) = found("stick-and-keyboard");
    let [stick] = &devices[..] else { panic!("{devices:?}") };
    let refusal = judged(stick).expect_err("refused");
    assert_eq!(refusal.to_string(), "it is not only storage: it is also a keyboard (03:01:01)");
    assert_eq!(others, ["2-2 Logitech USB Keyboard a keyboard"]);
}

#[test]
fn the_one_card_in_a_reader_is_found() {
    let (devices, _) = found("card-reader");
    let verdicts: Vec<_> = devices.iter().map(|d| judged(d).map_err(|r| r.word())).collect();
    let words: Vec<_> = verdicts.iter().map(|v| v.as_ref().map(Device::node)).collect();
    let none = Err(&"NO_MEDIUM");
    assert_eq!(words, [none, Ok("/dev/sdc"), none, none]);
    assert!(devices.iter().all(|d| d.usb.as_ref().is_some_and(|u| u.disks == 1)));
}

#[test]
fn a_disk_that_cannot_be_read_is_refused_and_hides_no_other() {
    let (devices, _) = found("one-broken");
    let [broken, other] = &devices[..] else { panic!("{devices:?}") };
    assert_eq!(judged(broken).expect_err("refused").word(), "UNREADABLE");
    assert_eq!(judged(other).expect_err("refused").word(), "WRITE_PROTECTED");
    let device = other.admit::<Transfer>(Access::Read).expect("admitted");
    assert_eq!((device.sector(), other.kind, other.removable), (4096, DiskKind::Disk, false));
    assert_eq!(other.usb.as_ref().expect("on USB").interfaces.len(), 2);
}
