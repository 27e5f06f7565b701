//! Sticks that lie, break and vanish.

use std::io;
use std::time::{Duration, Instant};

use sd_tests::vm::{Chip, Crashes, Fake, Fault, Flash, Order, Refusal, Request, Stick, Vm, When};

use super::{MIB, formatted, fsck_vfat};

pub(crate) fn a_counterfeit_is_told_apart_past_the_page_cache(vm: &mut Vm) -> io::Result<()> {
    for fake in [Fake::Wraps, Fake::Drops] {
        let chip = Chip::blank(16 * MIB).claiming(1 << 30, fake);
        let stick = vm.plug(Stick::new("FAKE1", chip))?;
        let device = stick.device();
        assert_eq!(vm.sh(&format!("blockdev --getsize64 {device}"))?, "1073741824\n");
        let said = vm.sh(&format!(
            "set -e; mkfs.vfat -F 32 {device} >/dev/null; mount {device} /mnt
            head -c 24000000 /dev/urandom >/mnt/big; sync /mnt/big
            sum() {{ sha256sum </mnt/big; }}
            real=$(sum); [ \"$real\" = \"$(sum)\" ] && echo same
            echo 3 >/proc/sys/vm/drop_caches; [ \"$real\" = \"$(sum)\" ] || echo other
            umount /mnt"
        ))?;
        assert_eq!(said, "same\nother\n", "{fake:?}");
        vm.unplug(stick)?;
    }
    Ok(())
}

/// Writes a file under another name, syncs it, gives it its name.
const CAREFUL: &str = "mount $0 /mnt && head -c 200000 /dev/urandom >/mnt/new && sync /mnt/new \
    && mv /mnt/new /mnt/FILE && sync -f /mnt && umount /mnt";

pub(crate) fn a_stick_pulled_at_a_write_gives_errors(vm: &mut Vm) -> io::Result<()> {
    for (after, torn) in [(2, 0), (4, 700)] {
        let stick = vm.plug(Stick::new("CUT1", formatted("vfat", 16 * MIB)?))?;
        stick.chip(|chip| chip.arm(Fault::Pulled { after, torn }));
        let script = CAREFUL.replace("$0", stick.device());
        let job = vm.begin(Order::root(script))?;
        stick.wait(Duration::from_secs(30), Chip::is_gone)?;
        let chip = vm.pull(stick)?;
        assert_ne!(vm.finish(job)?.code, Some(0));
        assert_eq!(chip.counts().writes, after);
        vm.sh("umount -l /mnt || true")?;
    }
    Ok(())
}

pub(crate) fn a_second_read_brings_other_bytes(vm: &mut Vm) -> io::Result<()> {
    let mut flash = Flash::blank(4 * MIB);
    flash.write(2 * MIB, b"good");
    let stick = vm.plug(Stick::new("SWAP1", Chip::of_flash(flash)))?;
    // Only now: what looks for file systems has read too.
    stick.chip(|chip| chip.arm(Fault::Swaps { at: 2 * MIB, honest: 1, with: b"evil".to_vec() }));
    let read = format!(
        "dd if={} bs=4k skip=512 count=1 iflag=direct status=none | head -c 4",
        stick.device()
    );
    assert_eq!(vm.sh(&format!("{read}; {read}"))?, "goodevil");
    vm.unplug(stick).map(drop)
}

pub(crate) fn a_bad_sector_and_a_full_stick_are_errors(vm: &mut Vm) -> io::Result<()> {
    let bad = Fault::Fails(Request::Read, When::At(MIB), Refusal::Broken);
    let full = Fault::Fails(Request::Write, When::At(2 * MIB), Refusal::Full);
    // Not only the first: Linux asks again.
    let unflushed = Fault::Fails(Request::Flush, When::From(1), Refusal::Broken);
    let stick = vm.plug(Stick::new("BAD1", Chip::blank(4 * MIB).with(bad).with(full)))?;
    let device = stick.device();
    let script = format!(
        "for s in 2047 2048 2049; do dd if={device} of=/dev/null bs=512 skip=$s count=1 iflag=direct status=none || echo bad $s; done
        dd if=/dev/zero of={device} bs=512 seek=4096 count=1 oflag=direct status=none || echo full"
    );
    let run = vm.run(Order::root(script))?;
    assert_eq!(run.stdout, "bad 2048\nfull\n", "{run:?}");
    assert!(run.stderr.contains("Input/output error"), "{run:?}");
    assert!(run.stderr.contains("No space left on device"), "{run:?}");
    stick.chip(|chip| chip.arm(unflushed));
    let sync = format!("dd if=/dev/zero of={device} bs=4k count=1 conv=fsync status=none");
    assert_ne!(vm.run(Order::root(&*sync))?.code, Some(0));
    stick.chip(Chip::heal);
    assert_eq!(vm.run(Order::root(sync))?.code, Some(0));
    vm.unplug(stick).map(drop)
}

pub(crate) fn a_slow_stick_takes_its_time(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("SLOW1", Chip::blank(4 * MIB)))?;
    stick.chip(|chip| chip.arm(Fault::Slow(1_000_000)));
    let begun = Instant::now();
    vm.sh(&format!("dd if=/dev/zero of={} bs=1M count=2 oflag=direct", stick.device()))?;
    assert!(begun.elapsed() > Duration::from_secs(2));
    vm.unplug(stick).map(drop)
}

pub(crate) fn a_stuck_stick_goes_on_when_it_is_released(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("STUCK1", Chip::blank(4 * MIB)))?;
    stick.chip(|chip| chip.arm(Fault::Sticks(Request::Write, When::Nth(1))));
    let write = format!("dd if=/dev/zero of={} bs=4k count=1 oflag=direct", stick.device());
    let job = vm.begin(Order::root(write))?;
    stick.wait(Duration::from_secs(20), Chip::is_stuck)?;
    // Nothing else waits.
    assert_eq!(vm.sh("echo alive")?, "alive\n");
    assert_eq!(stick.chip(|chip| chip.counts().writes), 0);
    stick.release();
    assert_eq!(vm.finish(job)?.code, Some(0));
    assert_eq!(vm.unplug(stick)?.counts().writes, 1);
    Ok(())
}

pub(crate) fn a_stuck_stick_can_be_pulled(vm: &mut Vm) -> io::Result<()> {
    let stick = vm.plug(Stick::new("STUCK2", Chip::blank(4 * MIB)))?;
    stick.chip(|chip| chip.arm(Fault::Sticks(Request::Read, When::From(1))));
    let read = format!("dd if={} bs=4k count=1 iflag=direct of=/dev/null", stick.device());
    let job = vm.begin(Order::root(read))?;
    stick.wait(Duration::from_secs(20), Chip::is_stuck)?;
    vm.pull(stick)?;
    assert_eq!(vm.finish(job)?.code, Some(1));
    vm.is_well()
}

/// A volatile stick with vfat; one file is there and synced, another is only there.
fn cut(vm: &mut Vm, chip: Chip) -> io::Result<(String, Chip)> {
    let stick = vm.plug(Stick::new("POWER1", chip))?;
    let device = stick.device();
    vm.sh(&format!(
        "set -e; mount {device} /mnt; echo kept >/mnt/SYNCED; sync /mnt/SYNCED; sync /mnt
        blockdev --flushbufs {device}; echo lost >/mnt/LAZY"
    ))?;
    let [chip] = vm.power_cut([stick])?;
    vm.revert()?;
    let stick = vm.plug(Stick::new("POWER2", chip))?;
    let said =
        vm.sh(&format!("mount -o ro {} /mnt && cat /mnt/* 2>/dev/null || true", stick.device()))?;
    vm.sh("umount /mnt || true")?;
    Ok((said, vm.unplug(stick)?))
}

pub(crate) fn a_power_cut_keeps_what_was_flushed(vm: &mut Vm) -> io::Result<()> {
    let (said, chip) = cut(vm, formatted("vfat", 16 * MIB)?.volatile())?;
    assert_eq!(said, "kept\n");
    assert!(chip.counts().flushes > 0);
    Ok(())
}

pub(crate) fn a_lost_flush_shows_after_a_power_cut(vm: &mut Vm) -> io::Result<()> {
    let chip = formatted("vfat", 16 * MIB)?.volatile().with(Fault::LosesFlushes);
    let (said, _) = cut(vm, chip)?;
    assert_eq!(said, "");
    Ok(())
}

pub(crate) fn a_log_replays_every_crash(vm: &mut Vm) -> io::Result<()> {
    let chip = formatted("vfat", 8 * MIB)?;
    let before = chip.flash().clone();
    let stick = vm.plug(Stick::new("LOG1", chip.logged()))?;
    vm.sh(&CAREFUL.replace("$0", stick.device()))?;
    let chip = vm.unplug(stick)?;
    let crashes = Crashes::new(&before, chip.log());
    assert!(crashes.writes() > 5, "{}", crashes.writes());
    assert_eq!(crashes.after(crashes.writes()).image(), chip.flash().image());
    assert_eq!(fsck_vfat(&crashes.after(crashes.writes()))?, Some(0));
    // Somewhere in between the file system is not whole: that is what a replay is for.
    let broken = (0..crashes.writes()).map(|n| fsck_vfat(&crashes.after(n)));
    let broken = broken.collect::<io::Result<Vec<_>>>()?;
    assert!(broken.iter().any(|code| *code != Some(0)), "{broken:?}");
    Ok(())
}
