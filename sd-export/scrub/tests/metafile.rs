//! EMF and WMF: what draws stays, what does not goes, and what is not understood is refused.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests run programs and write files"
)]

mod common;

use std::path::{Path, PathBuf};

use common::libre::convert;
use common::metafile::{command, emf, numbers, plain_emf, short_command, wmf};
use common::{clean, found, odf, office, scrub};
use sd_scrub::{Choices, Format, Limits, Unclean};

fn refused(bytes: &[u8]) -> String {
    scrub(bytes).expect_err("refused").to_string()
}

#[test]
fn a_drawing_says_what_goes() {
    let (_, report) = clean(&emf(&[]));
    assert_eq!(report.format, Format::Emf);
    for place in [
        "what the drawing was made with",
        "second form of the drawing (EMF+)",
        "comment",
        "command for a printer",
        "colour space",
        "bytes behind a command",
        "bytes after the end",
        "letters that cannot be seen",
        "size of the screen or paper",
        "picture: bytes that fill up rows",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    let (placed, report) = clean(&wmf(true, &[]));
    assert_eq!(report.format, Format::Wmf);
    for place in
        ["comment", "command for a printer", "unused fields of the head", "bytes after the end"]
    {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
    let (bare, _) = clean(&wmf(false, &[]));
    assert_eq!(placed.get(22..), Some(bare.as_slice()));
}

#[test]
fn letters_behind_those_that_go_stay_where_they_are() {
    let words = common::metafile::text("ab\u{200b}\u{200d}c", b"");
    let (out, _) = clean(&emf(&[words]));
    let wanted = [&b"a\0b\0c\0\0\0"[..], &numbers(&[7, 21, 7])].concat();
    assert!(out.windows(wanted.len()).any(|window| window == wanted));
}

#[test]
fn every_command_with_a_count_is_held_to_it() {
    let bounds = [0, 0, 9, 9];
    let with = |more: &[i32]| [numbers(&bounds), numbers(more)].concat();
    let brush = [
        numbers(&[1, 0, 32, 40, 72, 16]),
        numbers(&[40, 1, 4, 0x0018_0001, 0, 0, 0, 0, 0, 0]),
        vec![0; 16],
    ];
    let good = [
        command(4, &with(&[2, 1, 1, 2, 2])),
        command(7, &with(&[1, 2, 2, 1, 1, 2, 2])),
        command(90, &with(&[1, 2, 2, 1, 2])),
        command(56, &[with(&[2, 1, 1, 2, 2]), vec![6, 2]].concat()),
        command(49, &numbers(&[1, 0x0002_0300, 255, 65280])),
        command(50, &numbers(&[1, 0, 1, 255])),
        command(71, &with(&[48, 1, 32, 1, 1, 16, 0, 0, 9, 9, 0, 0, 9, 9])),
        command(74, &with(&[48, 32, 1, 1, 16, 0, 0, 9, 9, 0, 0, 9, 9])),
        command(75, &numbers(&[0, 5])),
        command(93, &brush.concat()),
        command(95, &numbers(&[1, 0, 0, 0, 0, 7, 1, 0, 0, 0, 2, 3, 4])),
        command(108, &[numbers(&[1, 1, 3, 0x300, 1, 0, 0]), b"abc".to_vec()].concat()),
        command(118, &with(&[2, 1, 1, 0, 0, 1, 2, 9, 9, 3, 4, 0, 1, 0])),
    ];
    for one in &good {
        let (out, _) = clean(&emf(std::slice::from_ref(one)));
        assert!(out.windows(8).any(|head| head == &one[..8]), "{:?} is gone", &one[..8]);
    }
    let (out, _) = clean(&emf(&good));
    assert!(out.len() > 1000);
    // Counts that lead behind the end of their command.
    for (kind, fields) in [
        (4, with(&[3, 1, 1, 2, 2])),
        (7, with(&[1, 2, 3, 1, 1, 2, 2])),
        (56, [with(&[1, 1, 1]), vec![9]].concat()),
        (49, numbers(&[1, 0x7fff_0300, 255])),
        (71, with(&[48, 1, 32, 1, 2, 16, 0, 0, 9, 9, 0, 0, 9, 9])),
        (84, numbers(&[0; 17])[..60].to_vec()),
        (95, numbers(&[1, 0, 0, 0, 0, 7, 1, 0, 0, 0, 99])),
        (118, with(&[1, 1, 7, 0, 0, 1, 2, 0, 1, 2])),
        (81, numbers(&[0; 5])),
    ] {
        let why = refused(&emf(&[command(kind, &fields)]));
        assert!(why.starts_with("malformed: "), "{kind}: {why}");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    let newer = [numbers(&[20]), b"EMF+\x01\x40\0\0".to_vec(), vec![0; 12]].concat();
    assert!(refused(&emf(&[command(70, &newer)])).contains("EMF+ without plain commands"));
    assert!(refused(&emf(&[command(97, &[0; 40])])).contains("drawing command 97"));
    assert!(refused(&emf(&[command(4000, b"")])).contains("drawing command 4000"));
    assert!(refused(&wmf(true, &[short_command(0x0b23, &[0; 60])])).contains("0x0b23"));
    let head = [40, 2, 2, 0x0008_0001, 4, 8, 0, 0, 0, 0];
    let around =
        [[0, 0, 9, 9, 0, 0, 0, 0, 2, 2, 80, 40, 120, 8, 0, 0, 2, 2].as_slice(), &head, &[0, 0]];
    assert!(refused(&emf(&[command(81, &numbers(&around.concat()))])).contains("around a JPEG"));
    let whole = emf(&[]);
    for end in [0, 43, 100, 200, whole.len() / 2] {
        assert!(scrub(&whole[..end]).is_err(), "{end}");
    }
    let whole = wmf(true, &[]);
    for end in [0, 21, 40, 100, whole.len() / 2] {
        assert!(scrub(&whole[..end]).is_err(), "{end}");
    }
}

#[test]
fn documents_with_drawings_are_cleaned() {
    let mut word = office::word();
    word.raw("word/media/drawing.emf", &emf(&[]));
    word.replace("word/_rels/document.xml.rels", "media/other.png", "media/drawing.emf");
    let (out, _) = clean(&word.pack());
    let inside = odf::inside(&out);
    assert!(inside.contains(" EMF") && inside.contains("image/x-emf"));
    let mut package = odf::package("text");
    package.raw("Pictures/x.wmf", &wmf(true, &[]));
    package.replace("content.xml", "Pictures/CANARY%20one.jpg", "Pictures/x.wmf");
    assert!(odf::inside(&clean(&package.pack()).0).contains("KEEP old"));
    let hex = common::hex(&wmf(false, &[]));
    let letter =
        format!("{{\\rtf1\\ansi words {{\\pict\\wmetafile8\\picw100\\pich100 {hex}}} more}}");
    let (out, _) = clean(letter.as_bytes());
    let out = String::from_utf8_lossy(&out).into_owned();
    assert!(out.contains("\\wmetafile8") && out.contains(&common::hex(b"KEEP old")));
    // One that cannot be is left out by choice.
    let letter = letter.replace(&hex, &common::hex(&wmf(false, &[short_command(0x0999, b"")])));
    assert!(refused(letter.as_bytes()).starts_with("picture 1: "));
    let choices = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
    assert!(sd_scrub::scrub_with(letter.as_bytes(), &Limits::default(), choices).is_ok());
}

/// A drawing as `LibreOffice` shows it: its sides, and its dots.
fn dots(file: &Path, out: &Path) -> ((u32, u32), Vec<u8>) {
    let made = convert("png", &[file.to_owned()], out);
    let read = std::fs::File::open(&made[0]).expect("a picture");
    let mut decoder = png::Decoder::new(std::io::BufReader::new(read));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut dots = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut dots).expect("a PNG");
    ((info.width, info.height), dots)
}

/// A drawing of the older form without the newer one in its comments, which `LibreOffice` shows instead.
fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let (heads, mut rest) = bytes.split_at(22 + 18);
    let mut out = heads.to_vec();
    while let Some(words) = rest.first_chunk::<4>() {
        let len = usize::try_from(u32::from_le_bytes(*words)).expect("short") * 2;
        if rest[4..6] != [0x26, 0x06] {
            out.extend_from_slice(&rest[..len]);
        }
        rest = &rest[len..];
    }
    let words = u32::try_from((out.len() - 22) / 2).expect("short");
    out[28..32].copy_from_slice(&words.to_le_bytes());
    out
}

#[test]
fn libreoffice_draws_the_same_before_and_after() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sub = |name: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir(&path).expect("a temporary directory");
        path
    };
    let (made, old, new, cleaned) = (sub("made"), sub("old"), sub("new"), sub("clean"));
    let source = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary file");
        path
    };
    let drawing = source("drawing.fodg", include_bytes!("common/data/rich.fodg"));
    let slides = source("slides.fodp", include_bytes!("common/data/rich.fodp"));
    let mut files: Vec<PathBuf> =
        vec![source("own.emf", &plain_emf(&[])), source("old.wmf", &wmf(true, &[]))];
    for kind in ["emf", "wmf"] {
        files.extend(convert(kind, &[drawing.clone(), slides.clone()], &made));
    }
    for file in files {
        let mut bytes = std::fs::read(&file).expect("a drawing");
        if file.parent() == Some(&made) && file.extension().is_some_and(|kind| kind == "wmf") {
            bytes = without_comments(&bytes);
            std::fs::write(&file, &bytes).expect("a temporary file");
        }
        let (out, _) = clean(&bytes);
        let path = cleaned.join(file.file_name().expect("a name"));
        std::fs::write(&path, out).expect("a temporary file");
        let ((size, before), (other, after)) = (dots(&file, &old), dots(&path, &new));
        assert_eq!(size, other, "{}", file.display());
        let drawn = before.iter().filter(|sample| **sample != before[0]).count();
        assert!(drawn > 100, "{}: nothing is shown", file.display());
        assert!(before == after, "{}: dots differ", file.display());
    }
}
