//! Clean copies carried out of the SVS on real Export Devices, and opened elsewhere by other tools.

use std::io;
use std::time::Duration;

use sd_tests::newsroom::Run;
use sd_tests::vm::{Chip, Fake, Fault, Flash, Order, Refusal, Request, Stick, Vm, When, veracrypt};

use super::newsrooms::{AS_ON_TAILS, PASSPHRASE};
use super::{MIB, formatted, says_done};

/// What is carried out: clean already, and large enough to take several writes.
const FILES: &str = "cd && mkdir -p out && cd out && echo 'the minutes' >minutes.txt
    head -c 1500000 /dev/urandom | base64 >long.txt";

/// The Secure Viewing Station with documents, kept so that each fault begins at the same point.
const READY: &str = "ready-to-export";

fn ready(vm: &mut Vm) -> io::Result<()> {
    vm.sh(AS_ON_TAILS)?;
    // As Tails has it, so that udisks2 looks for VeraCrypt.
    vm.sh("mkdir -p /etc/udisks2 && touch /etc/udisks2/tcrypt.conf && systemctl restart udisks2")?;
    let _made = vm.run(Order::user(FILES))?.expect(0);
    vm.keep(READY)
}

/// `sd-export write` as the person at the machine types it.
fn write(vm: &mut Vm, args: &str) -> io::Result<Run> {
    let line = format!("cd && sd-export write out --yes --json {args} --stick-passphrase-fd 9");
    vm.run(Order::user(line).fd(9, format!("{PASSPHRASE}\n")).within(Duration::from_mins(4)))
}

/// A LUKS stick with this label.
pub(super) fn luks(vm: &mut Vm, label: &str) -> io::Result<Chip> {
    let stick = vm.plug(Stick::new("EXPORT0", Chip::blank(64 * MIB)))?;
    let script = format!(
        "set -e; cryptsetup luksFormat -q --type luks2 --label '{label}' --pbkdf pbkdf2 \
         --pbkdf-force-iterations 1000 {device} --key-file=- </dev/stdin
         echo -n '{PASSPHRASE}' | cryptsetup open {device} made --key-file=-
         mkfs.ext4 -q -E root_owner=1000:1000 /dev/mapper/made; cryptsetup close made; udevadm settle",
        device = stick.device()
    );
    let _made = vm.run(Order::root(script).stdin(PASSPHRASE))?.expect(0);
    vm.unplug(stick)
}

/// Opens the stick in a machine that has only Debian's tools, and compares what is on it.
fn opens_elsewhere(vm: &mut Vm, chip: Chip, open: &str) -> io::Result<Chip> {
    vm.revert_to(READY)?;
    let stick = vm.plug(Stick::new("EXPORT1", chip))?;
    let script = format!(
        "set -e; {}; mkdir -p /run/there; mount -o ro \"$plain\" /run/there; cd /run/there/export-0001
         sha256sum --check --strict --quiet SHA256SUMS; cmp minutes.txt ~amnesia/out/minutes.txt
         cmp long.txt ~amnesia/out/long.txt; ls; cd /; umount /run/there; [ ! -e /dev/mapper/there ] || cryptsetup close there",
        open.replace("DEVICE", stick.device())
    );
    let shown = vm.run(Order::root(script).stdin(PASSPHRASE).within(Duration::from_mins(3)))?;
    let shown = shown.expect(0).stdout;
    assert_eq!(shown, "B3SUMS\nMANIFEST.json\nMANIFEST.txt\nSHA256SUMS\nlong.txt\nminutes.txt\n");
    vm.unplug(stick)
}

/// Written, said to be safe, switched off; then opened by other tools.
fn carried_out(vm: &mut Vm, chip: Chip, args: &str, open: &str) -> io::Result<()> {
    let stick = vm.plug(Stick::new("EXPORT1", chip))?;
    let done = write(vm, args)?.expect(0).json();
    assert_eq!(done["report"]["stick"]["state"], "safe_to_remove", "{done}");
    let chip = vm.unplug(stick)?;
    let chip = opens_elsewhere(vm, chip, open)?;
    wiped(vm, chip, args)
}

/// Its exports are removed, and a second look finds none.
fn wiped(vm: &mut Vm, mut chip: Chip, args: &str) -> io::Result<()> {
    let line = format!("cd && sd-export wipe --yes --json {args} --stick-passphrase-fd 9");
    for status in ["DONE", "NOTHING_TO_DO"] {
        let stick = vm.plug(Stick::new("EXPORT1", chip))?;
        let order = Order::user(&*line).fd(9, format!("{PASSPHRASE}\n"));
        let done = vm.run(order.within(Duration::from_mins(2)))?.expect(0).json();
        assert_eq!(done["status"], status, "{done}");
        assert_eq!(done["report"]["removed"], status == "DONE", "{done}");
        assert_eq!(done["report"]["stick"]["state"], "safe_to_remove", "{done}");
        chip = vm.unplug(stick)?;
    }
    Ok(())
}

pub(crate) fn an_export_device_with_luks_opens_elsewhere(vm: &mut Vm) -> io::Result<()> {
    ready(vm)?;
    let chip = luks(vm, "SD-EXPORT")?;
    let open = "cryptsetup open DEVICE there --key-file=- </dev/stdin; plain=/dev/mapper/there";
    carried_out(vm, chip, "", open)
}

pub(crate) fn an_export_device_with_veracrypt_opens_elsewhere(vm: &mut Vm) -> io::Result<()> {
    ready(vm)?;
    let stick = vm.plug(Stick::new("EXPORT0", veracrypt(16 << 20, PASSPHRASE, 1)))?;
    let open =
        "cryptsetup open --type tcrypt --veracrypt --veracrypt-pim 1 DEVICE there </dev/stdin
                plain=/dev/mapper/there";
    let script = format!(
        "set -e; {}; mkfs.vfat -n WORK $plain >/dev/null; cryptsetup close there; udevadm settle",
        open.replace("DEVICE", stick.device())
    );
    let _made = vm.run(Order::root(script).stdin(PASSPHRASE))?.expect(0);
    let chip = vm.unplug(stick)?;
    // It says nothing of itself: the person names it.
    carried_out(vm, chip, "--pim 1 --device /dev/sda", open)
}

pub(crate) fn an_export_device_that_fails_is_named_and_the_next_write_succeeds(
    vm: &mut Vm,
) -> io::Result<()> {
    ready(vm)?;
    let broken = |request, when| Fault::Fails(request, when, Refusal::Broken);
    let faults = [
        Fault::Pulled { after: 5, torn: 300 },
        broken(Request::Write, When::From(3)),
        Fault::Fails(Request::Write, When::From(4), Refusal::Full),
        broken(Request::Flush, When::From(1)),
        Fault::LosesWrites,
    ];
    for fault in faults {
        vm.revert_to(READY)?;
        let what = format!("{fault:?}");
        let stick = vm.plug(Stick::new("EXPORT1", formatted("vfat", 16 * MIB)?))?;
        stick.chip(|chip| chip.arm(fault));
        let run = write(vm, "--device /dev/sda")?;
        assert!(!says_done(&run), "{what}: {run:?}");
        let mut chip = vm.pull(stick)?;
        chip.heal();
        vm.is_well()?;
        let stick = vm.plug(Stick::new("EXPORT1", chip))?;
        let done = write(vm, "--device /dev/sda")?.expect(0).json();
        assert_eq!(done["report"]["stick"]["state"], "safe_to_remove", "{what}: {done}");
        vm.unplug(stick)?;
    }
    Ok(())
}

pub(crate) fn an_export_device_that_cannot_be_used_is_named(vm: &mut Vm) -> io::Result<()> {
    ready(vm)?;
    let refused = |vm: &mut Vm, stick: Stick, args: &str, word: &str, code: i32| {
        let stick = vm.plug(stick)?;
        let run = write(vm, args)?;
        assert_eq!(run.json()["status"], word, "{run:?}");
        let _code = run.expect(code);
        vm.unplug(stick).map(drop)
    };
    let vfat = |size| formatted("vfat", size);
    let protected = Stick::new("E1", vfat(16 * MIB)?).protected();
    refused(vm, protected, "--device /dev/sda", "DEVICE_REFUSED", 11)?;
    let stick = vm.plug(Stick::new("E2", vfat(16 * MIB)?))?;
    let device = stick.device().to_owned();
    vm.sh(&format!("mount {device} /srv && head -c 15000000 /dev/zero >/srv/old; umount /srv"))?;
    let chip = vm.unplug(stick)?;
    refused(vm, Stick::new("E2", chip), "--device /dev/sda", "NO_SPACE", 1)?;
    // Nobody agreed to it, and nobody can be asked.
    refused(vm, Stick::new("E3", vfat(16 * MIB)?), "", "USAGE", 2)?;
    let transfer = luks(vm, "SD-TRANSFER")?;
    refused(vm, Stick::new("E4", transfer), "", "NOT_FOUND", 1)?;
    let wrong = Stick::new("E5", luks(vm, "SD-EXPORT")?);
    let stick = vm.plug(wrong)?;
    let line = "cd && sd-export write out --yes --json --stick-passphrase-fd 9";
    let run = vm.run(Order::user(line).fd(9, "another\n"))?.expect(12);
    assert_eq!(run.json()["status"], "WRONG_PASSPHRASE", "{run:?}");
    vm.unplug(stick)?;
    // A counterfeit: what is written past its real size is lost.
    for fake in [Fake::Wraps, Fake::Drops] {
        vm.revert_to(READY)?;
        let mut chip = Chip::of_flash(Flash::blank(MIB)).claiming(64 * MIB, fake);
        chip.flash_mut().write(0, &vfat(64 * MIB)?.flash().get(0, 1 << 20));
        let stick = vm.plug(Stick::new("E6", chip))?;
        let run = write(vm, "--device /dev/sda")?;
        assert!(!says_done(&run), "{run:?}");
        vm.pull(stick)?;
    }
    Ok(())
}
