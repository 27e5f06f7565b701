//! Documents of Office: what hides in them is gone, what they say is still there.
#![allow(clippy::expect_used, clippy::format_collect, reason = "tests")]

mod common;

use common::office::{self, Package, inside, marks, parts};
use common::{Dice, found};
use sd_scrub::{Changes, Choices, Comments, Fate, Format, Limits, Refusal, Report, Unclean};

/// Cleans a package, twice, and looks into every part for canaries and keep-marks.
fn clean(package: &Package) -> (Vec<u8>, Report) {
    let (bytes, report) = common::clean(&package.pack());
    let text = inside(&bytes);
    let at = text.to_ascii_lowercase().find("canary");
    assert_eq!(at.map(|at| &text[at.saturating_sub(200)..at + 60]), None);
    for mark in marks(package) {
        assert!(text.contains(&mark), "{mark} is gone");
    }
    (bytes, report)
}

#[test]
fn a_document_keeps_its_words_and_loses_everything_else() {
    let (bytes, report) = clean(&office::word());
    assert_eq!(report.format, Format::Docx);
    let names: Vec<String> = parts(&bytes).into_keys().collect();
    let wanted = [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/endnotes.xml",
        "word/fontTable.xml",
        "word/footer1.xml",
        "word/footnotes.xml",
        "word/header1.xml",
        "word/media/image1.jpg",
        "word/media/image2.png",
        "word/numbering.xml",
        "word/settings.xml",
        "word/styles.xml",
        "word/theme/theme1.xml",
    ];
    assert_eq!(names, wanted);
    for place in [
        "property creator",
        "attachedTemplate",
        "recorded deletion: accepted",
        "rsidR",
        "picture of the first page",
        "macro",
        "hidden text",
        "digital signature",
        "field with its result",
        "embedded object",
        "embedded font",
        "list of persons",
    ] {
        assert!(place == "macro" || found(&report, place), "{place}: {report:#?}");
    }
    let kept = |f: &&sd_scrub::Finding| matches!(f.fate, Fate::Kept { .. });
    assert!(
        report.findings.iter().filter(kept).any(|f| f.detail.contains("https://example.org/KEEP"))
    );
}

#[test]
fn a_workbook_keeps_its_cells_and_loses_everything_else() {
    let (bytes, report) = clean(&office::sheet());
    assert_eq!(report.format, Format::Xlsx);
    let all = parts(&bytes);
    let sheet = String::from_utf8_lossy(&all["xl/worksheets/sheet1.xml"]).into_owned();
    for cell in ["<x:v>4242</x:v>", "<x:v>4243</x:v>", "<x:f>SUM(1,2)</x:f>"] {
        assert!(sheet.contains(cell), "{cell}: {sheet}");
    }
    assert!(all.contains_key("xl/embeddings/document1.xlsx"));
    for place in [
        "absPath",
        "hidden sheet",
        "hidden rows",
        "hidden columns",
        "hidden name",
        "shared text that no cell uses",
        "formula that reaches outside",
        "settings of a printer",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
}

#[test]
fn a_presentation_keeps_its_slides_and_loses_everything_else() {
    let (bytes, report) = clean(&office::slides());
    assert_eq!(report.format, Format::Pptx);
    assert!(parts(&bytes).contains_key("ppt/notesSlides/notesSlide1.xml"));
    for place in
        ["hidden slide", "embedded object", "authors of comments", "slide that the presentation"]
    {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
}

#[test]
fn templates_and_macros_become_plain_documents() {
    let (word, sheet, slides) = (office::word(), office::sheet(), office::slides());
    let open = "openxmlformats-officedocument.";
    for (package, from, to) in [
        (&word, "wordprocessingml.document", "ms-word.document.macroEnabled"),
        (
            &word,
            "wordprocessingml.document",
            "openxmlformats-officedocument.wordprocessingml.template",
        ),
        (&sheet, "spreadsheetml.sheet", "ms-excel.sheet.macroEnabled"),
        (&slides, "presentationml.presentation", "ms-powerpoint.presentation.macroEnabled"),
        (
            &slides,
            "presentationml.presentation",
            "openxmlformats-officedocument.presentationml.slideshow",
        ),
    ] {
        let mut package = package.clone();
        package.retype(&format!("{open}{from}.main"), &format!("{to}.main"));
        let directory = if from.starts_with('w') {
            "word"
        } else if from.starts_with('s') {
            "xl"
        } else {
            "ppt"
        };
        package.raw(&format!("{directory}/vbaProject.bin"), b"CANARY macro");
        let (bytes, report) = clean(&package);
        assert!(!inside(&bytes).contains("macroEnabled"));
        assert!(found(&report, "kind of document"), "{report:#?}");
        assert!(found(&report, "macros"), "{report:#?}");
    }
}

fn with(package: &Package, choices: Choices) -> Result<String, Refusal> {
    let done = sd_scrub::scrub_with(&package.pack(), &Limits::default(), choices)?;
    Ok(inside(&done.bytes))
}

#[test]
fn recorded_changes_and_remarks_go_by_choice() {
    let word = office::word();
    let reject = Choices { changes: Changes::Reject, ..Choices::default() };
    let text = with(&word, reject).expect("cleaned");
    assert!(!text.contains("KEEP inserted") && text.contains("CANARY-0524"));
    assert!(text.contains("CANARY-0526") && !text.contains("KEEP moved"));
    let keep = Choices { changes: Changes::Keep, comments: Comments::Keep, ..Choices::default() };
    let text = with(&word, keep).expect("cleaned");
    assert!(text.contains("<w:ins ") && text.contains("<w:delText>CANARY-0524"));
    assert!(text.contains("REMARK of") && text.contains("w:author=\"A1\""));
    for gone in ["CANARY-0522", "CANARY-0523", "CANARY-0551", "2026-11-23"] {
        assert!(!text.contains(gone), "{gone}");
    }
}

#[test]
fn a_hidden_name_that_only_a_dropped_sheet_uses_goes() {
    let mut book = office::sheet();
    let formula = format!("<worksheet><f>{}</f></worksheet>", common::canary(600));
    book.raw("xl/worksheets/sheet99.xml", formula.as_bytes());
    let (_, report) = clean(&book);
    assert!(found(&report, "hidden name"));
}

#[test]
fn marks_that_cannot_be_seen_go_and_joiners_that_work_stay() {
    let mut word = office::word();
    // Persian words of two parts, and Latin ones with marks; a joiner at the edge of a text may work.
    let (persian, edge) = ("\u{645}\u{6cc}\u{200c}\u{634}\u{648}\u{62f}", "\u{645}\u{6cc}&#x200c;");
    let marked =
        format!("KEEP l\u{200b}a\u{2060}st {persian} e\u{200c}nd pr\u{430}ss</w:t><w:t>{edge}");
    word.replace("word/document.xml", "KEEP last", &marked);
    let (bytes, report) = common::clean(&word.pack());
    let text = inside(&bytes);
    assert!(text.contains(&format!("KEEP last {persian} end pr\u{430}ss")), "{text}");
    assert!(text.contains("\u{645}\u{6cc}\u{200c}</w:t>"), "{text}");
    assert!(found(&report, "letters that cannot be seen"));
    let strange =
        |f: &sd_scrub::Finding| f.place.contains("look-alike letters") && f.detail == "pr\u{430}ss";
    assert!(report.findings.iter().any(strange), "{report:#?}");
}

#[test]
fn a_picture_that_cannot_be_cleaned_is_named_by_its_place() {
    let mut word = office::word();
    word.raw("word/media/drawing.emf", b"\x01\0\0\0\x6c\0\0\0 EMF");
    word.replace("word/_rels/document.xml.rels", "media/other.png", "media/drawing.emf");
    let refused = common::scrub(&word.pack()).expect_err("not cleaned");
    assert!(refused.to_string().contains("word/media/drawing.emf"), "{refused}");
    let leave = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
    assert!(with(&word, leave).expect("cleaned without it").contains("KEEP last"));
}

#[test]
fn strict_packages_stay_strict() {
    for package in [office::word(), office::sheet(), office::slides()] {
        let mut strict = package;
        strict.map(|_, text| {
            text.replace(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            .replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            .replace(
                "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            .replace(
                "http://schemas.openxmlformats.org/presentationml/2006/main",
                "http://purl.oclc.org/ooxml/presentationml/main",
            )
            .replace(
                "http://schemas.openxmlformats.org/drawingml/2006/",
                "http://purl.oclc.org/ooxml/drawingml/",
            )
        });
        let (bytes, _) = clean(&strict);
        for (name, part) in parts(&bytes).iter().filter(|(_, part)| part.starts_with(b"<?xml")) {
            let text = String::from_utf8_lossy(part);
            assert!(!text.contains("/2006/main\""), "{name}");
        }
    }
}

#[test]
fn bombs_and_tricks_are_named() {
    let document = |text: &str| {
        let mut word = office::word();
        word.replace("word/document.xml", "<w:body>", &format!("<w:body>{text}"));
        common::scrub(&word.pack())
    };
    let deep = "<w:tbl><w:tr><w:tc>".repeat(400);
    assert!(document(&deep).is_err());
    let wide: String = (0..400).map(|n| format!(" w:a{n}=\"1\"")).collect();
    assert!(document(&format!("<w:p{wide}/>")).is_err());
    assert!(document("<w:p>&lol;</w:p>").is_err());
    for head in ["<!DOCTYPE x [<!ENTITY a \"b\">]>", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">"] {
        let mut word = office::word();
        word.replace("word/document.xml", "<w:document", &format!("{head}<w:document"));
        let refused = common::scrub(&word.pack()).expect_err("refused");
        assert!(refused.to_string().contains("document type"), "{refused}");
    }
    // A million elements are a large table, and no fault.
    let many = format!("<w:p>{}</w:p>", "<w:r><w:t>x</w:t></w:r>".repeat(500_000));
    assert!(document(&many).is_ok());
}

#[test]
fn packages_in_packages_end() {
    let mut inner = office::sheet().pack();
    for _ in 0..10 {
        let mut outer = office::sheet();
        outer.raw("xl/embeddings/deep.xlsx", &inner);
        outer.replace("xl/charts/_rels/chart8.xml.rels", "book.xlsx", "deep.xlsx");
        inner = outer.pack();
    }
    let refused = common::scrub(&inner).expect_err("too deep");
    assert!(matches!(refused.reason(), Refusal::TooLarge { .. }), "{refused}");
}

#[test]
fn what_is_no_package_is_named() {
    let mut both = office::word();
    both.retype("wordprocessingml.document.main", "spreadsheetml.sheet.main");
    assert!(common::scrub(&both.pack()).is_err());
    let mut binary = office::sheet();
    binary.retype(
        "openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "ms-excel.sheet.binary.macroEnabled.main",
    );
    let refused = common::scrub(&binary.pack()).expect_err("refused");
    assert!(refused.to_string().contains("save it as .xlsx"), "{refused}");
}

#[test]
fn a_package_whose_main_part_is_not_there_is_malformed() {
    let mut package = office::word();
    package.replace("_rels/.rels", "word/document.xml", "word/gone.xml");
    package.retype("/word/document.xml", "/word/gone.xml");
    let refused = common::scrub(&package.pack()).expect_err("refused");
    assert_eq!(refused, Refusal::Malformed { what: "no main part".to_owned() });
}

/// Changes bytes of the parts, not of the archive.
fn mutate(package: &Package, dice: &mut Dice) -> Package {
    let mut out = package.clone();
    for _ in 0..=dice.roll(3) {
        let number = dice.roll(1000);
        out.change(number, |bytes| {
            if bytes.is_empty() {
                return;
            }
            let at = dice.roll(bytes.len());
            let len = dice.roll(40).min(bytes.len() - at);
            match dice.roll(4) {
                0 => bytes[at] = u8::try_from(dice.roll(256)).expect("a byte"),
                1 => drop(bytes.drain(at..at + len)),
                2 => {
                    let copy = bytes[at..at + len].to_vec();
                    let to = dice.roll(bytes.len());
                    bytes.splice(to..to, copy);
                }
                _ => bytes.truncate(at),
            }
        });
    }
    out
}

#[test]
fn changed_packages_never_panic_and_come_out_clean() {
    let mut cleaned = 0;
    for (seed, package) in [office::word(), office::sheet(), office::slides()].iter().enumerate() {
        let mut dice = Dice::new(900 + seed as u64);
        for n in 0..130 {
            let Ok(done) = common::scrub(&mutate(package, &mut dice).pack()) else { continue };
            cleaned += 1;
            let again = common::scrub(&done.bytes).map(|again| again.bytes);
            assert_eq!(again, Ok(done.bytes), "seed {seed}, copy {n}");
        }
    }
    assert!(cleaned > 60, "{cleaned}");
}
