//! Lists that are no lists, and entries that are no entries.

use sd_tests::journalist_interface::{FaultKind, Step};

use crate::case::{Case, Expect};

pub(crate) const SOURCES: &str = "/api/v1/sources";
pub(crate) const SUBMISSIONS: &str = "/api/v1/submissions";
pub(crate) const REPLIES: &str = "/api/v1/replies";

pub(crate) fn cases() -> Vec<Case> {
    [whole(), shapes(), values(), text()].into_iter().flatten().collect()
}

/// A list that ends the run, with these words.
pub(crate) fn list(name: &'static str, path: &str, kind: FaultKind, why: &'static str) -> Case {
    Case::new(name, Expect::Fails("SERVER_ERROR", why)).on(path, kind)
}

/// The list with one text in it replaced.
fn with(from: &str, to: &str) -> FaultKind {
    FaultKind::Replace(from.to_owned(), to.to_owned())
}

fn around(before: &str, after: &str) -> FaultKind {
    FaultKind::Around(before.as_bytes().to_vec(), after.as_bytes().to_vec())
}

fn json(body: &str) -> FaultKind {
    FaultKind::Answer(200, "application/json", body.to_owned())
}

fn whole() -> Vec<Case> {
    let row = |name, body, why| list(name, SOURCES, json(body), why);
    let behind = |name, more| list(name, SOURCES, around("", more), "trailing characters");
    vec![
        row("the list is missing", "{}", "missing field `sources`"),
        row("the list is an object", r#"{"sources":{}}"#, "expected a list"),
        row("the answer is an array", "[]", "expected an object with `sources`"),
        row("the answer is a text", "\"sources\"", "expected an object"),
        row("the answer is null", "null", "invalid type: null"),
        row("the answer is empty", "", "EOF"),
        row("a list that breaks off", r#"{"sources":[{"uuid":"#, "EOF"),
        row("two lists of one name", r#"{"sources":[],"sources":[]}"#, "duplicate field `sources`"),
        list("a byte-order mark", SOURCES, around("\u{feff}", ""), "expected value"),
        behind("words behind the list", " <!-- -->"),
        behind("two documents", r#"{"sources":[]}"#),
    ]
}

fn shapes() -> Vec<Case> {
    let size = |name, to, why| list(name, SUBMISSIONS, with("\"size\":", to), why);
    let twice = "entry 1: duplicate field `size`";
    vec![
        size("a field twice in an entry", "\"size\":1,\"size\":", twice),
        size("a field twice, once in escapes", "\"s\\u0069ze\":1,\"size\":", twice),
        size("a field is missing", "\"sise\":", "missing field `size`"),
        list("an entry is an array", SOURCES, json(r#"{"sources":[["a","b"]]}"#), "invalid type"),
        list("an entry is null", REPLIES, json(r#"{"replies":[null]}"#), "invalid type: null"),
    ]
}

fn values() -> Vec<Case> {
    let size = |to: &str| with("\"size\":5000", &format!("\"size\":{to}"));
    let row = |name, to, why| list(name, SUBMISSIONS, size(to), why);
    vec![
        row("a size that is a text", "\"5000\"", "entry 2: invalid type: string"),
        row("a negative size", "-5000", "entry 2: invalid value: integer `-5000`"),
        row("a size with a fraction", "5000.5", "entry 2: invalid type: floating point"),
        row("a size of 1e30", "1e30", "entry 2: invalid type: floating point"),
        row("a size beyond 64 bits", "18446744073709551616", "entry 2: invalid type: floating"),
        row("a size beyond all numbers", "1e999", "entry 2: number out of range"),
        row("a size that is null", "null", "entry 2: invalid type: null"),
        row("a size that is no number", "NaN", "entry 2: expected value"),
        list("a UUID that is null", SOURCES, with("\"uuid\":\"", "\"uuid\":null,\"x\":\""), "null"),
        list(
            "a UUID that is a number",
            SOURCES,
            with("\"uuid\":\"", "\"uuid\":7,\"x\":\""),
            "integer",
        ),
        list(
            "a flag that is a text",
            SUBMISSIONS,
            with("\"is_file\":false", "\"is_file\":\"false\""),
            "invalid type: string",
        ),
    ]
}

fn text() -> Vec<Case> {
    let uuid = |bytes: &[u8]| {
        let start = [br#"{"sources":[{"uuid":""#, bytes].concat();
        FaultKind::Wire(vec![
            Step::HeadWithout("Content-Length"),
            Step::text("\r\n"),
            Step::Bytes(start),
            Step::text(r#"","journalist_designation":"focal ghost"}]}"#),
        ])
    };
    vec![
        list("text that is not UTF-8", SOURCES, uuid(b"\xff\xfe"), "invalid unicode"),
        list("half of a surrogate pair", SOURCES, uuid(br"\ud800"), "entry 1: "),
        list("a NUL in a text", SOURCES, uuid(b"a\0b"), "control character"),
        list("an escape in a text as it is", SOURCES, uuid(b"\x1b[2J"), "control character"),
        list(
            "a type with an escape in it",
            SUBMISSIONS,
            with("\"size\":5000", "\"size\":\"\\u001b[2J\\u202e\""),
            "invalid type: string",
        ),
    ]
}
