//! Sound, video and HEIF pictures as real encoders write them, with canaries put where those put
//! none.
#![allow(clippy::disallowed_methods, reason = "tests run programs and write files")]

use std::path::Path;
use std::process::Command;

use sd_scrub::Report;

use super::{canary, exif, riff};

/// Runs a program and gives what it said.
pub(crate) fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{program} is needed (Debian package {package}): {e}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A path for a command line.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// What ffmpeg makes of a test picture, a tone and a subtitle; `arguments` choose among them.
pub(crate) fn ffmpeg(name: &str, arguments: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let words = directory.path().join("words.srt");
    let attached = directory.path().join("attached.txt");
    std::fs::write(&words, format!("1\n00:00:00,000 --> 00:00:00,400\n{}\n", canary(300)))
        .expect("a temporary file");
    std::fs::write(&attached, canary(301)).expect("a temporary file");
    let out = directory.path().join(name);
    let mut all = vec!["-nostdin", "-loglevel", "error", "-y"];
    all.extend(["-f", "lavfi", "-i", "testsrc=duration=0.5:size=64x48:rate=10"]);
    all.extend(["-f", "lavfi", "-i", "sine=frequency=440:duration=0.5", "-i", text(&words)]);
    for tag in [
        "title=CANARY-title",
        "artist=CANARY-artist",
        "comment=CANARY-comment",
        "copyright=CANARY-copyright",
        "location=+52.5000+013.4000/",
        "creation_time=2026-11-23T01:02:03Z",
    ] {
        all.extend(["-metadata", tag]);
    }
    all.extend(["-metadata:s", "handler_name=CANARY-handler", "-metadata:s", "title=CANARY-track"]);
    all.extend(arguments.split(' ').map(|word| match word {
        "ATTACHED" => text(&attached),
        word => word,
    }));
    all.push(text(&out));
    run("ffmpeg", "ffmpeg", &all);
    std::fs::read(&out).expect("the file it made")
}

/// The pictures and sound of a file, decoded, as one hash.
pub(crate) fn decoded(name: &str, bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    let all = ["-nostdin", "-loglevel", "error", "-i", text(&path), "-map", "0:v?", "-map", "0:a?"];
    run("ffmpeg", "ffmpeg", &[all.as_slice(), &["-f", "md5", "-"]].concat())
}

/// Cleans a file and holds what ffmpeg decodes of it against what it decodes of `bare`.
pub(crate) fn checked(name: &str, planted: &[u8], bare: &[u8]) -> Report {
    let (bytes, report) = super::clean(planted);
    assert_eq!(decoded(name, &bytes), decoded(name, bare), "{name}");
    let said = said(name, &bytes);
    let neutral =
        ["language=und", "major_brand", "minor_version", "compatible_brands", "vendor_id"];
    for line in said.lines().filter(|line| line.starts_with("TAG:")) {
        let line = line.to_ascii_lowercase();
        let known = neutral.iter().any(|tag| line.contains(tag));
        // The formats ask for the name of a program: the same in every file.
        let fixed = line == "tag:encoder=none" || line == "tag:encoder=lame3.100";
        assert!(known || fixed || line.starts_with("tag:duration"), "{name}: {line}");
    }
    assert!(!said.contains(super::CANARY) && !said.contains("2026"), "{name}: {said}");
    report
}

pub(crate) fn all_found(report: &Report, places: &[&str]) {
    for place in places {
        assert!(super::found(report, place), "{place} is reported: {:#?}", report.findings);
    }
}

/// Times, lengths and hashes of the coded packets of pictures and sound, as ffmpeg takes them out.
pub(crate) fn packets(name: &str, bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    let all = ["-nostdin", "-loglevel", "error", "-i", text(&path), "-map", "0:v?", "-map", "0:a?"];
    let copy = ["-c", "copy", "-f", "framemd5", "-"];
    run("ffmpeg", "ffmpeg", &[all.as_slice(), &copy].concat())
}

/// What ffprobe and exiftool say about a file.
pub(crate) fn said(name: &str, bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    let probe = ["-v", "error", "-show_format", "-show_streams", "-show_chapters", text(&path)];
    run("ffprobe", "ffmpeg", &probe) + &exiftool(name, bytes)
}

/// What exiftool says about what is in a file.
pub(crate) fn exiftool(name: &str, bytes: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    let all = run("exiftool", "libimage-exiftool-perl", &["-a", "-G1", "-s", "-ee", text(&path)]);
    // The times of the file itself are not in it.
    let inside = all.lines().filter(|line| !line.starts_with("[System]"));
    inside.collect::<Vec<_>>().join("\n")
}

/// A HEIC or AVIF picture as libheif codes it, with thumbnail, EXIF and XMP.
pub(crate) fn heif(avif: bool) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let from = directory.path().join("from.jpg");
    let to = directory.path().join("to");
    std::fs::write(&from, super::jpeg::planted()).expect("a temporary file");
    let mut all = vec!["-q", "50", "-t", "8", text(&from), "-o", text(&to)];
    if avif {
        all.push("-A");
    }
    run("heif-enc", "libheif-examples", &all);
    std::fs::read(&to).expect("the picture it made")
}

/// What a HEIC or AVIF picture shows, as plain samples.
pub(crate) fn shown(bytes: &[u8]) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (from, to) = (directory.path().join("from.heic"), directory.path().join("to.y4m"));
    std::fs::write(&from, bytes).expect("a temporary file");
    run("heif-convert", "libheif-examples", &[text(&from), text(&to)]);
    std::fs::read(&to).expect("the samples it wrote")
}

/// What cjxl makes of a picture; `name` says what kind that is.
pub(crate) fn jxl(name: &str, picture: &[u8], arguments: &[&str]) -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (from, to) = (directory.path().join(name), directory.path().join("to.jxl"));
    std::fs::write(&from, picture).expect("a temporary file");
    let all = [&["--quiet", text(&from), text(&to)], arguments].concat();
    run("cjxl", "libjxl-tools", &all);
    std::fs::read(&to).expect("the picture it made")
}

/// What djxl draws: every frame, as one hash of plain samples.
pub(crate) fn drawn_jxl(picture: &[u8]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (from, to) = (directory.path().join("from.jxl"), directory.path().join("to.apng"));
    std::fs::write(&from, picture).expect("a temporary file");
    run("djxl", "libjxl-tools", &["--quiet", text(&from), text(&to)]);
    decoded("to.apng", &std::fs::read(&to).expect("the frames it drew"))
}

/// The body of the first box of a kind.
fn body(bytes: &[u8], kind: [u8; 4]) -> &[u8] {
    let at = super::position(bytes, &kind).expect("the box is there");
    let len: [u8; 4] = bytes[at - 4..at].try_into().expect("four bytes");
    &bytes[at + 4..at - 4 + u32::from_be_bytes(len) as usize]
}

/// A phone's picture: a grid of one row and two columns, both of them the picture of a clean AVIF,
/// with the grid in the list of items and a canary behind it.
pub(crate) fn grid(clean: &[u8]) -> Vec<u8> {
    let full = |kind: [u8; 4], version: u8, inner: &[u8]| {
        boxed(kind, &[&[version, 0, 0, 0], inner].concat())
    };
    let coded = body(clean, *b"mdat");
    let properties = body(clean, *b"ipco");
    let size = body(clean, *b"ispe");
    let width = u32::from_be_bytes(size[4..8].try_into().expect("four bytes"));
    let height = u32::from_be_bytes(size[8..12].try_into().expect("four bytes"));
    // Version, flags, one item, its number, then how many properties and which.
    let has = &body(clean, *b"ipma")[10..];
    let sides = [(2 * width).to_be_bytes(), height.to_be_bytes()].concat();
    let wide = full(*b"ispe", 0, &sides);
    let mut count = 1u16;
    let mut rest = properties;
    while !rest.is_empty() {
        let len: [u8; 4] = rest[..4].try_into().expect("four bytes");
        rest = &rest[u32::from_be_bytes(len) as usize..];
        count += 1;
    }
    let item = |number: u8, hidden: u8, kind: &[u8; 4]| {
        boxed(
            *b"infe",
            &[&[2, 0, 0, hidden, 0, number, 0, 0], kind.as_slice(), b"CANARY\0"].concat(),
        )
    };
    let mut wanted = vec![0, 0, 0, 3, 0, 1, 1];
    wanted.extend_from_slice(&count.to_be_bytes());
    for number in [2, 3] {
        wanted.extend_from_slice(&[0, number]);
        wanted.extend_from_slice(has);
    }
    let columns = [&[0, 1, 0, 1], sides.as_slice(), canary(370).as_bytes()].concat();
    let meta = |start: u32| {
        let len = u32::try_from(coded.len()).expect("short");
        let mut places = vec![0x44, 0, 0, 3];
        for (number, inside, at, len) in [
            (1u8, 1u8, 0, u32::try_from(columns.len()).expect("short")),
            (2, 0, start, len),
            (3, 0, start, len),
        ] {
            places.extend_from_slice(&[0, number, 0, inside, 0, 0, 0, 1]);
            places.extend_from_slice(&at.to_be_bytes());
            places.extend_from_slice(&len.to_be_bytes());
        }
        let items = [item(1, 0, b"grid"), item(2, 1, b"av01"), item(3, 1, b"av01")].concat();
        let inner = [
            full(*b"hdlr", 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0CANARY\0"),
            full(*b"pitm", 0, &[0, 1]),
            full(*b"iloc", 1, &places),
            full(*b"iinf", 0, &[&[0, 3], items.as_slice()].concat()),
            full(*b"iref", 0, &boxed(*b"dimg", &[0, 1, 0, 2, 0, 2, 0, 3])),
            boxed(
                *b"iprp",
                &[
                    boxed(*b"ipco", &[properties, wide.as_slice()].concat()),
                    boxed(*b"ipma", &[&[0, 0, 0, 1], wanted.as_slice()].concat()),
                ]
                .concat(),
            ),
            boxed(*b"idat", &columns),
        ];
        full(*b"meta", 0, &inner.concat())
    };
    let head = boxed(*b"ftyp", b"avif\0\0\0\0avifmif1miaf");
    let start = u32::try_from(head.len() + meta(0).len() + 8).expect("short");
    [head, meta(start), boxed(*b"mdat", coded)].concat()
}

/// A box of the ISO base media format.
pub(crate) fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 8).expect("short").to_be_bytes();
    [len.as_slice(), &kind, body].concat()
}

/// The file with boxes behind it that hold canaries.
pub(crate) fn with_boxes(mut bytes: Vec<u8>) -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    bytes.extend(boxed(*b"free", &text(310)));
    bytes.extend(boxed(*b"uuid", &[vec![7; 16], text(311)].concat()));
    bytes.extend(boxed(*b"mdat", &text(312)));
    bytes.extend(boxed(*b"CANA", &text(313)));
    bytes
}

/// An MP3 with tags of every kind behind it, and something between its frames.
pub(crate) fn mp3() -> Vec<u8> {
    let mut out = ffmpeg("a.mp3", "-map 1:a -write_id3v1 1");
    let tag = out.split_off(out.len() - 128);
    let lyrics = format!("LYRICSBEGININD0000210LYR00025{}0000057LYRICS200", canary(320));
    let item = canary(321);
    let mut ape = b"APETAGEX\xd0\x07\0\0\x60\0\0\0\x01\0\0\0\0\0\0\xa0\0\0\0\0\0\0\0\0".to_vec();
    ape.extend_from_slice(&u32::try_from(item.len()).expect("short").to_le_bytes());
    ape.extend_from_slice(b"\0\0\0\0Artist\0");
    ape.extend_from_slice(item.as_bytes());
    out.extend(ape);
    out.extend(lyrics.bytes());
    out.extend(tag);
    out
}

/// A FLAC with blocks of every kind, and something behind it.
pub(crate) fn flac() -> Vec<u8> {
    let made = ffmpeg("a.flac", "-map 1:a");
    let block = |kind: u8, body: &[u8]| {
        let len = u32::try_from(body.len()).expect("short").to_be_bytes();
        [&[kind], &len[1..], body].concat()
    };
    let text = |n: u32| canary(n).into_bytes();
    let mut out = made[..42].to_vec();
    out.extend(block(2, &[b"CANA".to_vec(), text(330)].concat()));
    out.extend(block(1, &text(331)));
    out.extend(block(5, &text(332)));
    out.extend(block(6, &text(333)));
    out.extend(block(77, &text(334)));
    out.extend_from_slice(&made[42..]);
    out.extend(text(335));
    out
}

/// A WAV with chunks of every kind, and something behind it.
pub(crate) fn wav() -> Vec<u8> {
    let made = ffmpeg("a.wav", "-map 1:a");
    let text = |n: u32| canary(n).into_bytes();
    let mut body = made[8..].to_vec();
    for (kind, n) in
        [(b"bext", 340), (b"iXML", 341), (b"cue ", 342), (b"JUNK", 343), (b"CANA", 344)]
    {
        body.extend(riff(*kind, &text(n), false));
    }
    let len = u32::try_from(body.len()).expect("short").to_le_bytes();
    [b"RIFF".as_slice(), &len, &body, &text(345)].concat()
}

/// An AIFF with chunks of every kind, and something behind it.
pub(crate) fn aiff() -> Vec<u8> {
    let made = ffmpeg("a.aiff", "-map 1:a");
    let text = |n: u32| canary(n).into_bytes();
    let mut body = made[8..].to_vec();
    for (kind, n) in
        [(b"NAME", 350), (b"AUTH", 351), (b"ANNO", 352), (b"APPL", 353), (b"CANA", 354)]
    {
        body.extend(riff(*kind, &text(n), true));
    }
    let len = u32::try_from(body.len()).expect("short").to_be_bytes();
    [b"FORM".as_slice(), &len, &body, &text(355)].concat()
}

/// How a JPEG XL picture in boxes begins.
pub(crate) const FRONT: &[u8] = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ";

/// A coded stream in boxes, with a canary in every box that can hide one.
pub(crate) fn jxl_in_boxes(coded: &[u8], level: u8) -> Vec<u8> {
    let text = |n: u32| canary(n).into_bytes();
    let packet = format!("<x:xmpmeta><dc:creator>{}</dc:creator></x:xmpmeta>", canary(701));
    let (first, second) = coded.split_at(coded.len() / 3);
    let mut out = [FRONT, &boxed(*b"jxll", &[level])].concat();
    out.extend(boxed(*b"Exif", &[&[0; 4], exif(6).as_slice()].concat()));
    out.extend(boxed(*b"xml ", packet.as_bytes()));
    out.extend(boxed(*b"brob", &[b"Exif".to_vec(), text(702)].concat()));
    out.extend(boxed(*b"jumb", &text(703)));
    out.extend(boxed(*b"jbrd", &text(704)));
    out.extend(boxed(*b"jhgm", &text(705)));
    out.extend(boxed(*b"jxlp", &[&[0, 0, 0, 0], first].concat()));
    out.extend(boxed(*b"CANA", &text(706)));
    out.extend(boxed(*b"free", &text(707)));
    out.extend(boxed(*b"jxlp", &[&[0x80, 0, 0, 1], second, &text(708)].concat()));
    out.extend(boxed(*b"uuid", &text(709)));
    out.extend(boxed(*b"jxli", &text(710)));
    out
}
