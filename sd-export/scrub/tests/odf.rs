//! Documents of `OpenDocument`: what hides in them is gone, what they say is still there.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::odf::{self, Package, inside, marks, parts};
use common::{Dice, found};
use sd_scrub::{Changes, Choices, Comments, Fate, Format, Limits, Refusal, Report, Unclean};

const KINDS: [(&str, Format, Format); 4] = [
    ("text", Format::Odt, Format::Fodt),
    ("spreadsheet", Format::Ods, Format::Fods),
    ("presentation", Format::Odp, Format::Fodp),
    ("graphics", Format::Odg, Format::Fodg),
];

/// Cleans a document, twice, and looks for canaries and for the marks of `said`.
fn clean(bytes: &[u8], said: &str) -> (Vec<u8>, Report) {
    let (bytes, report) = common::clean(bytes);
    let text = inside(&bytes);
    let at = text.to_ascii_lowercase().find("canary");
    assert_eq!(at.map(|at| &text[at.saturating_sub(200)..at + 60]), None);
    let kept = marks(said);
    assert!(kept.len() > 1, "{said}");
    for mark in kept {
        assert!(text.contains(&mark), "{mark} is gone from {text}");
    }
    (bytes, report)
}

fn with(bytes: &[u8], choices: Choices) -> Result<String, Refusal> {
    let done = sd_scrub::scrub_with(bytes, &Limits::default(), choices)?;
    Ok(inside(&done.bytes))
}

#[test]
fn packages_keep_their_words_and_lose_everything_else() {
    for (kind, format, _) in KINDS {
        let package = odf::package(kind);
        let (bytes, report) = clean(&package.pack(), &odf::content(&package));
        assert_eq!(report.format, format);
        let names: Vec<String> = parts(&bytes).into_keys().collect();
        let mut wanted = vec![
            "META-INF/manifest.xml",
            "Object 1/content.xml",
            "Object 2/content.xml",
            "Object 2/settings.xml",
            "Pictures/image1.jpg",
            "content.xml",
            "mimetype",
            "settings.xml",
            "styles.xml",
        ];
        if kind != "text" {
            wanted.retain(|name| !name.starts_with("Object 2"));
        }
        assert_eq!(names, wanted, "{kind}");
        assert!(bytes[30..].starts_with(b"mimetypeapplication/vnd.oasis.opendocument."));
        for place in [
            "property initial-creator",
            "property creation-date",
            "picture of the first page",
            "macros",
            "digital signature",
            "metadata in RDF",
            "setting: printer",
            "setting: session",
            "setting: database",
            "office:forms",
            "office:scripts",
            "picture outside the document",
            "picture that nothing shows",
            "address of a link",
        ] {
            assert!(found(&report, place), "{kind}, {place}: {report:#?}");
        }
    }
}

#[test]
fn flat_documents_stay_flat() {
    for (kind, _, format) in KINDS {
        let flat = odf::flat(kind);
        let (bytes, report) = clean(flat.as_bytes(), &flat);
        assert_eq!(report.format, format);
        assert!(bytes.starts_with(b"<?xml"));
        assert!(inside(&bytes).contains("<office:binary-data>iVBORw0KGgo"));
        assert!(found(&report, "office:meta"), "{report:#?}");
    }
}

#[test]
fn hidden_content_is_pointed_out() {
    let kept = |f: &&sd_scrub::Finding| matches!(f.fate, Fate::Kept { .. });
    for (kind, words) in [
        ("text", ["hidden paragraph", "hidden section", "style of hidden text"]),
        ("spreadsheet", ["hidden rows", "hidden columns", "style of a hidden sheet"]),
        ("presentation", ["speaker notes", "style of a hidden slide", "layer that is not shown"]),
    ] {
        let report = common::scrub(&odf::package(kind).pack()).expect("cleaned").report;
        for words in words {
            let all = report.findings.iter().filter(kept);
            assert!({ all }.any(|f| f.place.contains(words)), "{words}: {report:#?}");
        }
    }
}

#[test]
fn a_formula_is_cleaned() {
    let (bytes, report) = common::clean(&odf::formula_package().pack());
    assert_eq!(report.format, Format::Odf);
    let text = inside(&bytes);
    assert!(text.contains("<math:mi>KEEP</math:mi>") && !text.to_lowercase().contains("canary"));
}

#[test]
fn cells_keep_their_values_and_lose_what_reaches_outside() {
    let done = common::scrub(&odf::package("spreadsheet").pack()).expect("cleaned");
    let text = inside(&done.bytes);
    for cell in
        ["office:value=\"4242\"", "office:value=\"4244\"", "table:formula=\"of:=SUM([.B1:.B1])\""]
    {
        assert!(text.contains(cell), "{cell}");
    }
    assert!(text.contains("xmlns:of=") && !text.contains("DDE("));
    assert!(text.contains("xlink:href=\"#KEEPother.A1\""));
}

#[test]
fn templates_become_plain_documents() {
    for (kind, format, template) in [
        ("text", Format::Odt, "text-template"),
        ("spreadsheet", Format::Ods, "spreadsheet-template"),
        ("presentation", Format::Odp, "presentation-template"),
        ("graphics", Format::Odg, "graphics-template"),
    ] {
        let mut package = odf::package(kind);
        package.retype(template);
        let (bytes, report) = clean(&package.pack(), &odf::content(&package));
        assert_eq!(report.format, format);
        assert!(!inside(&bytes).contains(template));
        assert!(found(&report, "kind of document"), "{report:#?}");
    }
}

#[test]
fn remarks_go_by_choice() {
    for (kind, _, _) in KINDS {
        for bytes in [odf::package(kind).pack(), odf::flat(kind).into_bytes()] {
            let keep = Choices { comments: Comments::Keep, ..Choices::default() };
            let text = with(&bytes, keep).expect("cleaned");
            assert!(text.contains("REMARK of") && text.contains("<dc:creator>A1</dc:creator>"));
            assert!(!text.contains("CANARY-0847") && !text.contains("2026-11-23T"));
            assert!(!with(&bytes, Choices::default()).expect("cleaned").contains("REMARK of"));
        }
    }
}

#[test]
fn recorded_changes_of_a_text_go_by_choice() {
    let keep = Choices { changes: Changes::Keep, ..Choices::default() };
    for bytes in [odf::package("text").pack(), odf::flat("text").into_bytes()] {
        let text = with(&bytes, Choices::default()).expect("cleaned");
        assert!(text.contains("KEEP inserted") && !text.contains("CANARY-0852"));
        let reject = Choices { changes: Changes::Reject, ..Choices::default() };
        let text = with(&bytes, reject).expect("cleaned");
        assert!(
            !text.contains("KEEP inserted") && text.contains("KEEP before:deleted CANARY-0852")
        );
        let text = with(&bytes, keep).expect("cleaned");
        assert!(text.contains("deleted CANARY-0852") && text.contains("text:change-id=\"c1\""));
        assert!(text.contains("<dc:creator>Author</dc:creator>"), "{text}");
        for gone in ["CANARY-0850", "CANARY-0851", "2026-11-23"] {
            assert!(!text.contains(gone), "{gone}");
        }
    }
}

#[test]
fn rejected_changes_go_over_paragraphs() {
    let marks = |id: &str, inner: &str| {
        format!(
            "<text:change-start text:change-id=\"{id}\"/>{inner}<text:change-end text:change-id=\"{id}\"/>"
        )
    };
    let region = |id: &str, inner: &str| {
        format!("<text:changed-region text:id=\"{id}\">{inner}</text:changed-region>")
    };
    let regions = [
        region(
            "d",
            "<text:deletion><office:change-info/><text:p>tail</text:p><text:p>whole</text:p><text:p>head </text:p></text:deletion>",
        ),
        region(
            "e",
            "<text:deletion><text:p>again<text:change text:change-id=\"e\"/></text:p></text:deletion>",
        ),
        region("i", "<text:insertion/>"),
    ];
    let words = format!(
        "<text:p>one <text:change text:change-id=\"d\"/>two</text:p><text:p>three <text:span>{}</text:span></text:p><text:p>{}<text:change text:change-id=\"e\"/><text:change text:change-id=\"e\"/>",
        marks("i", "new").replace("<text:change-end text:change-id=\"i\"/>", ""),
        "newer<text:change-end text:change-id=\"i\"/> four"
    );
    let mut package = odf::package("text");
    package.replace(
        "content.xml",
        "</text:tracked-changes>",
        &format!("{}</text:tracked-changes>{words}</text:p>", regions.concat()),
    );
    let reject = Choices { changes: Changes::Reject, ..Choices::default() };
    let text = with(&package.pack(), reject).expect("cleaned");
    let wanted = "<text:p>one tail</text:p><text:p>whole</text:p><text:p>head two</text:p><text:p>three <text:span/></text:p><text:p> fouragain</text:p>";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn what_was_deleted_and_still_stands_in_the_text_goes_when_changes_are_accepted() {
    let mut package = odf::package("text");
    package.replace("content.xml", "<text:p>KEEP last", "<text:p>KEEP end <text:change-start text:change-id=\"ct1CANARY-0850-JaneDoe\"/>STRUCK <text:span>STRUCK</text:span></text:p><text:p>STRUCK<text:change-end text:change-id=\"ct1CANARY-0850-JaneDoe\"/>KEEP last");
    let text = with(&package.pack(), Choices::default()).expect("cleaned");
    assert!(!text.contains("STRUCK") && text.contains("KEEP inserted"));
    assert!(text.contains("<text:p>KEEP end </text:p><text:p>KEEP last"), "{text}");
    let reject = Choices { changes: Changes::Reject, ..Choices::default() };
    assert!(with(&package.pack(), reject).expect("cleaned").contains("STRUCK <text:span>STRUCK"));
}

#[test]
fn recorded_changes_of_a_spreadsheet_cannot_be_rejected() {
    let reject = Choices { changes: Changes::Reject, ..Choices::default() };
    let refused = with(&odf::package("spreadsheet").pack(), reject).expect_err("refused");
    assert!(refused.to_string().contains("recorded changes"), "{refused}");
}

#[test]
fn what_cannot_be_cleaned_is_named() {
    let mut package = odf::package("text");
    package.raw("Pictures/x.wmf", b"\xd7\xcd\xc6\x9a\0\0\0\0");
    package.replace("content.xml", "Pictures/CANARY%20one.jpg", "Pictures/x.wmf");
    let refused = common::scrub(&package.pack()).expect_err("not cleaned");
    assert!(refused.to_string().contains("Pictures/x.wmf"), "{refused}");
    let leave = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
    assert!(with(&package.pack(), leave).expect("cleaned without it").contains("KEEP last"));

    let locked = odf::package("text")
        .pack_with("<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>");
    assert_eq!(common::scrub(&locked).map(|done| done.report.format), Err(Refusal::Encrypted));
    let mut two = odf::package("text");
    two.retype("spreadsheet");
    let refused = common::scrub(&two.pack()).expect_err("refused");
    assert!(refused.to_string().contains("two kinds"), "{refused}");
    for (kind, words) in
        [("text-master", "master document"), ("base", "database"), ("chart", "of another kind")]
    {
        let mut other = odf::package("text");
        other.retype(kind);
        let refused = common::scrub(&other.pack()).expect_err("refused");
        assert!(refused.to_string().contains(words), "{refused}");
    }
    for head in ["<!DOCTYPE x [<!ENTITY a \"b\">]>", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">"] {
        let mut package = odf::package("text");
        package.replace(
            "content.xml",
            "<office:document-content",
            &format!("{head}<office:document-content"),
        );
        let refused = common::scrub(&package.pack()).expect_err("refused");
        assert!(refused.to_string().contains("document type"), "{refused}");
    }
}

/// Changes bytes of the parts, not of the archive.
fn mutate(package: &Package, dice: &mut Dice) -> Package {
    let mut out = package.clone();
    for _ in 0..=dice.roll(3) {
        let number = dice.roll(1000);
        out.change(number, |bytes| {
            if bytes.len() > 100 {
                *bytes = common::mutate(bytes, dice);
            }
        });
    }
    out
}

#[test]
fn changed_packages_never_panic_and_come_out_clean() {
    let mut cleaned = 0;
    for (seed, (kind, _, _)) in KINDS.into_iter().enumerate() {
        let package = odf::package(kind);
        let mut dice = Dice::new(1900 + seed as u64);
        for n in 0..200 {
            let Ok(done) = common::scrub(&mutate(&package, &mut dice).pack()) else { continue };
            cleaned += 1;
            let again = common::scrub(&done.bytes).map(|again| again.bytes);
            assert_eq!(again, Ok(done.bytes), "{kind}, copy {n}");
        }
    }
    assert!(cleaned > 100, "{cleaned}");
}

#[test]
fn changed_flat_documents_never_panic_and_come_out_clean() {
    let mut cleaned = 0;
    for (seed, (kind, _, _)) in KINDS.into_iter().enumerate() {
        let flat = odf::flat(kind).into_bytes();
        let mut dice = Dice::new(2900 + seed as u64);
        let changed = |_| common::mutate(&flat, &mut dice);
        cleaned += common::stay_clean(kind, 200, changed, |_, _| {});
    }
    assert!(cleaned > 20, "{cleaned}");
}
