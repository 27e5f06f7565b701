//! Sticks with nothing wrong.

use std::io;

use sd_tests::vm::{Chip, Order, Stick, Vm};

use super::{MIB, formatted};

pub(crate) fn a_stick_is_seen_with_its_serial_number(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("4C530001", Chip::blank(8 * MIB)))?;
    let properties = vm.sh(&format!("udevadm info -q property {}", stick.device()))?;
    for wanted in ["ID_BUS=usb\n", "ID_SERIAL_SHORT=4C530001\n", "ID_USB_INTERFACES=:080650:\n"] {
        assert!(properties.contains(wanted), "{properties}");
    }
    let device = stick.device().to_owned();
    vm.sh(&format!("dd if=/dev/zero bs=4k count=2 oflag=direct conv=fsync of={device}"))?;
    assert!(stick.chip(|chip| chip.counts().writes) > 0);
    let chip = vm.unplug(stick)?;
    assert!(chip.counts().flushes > 0);
    assert_eq!(vm.sh(&format!("ls {device} 2>/dev/null || echo gone"))?, "gone\n");
    Ok(())
}

pub(crate) fn sticks_of_every_shape_are_seen(vm: &mut Vm) -> io::Result<()> {
    let chip = || Chip::blank(8 * MIB);
    let named = Stick::new("20060413", chip()).named("SanDisk", "Cruzer Blade");
    let stick = vm.plug(named.and_disc(chip()).and_disk(chip()))?;
    let units = vm.sh("lsblk -dno TYPE,VENDOR,MODEL,TRAN | grep -c 'SanDisk.*Cruzer.*usb'")?;
    assert_eq!(units, "3\n");
    assert!(stick.unit_device(1).starts_with("/dev/sr"), "{stick:?}");
    assert_eq!(vm.unplug_all(stick)?.len(), 3);

    let stick = vm.plug(Stick::new("UAS1", chip()).named("Samsung", "T7").uas())?;
    let driver =
        vm.sh(&format!("udevadm info -q property {} | grep ID_USB_DRIVER", stick.device()))?;
    assert_eq!(driver, "ID_USB_DRIVER=uas\n");
    vm.unplug(stick)?;

    let stick = vm.plug(Stick::new("4KN", chip()).large_sectors().without_write_cache())?;
    let device = stick.device();
    let script = format!(
        "blockdev --getss {device}; cat /sys/block/{}/queue/write_cache
        dd if={device} bs=512 count=1 iflag=direct 2>&1 | grep -o 'Invalid argument'",
        device.trim_start_matches("/dev/")
    );
    assert_eq!(vm.sh(&script)?, "4096\nwrite through\nInvalid argument\n");
    vm.unplug(stick).map(drop)
}

pub(crate) fn a_write_protected_stick_takes_no_write(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("RO1", formatted("vfat", 8 * MIB)?).protected())?;
    let device = stick.device().to_owned();
    let script = format!("blockdev --setrw {device}; blockdev --getro {device}; echo x >{device}");
    let run = vm.run(Order::root(script))?.expect(1);
    assert_eq!(run.stdout, "1\n", "{run:?}");
    let mounted =
        vm.run_as_user(&format!("udisksctl mount -b {device} && cd /media/amnesia/* && touch x"))?;
    assert!(mounted.stderr.contains("Read-only file system"), "{mounted:?}");
    assert_eq!(vm.unplug(stick)?.counts().writes, 0);
    Ok(())
}

pub(crate) fn vfat_exfat_and_ext4_are_mounted_for_the_person(vm: &mut Vm) -> io::Result<()> {
    for kind in ["vfat", "exfat", "ext4"] {
        let mut stick = vm.plug(Stick::new("FS1", Chip::blank(64 * MIB)))?;
        let device = stick.device();
        vm.sh(&format!("mkfs.{kind} {device} >/dev/null 2>&1; udevadm settle"))?;
        let script = format!(
            "set -e; udisksctl mount -b {device}; cd /media/amnesia/*; df --output=fstype . | tail -1
            [ {kind} = ext4 ] || {{ echo carried >file; sync file; }}
            cd; udisksctl unmount -b {device}"
        );
        let said = vm.run_as_user(&script)?.expect(0).stdout;
        assert!(said.contains(&format!("\n{kind}\n")), "{said}");
        // What was written is on the chip, wherever it is plugged in next.
        let chip = vm.unplug(stick)?;
        stick = vm.plug(Stick::new("FS2", chip))?;
        let device = stick.device();
        let read = format!("mount -o ro {device} /mnt && cat /mnt/file; umount /mnt");
        let read = vm.run(Order::root(read))?;
        assert!(kind == "ext4" || read.stdout == "carried\n", "{kind}: {read:?}");
        vm.unplug(stick)?;
    }
    Ok(())
}

pub(crate) fn a_luks_stick_is_unlocked_and_mounted_for_the_person(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("LUKS1", Chip::blank(64 * MIB)))?;
    let device = stick.device().to_owned();
    // As Tails makes a stick, but for the time that its key derivation takes.
    let script = format!(
        "set -e; cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
            {device} --key-file=-
        echo -n secret | cryptsetup open {device} made --key-file=-
        mkfs.ext4 -q -E root_owner=1000:1000 /dev/mapper/made; cryptsetup close made; udevadm settle"
    );
    let _made = vm.run(Order::root(script).stdin("secret"))?.expect(0);
    let chip = vm.unplug(stick)?;
    let stick = vm.plug(Stick::new("LUKS2", chip))?;
    let device = stick.device().to_owned();
    let script = format!(
        "set -e; udisksctl unlock -b {device} --key-file /dev/fd/9
        udisksctl mount -b /dev/mapper/luks-*; cd /media/amnesia/*; echo carried >file; sync file
        cd; udisksctl unmount -b /dev/mapper/luks-*; udisksctl lock -b {device}"
    );
    let _done = vm.run(Order::user(script).fd(9, "secret"))?.expect(0);
    let chip = vm.unplug(stick)?;
    assert_eq!(chip.flash().get(0, 6), b"LUKS\xba\xbe");
    assert!(!chip.flash().image().windows(7).any(|bytes| bytes == b"carried"));
    Ok(())
}
