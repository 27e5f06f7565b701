//! `LibreOffice`: it makes documents and shows them.
#![allow(clippy::disallowed_methods, reason = "tests run programs and read what they made")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::made::{run, text};

/// Converts many files in one run. `LibreOffice` says nothing when it fails: the files are counted.
pub(crate) fn convert(to: &str, files: &[PathBuf], out: &Path) -> Vec<PathBuf> {
    let profile = tempfile::tempdir().expect("a temporary directory");
    let user = format!("-env:UserInstallation=file://{}", text(profile.path()));
    let mut arguments =
        vec!["--headless", "--norestore", &user, "--convert-to", to, "--outdir", text(out)];
    arguments.extend(files.iter().map(|file| text(file)));
    run("soffice", "libreoffice-writer-nogui", &arguments);
    let extension = to.split(':').next().unwrap_or(to);
    let made: Vec<PathBuf> = files
        .iter()
        .map(|file| out.join(file.file_name().expect("a name")).with_extension(extension))
        .collect();
    for file in &made {
        assert!(file.exists(), "LibreOffice did not make {}", file.display());
    }
    made
}

/// Holds what clean documents show against what they showed before: the same pages, the same words.
/// Of some the words tell who, when and where, or were planted: of those every mark shows in both.
pub(crate) fn assert_same(old: &Shown, new: &Shown, tells: impl Fn(&str) -> bool) {
    let marks = |words: &str| words.matches("KEEP").count();
    for (name, (words, pages)) in new {
        let (old_words, old_pages) = &old[name];
        if tells(name) {
            assert_eq!(marks(words), marks(old_words), "{name}: {words}\n{old_words}");
        } else {
            assert_eq!(words, old_words, "{name}");
        }
        assert_eq!(pages, old_pages, "{name}");
    }
}

/// What documents say and how many pages they have, by their names.
pub(crate) type Shown = BTreeMap<String, (String, usize)>;

/// What a document says and how many pages it has, as `LibreOffice` shows it.
pub(crate) fn shown(files: &[PathBuf], out: &Path) -> Shown {
    let pdfs = convert("pdf", files, out);
    let read = |pdf: &PathBuf| {
        let words = run("pdftotext", "poppler-utils", &["-layout", text(pdf), "-"]);
        let pages = run("pdfinfo", "poppler-utils", &[text(pdf)]);
        let pages = pages.lines().find_map(|line| line.strip_prefix("Pages:"));
        let pages = pages.and_then(|n| n.trim().parse().ok()).expect("a number of pages");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        (pdf.file_stem().expect("a name").to_string_lossy().into_owned(), (words, pages))
    };
    pdfs.iter().map(read).collect()
}
