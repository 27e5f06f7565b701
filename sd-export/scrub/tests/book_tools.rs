//! Readers of books that are not ours: `EPUBCheck` finds no fault in clean books, and mutool reads the same
//! words in them as before.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests run programs and write files"
)]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::epub;
use common::libre::convert;
use common::made::{run, text};

/// Debian starts it through a wrapper that not every kernel is told of.
const EPUBCHECK: &str = "/usr/share/java/epubcheck.jar";

/// What a book says, page by page, without what white space there is.
fn words(book: &Path) -> String {
    let said = run("mutool", "mupdf-tools", &["draw", "-q", "-F", "txt", text(book)]);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The faults that `EPUBCheck` finds, without their places.
fn faults(book: &Path) -> BTreeSet<String> {
    let output = Command::new("java").args(["-jar", EPUBCHECK, text(book)]).output();
    let output = output.expect("java is needed (Debian package epubcheck)");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("Check finished") || said.contains("No errors"), "{said}");
    let fault = |line: &str| ["FATAL(", "ERROR("].iter().any(|start| line.starts_with(start));
    let place = |line: &str| line.splitn(4, ": ").last().unwrap_or_default().to_owned();
    said.lines().filter(|line| fault(line)).map(place).collect()
}

/// Books made here and by `LibreOffice`.
fn set(directory: &Path) -> Vec<PathBuf> {
    let put = |name: &str, bytes: &[u8]| {
        let path = directory.join(name);
        std::fs::write(&path, bytes).expect("a temporary file");
        path
    };
    let sources = [
        put("rich.fodt", include_bytes!("common/data/rich.fodt")),
        put("more.fodt", include_bytes!("common/data/more.fodt")),
    ];
    let mut books = convert("epub", &sources, directory);
    books.extend([
        put("planted.epub", &epub::planted()),
        put("old.epub", &epub::old()),
        put("long.epub", &epub::long(120)),
    ]);
    books
}

#[test]
fn books_are_whole_afterwards_and_epubcheck_finds_no_fault() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let clean = directory.path().join("clean");
    std::fs::create_dir(&clean).expect("a temporary directory");
    for book in set(directory.path()) {
        let bytes = std::fs::read(&book).expect("a book");
        let (done, _) = common::clean(&bytes);
        let path = clean.join(book.file_name().expect("a name"));
        std::fs::write(&path, &done).expect("a temporary file");
        let (before, after) = (faults(&book), faults(&path));
        let new: Vec<_> = after.difference(&before).collect();
        assert!(new.is_empty(), "{}: {new:?}", book.display());
        // This one says that it is masked, which mutool does not read.
        if book.ends_with("planted.epub") {
            assert!(words(&path).contains("KEEP chapter"));
        } else {
            assert_eq!(words(&path), words(&book), "{}", book.display());
        }
        assert!(done.len() * 4 <= bytes.len() * 5 + 8000, "{}: {}", book.display(), done.len());
    }
}
