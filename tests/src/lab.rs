//! What every lab does: takes its words, runs the chosen cases one after the other, and counts.
#![expect(clippy::print_stdout, reason = "a lab talks to a terminal")]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

/// A case, which is given what the lab has built up.
pub type Case<L> = fn(&mut L) -> io::Result<()>;

/// The cases of a lab with their names.
#[macro_export]
macro_rules! cases {
    ($($module:ident::$case:ident,)*) => {
        &[$((stringify!($case), $module::$case as $crate::lab::Case<_>)),*]
    };
}

/// How the cases ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// A lab's `main`: `run [WORD..]` runs it, and anything else says how to ask for it.
pub fn main(
    name: &str,
    target: &str,
    run: impl FnOnce(&[String]) -> io::Result<Tally>,
) -> ExitCode {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() != Some("run") {
        println!("the {name} was not asked for: make {target}");
        return ExitCode::SUCCESS;
    }
    match run(&words.collect::<Vec<_>>()) {
        Ok(tally) if tally.failed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(e) => {
            println!("the {name} could not start: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the cases whose names have one of the words. Before each one `ready` puts the lab in
/// order; what it returns lasts as long as the case. `skip` says why a case is left out.
pub fn run_cases<L, G>(
    lab: &mut L,
    cases: &[(&str, Case<L>)],
    words: &[String],
    skip: impl Fn(&str) -> Option<String>,
    ready: impl Fn(&mut L) -> io::Result<G>,
) -> io::Result<Tally> {
    let chosen = |name: &str| words.is_empty() || words.iter().any(|w| name.contains(w.as_str()));
    let mut tally = Tally::default();
    for (name, case) in cases.iter().filter(|(name, _)| chosen(name)) {
        if let Some(why) = skip(name) {
            println!("test {name} ... skipped: {why}");
            tally.skipped += 1;
            continue;
        }
        let begun = Instant::now();
        let outcome = attempt(lab, *case, &ready);
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {verdict} ({:.1} s)", begun.elapsed().as_secs_f32());
        match outcome {
            Ok(()) => tally.passed += 1,
            Err(why) => {
                println!("{why}");
                tally.failed += 1;
            }
        }
    }
    if tally == Tally::default() {
        return Err(io::Error::other("no case has such a name"));
    }
    Ok(tally)
}

/// Runs one case; a failed assertion does not take the others along.
fn attempt<L, G>(
    lab: &mut L,
    case: Case<L>,
    ready: impl Fn(&mut L) -> io::Result<G>,
) -> Result<(), String> {
    let _guard = ready(lab).map_err(|e| e.to_string())?;
    match catch_unwind(AssertUnwindSafe(|| case(lab))) {
        Ok(ended) => ended.map_err(|e| e.to_string()),
        Err(_) => Err("the assertion above did not hold".to_owned()),
    }
}

impl Tally {
    /// The closing line.
    pub fn say(self, start: Instant) {
        let Self { passed, failed, skipped } = self;
        let seconds = start.elapsed().as_secs_f32();
        println!("{passed} passed, {failed} failed, {skipped} skipped ({seconds:.1} s)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &[(&str, Case<usize>)] = &[
        ("good", |ran| {
            *ran += 1;
            Ok(())
        }),
        ("bad", |ran| {
            *ran += 1;
            Err(io::Error::other("bad"))
        }),
        ("broken", |ran| {
            *ran += 1;
            panic!("an assertion");
        }),
    ];

    fn run(words: &[&str], skipped: &str) -> (usize, io::Result<Tally>) {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        let skip = |name: &str| (name == skipped).then(|| "no need".to_owned());
        let mut ran = 0;
        let tally = run_cases(&mut ran, CASES, &words, skip, |_| Ok(()));
        (ran, tally)
    }

    #[test]
    fn a_case_that_fails_or_panics_is_counted_and_the_others_run() {
        let (ran, tally) = run(&[], "");
        assert_eq!(ran, 3);
        assert_eq!(tally.expect("cases"), Tally { passed: 1, failed: 2, skipped: 0 });
        let (ran, tally) = run(&["go", "bro"], "broken");
        assert_eq!(ran, 1);
        assert_eq!(tally.expect("cases"), Tally { passed: 1, failed: 0, skipped: 1 });
        assert!(run(&["nothing"], "").1.is_err(), "no case is no success");
    }

    #[test]
    fn what_is_not_ready_fails_its_case() {
        let not_ready = |_: &mut usize| Err::<(), _>(io::Error::other("not ready"));
        let tally = run_cases(&mut 0, CASES, &[], |_| None, not_ready);
        assert_eq!(tally.expect("cases"), Tally { passed: 0, failed: 3, skipped: 0 });
    }
}
