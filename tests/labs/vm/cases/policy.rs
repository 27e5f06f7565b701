//! Which devices `sd-airgap` would use, asked with real ones plugged in.

use std::io;

use sd_tests::vm::{Chip, Device, Function, Gadget, Order, Stick, Vm};
use serde_json::Value;

use super::MIB;
use super::newsrooms::Station;

/// What `sd-airgap devices` says: each disk's or device's word, `ok` when it would be used.
fn words(vm: &mut Vm, station: Station) -> io::Result<Vec<String>> {
    let home = match station {
        Station::Workstation => "/home/amnesia/nowhere",
        Station::Svs => "/home/amnesia/svs",
    };
    let line = format!("udevadm settle; sd-airgap devices --json --home {home}");
    let listed = vm.run(Order::user(line))?.expect(0).json();
    let rows = listed["report"]["devices"].as_array().cloned().unwrap_or_default();
    let word = |row: &Value| row["word"].as_str().unwrap_or_default().to_owned();
    Ok(rows.iter().map(word).collect())
}

/// The word for the one device that is plugged in.
fn only(vm: &mut Vm, what: &str, expected: &str) -> io::Result<()> {
    let found = words(vm, Station::Workstation)?;
    assert_eq!(found, [expected], "{what}");
    Ok(())
}

pub(crate) fn sticks_are_judged_by_what_they_are(vm: &mut Vm) -> io::Result<()> {
    let new = |serial: &str| Stick::new(serial, Chip::blank(16 * MIB));
    let kinds = [
        ("bulk-only", new("K1"), "ok"),
        ("UAS", new("K2").uas(), "ok"),
        ("two disks", new("K3").and_disk(Chip::blank(16 * MIB)), "SEVERAL_DISKS"),
        ("a stick that is a CD too", new("K4").and_disc(Chip::blank(MIB)), "CD_DRIVE"),
        ("4096-byte sectors", new("K5").large_sectors(), "ok"),
        ("write-protected", new("K6").protected(), "WRITE_PROTECTED"),
        ("too small", Stick::new("K7", Chip::blank(MIB)), "TOO_SMALL"),
        ("no write cache", new("K8").without_write_cache(), "ok"),
    ];
    for (what, stick, expected) in kinds {
        let plugged = vm.plug(stick)?;
        let found = words(vm, Station::Workstation)?;
        assert!(!found.is_empty() && found.iter().all(|w| w == expected), "{what}: {found:?}");
        vm.unplug_all(plugged)?;
    }
    Ok(())
}

pub(crate) fn a_stick_in_use_or_with_the_system_on_it_is_refused(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("K9", Chip::blank(16 * MIB)))?;
    let device = stick.device().to_owned();
    vm.sh(&format!("mkfs.vfat {device} >/dev/null && udevadm settle && mount {device} /srv"))?;
    only(vm, "mounted by the administrator", "IN_USE")?;
    vm.sh("umount /srv")?;
    vm.sh(&format!("mkswap {device} >/dev/null && udevadm settle && swapon {device}"))?;
    only(vm, "swap", "SYSTEM_DISK")?;
    vm.sh(&format!(
        "swapoff {device} && wipefs -qa {device} && mkfs.vfat -n TAILS {device} >/dev/null"
    ))?;
    only(vm, "a Tails stick", "TAILS_STICK")?;
    vm.sh(&format!("wipefs -qa {device} && mkfs.vfat -n SD-EXPORT {device} >/dev/null"))?;
    only(vm, "an Export Device", "OTHER_ROLE")?;
    vm.unplug(stick)?;
    Ok(())
}

pub(crate) fn what_is_no_stick_is_never_used(vm: &mut Vm) -> io::Result<()> {
    let files = vm.share();
    for device in [
        Device::Keyboard,
        Device::Mouse,
        Device::Network,
        Device::Serial,
        Device::SmartCardReader,
        Device::Mtp(files),
    ] {
        let attached = vm.attach_device(&device)?;
        vm.sh("for i in $(seq 100); do ls /sys/bus/usb/devices | grep -q '[0-9]-[0-9]' && break; sleep 0.05; done")?;
        only(vm, &format!("{device:?}"), "no_disk")?;
        vm.detach_device(attached)?;
    }
    Ok(())
}

pub(crate) fn a_stick_that_is_something_else_too_is_refused_whole(vm: &mut Vm) -> io::Result<()> {
    for function in [Function::Keyboard, Function::Network, Function::Modem, Function::Printer] {
        let what = format!("{function:?}");
        let stick = Gadget::new(0x0781, 0x5567, "4C530003").named("SanDisk", "Cruzer Blade");
        vm.attach_gadget(&stick.with(Function::Disk(16)).with(function))?;
        vm.sh("for i in $(seq 200); do ls /dev/disk/by-id/*4C530003* >/dev/null 2>&1 && break; sleep 0.05; done")?;
        only(vm, &what, "NOT_ONLY_STORAGE")?;
        vm.revert()?;
    }
    Ok(())
}
