//! Plain text: words kept, marks gone.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::{found, scrub};
use sd_scrub::{Detected, Fate, Format, Refusal, detect};

/// The clean text and its report.
fn clean(bytes: &[u8]) -> (String, sd_scrub::Report) {
    let done = scrub(bytes).expect("text can be cleaned");
    let again = scrub(&done.bytes).expect("clean text can be cleaned");
    assert_eq!(again.bytes, done.bytes, "clean text does not change");
    (String::from_utf8(done.bytes).expect("UTF-8"), done.report)
}

#[test]
fn words_are_kept_and_marks_removed_and_counted() {
    let text = "Dear\u{200b} editor,\u{a0}\u{2009}\r\nso\u{ad}ft \u{202e}mark\u{202c}  \nta\u{e0043}\u{e0041}g\u{fe01}\u{2063}\n";
    let (out, report) = clean(text.as_bytes());
    assert_eq!(out, "Dear editor,\nsoft mark\ntag\n");
    let said =
        |place: &str| report.findings.iter().find(|f| f.place == place).map(|f| f.detail.as_str());
    assert_eq!(said("zero-width characters"), Some("2, first at 1:5"));
    assert_eq!(said("tag characters"), Some("2, first at 3:3"));
    assert_eq!(said("direction marks"), Some("2, first at 2:7"));
    assert_eq!(said("soft hyphens"), Some("1, first at 2:3"));
    assert_eq!(said("variation selectors"), Some("1, first at 3:6"));
    assert_eq!(said("odd spaces"), Some("2, first at 1:14"));
    assert!(said("blanks at line ends").is_some() && said("line ends").is_some());
}

#[test]
fn every_encoding_becomes_utf_8_without_a_mark() {
    let wide = |unit: fn(u16) -> [u8; 2]| {
        "\u{feff}Grüße aus Wien\n".encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    for bytes in [
        "\u{feff}Grüße aus Wien\n".as_bytes().to_vec(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        b"Gr\xfc\xdfe aus Wien\n".to_vec(),
    ] {
        let (out, _) = clean(&bytes);
        assert_eq!(out, "Grüße aus Wien\n");
    }
    assert_eq!(clean(b"a plain \x93quote\x94").0, "a plain “quote”");
}

#[test]
fn joiners_and_selectors_stay_where_they_have_work_to_do() {
    for kept in [
        "👩\u{200d}👩\u{200d}👧",
        "❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "می\u{200c}خواهم",
        "क्\u{200d}ष",
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    ] {
        assert_eq!(clean(kept.as_bytes()).0, kept);
    }
    for marked in ["a\u{200d}b", "a\u{200c}b", "a\u{fe0f}", "می\u{200c}\u{200c}خ\u{200c}"] {
        assert_ne!(clean(marked.as_bytes()).0, marked);
    }
    let canary: String =
        "secret".chars().filter_map(|c| char::from_u32(0xe0000 + u32::from(c))).collect();
    assert_eq!(clean(format!("🏴{canary}\u{e007f}").as_bytes()).0, "🏴");
}

#[test]
fn look_alike_letters_are_pointed_out_and_stay() {
    let (out, report) = clean("a p\u{0430}ge\nplain Привет мир\n".as_bytes());
    assert_eq!(out, "a p\u{0430}ge\nplain Привет мир\n");
    assert!(found(&report, "look-alike letters in line 1"));
    assert!(!found(&report, "line 2"));
    let finding =
        report.findings.iter().find(|f| f.place.contains("look-alike")).expect("reported");
    assert!(matches!(finding.fate, Fate::Kept { .. }));
}

#[test]
fn what_is_not_plain_text_is_refused_by_its_kind() {
    for (bytes, kind) in [
        (b"text\x00with\x01control".as_slice(), "unknown binary data"),
        (b"Read <html><p>", "HTML page"),
        (b"", "empty file"),
        (b"#!/bin/sh\n", "script"),
        (b"\xe4\xf6\xfc\xdf\xe4\xf6", "unknown binary data"),
    ] {
        assert_eq!(detect(bytes), Detected::Unknown(kind));
        assert_eq!(scrub(bytes), Err(Refusal::UnknownType(kind.to_owned())));
    }
    assert_eq!(detect(b"a,b\n1,2\n"), Detected::Known(Format::Text));
}

#[test]
fn inspecting_tells_the_same_and_calls_it_found() {
    let report =
        sd_scrub::inspect("a\u{200b}b".as_bytes(), &sd_scrub::Limits::default()).expect("text");
    assert!(report.findings.iter().all(|f| f.fate == Fate::Found) && !report.findings.is_empty());
    assert!(!report.cannot_remove.is_empty());
}

#[test]
fn a_text_that_is_a_launcher_without_its_invisible_marks_is_refused() {
    for (text, kind) in [
        ("[Desktop\u{200b} Entry]\nExec=sh\n", "desktop launcher"),
        ("<\u{200b}html>", "HTML page"),
        ("\u{200b}", "empty file"),
    ] {
        let what = format!("a file that reads as another kind when it is clean: {kind}");
        assert_eq!(scrub(text.as_bytes()), Err(sd_scrub::Refusal::Unsupported { what }));
    }
}

#[test]
fn a_joiner_behind_a_selector_that_goes_goes_too() {
    let (out, _) =
        common::clean("1\u{fe0f}\u{200d}\u{1f4bb} \u{1f469}\u{fe0f}\u{200d}\u{1f4bb}".as_bytes());
    let kept = "1\u{1f4bb} \u{1f469}\u{fe0f}\u{200d}\u{1f4bb}";
    assert_eq!(String::from_utf8_lossy(&out).trim_end(), kept);
}

#[test]
fn a_copy_is_told_to_be_what_it_is_when_it_is_looked_at_again() {
    // A table only as long as what cannot be seen stands in it.
    let bytes = b"\ndn \t\ne[nn& \t\ne[n \t\nedn\x0c\t\n";
    let (out, report) = common::clean(bytes);
    assert_eq!(detect(&out), Detected::Known(report.format));
    // A page that other programs would take for a PDF.
    let comment = "<!-- words -->".repeat(80);
    let page = format!("<!doctype html>{comment}<html><body>%PDF-1.4 words</body></html>");
    let refused = scrub(page.as_bytes()).expect_err("refused").to_string();
    assert!(refused.contains("reads as another kind when it is clean: PDF document"), "{refused}");
}

#[test]
fn what_a_stranger_calls_a_place_is_escaped() {
    let page = "<!doctype html><html><body><x\u{ad}y>words</x\u{ad}y></body></html>";
    let (_, report) = common::clean(page.as_bytes());
    assert!(found(&report, "element x\\u{ad}y"), "{report:#?}");
}

#[test]
fn a_table_that_hides_behind_odd_line_ends_is_one_without_them() {
    let hidden = b"name,sum\x0bkeep,12\nthese,-5\n";
    assert_eq!(detect(hidden), Detected::Known(Format::Text));
    let (text, report) = clean(hidden);
    assert_eq!((text.as_str(), report.format), ("name,sum\nkeep,12\nthese,-5\n", Format::Csv));
}
