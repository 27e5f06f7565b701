//! Lists longer than any memory.

use sd_tests::journalist_interface::{FaultKind, Flood, Step};

use crate::case::{Case, Expect};
use crate::lists::{REPLIES, SOURCES, SUBMISSIONS, list};
use crate::scene::{FOCAL, Face, ITEMS};

/// Messages, documents and replies that are read.
const MOST: usize = 100_000;

pub(crate) fn cases() -> Vec<Case> {
    [entries(), refusals(), texts()].into_iter().flatten().collect()
}

/// A JSON body without an announced length that begins so and goes on for ever.
fn beginning_with(start: &str, then: &[u8]) -> FaultKind {
    FaultKind::Wire(vec![
        Step::HeadWithout("Content-Length"),
        Step::Text(format!("\r\n{start}")),
        Step::endless(then),
    ])
}

fn flood(entry: &str, count: u64) -> FaultKind {
    FaultKind::Flood(Flood { entry: entry.to_owned(), count })
}

/// An entry of the submissions.
fn message(name: &str, uuid: &str, source: &str, size: u64) -> String {
    format!(
        "{{\"uuid\":\"{uuid}\",\"filename\":\"{name}\",\"size\":{size},\"is_file\":false,\
         \"is_message\":true,\"source_url\":\"/api/v1/sources/{source}\",\
         \"submission_url\":\"/api/v1/sources/{source}/submissions/{uuid}\"}}"
    )
}

/// A message of the focal ghost's, of this size.
fn sized(size: u64) -> String {
    message("{n}-focal_ghost-msg.gpg", "{uuid}", FOCAL, size)
}

fn entries() -> Vec<Case> {
    let source = r#"{"uuid":"{uuid}","journalist_designation":"focal ghost"}"#;
    let no_room = Expect::Fails("NO_SPACE", "to fetch, ");
    vec![
        list(
            "a million sources",
            SOURCES,
            flood(source, 1_000_000),
            "list of sources: more than 10000 sources are listed",
        ),
        list(
            "a million messages",
            SUBMISSIONS,
            flood(&sized(616), 1_000_000),
            "list of messages and documents: more than 100000 messages, documents and replies",
        ),
        Case::new("items that do not fit the disk", no_room)
            .on(SUBMISSIONS, flood(&sized(600 << 20), 90_000)),
    ]
}

/// As many as are read, all but the honest ones refused and named. Only one face is shown: it is
/// thirty megabytes.
fn refusals() -> Vec<Case> {
    let [escape, bidi] = ["\\u001b", "\\u202e"].map(|c| c.repeat(9));
    let escaped = message(&escape, &format!("{}{{n}}", &escape[..36]), &bidi, 616);
    let beside = MOST - ITEMS.len();
    let row = |name, entry, why, face| {
        Case::new(name, Expect::RefusedBesides(beside, why))
            .on(SUBMISSIONS, flood(entry, beside as u64))
            .only(face)
    };
    let size = "its size of 0 bytes is not possible";
    let uuid = "its identifier is not a UUID in lower case";
    vec![
        row("as many refused items as are read", &sized(0), size, Face::Human),
        row("as many refused items of escapes", &escaped, uuid, Face::Json),
    ]
}

fn texts() -> Vec<Case> {
    let row =
        |name, start: &str, then: &[u8], why| list(name, SOURCES, beginning_with(start, then), why);
    let long = "longer than 67108864 bytes";
    let text = "list of sources: a text in the answer is longer than 65536 bytes";
    let deep = "nested more than 64 deep";
    let key = beginning_with(r#"{""#, br"\u0000");
    vec![
        row("an endless list", "", b" ", long),
        row("a text without an end", r#"{"sources":[{"uuid":""#, b"x", text),
        list("a name of a field without an end", REPLIES, key, "list of replies: a text in"),
        row("brackets within brackets", r#"{"more":"#, b"[", deep),
        row("objects within objects", r#"{"sources":[{"more":"#, br#"{"x":"#, deep),
        row("a number without an end", r#"{"sources":[{"size":"#, b"9", long),
        row("fields without an end", "{", br#""x":[],"#, long),
    ]
}
