//! Books: what is refused, what is followed, and what is said of what goes.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::zip::{archive, member};
use common::{epub, found, scrub};
use sd_scrub::{Fate, Format, Limits, Refusal};

/// A book of one page, with these members too.
fn book(opf: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let container = "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>\
                     <rootfile full-path='a.opf'/></rootfiles></container>";
    let page = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>t</title></head><body>KEEP \
                <a href='two.xhtml#x'>two</a><a href='#y'>y</a></body></html>";
    let mut members = vec![
        member("mimetype", b"application/epub+zip"),
        member("META-INF/container.xml", container.as_bytes()),
        member("a.opf", opf.as_bytes()),
        member("one.xhtml", page.as_bytes()),
    ];
    members.extend(more.iter().map(|(name, bytes)| member(name, bytes)));
    archive(&members, b"")
}

const OPF: &str = "<package xmlns='http://www.idpf.org/2007/opf' version='3.0'><metadata/><manifest>\
                   <item id='a' href='one.xhtml' media-type='application/xhtml+xml'/></manifest>\
                   <spine><itemref idref='a'/></spine></package>";

fn refused(book: &[u8]) -> String {
    scrub(book).expect_err("a refusal").to_string()
}

#[test]
fn a_planted_book_says_what_goes() {
    let (_, report) = common::clean(&epub::planted());
    assert_eq!(report.format, Format::Epub);
    for place in [
        "book: creator",
        "book: calibre:timestamp",
        "book: font: the text stays, its look may change",
        "book: script",
        "book: rights of a reader",
        "book: a reader's bookmarks",
        "book: who bought it, and where",
        "book: page that nothing leads to",
        "book: part that is not on the list",
        "style sheet: @font-face",
        "page: picture that is not in the file",
        "APP1 EXIF",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    let web = report.findings.iter().any(|f| matches!(f.fate, Fate::Kept { .. }));
    assert!(web, "links to the web are listed");
}

#[test]
fn pages_that_others_lead_to_stay_and_so_do_the_links() {
    let two =
        b"<html xmlns='http://www.w3.org/1999/xhtml'><body><p id='x'>KEEP two</p></body></html>";
    let (clean, _) = common::clean(&book(OPF, &[("two.xhtml", two)]));
    let text = String::from_utf8_lossy(&common::odf::inside(&clean).into_bytes()).into_owned();
    assert!(text.contains("KEEP two") && text.contains("linear=\"no\""), "{text}");
    let target =
        text.split("href=\"p3.xhtml#").nth(1).or_else(|| text.split("href=\"p2.xhtml#").nth(1));
    let target = target.and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(text.contains(&format!("<p id=\"{target}\">KEEP two")), "{target}: {text}");
    // Nothing is there to lead to.
    let (clean, report) = common::clean(&book(OPF, &[]));
    assert!(!common::odf::inside(&clean).contains("two.xhtml") && found(&report, "href of a"));
}

#[test]
fn what_is_no_whole_book_is_refused() {
    let masked = |method: &str| {
        format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm='{method}'/></EncryptedData></encryption>"
        )
    };
    let name = "META-INF/encryption.xml";
    let aes = masked("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    assert_eq!(scrub(&book(OPF, &[(name, aes.as_bytes())])).err(), Some(Refusal::Encrypted));
    let unsaid = b"<encryption><EncryptedData/></encryption>";
    assert_eq!(scrub(&book(OPF, &[(name, unsaid)])).err(), Some(Refusal::Encrypted));
    let font = masked("http://www.idpf.org/2008/embedding");
    assert!(scrub(&book(OPF, &[(name, font.as_bytes())])).is_ok());

    let empty = OPF.replace("<itemref idref='a'/>", "");
    assert!(refused(&book(&empty, &[])).contains("without pages"));
    let gone = OPF.replace("one.xhtml", "../../etc/passwd");
    assert!(refused(&book(&gone, &[])).contains("without pages"));
    assert!(refused(&book("<x/>", &[])).contains("another root"));
    let entity = OPF.replace("<metadata/>", "<metadata>&x;</metadata>");
    assert!(refused(&book(&entity, &[])).contains("malformed"));
    let deep = ["<p>".repeat(400), "x".to_owned(), "</p>".repeat(400)].concat();
    let page = format!("<html xmlns='http://www.w3.org/1999/xhtml'><body>{deep}</body></html>");
    let two =
        OPF.replace("<itemref idref='a'/>", "<itemref idref='a'/><itemref idref='b'/>").replace(
            "</manifest>",
            "<item id='b' href='b.xhtml' media-type='application/xhtml+xml'/></manifest>",
        );
    assert!(refused(&book(&two, &[("b.xhtml", page.as_bytes())])).starts_with("b.xhtml: "));
}

#[test]
fn a_picture_that_cannot_be_cleaned_refuses_the_book_or_is_left_out() {
    let page =
        "<html xmlns='http://www.w3.org/1999/xhtml'><body>KEEP<img src='a.xcf'/></body></html>";
    let opf = OPF.replace("one.xhtml", "b.xhtml");
    let book = book(&opf, &[("b.xhtml", page.as_bytes()), ("a.xcf", b"gimp xcf v011\0")]);
    assert!(refused(&book).starts_with("b.xhtml: a.xcf: "));
    let choices =
        sd_scrub::Choices { unclean: sd_scrub::Unclean::LeaveOut, ..sd_scrub::Choices::default() };
    let done = sd_scrub::scrub_with(&book, &Limits::default(), choices).expect("a clean book");
    assert!(!common::odf::inside(&done.bytes).contains("<img"));
}
