use std::ffi::OsString;

use sd_bundle::{Event, Ledger, Role};
use sd_pgp::Certificate;
use sd_term::Face;

use super::*;
use crate::station::Station;

#[path = "../../../../tails-persistence/doctor/tests/common/mod.rs"]
#[expect(dead_code, reason = "one fixture for every program")]
mod common;

/// An SVS that is paired, and an empty stick.
fn svs() -> (tempfile::TempDir, Home) {
    let tmp = tempfile::tempdir().expect("a directory");
    let home = Home::choose(Some(tmp.path().join("home")), None).expect("a home");
    let key = include_bytes!("../../../../tests/data/keys/submission.pub.asc");
    let key = Certificate::parse(key).expect("a certificate");
    let keys = home.part("keys").expect("made");
    Station::save(&keys, Role::Svs, &key, &key, None).expect("paired");
    sd_fs::Dir::create(&tmp.path().join("stick")).expect("made");
    (tmp, home)
}

fn run(station: &common::Station, home: &Home, args: &[&str]) -> serde_json::Value {
    let stick = home.path().with_file_name("stick");
    let args = std::iter::once("sd-airgap").chain(args.iter().copied()).map(OsString::from);
    let rest = ["--json".into(), "--home".into(), home.path().into(), stick.into_os_string()];
    let (mut ui, out, _) = Ui::captured(Face::Json);
    crate::run_on(&station.place(), args.chain(rest), &mut ui);
    serde_json::from_str(&out.text()).expect("one object")
}

fn events(home: &Home) -> Vec<Event> {
    let ledger = Ledger::open(&home.part("store").expect("made")).expect("a ledger");
    ledger.lines().iter().map(|line| line.event.clone()).collect()
}

#[test]
fn a_bundle_is_opened_on_a_station_with_an_air_gap_only() {
    let (_tmp, home) = svs();
    let station = common::Station::new(sd_doctor::Role::Svs);
    for verb in ["unpack", "verify"] {
        // Nothing is on the stick: the gate is passed.
        assert_eq!(run(&station, &home, &[verb])["status"], "NOT_FOUND", "{verb}");
    }
    station.interface("eth0", "pci0000:00/0000:00:1f.6", "down");
    for verb in ["unpack", "verify"] {
        let report = run(&station, &home, &[verb]);
        assert_eq!(report["status"], "STATION_UNSAFE", "{verb}: {report}");
        assert_eq!(report["hint"][1], "doctor");
    }
    assert_eq!(events(&home), []);
}

#[test]
fn a_reason_is_in_the_ledger_and_in_the_log() {
    let (_tmp, home) = svs();
    let station = common::Station::new(sd_doctor::Role::Svs);
    station.interface("eth0", "pci0000:00/0000:00:1f.6", "down");
    let report = run(&station, &home, &["unpack", "--despite", "soldered, and no cable"]);
    assert_eq!(report["status"], "NOT_FOUND", "{report}");
    let events = events(&home);
    let [Event::Despite { command, failed, why }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((command.as_str(), why.as_str()), ("sd-airgap unpack", "soldered, and no cable"));
    assert_eq!(failed, &["interfaces"]);
    let (mut ui, out, _) = Ui::captured(Face::Human);
    let args = ["sd-airgap".into(), "log".into(), "--home".into(), home.path().into()];
    crate::run_on(&station.place(), args.map(|a: OsString| a), &mut ui);
    assert!(out.text().contains("AIR GAP FAILED") && out.text().contains("soldered"));
}
