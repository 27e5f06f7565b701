//! What every lab does: takes its words, runs the chosen cases, and counts.
//!
//! ```text
//! cases --next--> lane 1: ready, case, verdict
//!    '---next---> lane 2: the same, in a lab of its own
//! ```
#![expect(clippy::print_stdout, reason = "a lab talks to a terminal")]

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
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

/// Runs the cases whose names have one of the words. There is a lane for each lab, and it takes the
/// next case when it has ended one. Before each case `ready` puts its lab in order; what it returns
/// lasts as long as the case. `skip` says why a case is left out.
pub fn run_cases<L: Send, G>(
    labs: &mut [L],
    cases: &[(&str, Case<L>)],
    words: &[String],
    skip: impl Fn(&str) -> Option<String> + Sync,
    ready: impl Fn(&mut L) -> io::Result<G> + Sync,
) -> io::Result<Tally> {
    let chosen = |name: &str| words.is_empty() || words.iter().any(|w| name.contains(w.as_str()));
    let cases: Vec<_> = cases.iter().filter(|(name, _)| chosen(name)).collect();
    if cases.is_empty() {
        return Err(io::Error::other("no case has such a name"));
    }
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let lane = |lab: &mut L| {
        while let Some((name, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let counted = match skip(name) {
                Some(why) => Tally::skipped(name, &why),
                None => one(lab, name, *case, &ready),
            };
            tally.lock().unwrap_or_else(PoisonError::into_inner).add(counted);
        }
    };
    std::thread::scope(|scope| {
        for lab in labs {
            scope.spawn(|| lane(lab));
        }
    });
    Ok(tally.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Runs one case and says how it ended.
fn one<L, G>(
    lab: &mut L,
    name: &str,
    case: Case<L>,
    ready: &impl Fn(&mut L) -> io::Result<G>,
) -> Tally {
    let begun = Instant::now();
    let outcome = attempt(lab, case, ready);
    let seconds = begun.elapsed().as_secs_f32();
    match outcome {
        Ok(()) => {
            println!("test {name} ... ok ({seconds:.1} s)");
            Tally { passed: 1, ..Tally::default() }
        }
        Err(why) => {
            println!("test {name} ... FAILED ({seconds:.1} s)\n{why}");
            Tally { failed: 1, ..Tally::default() }
        }
    }
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
        Err(panic) => Err(assertion(&*panic)),
    }
}

/// What an assertion said: with two lanes the one printed last may be another's.
fn assertion(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
    said.unwrap_or("an assertion did not hold").to_owned()
}

impl Tally {
    fn skipped(name: &str, why: &str) -> Self {
        println!("test {name} ... skipped: {why}");
        Self { skipped: 1, ..Self::default() }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The closing line.
    pub fn say(self, start: Instant) {
        let Self { passed, failed, skipped } = self;
        let seconds = start.elapsed().as_secs_f32();
        println!("{passed} passed, {failed} failed, {skipped} skipped ({seconds:.1} s)");
    }
}

#[cfg(test)]
mod tests {
    use std::slice;
    use std::sync::{Arc, Barrier};

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
        let tally = run_cases(slice::from_mut(&mut ran), CASES, &words, skip, |_| Ok(()));
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
        let tally = run_cases(&mut [0], CASES, &[], |_| None, not_ready);
        assert_eq!(tally.expect("cases"), Tally { passed: 0, failed: 3, skipped: 0 });
    }

    #[test]
    fn two_lanes_run_each_case_once() {
        // Each waits for the other: one lane alone would never end.
        const MEET: &[(&str, Case<Arc<Barrier>>)] = &[
            ("one", |both| {
                both.wait();
                Ok(())
            }),
            ("other", |both| {
                both.wait();
                Ok(())
            }),
        ];
        let both = Arc::new(Barrier::new(2));
        let tally = run_cases(&mut [Arc::clone(&both), both], MEET, &[], |_| None, |_| Ok(()));
        assert_eq!(tally.expect("cases"), Tally { passed: 2, failed: 0, skipped: 0 });
    }
}
