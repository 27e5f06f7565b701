//! The fault bench: raw media on chips that lie, break and lose their power, in this process.
//!
//! ```text
//! write_raw --> Bare (faults) --> compare --> "written", and then the cells are right to the bit
//!                                      '----> a named error
//! the cells after it --open_raw, authenticate, copy_members--> a whole bundle, or a refusal
//! ```
//! `make lab-faults` builds and runs it. The same chips stand behind the sticks of the VM lab,
//! where the kernel, udisks2 and file systems are between them and the programs.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a lab talks to a terminal, and a case that cannot go on should say where"
)]

mod counterfeit;
mod medium;
mod power;
mod requests;

use std::process::ExitCode;
use std::time::Instant;

use sd_tests::vm::faults_injected;

type Case = fn();

/// The cases with their names.
macro_rules! cases {
    ($($module:ident::$case:ident,)*) => {
        &[$((stringify!($case), $module::$case as Case)),*]
    };
}

const CASES: &[(&str, Case)] = cases![
    requests::every_write_that_fails_is_an_error_and_the_next_pack_succeeds,
    requests::every_read_that_fails_is_an_error_and_the_next_pack_succeeds,
    requests::a_flush_that_fails_is_an_error,
    requests::a_stick_pulled_at_every_write_is_an_error,
    requests::lost_writes_are_found_by_the_comparison,
    requests::a_second_reading_that_differs_is_refused,
    requests::one_changed_byte_in_every_sixteenth_sector_is_missed,
    power::every_prefix_of_a_pack_over_nothing_is_refused_or_whole,
    power::every_prefix_of_a_pack_over_an_older_bundle_is_one_or_the_other_or_refused,
    power::any_choice_of_sectors_is_refused_or_whole,
    power::a_lost_flush_is_refused_or_whole,
    counterfeit::a_counterfeit_of_every_size_is_never_written,
    counterfeit::the_true_size_is_found,
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() != Some("run") {
        println!("the fault bench was not asked for: make lab-faults");
        return ExitCode::SUCCESS;
    }
    let words: Vec<String> = words.collect();
    let chosen = |name: &str| words.is_empty() || words.iter().any(|w| name.contains(w.as_str()));
    let start = Instant::now();
    let (mut passed, mut failed) = (0, 0);
    for (name, case) in CASES.iter().filter(|(name, _)| chosen(name)) {
        let (begun, before) = (Instant::now(), faults_injected());
        let outcome = std::panic::catch_unwind(case);
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        let (faults, seconds) = (faults_injected() - before, begun.elapsed().as_secs_f32());
        println!("test {name} ... {verdict} ({faults} faults, {seconds:.1} s)");
        if outcome.is_ok() { passed += 1 } else { failed += 1 }
    }
    let seconds = start.elapsed().as_secs_f32();
    println!("{passed} passed, {failed} failed, 0 skipped ({seconds:.1} s)");
    println!("faults injected: {}", faults_injected());
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
