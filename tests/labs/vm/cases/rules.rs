//! The udev rules, installed in the running machine, with real devices plugged in.

use std::io;
use std::process::Command;

use sd_tests::vm::{Chip, Device, Function, Gadget, Order, Stick, Vm};

use super::{MIB, formatted};

/// What is plugged in, with the driver of each interface; nothing for what has none.
const DRIVERS: &str = "udevadm settle; for i in /sys/bus/usb/devices/[0-9]*:*; do
    [ -e $i/driver ] && basename $(readlink $i/driver); done | grep -v '^hub$'; :";

/// The station's rules, put in force as they are committed.
fn install(vm: &mut Vm, station: &str) -> io::Result<()> {
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/../usb-rules");
    let to = vm.share().join("usb-rules");
    std::fs::create_dir_all(&to)?;
    let mut copy = Command::new("cp");
    let copied = copy.arg("-r").args(["rules", "tests"]).arg(&to).current_dir(from).status()?;
    assert!(copied.success(), "the rules were not copied");
    let line = format!("/mnt/share/usb-rules/tests/guest-install.sh {station} 2>&1");
    vm.sh(&line).map(drop)
}

/// What udev tells udisks about a disk, and whether the kernel lets it be written: `ro` or `rw`.
fn disk(vm: &mut Vm, device: &str) -> io::Result<(String, String)> {
    let auto = format!("udevadm info -q property {device} | sed -n 's/^UDISKS_AUTO=//p'");
    let read_only = format!("[ $(blockdev --getro {device}) = 1 ] && echo ro || echo rw");
    Ok((vm.sh(&auto)?.trim().to_owned(), vm.sh(&read_only)?.trim().to_owned()))
}

/// How udisks mounts it for the person at the machine, who asked for nothing special.
fn mount_options(vm: &mut Vm, device: &str) -> io::Result<Vec<String>> {
    let _ = vm.run(Order::user(format!("udisksctl mount -b {device} >/dev/null")))?.expect(0);
    let options = vm.sh(&format!("findmnt -no OPTIONS {device}"))?;
    let _ = vm.run(Order::user(format!("udisksctl unmount -b {device} >/dev/null")))?.expect(0);
    Ok(options.trim().split(',').map(str::to_owned).collect())
}

fn has_all(options: &[String], wanted: &[&str]) -> bool {
    wanted.iter().all(|w| options.iter().any(|o| o == w))
}

pub(crate) fn at_the_svs_only_an_export_device_can_be_written(vm: &mut Vm) -> io::Result<()> {
    install(vm, "svs")?;
    let transfer = vm.plug(Stick::new("R1", formatted("vfat", 16 * MIB)?))?;
    let device = transfer.device().to_owned();
    assert_eq!(disk(vm, &device)?, ("0".to_owned(), "ro".to_owned()));
    let mounted = vm.sh(&format!("findmnt -no TARGET {device} || true"))?;
    assert_eq!(mounted, "", "nothing is mounted unasked");
    let options = mount_options(vm, &device)?;
    assert!(has_all(&options, &["ro", "nosuid", "nodev", "noexec"]), "{options:?}");
    // Root, too, would have to undo the rules first.
    vm.sh(&format!("! dd if=/dev/zero of={device} count=1 2>/dev/null"))?;
    let chip = vm.unplug(transfer)?;
    assert_eq!(chip.counts().writes, 0, "the stick was written");

    let export = vm.plug(Stick::new("R2", formatted("vfat", 16 * MIB)?))?;
    let device = export.device().to_owned();
    vm.sh(&format!("blockdev --setrw {device} && fatlabel {device} SD-EXPORT"))?;
    let chip = vm.unplug(export)?;
    let export = vm.plug(Stick::new("R3", chip))?;
    let device = export.device().to_owned();
    assert_eq!(disk(vm, &device)?, ("0".to_owned(), "rw".to_owned()));
    let options = mount_options(vm, &device)?;
    assert!(has_all(&options, &["rw", "nosuid", "nodev", "noexec"]), "{options:?}");
    vm.unplug(export).map(drop)
}

pub(crate) fn at_the_svs_what_arrives_late_gets_no_driver(vm: &mut Vm) -> io::Result<()> {
    install(vm, "svs")?;
    let before = vm.sh(DRIVERS)?;
    let files = vm.share();
    for device in [
        Device::Keyboard,
        Device::Mouse,
        Device::Network,
        Device::Serial,
        Device::Sound,
        Device::Mtp(files),
    ] {
        let attached = vm.attach_device(&device)?;
        vm.sh("for i in $(seq 100); do ls /sys/bus/usb/devices | grep -q '^[0-9].*:' && break; sleep 0.05; done; sleep 1")?;
        assert_eq!(vm.sh(DRIVERS)?, before, "{device:?}");
        vm.detach_device(attached)?;
    }
    // A stick is let in, and its driver found.
    let stick = vm.plug(Stick::new("R4", Chip::blank(16 * MIB)))?;
    assert_eq!(vm.sh(DRIVERS)?, format!("{before}usb-storage\n"));
    vm.unplug(stick).map(drop)
}

/// A stick that is a keyboard too, plugged in under the rules of this station: no disk of it may
/// be there, and no keyboard.
fn composite_is_switched_off(vm: &mut Vm, station: &str) -> io::Result<()> {
    install(vm, station)?;
    let stick = Gadget::new(0x0781, 0x5567, "4C530009").named("SanDisk", "Cruzer Blade");
    vm.attach_gadget(&stick.with(Function::Disk(16)).with(Function::Keyboard))?;
    vm.sh("for i in $(seq 200); do grep -qs 4C530009 /sys/bus/usb/devices/*/serial && break; sleep 0.05; done
        grep -q 4C530009 /sys/bus/usb/devices/*/serial; udevadm settle; sleep 1; udevadm settle")?;
    let found = vm.sh("ls /dev/disk/by-id /dev/input/by-id 2>/dev/null | grep 4C530009 || true")?;
    assert_eq!(found, "", "{station}: it is there");
    Ok(())
}

pub(crate) fn a_stick_that_is_a_keyboard_too_is_switched_off(vm: &mut Vm) -> io::Result<()> {
    composite_is_switched_off(vm, "svs")?;
    vm.revert()?;
    composite_is_switched_off(vm, "workstation")
}

pub(crate) fn at_the_workstation_nothing_is_mounted_unasked(vm: &mut Vm) -> io::Result<()> {
    install(vm, "workstation")?;
    let stick = vm.plug(Stick::new("R5", formatted("vfat", 16 * MIB)?))?;
    let device = stick.device().to_owned();
    assert_eq!(disk(vm, &device)?, ("0".to_owned(), "rw".to_owned()));
    let options = mount_options(vm, &device)?;
    assert!(has_all(&options, &["rw", "nosuid", "nodev", "noexec"]), "{options:?}");
    vm.unplug(stick)?;
    let keyboard = vm.attach_device(&Device::Keyboard)?;
    vm.sh("for i in $(seq 100); do ls /dev/input/by-id/*kbd >/dev/null 2>&1 && exit; sleep 0.05; done; exit 1")?;
    vm.detach_device(keyboard)
}
