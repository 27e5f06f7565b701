//! The planted corpus, with its figures: no canary in any output, hardly a file refused, and what
//! must stay is there, by readers that are not ours.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that prints its table"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};

use common::corpus::{Planted, corpus};
use common::{made, web};
use sd_scrub::{Class, ENDINGS, Fate, Format, Limits, Report};

/// What became of one file.
struct Line {
    name: &'static str,
    planted: usize,
    left: usize,
    /// What must stay: how many marks there are, and how many are there afterwards.
    marks: usize,
    kept: usize,
    classes: usize,
    refusal: Option<String>,
}

/// What a file shows, page by page, frame by frame, line by line.
fn marks(name: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    let ending = name.rsplit_once('.').expect("an ending").1;
    match ending {
        "gif" => frames(image::codecs::gif::GifDecoder::new(Cursor::new(bytes)).expect("a GIF")),
        "webp" if name == "animation.webp" => {
            frames(image::codecs::webp::WebPDecoder::new(Cursor::new(bytes)).expect("a WebP"))
        }
        "jpg" => {
            let mut decoder = zune_jpeg::JpegDecoder::new(Cursor::new(bytes));
            vec![decoder.decode().expect("a JPEG that decodes")]
        }
        "png" => png_frames(bytes),
        "webp" | "bmp" | "pbm" | "pgm" | "ppm" | "pam" => {
            let format = image::ImageFormat::from_extension(ending).expect("a picture");
            let read = image::load_from_memory_with_format(bytes, format);
            vec![read.expect("a picture that decodes").into_bytes()]
        }
        "tif" => pages(bytes),
        "eml" => kept(common::mail::read(bytes).as_bytes()),
        "heic" | "avif" => vec![made::shown(bytes)],
        "pdf" => words(&pdf_text(bytes)),
        // Letters of two bytes, of which one is nothing.
        "emf" | "wmf" => {
            let letters = bytes.iter().copied().filter(|byte| *byte != 0 && *byte != 7);
            kept(&letters.collect::<Vec<u8>>())
        }
        "txt" | "csv" => words(&sd_scrub::text(bytes).expect("a text")),
        "jxl" => vec![made::drawn_jxl(bytes).into_bytes()],
        "epub" | "odt" | "ods" | "odp" | "odg" | "odf" | "fodt" | "fods" | "fodp" | "fodg" => {
            shown(&opened(bytes))
        }
        "svg" | "svgz" | "css" | "html" | "xhtml" | "docx" | "xlsx" | "pptx" | "rtf" | "zip"
        | "tar" | "gz" | "bz2" | "xz" | "zst" | "torrent" => kept(&opened(bytes)),
        _ => vec![made::decoded(name, bytes).into_bytes()],
    }
}

/// The same in a document whose pictures and parts that go may hold such marks too: those only that
/// stand as text of its own.
fn shown(bytes: &[u8]) -> Vec<Vec<u8>> {
    kept(bytes).into_iter().filter(|mark| mark.starts_with(b"KEEP")).collect()
}

/// The marks of what must stay in files inside files, each once.
fn kept(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let mark = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_ ".contains(*c)).collect()
    };
    let starts = ["KEEP", "Keep", "keeps", "5:a.txt"];
    let marks = starts.iter().flat_map(|start| {
        text.match_indices(start).map(|(at, _)| mark(&text[at..]).trim().to_owned().into_bytes())
    });
    marks.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A file with everything that is packed in it behind it, unpacked.
fn opened(bytes: &[u8]) -> Vec<u8> {
    let mut all = web::opened(bytes);
    for at in 0..bytes.len().saturating_sub(30) {
        if bytes[at..].starts_with(b"PK\x03\x04") {
            let number = |n: usize| usize::from(u16::from_le_bytes([bytes[n], bytes[n + 1]]));
            let data = bytes.get(at + 30 + number(at + 26) + number(at + 28)..).unwrap_or_default();
            all.extend(unpacked(flate2::read::DeflateDecoder::new(data)));
        }
    }
    let with = |program, package, option| {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        (&file).write_all(bytes).expect("written");
        made::run(program, package, &["-c", option, made::text(file.path())]).into_bytes()
    };
    match bytes {
        [0x1f, 0x8b, ..] => all.extend(opened(&unpacked(flate2::read::GzDecoder::new(bytes)))),
        [b'B', b'Z', b'h', ..] => all.extend(with("bunzip2", "bzip2", "-q")),
        [0xfd, b'7', b'z', ..] => all.extend(with("unxz", "xz-utils", "-q")),
        [0x28, 0xb5, 0x2f, ..] => all.extend(with("unzstd", "zstd", "-qf")),
        _ => {}
    }
    all
}

/// What comes out before the end, or before a fault.
fn unpacked(mut from: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    let _ = from.by_ref().take(1 << 24).read_to_end(&mut out);
    out
}

fn words(text: &str) -> Vec<Vec<u8>> {
    let shown = |c: &char| c.is_ascii_graphic() || *c == ' ' || *c == '€';
    let lines = text.lines().map(|line| line.chars().filter(shown).collect::<String>());
    lines.filter(|line| !line.trim().is_empty()).map(String::into_bytes).collect()
}

#[expect(clippy::disallowed_methods, reason = "a file for a program to read")]
fn pdf_text(bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("a.pdf");
    std::fs::write(&path, bytes).expect("a temporary file");
    made::run("pdftotext", "poppler-utils", &[made::text(&path), "-"])
}

fn png_frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG that decodes");
    let count = reader.info().animation_control().map_or(1, |control| control.num_frames);
    let frame = |_| {
        let mut buffer = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut buffer).expect("a frame");
        buffer.truncate(info.buffer_size());
        buffer
    };
    (0..count).map(frame).collect()
}

fn frames<'a>(decoder: impl image::AnimationDecoder<'a>) -> Vec<Vec<u8>> {
    let frames = decoder.into_frames().collect_frames().expect("an animation that decodes");
    frames.into_iter().map(|frame| frame.into_buffer().into_raw()).collect()
}

fn pages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = ::tiff::decoder::Decoder::new(Cursor::new(bytes)).expect("a TIFF");
    let mut out = Vec::new();
    loop {
        match decoder.read_image().expect("a page that decodes") {
            ::tiff::decoder::DecodingResult::U8(samples) => out.push(samples),
            _ => panic!("the fixtures have samples of eight bits or less"),
        }
        if !decoder.more_images() {
            return out;
        }
        decoder.next_image().expect("the next page");
    }
}

fn classes(report: &Report) -> usize {
    report.findings.iter().map(|finding| finding.class).collect::<BTreeSet<_>>().len()
}

fn clean(file: &Planted) -> Line {
    let planted = common::canaries(&opened(&file.bytes)).len();
    let Planted { name, .. } = *file;
    let empty = Line { name, planted, left: 0, marks: 0, kept: 0, classes: 0, refusal: None };
    let done = match common::scrub(&file.bytes) {
        Ok(done) => done,
        Err(refusal) => return Line { refusal: Some(refusal.to_string()), ..empty },
    };
    let again = common::scrub(&done.bytes).map(|again| again.bytes);
    assert_eq!(again.as_ref(), Ok(&done.bytes), "{name} changes when cleaned again");
    let (before, after) = (marks(name, &file.bare), marks(name, &done.bytes));
    let same = before.iter().zip(&after).filter(|(before, after)| before == after).count();
    Line {
        left: common::canaries(&opened(&done.bytes)).len(),
        marks: before.len(),
        kept: if before.len() == after.len() { same } else { 0 },
        classes: classes(&done.report),
        ..empty
    }
}

fn show(lines: &[Line]) {
    println!("{:<22} {:>8} {:>5} {:>9} {:>8}", "file", "canaries", "left", "kept", "classes");
    for line in lines {
        let Line { name, planted, left, marks, kept, classes, .. } = line;
        match &line.refusal {
            Some(why) => println!("{name:<22} {planted:>8}     -  refused: {why}"),
            None => println!(
                "{name:<22} {planted:>8} {left:>5} {:>9} {classes:>8}",
                format!("{kept}/{marks}")
            ),
        }
    }
}

#[test]
fn the_planted_corpus_comes_out_clean_whole_and_almost_without_refusals() {
    let corpus = corpus();
    let lines: Vec<Line> = corpus.iter().map(clean).collect();
    show(&lines);
    let sum = |number: fn(&Line) -> usize| lines.iter().map(number).sum::<usize>();
    let (planted, left) = (sum(|line| line.planted), sum(|line| line.left));
    let (marks, kept) = (sum(|line| line.marks), sum(|line| line.kept));
    let refused: Vec<_> = lines.iter().filter_map(|line| line.refusal.as_ref()).collect();
    let cleaned = lines.len() - refused.len();
    println!("{} files: {cleaned} cleaned, {} refused", lines.len(), refused.len());
    println!("{planted} canaries, {left} left; {marks} marks to keep, {kept} kept");

    assert!(lines.len() >= 40 && planted > 400, "it is smaller than it was");
    assert_eq!(left, 0, "a canary came through");
    assert_eq!(kept, marks, "something that must stay is gone");
    assert!(cleaned * 100 >= lines.len() * 95, "too many are refused: {refused:?}");
    let unnamed = |why: &&String| !why.contains(": ");
    assert_eq!(refused.into_iter().find(unnamed), None, "a refusal says why");
    for line in lines.iter().filter(|line| line.refusal.is_none()) {
        assert!(line.planted > 0 && line.marks > 0 && line.classes > 0, "{}", line.name);
    }
}

/// What the table of formats says of one that no report tells: what stays, and the page.
fn words_for(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Jpeg => ("coded picture, orientation, reduced colour profile", "jpeg-png.md"),
        Format::Png => {
            ("every bit of every frame, orientation, reduced colour profile", "jpeg-png.md")
        }
        Format::Gif => ("frames, delays, loop", "pictures.md"),
        Format::Webp => {
            ("coded pictures, frames, orientation, reduced colour profile", "pictures.md")
        }
        Format::Bmp => ("samples, palette", "pictures.md"),
        Format::Pnm => ("samples", "pictures.md"),
        Format::Tiff => ("every page, orientation, reduced colour profile", "pictures.md"),
        Format::Heic | Format::Avif => ("coded picture, tiles, orientation", "heif.md"),
        Format::Jxl => ("coded picture with its head", "jpeg-xl.md"),
        Format::Mp3 | Format::Flac | Format::Ogg => ("coded sound", "sound.md"),
        Format::Wav | Format::Aiff => ("samples", "sound.md"),
        Format::M4a => ("coded sound", "video.md"),
        Format::Mp4 | Format::Mov | Format::Matroska | Format::Webm => {
            ("coded pictures and sound, times, turn", "video.md")
        }
        Format::Avi | Format::Wmv => {
            ("coded pictures and sound, times", "avi-and-windows-media.md")
        }
        Format::Wma => ("coded sound", "avi-and-windows-media.md"),
        Format::Docx => ("text, tables, styles' looks, pictures, notes", "office.md"),
        Format::Xlsx => ("cells, formulas, charts, number formats", "office.md"),
        Format::Pptx => ("slides, notes, pictures, animations", "office.md"),
        Format::Eml => ("From, To, Cc, Subject, Date, text, attachments", "mail-and-rtf.md"),
        Format::Rtf => ("text, tables, lists, looks, pictures, notes", "mail-and-rtf.md"),
        Format::Odt | Format::Fodt => {
            ("text, tables, styles' looks, pictures, notes, charts", "opendocument.md")
        }
        Format::Ods | Format::Fods => {
            ("cells, formulas, charts, number formats", "opendocument.md")
        }
        Format::Odp | Format::Fodp => ("slides, notes, pictures, animations", "opendocument.md"),
        Format::Odg | Format::Fodg => ("pages, shapes, pictures", "opendocument.md"),
        Format::Odf => ("the formula", "opendocument.md"),
        Format::Zip | Format::Tar => ("names, clean files", "archives.md"),
        Format::Gzip | Format::Bzip2 | Format::Xz | Format::Zstd => {
            ("the clean file", "archives.md")
        }
        Format::Torrent => ("names, lengths, sums, trackers by host", "archives.md"),
        Format::Csv => ("cells", "archives.md"),
        Format::Emf | Format::Wmf => ("what draws, text, pictures inside", "metafiles.md"),
        Format::Svg => ("what draws, text, links, pictures", "web.md"),
        Format::Html => ("text, structure, looks, links, pictures inside", "web.md"),
        Format::Epub => ("text, structure, looks, links, pictures, contents", "web.md"),
        Format::Css => ("known properties, names as numbers", "web.md"),
        Format::Pdf => ("text, links, drawings, pictures, outline", "pdf.md"),
        Format::Text => ("words and lines", "text.md"),
    }
}

/// The page docs/formats/README.md: every format, with what the corpus shows of it.
fn page() -> String {
    let mut gone: BTreeMap<String, BTreeSet<Class>> = BTreeMap::new();
    for file in corpus() {
        let Ok(done) = common::scrub(&file.bytes) else { continue };
        let all = done.report.findings.into_iter().filter(|f| f.fate == Fate::Removed);
        gone.entry(done.report.format.to_string()).or_default().extend(all.map(|f| f.class));
    }
    let limits = Limits::default();
    let (held, streamed) = (limits.max_input >> 20, limits.max_video >> 30);
    let mut page = format!(
        "\
# The formats of `sd-export scrub`

Made by `sd-export/scrub/tests/corpus.rs` from the list of formats and from what is found in the planted corpus; a test holds
this page against it.

The kind of a file is told by its content. Each page says where a format hides data, what stays and why, and what is refused.
*Held*: the worker holds the file and its copy in memory, {held} MiB at most. *Streamed*: the copy is a list of pieces of the
original, so memory stays flat, up to {streamed} GiB ([decision 0025](../decisions/0025-large-files-are-mapped.md)).

| format | endings | stays | goes, in the planted corpus | how | more |
|---|---|---|---|---|---|
"
    );
    for (format, endings) in ENDINGS {
        let (kept, more) = words_for(*format);
        let name = format.to_string();
        let classes = gone.get(&name).unwrap_or_else(|| panic!("no {name} in the corpus"));
        let classes: Vec<_> = classes.iter().map(|class| word(*class)).collect();
        let (endings, classes) = (endings.join(", "), classes.join(", "));
        let how = if format.is_streamed() { "streamed" } else { "held" };
        let _ = writeln!(
            page,
            "| {name} | {endings} | {kept} | {classes} | {how} | [{more}]({more}) |"
        );
    }
    page
}

fn word(class: Class) -> String {
    let word = serde_json::to_value(class).expect("a word");
    word.as_str().expect("a word").replace('_', " ")
}

#[test]
fn the_page_of_formats_is_the_list_and_the_corpus() {
    let page = page();
    assert_eq!(include_str!("../../../docs/formats/README.md"), page, "it should be:\n{page}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it looks at the pages beside the table")]
fn every_format_has_its_page() {
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/");
    for (format, _) in ENDINGS {
        let (_, more) = words_for(*format);
        let text = std::fs::read_to_string(format!("{pages}{more}"));
        assert!(text.is_ok_and(|text| text.starts_with("# ")), "{format}: {more}");
    }
}
