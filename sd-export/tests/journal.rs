//! What is cleaned and carried out stands in the ledger of the Secure Viewing Station.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use common::{Scratch, files, names, run, tool};
use sd_bundle::{Event, Ledger, Way};
use sd_fs::{Blake3, Dir};

const SOURCE: &str = "11111111-2222-3333-4444-555555555555";
const ITEM: &str = "66666666-7777-8888-9999-aaaaaaaaaaaa";

/// A station that says it is the SVS, with one picture in its store; its directory, and where the
/// picture lies.
fn svs() -> (Scratch, String) {
    let at = Scratch::new();
    let home = at.sub("home");
    let keys = home.make_sub("keys").expect("made");
    keys.write_new("station.json", br#"{"version":1,"role":"svs","key":null}"#).expect("free");
    let mut dir = home.make_sub("store").expect("made");
    for part in ["sources", SOURCE, ITEM, "content"] {
        dir = dir.make_sub(part).expect("made");
    }
    dir.write_new("b.jpg", &files::jpeg()).expect("free");
    at.sub("stick");
    (at, format!("home/store/sources/{SOURCE}/{ITEM}/content"))
}

fn ledger(at: &Scratch) -> Vec<Event> {
    let store = Dir::open(&at.path().join("home/store")).expect("there");
    let ledger = Ledger::open(&store).expect("a chain");
    ledger.lines().iter().map(|line| line.event.clone()).collect()
}

#[test]
fn a_copy_and_an_export_are_written_down_with_the_item_they_come_from() {
    let (at, content) = svs();
    let (photo, copy) = (format!("{content}/b.jpg"), format!("{content}/b.clean.jpg"));
    assert_eq!(run(&at, &["--home", "home", "scrub", &photo]).code, 0);
    let write = ["--home", "home", "write", &copy, "--to", "stick", "--yes"];
    assert_eq!(run(&at, &write).code, 0);
    let events = ledger(&at);
    let Event::Scrubbed { from, to, rebuilt: false } = &events[0] else { panic!("{events:?}") };
    assert_eq!(from.blake3, Blake3::of(&files::jpeg()));
    assert_eq!(from.item.as_ref().map(ToString::to_string).as_deref(), Some(ITEM));
    assert_eq!(*to, Blake3::of(&at.get(&copy)));
    let Event::Leaving { way: Way::Export, documents } = &events[1] else { panic!("{events:?}") };
    assert_eq!((documents.len(), documents[0].as_is), (1, false));
    assert_eq!(documents[0].document.blake3, *to);
    assert_eq!(documents[0].document.item, from.item);
    assert_eq!(events[2], Event::Left { announced: 2, status: "DONE".to_owned() });
    let log = String::from_utf8(at.get("home/store/ledger.jsonl")).expect("text");
    assert!(!log.contains("b.jpg") && !log.contains("stick"), "no name is in it: {log}");
}

#[test]
fn an_override_is_written_down_as_one() {
    let (at, content) = svs();
    let photo = format!("{content}/b.jpg");
    let write = ["--home", "home", "write", &photo, "--to", "stick", "--as-is", "--yes"];
    assert_eq!(run(&at, &write).code, 0);
    let events = ledger(&at);
    let Event::Leaving { documents, .. } = &events[0] else { panic!("{events:?}") };
    assert!(documents[0].as_is);
    assert_eq!(documents[0].document.blake3, Blake3::of(&files::jpeg()));
}

#[test]
fn without_a_ledger_that_can_be_trusted_nothing_leaves() {
    let (at, content) = svs();
    let photo = format!("{content}/b.jpg");
    let store = Dir::open(&at.path().join("home/store")).expect("there");
    store.write_new("ledger.jsonl", b"{\"n\":1}\n").expect("free");
    for args in [&["scrub", &photo][..], &["write", &photo, "--to", "stick", "--as-is", "--yes"]] {
        let ran = run(&at, &[&["--home", "home"], args].concat());
        assert_eq!(ran.code, 10, "{}{}", ran.out, ran.talk);
    }
    assert_eq!(names(&at.dir.sub("stick").expect("there")), [""; 0]);
    assert_eq!(names(&Dir::open(&at.path().join(content)).expect("there")), ["b.jpg"]);
}

#[test]
fn an_archive_opens_with_tar_and_check_finds_each_change() {
    let (at, content) = svs();
    assert_eq!(run(&at, &["scrub", &format!("{content}/b.jpg"), "--to", "."]).code, 0);
    at.put("a.txt", b"text\n");
    let write = ["write", "a.txt", "b.clean.jpg", "--to", "stick", "--archive", "--yes"];
    let ran = run(&at, &[&write[..], &["--note", "gray dog\u{202e}"]].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    let export = at.path().join("stick/export-0001");
    assert_eq!(tool(&export, "sha256sum", &["--check", "--strict", "SHA256SUMS"]).code, 0);
    at.sub("out");
    let out = at.path().join("out");
    let archive = export.join("files.tar.zst");
    let archive = archive.to_str().expect("text");
    assert_eq!(tool(&out, "tar", &["--zstd", "-xf", archive]).code, 0);
    assert_eq!(tool(&out, "sha256sum", &["--check", "--strict", "SHA256SUMS"]).code, 0);
    assert_eq!(at.get("out/b.clean.jpg"), at.get("b.clean.jpg"));
    let list = String::from_utf8(at.get("stick/export-0001/MANIFEST.txt")).expect("text");
    assert!(list.contains("b.clean.jpg\n") && list.contains(r"Note: gray dog\u{202e}"), "{list}");

    let good = run(&at, &["check", "stick"]);
    assert_eq!(good.code, 0, "{}{}", good.out, good.talk);
    assert!(good.out.contains("stick/export-0001: 2 files"), "{}", good.out);
    let dir = at.dir.sub("stick").and_then(|s| s.sub("export-0001")).expect("there");
    let mut bytes = at.get("stick/export-0001/files.tar.zst");
    bytes[20] ^= 1;
    dir.replace("files.tar.zst", &bytes).expect("replaced");
    let bad = run(&at, &["check", "stick/export-0001"]);
    assert_eq!(bad.code, 10, "{}{}", bad.out, bad.talk);
    assert!(bad.out.contains("files.tar.zst is not what was written"), "{}", bad.out);
}
