//! The VM lab: Debian's own kernel in QEMU, and sticks that this process makes up.
//!
//! ```text
//! case --> Vm: scripts as root, as the person at the machine; plug, unplug, go back
//!   '----> Chip: each read, write and flush; faults
//! ```
//! `make lab-vm` builds and runs it; `lab-vm run [WORD..]` runs the cases whose names have one of
//! the words. It needs root, to build the guest's root file system, and QEMU. `SUITE` in the
//! environment names the Debian release of the guest: `bookworm`, unless it says otherwise.
//! There is no way to skip a case: without QEMU or an image the lab fails. Two machines share the
//! cases, each with sticks of its own.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a lab starts programs, reads its environment and talks to a terminal"
)]

mod cases;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cases::{
    carrying, devices, exporting, faults, guided, installing, packing, policy, rules, stations,
    sticks,
};
use sd_tests::cases;
use sd_tests::lab::{self as labs, Case, Tally};
use sd_tests::vm::{Deadline, Vm, faults_injected};

const CASES: &[(&str, Case<Vm>)] = cases![
    stations::the_machine_goes_back_to_where_it_was,
    stations::the_person_at_the_machine_has_an_active_session,
    stations::no_hang_survives,
    stations::a_home_is_carried_from_station_to_station,
    sticks::a_stick_is_seen_with_its_serial_number,
    sticks::sticks_of_every_shape_are_seen,
    sticks::a_write_protected_stick_takes_no_write,
    sticks::vfat_exfat_and_ext4_are_mounted_for_the_person,
    sticks::a_luks_stick_is_unlocked_and_mounted_for_the_person,
    faults::a_counterfeit_is_told_apart_past_the_page_cache,
    faults::a_stick_pulled_at_a_write_gives_errors,
    faults::a_second_read_brings_other_bytes,
    faults::a_bad_sector_and_a_full_stick_are_errors,
    faults::a_slow_stick_takes_its_time,
    faults::a_stuck_stick_goes_on_when_it_is_released,
    faults::a_stuck_stick_can_be_pulled,
    faults::a_power_cut_keeps_what_was_flushed,
    faults::a_lost_flush_shows_after_a_power_cut,
    faults::a_log_replays_every_crash,
    carrying::a_batch_is_carried_on_luks_and_ext4,
    carrying::a_pack_that_is_ended_leaves_no_stick_open,
    carrying::a_batch_is_carried_on_vfat,
    carrying::a_batch_is_carried_on_exfat,
    carrying::a_prepared_stick_is_found_and_carries,
    carrying::a_bare_stick_carries_and_comes_back_bit_for_bit,
    packing::a_pack_that_is_pulled_out_or_fails_says_so_and_the_next_succeeds,
    packing::a_stick_that_loses_or_changes_what_it_was_given_is_found,
    packing::a_stick_that_does_not_answer_hangs_nothing,
    packing::a_power_cut_while_packing_loses_nothing,
    packing::every_crash_of_a_pack_leaves_whole_bundles_or_none,
    exporting::an_export_device_with_luks_opens_elsewhere,
    exporting::an_export_device_with_veracrypt_opens_elsewhere,
    exporting::an_export_device_that_fails_is_named_and_the_next_write_succeeds,
    exporting::an_export_device_that_cannot_be_used_is_named,
    guided::ten_items_of_two_sources_take_few_actions_from_stick_to_stick,
    policy::sticks_are_judged_by_what_they_are,
    policy::a_stick_in_use_or_with_the_system_on_it_is_refused,
    policy::what_is_no_stick_is_never_used,
    policy::a_stick_that_is_something_else_too_is_refused_whole,
    rules::at_the_svs_only_an_export_device_can_be_written,
    rules::at_the_svs_what_arrives_late_gets_no_driver,
    rules::a_stick_that_is_a_keyboard_too_is_switched_off,
    rules::at_the_workstation_nothing_is_mounted_unasked,
    devices::devices_that_are_no_sticks_are_seen,
    devices::a_stick_that_is_a_keyboard_too_types,
    devices::gadgets_of_every_kind_are_seen,
    installing::a_secure_viewing_station_has_everything_after_each_start_and_nothing_after_removal,
    installing::a_workstation_has_everything_after_each_start_and_nothing_after_removal,
    installing::user_mode_has_everything_after_each_start_and_nothing_after_removal,
    installing::odd_states_are_refused_and_stay_as_they_are,
];

/// A case ends within this, or by force.
const LIMIT: Duration = Duration::from_mins(12);

fn main() -> ExitCode {
    labs::main("VM lab", "lab-vm", run)
}

fn run(words: &[String]) -> io::Result<Tally> {
    let start = Instant::now();
    // One after the other: the first may have to boot, and the second then finds what it kept.
    let mut machines = [machine()?, machine()?];
    println!("two machines are up ({:.1} s)", start.elapsed().as_secs_f32());
    let tally = labs::run_cases(&mut machines, CASES, words, |_| None, ready)?;
    drop(machines);
    tally.say(start);
    println!("faults injected: {}", faults_injected());
    Ok(tally)
}

/// The machine as it was after its boot; no hang takes the others along.
fn ready(vm: &mut Vm) -> io::Result<Deadline> {
    let deadline = vm.deadline(LIMIT);
    vm.revert()?;
    Ok(deadline)
}

/// The machine, with the programs that were built beside this one.
fn machine() -> io::Result<Vm> {
    if !rustix::process::geteuid().is_root() {
        return Err(io::Error::other("it needs root: make lab-vm asks for it"));
    }
    let suite = std::env::var("SUITE").unwrap_or_else(|_| "bookworm".to_owned());
    let own = std::env::current_exe()?;
    let built = own.parent().and_then(|deps| deps.parent()).ok_or(io::ErrorKind::NotFound)?;
    let target = built.parent().map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
    let mut vm = Vm::start(&suite, &target.join("vm-lab"), &built.join("vm-agent"))?;
    for program in ["sd-airgap", "sd-export", "sd-station"] {
        vm.bring_program(&built.join(program))?;
    }
    Ok(vm)
}
