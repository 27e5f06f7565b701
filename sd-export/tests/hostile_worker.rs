//! Workers that lie, babble, crash and hang, and a parent that believes none of them.
//!
//! This file is its own program: a worker is a copy of the same program started anew, so its job named
//! `scrub` takes the place of the real one. What it does is told by the first byte of the file.
//! Of a file that starts with none of these bytes, it makes an honest clean copy.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]
#![expect(clippy::print_stdout, reason = "a test program with its own main prints its results")]

mod common;

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use common::files;
use sd_fs::{Blake3, Dir, read_bounded};
use sd_sandbox::{ChannelError, Inside, Job, Profile, with_workers};
use sd_term::{Face, Ui};
use serde_json::{Value, json};

const SMALL: Profile = Profile { memory: 256 << 20, output: 4096, seconds: 1, map: 0 };
const JOBS: &[Job] = &[
    Job { name: "scrub", profile: SMALL, run: hostile },
    Job { name: "scrub-long", profile: SMALL, run: hostile },
];

fn hostile(mut inside: Inside) -> Result<(), ChannelError> {
    let order: Value = serde_json::from_slice(&inside.channel.receive(4096)?).unwrap_or_default();
    assert_eq!(order["limits"]["max_input"], 512 << 20);
    let mut what = [0];
    if inside.input.read(&mut what)? == 0 {
        return honest(inside, &[]);
    }
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
        b'c' | b'd' | b'g' | b'h' | b'l' => lie(inside, what[0]),
        _ => honest(inside, &what),
    }
}

/// What the real worker does.
fn honest(mut inside: Inside, first: &[u8]) -> Result<(), ChannelError> {
    let rest = read_bounded(&mut inside.input, 1 << 20).unwrap_or_default();
    let bytes = [first, rest.as_slice()].concat();
    let answer = match sd_scrub::scrub(&bytes, &sd_scrub::Limits::default()) {
        Ok(done) => {
            inside.output.write_all(&done.bytes)?;
            let hash = Blake3::of(&done.bytes).to_string();
            let size = done.bytes.len();
            json!({ "Cleaned": { "report": done.report, "size": size, "blake3": hash } })
        }
        Err(refusal) => json!({ "Refused": { "format": null, "refusal": refusal } }),
    };
    inside.channel.send(answer.to_string().as_bytes())
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
    scrub_all(&[at.join("x.txt").into_os_string()], face)
}

fn scrub_all(words: &[OsString], face: Face) -> String {
    let (mut ui, out, _) = Ui::captured(face);
    let args = [&["sd-export".into(), "scrub".into()], words].concat();
    let _ = sd_export::run(&args, &mut ui);
    out.text()
}

fn a_worker_that_crashes_or_lies_is_named_and_leaves_no_file() {
    for (content, words) in BAD_ENDS {
        named_and_gone(content, words);
    }
}

/// A long file's copy is read while its worker is at work.
fn a_worker_of_a_long_file_is_believed_no_more() {
    for (content, words) in BAD_ENDS {
        named_and_gone(&format!("{content}{}", " ".repeat(33 << 20)), words);
    }
}

const BAD_ENDS: [(&str, &str); 10] = [
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
];

fn named_and_gone(content: &str, words: &str) {
    let (report, names) = scrub(content);
    assert_eq!(report["status"], "NOT_CLEAN", "{words}");
    assert_eq!(report["exit"], 10, "{words}");
    let message = report["report"]["files"][0]["message"].as_str().expect("a message");
    assert!(message.contains(words), "{words}: {message}");
    assert_eq!(names, ["x.txt"], "{words}");
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

/// File number `n` of a mixed lot: its name, its bytes, and how it must end.
fn mixed(n: usize) -> (String, Vec<u8>, &'static str) {
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 20].to_vec();
    let (ending, bytes, end) = match n {
        500 => ("txt", b"spin".to_vec(), "NOT_CLEAN"),
        501 => ("txt", b"panic".to_vec(), "NOT_CLEAN"),
        _ if n % 50 == 3 => ("jpg", cut(files::jpeg()), "NOT_CLEAN"),
        _ if n % 50 == 7 => ("7z", files::seven_zip(), "UNSUPPORTED_TYPE"),
        _ if n % 50 == 9 => ("txt", Vec::new(), "UNSUPPORTED_TYPE"),
        _ => match n % 4 {
            0 => ("jpg", files::jpeg(), "cleaned"),
            1 => ("png", files::png(), "cleaned"),
            2 => ("pdf", files::pdf(), "cleaned"),
            _ => ("txt", format!("A letter, number {n}.\n").into_bytes(), "cleaned"),
        },
    };
    (format!("{n:04}.{ending}"), bytes, end)
}

/// The most memory this process ever had, in MiB.
fn peak() -> u64 {
    let text = Dir::open("/proc/self".as_ref()).and_then(|dir| dir.read_small("status", 1 << 16));
    let text = String::from_utf8(text.expect("it is there")).expect("plain text");
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the line");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

fn of_a_thousand_files_each_is_cleaned_or_named_and_none_stops_the_others() {
    let tmp = tempfile::tempdir().expect("a directory");
    let dir = Dir::open(tmp.path()).expect("it opens");
    let (from, to) = (dir.make_sub("in").expect("made"), dir.make_sub("out").expect("made"));
    for n in 0..1000 {
        let (name, bytes, _) = mixed(n);
        from.write_new(&name, &bytes).expect("free");
    }
    let before = peak();
    let [from, place] = ["in", "out"].map(|name| tmp.path().join(name).into_os_string());
    let said = scrub_all(&[from, "--to".into(), place], Face::Json);
    let grown = peak() - before;
    let said: Value = serde_json::from_str(&said).expect("one object");
    assert_eq!((&said["status"], &said["exit"]), (&json!("PART_DONE"), &json!(4)));
    let files = said["report"]["files"].as_array().expect("a list");
    assert_eq!(files.len(), 1000);
    for (n, file) in files.iter().enumerate() {
        let (name, _, end) = mixed(n);
        let named = file["file"].as_str().expect("a name");
        assert!(named.ends_with(&name), "{named} stands where {name} should");
        let found = match file["outcome"].as_str() {
            Some("refused") => file["status"].as_str(),
            outcome => outcome,
        };
        assert_eq!(found, Some(end), "{file}");
    }
    let hung = files[500]["message"].as_str().expect("a message");
    assert!(hung.contains("took too long"), "{hung}");
    // 20 cut short, 20 of another kind, 20 empty, one that hangs, one that crashes.
    assert_eq!((&said["report"]["done"], &said["report"]["refused"]), (&json!(938), &json!(62)));
    assert_eq!(to.entries().expect("listed").len(), 938);
    assert!(grown < 48, "memory grew by {grown} MiB");
}

fn main() -> ExitCode {
    with_workers(JOBS, run_tests)
}

fn run_tests() -> ExitCode {
    let tests: &[(&str, fn())] = &[
        (
            "a_worker_that_crashes_or_lies_is_named_and_leaves_no_file",
            a_worker_that_crashes_or_lies_is_named_and_leaves_no_file,
        ),
        (
            "a_worker_of_a_long_file_is_believed_no_more",
            a_worker_of_a_long_file_is_believed_no_more,
        ),
        (
            "what_a_worker_says_is_escaped_in_both_faces",
            what_a_worker_says_is_escaped_in_both_faces,
        ),
        (
            "of_a_thousand_files_each_is_cleaned_or_named_and_none_stops_the_others",
            of_a_thousand_files_each_is_cleaned_or_named_and_none_stops_the_others,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    println!("{} passed, 0 failed", tests.len());
    ExitCode::SUCCESS
}
