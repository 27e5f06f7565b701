//! Small files that ask for much: archives, documents of Office, PDF.
#![allow(clippy::format_collect, reason = "fixtures are long and are read, not run often")]

use std::io::Write as _;

use super::office::Package;
use super::pdf::{Document, HELVETICA, page};
use super::{office, png, zip};

/// One bomb: what it is, and the file.
pub(crate) type Bomb = (&'static str, Vec<u8>);

/// A member of an archive, packed already: name, bytes, and what they should unpack to.
struct Raw<'a> {
    name: &'a str,
    packed: &'a [u8],
    size: u32,
    crc: u32,
}

fn head(raw: &Raw<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for n in [20u16, 0, 8, 0, 0x21] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    let packed = u32::try_from(raw.packed.len()).expect("short");
    for n in [raw.crc, packed, raw.size] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    out.extend_from_slice(&u16::try_from(raw.name.len()).expect("short").to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn local(raw: &Raw<'_>) -> Vec<u8> {
    [b"PK\x03\x04", head(raw).as_slice(), raw.name.as_bytes()].concat()
}

fn listed(raw: &Raw<'_>, at: usize) -> Vec<u8> {
    let at = u32::try_from(at).expect("short").to_le_bytes();
    let rest = [0u8; 10];
    [b"PK\x01\x02\x14\0", head(raw).as_slice(), &rest, &at, raw.name.as_bytes()].concat()
}

fn end(count: usize, list: usize, start: usize) -> Vec<u8> {
    let count = u16::try_from(count).expect("few").to_le_bytes();
    let number = |n: usize| u32::try_from(n).expect("short").to_le_bytes();
    [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &number(list), &number(start), &[0, 0]].concat()
}

/// An archive of members that are packed already, one behind the other.
fn archive(members: &[Raw<'_>]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for raw in members {
        list.extend(listed(raw, out.len()));
        out.extend(local(raw));
        out.extend_from_slice(raw.packed);
    }
    let start = out.len();
    [out, list.clone(), end(members.len(), list.len(), start)].concat()
}

/// So many zero bytes, packed; and their sum.
fn zeros(len: usize) -> (Vec<u8>, u32) {
    let mut to = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut sum = crc32fast::Hasher::new();
    let block = vec![0u8; 1 << 20];
    for _ in 0..len >> 20 {
        to.write_all(&block).expect("into memory");
        sum.update(&block);
    }
    (to.finish().expect("into memory"), sum.finalize())
}

/// The heads of all members but the last are quoted in the data of the one before: each member
/// unpacks to nearly the whole file and to the zeros at its end.
fn overlapping(count: usize) -> Vec<u8> {
    let (packed, _) = zeros(1 << 20);
    let names: Vec<String> = (0..count).map(|n| format!("{n:04}")).collect();
    // From the last to the first: (head and data, size, plain bytes).
    let mut tail = packed;
    let mut plain = vec![0u8; 1 << 20];
    let mut members = Vec::new();
    for name in names.iter().rev() {
        let (size, crc) = (u32::try_from(plain.len()).expect("short"), crc32fast::hash(&plain));
        let raw = Raw { name, packed: &tail, size, crc };
        let head = local(&raw);
        let len = u16::try_from(head.len()).expect("short");
        members.push((listed(&raw, 0), tail.len()));
        // A stored block that is not the last quotes the head for the member before.
        let quote = [&[0u8][..], &len.to_le_bytes(), &(!len).to_le_bytes()].concat();
        tail = [quote, head.clone(), tail].concat();
        plain = [head, plain].concat();
    }
    // The first head stands bare.
    let file = tail.split_off(5);
    let mut list = Vec::new();
    for (mut entry, behind) in members.into_iter().rev() {
        let at = file.len() - behind - 34;
        entry[42..46].copy_from_slice(&u32::try_from(at).expect("short").to_le_bytes());
        list.extend(entry);
    }
    let end = end(count, list.len(), file.len());
    [file, list, end].concat()
}

/// Archives in archives: `wide` in each, `deep` levels.
fn nested(wide: usize, deep: usize) -> Vec<u8> {
    let mut inner = b"words".to_vec();
    for level in 0..deep {
        let ending = if level == 0 { "txt" } else { "zip" };
        let members: Vec<_> =
            (0..wide).map(|n| zip::member(&format!("{n}.{ending}"), &inner)).collect();
        inner = zip::archive(&members, b"");
    }
    inner
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).expect("into memory");
    to.finish().expect("into memory")
}

/// So many mebibytes of zero bytes.
fn gzip_of_zeros(len: usize) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..len {
        to.write_all(&vec![0; 1 << 20]).expect("into memory");
    }
    to.finish().expect("into memory")
}

pub(crate) fn archives() -> Vec<Bomb> {
    let mut layers = b"words\n".to_vec();
    for _ in 0..40 {
        layers = gzip(&layers);
    }
    let twice = gzip(&gzip_of_zeros(1200));
    let (packed, crc) = zeros(16);
    let same: Vec<_> = (0..20_000).map(|n| (format!("{n}"), packed.clone(), crc)).collect();
    let many: Vec<_> =
        same.iter().map(|(name, packed, crc)| Raw { name, packed, size: 0, crc: *crc }).collect();
    vec![
        ("archives in archives, ten in each, twelve deep", nested(10, 12)),
        ("archives in archives, one in each, forty deep", nested(1, 40)),
        ("archives in archives, sixty in each, three deep", nested(60, 3)),
        ("gzip of gzip, forty times", layers),
        ("gzip of gzip of a gigabyte", twice),
        ("members that overlap, each quoting the next", overlapping(400)),
        ("twenty thousand members", archive(&many)),
    ]
}

/// The planted document, with other bytes for one of its parts in the archive.
fn with_part(name: &str, packed: &[u8], size: u32, crc: u32) -> Vec<u8> {
    let parts = office::parts(&super::clean(&office::word().pack()).0);
    let all: Vec<_> = parts
        .iter()
        .map(|(part, bytes)| {
            let sum = crc32fast::hash(bytes);
            (part.clone(), zip::packed(bytes), u32::try_from(bytes.len()).expect("short"), sum)
        })
        .collect();
    let raw: Vec<_> = all
        .iter()
        .map(|(part, own, len, sum)| {
            let (packed, size, crc) =
                if part == name { (packed, size, crc) } else { (own.as_slice(), *len, *sum) };
            Raw { name: part, packed, size, crc }
        })
        .collect();
    archive(&raw)
}

fn word(text: &str) -> Vec<u8> {
    let mut word = office::word();
    word.replace("word/document.xml", "<w:body>", &format!("<w:body>{text}"));
    word.pack()
}

fn headed(head: &str, text: &str) -> Vec<u8> {
    let mut word = office::word();
    word.replace("word/document.xml", "<w:document", &format!("{head}<w:document"));
    word.replace("word/document.xml", "<w:body>", &format!("<w:body>{text}"));
    word.pack()
}

/// The planted document, its picture named by very many relations.
fn named_often(count: usize) -> Vec<u8> {
    let mut word = office::word();
    let text: String = (0..count)
        .map(|n| {
            format!(
                "<Relationship Id=\"x{n}\" Type=\"{}/image\" Target=\"media/other.png\"/>",
                office::REL
            )
        })
        .collect();
    word.replace("word/_rels/document.xml.rels", "</Relationships>", &(text + "</Relationships>"));
    let used: String = (0..count)
        .map(|n| format!("<w:p><w:r><w:pict><v:shape><v:imagedata r:id=\"x{n}\"/></v:shape></w:pict></w:r></w:p>"))
        .collect();
    word.replace("word/document.xml", "<w:body>", &format!("<w:body>{used}"));
    word.pack()
}

fn sheet(change: impl Fn(&mut Package)) -> Vec<u8> {
    let mut sheet = office::sheet();
    change(&mut sheet);
    sheet.pack()
}

pub(crate) fn packages() -> Vec<Bomb> {
    let (packed, crc) = zeros(1 << 30);
    let laughs: String = (1..12)
        .map(|n| {
            let before = format!("&l{};", n - 1).repeat(10);
            format!("<!ENTITY l{n} \"{before}\">")
        })
        .collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 \"lol\">{laughs}]>");
    let outside = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
    let cells: String = (1..=400_000).map(|n| format!("<x:c r=\"A{n}\"/>")).collect();
    let claims = "<x:dimension ref=\"A1:XFD1048576\"/>";
    let part = "xl/worksheets/sheet1.xml";
    vec![
        ("a part of a gigabyte", with_part("word/document.xml", &packed, 1 << 30, crc)),
        ("a part of a gigabyte that says 100", with_part("word/document.xml", &packed, 100, crc)),
        ("a style part of a gigabyte", with_part("word/styles.xml", &packed, 1 << 30, crc)),
        ("tables 100,000 deep", word(&"<w:tbl><w:tr><w:tc>".repeat(100_000))),
        ("unknown elements 1,000,000 deep", word(&"<x>".repeat(1_000_000))),
        (
            "100,000 attributes",
            word(&format!(
                "<w:p{}/>",
                (0..100_000).map(|n| format!(" a{n}=\"\"")).collect::<String>()
            )),
        ),
        (
            "fields 50,000 deep",
            word(&format!(
                "<w:p>{}</w:p>",
                "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>".repeat(50_000)
            )),
        ),
        ("a billion laughs", headed(&laughs, "<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>")),
        ("an entity of another file", headed(outside, "<w:p><w:r><w:t>&e;</w:t></w:r></w:p>")),
        ("an entity that nothing declares", word("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>")),
        ("one picture by 20,000 relations", named_often(20_000)),
        (
            "a sheet that claims all cells",
            sheet(|p| {
                p.replace(part, "<x:sheetData>", &format!("{claims}<x:sheetData><x:row r=\"1048576\"><x:c r=\"XFD1048576\"><x:v>1</x:v></x:c></x:row>"));
            }),
        ),
        (
            "a row of 400,000 cells",
            sheet(|p| {
                p.replace(
                    part,
                    "<x:sheetData>",
                    &format!("<x:sheetData><x:row r=\"9\">{cells}</x:row>"),
                );
            }),
        ),
        (
            "columns 1 to 4,294,967,295",
            sheet(|p| {
                p.replace(part, "<x:sheetData>", "<x:cols><x:col min=\"1\" max=\"4294967295\" hidden=\"1\"/></x:cols><x:sheetData>");
            }),
        ),
        (
            "cells far behind the last",
            sheet(|p| {
                p.replace(part, "<x:sheetData>", "<x:sheetData><x:row r=\"4294967295\"><x:c r=\"ZZZZZZZZZZ99999999999\" t=\"s\"><x:v>4294967295</x:v></x:c></x:row>");
            }),
        ),
    ]
}

/// A document whose page tree is a chain.
fn chain(len: u32) -> Document {
    let mut d = Document::default();
    d.add(1, "<</Type/Catalog/Pages 2 0 R>>");
    for n in 0..len {
        d.add(n + 2, format!("<</Type/Pages/Kids[{} 0 R]/Count 1>>", n + 3));
    }
    d.add(len + 2, "<</Type/Page/MediaBox[0 0 9 9]>>");
    d
}

/// Forms of which each draws the next, or all of them draw the next twice.
fn forms(len: u32, times: usize) -> Document {
    let mut d = page("/A Do", "/Resources<</XObject<</A 5 0 R>>>>");
    for n in 0..len {
        let next = format!("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A {} 0 R>>>>", n + 6);
        d.stream(n + 5, &next, "/A Do ".repeat(times).as_bytes());
    }
    d.stream(len + 5, "/Subtype/Form/BBox[0 0 9 9]", b"0 0 1 1 re f");
    d
}

/// An object stream whose object is an object stream, and so on.
fn streams_in_streams(len: u32) -> Vec<u8> {
    let mut d = page("", "");
    let mut inner = b"6 0 <</A 1>>".to_vec();
    for n in 0..len {
        let packed = png::deflate(&inner);
        let head = format!(
            "{} 0 <</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {}>>\nstream\n",
            n + 7,
            packed.len()
        );
        inner = [head.as_bytes(), &packed, b"\nendstream"].concat();
    }
    d.packed(5, "/Type/ObjStm/N 1/First 4", &inner);
    d.finish()
}

fn outline(len: u32, next: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut d = page("", "");
    d.add(1, "<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>");
    d.add(5, "<</First 6 0 R/Last 6 0 R>>");
    for n in 6..len + 6 {
        d.add(
            n,
            format!(
                "<</Title(x)/Dest[3 0 R/Fit]/Parent 5 0 R/Next {} 0 R/First {} 0 R>>",
                next(n),
                next(n)
            ),
        );
    }
    d.finish()
}

fn filtered(names: &str, data: &[u8]) -> Vec<u8> {
    let mut d = page("", "");
    d.add(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 5 0 R>>");
    d.stream(5, &format!("/Filter[{names}]"), data);
    d.finish()
}

/// A page whose resource `kind` names object 5.
fn using(content: &str, kind: &str) -> Document {
    page(content, &format!("/Resources<<{kind}>>"))
}

pub(crate) fn documents() -> Vec<Bomb> {
    let mut thirty = b"0 0 1 1 re f".to_vec();
    for _ in 0..30 {
        thirty = png::deflate(&thirty);
    }
    let mut million = page("", "");
    for n in 5..1_000_000 {
        million.add(n, "1");
    }
    let mut kids = page("", "");
    kids.add(2, format!("<</Type/Pages/Kids[{}]/Count 1>>", "3 0 R ".repeat(600_000)));
    let mut arrays = page("", "/Resources 5 0 R");
    arrays.add(5, "[".repeat(1_000_000));
    let mut dicts = page("", "/Resources 5 0 R");
    dicts.add(5, "<</A".repeat(1_000_000));
    let mut spaces = using("/C cs 1 sc 0 0 1 1 re f", "/ColorSpace<</C 5 0 R>>");
    for n in 5..20_000 {
        spaces.add(n, format!("[/Indexed {} 0 R 1(ab)]", n + 1));
    }
    let mut functions = using(
        "/S sh",
        "/Shading<</S<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 1 1]/Function 5 0 R>>>>",
    );
    for n in 5..20_000 {
        functions.add(n, format!("<</FunctionType 3/Domain[0 1]/Functions[{0} 0 R {0} 0 R]/Bounds[0.5]/Encode[0 1 0 1]>>", n + 1));
    }
    let mut font = using("BT /F 9 Tf (x) Tj ET", "/Font<</F 5 0 R>>");
    font.add(5, format!("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 0/LastChar 4294967295/Widths[{}]/ToUnicode 6 0 R>>", "1 ".repeat(100_000)));
    font.packed(6, "", b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <00000000> <ffffffff> <0000> endbfrange 1 begincidrange <0000> <ffff> 0 endcidrange");
    let mut picture = using("/I Do", "/XObject<</I 5 0 R>>");
    picture.packed(
        5,
        "/Subtype/Image/Width 2000000000/Height 2000000000/BitsPerComponent 8/ColorSpace/DeviceRGB",
        &vec![0; 1 << 20],
    );
    let mut glyphs = using("BT /F 9 Tf (a) Tj ET", "/Font<</F 5 0 R>>");
    glyphs.add(5, "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[1]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>");
    glyphs.stream(6, "", b"1 0 d0 BT /F 9 Tf (a) Tj ET");
    let mut text = using(&"q ".repeat(1_000_000), "/Font<</F 5 0 R>>");
    text.add(5, HELVETICA);
    let deep = format!("{} {}", "[".repeat(1_000_000), "TJ");
    let brackets = "(".repeat(1_000_000);
    let mut circle = page("", "").finish();
    let start = super::position(&circle, b"xref\n").expect("a table");
    circle.extend_from_slice(format!("xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 5/Root 1 0 R/Prev {0}/XRefStm {0}>>\nstartxref\n{1}\n%%EOF\n", start, circle.len()).as_bytes());
    let mut table = page("", "");
    table.packed(5, "/Type/XRef/Size 2147483647/Index[0 2147483647]/W[0 0 0]/Root 1 0 R", b"");
    vec![
        ("a page tree 100,000 deep", chain(100_000).finish()),
        ("a page tree 60 deep", chain(60).finish()),
        ("a million objects", million.finish()),
        ("one page 600,000 times", kids.finish()),
        ("arrays a million deep", arrays.finish()),
        ("dictionaries a million deep", dicts.finish()),
        ("forms 10,000 deep", forms(10_000, 1).finish()),
        ("forms 30 deep, each drawing the next twice", forms(30, 2).finish()),
        ("object streams in object streams", streams_in_streams(40)),
        ("an outline of 200,000 in one line", outline(200_000, |n| n + 1)),
        ("an outline in a circle", outline(10, |n| 6 + (n + 1) % 10)),
        ("thirty filters", filtered(&"/FlateDecode ".repeat(30), &thirty)),
        ("ten thousand filters", filtered(&"/AHx ".repeat(10_000), b"00>")),
        ("colour spaces 20,000 deep", spaces.finish()),
        ("functions 20,000 deep, each twice", functions.finish()),
        ("a font of four billion letters", font.finish()),
        ("a picture of 10^18 points", picture.finish()),
        ("letters that draw themselves", glyphs.finish()),
        ("a million saved states", text.finish()),
        ("content with arrays a million deep", page(&deep, "").finish()),
        ("content with brackets a million deep", page(&brackets, "").finish()),
        ("tables that name each other", circle),
        ("a table of two billion entries", table.finish()),
    ]
}
