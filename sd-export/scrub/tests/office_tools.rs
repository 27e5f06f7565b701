//! `LibreOffice` makes documents and opens the clean ones: same words, same pages.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "tests run programs and write files"
)]

mod common;

use std::path::{Path, PathBuf};

use common::libre::{assert_same, convert, shown};
use common::made::{run, text};
use common::office::{self, inside};
use common::rtf;

/// A page with the things that writers use.
fn page(number: usize) -> String {
    let parts = [
        "<p>KEEP plain words &amp; <b>bold</b> <i>italic</i> <u>lines</u> <span style='color:#c00'>red</span></p>",
        "<ul><li>KEEP one</li><li>two<ul><li>deeper</li></ul></li></ul><ol><li>first</li><li>second</li></ol>",
        "<table border=1><tr><th>KEEP head</th><th>b</th></tr><tr><td>1</td><td>2,5</td></tr></table>",
        "<p><a href='https://example.org/KEEP'>KEEP web</a> <a href='file:///home/CANARY/x'>KEEP file</a></p>",
        "<h2>KEEP second heading</h2><p style='text-align:right'>right</p><hr><pre>KEEP  two  spaces</pre>",
        "<p>KEEP äöü € 漢字 العربية — “quotes”</p><p style='page-break-before:always'>KEEP next page</p>",
    ];
    let body: String = (0..parts.len())
        .filter(|n| (number >> (n % 4)) & 1 == 1 || n % 5 == 0)
        .map(|n| parts[n])
        .collect();
    format!(
        "<html><head><title>CANARY title</title><meta name=author content='CANARY author'>\
         <meta name=keywords content='CANARY words'><meta charset=utf-8></head><body><h1>KEEP {number}</h1>{body}</body></html>"
    )
}

fn table(number: usize) -> String {
    let mut out = "name,value,sum\n".to_owned();
    for row in 0..=number * 7 {
        out += &format!("KEEP {row},{}.5,=A{}&B{}\n", row * 3, row + 2, row + 2);
    }
    out
}

/// A presentation in `OpenDocument`'s flat form.
fn show(number: usize) -> String {
    let space = "urn:oasis:names:tc:opendocument:xmlns";
    let page = |n: usize| {
        format!(
            "<draw:page draw:name=\"CANARY page {n}\" draw:master-page-name=\"Default\"><draw:frame svg:width=\"20cm\" svg:height=\"3cm\" svg:x=\"2cm\" svg:y=\"2cm\"><draw:text-box><text:p>KEEP slide {n}</text:p></draw:text-box></draw:frame>\
         <draw:custom-shape svg:width=\"4cm\" svg:height=\"3cm\" svg:x=\"5cm\" svg:y=\"8cm\"><text:p>KEEP shape</text:p><draw:enhanced-geometry svg:viewBox=\"0 0 21600 21600\" draw:type=\"rectangle\" draw:enhanced-path=\"M 0 0 L 21600 0 21600 21600 0 21600 0 0 Z N\"/></draw:custom-shape>\
         <presentation:notes><draw:frame presentation:class=\"notes\" svg:width=\"10cm\" svg:height=\"10cm\" svg:x=\"1cm\" svg:y=\"12cm\"><draw:text-box><text:p>KEEP note {n}</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>"
        )
    };
    let pages: String = (0..number).map(page).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document xmlns:office=\"{space}:office:1.0\" xmlns:draw=\"{space}:drawing:1.0\" xmlns:text=\"{space}:text:1.0\" xmlns:presentation=\"{space}:presentation:1.0\" xmlns:style=\"{space}:style:1.0\" xmlns:svg=\"{space}:svg-compatible:1.0\" xmlns:meta=\"{space}:meta:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.2\" office:mimetype=\"application/vnd.oasis.opendocument.presentation\">\
         <office:meta><dc:creator>CANARY creator</dc:creator><meta:initial-creator>CANARY first</meta:initial-creator></office:meta>\
         <office:automatic-styles><style:page-layout style:name=\"PM1\"><style:page-layout-properties/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name=\"Default\" style:page-layout-name=\"PM1\"/></office:master-styles>\
         <office:body><office:presentation>{pages}</office:presentation></office:body></office:document>"
    )
}

/// Documents that `LibreOffice` makes of sources written here, and those planted by hand.
fn write(directory: &Path, name: &str, text: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).expect("a temporary file");
    path
}

/// Pages, tables and presentations before any program has seen them.
fn sources(directory: &Path) -> [Vec<PathBuf>; 3] {
    let write = |name: String, text: String| write(directory, &name, text.as_bytes());
    [
        (0..16).map(|n| write(format!("page{n}.html"), page(n))).collect(),
        (0..9).map(|n| write(format!("table{n}.csv"), table(n))).collect(),
        (1..8).map(|n| write(format!("show{n}.fodp"), show(n))).collect(),
    ]
}

fn set(directory: &Path) -> Vec<PathBuf> {
    let write = |name: String, text: &[u8]| write(directory, &name, text);
    let [pages, tables, shows] = sources(directory);
    let mut all = convert("docx:MS Word 2007 XML", &pages, directory);
    // Fields, notes, frames, columns, recorded changes.
    let rich = include_str!("common/data/rich.fodt");
    let rich = write("rich-word.fodt".to_owned(), rich.as_bytes());
    all.extend(convert("docx:MS Word 2007 XML", &[rich], directory));
    let texts: Vec<_> =
        (0..16).map(|n| write(format!("text{n}.html"), page(n).as_bytes())).collect();
    all.extend(convert("rtf:Rich Text Format", &texts, directory));
    let rich = include_str!("common/data/rich.fodt");
    let rich = write("rich-text.fodt".to_owned(), rich.as_bytes());
    all.extend(convert("rtf:Rich Text Format", &[rich], directory));
    all.push(write("planted-text.rtf".to_owned(), &rtf::planted()));
    all.extend(convert("xlsx", &tables, directory));
    all.extend(convert("pptx", &shows, directory));
    let again = directory.join("again");
    std::fs::create_dir(&again).expect("a temporary directory");
    let seconds = [all[1].clone(), all[5].clone(), all[15].clone()];
    for made in convert("docx:Office Open XML Text", &seconds, &again) {
        let name = format!("again-{}", made.file_name().expect("a name").to_string_lossy());
        let bytes = std::fs::read(&made).expect("what it made");
        all.push(write(name, &bytes));
    }
    for (name, package) in [
        ("word.docx", office::word()),
        ("sheet.xlsx", office::sheet()),
        ("slides.pptx", office::slides()),
    ] {
        all.push(write(name.to_owned(), &package.pack()));
        let mut plain = package.clone();
        plain.raw("customUI/customUI.xml", b"<CANARY/>");
        all.push(write(format!("more-{name}"), &plain.pack()));
    }
    all
}

#[test]
fn libreoffice_shows_the_same_before_and_after() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sub = |name: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir(&path).expect("a temporary directory");
        path
    };
    let (sources, clean, before, after) = (sub("s"), sub("c"), sub("b"), sub("a"));
    let set = set(&sources);
    assert!(set.len() >= 40, "{} documents", set.len());
    let mut cleaned = Vec::new();
    let mut refused = Vec::new();
    for path in &set {
        let bytes = std::fs::read(path).expect("a document");
        match common::scrub(&bytes) {
            Ok(_) => {
                let (bytes, _) = common::clean(&bytes);
                let packed = bytes.starts_with(b"PK");
                let plain = String::from_utf8_lossy(&bytes).into_owned();
                let said = if packed { inside(&bytes) } else { plain }.to_ascii_lowercase();
                let at = said.find("canary").map(|at| &said[at.saturating_sub(100)..at + 40]);
                assert_eq!(at, None, "{}", path.display());
                let path = clean.join(path.file_name().expect("a name"));
                std::fs::write(&path, &bytes).expect("a temporary file");
                cleaned.push(path);
            }
            Err(why) => refused.push((path, why)),
        }
    }
    assert!(refused.len() * 50 <= set.len(), "{refused:#?}");
    let before = shown(&set, &before);
    let after = shown(&cleaned, &after);
    let planted = ["word", "sheet", "slides", "planted-text", "rich-text"];
    assert_same(&before, &after, |name| planted.iter().any(|plain| name.ends_with(plain)));
}

/// A document as qpdf writes it.
fn rewritten(from: &Path, to: &Path, options: &[&str]) -> PathBuf {
    let path = to.join(from.file_name().expect("a name"));
    run("qpdf", "qpdf", &[options, &[text(from), text(&path)]].concat());
    path
}

/// Its words, its addresses on the web, its pages, its bytes.
fn told(pdf: &Path) -> (Vec<String>, Vec<String>, String, f64) {
    let poppler = |program, arguments: &[&str]| run(program, "poppler-utils", arguments);
    let words = poppler("pdftotext", &[text(pdf), "-"]);
    let words = words.split_whitespace().map(str::to_owned).collect();
    let links = poppler("pdfinfo", &["-url", text(pdf)]);
    let links = links.split_whitespace().filter(|word| word.starts_with("http"));
    let info = poppler("pdfinfo", &[text(pdf)]);
    let pages = info.lines().find(|line| line.starts_with("Pages:")).expect("a number of pages");
    let size = std::fs::metadata(pdf).expect("its size").len();
    let size = f64::from(u32::try_from(size).expect("a small document"));
    (words, links.map(str::to_owned).collect(), pages.to_owned(), size)
}

/// Its first page as poppler draws it, in shades of grey.
fn drawn(pdf: &Path) -> Vec<u8> {
    let output = std::process::Command::new("pdftoppm")
        .args(["-q", "-r", "60", "-gray", "-f", "1", "-l", "1", text(pdf)])
        .output()
        .expect("pdftoppm is needed (Debian package poppler-utils)");
    assert!(output.stdout.starts_with(b"P5"), "{}: no page", pdf.display());
    output.stdout
}

#[test]
fn what_libreoffice_prints_keeps_its_words_and_links_and_does_not_grow() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sub = |name: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir(&path).expect("a temporary directory");
        path
    };
    let (printed, clean) = (sub("printed"), sub("clean"));
    let mut set = Vec::new();
    for sources in sources(&sub("sources")) {
        set.extend(convert("pdf", &sources, &printed));
    }
    let plain = set.clone();
    for option in ["--object-streams=generate", "--linearize"] {
        let place = sub(option);
        set.extend(plain.iter().map(|pdf| rewritten(pdf, &place, &[option])));
    }
    let (mut all, mut kept, mut links, mut same, mut ratios) = (0, 0, 0, 0, Vec::new());
    for pdf in &set {
        // A slide's name is a bookmark here, which is seen.
        let done = common::scrub(&std::fs::read(pdf).expect("a document"));
        let copy = write(&clean, "copy.pdf", &done.expect("it can be cleaned").bytes);
        let (before, after) = (told(pdf), told(&copy));
        all += before.0.len();
        kept += before.0.iter().zip(&after.0).filter(|(a, b)| a == b).count();
        assert_eq!((&before.1, &before.2), (&after.1, &after.2), "{}", pdf.display());
        let (page, copied) = (drawn(pdf), drawn(&copy));
        assert_eq!(page.len(), copied.len(), "{}", pdf.display());
        let other = page.iter().zip(&copied).filter(|(a, b)| a.abs_diff(**b) > 32).count();
        same += usize::from(other == 0);
        assert!(other * 1000 <= page.len(), "{}: {other} dots are others", pdf.display());
        links += before.1.len();
        ratios.push(after.3 / before.3);
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    println!(
        "{} documents: {kept} of {all} words in their place, {links} links, {same} pages alike to the dot, size ratio {:.2} to {:.2}, median {median:.2}",
        set.len(),
        ratios[0],
        ratios[ratios.len() - 1],
    );
    assert!(all > 2_000 && links >= 12, "{all} words, {links} links");
    assert!(kept * 1_000 >= all * 999, "{kept} of {all} words");
    assert!(same * 10 >= set.len() * 9, "{same} pages look as before");
    assert!(median <= 1.0, "median {median}");
}
