//! Sound, video and HEIF pictures as real encoders write them, with canaries put where those put
//! none.
#![allow(clippy::disallowed_methods, reason = "tests run programs and write files")]

use std::path::Path;
use std::process::Command;

use super::{canary, riff};

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

fn text(path: &Path) -> &str {
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
