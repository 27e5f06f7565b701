//! `sd-export scrub`: clean copies beside untouched originals.

mod common;

use common::files::{self, holds};
use common::{Scratch, run, tool};
use sd_fs::Blake3;

#[test]
fn a_clean_copy_stands_beside_an_untouched_original() {
    let at = Scratch::new();
    for (name, copy, bytes) in [
        ("a.jpg", "a.clean.jpg", files::jpeg()),
        ("b.png", "b.clean.png", files::png()),
        ("c.txt", "c.clean.txt", files::text()),
        ("d.pdf", "d.clean.pdf", files::pdf()),
    ] {
        at.put(name, &bytes);
        let ran = run(&at, &["scrub", name]);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.talk);
        let clean = at.get(copy);
        assert!(!clean.is_empty() && !holds(&clean, files::SECRET) && !holds(&clean, "\u{200b}"));
        assert_eq!(Blake3::of(&at.get(name)), Blake3::of(&bytes), "{name} was touched");
        let hint = format!("hint: sd-export write {copy}\n");
        assert!(ran.talk.ends_with(&hint), "{}", ran.talk);
    }
}

#[test]
fn exiftool_finds_nothing_in_the_clean_copy() {
    let at = Scratch::new();
    at.put("photo.jpg", &files::jpeg());
    let shows = |name| tool(at.path(), "exiftool", &["-a", "-u", "-G1", "-s", name]).out;
    assert!(shows("photo.jpg").contains("GPSLatitude") && shows("photo.jpg").contains("SpyCam"));
    assert_eq!(run(&at, &["scrub", "photo.jpg"]).code, 0);
    let clean = shows("photo.clean.jpg");
    assert!(clean.contains("JPEG") && clean.contains("ImageWidth"), "{clean}");
    for trace in ["GPS", "SpyCam", "IFD0", "Comment", "XMP", files::SECRET] {
        assert!(!clean.contains(trace), "{trace}: {clean}");
    }
}

#[test]
fn an_unknown_type_is_refused_by_name_and_leaves_nothing() {
    let at = Scratch::new();
    at.put("notes.7z", &files::seven_zip());
    let ran = run(&at, &["scrub", "notes.7z"]);
    assert_eq!(ran.code, 1);
    let next = "notes.7z: 7-Zip archive: not opened; unpack it, then clean the directory\n";
    assert!(ran.out.starts_with(next), "{}", ran.out);
    assert!(ran.talk.starts_with("UNSUPPORTED_TYPE: "), "{}", ran.talk);
    assert_eq!(at.names(), ["notes.7z"]);
}

#[test]
fn a_broken_file_is_refused_and_leaves_nothing() {
    let at = Scratch::new();
    let jpeg = files::jpeg();
    at.put("cut.jpg", &jpeg[..jpeg.len() - 20]);
    let ran = run(&at, &["scrub", "cut.jpg", "--json"]);
    assert_eq!((ran.code, ran.json()["status"].as_str()), (10, Some("NOT_CLEAN")));
    assert_eq!(at.names(), ["cut.jpg"]);
}

#[test]
fn an_existing_file_is_never_replaced() {
    let at = Scratch::new();
    at.put("a.txt", &files::text());
    at.put("a.clean.txt", b"mine");
    let ran = run(&at, &["scrub", "a.txt"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("a.clean.txt: already there"), "{}", ran.out);
    let ran = run(&at, &["scrub", "a.txt", "--output", "a.clean.txt"]);
    assert_eq!(ran.code, 1);
    assert_eq!(at.get("a.clean.txt"), b"mine");
    assert_eq!(run(&at, &["scrub", "a.txt", "--output", "a.txt"]).code, 1);
    assert_eq!(at.get("a.txt"), files::text());
    assert_eq!(run(&at, &["scrub", "a.txt", "--output", "b.txt"]).code, 0);
    assert_eq!(at.names(), ["a.clean.txt", "a.txt", "b.txt"]);
}

#[test]
fn mixes_that_make_no_sense_are_usage_errors() {
    let at = Scratch::new();
    at.put("a.txt", b"text");
    for args in [
        &["scrub", "a.txt", "a.txt", "--output", "b.txt"][..],
        &["scrub", "a.txt", "--output", "b.txt", "--to", "."],
        &["scrub", "a.txt", "--neutral-names"],
        &["write", "a.txt", "--to", ".", "--yes", "--dry-run"],
        &["write", "a.txt", "--to", ".", "--pim", "7"],
    ] {
        assert_eq!(run(&at, args).code, 2, "{args:?}");
    }
    assert_eq!(at.names(), ["a.txt"]);
}

#[test]
fn a_batch_goes_on_when_one_file_fails() {
    let at = Scratch::new();
    at.put("a.jpg", &files::jpeg());
    at.put("b.jpg", b"\xff\xd8\xff\xe0broken");
    at.put("c.txt", &files::text());
    let ran = run(&at, &["scrub", "a.jpg", "b.jpg", "c.txt", "gone"]);
    assert_eq!(ran.code, 4, "{}", ran.out);
    assert!(ran.out.contains("2 of 4 files cleaned and checked, 2 refused"), "{}", ran.out);
    assert!(ran.talk.contains("PART_DONE"), "{}", ran.talk);
    assert_eq!(at.names(), ["a.clean.jpg", "a.jpg", "b.jpg", "c.clean.txt", "c.txt"]);
}

#[test]
fn of_many_files_the_refused_are_named_at_the_end_with_what_to_do() {
    let at = Scratch::new();
    let inside = at.sub("in");
    for n in 10..24 {
        inside.write_new(&format!("{n}.jpg"), &files::jpeg()).expect("free");
    }
    inside.write_new("11-cut.jpg", b"\xff\xd8\xff\xe0broken").expect("free");
    inside.write_new("12-notes.7z", &files::seven_zip()).expect("free");
    at.sub("out");
    let ran = run(&at, &["scrub", "in", "--to", "out"]);
    assert_eq!(ran.code, 4, "{}", ran.out);
    // Of each file the kinds of things, not each thing.
    assert!(ran.out.contains("  removed     location, device") && !ran.out.contains("SpyCam"));
    let end = ran.out.split("1 file refused, NOT_CLEAN:\n  - in/11-cut.jpg: ").nth(1);
    let end = end.expect("the list of the refused");
    assert!(end.contains("1 file refused, UNSUPPORTED_TYPE:\n  - in/12-notes.7z: "), "{end}");
    assert!(end.matches("\n  next: do not carry").count() == 2, "{end}");
    assert!(end.ends_with("14 of 16 files cleaned and checked, 2 refused\n"), "{end}");
}

#[test]
fn a_directory_stands_for_its_files_and_namesakes_get_numbers() {
    let at = Scratch::new();
    let (inside, _) = (at.sub("in"), at.sub("out"));
    inside.write_new("a.txt", b"one").expect("free");
    inside.make_sub("deep").expect("made").write_new("A.txt", b"two").expect("free");
    std::os::unix::fs::symlink("/etc/passwd", at.path().join("in/link")).expect("a link");
    let ran = run(&at, &["scrub", "in", "--to", "out"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    let out = at.dir.sub("out").expect("there");
    assert_eq!(common::names(&out), ["A-2.clean.txt", "a.clean.txt"]);
    assert!(ran.out.contains("in/link: not a regular file; skipped"), "{}", ran.out);
}

#[test]
fn neutral_names_tell_nothing_and_go_on_counting() {
    let at = Scratch::new();
    at.sub("out");
    at.put("Jane Source passport.jpg", &files::jpeg());
    at.put("b.txt", &files::text());
    let args = ["scrub", "--to", "out", "--neutral-names", "Jane Source passport.jpg", "b.txt"];
    assert_eq!(run(&at, &args).code, 0);
    assert_eq!(run(&at, &args).code, 0);
    let out = at.dir.sub("out").expect("there");
    let names = common::names(&out);
    assert_eq!(names, ["file-001.jpg", "file-002.txt", "file-003.jpg", "file-004.txt"]);
}

#[test]
fn a_directory_that_is_not_there_is_not_made() {
    let at = Scratch::new();
    at.put("a.txt", b"text");
    assert_eq!(run(&at, &["scrub", "a.txt", "--to", "stick"]).code, 1);
    assert_eq!(at.names(), ["a.txt"]);
}

#[test]
fn hostile_names_are_shown_escaped_and_neutralised_in_the_copy() {
    let at = Scratch::new();
    at.put("-rf \u{202e}gpj\x1b[2J.txt", b"text");
    let ran = run(&at, &["scrub", "--", "-rf \u{202e}gpj\x1b[2J.txt"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert!(ran.out.starts_with(r"-rf \u{202e}gpj\u{1b}[2J.txt: plain text"), "{}", ran.out);
    for text in [&ran.out, &ran.talk] {
        assert!(!text.contains(['\u{202e}', '\x1b']), "{text:?}");
    }
    assert!(at.names().contains(&"rf _gpj_[2J.clean.txt".to_owned()), "{:?}", at.names());
}

#[test]
fn foreign_text_in_a_finding_cannot_act_on_the_terminal() {
    let at = Scratch::new();
    let mut jpeg = files::jpeg();
    let comment = b"\xff\xfe\0\x10\x1b[2J\xe2\x80\xaeevil!!!";
    jpeg.splice(2..2, comment.iter().copied());
    at.put("a.jpg", &jpeg);
    for face in [&["scrub", "a.jpg"][..], &["inspect", "a.jpg", "--json"]] {
        let ran = run(&at, face);
        assert_eq!(ran.code, 0, "{}", ran.talk);
        assert!(ran.out.contains("evil"), "{}", ran.out);
        assert!(!ran.out.contains(['\u{202e}', '\x1b']), "{:?}", ran.out);
    }
}

#[test]
fn a_file_above_the_limit_is_refused_by_name_and_not_read() {
    let at = Scratch::new();
    let file = at.dir.append("huge.txt").expect("made");
    file.set_len((512 << 20) + 1).expect("a hole");
    let ran = run(&at, &["scrub", "huge.txt"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("huge.txt: too large"), "{}", ran.out);
    assert_eq!(at.names(), ["huge.txt"]);
}

#[test]
fn scrubbing_twice_gives_the_same_bytes() {
    let at = Scratch::new();
    let again = at.sub("again");
    at.put("a.jpg", &files::jpeg());
    assert_eq!(run(&at, &["scrub", "a.jpg"]).code, 0);
    assert_eq!(run(&at, &["scrub", "a.clean.jpg", "--to", "again"]).code, 0);
    let twice = again.read_small("a.clean.jpg", 1 << 20).expect("there");
    assert_eq!(twice, at.get("a.clean.jpg"));
}

#[test]
fn the_report_can_be_a_page_that_fetches_nothing_and_shows_names_as_text() {
    let at = Scratch::new();
    let name = "<img src=x onerror=alert(1)>.png";
    at.put(name, &files::png());
    at.put("notes.7z", b"7z\xbc\xaf\x27\x1c\0\x04");
    let ran = run(&at, &["scrub", "--html", "report.html", "--", name, "notes.7z"]);
    assert_eq!(ran.code, 4, "{}", ran.talk);
    let page = String::from_utf8(at.get("report.html")).expect("text");
    assert_eq!(page.matches("<img alt=").count(), 2, "before and after: {page}");
    assert_eq!(page.matches("<img ").count(), 2, "a name is text: {page}");
    for words in [
        "&lt;img src=x onerror=alert(1)&gt;.png",
        "default-src 'none'",
        "removed",
        "UNSUPPORTED_TYPE",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for outside in ["http:", "https:", "href", "src=\"/", "url("] {
        assert!(!page.contains(outside), "{outside}: {page}");
    }
    let ran = run(&at, &["scrub", "--html", "report.html", "notes.7z"]);
    assert_eq!(ran.code, 1, "nothing is replaced: {}", ran.talk);
    let ran = run(&at, &["inspect", "--html", "look.html", "--", name]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert!(String::from_utf8_lossy(&at.get("look.html")).contains("would be removed"));
}

#[test]
fn changes_and_comments_go_or_stay_as_a_person_says_and_no_author_comes_along() {
    let at = Scratch::new();
    files::docx(at.path(), "draft.docx");
    let cases: [(&[&str], &[&str], &[&str]); 3] = [
        (&[], &["STAYS", "INSERTED"], &["DELETED", "REMARK"]),
        (&["--changes", "reject"], &["STAYS", "DELETED"], &["INSERTED", "REMARK"]),
        (
            &["--changes", "keep", "--comments", "keep"],
            &["STAYS", "INSERTED", "DELETED", "REMARK"],
            &[],
        ),
    ];
    for (n, (options, there, gone)) in cases.iter().enumerate() {
        let copy = format!("copy-{n}.docx");
        let words = [&["scrub", "draft.docx", "--output", copy.as_str()], *options].concat();
        let ran = run(&at, &words);
        assert_eq!(ran.code, 0, "{options:?}: {}{}", ran.out, ran.talk);
        assert!(ran.out.contains("tracked change") && ran.out.contains("comment"), "{}", ran.out);
        let inside = files::docx_words(at.path(), &copy);
        for word in *there {
            assert!(inside.contains(word), "{options:?}: no {word} in {inside}");
        }
        for word in gone.iter().chain(&["Jane", "2026-01-02"]) {
            assert!(!inside.contains(word), "{options:?}: {word} in {inside}");
        }
        // Each is a clean copy that may leave.
        let out = format!("out-{n}");
        let _ = at.sub(&out);
        let ran = run(&at, &["write", &copy, "--to", &out, "--yes"]);
        assert_eq!(ran.code, 0, "{options:?}: {}{}", ran.out, ran.talk);
    }
}
