//! Small files made by hand, each with a person and a place in its metadata.

use std::fmt::Write as _;

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
    let mut out = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        put(&mut out, format_args!("{} 0 obj\n{object}\nendobj\n", i + 1));
    }
    let start = out.len();
    out.push_str("xref\n0 6\n0000000000 65535 f \n");
    for offset in offsets {
        put(&mut out, format_args!("{offset:010} 00000 n \n"));
    }
    out.push_str("trailer\n<< /Size 6 /Root 1 0 R /Info 5 0 R >>\n");
    put(&mut out, format_args!("startxref\n{start}\n%%EOF\n"));
    out.into_bytes()
}

/// Text with a mark that nobody sees.
pub(crate) fn text() -> Vec<u8> {
    "The meeting is\u{200b} at noon.\r\n".as_bytes().to_vec()
}

/// The first bytes of a ZIP archive.
pub(crate) fn zip() -> Vec<u8> {
    b"PK\x03\x04\x14\0\0\0\0\0nothing more".to_vec()
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes everything");
}

/// Whether `needle` stands anywhere in `bytes`.
pub(crate) fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle.as_bytes())
}
