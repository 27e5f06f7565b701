//! What people and scripts see: hints that parse, one JSON object, escaped text.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::{Newsroom, Run, program};
use sd_tests::terminal::Terminal;

fn newsroom() -> Newsroom {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("Hello."))
        .and_then(|s| s.document("photo.jpg", include_bytes!("../data/demo/photo.jpg")))
        .expect("a source");
    Newsroom::new(world).expect("a newsroom")
}

/// The hint of a JSON report, held against the parser of the program it names.
fn hint(run: &Run) -> Option<Vec<String>> {
    let report = run.json();
    assert_eq!(report["format"], "sneakernet-report");
    let hint = report["hint"].as_array()?;
    let args: Vec<String> = hint.iter().map(|a| a.as_str().expect("text").to_owned()).collect();
    let parses = match args[0].as_str() {
        "sd-fetch" => sd_fetch::parses(&args),
        "sd-airgap" => sd_airgap::parses(&args),
        "sd-export" => sd_export::parses(&args),
        other => panic!("a hint for {other}"),
    };
    assert!(parses, "{args:?}");
    Some(args)
}

#[test]
fn every_hint_on_the_way_names_the_next_command_and_parses() {
    let newsroom = newsroom();
    newsroom.pair().expect("paired");
    let next = |run: Run| hint(&run.expect(0)).map(|h| h[..2].join(" "));
    assert_eq!(next(newsroom.fetch(&["sync"])).as_deref(), Some("sd-airgap pack"));
    assert_eq!(next(newsroom.fetch(&["list"])).as_deref(), Some("sd-airgap pack"));
    assert_eq!(next(newsroom.pack()).as_deref(), Some("sd-airgap unpack"));
    let stick = newsroom.path("stick").to_string_lossy().into_owned();
    assert_eq!(next(newsroom.svs(&["verify", &stick])).as_deref(), Some("sd-airgap unpack"));
    assert_eq!(next(newsroom.unpack()).as_deref(), Some("sd-airgap browse"));
    let listed = newsroom.svs(&["list"]).expect(0);
    let inspect = hint(&listed).expect("a document to look at");
    assert_eq!(inspect[..2], ["sd-export", "inspect"]);
    let photo = &inspect[2];
    let run = |args: &[&str]| newsroom.run("sd-export", args.iter().chain(&["--json"]));
    assert_eq!(next(run(&["inspect", photo])).as_deref(), Some("sd-export scrub"));
    let scrubbed = run(&["scrub", photo, "--output", "clean.jpg"]);
    assert_eq!(next(scrubbed).as_deref(), Some("sd-export write"));
    let written = run(&["write", "clean.jpg", "--to", "export", "--yes"]).expect(0);
    let _ = hint(&written);
}

#[test]
fn pairing_hints_parse_too() {
    let newsroom = newsroom();
    let key = sd_tests::ciphertext::keys::submission().expect("a key");
    std::fs::write(newsroom.path("SecureDrop.asc"), key.armored()).expect("written");
    let public = newsroom.path("SecureDrop.asc").to_string_lossy().into_owned();
    let args = ["pair", "workstation", "--submission-key", &public, "--to", "stick"];
    let asked = newsroom.workstation(&args).expect(2);
    assert_eq!(asked.json()["status"], "USAGE", "nobody is there to compare fingerprints");
    let fingerprint = key.fingerprint();
    let args = [&args[..], &["--fingerprint", fingerprint]].concat();
    assert!(hint(&newsroom.workstation(&args).expect(0)).is_some());
    assert_eq!(newsroom.workstation(&args).expect(1).json()["status"], "ALREADY_PAIRED");
}

#[test]
fn the_wrong_fingerprint_pairs_nothing() {
    let newsroom = newsroom();
    let key = sd_tests::ciphertext::keys::submission().expect("a key");
    std::fs::write(newsroom.path("SecureDrop.asc"), key.armored()).expect("written");
    let public = newsroom.path("SecureDrop.asc").to_string_lossy().into_owned();
    let other = "0123456789ABCDEF0123456789ABCDEF01234567";
    let args = [
        "pair",
        "workstation",
        "--submission-key",
        &public,
        "--to",
        "stick",
        "--fingerprint",
        other,
    ];
    assert_eq!(newsroom.workstation(&args).expect(1).json()["status"], "REFUSED");
    assert_eq!(newsroom.pack().expect(1).json()["status"], "NOT_PAIRED");
}

#[test]
fn keys_that_cannot_be_the_right_ones_pair_nothing() {
    let newsroom = newsroom();
    let secret = sd_tests::ciphertext::keys::SUBMISSION_SECRET;
    std::fs::write(newsroom.path("secret.asc"), secret).expect("written");
    let on_the_workstation = |file: &str| {
        let args = ["pair", "workstation", "--to", "stick", "--submission-key", file];
        newsroom.workstation(&args).expect(12).json()["error"].to_string()
    };
    let why = on_the_workstation("secret.asc");
    assert!(why.contains("SECRET key") && why.contains("wipe that file"), "{why}");
    let fingerprint = newsroom.pair_workstation(secret).expect("paired");
    let carried = newsroom.carried();
    let svs = |submission: &str| {
        let pair = ["pair", "svs", "--workstation", &carried, "--fingerprint", &fingerprint];
        newsroom.svs(&[&pair[..], &["--submission-key", submission]].concat()).json()
    };
    let swapped = svs(&carried);
    let why = swapped["error"].to_string();
    assert!(why.contains("no usable encryption key"), "{why}");
    assert_eq!(newsroom.unpack().expect(1).json()["status"], "NOT_PAIRED");
}

#[test]
fn a_fetch_on_the_secure_viewing_station_is_refused_before_anything_is_asked() {
    let newsroom = newsroom();
    newsroom.pair().expect("paired");
    let address = newsroom.interface().address().to_string();
    for verb in ["sync", "list"] {
        let args = newsroom.at("svs", &[verb, "--insecure-loopback", &address]);
        let run = newsroom.run("sd-fetch", args).expect(1);
        assert_eq!(run.json()["status"], "WRONG_STATION");
    }
    assert!(newsroom.interface().requests().is_empty());
}

#[test]
fn help_is_data_and_fits_80_columns() {
    for (name, verbs) in [
        ("sd-fetch", &["sync", "list", "status", "forget", "seen", "delete"][..]),
        ("sd-airgap", &["pair", "pack", "verify", "unpack", "confirm", "list", "show", "browse"]),
        ("sd-export", &["inspect", "scrub", "write"]),
    ] {
        let newsroom = std::process::Command::new(program(name)).arg("--help").output();
        let help = String::from_utf8(newsroom.expect("runs").stdout).expect("text");
        for verb in verbs {
            assert!(help.contains(verb), "{name} --help names {verb}");
            let output = std::process::Command::new(program(name)).args([verb, "--help"]).output();
            let text = String::from_utf8(output.expect("runs").stdout).expect("text");
            assert!(text.contains("Usage:"));
            let widest = text.lines().map(|l| l.chars().count()).max().unwrap_or_default();
            assert!(widest <= 100, "{name} {verb} --help is {widest} columns wide");
        }
    }
}

#[test]
fn a_usage_error_exits_2_and_a_closed_pipe_3() {
    let newsroom = newsroom();
    let both = ["pack", "--to", "stick", "--device", "/dev/sdz"];
    let _ = newsroom.run("sd-airgap", both).expect(2);
    let _ = newsroom.run("sd-airgap", ["confirm", "not a receipt"]).expect(2);
    newsroom.pair().expect("paired");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut list = newsroom.command("sd-airgap", newsroom.at("ws", &["list"]));
    let status = list.stdout(writer).status().expect("runs");
    assert_eq!(status.code(), Some(3));
}

#[test]
fn a_locked_key_file_asks_for_its_passphrase_and_names_a_wrong_one() {
    use std::io::Write as _;
    let newsroom = newsroom();
    newsroom.pair_locked().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let unpack = |passphrase: &str| {
        let args = newsroom.at("svs", &["unpack", "stick", "--passphrase-fd", "0"]);
        let mut command = newsroom.command("sd-airgap", &args);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().expect("started");
        let mut stdin = child.stdin.take().expect("a pipe");
        writeln!(stdin, "{passphrase}").expect("written");
        drop(stdin);
        child.wait_with_output().expect("ended")
    };
    assert_eq!(unpack("wrong horse").status.code(), Some(12));
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 0);
    assert_eq!(unpack("correct horse").status.code(), Some(0));
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 2);
    assert_eq!(newsroom.unpack().expect(2).json()["status"], "USAGE", "nobody is there to ask");
}

#[test]
fn at_a_terminal_a_mistyped_passphrase_is_asked_for_again_three_times() {
    let newsroom = newsroom();
    newsroom.pair_locked().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let unpack = ["unpack", "stick", "--home", "svs"];
    let question = "Passphrase of the submission key: ";
    let mut terminal = Terminal::start(&newsroom, "sd-airgap", &unpack, (80, 24));
    for _ in 0..3 {
        terminal.answer(question, "wrong horse");
    }
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(12), "{text}");
    let mut terminal = Terminal::start(&newsroom, "sd-airgap", &unpack, (80, 24));
    terminal.answer(question, "wrong horse");
    terminal.wait_for("Try again.");
    terminal.answer(question, "correct horse");
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(0), "{text}");
    assert!(text.contains("Receipt code"), "{text}");
}

#[test]
fn sd_airgap_runs_behind_seccomp_without_a_network() {
    use std::io::Read as _;
    let newsroom = newsroom();
    newsroom.pair_locked().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    // A pipe that nobody writes to keeps the program waiting where it can be looked at.
    let args = newsroom.at("svs", &["unpack", "stick", "--passphrase-fd", "0"]);
    let mut child = newsroom
        .command("sd-airgap", &args)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("started");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let mut status = String::new();
    std::fs::File::open(format!("/proc/{}/status", child.id()))
        .and_then(|mut f| f.read_to_string(&mut status))
        .expect("running");
    assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    child.kill().expect("killed");
    child.wait().expect("waited");
}
