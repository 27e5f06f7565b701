//! The same input gives the same bytes, in every run and on every machine: what is written here was written
//! somewhere else. Who changes what a clean copy is changes this list, and sees what else changed.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use std::fmt::Write as _;

use common::corpus::corpus;

/// Files that are made by real encoders are others with every version of these.
const FOREIGN: [&str; 20] = [
    "mp3", "flac", "ogg", "opus", "wav", "aiff", "avi", "wmv", "wma", "mp4", "mov", "m4a", "mkv",
    "webm", "heic", "avif", "jxl", "bz2", "xz", "zst",
];

#[test]
fn clean_copies_are_the_same_bytes_on_every_machine() {
    let (mut list, mut count) = (String::new(), 0);
    for file in corpus() {
        let ending = file.name.rsplit_once('.').expect("an ending").1;
        if FOREIGN.contains(&ending) {
            continue;
        }
        let Ok(done) = common::scrub(&file.bytes) else { continue };
        let again = common::scrub(&file.bytes).expect("it was cleaned before");
        assert!(again.bytes == done.bytes, "{} comes out in two ways", file.name);
        let hash = blake3::hash(&done.bytes).to_hex();
        let _ = writeln!(list, "{} {} {hash}", file.name, done.bytes.len());
        count += 1;
    }
    assert!(count >= 50, "{count} files");
    assert_eq!(list, include_str!("common/data/clean.txt"), "it should be:\n{list}");
}
