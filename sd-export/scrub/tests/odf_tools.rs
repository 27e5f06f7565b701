//! `LibreOffice` makes documents of `OpenDocument` and opens the clean ones: same words, same pages.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests run programs and write files"
)]

mod common;

use std::path::{Path, PathBuf};

use common::libre::{assert_same, convert, shown};
use common::{odf, office};

/// What `LibreOffice` writes of sources written here: remarks, changes, indexes, notes, lists, pictures,
/// charts, formulas, conditional formats, hidden sheets and slides, animations, shapes.
const SOURCES: [(&str, &str); 5] = [
    ("rich.fodt", include_str!("common/data/rich.fodt")),
    ("more.fodt", include_str!("common/data/more.fodt")),
    ("rich.fods", include_str!("common/data/rich.fods")),
    ("rich.fodp", include_str!("common/data/rich.fodp")),
    ("rich.fodg", include_str!("common/data/rich.fodg")),
];

/// Documents that `LibreOffice` makes, and their sources.
fn set(directory: &Path) -> Vec<PathBuf> {
    let sub = |name: &str| {
        let path = directory.join(name);
        std::fs::create_dir_all(&path).expect("a temporary directory");
        path
    };
    let put = |name: &str, bytes: &[u8]| {
        let path = sub("sources").join(name);
        std::fs::write(&path, bytes).expect("a temporary file");
        path
    };
    let sources = SOURCES.map(|(name, text)| put(name, text.as_bytes()));
    let [text, more, sheet, slides, drawing] = &sources;
    let table: String = (0..40).fold("name,value,sum\n".to_owned(), |all, row| {
        all + &format!("KEEP {row},{}.5,=A{}&B{}\n", row * 3, row + 2, row + 2)
    });
    let table = put("table.csv", table.as_bytes());
    let word = put("word.docx", &office::word().pack());
    let book = put("book.xlsx", &office::sheet().pack());
    let show = put("show.pptx", &office::slides().pack());
    let mut made = Vec::new();
    for (kind, files) in [
        ("odt", vec![text.clone(), more.clone(), word]),
        ("ods", vec![sheet.clone(), table, book]),
        ("odp", vec![slides.clone(), show]),
        ("odg", vec![drawing.clone()]),
        ("ott", vec![more.clone()]),
        ("ots", vec![sheet.clone()]),
        ("otp", vec![slides.clone()]),
        ("otg", vec![drawing.clone()]),
    ] {
        made.extend(convert(kind, &files, &sub(kind)));
    }
    for (kind, files) in
        [("fodt", [more]), ("fods", [sheet]), ("fodp", [slides]), ("fodg", [drawing])]
    {
        made.extend(convert(kind, &files.map(Clone::clone), &sub(kind)));
    }
    made.extend(sources);
    made
}

#[test]
fn libreoffice_shows_the_same_before_and_after() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sub = |name: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir(&path).expect("a temporary directory");
        path
    };
    let (before, clean, old, new) = (sub("before"), sub("clean"), sub("old"), sub("new"));
    let (mut all, mut cleaned) = (Vec::new(), Vec::new());
    for (n, path) in set(directory.path()).iter().enumerate() {
        let bytes = std::fs::read(path).expect("a document");
        let (done, report) = common::clean(&bytes);
        let said = odf::inside(&done).to_ascii_lowercase();
        let at = said.find("canary").map(|at| &said[at.saturating_sub(100)..at + 40]);
        let stem = path.file_stem().expect("a name").to_string_lossy();
        // Of documents of Office, what hides in them may be words of the page afterwards.
        let office = ["word", "book", "show"].contains(&stem.as_ref());
        assert!(at.is_none() || office, "{}: {at:?}", path.display());
        let name = format!("{n}-{stem}.{}", report.format.extension());
        all.push(before.join(&name));
        std::fs::write(before.join(&name), &bytes).expect("a temporary file");
        cleaned.push(clean.join(&name));
        std::fs::write(clean.join(&name), &done).expect("a temporary file");
    }
    assert!(all.len() >= 22, "{} documents", all.len());
    let (old, new) = (shown(&all, &old), shown(&cleaned, &new));
    // What says who, when and where, and what was deleted, shows in the first one only.
    let tells =
        |name: &str| ["rich", "word", "book", "show"].iter().any(|stem| name.contains(stem));
    assert_same(&old, &new, tells);
}
