//! Second opinions: programs that others wrote read what this crate wrote.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests run programs and write files"
)]

mod common;

use std::path::{Path, PathBuf};

use common::made::{run, text};
use common::{clean, gif, jpeg, pdf, plain, png, tiff, webp};

fn file(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    path
}

#[test]
fn exiftool_finds_structure_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let pictures = [("a.jpg", clean(&jpeg::planted()).0), ("b.png", clean(&png::planted()).0)];
    for (name, bytes) in pictures {
        let path = file(directory.path(), name, &bytes);
        let said =
            run("exiftool", "libimage-exiftool-perl", &["-a", "-G1", "-s", "-ee", text(&path)]);
        for line in said.lines() {
            let known = [
                "[ExifTool]",
                "[System]",
                "[File]",
                "[PNG]",
                "[ICC",
                "[JFIF]",
                "[Adobe]",
                "[Composite]",
            ]
            .iter()
            .any(|group| line.starts_with(group));
            let orientation = line.starts_with("[IFD0]") && line.contains("Orientation");
            assert!(known || orientation, "{name}: {line}");
            assert!(!line.contains(common::CANARY), "{name}: {line}");
        }
    }
}

#[test]
fn exiftool_finds_no_metadata_in_other_pictures() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let pages = [tiff::Stored::Lzw, tiff::Stored::Jpeg, tiff::Stored::Fax];
    let pictures = [
        ("a.gif", clean(&gif::planted()).0),
        ("b.webp", clean(&webp::planted()).0),
        ("c.bmp", clean(&plain::bmp(124, 32, 3, true)).0),
        ("d.ppm", clean(&plain::pnm('6', 255)).0),
        ("e.tif", clean(&tiff::file(tiff::Order::Big, &pages)).0),
    ];
    for (name, bytes) in pictures {
        let path = file(directory.path(), name, &bytes);
        let said =
            run("exiftool", "libimage-exiftool-perl", &["-a", "-G1", "-s", "-ee", text(&path)]);
        for line in said.lines().filter(|line| !line.starts_with("[System]")) {
            assert!(!line.contains(common::CANARY), "{name}: {line}");
            // The head of a profile has fields for maker and time; ours are zero.
            if line.starts_with("[ICC") {
                continue;
            }
            let groups = ["[XMP", "[ExifIFD]", "[GPS]", "[IPTC]", "[Photoshop]", "[SubIFD"];
            let tags = ["Software", "Artist", "Make", "Model", "Comment", "DateTime", "Warning"];
            let found = |parts: &[&str]| parts.iter().any(|part| line.contains(part));
            assert!(!found(&groups) && !found(&tags), "{name}: {line}");
        }
    }
}

#[test]
fn exiftool_finds_no_metadata_in_a_document() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = file(directory.path(), "a.pdf", &clean(&pdf::planted()).0);
    let said = run("exiftool", "libimage-exiftool-perl", &["-a", "-G1", "-s", "-ee3", text(&path)]);
    for line in said.lines().filter(|line| line.starts_with("[PDF]")) {
        let structure = ["PDFVersion", "Linearized", "PageCount", "PageMode"];
        assert!(structure.iter().any(|tag| line.contains(tag)), "{line}");
    }
    assert!(!said.contains("[XMP") && !said.contains(common::CANARY), "{said}");
}

#[test]
fn qpdf_finds_no_fault_in_any_document() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, fixture) in
        [("a.pdf", pdf::planted()), ("b.pdf", pdf::gallery()), ("c.pdf", pdf::revised())]
    {
        let path = file(directory.path(), name, &clean(&fixture).0);
        run("qpdf", "qpdf", &["--check", text(&path)]);
    }
}

#[test]
fn pdftotext_reads_the_same_words() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = file(directory.path(), "a.pdf", &clean(&pdf::planted()).0);
    let said = run("pdftotext", "poppler-utils", &[text(&path), "-"]);
    assert_eq!(said.trim(), "Keep this text");
}

/// What a document looks like, as the bytes of a picture.
fn drawn(path: &Path) -> Vec<u8> {
    let stem = path.with_extension("");
    run("pdftoppm", "poppler-utils", &["-r", "144", "-singlefile", text(path), text(&stem)]);
    std::fs::read(path.with_extension("ppm")).expect("the picture it drew")
}

#[test]
fn pdftoppm_draws_the_same_page() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let before = drawn(&file(directory.path(), "before.pdf", &pdf::gallery()));
    let after = drawn(&file(directory.path(), "after.pdf", &clean(&pdf::gallery()).0));
    assert!(before == after, "the page looks different");
    let blank = drawn(&file(directory.path(), "blank.pdf", &clean(&pdf::page("", "").finish()).0));
    assert!(before != blank, "the page shows something");
}

/// A document as qpdf writes it with these options.
fn rewritten(directory: &Path, fixture: &[u8], options: &[&str]) -> Vec<u8> {
    let from = file(directory, "from.pdf", fixture);
    let to = directory.join("to.pdf");
    let arguments = [options, &[text(&from), text(&to)]].concat();
    run("qpdf", "qpdf", &arguments);
    std::fs::read(to).expect("the document it wrote")
}

#[test]
fn no_canary_comes_through_from_object_streams_or_a_linearized_document() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    // The words before and after the document are not qpdf's to keep.
    let mut fixture = pdf::planted();
    fixture.drain(..fixture.iter().position(|b| *b == b'%').expect("a header"));
    for options in [["--object-streams=generate"], ["--linearize"]] {
        let options =
            [options.as_slice(), &["--warning-exit-0", "--preserve-unreferenced"]].concat();
        let (bytes, _) = clean(&rewritten(directory.path(), &fixture, &options));
        let path = file(directory.path(), "clean.pdf", &bytes);
        assert_eq!(run("pdftotext", "poppler-utils", &[text(&path), "-"]).trim(), "Keep this text");
    }
}

#[test]
fn every_kind_of_encryption_is_refused() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (user, bits) in [("", "256"), ("secret", "256"), ("", "128")] {
        let options = ["--allow-weak-crypto", "--encrypt", user, "owner", bits, "--"];
        let document = rewritten(directory.path(), &pdf::text_page(), &options);
        assert_eq!(common::scrub(&document), Err(sd_scrub::Refusal::Encrypted));
    }
}
