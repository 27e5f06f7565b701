//! Drawings, style sheets, pages and books: what hides in them is gone, what they show is still there.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::{found, scrub, web};
use sd_scrub::{Detected, Fate, Format, Refusal, Report, detect};

/// Cleans a text, twice, and looks for canaries also in what it holds, and for every keep-mark.
fn clean(bytes: &[u8]) -> (String, Report) {
    let (out, report) = common::clean(bytes);
    assert_eq!(common::find_canary(&web::opened(&out)), None);
    let opened = String::from_utf8_lossy(&web::opened(&out)).into_owned();
    for mark in marks(&web::opened(bytes)) {
        assert!(opened.contains(&mark), "{mark} is gone: {opened}");
    }
    (String::from_utf8(out).expect("UTF-8"), report)
}

fn marks(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let letters = |c: &char| c.is_ascii_alphanumeric() || "- ".contains(*c);
    let mark = |at: usize| text[at..].chars().take_while(letters).collect::<String>();
    text.match_indices("KEEP").map(|(at, _)| mark(at).trim().to_owned()).collect()
}

fn kept(report: &Report, place: &str) -> bool {
    report.findings.iter().any(|f| f.place.contains(place) && matches!(f.fate, Fate::Kept { .. }))
}

#[test]
fn a_drawing_keeps_what_it_draws_and_loses_everything_else() {
    let (text, report) = clean(web::svg().as_bytes());
    assert_eq!(report.format, Format::Svg);
    for place in [
        "script: onload",
        "script: onclick",
        "metadata",
        "title",
        "desc",
        "sodipodi:namedview",
        "foreignObject",
        "comments and instructions",
        "picture that is not in the file",
        "data-name of svg",
        "document type",
        "@import",
        "@font-face",
        "APP1 EXIF",
        "letters that cannot be seen",
        "text where none is shown",
        "property not on the list: behavior",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    assert!(kept(&report, "content hidden by its style") && kept(&report, "address of a link"));
    for drawn in [
        "d=\"M 0,0 C 1,1 2,2 3,3 Z\"",
        "viewBox=\"0 0 200 100\"",
        "fill=\"url(&quot;#n",
        "stop-color=\"#00ff00\"",
        "transform=\"translate(1 2) rotate(30)\"",
        "in=\"SourceGraphic\"",
        "fill:#ff8000",
    ] {
        assert!(text.contains(drawn), "{drawn}: {text}");
    }
}

#[test]
fn a_style_sheet_keeps_its_looks_and_loses_everything_else() {
    let (text, report) = clean(web::css().as_bytes());
    assert_eq!(report.format, Format::Css);
    for place in [
        "comments",
        "@import",
        "@font-face",
        "@charset",
        "address in a style",
        "value not on the list: width",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    for kept in [
        "body,p.c1>a:hover{color:var(--v1);margin:0 auto;padding:calc(1px + var(--v2))}",
        "@media screen and (min-width:600px){",
        "color:navy!important",
        "li:nth-child(2n +1){left:-1.5e3px;",
        "content:\"KEEP before \\2192 \"",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn a_drawing_that_declares_entities_or_is_something_else_is_refused() {
    let refused = |text: &str| scrub(text.as_bytes()).map(|done| done.report.format);
    let entities =
        "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg xmlns='http://www.w3.org/2000/svg'>&x;</svg>";
    assert!(matches!(refused(entities), Err(Refusal::Unsupported { .. })));
    for bad in [
        "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'>&bogus;</svg>",
        "<svg xmlns='http://example.org/other'/>",
    ] {
        assert!(matches!(refused(bad), Err(Refusal::Malformed { .. })), "{bad}");
    }
    let deep = format!("<svg xmlns='http://www.w3.org/2000/svg'>{}", "<g>".repeat(100_000));
    assert!(refused(&deep).is_err());
}

#[test]
fn a_packed_drawing_is_packed_again_without_a_name() {
    let (packed, report) = common::clean(&common::packed::planted_gzip(web::svg().as_bytes()));
    assert_eq!(report.format, Format::Gzip);
    assert_eq!(&packed[..10], b"\x1f\x8b\x08\0\0\0\0\0\0\xff");
    assert!(found(&report, "unpacked: drawing"));
}

#[test]
fn what_is_a_drawing_or_a_sheet_is_told_by_content() {
    for (text, format) in [
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", Format::Svg),
        (
            "\u{feff}<?xml version='1.0'?><!-- x --><!DOCTYPE svg><s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
            Format::Svg,
        ),
        ("body { color: red; margin: 0 }\n", Format::Css),
        ("Notes { not: a sheet }\n", Format::Text),
        ("const a = { color: 'red' };\n", Format::Text),
    ] {
        assert_eq!(detect(text.as_bytes()), Detected::Known(format), "{text}");
    }
}
