//! Small files made by hand, each with a person and a place in its metadata.

use std::fmt::Write as _;
use std::path::Path;

/// Stands in the metadata of every file here, and nowhere in its content.
pub(crate) const SECRET: &str = "Jane Source";

/// An 8x8 grey JPEG with an EXIF block: a maker and a GPS position.
pub(crate) fn jpeg() -> Vec<u8> {
    let mut out = b"\xff\xd8".to_vec();
    segment(&mut out, 0xe1, &exif());
    segment(&mut out, 0xfe, SECRET.as_bytes());
    segment(&mut out, 0xdb, &[&[0][..], &[1; 64]].concat());
    segment(&mut out, 0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    // One code of one bit in each table: "no difference" and "end of block".
    for table in [0x00, 0x10] {
        segment(&mut out, 0xc4, &[&[table, 1][..], &[0; 15], &[0]].concat());
    }
    segment(&mut out, 0xda, &[1, 1, 0, 0, 63, 0]);
    out.extend_from_slice(b"\x3f\xff\xd9");
    out
}

fn segment(out: &mut Vec<u8>, marker: u8, payload: &[u8]) {
    let length = u16::try_from(payload.len() + 2).expect("a short segment");
    out.extend_from_slice(&[0xff, marker]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(payload);
}

/// TIFF, little endian: IFD0 at 8 with two entries, the maker at 38, the GPS IFD at 50.
fn exif() -> Vec<u8> {
    let mut t = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    ifd(&mut t, &[(0x010f, 2, 12, 38), (0x8825, 4, 1, 50)]);
    t.extend_from_slice(b"SpyCam 3000\0");
    let (north, east) = (u32::from(b'N'), u32::from(b'E'));
    ifd(&mut t, &[(1, 2, 2, north), (2, 5, 3, 104), (3, 2, 2, east), (4, 5, 3, 128)]);
    for n in [48_u32, 1, 8, 1, 15, 1, 11, 1, 34, 1, 30, 1] {
        t.extend_from_slice(&n.to_le_bytes());
    }
    t
}

fn ifd(out: &mut Vec<u8>, entries: &[(u16, u16, u32, u32)]) {
    let count = u16::try_from(entries.len()).expect("few entries");
    out.extend_from_slice(&count.to_le_bytes());
    for (tag, kind, count, value) in entries {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(&[0; 4]);
}

/// A 4x4 grey PNG with an author.
pub(crate) fn png() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 4, 4);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.add_text_chunk("Author".to_owned(), SECRET.to_owned()).expect("a chunk");
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[0, 80, 160, 240].repeat(4)).expect("a picture");
    writer.finish().expect("an end");
    out
}

/// One empty page and an author.
pub(crate) fn pdf() -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>".to_owned(),
        "<< /Length 17 >>\nstream\n10 10 50 50 re f\n\nendstream".to_owned(),
        format!("<< /Author ({SECRET}) /CreationDate (D:20260102030405Z) >>"),
    ];
    written(&objects, Some(5))
}

/// A document of these objects, the first its catalog.
fn written(objects: &[String], info: Option<usize>) -> Vec<u8> {
    let mut out = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        put(&mut out, format_args!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let (start, size) = (out.len(), objects.len() + 1);
    put(&mut out, format_args!("xref\n0 {size}\n0000000000 65535 f \n"));
    for offset in offsets {
        put(&mut out, format_args!("{offset:010} 00000 n \n"));
    }
    let info = info.map(|n| format!(" /Info {n} 0 R")).unwrap_or_default();
    put(&mut out, format_args!("trailer\n<< /Size {size} /Root 1 0 R{info} >>\n"));
    put(&mut out, format_args!("startxref\n{start}\n%%EOF\n"));
    out.into_bytes()
}

/// Pages of this content with Helvetica as `/F1`, 300 points square; `extra` goes into each page.
pub(crate) fn pages(contents: &[&str], extra: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..contents.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (n, content) in contents.iter().enumerate() {
        let content_number = 5 + 2 * n;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents {content_number} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> {extra} >>"
        ));
        let length = content.len();
        objects.push(format!("<< /Length {length} >>\nstream\n{content}\nendstream"));
    }
    written(&objects, None)
}

/// Text with a mark that nobody sees.
pub(crate) fn text() -> Vec<u8> {
    "The meeting is\u{200b} at noon.\r\n".as_bytes().to_vec()
}

/// The first bytes of a 7-Zip archive.
pub(crate) fn seven_zip() -> Vec<u8> {
    b"7z\xbc\xaf\x27\x1c\0\x04nothing more".to_vec()
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes everything");
}

/// Whether `needle` stands anywhere in `bytes`.
pub(crate) fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle.as_bytes())
}

/// Red, green and blue, row by row, as a PNG.
pub(crate) fn picture(width: usize, rgb: &[u8]) -> Vec<u8> {
    let side = |n: usize| u32::try_from(n).expect("a small picture");
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side(width), side(rgb.len() / width / 3));
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(rgb).expect("a picture");
    writer.finish().expect("an end");
    out
}

/// The same as a JPEG.
pub(crate) fn photo(width: usize, rgb: &[u8]) -> Vec<u8> {
    let side = |n: usize| u16::try_from(n).expect("a small picture");
    let mut out = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut out, 90);
    let height = side(rgb.len() / width / 3);
    encoder.encode(rgb, side(width), height, jpeg_encoder::ColorType::Rgb).expect("a picture");
    out
}

/// The pixels of a PNG: width, then red, green and blue.
pub(crate) fn pixels(bytes: &[u8]) -> (usize, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a header");
    let mut samples = vec![0; reader.output_buffer_size().expect("a small picture")];
    let frame = reader.next_frame(&mut samples).expect("whole");
    samples.truncate(frame.buffer_size());
    if frame.color_type == png::ColorType::Grayscale {
        samples = samples.iter().flat_map(|n| [*n; 3]).collect();
    }
    (frame.width as usize, samples)
}

/// A page that holds a QR code, 40 pixels from its left and top: width, then the pixels.
pub(crate) fn qr_code(dot: usize) -> (usize, Vec<u8>) {
    let code =
        qrcodegen::QrCode::encode_text("https://evil.example/x", qrcodegen::QrCodeEcc::Medium)
            .expect("a short text");
    let modules = usize::try_from(code.size()).expect("positive");
    let width = modules * dot + 80;
    let black = |n: usize| {
        let at = |n: usize| i32::try_from(n).expect("small") - 40;
        let step = i32::try_from(dot).expect("small");
        let (x, y) = (at(n % width), at(n / width));
        x >= 0 && y >= 0 && code.get_module(x / step, y / step)
    };
    let rgb = (0..width * width).flat_map(|n| if black(n) { [0; 3] } else { [255; 3] }).collect();
    (width, rgb)
}

/// A sheet of 4 by 3 inches as scanned at 300 dots an inch, with or without the code of a printer:
/// a grid of 15 by 8 places, again and again.
pub(crate) fn scan(dots: bool) -> Vec<u8> {
    sheet(None, |x, y| {
        let place = y % 8 * 15 + x % 15;
        dots && place * place % 7 == 1
    })
}

/// The code that was published as an example: serial number 21052857, 21 June 2005, 12:50.
const PUBLISHED: [&str; 8] = [
    "#.###.###.#.#.#",
    ".........#.....",
    ".#.......##....",
    "##...#...###.#.",
    "#...#....###...",
    "#...####.#.###.",
    ".#....#..#.....",
    "#....#.#.##.##.",
];

/// The same sheet with that code on every second cell, as on a chessboard, after a margin of a
/// tenth of an inch at the left; it says that it was scanned at 300 dots an inch, or it does not.
pub(crate) fn coded_scan(says_so: bool) -> Vec<u8> {
    sheet(says_so.then_some(11_811), |x, y| {
        let (column, row) = ((x + 30 + y / 8 % 2 * 16) % 32, y % 8);
        x >= 2 && column < 15 && PUBLISHED[row].as_bytes()[column] == b'#'
    })
}

/// A scanned sheet; `dot` is asked for each place of a grid with 25 steps an inch.
fn sheet(per_metre: Option<u32>, dot: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let (width, height, step) = (1200_usize, 900_usize, 12_usize);
    let mut grain = 7_u32;
    let mut rgb = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = u8::try_from(grain >> 30).expect("two bits");
        let dot = x % step < 2 && y % step < 2 && dot(x / step, y / step);
        let letter = (y / 25) % 2 == 1 && (x / 10) % 3 == 1 && x > 100;
        let paper = [252 - grain, 251 - grain, 248 - grain];
        rgb.extend(match (letter, dot) {
            (true, _) => [20; 3],
            (false, true) => [paper[0], paper[1] - 2, paper[2] - 55],
            (false, false) => paper,
        });
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 1200, 900);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_pixel_dims(per_metre.map(|n| png::PixelDimensions {
        xppu: n,
        yppu: n,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&rgb).expect("the pixels");
    drop(writer);
    out
}

/// A Word document with an insertion, a deletion and a comment, each with its author.
pub(crate) fn docx(at: &Path, name: &str) {
    const SCRIPT: &str = r#"
import sys, zipfile
w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
by = 'w:id="1" w:author="Jane Source" w:date="2026-01-02T03:04:05Z"'
o = 'http://schemas.openxmlformats.org/'
t = 'application/vnd.openxmlformats-officedocument.wordprocessingml.'
kind = lambda n, m: f'<Override PartName="/word/{n}.xml" ContentType="{t}{m}+xml"/>'
run = lambda s: f'<w:r><w:t xml:space="preserve">{s}</w:t></w:r>'
head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
parts = {
    '[Content_Types].xml': f'<Types xmlns="{o}package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{kind("document", "document.main")}{kind("comments", "comments")}</Types>',
    '_rels/.rels': f'<Relationships xmlns="{o}package/2006/relationships"><Relationship Id="r1" Type="{o}officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/_rels/document.xml.rels': f'<Relationships xmlns="{o}package/2006/relationships"><Relationship Id="r1" Type="{o}officeDocument/2006/relationships/comments" Target="comments.xml"/></Relationships>',
    'word/document.xml': f'<w:document {w}><w:body><w:p>{run("STAYS ")}<w:ins {by}>{run("INSERTED ")}</w:ins><w:del {by}><w:r><w:delText>DELETED</w:delText></w:r></w:del><w:commentRangeStart w:id="1"/>{run("word")}<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p></w:body></w:document>',
    'word/comments.xml': f'<w:comments {w}><w:comment {by} w:initials="JS"><w:p>{run("REMARK")}</w:p></w:comment></w:comments>',
}
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for name, text in parts.items():
        z.writestr(name, head + text)
"#;
    let made = super::tool(at, "python3", &["-c", SCRIPT, name]);
    assert_eq!(made.code, 0, "{}", made.talk);
}

/// All words in the parts of a document.
pub(crate) fn docx_words(at: &Path, name: &str) -> String {
    const SCRIPT: &str = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); \
                          print([z.read(n) for n in z.namelist()])";
    super::tool(at, "python3", &["-c", SCRIPT, name]).out
}
