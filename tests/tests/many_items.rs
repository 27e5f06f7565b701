//! Ten thousand small items: the last one is no more work than the first.
//!
//! Work is counted, not timed: requests at the server, and the program's reads and writes as the
//! kernel counts them. The times are in the benchmarks (`make bench`, line `items`).
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test runs other programs")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sd_tests::newsroom::{Newsroom, Run, program};
use sd_tests::small_items::world_of_small_items;

const ITEMS: usize = 10_000;

/// The bar for memory, in KiB.
const MOST: u64 = 64 * 1024;

/// What a program has done up to some request.
#[derive(Clone, Copy)]
struct Reading {
    requests: usize,
    /// Calls that read or write files.
    calls: u64,
    /// Bytes that these calls moved.
    bytes: u64,
}

fn start(newsroom: &Newsroom) -> Child {
    let (args, credentials) = newsroom.fetch_line(&["sync"]).expect("a login");
    let mut child =
        newsroom.command("sd-fetch", &args).stdin(Stdio::piped()).spawn().expect("started");
    child.stdin.take().expect("a pipe").write_all(credentials.as_bytes()).expect("room");
    child
}

/// What the kernel has counted of a running program; nothing once it has ended.
fn counted(child: &Child, requests: usize) -> Option<Reading> {
    let io = std::fs::read_to_string(format!("/proc/{}/io", child.id())).ok()?;
    let number = |name: &str| -> Option<u64> {
        io.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
    };
    let calls = number("syscr:")? + number("syscw:")?;
    Some(Reading { requests, calls, bytes: number("rchar:")? + number("wchar:")? })
}

/// Runs a sync and reads the counters all the way.
fn watched(newsroom: &Newsroom) -> (Run, Vec<Reading>) {
    let mut child = start(newsroom);
    let mut readings = Vec::new();
    while child.try_wait().expect("waited").is_none() {
        readings.extend(counted(&child, newsroom.interface().request_count()));
        std::thread::sleep(Duration::from_millis(5));
    }
    (Run::of(child.wait_with_output().expect("ended")), readings)
}

/// Calls and bytes for each request between two of them.
fn for_each(readings: &[Reading], from: usize, to: usize) -> (f64, f64) {
    let at = |n: usize| *readings.iter().find(|r| r.requests >= n).expect("a reading");
    let (first, last) = (at(from), at(to));
    let each = |a: u64, b: u64| {
        #[expect(clippy::cast_precision_loss, reason = "millions")]
        let each = (b - a) as f64 / (last.requests - first.requests) as f64;
        each
    };
    (each(first.calls, last.calls), each(first.bytes, last.bytes))
}

/// A no-change sync under `time`: processor seconds and the peak of memory in KiB.
fn again(newsroom: &Newsroom) -> (Run, f64, u64) {
    let noted = newsroom.path("noted");
    let (args, credentials) = newsroom.fetch_line(&["sync"]).expect("a login");
    let mut child = Command::new("/usr/bin/time")
        .args(["-f", "%U %S %M", "-o"])
        .arg(&noted)
        .arg(program("sd-fetch"))
        .args(&args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("/usr/bin/time (Debian package time)");
    child.stdin.take().expect("a pipe").write_all(credentials.as_bytes()).expect("room");
    let run = Run::of(child.wait_with_output().expect("ended"));
    let noted = std::fs::read_to_string(noted).expect("a report");
    let line = noted.lines().last().expect("a line");
    let numbers: Vec<f64> = line.split(' ').map(|n| n.parse().expect("a number")).collect();
    let peak = line.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    (run, numbers[0] + numbers[1], peak)
}

#[test]
fn the_last_of_ten_thousand_items_is_no_more_work_than_the_first() {
    program("sd-fetch");
    let newsroom = Newsroom::new(world_of_small_items(ITEMS).expect("a world")).expect("a server");
    let (run, readings) = watched(&newsroom);
    let report = run.expect(0).json();
    assert_eq!(report["report"]["waiting"], ITEMS);

    let asked = newsroom.interface().requests();
    let downloads = asked.iter().filter(|e| e.path.ends_with("/download"));
    let paths: BTreeSet<&str> = downloads.clone().map(|e| e.path.as_str()).collect();
    assert_eq!((downloads.count(), paths.len()), (ITEMS, ITEMS), "each once");
    // Hello, login, three lists, logout.
    assert_eq!(asked.len(), ITEMS + 6);

    let (first, last) = (for_each(&readings, 100, 2_000), for_each(&readings, 8_000, 9_900));
    println!("calls and bytes for each: {first:?} at first, {last:?} at last");
    assert!(first.0 > 1.0 && last.0 < first.0 * 1.25, "{} calls, then {}", first.0, last.0);
    assert!(first.1 > 1.0 && last.1 < first.1 * 1.25, "{} bytes, then {}", first.1, last.1);

    let (run, cpu, peak) = again(&newsroom);
    assert_eq!(run.expect(0).json()["status"], "NOTHING_TO_DO");
    assert_eq!(newsroom.interface().request_count(), ITEMS + 6 + 6);
    println!("with nothing new: {cpu:.2} s of processor time, {peak} KiB");
    // The one time that is promised; a build for debugging takes a sixth of it.
    assert!(cpu < 2.0, "{cpu:.2} s of processor time");
    assert!(peak < MOST, "{peak} KiB");
}
