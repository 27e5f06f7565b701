//! What sneakernet is for: packed on one station, carried on a real stick, unpacked on the other.

use std::io;

use sd_tests::journalist_interface::World;
use sd_tests::vm::{Chip, Order, Stick, Vm};

use super::MIB;
use super::newsrooms::{PASSPHRASE, Station, Stations, airgap};

/// What the sticks of the newsroom hold.
fn world() -> io::Result<World> {
    let mut world = World::with_test_key()?;
    world
        .source("focal ghost")?
        .message("I work at the mill.")?
        .document("plan.txt", &[7; 300_000][..])?;
    world.source("curious lemur")?.message("These are the minutes.")?;
    Ok(world)
}

/// One whole walk with a stick of this making: what the SVS read, it did not write.
fn carry(vm: &mut Vm, make: &str) -> io::Result<()> {
    let mut stations = Stations::with(world()?)?;
    let stick = vm.plug(Stick::new("CARRY1", Chip::blank(64 * MIB)))?;
    let script = make.replace("DEVICE", stick.device());
    let _made =
        vm.run(Order::root(format!("set -e; {script}; udevadm settle")).stdin(PASSPHRASE))?;

    stations.become_station(vm, Station::Workstation)?;
    let node = stick.device().to_owned();
    let packed =
        airgap(vm, Station::Workstation, &format!("pack --device {node} --stick-passphrase-fd 9"))?
            .expect(0)
            .json();
    assert_eq!(packed["report"]["bundles"][0]["items"], stations.items, "{packed}");
    assert_eq!(packed["report"]["stick"]["state"], "safe_to_remove", "{packed}");
    let gone = vm.sh(&format!("[ -e {node} ] && echo there || echo off"))?;
    assert_eq!(gone, "off\n", "the stick is not switched off");
    let chip = vm.unplug(stick)?;
    stations.leave(vm, Station::Workstation)?;

    stations.become_station(vm, Station::Svs)?;
    let stick = vm.plug(Stick::new("CARRY1", chip))?;
    let before = stick.chip(|chip| chip.counts().writes);
    let unpacked = airgap(vm, Station::Svs, "unpack --stick-passphrase-fd 9")?.expect(0).json();
    let opened = unpacked["report"]["opened"].as_array().map_or(0, |o| o.len() as u64);
    assert_eq!(opened, stations.items, "{unpacked}");
    assert_eq!(unpacked["report"]["stick"]["state"], "safe_to_remove", "{unpacked}");
    let chip = vm.unplug(stick)?;
    assert_eq!(chip.counts().writes - before, 0, "the SVS wrote on the stick");
    let receipt = unpacked["report"]["bundles"][0]["receipt"].as_str().unwrap_or_default();
    stations.leave(vm, Station::Svs)?;

    stations.become_station(vm, Station::Workstation)?;
    let _confirmed = airgap(vm, Station::Workstation, &format!("confirm {receipt}"))?.expect(0);
    Ok(())
}

pub(crate) fn a_batch_is_carried_on_luks_and_ext4(vm: &mut Vm) -> io::Result<()> {
    // As Tails makes it, but for the time that its key derivation takes.
    carry(
        vm,
        "cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 DEVICE --key-file=- </dev/stdin
        echo -n 'correct horse battery' | cryptsetup open DEVICE made --key-file=-
        mkfs.ext4 -q -E root_owner=1000:1000 /dev/mapper/made; cryptsetup close made",
    )
}

pub(crate) fn a_batch_is_carried_on_vfat(vm: &mut Vm) -> io::Result<()> {
    carry(vm, "mkfs.vfat -F 32 DEVICE >/dev/null")
}

pub(crate) fn a_batch_is_carried_on_exfat(vm: &mut Vm) -> io::Result<()> {
    carry(vm, "mkfs.exfat DEVICE >/dev/null")
}
