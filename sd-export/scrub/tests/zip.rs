//! ZIP archives: every member cleaned, every field fixed, everything ambiguous refused.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::io::Read as _;

use common::zip::{Member, archive, archive_64, archive_claiming, field, member, planted};
use common::{clean, find_canary, found, scrub};
use sd_scrub::{Choices, Detected, Format, Limits, Refusal, Unclean, detect};

/// The members of a clean archive by its list: names and what they hold.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, len: usize| {
        bytes[at..at + len].iter().rev().fold(0usize, |sum, b| sum << 8 | usize::from(*b))
    };
    let end = bytes.len() - 22;
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    let mut out = Vec::new();
    for _ in 0..count {
        let name = String::from_utf8(bytes[at + 46..at + 46 + number(at + 28, 2)].to_vec());
        let name = name.expect("UTF-8");
        let from = number(at + 42, 4) + 30 + name.len();
        let body = &bytes[from..from + number(at + 20, 4)];
        let mut data = Vec::new();
        match number(at + 10, 2) {
            0 => data.extend_from_slice(body),
            _ => drop(flate2::read::DeflateDecoder::new(body).read_to_end(&mut data)),
        }
        at += 46 + name.len();
        out.push((name, data));
    }
    out
}

#[test]
fn every_member_is_cleaned_and_no_field_of_the_archive_comes_through() {
    let (bytes, report) = clean(&planted());
    assert_eq!(report.format, Format::Zip);
    let members = members(&bytes);
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a.txt", "empty.txt", "photos/b.jpg", "photos/c.png"]);
    assert_eq!(members[0].1, b"Keep these words\n");
    assert_eq!(members[2].1, clean(&common::jpeg::planted()).0);
    assert_eq!(members[3].1, clean(&common::png::planted()).0);
    assert!(members.iter().all(|(_, data)| find_canary(data).is_none()));
    for place in [
        "comment of a member",
        "comment of the archive",
        "bytes after the end",
        "times of members",
        "times in extra fields",
        "user and group numbers, times",
        "comment in an extra field",
        "unknown extra field",
        "rights of members",
        "system that made the archive",
        "photos/b.jpg: APP1 EXIF",
        "a.txt: zero-width characters",
        "__MACOSX/photos/._b.jpg",
        "photos/.DS_Store",
        "names of files",
    ] {
        assert!(found(&report, place), "{place}: {:#?}", report.findings);
    }
}

fn refused(members: &[Member]) -> Refusal {
    scrub(&archive(members, b"")).expect_err("refused")
}

/// What a refusal says, in words.
fn said(members: &[Member]) -> String {
    refused(members).to_string()
}

#[test]
fn what_readers_would_read_in_two_ways_is_refused() {
    let a = || member("a.txt", b"words");
    let b = || member("b.txt", b"more words");
    let gap = Member { gap: b"hidden".to_vec(), ..a() };
    assert_eq!(said(&[gap, b()]), "malformed: bytes between members");
    let last = Member { gap: b"hidden".to_vec(), ..b() };
    assert_eq!(said(&[a(), last]), "malformed: bytes between members");
    let renamed = Member { listed: Some(b"c.exe".to_vec()), ..a() };
    assert_eq!(said(&[renamed]), "malformed: a member whose head and list entry differ");
    let lying = Member { lie: 1, ..a() };
    assert_eq!(said(&[lying]), "a.txt: malformed: a member that is longer or shorter than it says");
    let twice = Member { name: b"A.TXT".to_vec(), ..a() };
    assert_eq!(said(&[a(), twice]), "malformed: two members with one name");
    let path = |id| {
        field(
            id,
            &[b"\x01".as_slice(), &crc32fast::hash(b"a.txt").to_le_bytes(), b"b.txt"].concat(),
        )
    };
    let other = field(
        0x7075,
        &[b"\x01".as_slice(), &crc32fast::hash(b"a.txt").to_le_bytes(), b"c.txt"].concat(),
    );
    let two_names = Member { extra: path(0x7075), list_extra: other, ..a() };
    assert_eq!(said(&[two_names]), "malformed: a member with two names");
    let same_place = Member { at: Some(0), ..b() };
    assert!(scrub(&archive(&[a(), same_place], b"")).is_err());
    let bytes = archive(&[a()], b"");
    let shifted = [b"#!/bin/sh\n".as_slice(), &bytes].concat();
    assert!(scrub(&shifted).is_err());
    let stub = [bytes.as_slice(), &bytes].concat();
    assert_eq!(
        scrub(&stub).map(|_| ()),
        Err(Refusal::Malformed { what: "bytes before or behind the list of members".into() })
    );
}

#[test]
fn names_links_and_devices_that_reach_out_are_refused() {
    for name in ["../a", "/a", "a/../../b", "a\\b", "C:a", "a\u{202e}b", "x//y", "a\n"] {
        assert!(matches!(refused(&[member(name, b"x")]), Refusal::Unsupported { .. }), "{name:?}");
    }
    for kind in [0o120_000u32, 0o020_000, 0o060_000, 0o010_000, 0o140_000] {
        let odd = Member { attributes: (kind | 0o777) << 16, ..member("a", b"/etc/passwd") };
        assert_eq!(said(&[odd]), "a: not supported: a ZIP member that is a link or a device");
    }
    let both = Member { attributes: 0o040_755 << 16, ..member("a", b"x") };
    assert_eq!(said(&[both]), "malformed: a member that is a file and a directory");
    let full = Member { attributes: 0x10, ..member("a/", b"x") };
    assert_eq!(said(&[full]), "malformed: a directory that holds bytes");
    let inside = [member("a", b"x"), member("a/b", b"x")];
    assert_eq!(said(&inside), "malformed: two members with one name");
}

#[test]
fn an_encrypted_member_is_named() {
    let locked = Member { flags: 1, ..member("secret.txt", b"x") };
    assert_eq!(
        said(&[member("a.txt", b"x"), locked.clone()]),
        "secret.txt: the document is encrypted"
    );
    let aes = Member { extra: field(0x9901, b"\x02\0AE\x03\x08\0"), flags: 0, ..locked };
    assert_eq!(said(&[aes]), "secret.txt: the document is encrypted");
}

#[test]
fn a_member_that_cannot_be_cleaned_refuses_the_archive_or_is_left_out_by_choice() {
    let inner = archive(&[member("x.bin", b"\x00\x01binary"), member("y.txt", b"y")], b"");
    let outer = archive(&[member("in.zip", &inner), member("p.bin", b"\x7fELF")], b"");
    let why = scrub(&outer).expect_err("refused");
    assert_eq!(
        why.to_string(),
        "in.zip: x.bin: cannot clean this kind of file: unknown binary data"
    );
    assert_eq!(why.place(), Some("in.zip: x.bin"));
    let choices = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
    let done = sd_scrub::scrub_with(&outer, &Limits::default(), choices).expect("by choice");
    let all = members(&done.bytes);
    assert_eq!(all.len(), 1);
    assert_eq!(members(&all[0].1), [("y.txt".to_owned(), b"y".to_vec())]);
    for place in ["in.zip: x.bin", "p.bin"] {
        let left_out = done.report.findings.iter().find(|f| f.place == place).expect("reported");
        assert!(left_out.detail.starts_with("left out: "), "{}", left_out.detail);
    }
    let nothing = archive(&[member("p.bin", b"\x7fELF")], b"");
    assert!(sd_scrub::scrub_with(&nothing, &Limits::default(), choices).is_err());
}

#[test]
fn sizes_behind_the_data_are_read_as_programs_write_them() {
    for follows in [(4, true), (4, false), (8, true), (8, false)] {
        let streamed = Member { follows: Some(follows), ..member("a.txt", b"some words") };
        let (bytes, _) = clean(&archive(&[streamed.clone(), streamed_again(&streamed)], b""));
        assert_eq!(members(&bytes)[1].1, b"some words");
    }
}

#[test]
fn the_end_of_a_large_archive_is_read_and_must_be_true() {
    let two = [member("a.txt", b"x"), member("b.txt", b"y")];
    assert_eq!(clean(&archive_64(&two, 2)).0, clean(&archive(&two, b"")).0);
    for lie in [0, 1, 3] {
        assert!(matches!(scrub(&archive_64(&two, lie)), Err(Refusal::Malformed { .. })), "{lie}");
    }
}

fn streamed_again(member: &Member) -> Member {
    Member { name: b"b.txt".to_vec(), ..member.clone() }
}

#[test]
fn bombs_run_out_of_the_budget() {
    let limits = Limits { max_output: 1 << 20, max_members: 50, ..Limits::default() };
    let zeros = vec![b'a'; 1 << 19];
    let small = |levels: u32| {
        let mut bytes = archive(&[member("a.txt", b"words")], b"");
        for _ in 0..levels {
            bytes = archive(&[member("a.zip", &bytes)], b"");
        }
        bytes
    };
    let too_large = |bytes: &[u8], limits: &Limits| {
        let why = sd_scrub::scrub(bytes, limits).expect_err("refused");
        assert!(matches!(why.reason(), Refusal::TooLarge { .. }), "{why}");
        let left_out = sd_scrub::scrub_with(
            bytes,
            limits,
            Choices { unclean: Unclean::LeaveOut, ..Choices::default() },
        );
        left_out.is_err()
    };
    // Many members of a size that each may have; wide and deep; a claim; too deep.
    let wide: Vec<_> =
        ["a.txt", "b.txt", "c.txt"].iter().map(|name| member(name, &zeros)).collect();
    assert!(too_large(&archive(&wide, b""), &limits));
    let layer = archive(&[member("a.txt", &zeros)], b"");
    let deep: Vec<_> =
        ["a.zip", "b.zip", "c.zip"].iter().map(|name| member(name, &layer)).collect();
    assert!(too_large(&archive(&deep, b""), &limits));
    let many = archive_claiming(&[member("a.txt", b"x")], b"", Some(60_000));
    assert!(too_large(&many, &Limits::default()));
    assert!(too_large(&archive_64(&[member("a.txt", b"x")], 1_000_000), &Limits::default()));
    assert!(too_large(&archive_64(&[member("a.txt", b"x")], u64::MAX), &Limits::default()));
    assert!(sd_scrub::scrub(&small(5), &Limits::default()).is_ok());
    too_large(&small(7), &Limits::default());
}

#[test]
fn documents_that_are_zip_files_are_told_from_archives() {
    let mimetype = |kind: &str| Member { deflate: false, ..member("mimetype", kind.as_bytes()) };
    let types = || member("[Content_Types].xml", b"<Types/>");
    let cases = [
        (vec![types(), member("x.fdseq", b"x")], "XPS document"),
        (
            vec![mimetype("application/vnd.oasis.opendocument.text")],
            "OpenDocument file of another kind, or without content",
        ),
        (
            vec![mimetype("application/vnd.sun.xml.writer"), member("content.xml", b"x")],
            "old StarOffice document (save it as OpenDocument)",
        ),
        (vec![member("META-INF/MANIFEST.MF", b"x")], "Java archive"),
    ];
    for (members, kind) in cases {
        assert_eq!(detect(&archive(&members, b"")), Detected::Unknown(kind));
    }
    let word = vec![types(), member("word/document.xml", b"x"), member("xl/workbook.xml", b"x")];
    assert_eq!(detect(&archive(&word, b"")), Detected::Known(sd_scrub::Format::Docx));
    let book = archive(&[mimetype("application/epub+zip")], b"");
    assert_eq!(detect(&book), Detected::Known(Format::Epub));
    assert!(scrub(&book).expect_err("no list").to_string().contains("container.xml"));
    // A word in the content is no list entry.
    let plain = archive(&[Member { deflate: false, ..member("a.txt", b"word/ xl/ ppt/") }], b"");
    assert_eq!(detect(&plain), Detected::Known(Format::Zip));
    let outer =
        archive(&[member("in.docx", &archive(&[types(), member("word/x", b"x")], b""))], b"");
    assert_eq!(scrub(&outer).expect_err("refused").to_string(), "in.docx: malformed: no main part");
}
