//! Drawings, style sheets and pages: what hides in them is gone, what they show is still there.
#![allow(clippy::expect_used, clippy::format_collect, reason = "tests")]

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
        ("<!DOCTYPE html><p>x", Format::Html),
        ("\u{feff}  <html><body>", Format::Html),
        (
            "<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>",
            Format::Html,
        ),
        ("<p>a part of a page", Format::Html),
        ("Notes { not: a sheet }\n", Format::Text),
        ("const a = { color: 'red' };\n", Format::Text),
    ] {
        assert_eq!(detect(text.as_bytes()), Detected::Known(format), "{text}");
    }
}

#[test]
fn a_page_keeps_what_it_says_and_loses_everything_else() {
    let (text, report) = clean(web::html().as_bytes());
    assert_eq!(report.format, Format::Html);
    for place in [
        "where the page was saved from",
        "comment for one program",
        "meta: generator",
        "meta: author",
        "meta: og:title",
        "meta: refresh",
        "script: onload",
        "page: script",
        "page: link",
        "page: base",
        "page: input",
        "page: iframe",
        "page: noscript",
        "page: template",
        "picture of one dot",
        "picture that is not in the file",
        "element my-widget: what is in it stays",
        "letters that cannot be seen",
        "href of a",
        "srcset of img",
        "APP1 EXIF",
        "picture: drawing: desc",
        "attribute data-session",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    for place in ["hidden element", "content hidden by its style", "address of a link"] {
        assert!(kept(&report, place), "{place}: {report:#?}");
    }
    for said in [
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"",
        "<head><meta charset=\"utf-8\"/>",
        "<title>KEEP the title</title>",
        "KEEP words &amp; &lt;signs&gt; \u{e9}\u{a0}<b>bold</b>",
        "<a href=\"#n",
        "<td colspan=\"2\" style=\"width:10px\">KEEP cell</td>",
        "<pre>KEEP  pre   formatted\n</pre>",
        "<circle fill=\"red\" r=\"4\"/>",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn a_page_in_xhtml_is_read_as_xml_and_comes_out_in_the_same_form() {
    let (text, report) = clean(web::xhtml().as_bytes());
    assert_eq!(report.format, Format::Html);
    assert!(text.contains("KEEP words; KEEP &lt;data&gt;"), "{text}");
    assert!(found(&report, "element not on the list: foreign:note"), "{report:#?}");
}

#[test]
fn what_takes_too_long_or_runs_too_deep_is_refused() {
    let refused = |text: &str| scrub(text.as_bytes()).map(|done| done.report.format);
    let attributes: String = (0..20_000).map(|n| format!(" a{n}=1")).collect();
    for bad in [
        "<div>".repeat(100_000),
        format!("<p{attributes}>"),
        format!("<html>{}", "<b><i>".repeat(50_000)),
        format!("<html><table>{}", "<table><tr><td>".repeat(2_000)),
        format!("<style>{}", "a{".repeat(100)),
    ] {
        assert!(matches!(refused(&bad), Err(Refusal::TooLarge { .. })), "{}", &bad[..40]);
    }
    // Marks of formats that are not closed are opened again in every paragraph.
    let marks: String = (0..100).map(|n| format!("<b id=a{n}>")).collect();
    let many = format!("<html><p>{marks}{}", "<p>x".repeat(100_000));
    assert!(matches!(refused(&many), Err(Refusal::TooLarge { .. })));
}

#[test]
fn numbers_with_a_sign_in_their_exponent_go() {
    let sheet = b"li:nth-child(2e+1) { color: red } a { left: 1e+3px; top: 1e-3px; color: blue } b { width: 2e3px }";
    let (text, _) = clean(sheet);
    assert_eq!(text.trim(), "a{top:1e-3px;color:blue}\nb{width:2e3px}");
}

#[test]
fn every_encoding_of_a_page_becomes_utf_8_or_is_refused() {
    let page =
        "<html><head><meta charset=utf-16></head><body><p>KEEP Gr\u{fc}\u{df}e</body></html>";
    let wide: Vec<u8> =
        format!("\u{feff}{page}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(clean(&wide).0.contains("KEEP Gr\u{fc}\u{df}e"));
    let western = b"<html><meta charset=iso-8859-1><p>KEEP Gr\xfc\xdfe</html>";
    assert!(clean(western).0.contains("Gr\u{fc}\u{df}e"));
    let cyrillic = b"<html><meta charset=windows-1251><p>KEEP words and words \xcf\xf0\xe8</html>";
    assert!(matches!(scrub(cyrillic), Err(Refusal::Unsupported { .. })));
}
