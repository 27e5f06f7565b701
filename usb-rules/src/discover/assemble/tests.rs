use super::*;
use crate::discover::content::Properties;
use crate::facts::Content;

fn block(name: &str, number: (u32, u32)) -> Block {
    Block {
        name: name.to_owned(),
        node: format!("/dev/{name}").into(),
        number: Some(number),
        size: 8_000_000_000,
        sector: 512,
        known: true,
        ..Block::default()
    }
}

fn partition(disk: &str, place: u32) -> Block {
    let disk = Some(disk.to_owned());
    let start = u64::from(place) * 2048;
    let name = format!("sdb{place}");
    Block { disk, start, size: 1_000_000, ..block(&name, (8, 16 + place)) }
}

fn property(name: &str, value: &str) -> Properties {
    Properties::from([(name.to_owned(), value.to_owned())])
}

/// `sdb` with two partitions, a mapping on the second, and a loop device on a file.
fn snapshot() -> Snapshot {
    let disk = Block { port: Some("2-1".to_owned()), ..block("sdb", (8, 16)) };
    let mapping = Block {
        upon: vec!["sdb2".to_owned()],
        properties: property("DM_NAME", "luks-2f7c"),
        ..block("dm-0", (253, 0))
    };
    let on_file =
        Block { backing: Some("/media/amnesia/STICK/disk.img".into()), ..block("loop0", (7, 0)) };
    let blocks = vec![partition("sdb", 2), mapping, disk, partition("sdb", 1), on_file];
    Snapshot { blocks, units: Vec::new() }
}

fn sdb(mounts: &str, swaps: &str) -> UntrustedDevice {
    let places = Places::of(mounts, &format!("Filename\n{swaps}"));
    let found = devices(&snapshot(), &places);
    found.into_iter().find(|d| d.node == "/dev/sdb").expect("listed")
}

#[test]
fn the_disk_comes_first_and_its_partitions_in_order_of_place() {
    let device = sdb("", "");
    let nodes: Vec<_> = device.volumes.iter().map(|v| v.node.as_str()).collect();
    assert_eq!(nodes, ["/dev/sdb", "/dev/sdb1", "/dev/sdb2"]);
    assert!(!device.boot);
    let all = devices(&snapshot(), &Places::default());
    assert_eq!(
        all.iter().map(|d| d.kind).collect::<Vec<_>>(),
        [DiskKind::Other, DiskKind::Other, DiskKind::Disk]
    );
}

#[test]
fn a_mount_of_a_mapping_is_a_mount_of_what_lies_beneath() {
    let device = sdb("1 2 253:0 / /media/amnesia/Safe rw - ext4 /dev/mapper/luks-2f7c rw", "");
    assert!(device.volumes[1].mounts.is_empty());
    let mounts = &device.volumes[2].mounts;
    assert_eq!(mounts[0].at, Path::new("/media/amnesia/Safe"));
    assert!(mounts[0].by_desktop && mounts.len() == 1);
    // btrfs numbers its mounts itself; then the source speaks.
    let device = sdb("1 2 0:44 / /mnt rw - btrfs /dev/mapper/luks-2f7c rw", "");
    assert!(!device.volumes[2].mounts[0].by_desktop);
}

#[test]
fn a_loop_device_on_a_file_of_the_stick_counts_as_the_stick() {
    let table = "\
1 2 8:17 / /media/amnesia/STICK rw - vfat /dev/sdb1 rw
3 2 7:0 / /mnt rw - ext4 /dev/loop0 rw";
    let mounts: Vec<_> = sdb(table, "").volumes[1].mounts.iter().map(|m| m.by_desktop).collect();
    assert_eq!(mounts, [true, false]);
}

#[test]
fn whatever_the_system_lives_on_is_its_disk() {
    for mounts in [
        "1 2 8:17 / /lib/live/mount/medium ro - vfat /dev/sdb1 ro",
        "1 2 8:18 / / rw - ext4 /dev/sdb2 rw",
        "1 2 253:0 / /live/persistence/TailsData_unlocked rw - ext4 /dev/dm-0 rw",
    ] {
        assert!(sdb(mounts, "").boot, "{mounts}");
    }
    assert!(sdb("", "/dev/sdb2 partition 9 0 -2").boot);
    assert!(sdb("", "/dev/mapper/luks-2f7c partition 9 0 -2").boot);
    let stick = "1 2 8:17 / /media/amnesia/STICK rw - vfat /dev/sdb1 rw";
    assert!(!sdb(stick, "/dev/zram0 partition 9 0 100").boot);
    assert!(sdb(stick, "/media/amnesia/STICK/swap file 9 0 -2").boot);
}

#[test]
fn udev_s_mark_on_a_partition_makes_the_whole_disk_the_system_s() {
    let mut snapshot = snapshot();
    snapshot.blocks[0].properties = property("UDISKS_SYSTEM", "1");
    let found = devices(&snapshot, &Places::default());
    assert!(found.iter().any(|d| d.node == "/dev/sdb" && d.boot));
    assert!(found.iter().all(|d| d.node == "/dev/sdb" || d.node == "/dev/dm-0" || !d.boot));
}

#[test]
fn the_filled_slots_of_a_reader_are_counted_and_a_cd_is_named() {
    let at =
        |name, minor, size| Block { port: Some("1-3".to_owned()), size, ..block(name, (8, minor)) };
    let blocks = vec![at("sdb", 16, 0), at("sdc", 32, 1 << 30), at("sr0", 0, 1 << 20)];
    let found = devices(&Snapshot { blocks, units: Vec::new() }, &Places::default());
    for device in &found {
        let usb = device.usb.as_ref().expect("on USB");
        assert_eq!((usb.disks, usb.optical), (1, true), "{}", device.node);
    }
    assert_eq!(found[2].kind, DiskKind::Optical);
}

#[test]
fn a_disk_that_nothing_is_known_of_is_listed_and_refused() {
    let blocks = vec![Block {
        name: "sdb".to_owned(),
        node: "/dev/sdb".into(),
        port: Some("1-3".to_owned()),
        ..Block::default()
    }];
    let found = devices(&Snapshot { blocks, units: Vec::new() }, &Places::default());
    assert!(matches!(found[0].volumes[0].content, Content::Other(_)));
    let refusal = found[0].admit::<crate::Transfer>(crate::Access::Read).expect_err("refused");
    assert_eq!(refusal.word(), "UNREADABLE");
}
