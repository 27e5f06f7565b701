//! `sd-export print` against a CUPS that plays recorded answers.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex, PoisonError};

use common::files::{self, holds};
use common::{Ran, Scratch, run};

const CREATE: u16 = 0x0005;
const SEND: u16 = 0x0006;
const CANCEL: u16 = 0x0008;
const LOOK: u16 = 0x0009;
const PRINTERS: u16 = 0x4002;
const DOCUMENT: u16 = 0x4027;

/// What CUPS is asked, message by message.
type Asked = Arc<Mutex<Vec<Vec<u8>>>>;

/// How the CUPS of a test behaves.
#[derive(Clone, Copy, PartialEq)]
enum Cups {
    /// As in the recording.
    Good,
    /// It does not let go of the job.
    KeepsJobs,
}

fn answer(cups: Cups, operation: u16, purged: bool) -> &'static [u8] {
    match operation {
        PRINTERS => include_bytes!("data/cups/printers.ipp"),
        CREATE => include_bytes!("data/cups/created.ipp"),
        SEND => include_bytes!("data/cups/sent.ipp"),
        CANCEL => include_bytes!("data/cups/purged.ipp"),
        LOOK | DOCUMENT if purged && cups == Cups::Good => include_bytes!("data/cups/gone.ipp"),
        _ => include_bytes!("data/cups/completed.ipp"),
    }
}

fn operation(message: &[u8]) -> u16 {
    u16::from_be_bytes([message[2], message[3]])
}

/// Reads a question to its announced end.
fn question(client: &mut UnixStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let n = client.read(&mut buffer).expect("a question");
        bytes.extend_from_slice(&buffer[..n]);
        let Some(head) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let length = text.lines().find_map(|l| l.strip_prefix("Content-Length: "));
        let length: usize = length.expect("a length").parse().expect("a number");
        if n == 0 || bytes.len() >= head + 4 + length {
            return bytes.split_off(head + 4);
        }
    }
}

/// A CUPS at `cups.sock`; it is gone when the test is.
fn listen(at: &Scratch, cups: Cups) -> Asked {
    let listener = UnixListener::bind(at.path().join("cups.sock")).expect("a socket");
    let asked = Asked::default();
    let own = Arc::clone(&asked);
    std::thread::spawn(move || {
        let mut purged = false;
        for mut client in listener.incoming().flatten() {
            let message = question(&mut client);
            let operation = operation(&message);
            purged |= operation == CANCEL && holds(&message, "purge-job");
            own.lock().unwrap_or_else(PoisonError::into_inner).push(message);
            let body = answer(cups, operation, purged);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            // A client that went away has its reasons.
            let _ = client.write_all(head.as_bytes()).and_then(|()| client.write_all(body));
        }
    });
    asked
}

fn asked(asked: &Asked) -> Vec<Vec<u8>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A clean text, and one that is not.
fn ready() -> Scratch {
    let at = Scratch::new();
    at.put("secret-name.txt", &files::text());
    assert_eq!(run(&at, &["scrub", "secret-name.txt"]).code, 0);
    at
}

fn print(at: &Scratch, args: &[&str]) -> Ran {
    run(at, &[&["print", "--cups", "cups.sock", "--spool", "none", "--json"], args].concat())
}

#[test]
fn a_clean_file_is_sent_once_watched_purged_and_asked_for_again() {
    let at = ready();
    let log = listen(&at, Cups::Good);
    let ran = print(&at, &["secret-name.clean.txt", "--yes"]);
    assert_eq!((ran.code, ran.json()["status"].as_str()), (0, Some("DONE")), "{}", ran.talk);
    assert_eq!(ran.json()["report"]["files"][0]["spool"], "gone");
    let messages = asked(&log);
    let operations: Vec<_> = messages.iter().map(|m| operation(m)).collect();
    assert_eq!(operations, [PRINTERS, CREATE, SEND, LOOK, LOOK, CANCEL, LOOK, DOCUMENT]);
    assert!(messages[2].ends_with(&at.get("secret-name.clean.txt")), "the document is behind it");
    assert!(holds(&messages[1], "monochrome") && holds(&messages[1], "document"));
    assert!(messages.iter().all(|m| !holds(m, "secret-name") && !holds(m, "sd-export")));
}

#[test]
fn a_job_that_cups_keeps_is_said() {
    let at = ready();
    listen(&at, Cups::KeepsJobs);
    let ran = print(&at, &["secret-name.clean.txt", "--yes"]);
    assert_eq!((ran.code, ran.json()["status"].as_str()), (4, Some("SPOOL_KEPT")));
    let file = &ran.json()["report"]["files"][0];
    assert_eq!(
        (file["outcome"].as_str(), file["spool"].as_str()),
        (Some("printed"), Some("may_remain"))
    );
}

#[test]
fn without_a_yes_nothing_is_sent_and_what_is_not_clean_is_refused() {
    let at = ready();
    let log = listen(&at, Cups::Good);
    let planned = print(&at, &["secret-name.clean.txt", "--dry-run"]);
    assert_eq!((planned.code, planned.json()["report"]["printer"].as_str()), (0, Some("lab")));
    assert_eq!(planned.json()["report"]["colour"], "grey");
    let unasked = print(&at, &["secret-name.clean.txt"]);
    assert_eq!((unasked.code, unasked.json()["status"].as_str()), (2, Some("USAGE")));
    let unclean = print(&at, &["secret-name.txt", "--yes"]);
    assert_eq!((unclean.code, unclean.json()["status"].as_str()), (10, Some("NOT_CLEAN")));
    assert_eq!(unclean.json()["hint"][1], "scrub");
    assert!(asked(&log).iter().all(|m| operation(m) == PRINTERS));
}

#[test]
fn the_human_face_says_what_printed_means_and_what_became_of_the_copy() {
    let at = ready();
    listen(&at, Cups::Good);
    let args = ["print", "--cups", "cups.sock", "--spool", "none", "--yes", "--colour"];
    let ran = run(&at, &[&args[..], &["secret-name.clean.txt"]].concat());
    assert!(ran.out.contains("printed: CUPS handed all of it to the printer"), "{}", ran.out);
    assert!(ran.out.contains("CUPS removed its copy and was asked for it again"), "{}", ran.out);
    assert!(ran.talk.contains("yellow dots") && ran.talk.contains("IN COLOUR"), "{}", ran.talk);
}

#[test]
fn a_station_without_cups_is_named() {
    let at = ready();
    for args in [&["printers", "--cups", "none"][..], &["print", "a", "--cups", "none", "--yes"]] {
        let ran = run(&at, args);
        assert_eq!(ran.code, 11, "{}", ran.talk);
        assert!(ran.talk.contains("PRINTING_UNAVAILABLE"), "{}", ran.talk);
    }
}
