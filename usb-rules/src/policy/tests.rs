use super::*;
use crate::facts::{Content, Mount};

fn stick(interfaces: &[&str]) -> UntrustedDevice {
    let parse = |i: &&str| i.parse().expect("an interface");
    let size = 30_752_000_000;
    UntrustedDevice {
        node: "/dev/sdb".to_owned(),
        size,
        sector: 512,
        read_only: false,
        removable: true,
        kind: DiskKind::Disk,
        usb: Some(Usb {
            port: "2-1.4".to_owned(),
            vendor_id: 0x0781,
            product_id: 0x5567,
            vendor: "SanDisk".to_owned(),
            product: "Cruzer Blade".to_owned(),
            serial: "4C530001230101117392".to_owned(),
            interfaces: interfaces.iter().map(parse).collect(),
            disks: 1,
            optical: false,
        }),
        boot: false,
        volumes: vec![volume("/dev/sdb", false, size, Content::Empty)],
    }
}

fn volume(node: &str, partition: bool, size: u64, content: Content) -> Volume {
    let (node, name) = (node.to_owned(), String::new());
    Volume { node, partition, name, size, read_only: false, content, mounts: Vec::new() }
}

/// A stick with a partition table and these partitions, named or not.
fn parted(partitions: Vec<(u64, Content)>) -> UntrustedDevice {
    let mut device = stick(&["080650"]);
    device.volumes[0].content = Content::PartitionTable;
    for (number, (size, content)) in (1..).zip(partitions) {
        device.volumes.push(volume(&format!("/dev/sdb{number}"), true, size, content));
    }
    device
}

fn luks(label: &str) -> Content {
    Content::Luks { uuid: "2f7c".to_owned(), label: label.to_owned() }
}

fn file_system(kind: &str) -> Content {
    Content::FileSystem { kind: kind.to_owned(), label: "STICK".to_owned(), uuid: String::new() }
}

fn refused(device: &UntrustedDevice) -> &'static str {
    device.admit::<Transfer>(Access::Read).expect_err("refused").word()
}

fn volume_of(device: &UntrustedDevice) -> String {
    device.admit::<Transfer>(Access::Read).expect("admitted").volume().node.clone()
}

#[test]
fn storage_and_nothing_else_is_admitted() {
    for good in [&["080650"][..], &["080662"], &["080650", "080662"]] {
        assert!(stick(good).admit::<Transfer>(Access::Write).is_ok(), "{good:?}");
    }
}

#[test]
fn a_stick_that_is_also_something_else_is_refused_by_its_other_interface() {
    for (bad, blame) in [
        (&["080650", "030101"][..], "a keyboard (03:01:01)"),
        (&["020600", "080650"], "a modem or network device (02:06:00)"),
        (&["080250"], "storage of an unusual kind (08:02:50)"), // a CD reader's commands
        (&["ff0000"], "something only its maker knows (ff:00:00)"),
    ] {
        let refusal = stick(bad).admit::<Export>(Access::Read).expect_err("refused");
        assert!(refusal.to_string().ends_with(blame), "{refusal}");
    }
    assert_eq!(refused(&stick(&[])), "UNREADABLE");
    assert_eq!(refused(&UntrustedDevice { usb: None, ..stick(&["080650"]) }), "NOT_USB");
}

#[test]
fn the_bounds_of_size_and_sector_are_the_table_s() {
    for (size, sector, word) in [
        (0, 512, "NO_MEDIUM"),
        (table::SMALLEST - 512, 512, "TOO_SMALL"),
        (table::LARGEST + 512, 512, "TOO_LARGE"),
        (table::SMALLEST, 520, "SECTOR_SIZE"),
        (table::SMALLEST, 0, "UNREADABLE"),
    ] {
        assert_eq!(refused(&UntrustedDevice { size, sector, ..stick(&["080650"]) }), word);
    }
    for (size, sector) in [(table::SMALLEST, 512), (table::LARGEST, 4096)] {
        let device = UntrustedDevice { size, sector, ..stick(&["080650"]) };
        let admitted = device.admit::<Transfer>(Access::Read).expect("admitted");
        assert_eq!((admitted.size(), admitted.sector()), (size, sector));
    }
}

#[test]
fn a_write_protected_stick_can_be_read_and_not_written() {
    let device = UntrustedDevice { read_only: true, ..stick(&["080650"]) };
    assert!(device.admit::<Transfer>(Access::Read).expect("admitted").read_only());
    let refusal = device.admit::<Transfer>(Access::Write).expect_err("refused");
    assert_eq!(refusal, Refusal::WriteProtected);
}

#[test]
fn a_mount_of_the_desktop_is_no_hindrance_and_any_other_is() {
    let mut device = stick(&["080650"]);
    let mount = |at: &str, by_desktop| Mount { at: at.into(), by_desktop };
    device.volumes[0].mounts.push(mount("/media/amnesia/STICK", true));
    assert!(device.admit::<Transfer>(Access::Write).is_ok());
    device.volumes[0].mounts.push(mount("/mnt/\u{1b}[2J", false));
    let refusal = device.admit::<Transfer>(Access::Read).expect_err("refused");
    assert_eq!(refusal.to_string(), r"it is in use: mounted at /mnt/\u{1b}[2J");
}

#[test]
fn the_one_volume_that_can_be_used_is_found() {
    let gap = (16 << 20, Content::Empty);
    let data = |content| (20_000_000_000, content);
    assert_eq!(volume_of(&stick(&["080650"])), "/dev/sdb");
    assert_eq!(volume_of(&parted(vec![data(file_system("exfat"))])), "/dev/sdb1");
    assert_eq!(volume_of(&parted(vec![gap.clone(), data(luks(""))])), "/dev/sdb2");
    for (partitions, word) in [
        (vec![], "NO_PARTITION"),
        (vec![data(file_system("ntfs"))], "CONTENT"),
        (vec![data(file_system("vfat")), data(luks(""))], "SEVERAL_PARTITIONS"),
        // The larger empty one may be VeraCrypt.
        (vec![gap.clone(), data(Content::Empty)], "SEVERAL_PARTITIONS"),
        (vec![data(Content::Empty), data(luks(""))], "SEVERAL_PARTITIONS"),
        (vec![gap.clone(), gap], "SEVERAL_PARTITIONS"),
    ] {
        assert_eq!(refused(&parted(partitions)), word);
    }
    let mut both = parted(vec![data(file_system("vfat"))]);
    both.volumes[0].content = file_system("ext4");
    assert_eq!(refused(&both), "TWO_READINGS");
}

#[test]
fn a_label_of_the_other_role_is_refused() {
    let mut device = parted(vec![(20_000_000_000, luks("SD-EXPORT"))]);
    assert_eq!(refused(&device), "OTHER_ROLE");
    assert!(device.admit::<Export>(Access::Write).is_ok());
    device.volumes[1].name = "SD-TRANSFER".to_owned();
    assert!(device.admit::<Export>(Access::Write).is_err());
}

#[test]
fn another_tails_stick_is_never_used() {
    let mut device = parted(vec![(8_000_000_000, file_system("vfat"))]);
    assert_eq!(volume_of(&device), "/dev/sdb1");
    device.volumes[1].name = "Tails".to_owned();
    assert_eq!(refused(&device), "TAILS_STICK");
}

#[test]
fn a_record_that_is_no_disk_s_is_refused() {
    let good = parted(vec![(1 << 30, file_system("vfat"))]);
    let with = |change: fn(&mut UntrustedDevice)| {
        let mut device = good.clone();
        change(&mut device);
        device
    };
    for bad in [
        with(|d| d.volumes.clear()),
        with(|d| d.node = "/dev/../etc".to_owned()),
        with(|d| d.node = "/dev/".to_owned()),
        with(|d| d.volumes[0].partition = true),
        with(|d| d.volumes[1].partition = false),
        with(|d| d.volumes[1].node = "/dev/sdc1".to_owned()),
        with(|d| d.volumes[1].size = d.size + 1),
    ] {
        assert_eq!(refused(&bad), "UNREADABLE", "{bad:?}");
    }
}

#[test]
fn the_title_is_short_and_cannot_act() {
    let mut device = stick(&["080650"]);
    assert_eq!(device.title(), r#"SanDisk "Cruzer Blade", 30.7 GB, /dev/sdb"#);
    let usb = device.usb.as_mut().expect("usb");
    usb.vendor = " ".to_owned();
    usb.product = "\u{1b}[2J\u{202e}\"x\n".repeat(20);
    let title = device.title();
    assert!(title.starts_with(r#"USB 0781:5567 "\u{1b}[2J\u{202e}'x\u{a}"#), "{title}");
    assert!(title.ends_with("...\", 30.7 GB, /dev/sdb"), "{title}");
    device.usb = None;
    device.size = 0;
    assert_eq!(device.title(), "no medium, /dev/sdb");
}

#[test]
fn two_looks_at_one_stick_agree_and_a_copy_in_another_socket_does_not() {
    let id = |d: &UntrustedDevice| d.admit::<Transfer>(Access::Read).expect("admitted").id();
    let first = stick(&["080650"]);
    let mut second = first.clone();
    second.node = "/dev/sdc".to_owned();
    second.volumes[0].node = "/dev/sdc".to_owned();
    assert_eq!(id(&first), id(&second));
    second.usb.as_mut().expect("usb").port = "2-1.3".to_owned();
    assert_ne!(id(&first), id(&second));
}

#[test]
fn a_quote_in_a_serial_number_makes_no_second_stick_look_the_same() {
    let id = |serial: &str| {
        let mut device = stick(&["080650"]);
        device.usb.as_mut().expect("usb").serial = serial.to_owned();
        device.admit::<Transfer>(Access::Read).expect("admitted").id()
    };
    assert_ne!(id("a\""), id("a'"));
    assert_ne!(id("a\n"), id("a\\u{a}"));
}
