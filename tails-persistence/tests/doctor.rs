//! The real program, on whatever system runs the tests.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "the tests start the real program")]
fn run(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sd-station"));
    command.args(args).current_dir(home).env("HOME", home).env_remove("NO_COLOR");
    // GNOME's own tools keep a file there, and make one at home where it is not known.
    let runtime = tempfile::tempdir().expect("a directory");
    command.env("XDG_RUNTIME_DIR", runtime.path());
    command.output().expect("the program starts")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one object")
}

#[test]
fn a_station_that_nobody_named_is_asked_for() {
    let tmp = tempfile::tempdir().expect("a directory");
    let asked = run(tmp.path(), &["doctor", "--json"]);
    assert_eq!(asked.status.code(), Some(2));
    let said = json(&asked);
    assert_eq!(said["status"], "USAGE");
    assert!(said["error"].as_str().expect("words").contains("--role"), "{said}");
}

#[test]
fn what_is_no_tails_is_unsafe_and_nothing_is_made_at_home() {
    let tmp = tempfile::tempdir().expect("a directory");
    for role in ["svs", "workstation"] {
        let output = run(tmp.path(), &["doctor", "--json", "--role", role]);
        let said = json(&output);
        let findings = said["report"]["findings"].as_array().expect("findings");
        let tails = findings.iter().find(|f| f["id"] == "tails").expect("it is asked");
        if tails["verdict"] == "fail" {
            assert_eq!(
                (output.status.code(), &said["status"]),
                (Some(1), &"STATION_UNSAFE".into())
            );
        }
        assert_eq!(said["report"]["role"], role);
    }
    let made: Vec<_> = tmp.path().read_dir().expect("listed").collect();
    assert!(made.is_empty(), "{made:?}");
}

#[test]
fn the_technologist_s_copy_is_the_user_s_alone_and_replaces_nothing() {
    let tmp = tempfile::tempdir().expect("a directory");
    let args = ["doctor", "--json", "--role", "svs", "--report", "copy.txt"];
    let written = json(&run(tmp.path(), &args));
    assert_eq!(written["report"]["written"], "copy.txt", "{written}");
    let copy = tmp.path().join("copy.txt");
    let mode = copy.metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(json(&run(tmp.path(), &args))["status"], "REFUSED");
}
