//! PDF documents: text, links, pictures and outline kept, everything else gone.
#![allow(clippy::expect_used, reason = "tests")]

mod common;

use common::pdf::{Document, HELVETICA, page, planted, revised, text_page};
use common::{canary, clean, found, jpeg, png, position, scrub};
use sd_scrub::{Limits, Refusal};

/// All streams of a clean document, inflated, one after the other.
fn inflated(bytes: &[u8]) -> String {
    use std::io::Read as _;
    let mut out = String::new();
    let mut rest = bytes;
    while let Some(at) = position(rest, b"\nstream\n") {
        rest = &rest[at + 8..];
        let mut data = Vec::new();
        let _ = flate2::read::ZlibDecoder::new(rest).read_to_end(&mut data);
        out.push_str(&String::from_utf8_lossy(&data));
    }
    out
}

#[test]
fn no_canary_comes_through() {
    let (_, report) = clean(&planted());
    for place in [
        "bytes before the document",
        "bytes after the document",
        "file identifier",
        "Info author",
        "Info title",
        "Info time of creation",
        "document: XMP creator",
        "embedded file",
        "JavaScript",
        "action on opening",
        "XFA form",
        "digital signature",
        "structure tree",
        "layers that are off",
        "page: private data of a program",
        "page: time of change",
        "page: automatic actions",
        "page: thumbnail",
        "annotation Text",
        "annotation FileAttachment",
        "form field",
        "link that leads nowhere safe",
        "comments in content",
        "marks around content",
        "words in content that are no operators",
        "content in layers that are off",
        "bytes after the last pixel of a picture",
        "picture: alternate pictures",
        "picture: APP1 EXIF GPS position",
        "name of an ink",
        "objects that the pages do not use",
    ] {
        assert!(found(&report, place), "{place} is reported");
    }
}

#[test]
fn what_is_seen_is_kept() {
    let (bytes, report) = clean(&planted());
    let content = inflated(&bytes);
    for mark in
        ["(Keep this text) Tj", "20 150 Td", "0 1 0 rg", "5 5 10 10 re", "/X1 Do", "<4b><004b>"]
    {
        assert!(content.contains(mark), "{mark} is in the content");
    }
    for mark in [
        b"(https://example.org/keep)".as_slice(),
        b"(Keep this title)",
        b"<feff004b006500650070002000e9>",
        b"/XYZ 0 100 null]",
        b"/P (Page )",
        b"/DCTDecode",
        b"/BaseFont /Helvetica",
        b"/ICCBased",
        b"/Ink1",
    ] {
        assert!(position(&bytes, mark).is_some(), "{} is kept", String::from_utf8_lossy(mark));
    }
    assert!(found(&report, "address of a link") && found(&report, "name of a font"));
}

#[test]
fn an_earlier_revision_is_gone_and_said() {
    let (bytes, report) = clean(&revised());
    assert!(found(&report, "earlier revisions"));
    assert!(inflated(&bytes).contains("Keep this text"));
}

#[test]
fn the_clean_file_has_one_revision_and_no_identity() {
    let (bytes, _) = clean(&text_page());
    assert_eq!(bytes.windows(5).filter(|w| *w == b"%%EOF").count(), 1);
    for key in [b"/Info".as_slice(), b"/ID", b"/Metadata", b"/Names", b"/Lang", b"F9"] {
        assert_eq!(position(&bytes, key), None);
    }
}

fn refusal(document: &Document) -> Refusal {
    scrub(&document.finish()).expect_err("must be refused")
}

fn unsupported(what: &str) -> Refusal {
    Refusal::Unsupported { what: what.to_owned() }
}

fn malformed(what: &str) -> Refusal {
    Refusal::Malformed { what: what.to_owned() }
}

#[test]
fn an_encrypted_document_is_refused() {
    let mut document = page("", "");
    document.trailer = "/Encrypt 9 0 R".to_owned();
    document.add(9, "<</Filter/Standard/V 1/R 2/O()/U()/P -4>>");
    assert_eq!(refusal(&document), Refusal::Encrypted);
}

#[test]
fn what_cannot_be_cleaned_is_refused_by_name() {
    let picture = |entries: &str, data: &[u8]| {
        let mut document = page("/I Do", "/Resources<</XObject<</I 5 0 R>>>>");
        let head = "/Subtype/Image/Width 16/Height 16/BitsPerComponent 8/ColorSpace/DeviceGray";
        document.stream(5, &format!("{head}{entries}"), data);
        refusal(&document)
    };
    assert_eq!(picture("/Filter/JPXDecode", b"x"), unsupported("JPEG 2000 picture in a PDF"));
    assert_eq!(picture("/Filter/CanaryDecode", b"x"), unsupported("an unknown stream filter"));
    assert_eq!(picture("", b"short"), malformed("a picture that ends early"));
    let other = "a JPEG picture of another size than the document says";
    assert_eq!(picture("/Filter/DCTDecode", &jpeg::restarts()), malformed(other));
    assert_eq!(
        picture("/F(outside.bin)", b"x"),
        unsupported("a stream that is kept in another file")
    );
}

#[test]
fn documents_that_go_in_circles_are_refused() {
    let mut tree = page("", "");
    tree.add(2, "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1>>");
    assert!(matches!(refusal(&tree), Refusal::Malformed { .. }));
    let mut form = page("/A Do", "/Resources<</XObject<</A 5 0 R>>>>");
    form.stream(5, "/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</A 5 0 R>>>>", b"/A Do");
    assert_eq!(refusal(&form), malformed("objects that contain themselves"));
}

#[test]
fn a_font_that_is_not_there_is_refused() {
    let document = page("BT /F 1 Tf (x) Tj ET", "");
    assert_eq!(refusal(&document), malformed("a font that is not there"));
    let mut strange = page("BT /F 1 Tf (x) Tj ET", "/Resources<</Font<</F 5 0 R>>>>");
    strange.add(5, "<</Type/Font/Subtype/Canary>>");
    assert_eq!(refusal(&strange), unsupported("a font of an unknown kind"));
}

#[test]
fn a_document_without_pages_or_sense_is_refused() {
    assert!(matches!(scrub(b"%PDF-1.7\nnothing"), Err(Refusal::Malformed { .. })));
    let mut empty = Document::default();
    empty.add(1, "<</Type/Catalog/Pages 2 0 R>>").add(2, "<</Type/Pages/Kids[]/Count 0>>");
    assert!(matches!(scrub(&empty.finish()), Err(Refusal::Malformed { .. })));
}

#[test]
fn bombs_stop_at_the_limit() {
    let limits = Limits { max_output: 1 << 20, ..Limits::default() };
    let zeros = vec![b' '; 4 << 20];
    let mut content = page("", "");
    content
        .add(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R>>")
        .packed(5, "", &zeros);
    assert!(matches!(sd_scrub::scrub(&content.finish(), &limits), Err(Refusal::TooLarge { .. })));
    let mut objects = page("", "");
    objects.packed(5, "/Type/ObjStm/N 1/First 4", &zeros);
    assert!(matches!(sd_scrub::scrub(&objects.finish(), &limits), Err(Refusal::TooLarge { .. })));
    let mut twice = page("", "");
    twice.stream(
        5,
        "/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]",
        &png::deflate(&zeros),
    );
    assert_eq!(refusal(&twice), unsupported("an object stream with unusual filters"));
}

#[test]
fn a_page_that_is_cropped_by_a_frame_is_pointed_out() {
    let mut document =
        page("BT /F 9 Tf (x) Tj ET", "/CropBox[0 0 9 9]/Resources<</Font<</F 5 0 R>>>>");
    document.add(5, HELVETICA);
    let (_, report) = clean(&document.finish());
    assert!(found(&report, "area outside the visible page"));
}

#[test]
fn invisible_text_is_kept_for_searching_and_pointed_out() {
    let mut document =
        page("BT 3 Tr /F 9 Tf (searchable) Tj ET", "/Resources<</Font<</F 5 0 R>>>>");
    document.add(5, HELVETICA);
    let (bytes, report) = clean(&document.finish());
    assert!(inflated(&bytes).contains("(searchable) Tj") && found(&report, "invisible text"));
}

#[test]
fn a_name_in_a_font_that_is_drawn_is_replaced() {
    let mut document = page("BT /F 9 Tf (a) Tj ET", "/Resources<</Font<</F 5 0 R>>>>");
    document.add(5, format!(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[1]\
         /Encoding<</Differences[97/{0}]>>/CharProcs<</{0} 6 0 R/Never 7 0 R>>/Resources<<>>/Name/{0}>>",
        canary(1)
    ));
    document.stream(6, "", format!("1 0 d0 0 0 1 1 re f % {}", canary(2)).as_bytes());
    document.stream(7, "", format!("({}) Tj", canary(3)).as_bytes());
    let (bytes, _) = clean(&document.finish());
    assert!(position(&bytes, b"/g1").is_some() && inflated(&bytes).contains("0 0 1 1 re"));
}

#[test]
fn the_letters_behind_a_ligature_stay_and_longer_text_behind_a_mark_goes() {
    let mark = |properties: &str| format!("/Span <<{properties}>> BDC BT /F 9 Tf (x) Tj ET EMC\n");
    let content = mark("/ActualText (ffi)")
        + &mark("/ActualText <feff006f0066200b0066>/Lang (en-CANARY)")
        + &mark("/ActualText (CANARY-long)")
        + &mark("/ActualText ()")
        + "EMC EMC /Span <</ActualText (open)>> BDC\n";
    let mut document = page(&content, "/Resources<</Font<</F 5 0 R>>>>");
    document.add(5, HELVETICA);
    let (bytes, report) = clean(&document.finish());
    let inside = inflated(&bytes);
    let kept: Vec<&str> = inside.lines().filter(|line| line.contains("Span")).collect();
    let wanted = ["(ffi)", "(off)", "(open)"].map(|t| format!("/Span <</ActualText {t}>> BDC"));
    assert_eq!(kept, wanted);
    assert_eq!(inside.lines().filter(|line| *line == "EMC").count(), 3);
    assert!(found(&report, "marks around content (tags and their properties)"));
}

#[test]
fn samples_whose_results_cannot_be_counted_are_refused() {
    let mut file = common::pdf::gallery();
    let range = b"/Range[0 1 0 1 0 1]/Size";
    let at = position(&file, range).expect("samples");
    file[at + 7] = b'x';
    assert_eq!(scrub(&file), Err(Refusal::Malformed { what: "function".to_owned() }));
}
