//! `sd-export scrub --rebuild`: a fresh document of what the original shows.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use std::collections::HashSet;

use common::files::{self, holds};
use common::{Scratch, run, tool};
use sd_fs::Dir;

const TEXT: &str = "BT /F1 24 Tf 30 240 Td (Keep this text) Tj 0 -40 Td (and this line) Tj ET\n\
                    30 60 120 60 re f 2 w 180 60 m 270 120 l S";
const COLOURED: &str = "0.8 0.1 0.1 rg 30 60 200 60 re f BT /F1 24 Tf 30 240 Td (In colour) Tj ET";

/// The first page of a document as `pdftoppm` shows it: width, then the pixels.
fn shown(at: &Scratch, name: &str, per_inch: &str) -> (usize, Vec<u8>) {
    let out = format!("{name}-{per_inch}");
    let args = ["-png", "-singlefile", "-r", per_inch, name, &out];
    let ran = tool(at.path(), "pdftoppm", &args);
    assert_eq!((ran.code, ran.talk.as_str()), (0, ""), "{name}");
    files::pixels(&at.get(&format!("{out}.png")))
}

/// The mean difference of two pictures of one size, from 0 to 255.
fn difference(a: &(usize, Vec<u8>), b: &(usize, Vec<u8>)) -> f64 {
    assert_eq!((a.0, a.1.len()), (b.0, b.1.len()), "another size");
    let sum: f64 = a.1.iter().zip(&b.1).map(|(x, y)| f64::from(x.abs_diff(*y))).sum();
    sum / f64::from(u32::try_from(a.1.len()).expect("small"))
}

#[test]
fn a_rebuilt_document_looks_the_same_and_may_leave() {
    let at = Scratch::new();
    at.sub("stick");
    for (name, content) in [("text", TEXT), ("colour", COLOURED)] {
        let (original, copy) = (format!("{name}.pdf"), format!("{name}.rebuilt.pdf"));
        at.put(&original, &files::pages(&[content, content], ""));
        let ran = run(&at, &["scrub", "--rebuild", &original]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
        assert!(ran.out.contains(&copy) && ran.out.contains("rebuilt and checked"), "{}", ran.out);
        let check = tool(at.path(), "qpdf", &["--check", &copy]);
        assert_eq!(check.code, 0, "{}{}", check.out, check.talk);
        let difference = difference(&shown(&at, &original, "100"), &shown(&at, &copy, "100"));
        assert!(difference < 4.0, "{name}: {difference}");
        let text = tool(at.path(), "pdftotext", &[&copy, "-"]).out;
        assert_eq!(text.trim(), "", "no text is in it, only what it looks like");
        let written = run(&at, &["write", &copy, "--to", "stick", "--yes"]);
        assert_eq!(written.code, 0, "{}{}", written.out, written.talk);
    }
}

#[test]
fn a_page_takes_the_ink_that_it_needs() {
    let at = Scratch::new();
    let grey = "0.6 g 30 60 200 60 re f";
    at.put("a.pdf", &files::pages(&[TEXT, grey, COLOURED, TEXT], ""));
    let ran = run(&at, &["scrub", "--rebuild", "a.pdf", "--json"]);
    let findings = &ran.json()["report"]["files"][0]["report"]["findings"];
    let kept = findings.as_array().expect("a list").iter().find(|f| f["place"] == "pages");
    assert_eq!(kept.expect("said")["detail"], "2 in black and white, 1 in grey, 1 in colour");
    let copy = at.get("a.rebuilt.pdf");
    assert!(holds(&copy, "CCITTFaxDecode") && holds(&copy, "/Indexed"));
}

/// Whether these bytes are numbers and the words around objects, whole or cut.
fn is_frame(run: &[u8]) -> bool {
    let text = String::from_utf8_lossy(run);
    let mut words = text.split(|c: char| c.is_ascii_digit() || " \n".contains(c));
    words.all(|word| "endstream endobj xref trailer startxref".contains(word))
}

#[test]
fn no_sixteen_bytes_of_an_original_are_in_its_rebuilt_copy() {
    let at = Scratch::new();
    let noise: Vec<u8> =
        (0..60 * 60 * 3_u32).map(|n| n.wrapping_mul(n ^ 0x4d).to_le_bytes()[1]).collect();
    let info = "/PieceInfo << /App << /Private (a note that nobody sees, Jane Source) >> >>";
    for (name, bytes) in [
        ("a.jpg", files::jpeg()),
        ("b.png", files::png()),
        ("c.pdf", files::pdf()),
        ("d.pdf", files::pages(&[TEXT, COLOURED], info)),
        ("e.png", files::picture(60, &noise)),
        ("f.jpg", files::photo(60, &noise)),
    ] {
        at.put(name, &bytes);
    }
    // What documents have in common: words of the format, the size of the page.
    at.put("grammar.pdf", &files::pages(&["0 0 9 9 re f"; 3], ""));
    let ran = run(&at, &["scrub", "--rebuild", "."]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let grammar = at.get("grammar.rebuilt.pdf");
    let mut allowed: HashSet<&[u8]> = grammar.windows(16).collect();
    allowed.extend(b"/MediaBox [0 0 200 200] /".windows(16));
    let jpeg_tables = files::photo(8, &[255; 192]);
    allowed.extend(jpeg_tables.windows(16));
    for name in ["a.jpg", "b.png", "c.pdf", "d.pdf", "e.png", "f.jpg"] {
        let (original, stem) = (at.get(name), name.split('.').next().expect("a stem"));
        let copy = at.get(&format!("{stem}.rebuilt.pdf"));
        let runs: HashSet<&[u8]> = original.windows(16).collect();
        let found = copy
            .windows(16)
            .find(|run| runs.contains(run) && !allowed.contains(run) && !is_frame(run));
        assert_eq!(found.map(String::from_utf8_lossy), None, "{name}");
        assert!(!holds(&copy, files::SECRET));
    }
}

#[test]
fn yellow_dots_are_gone_and_said() {
    let at = Scratch::new();
    let side = 600_usize;
    let dot = |n: usize| n % side % 20 < 2 && n / side % 20 < 2;
    let text = |n: usize| (200..220).contains(&(n / side)) && n % side > 100 && n % side < 500;
    let pixel = |n: usize| match (text(n), dot(n)) {
        (true, _) => [20, 20, 20],
        (_, true) => [250, 248, 170],
        _ => [251, 251, 250],
    };
    let rgb: Vec<u8> = (0..side * side).flat_map(pixel).collect();
    at.put("scan.png", &files::picture(side, &rgb));
    at.put("photo.jpg", &files::photo(side, &rgb));
    let ran = run(&at, &["scrub", "--rebuild", "scan.png", "photo.jpg"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(ran.out.matches("yellow specks").count(), 2, "{}", ran.out);
    for name in ["scan.rebuilt.pdf", "photo.rebuilt.pdf"] {
        // 842 points are 600 pixels: this is one dot a pixel.
        let (_, pixels) = shown(&at, name, "51.3064");
        let white = pixels.iter().filter(|value| **value > 254).count();
        let black = pixels.iter().filter(|value| **value < 60).count();
        assert!(white + black > pixels.len() * 99 / 100, "{name}: {white} {black}");
        assert!(pixels.as_chunks::<3>().0.iter().all(|[r, g, b]| r == g && g == b), "{name}");
    }
}

#[test]
fn a_document_that_points_at_a_file_does_not_get_it() {
    let at = Scratch::new();
    let marker = "THE-NEIGHBOURS-SECRET-4711";
    at.put("neighbour.txt", marker.as_bytes());
    let url = format!("file://{}/neighbour.txt", at.path().display());
    let extra = format!(
        "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 300 300] /A << /S /URI /URI ({url}) >> >> \
         << /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F ({url}) >> >>] \
         /AA << /O << /S /GoToR /F ({url}) /D [0 /Fit] >> >>"
    );
    let image = format!(
        "q 200 0 0 200 50 50 cm BI /W 9 /H 9 /BPC 8 /CS /G /F ({url}) ID xxxxxxxxx EI Q {TEXT}"
    );
    at.put("a.pdf", &files::pages(&[TEXT], &extra));
    at.put("b.pdf", &files::pages(&[TEXT, &image], ""));
    at.sub("out");
    for (args, code) in [
        (&["scrub", "--rebuild", "a.pdf"][..], 0),
        (&["preview", "a.pdf", "b.pdf", "--to", "out"], 0),
        (&["scrub", "--rebuild", "b.pdf"], 1),
    ] {
        let ran = run(&at, args);
        assert!(!ran.out.contains(marker) && !ran.talk.contains(marker));
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.talk);
        // The picture that was to come from the file is missing, and that is said.
        let gap = ran.out.contains("not all of page 2") || ran.out.contains("page 2 needs a font");
        assert_eq!(gap, args.contains(&"b.pdf"), "{}", ran.out);
    }
    let copy = at.get("a.rebuilt.pdf");
    assert!(!holds(&copy, marker) && !holds(&copy, "file://") && !holds(&copy, "neighbour"));
    let text = tool(at.path(), "pdftotext", &["a.rebuilt.pdf", "-"]).out;
    assert!(!text.contains(marker));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let at = Scratch::new();
    at.put("a.pdf", &files::pages(&[TEXT, COLOURED], ""));
    at.put("b.pdf", &files::pages(&[TEXT, COLOURED], ""));
    assert_eq!(run(&at, &["scrub", "--rebuild", "a.pdf", "b.pdf"]).code, 0);
    assert_eq!(at.get("a.rebuilt.pdf"), at.get("b.rebuilt.pdf"));
    assert!(!holds(&at.get("a.rebuilt.pdf"), "/ID") && !holds(&at.get("a.rebuilt.pdf"), "Date"));
}

#[test]
fn what_cannot_be_rebuilt_is_named_and_leaves_nothing() {
    let at = Scratch::new();
    at.put("plain.pdf", &files::pages(&[TEXT], ""));
    let args = ["--encrypt", "secret", "owner", "256", "--", "plain.pdf", "locked.pdf"];
    assert_eq!(tool(at.path(), "qpdf", &args).code, 0);
    at.put("a.txt", b"text");
    at.put("b.7z", &files::seven_zip());
    at.put("c.jpg", &files::jpeg()[..100]);
    for (name, words) in [
        ("locked.pdf", "the document is encrypted"),
        ("a.txt", "plain text is cleaned, not rebuilt"),
        ("b.7z", "7-Zip archive"),
        ("c.jpg", "malformed"),
    ] {
        let ran = run(&at, &["scrub", "--rebuild", name]);
        assert_ne!(ran.code, 0, "{name}");
        assert!(ran.out.contains(words), "{name}: {}", ran.out);
    }
    assert_eq!(at.names(), ["a.txt", "b.7z", "c.jpg", "locked.pdf", "plain.pdf"]);
}

/// A document of a word processor, as small as one can be.
fn docx(at: &Scratch, name: &str, body: &str) {
    const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let text = format!(r#"<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>"#);
    let parts = Scratch::new();
    let add = |dir: &Dir, part: &str, text: &str| {
        dir.write_new(part, text.as_bytes()).expect("a free name");
    };
    add(&parts.dir, "[Content_Types].xml", TYPES);
    add(&parts.sub("_rels"), ".rels", RELATIONS);
    add(&parts.sub("word"), "document.xml", &text);
    let file = at.path().join(name);
    let file = file.to_str().expect("text");
    let packed = tool(parts.path(), "zip", &["-q", "-r", "-X", file, "."]);
    assert_eq!(packed.code, 0, "{}", packed.talk);
}

const KEPT: &str = "<w:p><w:r><w:t>Keep this sentence.</w:t></w:r></w:p>\
                    <w:p><w:r><w:br w:type=\"page\"/><w:t>And this page.</w:t></w:r></w:p>";
const DELETED: &str = "<w:p><w:r><w:t>Keep this sentence.</w:t></w:r><w:del w:id=\"1\" w:author=\"Jane Source\">\
                       <w:r><w:delText> Nobody may read this.</w:delText></w:r></w:del></w:p>\
                    <w:p><w:r><w:br w:type=\"page\"/><w:t>And this page.</w:t></w:r></w:p>";

#[test]
fn an_office_document_is_rebuilt_as_it_looks_without_what_was_deleted() {
    let at = Scratch::new();
    at.sub("stick");
    docx(&at, "kept.docx", KEPT);
    docx(&at, "deleted.docx", DELETED);
    let ran = run(&at, &["scrub", "--rebuild", "kept.docx", "deleted.docx", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    let told = ran.json()["report"]["files"][1]["report"]["findings"].to_string();
    assert!(told.contains("tracked"), "what was taken out before is said: {told}");
    let (kept, deleted) = (at.get("kept.rebuilt.pdf"), at.get("deleted.rebuilt.pdf"));
    assert!(kept == deleted, "what was deleted is not shown, and pages are the same each time");
    let home = format!("-env:UserInstallation=file://{}/office", at.path().display());
    let made =
        tool(at.path(), "soffice", &[&home, "--headless", "--convert-to", "pdf", "kept.docx"]);
    assert_eq!(made.code, 0, "{}", made.talk);
    let difference =
        difference(&shown(&at, "kept.pdf", "100"), &shown(&at, "kept.rebuilt.pdf", "100"));
    assert!(difference < 4.0, "{difference}");
    let info = tool(at.path(), "pdfinfo", &["kept.rebuilt.pdf"]).out;
    assert!(info.lines().any(|l| l.split_whitespace().eq(["Pages:", "2"])), "{info}");
    assert_eq!(tool(at.path(), "pdftotext", &["kept.rebuilt.pdf", "-"]).out.trim(), "");
    let written = run(&at, &["write", "kept.rebuilt.pdf", "--to", "stick", "--yes"]);
    assert_eq!(written.code, 0, "{}{}", written.out, written.talk);
}
