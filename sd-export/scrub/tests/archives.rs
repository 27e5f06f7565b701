//! TAR and compressed files: every file inside cleaned, every field fixed.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::io::{Read as _, Write as _};

use common::packed::{gzip, packed, planted_gzip, torrent};
use common::tar::{Member, archive, member, pax, planted, special};
use common::{canary, clean, find_canary, found, scrub, zip};
use sd_scrub::{Choices, Detected, Format, Limits, Refusal, Report, Unclean, detect};

/// Names and contents by the heads of a clean archive; extended names are put in their place.
fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (mut at, mut out, mut long) = (0, Vec::new(), None);
    while bytes[at] != 0 {
        let head = &bytes[at..at + 512];
        let text = |from: usize, len: usize| {
            let field = &head[from..from + len];
            let end = field.iter().position(|b| *b == 0).unwrap_or(len);
            String::from_utf8(field[..end].to_vec()).expect("UTF-8")
        };
        let len = usize::from_str_radix(&text(124, 12), 8).expect("octal");
        let data = bytes[at + 512..at + 512 + len].to_vec();
        at += 512 + len.next_multiple_of(512);
        if head[156] == b'x' {
            let record = String::from_utf8(data).expect("UTF-8");
            long = record.trim_end().split_once("path=").map(|(_, name)| name.to_owned());
            continue;
        }
        let prefix = text(345, 155);
        let name =
            if prefix.is_empty() { text(0, 100) } else { format!("{prefix}/{}", text(0, 100)) };
        out.push((long.take().unwrap_or(name), data));
    }
    out
}

fn all_found(report: &Report, places: &[&str]) {
    for place in places {
        assert!(found(report, place), "{place} is reported: {:#?}", report.findings);
    }
}

#[test]
fn every_member_is_cleaned_and_no_head_comes_through() {
    let (bytes, report) = clean(&planted());
    assert_eq!(report.format, Format::Tar);
    let members = members(&bytes);
    let long = format!("notes/{}.txt", "long".repeat(40));
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
    let jpeg = "notes/b.jpg";
    assert_eq!(names, ["notes/a.txt", jpeg, &long, "notes/with a longer name.txt", "old.txt"]);
    assert_eq!(members[0].1, b"Keep these words\n");
    assert_eq!(members[1].1, clean(&common::jpeg::planted()).0);
    assert_eq!(members[2].1, b"GNU keeps\n");
    assert_eq!(members[3].1, b"Keep me too\n");
    assert_eq!(members[4].1, b"Old keeps\n");
    all_found(
        &report,
        &[
            "user and group numbers",
            "user and group names",
            "times of members",
            "rights of members",
            "bytes behind the content of a member",
            "bytes behind a name",
            "bytes at the end of a head",
            "fields that a file does not use",
            "times in old GNU heads",
            "times in extended heads",
            "owners in extended heads",
            "comment in an extended head",
            "other records of extended heads",
            "label of the archive",
            "bytes after the end",
            "notes/._b.jpg",
            "notes/b.jpg: APP1 EXIF",
            "names of files",
        ],
    );
}

#[test]
fn names_of_every_length_and_letter_come_back() {
    let names = [
        "n".repeat(100),
        format!("{}/{}", "d".repeat(150), "n".repeat(100)),
        format!("{}/{}", "d".repeat(160), "n".repeat(100)),
        format!("{}/x", "d".repeat(101)),
        "n".repeat(101),
        "Grüße/Привет.txt".to_owned(),
        format!("{}é", "n".repeat(99)),
    ];
    let heads = names.iter().flat_map(|name| [pax(&[("path", name)]), member("x", b"words\n")]);
    let (bytes, _) = clean(&archive(&heads.collect::<Vec<_>>()));
    let mut sorted = names.to_vec();
    sorted.sort();
    assert_eq!(members(&bytes).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), sorted);
}

/// What a refusal of an archive says.
fn said(members: &[Member]) -> String {
    scrub(&archive(members)).expect_err("refused").to_string()
}

#[test]
fn what_readers_would_read_in_two_ways_is_refused() {
    let a = || member("a.txt", b"words");
    let two_sizes = [pax(&[("size", "3")]), a()];
    assert_eq!(said(&two_sizes), "malformed: a member with two sizes");
    let two_names = [special(b'L', b"b.txt\0"), pax(&[("path", "c.txt")]), a()];
    assert_eq!(said(&two_names), "malformed: a member with two names");
    assert_eq!(
        said(&[pax(&[("path", "c"), ("path", "d")]), a()]),
        "malformed: a member with two names"
    );
    assert_eq!(said(&[a(), member("A.txt", b"x")]), "malformed: two members with one name");
    assert_eq!(said(&[a(), member("a.txt/b", b"x")]), "malformed: two members with one name");
    assert_eq!(said(&[a(), pax(&[("path", "b")])]), "malformed: an extended head without a member");
    let global = Member { kind: b'g', ..pax(&[("path", "x")]) };
    assert_eq!(said(&[global, a()]), "malformed: one name or size for all members");
    let long = Member { size: Some(5000), ..a() };
    assert_eq!(said(&[long]), "malformed: a tar archive that is cut off");
    let full = Member { kind: b'5', ..member("d/", b"x") };
    assert_eq!(said(&[full]), "malformed: a directory that holds bytes");
    let mut bytes = archive(&[a()]);
    bytes[0] ^= 1;
    assert_eq!(
        scrub(&bytes).expect_err("sum").to_string(),
        "malformed: a tar head whose sum is wrong"
    );
    for name in ["/etc/passwd", "../a", "a/../b", "a\\b", "a\u{202e}b"] {
        let why = scrub(&archive(&[member(name, b"x")])).expect_err("refused");
        assert!(matches!(why, Refusal::Unsupported { .. }), "{name}: {why}");
    }
}

#[test]
fn links_devices_and_holes_are_named_or_left_out() {
    for (kind, words) in [
        (b'1', "a link"),
        (b'2', "a link"),
        (b'3', "a device"),
        (b'4', "a device"),
        (b'6', "a device"),
        (b'S', "with holes"),
        (b'M', "in several parts"),
        (b'Z', "of an unknown kind"),
    ] {
        let odd = Member { kind, target: b"/etc/passwd".to_vec(), ..member("odd", b"") };
        let members_of = [odd, member("a.txt", b"words")];
        let words_of = said(&members_of);
        assert!(words_of.starts_with("odd: ") && words_of.ends_with(words), "{words_of}");
        let choices = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
        let done = sd_scrub::scrub_with(&archive(&members_of), &Limits::default(), choices);
        let done = done.expect("by choice");
        assert!(found(&done.report, "odd"));
        assert_eq!(members(&done.bytes), [("a.txt".to_owned(), b"words".to_vec())]);
    }
}

fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("gzip");
    out
}

#[test]
fn a_gzip_file_loses_its_head_and_what_is_inside_is_cleaned() {
    let (bytes, report) = clean(&planted_gzip("Keep this\u{200b}\n".as_bytes()));
    assert_eq!(report.format, Format::Gzip);
    assert_eq!(unzipped(&bytes), b"Keep this\n");
    assert_eq!(bytes[..10], *b"\x1f\x8b\x08\0\0\0\0\0\0\xff");
    all_found(
        &report,
        &[
            "name in the gzip head",
            "comment in the gzip head",
            "extra field in the gzip head",
            "time in the gzip head",
            "system and setting in the gzip head",
            "bytes after the end",
            "unpacked: zero-width characters",
        ],
    );
    let parts = [gzip(b"Keep ", 0, b""), gzip(b"these\n", 8, b"CANARY\0")].concat();
    let (bytes, report) = clean(&parts);
    assert_eq!(unzipped(&bytes), b"Keep these\n");
    all_found(&report, &["compressed in parts", "name in the gzip head"]);
}

#[test]
fn a_compressed_archive_is_cleaned_in_every_member() {
    let (bytes, report) = clean(&planted_gzip(&planted()));
    let inside = unzipped(&bytes);
    assert_eq!(find_canary(&inside), None);
    assert_eq!(inside, clean(&planted()).0);
    all_found(&report, &["unpacked: notes/b.jpg: APP1 EXIF", "unpacked: label of the archive"]);
}

#[test]
fn broken_and_lying_compressed_files_are_refused() {
    let good = gzip(b"words\n", 0, b"");
    for at in [10, good.len() - 8, good.len() - 4] {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        assert!(matches!(scrub(&bad), Err(Refusal::Malformed { .. })), "{at}");
    }
    for cut in 1..good.len() {
        assert!(scrub(&good[..good.len() - cut]).is_err(), "{cut}");
    }
    let inner = gzip(b"\x7fELF", 0, b"");
    let why = scrub(&gzip(&inner, 0, b"")).expect_err("refused");
    assert_eq!(why.to_string(), "unpacked: unpacked: cannot clean this kind of file: ELF program");
}

#[test]
fn compressed_bombs_run_out_of_the_budget() {
    let limits = Limits { max_output: 1 << 20, ..Limits::default() };
    let zeros = vec![b'a'; (1 << 20) + 1];
    let mut bzip2 = Vec::new();
    banzai::encode(zeros.as_slice(), std::io::BufWriter::new(&mut bzip2), 9).expect("memory");
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).expect("memory");
    xz.write_all(&zeros).expect("memory");
    let xz = xz.finish().expect("memory");
    let zstd = ruzstd::encoding::compress_to_vec(
        zeros.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    // Twice compressed, and wide: every member fits, all together do not.
    let half = gzip(&zeros[..1 << 19], 0, b"");
    let wide = archive(&[member("a.gz", &half), member("b.gz", &half), member("c.gz", &half)]);
    for bomb in [gzip(&zeros, 0, b""), bzip2, xz, zstd, gzip(&gzip(&zeros, 0, b""), 0, b""), wide] {
        let why = sd_scrub::scrub(&bomb, &limits).expect_err("refused");
        assert!(matches!(why.reason(), Refusal::TooLarge { .. }), "{why}");
    }
    let mut many = archive(&[]);
    many.clear();
    for n in 0..200 {
        many.extend(archive(&[member(&n.to_string(), b"")])[..512].to_vec());
    }
    let few = Limits { max_members: 100, ..Limits::default() };
    assert!(matches!(sd_scrub::scrub(&many, &few), Err(Refusal::TooLarge { .. })));
}

#[test]
fn every_compression_is_written_again_with_one_setting() {
    let marked = "Keep these words\u{200b}\n".repeat(3000);
    let plain = "Keep these words\n".repeat(3000);
    for (marked, plain) in packed(marked.as_bytes()).iter().zip(packed(plain.as_bytes())) {
        let (bytes, report) = clean(&marked.1);
        assert_eq!(report.format, marked.0);
        assert_eq!(bytes, clean(&plain.1).0, "{:?}", marked.0);
        assert!(bytes.len() < plain.1.len() || marked.0 != Format::Zstd);
    }
}

#[test]
fn a_zstandard_frame_that_readers_skip_is_gone() {
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let frame = |data: &[u8]| ruzstd::encoding::compress_to_vec(data, level);
    let skipped = |n: u32| {
        let words = canary(n).into_bytes();
        let len = u32::try_from(words.len()).expect("short").to_le_bytes();
        [b"\x5a\x2a\x4d\x18".as_slice(), &len, &words].concat()
    };
    let planted = [skipped(750), frame(b"Keep "), skipped(751), frame(b"these\n"), skipped(752)];
    let (bytes, report) = clean(&[planted.concat(), canary(753).into_bytes()].concat());
    assert_eq!(report.format, Format::Zstd);
    all_found(&report, &["frame that readers skip", "bytes after the end", "compressed in parts"]);
    assert_eq!(bytes, clean(&frame(b"Keep these\n")).0);
}

#[test]
fn a_table_keeps_its_cells_and_formulas_are_pointed_out() {
    let table =
        "\u{feff}name\tp\u{200b}lace\t\r\nAnn \t=HYPERLINK(\"http://x\")\t\r\nBob\t-5\t\r\n";
    let (bytes, report) = clean(table.as_bytes());
    assert_eq!(report.format, Format::Csv);
    assert_eq!(bytes, b"name\tplace\t\nAnn \t=HYPERLINK(\"http://x\")\t\nBob\t-5\t\n");
    let formula = report.findings.iter().find(|f| f.place.contains("formulas")).expect("told");
    assert!(formula.detail.contains("first of 1, row 2, column 2"), "{}", formula.detail);
    all_found(&report, &["zero-width characters", "byte order mark", "line ends"]);
}

#[test]
fn a_torrent_keeps_its_files_and_loses_who_made_it() {
    let (bytes, report) = clean(&torrent("8:encoding12:CANARY-0765x", ""));
    assert_eq!(report.format, Format::Torrent);
    let kept = String::from_utf8(bytes).expect("text");
    let info =
        "4:infod6:lengthi5e4:name5:a.txt12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
    assert_eq!(
        kept,
        format!(
            "d8:announce34:http://tracker.example:80/announce13:announce-list\
             ll33:udp://other.example:6969/announceee{info}e"
        )
    );
    all_found(
        &report,
        &["comment", "created by", "creation date", "encoding", "announce-list", "url-list"],
    );
    let (bytes, report) = clean(&torrent("", "7:privatei1e6:source11:CANARY-0766"));
    assert!(String::from_utf8(bytes).expect("text").contains("7:privatei1ee"));
    let hash = report.findings.iter().find(|f| f.place == "hash of the torrent").expect("told");
    assert!(format!("{:?}", hash.fate).contains("another one now"));
    for bad in
        ["d4:infodee", "d4:infod4:name2:..ee", "d4:infod4:name3:a/bee", "d4:infod4:name1:aei1ei2ee"]
    {
        assert!(scrub(bad.as_bytes()).is_err() || bad == "d4:infodee", "{bad}");
    }
}

#[test]
fn kinds_are_told_by_content() {
    let old = Member { magic: b"", ..member("a", b"") };
    for (bytes, format) in [
        (archive(&[member("a", b"")]), Format::Tar),
        (archive(&[old]), Format::Tar),
        (gzip(b"", 0, b""), Format::Gzip),
        (b"BZh9".to_vec(), Format::Bzip2),
        (b"\xfd7zXZ\0".to_vec(), Format::Xz),
        (torrent("", ""), Format::Torrent),
        (b"a,b,c\n1,2,3\n".to_vec(), Format::Csv),
    ] {
        assert_eq!(detect(&bytes), Detected::Known(format));
    }
    assert_eq!(detect(b"7z\xbc\xaf\x27\x1c\0\x04"), Detected::Unknown("7-Zip archive"));
    assert_eq!(detect(b"Rar!\x1a\x07\x01\0"), Detected::Unknown("RAR archive"));
}
