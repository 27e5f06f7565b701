//! RTF: what hides in it is gone, what it says is still there.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::{Dice, found, position, rtf, stay_clean};
use sd_scrub::{Changes, Choices, Comments, Fate, Format, Limits, Refusal, Report, Unclean};

fn clean(bytes: &[u8]) -> (String, Report) {
    let (bytes, report) = common::clean(bytes);
    assert_eq!(report.format, Format::Rtf);
    (String::from_utf8(bytes).expect("ASCII"), report)
}

#[test]
fn marks_that_cannot_be_seen_go_and_joiners_that_work_stay() {
    let letter = "{\\rtf1\\ansi KEEP l\\u8203?a\\u8288?st \\u1605?\\u1740?\\u8204?\\u1588? e\\u8204?nd pr\\u1072?ss}";
    let (out, report) = common::clean(letter.as_bytes());
    let out = String::from_utf8_lossy(&out).into_owned();
    assert!(out.contains("KEEP last") && out.contains(" end ") && out.contains("\\u8204"), "{out}");
    assert_eq!(out.matches("\\u8204").count(), 1, "{out}");
    assert!(common::found(&report, "letters that cannot be seen"));
    assert!(common::found(&report, "text: look-alike letters"), "{report:#?}");
}

#[test]
fn a_document_keeps_its_words_and_loses_everything_else() {
    let (text, report) = clean(&rtf::planted());
    let bare = text.replace('\n', "");
    for mark in rtf::marks() {
        assert!(bare.contains(&mark), "{mark} is gone: {text}");
    }
    for place in [
        "property author",
        "property creatim",
        "property company",
        "program",
        "template",
        "password",
        "table of editing sessions",
        "numbers that tie copies",
        "who changed the document, and when",
        "recorded deletion: accepted",
        "remark",
        "embedded object",
        "hidden text",
        "address of a link",
        "field with its result",
        "name of a style",
        "name of a list",
        "name of a bookmark",
        "second form of a picture",
        "properties of drawings",
        "destinations that are not known",
        "groups of a kind that is not known",
        "binary data where none belong",
        "bytes after the document",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    for kept in [
        "{\\s1",
        "heading 1;",
        "style 2;",
        "{\\*\\bkmkstart b1}",
        "HYPERLINK \"https://example.org/KEEP\"}",
        "REF b1 ",
        "\\u1055?\\u1088?\\u1080?\\u1074?",
        "\\u-3913?",
        "\\u8364?",
        "\\u228?",
        "\\ls1",
        "{\\leveltext\\'02\\'00.;}",
        "\\trowd\\trgaph70\\cellx2000",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

fn with(bytes: &[u8], choices: Choices) -> Result<String, Refusal> {
    let limits = Limits::default();
    let done = sd_scrub::scrub_with(bytes, &limits, choices)?;
    let again = sd_scrub::scrub_with(&done.bytes, &limits, choices)?;
    assert_eq!(again.bytes, done.bytes, "a clean file does not change");
    Ok(String::from_utf8(done.bytes).expect("ASCII"))
}

#[test]
fn recorded_changes_and_remarks_go_by_choice() {
    let reject = Choices { changes: Changes::Reject, ..Choices::default() };
    let text = with(&rtf::planted(), reject).expect("cleaned");
    assert!(!text.contains("KEEP inserted") && text.contains("CANARY-0838"));
    let keep = Choices { changes: Changes::Keep, comments: Comments::Keep, ..Choices::default() };
    let text = with(&rtf::planted(), keep).expect("cleaned");
    for kept in [
        "{\\revised KEEP inserted}",
        "{\\deleted CANARY-0838",
        "CANARY-0841",
        "{\\*\\atnauthor A1}",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    for gone in ["CANARY-0809", "CANARY-0839", "CANARY-0840", "revdttm"] {
        assert!(!text.contains(gone), "{gone}");
    }
}

fn refusal(text: &str) -> Refusal {
    common::scrub(text.as_bytes()).expect_err("refused")
}

#[test]
fn what_cannot_be_cleaned_is_named() {
    let metafile = "{\\rtf1 words{\\pict\\wmetafile8 0100}}";
    assert!(refusal(metafile).to_string().contains("picture 1"), "{}", refusal(metafile));
    let leave = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
    assert!(with(metafile.as_bytes(), leave).expect("cleaned without it").contains("words"));
    for (text, word) in [
        ("{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset128 Gothic;}}\\f0\\'82\\'a0}", "code page 932"),
        ("{\\rtf1 a", "cut off"),
        ("{\\rtf1 a{\\b\\info x}}", "does not start its group"),
        ("{\\rtf1{\\colortbl;}{\\colortbl;}}", "two tables"),
        ("{\\rtf1{\\pict\\pngblip 0g}}", "hexadecimal"),
        ("{\\rtfx}", "start with its mark"),
    ] {
        assert!(refusal(text).to_string().contains(word), "{text}: {}", refusal(text));
    }
    let deep = format!("{{\\rtf1 {}x{}}}", "{".repeat(100), "}".repeat(100));
    assert!(matches!(refusal(&deep), Refusal::TooLarge { .. }));
}

#[test]
fn text_that_stands_for_other_text_is_not_shown() {
    let (text, _) = clean(b"{\\rtf1\\ansi\\uc6 a\\u8364 CANARYb{\\uc0\\u8364 c}\\u8364 CAN}");
    assert!(text.contains("a\\u8364?b{\\u8364?c}\\u8364?}"), "{text}");
    let (text, _) = clean("{\\rtf1\\ansi a\\u-10179?\\u-8704?b \\u55357?c}".as_bytes());
    assert!(text.contains("a\\u-10179?\\u-8704?b \\u-3?c"), "{text}");
}

#[test]
fn hidden_text_stays_and_is_pointed_out() {
    let (text, report) = clean(b"{\\rtf1\\ansi a{\\v secret}\\v b\\v0 c\\v d\\plain e}");
    assert!(text.contains("secret"));
    let kept = report.findings.iter().filter(|f| matches!(f.fate, Fate::Kept { .. }));
    let said: Vec<_> = kept.filter(|f| f.place == "hidden text").map(|f| &f.detail).collect();
    assert!(said.iter().any(|s| s.contains("bd") && s.contains("secret")), "{said:?}");
}

#[test]
fn blanks_in_front_and_a_mark_of_utf_8_do_not_hide_what_it_is() {
    let (text, report) = clean(b"\xef\xbb\xbf \r\n{\\rtf1\\ansi words}\r\n\0");
    assert!(text.ends_with("words}\n") && found(&report, "bytes before"));
}

/// Changes marks, not only bytes: takes one away, doubles one, exchanges two.
fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=dice.roll(3) {
        let marks: Vec<usize> =
            out.iter().enumerate().filter(|(_, b)| b"{}\\".contains(b)).map(|(at, _)| at).collect();
        let mark = |dice: &mut Dice| {
            let n = dice.roll(marks.len());
            (marks[n], marks.get(n + 1).copied().unwrap_or(out.len()))
        };
        let ((from, to), (from_other, to_other)) = (mark(dice), mark(dice));
        let other = out[from_other..to_other].to_vec();
        match dice.roll(6) {
            0 => drop(out.drain(from..to)),
            1 => drop(out.splice(to..to, other)),
            2 => drop(out.splice(from..to, other)),
            3 => drop(out.splice(to..to, b"}".to_vec())),
            4 => drop(out.splice(to..to, b"{".to_vec())),
            _ => common::mutants::bytes(&mut out, dice),
        }
    }
    out
}

#[test]
fn changed_documents_never_panic_and_come_out_clean() {
    let fixture = rtf::planted();
    let mut dice = Dice::new(8_000);
    let cleaned = stay_clean(
        "RTF",
        600,
        |_| mutate(&fixture, &mut dice),
        |n, done| {
            if done.report.format == Format::Rtf {
                let text = std::str::from_utf8(&done.bytes).expect("ASCII");
                for gone in ["{\\info", "{\\*\\generator", "\\rsid", "{\\*\\objdata"] {
                    assert_eq!(
                        position(text.as_bytes(), gone.as_bytes()),
                        None,
                        "copy {n}: {gone}"
                    );
                }
            }
        },
    );
    assert!(cleaned > 60, "{cleaned}");
}
