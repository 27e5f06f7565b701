//! Memory stays flat as files grow: a 500 MB document through every stage.
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test runs other programs")]

use std::path::Path;
use std::process::{Command, Stdio};

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::{Newsroom, program};
use sd_tests::noise::Noise;

/// The document: about as large as SecureDrop takes.
const DOCUMENT: u64 = 500_000_000;

/// The bar: 96 MiB for a program with all its workers, each counted by itself.
const MOST: u64 = 96 * 1024;

/// Runs a program under `time`, which counts it and every worker it waited for, and returns
/// the peak of the largest in KiB.
fn peak(newsroom: &Newsroom, name: &str, args: &[String], input: &str) -> u64 {
    use std::io::Write as _;
    let report = newsroom.path("peak");
    let mut child = Command::new("/usr/bin/time")
        .args(["-f", "%M", "-o"])
        .arg(&report)
        .arg(program(name))
        .args(args)
        .current_dir(newsroom.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("/usr/bin/time (Debian package time)");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    last_number(&report)
}

fn last_number(report: &Path) -> u64 {
    let text = std::fs::read_to_string(report).expect("a report");
    text.lines().last().and_then(|l| l.trim().parse().ok()).expect("a number")
}

#[test]
fn a_500_mb_document_takes_less_than_96_mib_in_every_stage() {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("patient heron")
        .and_then(|s| s.document_from(Some(b"archive.bin"), Noise::new(DOCUMENT, 3)))
        .expect("a source");
    let newsroom = Newsroom::new(world).expect("a newsroom");
    newsroom.pair().expect("paired");
    let (args, credentials) = newsroom.fetch_line(&["sync"]).expect("a login");
    let sync = peak(&newsroom, "sd-fetch", &args, &credentials);
    let pack = peak(&newsroom, "sd-airgap", &newsroom.at("ws", &["pack", "--to", "stick"]), "");
    let unpack = peak(&newsroom, "sd-airgap", &newsroom.at("svs", &["unpack", "stick"]), "");
    println!("peak memory: sync {sync} KiB, pack {pack} KiB, unpack {unpack} KiB");
    for (stage, kib) in [("sync", sync), ("pack", pack), ("unpack", unpack)] {
        assert!(kib > 1000, "{stage}: {kib} KiB cannot be a whole program");
        assert!(kib < MOST, "{stage}: {kib} KiB");
    }
    let plain = newsroom.plaintexts().expect("listed").remove(0);
    assert_eq!(std::fs::metadata(plain.path).expect("there").len(), DOCUMENT);
}
