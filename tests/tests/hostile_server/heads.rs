//! Heads that are no heads, and connections that end within them.

use sd_tests::journalist_interface::{Fault, FaultKind, Step};

use crate::case::{Case, Expect};
use crate::downloads::{milliseconds, victim, wire};
use crate::scene::VICTIM;

pub(crate) fn cases() -> Vec<Case> {
    [floods(), spellings(), protocols(), ends()].into_iter().flatten().collect()
}

/// The honest head with these bytes behind it, and then the honest body.
fn with(name: &'static str, lines: &[u8], why: &'static str) -> Case {
    wire(name, vec![Step::Head, Step::Bytes(lines.to_vec()), Step::text("\r\n"), Step::Body], why)
}

/// The same, and nobody minds.
fn harmless(name: &'static str, lines: &[u8]) -> Case {
    let steps = vec![Step::Head, Step::Bytes(lines.to_vec()), Step::text("\r\n"), Step::Body];
    Case::new(name, Expect::Arrives("")).with(Fault::on_item(VICTIM, FaultKind::Wire(steps)))
}

fn floods() -> Vec<Case> {
    let too_big = "header is too big";
    let endless = |line: &[u8]| vec![Step::Head, Step::endless(line)];
    let continued = Step::endless(b"HTTP/1.1 100 Continue\r\n\r\n");
    vec![
        wire("headers without an end", endless(b"X-Flood: y\r\n"), "too many headers"),
        wire("cookies without an end", endless(b"Set-Cookie: a=b\r\n"), "too many headers"),
        wire("one header without an end", endless(b"X"), too_big),
        wire(
            "a status line without an end",
            vec![Step::text("HTTP/1.1 200 "), Step::endless(b"O")],
            too_big,
        ),
        wire("line breaks without an end", vec![Step::endless(b"\r\n")], "not proper HTTP"),
        wire("answers to come without an end", vec![continued], "not proper HTTP"),
        with("a header of 17 kB", &[b"X: ", &*b"y".repeat(17_000), b"\r\n"].concat(), too_big),
        with("two hundred headers", &b"X: y\r\n".repeat(200), "not proper HTTP"),
        harmless("a hundred cookies", &b"Set-Cookie: a=b; Domain=.onion\r\n".repeat(80)),
    ]
}

fn spellings() -> Vec<Case> {
    let bad = "not proper HTTP";
    let head = |line: &str| {
        Step::Text(format!(
            "HTTP/1.1 200 OK{line}ETag: {{etag}}{line}Content-Length: 5000{line}{line}"
        ))
    };
    vec![
        with("a NUL in a header", b"X: a\0b\r\n", bad),
        with("an escape in a header", b"X: \x1b[2J\r\n", bad),
        with("a header without a colon", b"nothing\r\n", bad),
        with("a space before a colon", b"X : y\r\n", bad),
        with("a header on two lines", b"X: a\r\n b\r\n", bad),
        harmless("a header that is not UTF-8", b"X: \xff\xfe\r\n"),
        with("a header with a name of its own", b"\xff: y\r\n", bad),
        Case::new("lines that end in LF only", Expect::Arrives(""))
            .with(Fault::on_item(VICTIM, FaultKind::Wire(vec![head("\n"), Step::Body]))),
        wire("lines that end in CR only", vec![head("\r"), Step::Body], bad),
        wire(
            "an escape in the reason",
            vec![Step::text("HTTP/1.1 500 \u{1b}[2J\r\nContent-Length: 0\r\n\r\n")],
            bad,
        ),
    ]
}

fn protocols() -> Vec<Case> {
    let bad = "not proper HTTP";
    let answer = |line: &str| {
        vec![
            Step::Text(format!("{line}\r\nETag: {{etag}}\r\nContent-Length: 5000\r\n\r\n")),
            Step::Body,
        ]
    };
    let first = |line: &str| {
        [vec![Step::Text(format!("{line}\r\n\r\n"))], answer("HTTP/1.1 200 OK")].concat()
    };
    let on_victim = |steps| Fault::on_item(VICTIM, FaultKind::Wire(steps));
    vec![
        Case::new("HTTP/1.0", Expect::Arrives("")).with(on_victim(answer("HTTP/1.0 200 OK"))),
        wire("HTTP/1.2", answer("HTTP/1.2 200 OK"), bad),
        wire("HTTP/2 in words", answer("HTTP/2 200"), bad),
        wire(
            "HTTP/2 in frames",
            vec![Step::Bytes(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64".to_vec())],
            bad,
        ),
        wire("the preface of HTTP/2", vec![Step::text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], bad),
        wire("a body without a head", vec![Step::Body], bad),
        wire("another protocol", vec![Step::text("SSH-2.0-OpenSSH_9.2\r\n\r\n")], bad),
        wire("a status of two digits", answer("HTTP/1.1 20 OK"), bad),
        wire("a status of 999", answer("HTTP/1.1 999 OK"), "999"),
        wire("a status of 0", answer("HTTP/1.1 000 OK"), bad),
        Case::new("an answer to come first", Expect::Arrives(""))
            .with(on_victim(first("HTTP/1.1 100 Continue"))),
        Case::new("hints first", Expect::Arrives(""))
            .with(on_victim(first("HTTP/1.1 103 Early Hints\r\nETag: sha256:0"))),
        wire(
            "another protocol from here on",
            first("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x"),
            "101",
        ),
    ]
}

fn ends() -> Vec<Case> {
    let broke = "the connection broke";
    vec![
        victim("no answer", FaultKind::NoAnswer, broke),
        wire("the end within the status line", vec![Step::text("HTTP/1.1 2")], broke),
        wire("the end within the head", vec![Step::Head], broke),
        wire("the end behind the head", vec![Step::Head, Step::text("\r\n")], broke),
        wire("silence", vec![Step::Silence], "fell silent"),
        wire("silence within the head", vec![Step::Head, Step::Silence], "fell silent"),
        Case::new("a head that drips", Expect::Fails("SERVER_UNREACHABLE", "fell silent")).on(
            crate::lists::REPLIES,
            FaultKind::Wire(vec![
                Step::Head,
                Step::text("X: "),
                Step::Drip(b"y".to_vec(), milliseconds(100)),
            ]),
        ),
    ]
}
