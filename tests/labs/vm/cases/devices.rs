//! What is plugged in and is no stick, or not only a stick.

use std::io;

use sd_tests::vm::{Device, Function, Gadget, Vm};

/// The classes of the interfaces of everything but hubs, such as `:080650:`, as udev has them.
const CLASSES: &str = "udevadm settle; for d in /sys/bus/usb/devices/[0-9]*; do
    [ -e $d/idVendor ] || continue; udevadm info -q property $d | sed -n 's/^ID_USB_INTERFACES=//p'; done";

/// Waits until an interface of this class is there.
fn wait_class(vm: &mut Vm, class: &str) -> io::Result<()> {
    let said = vm.sh(&format!(
        "for i in $(seq 60); do ({CLASSES}) | grep -q {class} && exit; sleep 0.1; done
        {CLASSES}; dmesg | tail -20"
    ))?;
    assert_eq!(said, "", "no {class}");
    Ok(())
}

pub(crate) fn devices_that_are_no_sticks_are_seen(vm: &mut Vm) -> io::Result<()> {
    let files = vm.share();
    let kinds = [
        (Device::Keyboard, ":030101:"),
        (Device::Mouse, ":030102:"),
        (Device::Tablet, ":030000:"),
        (Device::Network, ":020600:"),
        (Device::Serial, ":ffffff:"),
        (Device::SmartCardReader, ":0b0000:"),
        (Device::Sound, ":0101"),
        (Device::Hub, ":090000:"),
        (Device::Mtp(files), ":060101:"),
    ];
    for (device, class) in kinds {
        let attached = vm.attach_device(&device)?;
        wait_class(vm, class)?;
        vm.detach_device(attached)?;
    }
    Ok(())
}

pub(crate) fn a_stick_that_is_a_keyboard_too_types(vm: &mut Vm) -> io::Result<()> {
    let stick = Gadget::new(0x0781, 0x5567, "4C530002").named("SanDisk", "Cruzer Blade");
    vm.attach_gadget(&stick.with(Function::Disk(8)).with(Function::Keyboard))?;
    wait_class(vm, ":080650:030101:")?;
    let keys = "for i in $(seq 100); do e=$(ls /dev/input/by-id/*4C530002*event-kbd 2>/dev/null) && break; sleep 0.05; done
        (timeout 5 cat $e >/run/keys) & sleep 0.3; echo listening >/run/listening; wait";
    let job = vm.begin(sd_tests::vm::Order::root(keys))?;
    vm.sh("for i in $(seq 200); do [ -e /run/listening ] && break; sleep 0.05; done")?;
    vm.gadget_types(&[4, 5])?;
    let _ = vm.finish(job)?;
    // Type 1 (key), the key's number, 1 (pressed).
    let typed =
        vm.sh("od -A n -t u2 -w24 -v /run/keys | awk '$9 == 1 && $11 == 1 { print $10 }'")?;
    assert_eq!(typed, "30\n48\n");
    let disk = vm.sh("lsblk -dno SIZE /dev/disk/by-id/usb-*4C530002-0:0")?;
    assert_eq!(disk.trim(), "8M");
    vm.detach_gadget()
}

pub(crate) fn gadgets_of_every_kind_are_seen(vm: &mut Vm) -> io::Result<()> {
    let kinds = [
        (Function::Modem, ":020201:"),
        (Function::Network, ":020600:"),
        (Function::Rndis, ":0202ff:"),
        (Function::Printer, ":070102:"),
        (Function::Mtp, ":060101:"),
    ];
    for (function, class) in kinds {
        vm.attach_gadget(&Gadget::new(0x1209, 0x0001, "GADGET1").with(function))?;
        wait_class(vm, class)?;
        vm.revert()?;
    }
    Ok(())
}
