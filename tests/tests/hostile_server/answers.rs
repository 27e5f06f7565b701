//! Answers that are none: pages, errors, and words in them.

use sd_tests::journalist_interface::{Fault, FaultKind, Step};

use crate::case::{Case, Expect};
use crate::downloads::{milliseconds, victim};
use crate::lists::{REPLIES, SOURCES, SUBMISSIONS, list};
use crate::scene::VICTIM;

/// Words that would act on a terminal.
const WORDS: &str = r#"{"error":"Gone\u001b[2J","message":"\u202e\u0000\u200b"}"#;

pub(crate) fn cases() -> Vec<Case> {
    [of_items(), of_lists(), slow_lists()].into_iter().flatten().collect()
}

pub(crate) fn json(status: u16, body: &str) -> FaultKind {
    typed(status, "application/json", body)
}

fn typed(status: u16, kind: &'static str, body: &str) -> FaultKind {
    FaultKind::Answer(status, kind, body.to_owned())
}

/// An error that never stops explaining itself.
fn huge() -> FaultKind {
    FaultKind::Wire(vec![
        Step::text("HTTP/1.1 500 X\r\nContent-Type: application/json\r\n\r\n{\"error\":\""),
        Step::endless(b"x"),
    ])
}

fn of_items() -> Vec<Case> {
    let page = FaultKind::HtmlPage;
    vec![
        victim("a page for an item that is lost", page(500), "the server answered 500"),
        victim("a page for an item that is forbidden", page(403), "refused (403)"),
        victim("a web front without a server", page(503), "the server answered 503"),
        victim("an error with escapes", json(404, WORDS), "answered 404: Gone\\u{1b}"),
        victim("an error of any length", huge(), "the server answered 500"),
        victim("an error that is no JSON", json(400, "<h1>\u{1b}"), "the server answered 400"),
        Case::new("a server that restarts", Expect::Arrives("the server answered 503"))
            .with(Fault::on_item(VICTIM, page(503)).times(1)),
    ]
}

fn of_lists() -> Vec<Case> {
    let page = FaultKind::HtmlPage;
    let forbidden =
        |name, path, kind, why| Case::new(name, Expect::Fails("SESSION_ENDED", why)).on(path, kind);
    let text = typed(200, "text/plain", r#"{"submissions":[]}"#);
    let escape = typed(200, "text/\u{1b}[2J", "");
    let part = json(206, r#"{"sources":[]}"#);
    vec![
        list("a page for a list", SOURCES, page(200), "not JSON"),
        list("a list of text", SUBMISSIONS, text, "not JSON"),
        forbidden("a list that is forbidden", REPLIES, page(403), "list of replies"),
        forbidden("a list that is forbidden in JSON", SUBMISSIONS, json(403, WORDS), "(403): Gone"),
        list("a list that fails", REPLIES, json(500, WORDS), "replies: the server answered 500"),
        list("a list that fails at length", SOURCES, huge(), "sources: the server answered 500"),
        list("a list to come", SOURCES, json(503, WORDS), "answered 503: Gone"),
        list("a list without content", SOURCES, json(204, ""), "answered 204"),
        list("a part of a list", SOURCES, part, "answered 206"),
        list("a compressed list", SOURCES, FaultKind::ContentEncodingGzip, "compressed its answer"),
        list("a list whose type is an escape", SOURCES, escape, "not proper HTTP"),
    ]
}

fn slow_lists() -> Vec<Case> {
    let row = |name, kind, why| {
        Case::new(name, Expect::Fails("SERVER_UNREACHABLE", why)).on(SOURCES, kind)
    };
    let trailers = FaultKind::Wire(vec![
        Step::text("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"),
        Step::text("Transfer-Encoding: chunked\r\n\r\ne\r\n{\"sources\":[]}\r\n0\r\n"),
        Step::Drip(b"X: y\r\n".to_vec(), milliseconds(100)),
    ]);
    let drip = FaultKind::Wire(vec![
        Step::Head,
        Step::text("\r\n"),
        Step::Drip(b" ".to_vec(), milliseconds(20)),
    ]);
    vec![
        row(
            "a list that falls silent",
            FaultKind::StallBody(20),
            "list of sources: the server fell silent",
        ),
        row(
            "a list with trailers without an end",
            trailers,
            "list of sources: the server fell silent",
        ),
        row("a list that drips", drip, "list of sources: the server fell silent"),
        row(
            "a list whose connection breaks",
            FaultKind::CutBody(20),
            "list of sources: the connection broke",
        ),
    ]
}
