//! When the gate is open, when it is shut, and what it keeps.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

#[path = "../../doctor/tests/common/mod.rs"]
#[expect(dead_code, reason = "one fixture for every program")]
mod common;

use common::Station;
use sd_bundle::{Event, Home, Ledger};
use sd_doctor::Role;
use sd_gate::{Deed, Reason, pass};
use sd_term::{Face, Failure, Status, Ui};

const CARD: &str = "pci0000:00/0000:00:1f.6";

/// A station's directory, paired as this if as anything.
fn home(role: Option<&str>) -> (tempfile::TempDir, Home) {
    let tmp = tempfile::tempdir().expect("a directory");
    let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
    if let Some(role) = role {
        let record = format!(r#"{{"version":1,"role":"{role}","key":null}}"#);
        home.part("keys").expect("made").write_new("station.json", record.as_bytes()).expect("w");
    }
    (tmp, home)
}

/// How a deed came through, and what was said.
fn tried(station: &Station, home: &Home, why: Option<&str>) -> (Result<(), Failure>, String) {
    let reason = why.map(|why| why.parse::<Reason>().expect("a reason"));
    let deed = Deed { command: "sd-airgap unpack", home, despite: reason.as_ref() };
    let (mut ui, _, talk) = Ui::captured(Face::Human);
    (pass(&station.place(), &deed, &mut ui), talk.text())
}

fn events(home: &Home) -> Vec<Event> {
    let ledger = Ledger::open(&home.part("store").expect("made")).expect("a ledger");
    ledger.lines().iter().map(|line| line.event.clone()).collect()
}

#[test]
fn an_offline_tails_passes_without_a_word() {
    let (_tmp, home) = home(Some("svs"));
    let (result, talk) = tried(&Station::new(Role::Svs), &home, None);
    assert!(result.is_ok() && talk.is_empty(), "{talk}");
    assert_eq!(events(&home), []);
}

#[test]
fn a_card_that_is_down_shuts_the_gate_and_is_named() {
    let (_tmp, home) = home(Some("svs"));
    let station = Station::new(Role::Svs);
    station.interface("eth0", CARD, "down");
    let failure = tried(&station, &home, None).0.expect_err("shut");
    assert_eq!(failure.status, Status::StationUnsafe);
    assert!(failure.message.contains("interfaces: eth0 (down)"), "{}", failure.message);
    assert!(failure.message.ends_with("nothing was opened"));
    assert_eq!(failure.hint.expect("a hint").args()[..2], ["sd-station", "doctor"]);
    assert_eq!(events(&home), []);
}

#[test]
fn what_cannot_be_seen_shuts_it_too() {
    let (_tmp, home) = home(Some("svs"));
    let station = Station::new(Role::Svs);
    station.remove("/sys/class/net");
    assert!(tried(&station, &home, None).0.is_err());
}

#[test]
fn a_reason_opens_it_and_is_kept_before() {
    let (_tmp, home) = home(Some("svs"));
    let station = Station::new(Role::Svs);
    station.interface("eth0", CARD, "up");
    let (result, talk) = tried(&station, &home, Some("the card cannot be removed"));
    assert!(result.is_ok());
    assert!(talk.contains("eth0 (up)") && talk.contains("the card cannot be removed"), "{talk}");
    let kept = Event::Despite {
        command: "sd-airgap unpack".to_owned(),
        failed: vec!["interfaces".to_owned()],
        why: "the card cannot be removed".to_owned(),
    };
    assert_eq!(events(&home), [kept]);
}

#[test]
fn a_reason_that_cannot_be_kept_opens_nothing() {
    let station = Station::new(Role::Svs);
    station.interface("eth0", CARD, "up");
    for role in [None, Some("workstation")] {
        let (_tmp, home) = home(role);
        let failure = tried(&station, &home, Some("the card cannot be removed")).0;
        let failure = failure.expect_err("shut");
        assert!(failure.message.contains("no ledger"), "{}", failure.message);
    }
    let (_tmp, home) = home(Some("svs"));
    home.part("store").expect("made").write_new("ledger.jsonl", b"{}\n").expect("written");
    assert!(tried(&station, &home, Some("the card cannot be removed")).0.is_err());
}

#[test]
fn a_networked_workstation_s_tails_is_shut() {
    let (_tmp, home) = home(None);
    let failure = tried(&Station::new(Role::Workstation), &home, None).0.expect_err("shut");
    for id in ["offline-mode", "driver-block", "interfaces", "tor-running"] {
        assert!(failure.message.contains(id), "{}", failure.message);
    }
}

#[test]
fn warnings_open_it_with_one_line() {
    let (_tmp, home) = home(Some("svs"));
    let station = Station::new(Role::Svs);
    for (file, text) in [("type", "wlan"), ("soft", "1"), ("hard", "0")] {
        station.put(&format!("/sys/class/rfkill/rfkill0/{file}"), text);
    }
    let (result, talk) = tried(&station, &home, None);
    assert!(result.is_ok());
    assert_eq!(talk, "warning: the air gap could be better (radios): sd-station doctor\n");
}

#[test]
fn off_tails_it_says_that_it_was_not_checked() {
    let (_tmp, home) = home(None);
    let station = Station::new(Role::Svs);
    for dir in ["etc", "usr", "proc", "live", "var"] {
        station.remove(dir);
    }
    let (result, talk) = tried(&station, &home, None);
    assert!(result.is_ok());
    assert_eq!(talk, "warning: this is not Tails: the air gap was not checked\n");
}

#[test]
fn it_takes_a_few_milliseconds() {
    let (_tmp, home) = home(Some("svs"));
    let station = Station::new(Role::Svs);
    // As many as Tails blocks and a computer loads.
    let lines = |form: fn(usize) -> String, count| (0..count).map(form).collect::<String>();
    let blocked = lines(|n| format!("install card{n} /bin/true\n"), 600);
    station.add("/etc/modprobe.d/all-net-blocklist.conf", &blocked);
    station.add("/proc/modules", &lines(|n| format!("module{n} 16384 0 - Live 0x0\n"), 200));
    let mut times: Vec<_> = (0..21)
        .map(|_| {
            let start = std::time::Instant::now();
            assert!(tried(&station, &home, None).0.is_ok());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times[times.len() / 2];
    println!("the gate takes {median:?}");
    // Many times what was measured, for a loaded machine and a build without optimisation.
    assert!(median < std::time::Duration::from_millis(50), "{median:?}");
}
