//! On a Tails whose air gap fails, nothing of a source is opened.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

#[path = "../../tails-persistence/doctor/tests/common/mod.rs"]
#[expect(dead_code, reason = "one fixture for every program")]
mod common;

use std::ffi::OsString;

use common::Station;
use sd_doctor::Role;
use sd_fs::Dir;
use sd_term::{Face, Ui};

/// Runs one command line on this station, in a directory with one text in it.
fn run(station: &Station, at: &Dir, args: &[&str]) -> (serde_json::Value, Vec<String>) {
    let home = at.path().join("home");
    let args: Vec<OsString> = std::iter::once("sd-export")
        .chain(args.iter().copied())
        .chain(["--json", "--home"])
        .map(OsString::from)
        .chain([home.into_os_string()])
        .collect();
    let (mut ui, out, _) = Ui::captured(Face::Json);
    sd_export::run_on(&station.place(), &args, &mut ui);
    let names = at.entries().expect("listed").into_iter().map(|e| e.name).collect();
    (serde_json::from_str(&out.text()).expect("one object"), names)
}

fn place() -> (tempfile::TempDir, Dir, String) {
    let tmp = tempfile::tempdir().expect("a directory");
    let dir = Dir::open(tmp.path()).expect("opened");
    dir.write_new("a.txt", b"words\n").expect("written");
    let file = dir.path().join("a.txt").to_string_lossy().into_owned();
    (tmp, dir, file)
}

#[test]
fn every_verb_that_opens_a_document_is_refused_before_it_does() {
    let station = Station::new(Role::Svs);
    station.interface("eth0", "pci0000:00/0000:00:1f.6", "down");
    let (_tmp, dir, file) = place();
    let to = dir.path().to_string_lossy().into_owned();
    let verbs: [&[&str]; 6] = [
        &["inspect", &file],
        &["preview", &file, "--to", &to],
        &["scrub", &file],
        &["scrub", "--rebuild", &file],
        &["write", &file, "--to", &to, "--yes"],
        &["print", &file, "--yes"],
    ];
    for verb in verbs {
        let (report, names) = run(&station, &dir, verb);
        assert_eq!(report["status"], "STATION_UNSAFE", "{verb:?}: {report}");
        assert!(report["error"].as_str().expect("words").contains("eth0 (down)"), "{report}");
        assert_eq!(names, ["a.txt"], "{verb:?}");
    }
}

#[test]
fn what_opens_no_document_is_not_refused() {
    let station = Station::new(Role::Workstation);
    let (_tmp, dir, _) = place();
    let to = dir.path().to_string_lossy().into_owned();
    for verb in [
        &["check", &to][..],
        &["printers", "--cups", "/nowhere"],
        &["preview", "--clear", "--to", &to],
    ] {
        let (report, _) = run(&station, &dir, verb);
        assert_ne!(report["status"], "STATION_UNSAFE", "{verb:?}: {report}");
    }
}

#[test]
fn a_reason_without_a_ledger_opens_nothing() {
    let station = Station::new(Role::Workstation);
    let (_tmp, dir, file) = place();
    let (report, names) =
        run(&station, &dir, &["scrub", &file, "--despite", "it is only a test of mine"]);
    assert_eq!(report["status"], "STATION_UNSAFE");
    assert!(report["error"].as_str().expect("words").contains("no ledger"), "{report}");
    assert_eq!(names, ["a.txt"]);
    let (report, _) = run(&station, &dir, &["scrub", &file, "--despite", "because"]);
    assert_eq!(report["status"], "USAGE", "{report}");
}
