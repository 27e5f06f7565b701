//! The guided sessions, in tmux on a screen of 80 by 24, with every action counted.
//!
//! The fetch through Tor is in the Tor lab, which counts it the same way; the inbox is filled
//! beforehand here.

use std::io;
use std::time::{Duration, Instant};

use sd_tests::demo_world::ten_items;
use sd_tests::hands::Hands;
use sd_tests::vm::{Chip, Order, Stick, Vm};

use super::MIB;
use super::carrying::prepare;
use super::exporting::luks;
use super::newsrooms::{PASSPHRASE, Station, Stations};

/// Actions of a fetch, counted and held in the Tor lab.
const FETCH: (u32, u32) = (3, 2);

/// How long anything takes here before it counts as stuck.
const PATIENCE: Duration = Duration::from_mins(3);

/// A terminal in the guest.
struct Tmux<'v> {
    vm: &'v mut Vm,
}

impl<'v> Tmux<'v> {
    fn start(vm: &'v mut Vm, command: &str) -> io::Result<Self> {
        // It stays when the program ends, so that the last words can be read.
        let line = format!(
            "cd && tmux -L lab -f /dev/null start-server \\; set -g remain-on-exit on \\; \
             new-session -d -x 80 -y 24 '{command}' \\; set -g status off"
        );
        let _started = vm.run(Order::user(line))?.expect(0);
        Ok(Self { vm })
    }

    /// What stands on the screen.
    fn screen(&mut self) -> io::Result<String> {
        let shown = self.vm.run(Order::user("tmux -L lab capture-pane -p"))?.expect(0);
        Ok(shown.stdout)
    }

    fn wait_for(&mut self, words: &str) -> io::Result<String> {
        let since = Instant::now();
        loop {
            let screen = self.screen()?;
            if screen.contains(words) {
                return Ok(screen);
            }
            assert!(since.elapsed() < PATIENCE, "no {words:?} on:\n{screen}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Types, as it is; the name of a key, if it has one, comes after.
    fn press(&mut self, text: &str, key: &str) -> io::Result<()> {
        let line = format!(
            "tmux -L lab send-keys -l -- '{text}'; [ -z '{key}' ] || tmux -L lab send-keys {key}"
        );
        let _pressed = self.vm.run(Order::user(line))?.expect(0);
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        let _ended = self.vm.run(Order::user("tmux -L lab kill-server"))?.expect(0);
        Ok(())
    }
}

/// A bare stick of this workstation's.
fn transfer_device(vm: &mut Vm, stations: &mut Stations) -> io::Result<Chip> {
    stations.become_station(vm, Station::Workstation)?;
    let stick = vm.plug(Stick::new("BARE1", Chip::blank(16 * MIB)))?;
    let _done = prepare(vm, "raw", "QEMU USB HARDDRIVE")?.expect(0);
    let chip = vm.unplug(stick)?;
    stations.leave(vm, Station::Workstation)?;
    Ok(chip)
}

pub(crate) fn ten_items_of_two_sources_take_few_actions_from_stick_to_stick(
    vm: &mut Vm,
) -> io::Result<()> {
    let mut stations = Stations::with(ten_items()?)?;
    let transfer = transfer_device(vm, &mut stations)?;
    let export = luks(vm, "SD-EXPORT")?;
    vm.revert()?;
    stations.become_station(vm, Station::Workstation)?;

    let mut hands = Hands::default();
    let chip = pack(vm, transfer, &mut hands)?;
    hands.waits_behind_the_scenes(|| {
        stations.leave(vm, Station::Workstation)?;
        stations.become_station(vm, Station::Svs)
    })?;
    let chip = carry_out(vm, chip, export, &mut hands)?;
    println!("  guided, ten items of two sources, packed, opened, cleaned, carried out: {hands}");
    let (actions, secrets) = (FETCH.0 + hands.actions(), FETCH.1 + hands.secrets());
    println!("  with the fetch: {actions} actions, {secrets} secrets typed");
    // To close the two windows afterwards is not counted.
    assert!(secrets <= 4 && actions <= 12);
    vm.revert()?;
    let stick = vm.plug(Stick::new("EXPORT1", chip))?;
    let script = format!(
        "set -e; cryptsetup open {} there --key-file=- </dev/stdin; mkdir -p /run/there
         mount -o ro /dev/mapper/there /run/there; cd /run/there/export-0001
         sha256sum --check --strict --quiet SHA256SUMS; ls; cd /; umount /run/there; cryptsetup close there",
        stick.device()
    );
    let listed = vm.run(Order::root(script).stdin(PASSPHRASE))?.expect(0).stdout;
    assert_eq!(listed.lines().filter(|l| l.starts_with("file-")).count(), 10, "{listed}");
    vm.unplug(stick).map(drop)
}

/// The workstation, after the fetch: the session goes on by itself.
fn pack(vm: &mut Vm, chip: Chip, hands: &mut Hands) -> io::Result<Chip> {
    let mut tmux = Tmux::start(vm, "sd-airgap --home ws")?;
    tmux.wait_for("Plug in the Transfer Device.")?;
    hands.acts();
    let stick = tmux.vm.plug(Stick::new("BARE1", chip))?;
    tmux.wait_for("Safe to remove")?;
    hands.acts();
    let chip = tmux.vm.unplug(stick)?;
    tmux.end()?;
    Ok(chip)
}

/// The Secure Viewing Station, from one stick to the other.
fn carry_out(vm: &mut Vm, transfer: Chip, export: Chip, hands: &mut Hands) -> io::Result<Chip> {
    hands.acts();
    let mut tmux = Tmux::start(vm, "sd-station session open --home /home/amnesia/svs")?;
    tmux.wait_for("Plug in the Transfer Device.")?;
    hands.acts();
    let stick = tmux.vm.plug(Stick::new("BARE1", transfer))?;
    let screen = tmux.wait_for("2 sources, 10 new")?;
    assert!(screen.contains("Receipt code for bundle"), "{screen}");
    hands.acts();
    tmux.vm.unplug(stick)?;
    tmux.press(hands.presses("X"), "")?;
    let screen = tmux.wait_for("plug in the Export Device")?;
    assert!(screen.contains("Selected: 10 files"), "{screen}");
    assert!(screen.contains("Receipt code for bundle"), "{screen}");
    hands.acts();
    let stick = tmux.vm.plug(Stick::new("EXPORT1", export))?;
    tmux.wait_for("assphrase")?;
    tmux.press(hands.types_secret(PASSPHRASE), "Enter")?;
    let screen = tmux.wait_for("Press Enter to close")?;
    assert!(screen.contains("Safe to remove"), "{screen}");
    hands.acts();
    let chip = tmux.vm.unplug(stick)?;
    tmux.end()?;
    Ok(chip)
}
