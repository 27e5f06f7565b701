//! Programs that answer as the real ones do, and as they do not.

use std::time::Duration;

use super::*;

/// Programs that say this and end like this.
fn programs(scripts: &[(&str, &str)]) -> (tempfile::TempDir, Programs) {
    let tmp = tempfile::tempdir().expect("a directory");
    for (name, text) in scripts {
        super::child::tests::script_at(&tmp.path().join(name), text);
    }
    let programs = Programs::in_dir(tmp.path(), Duration::from_secs(20));
    (tmp, programs)
}

fn asked(role: Role, scripts: &[(&str, &str)]) -> Answers {
    let (_tmp, programs) = programs(scripts);
    let station = tempfile::tempdir().expect("a directory");
    let home = Home::choose(Some(station.path().to_owned()), None).expect("a home");
    home.part(".gnupg").expect("made");
    ask(&programs, Whose { role, home: &home, user: station.path(), proxies: Vec::new() })
}

#[test]
fn a_station_s_programs_are_understood() {
    let answers = asked(
        Role::Svs,
        &[
            (
                "gdbus",
                "case \"$*\" in *IsUnlocked) echo '(<true>,)';; *Feature\\ IsActive) echo '(<false>,)';; esac",
            ),
            ("gpg", "echo 'sec:u:255:22:D:1:::u:'; echo 'fpr:::::::::AB:'"),
            ("passwd", "echo 'amnesia NP 2026-09-01 0 99999 7 -1'"),
            ("systemd-detect-virt", "echo none; exit 1"),
            ("gsettings", "case $3 in automount) echo false;; *) echo true;; esac"),
            ("systemctl", "echo inactive; exit 3"),
            ("nmcli", "echo 'Error: NetworkManager is not running.' >&2; exit 8"),
        ],
    );
    assert_eq!((answers.storage, answers.gnupg), (Answer::Told(true), Answer::Told(false)));
    assert_eq!(answers.password, Answer::Told(false));
    assert_eq!(answers.machine, Answer::Told("none".to_owned()));
    assert_eq!(answers.usb_protection, Answer::Told(true));
    assert_eq!(answers.automount, Answer::Told(false));
    assert_eq!(answers.usbguard, Answer::Told(false));
    assert_eq!(answers.network_manager, Answer::Told("not running".to_owned()));
    let Answer::Told(keys) = answers.keys else { panic!("no keys") };
    assert_eq!(keys[0].fingerprints, ["AB"]);
    assert_eq!((answers.pairing, answers.manifest), (Answer::Told(None), Answer::Told(None)));
}

#[test]
fn gnupg_is_not_asked_where_it_has_no_directory_which_it_would_make() {
    let (_tmp, programs) = programs(&[("gpg", "exit 1")]);
    let user = tempfile::tempdir().expect("a directory");
    assert_eq!(secret_keys(&programs, None, user.path()).expect("none"), []);
    let other = KeyPlace::OtherGnuPg("/nowhere".to_owned());
    assert!(secret_keys(&programs, Some(&other), user.path()).is_err());
}

#[test]
fn what_does_not_answer_is_not_told() {
    for script in ["exit 1", "echo nonsense", "exit 0"] {
        let names = ["gdbus", "passwd", "gsettings", "systemctl"];
        let answers = asked(Role::Svs, &names.map(|name| (name, script)));
        for answer in [
            &answers.storage,
            &answers.gnupg,
            &answers.password,
            &answers.usb_protection,
            &answers.automount,
            &answers.usbguard,
        ] {
            assert!(matches!(answer, Answer::NotTold(_)), "{script}: {answer:?}");
        }
        assert!(matches!(answers.keys, Answer::NotTold(_)), "gpg is not there");
        assert!(matches!(answers.machine, Answer::NotTold(_)));
    }
}

#[test]
fn sd_fetch_s_own_account_is_read_without_the_address() {
    let known = r#"{"report":{"server":{"address":"a.onion","from":"x"},"tor":"ready"}}"#;
    let wanted = FetchStatus { knows_address: true, tor: "ready".to_owned() };
    assert_eq!(read_fetch_status(known), Some(wanted));
    let unknown = r#"{"report":{"server":{"problem":"x"},"tor":"closed"}}"#;
    assert!(!read_fetch_status(unknown).expect("read").knows_address);
    assert_eq!(read_fetch_status(r#"{"error":"x"}"#), None);
}
