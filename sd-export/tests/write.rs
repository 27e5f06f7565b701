//! `sd-export write`: exports that were read back, or none.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::files::{self, holds};
use common::{Ran, Scratch, names, run, start, tool};
use sd_fs::Dir;
use serde_json::Value;

/// A clean text and a clean picture, and a stick.
fn ready() -> Scratch {
    let at = Scratch::new();
    at.sub("stick");
    at.put("a.txt", &files::text());
    at.put("b.jpg", &files::jpeg());
    assert_eq!(run(&at, &["scrub", "a.txt", "b.jpg"]).code, 0);
    at
}

fn write(at: &Scratch, args: &[&str]) -> Ran {
    run(at, &[&["write", "--to", "stick"], args].concat())
}

fn manifest(at: &Scratch, export: &str) -> Value {
    let bytes = at.get(&format!("stick/{export}/MANIFEST.json"));
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn an_export_holds_the_files_their_sums_and_a_manifest() {
    let at = ready();
    let ran = write(&at, &["a.clean.txt", "b.clean.jpg", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    assert!(ran.out.contains("stick/export-0001: 2 files"), "{}", ran.out);
    assert!(ran.talk.contains("plain text, cleaned"), "the plan is shown: {}", ran.talk);
    let export = at.dir.sub("stick").and_then(|s| s.sub("export-0001")).expect("there");
    let all =
        ["B3SUMS", "MANIFEST.json", "MANIFEST.txt", "SHA256SUMS", "a.clean.txt", "b.clean.jpg"];
    assert_eq!(names(&export), all);
    assert_eq!(at.get("stick/export-0001/b.clean.jpg"), at.get("b.clean.jpg"));
    let value = manifest(&at, "export-0001");
    assert_eq!(value["format"], "sneakernet-export");
    assert_eq!(value["files"][0]["name"], "a.clean.txt");
    assert_eq!(value["files"][1]["type"], "JPEG picture");
    assert_eq!(value["files"][1]["state"], "cleaned");
}

#[test]
fn sha256sum_accepts_the_sums_and_the_blake3_sums_have_its_form() {
    let at = ready();
    assert_eq!(write(&at, &["a.clean.txt", "b.clean.jpg", "--yes"]).code, 0);
    let export = at.path().join("stick/export-0001");
    let ran = tool(&export, "sha256sum", &["--check", "--strict", "SHA256SUMS"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "a.clean.txt: OK\nb.clean.jpg: OK\n"));
    let sums = String::from_utf8(at.get("stick/export-0001/B3SUMS")).expect("text");
    let first = format!("{}  a.clean.txt", sd_fs::Blake3::of(&at.get("a.clean.txt")));
    assert_eq!(sums.lines().next(), Some(first.as_str()));
}

#[test]
fn no_path_and_no_name_of_the_source_leaves_with_neutral_names() {
    let at = Scratch::new();
    at.sub("stick");
    at.sub("wistful_heron").write_new("1-wistful_heron-doc.txt", b"text\n").expect("free");
    let ran = write(&at, &["wistful_heron", "--neutral-names", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    let export = at.dir.sub("stick").and_then(|s| s.sub("export-0001")).expect("there");
    assert!(names(&export).contains(&"file-001.txt".to_owned()));
    for name in names(&export) {
        let bytes = at.get(&format!("stick/export-0001/{name}"));
        assert!(!holds(&bytes, "heron") && !holds(&bytes, "tmp"), "{name}");
    }
}

#[test]
fn a_file_that_is_not_clean_is_refused_with_the_next_step() {
    let at = ready();
    let ran = write(&at, &["a.clean.txt", "b.jpg", "--yes"]);
    assert_eq!(ran.code, 10);
    assert!(ran.out.contains("b.jpg: JPEG picture: not a clean copy"), "{}", ran.out);
    assert!(ran.talk.contains("NOT_CLEAN"), "{}", ran.talk);
    assert!(ran.talk.ends_with("hint: sd-export scrub b.jpg\n"), "{}", ran.talk);
    assert_eq!(names(&at.dir.sub("stick").expect("there")), [""; 0]);
}

#[test]
fn a_clean_copy_that_was_tampered_with_is_refused() {
    let at = ready();
    let mut bytes = at.get("b.clean.jpg");
    bytes.splice(2..2, *b"\xff\xfe\0\x07hello");
    at.put("c.clean.jpg", &bytes);
    let ran = write(&at, &["c.clean.jpg", "--yes", "--json"]);
    assert_eq!((ran.code, ran.json()["status"].as_str()), (10, Some("NOT_CLEAN")));
    assert_eq!(ran.json()["hint"][2], "c.clean.jpg");
    assert_eq!(names(&at.dir.sub("stick").expect("there")), [""; 0]);
}

#[test]
fn what_leaves_as_it_is_says_so_in_the_plan_and_in_the_manifest() {
    let at = ready();
    at.put("notes.7z", &files::seven_zip());
    let refused = write(&at, &["notes.7z", "--yes"]);
    assert_eq!(refused.code, 1);
    assert!(refused.talk.contains("UNSUPPORTED_TYPE"));
    let ran = write(&at, &["notes.7z", "b.jpg", "a.clean.txt", "--as-is", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    assert!(ran.talk.contains("7-Zip archive, AS IS, not cleaned"), "{}", ran.talk);
    let value = manifest(&at, "export-0001");
    let field = |i: usize, key: &str| value["files"][i][key].as_str().map(str::to_owned);
    assert_eq!(field(0, "type").as_deref(), Some("7-Zip archive"));
    let states: Vec<_> = (0..3).filter_map(|i| field(i, "state")).collect();
    assert_eq!(states, ["as_is", "as_is", "cleaned"]);
    assert_eq!(at.get("stick/export-0001/b.jpg"), files::jpeg());
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let at = ready();
    let ran = write(&at, &["a.clean.txt", "--dry-run"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("to stick/export-0001\n  a.clean.txt"), "{}", ran.out);
    assert!(ran.out.contains(" free\n") && ran.out.ends_with("nothing was written\n"));
    assert_eq!(names(&at.dir.sub("stick").expect("there")), [""; 0]);
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_written() {
    let at = ready();
    let ran = write(&at, &["a.clean.txt"]);
    assert_eq!(ran.code, 2);
    assert!(ran.talk.contains("no terminal to ask on: use --yes"), "{}", ran.talk);
    assert_eq!(names(&at.dir.sub("stick").expect("there")), [""; 0]);
}

#[test]
fn a_stick_that_is_not_there_is_not_made_into_a_directory() {
    let at = ready();
    let ran = run(&at, &["write", "a.clean.txt", "--to", "Export", "--yes"]);
    assert_eq!(ran.code, 1);
    assert!(ran.talk.contains("NOT_FOUND"), "{}", ran.talk);
    assert!(!at.names().contains(&"Export".to_owned()));
}

#[test]
fn namesakes_traps_and_reserved_names_get_names_of_their_own() {
    let at = Scratch::new();
    at.sub("stick");
    let (one, two) = (at.sub("one"), at.sub("two"));
    one.write_new("note.txt", b"1\n").expect("free");
    two.write_new("NOTE.txt", b"2\n").expect("free");
    two.write_new("manifest.json", b"3\n").expect("free");
    two.write_new("start.desktop", b"4\n").expect("free");
    two.write_new("-\u{202e}x.txt", b"5\n").expect("free");
    let ran = write(&at, &["one", "two", "--yes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    let value = manifest(&at, "export-0001");
    let names: Vec<_> = value["files"].as_array().expect("a list").iter().collect();
    let names: Vec<_> = names.iter().filter_map(|f| f["name"].as_str()).collect();
    let expected = ["note.txt", "_x.txt", "NOTE-2.txt", "manifest-2.json", "start.desktop.unsafe"];
    assert_eq!(names, expected);
    let export = at.path().join("stick/export-0001");
    assert_eq!(tool(&export, "sha256sum", &["-c", "--strict", "SHA256SUMS"]).code, 0);
}

#[test]
fn each_export_gets_the_next_number() {
    let at = ready();
    for number in 1..=3 {
        assert_eq!(write(&at, &["a.clean.txt", "--yes"]).code, 0);
        manifest(&at, &format!("export-{number:04}"));
    }
}

#[test]
fn a_killed_write_leaves_no_manifest_and_the_next_run_says_so() {
    let at = ready();
    let stick = at.dir.sub("stick").expect("there");
    let film = at.dir.append("film.mov").expect("made");
    film.set_len(700 << 20).expect("a hole");
    let files = ["write", "a.clean.txt", "film.mov"];
    let mut child = start(&at, &[&files[..], &["--to", "stick", "--as-is", "--yes"]].concat());
    let begun = Instant::now();
    while !stick.has("export-0001").expect("asked") {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never started to write");
        std::thread::sleep(Duration::from_millis(2));
    }
    let walls = Dir::open(Path::new(&format!("/proc/{}", child.id()))).expect("it runs");
    let walls = walls.read_small("status", 1 << 16).expect("its status");
    assert!(holds(&walls, "Seccomp:\t2"), "it kept the network");
    child.kill().expect("killed");
    assert!(!child.wait().expect("ended").success(), "killed too late");
    let export = stick.sub("export-0001").expect("there");
    assert!(!export.has("MANIFEST.json").expect("asked"));
    assert!(!export.has("film.mov").expect("asked"), "half a file under its name");
    let ran = write(&at, &["a.clean.txt", "--yes", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert_eq!(ran.json()["report"]["incomplete"][0], "export-0001");
    assert!(ran.talk.contains("export-0001: incomplete"), "{}", ran.talk);
    manifest(&at, "export-0002");
}
