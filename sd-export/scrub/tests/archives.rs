//! TAR and compressed files: every file inside cleaned, every field fixed.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests run programs and write files"
)]

mod common;

use std::io::{Read as _, Write as _};
use std::path::Path;

use common::made::{run, text};
use common::packed::{gzip, packed, planted_gzip, torrent};
use common::tar::{Member, archive, member, pax, planted, special};
use common::{canary, clean, find_canary, found, scrub};
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
        let choices = Choices { unclean: Unclean::LeaveOut };
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

/// A directory with documents to pack, whose names and times say too much.
fn documents() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let put = |name: &str, bytes: &[u8]| {
        let path = directory.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, bytes).expect("a temporary file");
    };
    put("a.txt", "Keep these words\u{200b}\n".repeat(500).as_bytes());
    put("photos/b.jpg", &common::jpeg::planted());
    put("photos/Grüße.png", &common::png::planted());
    put(&format!("deep/{}/c.txt", "long".repeat(40)), b"Keep me too\n");
    put("empty", b"");
    directory
}

/// What a shell says in a directory.
fn shell(directory: &Path, command: &str) -> String {
    let whole = format!("cd '{}' && {command}", text(directory));
    run("sh", "dash", &["-euc", &whole])
}

/// Cleans the file that a command made in the directory, and puts the copy beside it.
fn cleaned(directory: &Path, command: &str, name: &str) -> Report {
    shell(directory, command);
    let bytes = std::fs::read(directory.join(name)).expect("the file it made");
    let (copy, report) = clean(&bytes);
    std::fs::create_dir_all(directory.join("out")).expect("a directory");
    std::fs::write(directory.join("out").join(name), copy).expect("a temporary file");
    report
}

/// The unpacked copy has the clean form of every document, and nothing else.
fn same_documents(directory: &Path, below: &str) {
    let root = directory.join(below);
    let listed = shell(&root, "find . -type f | LC_ALL=C sort");
    let long = format!("./deep/{}/c.txt", "long".repeat(40));
    let names = ["./a.txt", &long, "./empty", "./photos/Grüße.png", "./photos/b.jpg"];
    assert_eq!(listed.lines().collect::<Vec<_>>(), names, "{below}");
    let read = |name: &str| std::fs::read(root.join(name)).expect("an unpacked file");
    assert_eq!(read("a.txt"), "Keep these words\n".repeat(500).as_bytes());
    assert_eq!(read("photos/b.jpg"), clean(&common::jpeg::planted()).0);
    assert_eq!(read("photos/Grüße.png"), clean(&common::png::planted()).0);
    assert_eq!(read(&long), b"Keep me too\n");
}

#[test]
fn zip_files_of_real_programs_are_cleaned_and_real_programs_open_them() {
    let at = documents();
    let at = at.path();
    let python = "import sys, zipfile, os
with zipfile.ZipFile('python.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    z.comment = b'CANARY-0780'
    for root, _, files in os.walk('in'):
        for f in files:
            with z.open(os.path.relpath(os.path.join(root, f), 'in'), 'w', force_zip64=True) as to:
                to.write(open(os.path.join(root, f), 'rb').read())
";
    std::fs::write(at.join("make.py"), python).expect("a temporary file");
    let programs = [
        ("plain.zip", "cd in && zip -qr ../plain.zip ."),
        ("wide.zip", "cd in && zip -qr -fz ../wide.zip ."),
        ("stored.zip", "cd in && zip -qr -0 -X ../stored.zip ."),
        ("streamed.zip", "cd in && zip -qr - . | cat > ../streamed.zip"),
        ("python.zip", "python3 make.py"),
    ];
    for (name, command) in programs {
        let report = cleaned(at, command, name);
        assert!(found(&report, "photos/b.jpg: APP1 EXIF"), "{name}");
        shell(at, &format!("unzip -tq out/{name} && unzip -q out/{name} -d unpacked-{name}"));
        same_documents(at, &format!("unpacked-{name}"));
        let said = shell(at, &format!("zipinfo -v out/{name}"));
        assert!(!said.contains(common::CANARY) && !said.contains("2026"), "{said}");
        assert!(said.contains("1980 Jan 1 00:00:00"), "{said}");
        let check = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
for i in z.infolist(): assert (i.extra, i.comment, i.external_attr >> 16, i.internal_attr) == (b'', b'', 0o100644, 0)
print(len(z.infolist()), z.comment)";
        std::fs::write(at.join("check.py"), check).expect("a temporary file");
        assert_eq!(shell(at, &format!("python3 check.py out/{name}")).trim(), "5 b''");
    }
    let copy = |name: &str| std::fs::read(at.join("out").join(name)).expect("a copy");
    for (name, _) in programs {
        assert_eq!(
            copy(name),
            copy("plain.zip"),
            "{name}: whoever packed it, the copy is the same"
        );
    }
    shell(
        at,
        "zip -qj -P secret locked.zip in/a.txt && ln -s /etc/passwd link && zip -qy link.zip link",
    );
    let refused = |name: &str| {
        let bytes = std::fs::read(at.join(name)).expect("a file");
        scrub(&bytes).expect_err("refused").to_string()
    };
    assert_eq!(refused("locked.zip"), "a.txt: the document is encrypted");
    assert_eq!(refused("link.zip"), "link: not supported: a ZIP member that is a link or a device");
}

#[test]
fn tar_files_of_real_programs_are_cleaned_and_real_programs_open_them() {
    let at = documents();
    let at = at.path();
    let mut copies = Vec::new();
    for format in ["oldgnu", "gnu", "pax"] {
        let name = format!("{format}.tar");
        let pack = format!("tar --format={format} -C in -cf {name} .");
        let report = cleaned(at, &pack, &name);
        assert!(found(&report, "photos/b.jpg: APP1 EXIF") && found(&report, "times of members"));
        shell(at, &format!("mkdir x-{format} && tar -xf out/{name} -C x-{format}"));
        same_documents(at, &format!("x-{format}"));
        let said = shell(at, &format!("TZ=UTC tar --numeric-owner --full-time -tvf out/{name}"));
        for line in said.lines() {
            let fixed =
                line.starts_with("-rw-r--r-- 0/0 ") && line.contains(" 1970-01-01 00:00:00 ");
            assert!(fixed, "{line}");
        }
        let python = format!(
            "python3 -c \"import tarfile; print(len(tarfile.open('out/{name}').getmembers()))\""
        );
        assert_eq!(shell(at, &python).trim(), "5");
        copies.push(std::fs::read(at.join("out").join(&name)).expect("a copy"));
    }
    assert!(
        copies.iter().all(|copy| *copy == copies[0]),
        "whoever packed it, the copy is the same"
    );
}

#[test]
fn compressed_files_of_real_programs_are_cleaned_and_real_programs_open_them() {
    let at = documents();
    let at = at.path();
    shell(at, "tar -C in -cf all.tar .");
    for (name, pack, test) in [
        ("all.tar.gz", "gzip -kN9 all.tar", "gzip -t"),
        ("all.tar.bz2", "bzip2 -k1 all.tar", "bzip2 -t"),
        ("all.tar.xz", "xz -k9 --check=sha256 --block-size=2048 all.tar", "xz -t"),
        ("all.tar.zst", "zstd -qk19 all.tar", "zstd -qt"),
    ] {
        let report = cleaned(at, pack, name);
        assert!(found(&report, "unpacked: photos/b.jpg: APP1 EXIF"), "{name}");
        shell(
            at,
            &format!("{test} out/{name} && mkdir x-{name} && tar -xf out/{name} -C x-{name}"),
        );
        same_documents(at, &format!("x-{name}"));
    }
    assert!(shell(at, "gzip -lv out/all.tar.gz").contains("all.tar"), "named by the file only");
    // More than one block, and runs of every length.
    shell(
        at,
        "cat in/a.txt > big; for n in 1 2 3 4 5 6; do cat big big > b2; mv b2 big; done; yes aaaaaaaaaa | head -c 300000 >> big",
    );
    for pack in ["bzip2 -1c big", "bzip2 -9c big", "xz -c big", "zstd -qc big", "gzip -c big"] {
        shell(at, &format!("{pack} > packed"));
        let packed = std::fs::read(at.join("packed")).expect("a file");
        let (copy, _) = clean(&packed);
        std::fs::write(at.join("copy"), copy).expect("a file");
        let program = pack.split(' ').next().expect("a word");
        let sum = shell(at, &format!("{program} -dc < copy | sha256sum"));
        assert_eq!(sum, shell(at, "sed 's/\u{200b}//' big | sha256sum"), "{pack}");
    }
}
