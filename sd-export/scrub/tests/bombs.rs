//! Small files that ask for much. Each is cleaned or refused in words, and the memory of all of
//! them together stays within what one worker has; no clock is asked.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests; the memory is read from the system"
)]

mod common;

use common::bombs::{self, Bomb};
use sd_scrub::{Limits, Refusal};

/// The most memory that the bombs may make of this process, in KiB.
const MEMORY: u64 = 3 << 20;

/// The most memory that this process has had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system's figures");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches("kB").trim().parse().expect("a number")
}

/// What came of a file, in a word and our words.
fn outcome(bytes: &[u8]) -> (&'static str, String) {
    let limits = Limits::default();
    match sd_scrub::scrub(bytes, &limits) {
        Ok(done) => {
            let again = sd_scrub::scrub(&done.bytes, &limits).map(|again| again.bytes);
            assert!(again.as_ref() == Ok(&done.bytes), "it changes when cleaned again");
            ("cleaned", String::new())
        }
        Err(why) => {
            let word = match why.reason() {
                Refusal::TooLarge { .. } => "too large",
                Refusal::Malformed { .. } => "malformed",
                Refusal::Unsupported { .. } => "not supported",
                other => panic!("{other}"),
            };
            (word, why.to_string())
        }
    }
}

/// Each bomb ends in one of the words that stand for it.
fn all_end(all: Vec<Bomb>, words: &[(&str, &str)]) {
    for (name, bytes) in all {
        let before = peak();
        let (word, said) = outcome(&bytes);
        let line = format!("{name}: {word}: {said} [{} -> {} KiB]\n", before, peak());
        // Shown with `--nocapture`.
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).expect("the log");
        let wanted = words.iter().find(|(bomb, _)| *bomb == name).map(|(_, word)| *word);
        assert_eq!(Some(word), wanted, "{name}: {said}");
    }
    assert!(peak() < MEMORY, "{} KiB", peak());
}

#[test]
fn archives_that_unpack_to_very_much_end() {
    all_end(
        bombs::archives(),
        &[
            ("archives in archives, ten in each, twelve deep", "too large"),
            ("archives in archives, one in each, forty deep", "too large"),
            ("archives in archives, sixty in each, three deep", "too large"),
            ("gzip of gzip, forty times", "too large"),
            ("gzip of gzip of a gigabyte", "too large"),
            ("members that overlap, each quoting the next", "malformed"),
            ("twenty thousand members", "too large"),
        ],
    );
}

#[test]
fn office_files_that_ask_for_very_much_end() {
    all_end(
        bombs::packages(),
        &[
            ("a part of a gigabyte", "too large"),
            ("a part of a gigabyte that says 100", "malformed"),
            ("a style part of a gigabyte", "too large"),
            ("tables 100,000 deep", "too large"),
            ("unknown elements 1,000,000 deep", "too large"),
            ("100,000 attributes", "too large"),
            ("fields 50,000 deep", "cleaned"),
            ("a billion laughs", "not supported"),
            ("an entity of another file", "not supported"),
            ("an entity that nothing declares", "malformed"),
            ("one picture by 20,000 relations", "cleaned"),
            ("a sheet that claims all cells", "cleaned"),
            ("a row of 400,000 cells", "cleaned"),
            ("columns 1 to 4,294,967,295", "cleaned"),
            ("cells far behind the last", "cleaned"),
        ],
    );
}

#[test]
fn pdf_documents_that_ask_for_very_much_end() {
    all_end(
        bombs::documents(),
        &[
            ("a page tree 100,000 deep", "malformed"),
            ("a page tree 60 deep", "cleaned"),
            ("a million objects", "cleaned"),
            ("one page 600,000 times", "malformed"),
            ("arrays a million deep", "cleaned"),
            ("dictionaries a million deep", "cleaned"),
            ("forms 10,000 deep", "malformed"),
            ("forms 30 deep, each drawing the next twice", "cleaned"),
            ("object streams in object streams", "cleaned"),
            ("an outline of 200,000 in one line", "malformed"),
            ("an outline in a circle", "malformed"),
            ("thirty filters", "not supported"),
            ("ten thousand filters", "not supported"),
            ("colour spaces 20,000 deep", "malformed"),
            ("functions 20,000 deep, each twice", "malformed"),
            ("a font of four billion letters", "cleaned"),
            ("a picture of 10^18 points", "too large"),
            ("letters that draw themselves", "malformed"),
            ("a million saved states", "cleaned"),
            ("content with arrays a million deep", "malformed"),
            ("content with brackets a million deep", "cleaned"),
            ("tables that name each other", "cleaned"),
            ("a table of two billion entries", "cleaned"),
        ],
    );
}
