//! Packing on sticks that fail: the pack says so, nothing is lost, and the next one succeeds.

use std::io;
use std::process::Command;
use std::time::Duration;

use sd_tests::newsroom::Run;
use sd_tests::vm::{
    Chip, Crashes, Fake, Fault, Flash, Order, Refusal, Request, Stick, Vm, When, count_fault,
};

use super::carrying::world;
use super::newsrooms::{Station, Stations, airgap};
use super::{MIB, formatted, says_done};

/// The workstation with mail to pack, kept so that each fault begins at the same point.
const READY: &str = "ready-to-pack";

const PACK: &str = "pack --device /dev/sda";

fn ready(vm: &mut Vm) -> io::Result<Stations> {
    let stations = Stations::with(world()?)?;
    stations.become_station(vm, Station::Workstation)?;
    vm.keep(READY)?;
    Ok(stations)
}

/// Packs onto a stick with a fault that begins when it was plugged in. What came of it, and the
/// stick without its fault.
fn pack_with(vm: &mut Vm, chip: Chip, fault: Option<Fault>) -> io::Result<(Run, Chip)> {
    let stick = vm.plug(Stick::new("PACK1", chip))?;
    if let Some(fault) = fault {
        stick.chip(|chip| chip.arm(fault));
    }
    let run = airgap(vm, Station::Workstation, PACK)?;
    let mut chip = vm.pull(stick)?;
    chip.heal();
    Ok((run, chip))
}

/// The bundles that stand under their names on a vfat stick, as a second program reads them.
fn bundles(flash: &Flash) -> io::Result<Vec<Vec<u8>>> {
    let dir = tempfile::tempdir()?;
    let image = dir.path().join("image");
    std::fs::write(&image, flash.image())?;
    let _found = Command::new("mcopy")
        .args(["-n", "-i"])
        .arg(&image)
        .arg("::/*.sdbundle")
        .arg(dir.path())
        .env("MTOOLS_SKIP_CHECK", "1")
        .output()?;
    let mut bundles = Vec::new();
    for entry in std::fs::read_dir(dir.path())? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "sdbundle") {
            bundles.push(std::fs::read(path)?);
        }
    }
    Ok(bundles)
}

/// On the stick without its fault, and with what the failed run left in the home, packing works,
/// and the stick holds what the SVS wants.
fn next_pack_succeeds(vm: &mut Vm, stations: &Stations, chip: Chip, what: &str) -> io::Result<()> {
    let (run, chip) = pack_with(vm, chip, None)?;
    let packed = run.expect(0).json();
    assert_eq!(packed["report"]["stick"]["state"], "safe_to_remove", "{what}: {packed}");
    assert_eq!(packed["report"]["bundles"][0]["items"], stations.items, "{what}: {packed}");
    let bundles = bundles(chip.flash())?;
    assert!(stations.verify_any(&bundles)?, "{what}: nothing good on the stick");
    Ok(())
}

pub(crate) fn a_pack_that_is_pulled_out_or_fails_says_so_and_the_next_succeeds(
    vm: &mut Vm,
) -> io::Result<()> {
    let stations = ready(vm)?;
    let broken = |request, when| Fault::Fails(request, when, Refusal::Broken);
    let mut faults: Vec<Fault> = [0, 3, 9].map(|after| Fault::Pulled { after, torn: 300 }).into();
    faults.extend([2, 7].map(|n| broken(Request::Write, When::From(n))));
    faults.push(Fault::Fails(Request::Write, When::From(4), Refusal::Full));
    faults.extend([1].map(|n| broken(Request::Flush, When::From(n))));
    for fault in faults {
        vm.revert_to(READY)?;
        let what = format!("{fault:?}");
        let (run, chip) = pack_with(vm, formatted("vfat", 16 * MIB)?, Some(fault))?;
        assert!(!says_done(&run), "{what}: {run:?}");
        vm.is_well()?;
        next_pack_succeeds(vm, &stations, chip, &what)?;
    }
    Ok(())
}

pub(crate) fn a_stick_that_loses_or_changes_what_it_was_given_is_found(
    vm: &mut Vm,
) -> io::Result<()> {
    let stations = ready(vm)?;
    let (_, chip) = pack_with(vm, formatted("vfat", 16 * MIB)?, Some(Fault::LosesWrites))?;
    next_pack_succeeds(vm, &stations, chip, "lost writes")?;
    for fake in [Fake::Wraps, Fake::Drops] {
        vm.revert_to(READY)?;
        // Half of what the bundle needs.
        let mut chip = Chip::of_flash(Flash::blank(MIB)).claiming(64 * MIB, fake);
        chip.flash_mut().write(0, &formatted("vfat", 64 * MIB)?.flash().get(0, 1 << 20));
        let (run, _) = pack_with(vm, chip, None)?;
        assert!(!says_done(&run), "{fake:?}: {run:?}");
        next_pack_succeeds(vm, &stations, formatted("vfat", 16 * MIB)?, "a counterfeit")?;
    }
    Ok(())
}

pub(crate) fn a_stick_that_does_not_answer_hangs_nothing(vm: &mut Vm) -> io::Result<()> {
    let stations = ready(vm)?;
    let stuck = Fault::Sticks(Request::Write, When::Nth(5));
    let (run, chip) = pack_with(vm, formatted("vfat", 16 * MIB)?, Some(stuck))?;
    // It may have gone on after the wait; then what it says must be true.
    if says_done(&run) {
        assert!(stations.verify_any(&bundles(chip.flash())?)?, "{run:?}");
        return Ok(());
    }
    next_pack_succeeds(vm, &stations, chip, "stuck")
}

pub(crate) fn a_power_cut_while_packing_loses_nothing(vm: &mut Vm) -> io::Result<()> {
    let mut stations = ready(vm)?;
    for writes in [2, 9] {
        vm.revert_to(READY)?;
        let chip = formatted("vfat", 16 * MIB)?.volatile();
        let stick = vm.plug(Stick::new("PACK1", chip))?;
        let before = stick.chip(|chip| chip.counts().writes);
        let home = "sd-airgap pack --device /dev/sda --home /home/amnesia/ws --json";
        let job = vm.begin(Order::user(home))?;
        stick.wait(Duration::from_mins(1), |chip| chip.counts().writes >= before + writes)?;
        count_fault();
        let [chip] = vm.power_cut([stick])?;
        drop(job);
        vm.revert()?;
        // The home is as it was before the run: the worst case, as if the disk had kept nothing.
        stations.become_station(vm, Station::Workstation)?;
        next_pack_succeeds(vm, &stations, chip, &format!("cut after {writes} writes"))?;
        stations.leave(vm, Station::Workstation)?;
        stations = ready(vm)?;
    }
    Ok(())
}

pub(crate) fn every_crash_of_a_pack_leaves_whole_bundles_or_none(vm: &mut Vm) -> io::Result<()> {
    let stations = ready(vm)?;
    let chip = formatted("vfat", 16 * MIB)?;
    let before = chip.flash().clone();
    let (run, chip) = pack_with(vm, chip.logged(), None)?;
    let _packed = run.expect(0);
    let crashes = Crashes::new(&before, chip.log());
    let writes = crashes.writes();
    assert!(writes > 8, "{writes}");
    let mut whole = 0;
    let states = (0..=writes).map(|n| crashes.after(n));
    let reordered = (0..=writes).flat_map(|n| (0..4).map(move |seed| (n, seed)));
    for flash in states.chain(reordered.map(|(n, seed)| crashes.reordered(n, seed * 7919 + 13))) {
        count_fault();
        // What a cut leaves is refused by the reader, or it is the bundle to the last byte: the
        // SVS never takes half of one.
        let found = bundles(&flash)?;
        whole += usize::from(stations.verify_any(&found)?);
    }
    assert!(whole > 0, "the last state is a good stick");
    Ok(())
}
