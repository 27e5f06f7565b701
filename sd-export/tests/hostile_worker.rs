//! Workers that lie, babble and crash, and a parent that believes none of them.
//!
//! This file is its own program: a worker is the same program started anew, so its job named
//! `scrub` takes the place of the real one. What it does is told by the first byte of the file.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]
#![expect(clippy::print_stdout, reason = "a test program with its own main prints its results")]

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use sd_fs::{Blake3, Dir};
use sd_sandbox::{ChannelError, Inside, Job, Profile, worker_main};
use sd_term::{Face, Ui};
use serde_json::{Value, json};

const SMALL: Profile = Profile { memory: 256 << 20, output: 4096, seconds: 1 };
const JOBS: &[Job] = &[Job { name: "scrub", profile: SMALL, run: hostile }];

fn hostile(mut inside: Inside) -> Result<(), ChannelError> {
    let order: Value = serde_json::from_slice(&inside.channel.receive(4096)?).unwrap_or_default();
    assert_eq!(order["max_input"], 512 << 20);
    let mut what = [0];
    inside.input.read_exact(&mut what)?;
    match what[0] {
        b'p' => panic!("a message that must not be seen"),
        b'f' => loop {
            inside.output.write_all(&[0; 1024])?;
        },
        b's' => loop {
            std::hint::black_box(0);
        },
        b'j' => inside.channel.send(b"{\"Cleaned\":"),
        b'b' => inside.channel.send(&vec![b' '; (1 << 20) + 1]),
        b'n' => Ok(()),
        other => lie(inside, other),
    }
}

/// Answers that are well formed and, but for `g`, not true.
fn lie(mut inside: Inside, what: u8) -> Result<(), ChannelError> {
    inside.output.write_all(b"clean")?;
    let (mut size, mut bytes) = (5, &b"clean"[..]);
    match what {
        b'h' => bytes = b"dirty",
        b'l' => size = 4,
        _ => {}
    }
    let finding = json!({
        "class": "comment", "place": "\u{1b}[2Jplace", "detail": "\u{202e}detail",
        "fate": "removed",
    });
    let report = json!({ "format": "text", "findings": [finding], "cannot_remove": ["\u{7}bell"] });
    let hash = Blake3::of(bytes).to_string();
    let answer = json!({ "Cleaned": { "report": report, "size": size, "blake3": hash } });
    inside.channel.send(answer.to_string().as_bytes())?;
    if what == b'c' {
        inside.channel.send(b"and more")?;
    }
    assert!(what != b'd', "dead after a good answer");
    Ok(())
}

/// Scrubs a file of this content: the JSON face, the human face's text, the names left.
fn scrub(content: &str) -> (Value, Vec<String>) {
    let tmp = tempfile::tempdir().expect("a directory");
    let dir = Dir::open(tmp.path()).expect("it opens");
    dir.write_new("x.txt", content.as_bytes()).expect("free");
    let out = run(tmp.path(), Face::Json);
    let names = dir.entries().expect("listed").into_iter().map(|e| e.name).collect();
    (serde_json::from_str(&out).expect("one object"), names)
}

fn run(at: &std::path::Path, face: Face) -> String {
    let (mut ui, out, _) = Ui::captured(face);
    let file = at.join("x.txt").into_os_string();
    let args = [OsString::from("sd-export"), OsString::from("scrub"), file];
    let _ = sd_export::run(&args, &mut ui);
    out.text()
}

fn a_worker_that_crashes_or_lies_is_named_and_leaves_no_file() {
    for (content, words) in [
        ("panic", "ended unexpectedly"),
        ("flood", "wrote more than allowed"),
        ("spin", "took too long"),
        ("json", "makes no sense"),
        ("babble", "broke the protocol"),
        ("nothing", "broke the protocol"),
        ("hash", "not what the worker said"),
        ("length", "not what the worker said"),
        ("chatter", "broke the protocol"),
        ("dead", "ended unexpectedly"),
    ] {
        let (report, names) = scrub(content);
        assert_eq!(report["status"], "NOT_CLEAN", "{content}");
        assert_eq!(report["exit"], 10, "{content}");
        let message = report["report"]["files"][0]["message"].as_str().expect("a message");
        assert!(message.contains(words), "{content}: {message}");
        assert_eq!(names, ["x.txt"], "{content}");
    }
}

fn what_a_worker_says_is_escaped_in_both_faces() {
    let (report, names) = scrub("good");
    assert_eq!(report["status"], "DONE");
    assert_eq!(names, ["x.clean.txt", "x.txt"]);
    let finding = &report["report"]["files"][0]["report"]["findings"][0];
    assert_eq!(finding["place"], r"\u{1b}[2Jplace");
    let tmp = tempfile::tempdir().expect("a directory");
    let dir = Dir::open(tmp.path()).expect("it opens");
    dir.write_new("x.txt", b"good").expect("free");
    let shown = run(tmp.path(), Face::Human);
    assert!(shown.contains(r"\u{202e}detail") && shown.contains(r"\u{7}bell"), "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{shown:?}");
}

fn main() -> ExitCode {
    if let Some(code) = worker_main(JOBS) {
        return code;
    }
    let tests: &[(&str, fn())] = &[
        (
            "a_worker_that_crashes_or_lies_is_named_and_leaves_no_file",
            a_worker_that_crashes_or_lies_is_named_and_leaves_no_file,
        ),
        (
            "what_a_worker_says_is_escaped_in_both_faces",
            what_a_worker_says_is_escaped_in_both_faces,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    println!("{} passed, 0 failed", tests.len());
    ExitCode::SUCCESS
}
