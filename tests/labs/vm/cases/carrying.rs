//! What sneakernet is for: packed on one station, carried on a real stick, unpacked on the other.

use std::io;
use std::time::Duration;

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::Run;
use sd_tests::vm::{Chip, Fault, Order, Plugged, Stick, Vm};

use super::newsrooms::{PASSPHRASE, Station, Stations, airgap};
use super::{MIB, says_done};

/// What the sticks of the newsroom hold.
pub(super) fn world() -> io::Result<World> {
    let mut world = World::with_test_key()?;
    world
        .source("focal ghost")?
        .message("I work at the mill.")?
        .document("plan.txt", vec![7; 300_000].as_slice())?;
    world.source("curious lemur")?.message("These are the minutes.")?;
    Ok(world)
}

/// Packs on the workstation, on the stick at this node, and leaves.
fn packed(vm: &mut Vm, stations: &mut Stations, stick: Plugged, args: &str) -> io::Result<Chip> {
    let node = stick.device().to_owned();
    let line = format!("pack {args} --stick-passphrase-fd 9");
    let packed = airgap(vm, Station::Workstation, &line)?.expect(0).json();
    assert_eq!(packed["report"]["bundles"][0]["items"], stations.items, "{packed}");
    assert_eq!(packed["report"]["stick"]["state"], "safe_to_remove", "{packed}");
    let gone = vm.sh(&format!("[ -e {node} ] && echo there || echo off"))?;
    assert_eq!(gone, "off\n", "the stick is not switched off");
    let chip = vm.unplug(stick)?;
    stations.leave(vm, Station::Workstation)?;
    Ok(chip)
}

/// Unpacks on the SVS, which reads the stick and does not write on it. Then the receipt code goes
/// back.
fn unpacked(vm: &mut Vm, stations: &mut Stations, chip: Chip) -> io::Result<Chip> {
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
    Ok(chip)
}

fn make_file_system(vm: &mut Vm, script: &str, stick: &Plugged) -> io::Result<()> {
    let script = script.replace("DEVICE", stick.device());
    let script = format!("set -e; {script}; udevadm settle");
    let _made = vm.run(Order::root(script).stdin(PASSPHRASE))?.expect(0);
    Ok(())
}

/// One whole walk with a stick of this making, which the workstation does not know: it is named.
fn carry(vm: &mut Vm, make: &str) -> io::Result<()> {
    let mut stations = Stations::with(world()?)?;
    let stick = vm.plug(Stick::new("CARRY1", Chip::blank(64 * MIB)))?;
    make_file_system(vm, make, &stick)?;
    stations.become_station(vm, Station::Workstation)?;
    let args = format!("--device {}", stick.device());
    let chip = packed(vm, &mut stations, stick, &args)?;
    unpacked(vm, &mut stations, chip).map(drop)
}

/// A LUKS stick as Tails makes it, but for the time that its key derivation takes.
const LUKS: &str = "cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 DEVICE --key-file=- </dev/stdin
    echo -n 'correct horse battery' | cryptsetup open DEVICE made --key-file=-
    mkfs.ext4 -q -E root_owner=1000:1000 /dev/mapper/made; cryptsetup close made";

pub(crate) fn a_batch_is_carried_on_luks_and_ext4(vm: &mut Vm) -> io::Result<()> {
    carry(vm, LUKS)
}

/// Ctrl-C, a closed window, a crash: the stick is unmounted, locked and switched off all the same.
pub(crate) fn a_pack_that_is_ended_leaves_no_stick_open(vm: &mut Vm) -> io::Result<()> {
    let mut stations = Stations::with(world()?)?;
    let mut stick = vm.plug(Stick::new("CARRY1", Chip::blank(64 * MIB)))?;
    make_file_system(vm, LUKS, &stick)?;
    stations.become_station(vm, Station::Workstation)?;
    for signal in ["INT", "HUP", "KILL"] {
        stick.chip(|chip| chip.arm(Fault::Slow(40_000)));
        let pack = format!(
            "sd-airgap pack --device {} --stick-passphrase-fd 9 --home /home/amnesia/ws --json",
            stick.device()
        );
        let job = vm.begin(Order::user(pack).fd(9, format!("{PASSPHRASE}\n")))?;
        let writing = "until grep -q '^/dev/mapper/.* rw' /proc/mounts; do sleep 0.1; done";
        let _mounted = vm.run(Order::root(writing))?.expect(0);
        stick.chip(Chip::heal);
        vm.sh(&format!("pkill -{signal} -x sd-airgap"))?;
        let ended = vm.finish(job)?;
        assert!(!says_done(&ended), "{signal}: {ended:?}");
        let off =
            format!("while [ -e {} ]; do sleep 0.2; done; ! ls /dev/mapper/luks*", stick.device());
        let _off = vm.run(Order::root(off))?.expect(0);
        let chip = vm.unplug(stick)?;
        stick = vm.plug(Stick::new("CARRY1", chip))?;
    }
    let args = format!("--device {}", stick.device());
    let chip = packed(vm, &mut stations, stick, &args)?;
    unpacked(vm, &mut stations, chip).map(drop)
}

pub(crate) fn a_batch_is_carried_on_vfat(vm: &mut Vm) -> io::Result<()> {
    carry(vm, "mkfs.vfat -F 32 DEVICE >/dev/null")
}

pub(crate) fn a_batch_is_carried_on_exfat(vm: &mut Vm) -> io::Result<()> {
    carry(vm, "mkfs.exfat DEVICE >/dev/null")
}

/// What every stick of QEMU's calls itself.
const PRODUCT: &str = "QEMU USB HARDDRIVE";

/// `prepare` at a terminal where this is typed.
pub(super) fn prepare(vm: &mut Vm, media: &str, typed: &str) -> io::Result<Run> {
    // The terminal stays open until the program has ended.
    let line = format!(
        "{{ sleep 2; echo '{typed}'; while pgrep -x sd-airgap >/dev/null; do sleep 0.3; done; }} \
        | script -qefc 'sd-airgap prepare --media {media} --name Red --stick-passphrase-fd 9 \
        --home /home/amnesia/ws' /dev/null"
    );
    let passphrase = format!("{PASSPHRASE}\n");
    vm.run(Order::user(line).fd(9, passphrase).within(Duration::from_mins(4)))
}

/// A stick of the newsroom's own making: prepared, found without a name, carried.
pub(crate) fn a_prepared_stick_is_found_and_carries(vm: &mut Vm) -> io::Result<()> {
    let mut stations = Stations::with(world()?)?;
    stations.become_station(vm, Station::Workstation)?;
    let stick = vm.plug(Stick::new("CARRY1", Chip::blank(64 * MIB)))?;
    let writes = stick.chip(|chip| chip.counts().writes);
    let refused = prepare(vm, "luks", "yes")?.expect(1);
    assert!(refused.stdout.contains("that is not its name; nothing was done"), "{refused:?}");
    assert_eq!(stick.chip(|chip| chip.counts().writes), writes, "a wrong name and it was written");
    let done = prepare(vm, "luks", PRODUCT)?.expect(0);
    assert!(done.stdout.contains("Safe to remove"), "{done:?}");
    let chip = vm.unplug(stick)?;
    assert_eq!(chip.flash().get(0, 6), b"LUKS\xba\xbe");
    let stick = vm.plug(Stick::new("CARRY1", chip))?;
    let chip = packed(vm, &mut stations, stick, "")?;
    unpacked(vm, &mut stations, chip).map(drop)
}

/// The bare device: no file system, every byte of the stick owned, and proven when it is back.
pub(crate) fn a_bare_stick_carries_and_comes_back_bit_for_bit(vm: &mut Vm) -> io::Result<()> {
    let mut stations = Stations::with(world()?)?;
    stations.become_station(vm, Station::Workstation)?;
    let stick = vm.plug(Stick::new("BARE1", Chip::blank(16 * MIB)))?;
    let _done = prepare(vm, "raw", PRODUCT)?.expect(0);
    let chip = vm.unplug(stick)?;
    let stick = vm.plug(Stick::new("BARE1", chip))?;
    let chip = packed(vm, &mut stations, stick, "")?;
    let carried = chip.flash().image();
    let chip = unpacked(vm, &mut stations, chip)?;
    assert!(chip.flash().image() == carried, "it did not come back as it was packed");

    let mut stick = vm.plug(Stick::new("BARE1", chip))?;
    let _same = airgap(vm, Station::Workstation, "return-check")?.expect(0);
    for at in [700, MIB + 600, 3 * MIB, 16 * MIB - 1] {
        let mut chip = vm.unplug(stick)?;
        let byte = chip.flash().get(at, 1)[0];
        chip.flash_mut().write(at, &[byte ^ 1]);
        stick = vm.plug(Stick::new("BARE1", chip))?;
        let found = airgap(vm, Station::Workstation, "return-check")?.expect(10);
        assert!(found.stdout.contains("STICK_CHANGED"), "{found:?}");
        // The head tells which bundle it was, so what is wrong in it is told otherwise.
        let offset = format!("at offset {at}\"");
        assert!(found.stdout.contains(&offset) || at == MIB + 600, "{at}: {found:?}");
        stick.chip(|chip| chip.flash_mut().write(at, &[byte]));
    }
    Ok(())
}
