//! The faces of a checkup, and the copy for the technologist, in a station made for it.

#[path = "../../../doctor/tests/common/mod.rs"]
#[expect(dead_code, reason = "one fixture for every program")]
mod common;

use common::Station;
use sd_term::{Report as _, width};

use super::*;

const CARD: &str = "pci0000:00/0000:00:1f.6";

#[test]
fn a_well_station_is_done_and_says_what_nobody_can_see() {
    let station = Station::new(Role::Svs);
    let checkup = checkup(&station.place(), &station.answers, Show::Wrong);
    assert_eq!(checkup.status(), Status::Done);
    let text = checkup.to_string();
    assert!(text.starts_with("Secure Viewing Station: 0 FAIL, "), "{text}");
    assert!(text.contains("ok; --all shows them.") && text.contains("Intel ME"), "{text}");
}

#[test]
fn what_fails_comes_first_and_every_line_fits_a_terminal() {
    for role in [Role::Svs, Role::Workstation] {
        let mut station = Station::new(role);
        station.interface("eth1", CARD, "down");
        station.answers = Answers { uid: 0, ..Answers::none(role) };
        let checkup = checkup(&station.place(), &station.answers, Show::All);
        assert_eq!(checkup.status(), Status::StationUnsafe);
        let text = checkup.to_string();
        assert!(text.lines().all(|line| width(line) <= 80), "{text}");
        let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
        assert!(at("\nFAIL  ") < at("\nwarn  ") && at("\nwarn  ") < at("\nok    "), "{text}");
        assert!(text.contains("(not known)"), "{text}");
        assert!(!text.contains("--all shows"), "{text}");
    }
}

#[test]
fn both_faces_tell_the_same() {
    let station = Station::new(Role::Svs);
    station.interface("eth0", CARD, "up");
    let checkup = checkup(&station.place(), &station.answers, Show::Wrong);
    let json = serde_json::to_value(&checkup).expect("JSON");
    assert_eq!((&json["role"], &json["counts"]["fail"]), (&"svs".into(), &1.into()));
    let first = &json["findings"][0];
    assert_eq!((&first["id"], &first["verdict"]), (&"interfaces".into(), &"fail".into()));
    assert_eq!(first["seen"], "eth0 (up)");
    assert!(first["means"].is_string() && first["mend"].is_string());
    let text = checkup.to_string();
    for word in ["FAIL  interfaces", "eth0 (up)", "This computer has a way into a network."] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn the_technologist_s_copy_has_no_secrets_and_answers_the_open_questions() {
    let mut station = Station::new(Role::Workstation);
    station.interface("enx001122334455", CARD, "up");
    station.answers.keys = sd_doctor::Answer::Told(vec![sd_doctor::SecretKey {
        fingerprints: vec![common::KEY.to_owned()],
        users: vec!["The Paper SecureDrop Key".to_owned()],
        expires: None,
    }]);
    station.mounts(&["40 22 8:17 / /media/amnesia/FOCAL rw,nosuid - vfat /dev/sdb1 rw"]);
    station.put("/etc/tor/torrc", "SocksPort 127.0.0.1:9050\nHiddenServiceAuth x\n");
    let place = station.place();
    let checkup = checkup(&place, &station.answers, Show::Wrong);
    let facts = Facts {
        role: "workstation",
        home: "/home/amnesia".to_owned(),
        now: "2026-09-01T00:00:00Z".to_owned(),
    };
    let nowhere = Programs::in_dir(Path::new("/nowhere"), std::time::Duration::from_secs(1));
    let text = hand_over(&place, &nowhere, &facts, checkup.findings());
    for secret in
        ["001122334455", common::KEY, "The Paper", "FOCAL", "aaaaaaaaaaaa", "HiddenService"]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    for fact in [
        "FAIL      secret-key",
        "TAILS_NETWORK=true",
        "veth-tbb",
        "SocksPort 127.0.0.1:9050",
        "vfat rw,nosuid",
        "our udev rules are links to: /live/persistence",
    ] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
}

#[test]
fn the_copy_is_written_whole_and_over_nothing() {
    let tmp = tempfile::tempdir().expect("a directory");
    let path = tmp.path().join("report.txt");
    write(&path, "words\n").expect("written");
    assert_eq!(write(&path, "other words\n").expect_err("taken").status, Status::Refused);
    let dir = Dir::open(tmp.path()).expect("opened");
    assert_eq!(dir.read_small("report.txt", 100).expect("there"), b"words\n");
}

#[test]
fn the_role_is_found_or_asked_for_by_its_name() {
    let station = Station::new(Role::Svs);
    let (place, user) = (station.place(), Path::new("/home/amnesia"));
    let tmp = tempfile::tempdir().expect("a directory");
    let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
    let failure = found(&place, &home, user).expect_err("nobody said");
    assert_eq!(failure.status, Status::Usage);
    assert!(failure.message.contains("--role"), "{}", failure.message);
    let record = "/home/amnesia/Persistent/sneakernet-programs/station.toml";
    station.put(record, "role = \"workstation\"\nmode = \"user\"\n");
    assert_eq!(found(&place, &home, user).expect("installed"), Role::Workstation);
    let keys = home.part("keys").expect("made");
    keys.write_new("station.json", br#"{"version":1,"role":"svs","key":null}"#).expect("written");
    assert_eq!(found(&place, &home, user).expect("paired"), Role::Svs);
}
