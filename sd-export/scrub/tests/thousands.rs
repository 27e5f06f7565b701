//! A thousand changed PDF documents and a thousand changed office files: none panics, each ends
//! within its limits, and what is cleaned is cleaned again without a change. Prints what came.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::{Dice, in_a_word, mutants, office, pdf};
use sd_scrub::Limits;

/// The longest that one of them may take, on a busy machine and not optimised.
const LONGEST: Duration = Duration::from_secs(20);

/// Tight limits: what the fixtures need, and some room.
fn limits() -> Limits {
    Limits { max_output: 16 << 20, max_objects: 5_000, max_members: 500, ..Limits::default() }
}

/// What came of a file, in a word; a clean copy is within the limits and does not change.
fn outcome(bytes: &[u8]) -> &'static str {
    let limits = limits();
    match sd_scrub::scrub(bytes, &limits) {
        Ok(done) => {
            assert!(done.bytes.len() as u64 <= limits.max_output);
            let again = sd_scrub::scrub(&done.bytes, &limits);
            let again = again.map(|again| (again.bytes, again.report.format));
            let same = again.as_ref() == Ok(&(done.bytes, done.report.format));
            assert!(same, "it changes: {again:?}");
            "cleaned"
        }
        Err(refusal) => in_a_word(refusal),
    }
}

/// Cleans `count` changed files of one kind and prints what came of them.
fn run(kind: &str, count: usize, changed: &mut dyn FnMut(usize) -> Vec<u8>) -> usize {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (start, mut longest) = (Instant::now(), Duration::ZERO);
    for n in 0..count {
        let file = changed(n);
        let begun = Instant::now();
        let came = std::panic::catch_unwind(|| outcome(&file))
            .unwrap_or_else(|_| panic!("{kind}, file {n}"));
        longest = longest.max(begun.elapsed());
        *counts.entry(came).or_default() += 1;
    }
    let said: Vec<String> = counts.iter().map(|(came, count)| format!("{count} {came}")).collect();
    // Shown with `--nocapture`.
    let line = format!(
        "{count} {kind}: {}; {:?}, longest {longest:?}\n",
        said.join(", "),
        start.elapsed()
    );
    std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).expect("the log");
    assert!(longest < LONGEST, "{kind}: {longest:?}");
    counts.get("cleaned").copied().unwrap_or_default()
}

#[test]
fn a_thousand_changed_pdf_documents_are_cleaned_or_refused_by_name() {
    let files = [pdf::planted_with("Visible"), pdf::gallery(), pdf::text_page(), pdf::revised()];
    let mut dice = Dice::new(41_000);
    let mut changed = |n: usize| {
        let file = &files[[0, 1, 0, 2][n % 4]];
        mutants::document(file, &mut dice)
    };
    assert!(run("PDF documents, by their objects", 1000, &mut changed) > 200);
    let mut dice = Dice::new(42_000);
    let mut changed = |n: usize| {
        let mut file = files[n % 4].clone();
        for _ in 0..=dice.roll(3) {
            mutants::bytes(&mut file, &mut dice);
        }
        file
    };
    assert!(run("PDF documents, by their bytes", 300, &mut changed) > 30);
}

#[test]
fn a_thousand_changed_office_files_are_cleaned_or_refused_by_name() {
    let files = [office::word(), office::sheet(), office::slides()];
    let mut dice = Dice::new(43_000);
    let mut changed = |n: usize| mutants::package(&files[n % 3], &mut dice);
    assert!(run("office files", 1020, &mut changed) > 300);
}
