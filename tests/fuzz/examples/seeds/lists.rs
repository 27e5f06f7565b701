//! Lists of a real Journalist Interface, cut to a few entries, and answers that are no success.

use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::Seeds;

pub(super) fn lists() -> io::Result<Seeds> {
    let sources = recorded("022-sources", "sources")?;
    let submissions = recorded("023-submissions", "submissions")?;
    let replies = recorded("024-replies", "replies")?;
    let mut seeds = Seeds::new();
    for few in [0, 1, 3] {
        let body =
            three(&few_of(&sources, few), &few_of(&submissions, few), &few_of(&replies, few));
        seeds.push((format!("recorded-{few}"), body));
    }
    seeds.push(("one-source".to_owned(), of_one_source(&sources, &submissions, &replies)));
    let doubled = |list: &[Value]| [list, list].concat();
    let (one, two) = (few_of(&sources, 1), few_of(&submissions, 2));
    seeds.push(("source-twice".to_owned(), three(&doubled(&one), &two, &[])));
    seeds.push(("item-twice".to_owned(), three(&one, &doubled(&two), &[])));
    seeds.push(("no-lists".to_owned(), b"{}\0[]\0null".to_vec()));
    for (name, status, kind, body) in [
        ("answer-words", 400, "application/json", r#"{"error":"Bad","message":"because of it"}"#),
        ("answer-html", 500, "text/html", "<h1>Internal Server Error</h1>"),
        ("answer-forbidden", 403, "application/json; charset=utf-8", r#"{"error":"\u001b[2J"}"#),
        ("answer-redirect", 302, "text/plain", ""),
        ("answer-good", 200, "application/json", "{}"),
    ] {
        let [a, b] = (status - 100_u16).to_le_bytes();
        seeds.push((
            name.to_owned(),
            [&[b'?', a, b], kind.as_bytes(), b"\0", body.as_bytes()].concat(),
        ));
    }
    Ok(seeds)
}

fn of_one_source(sources: &[Value], submissions: &[Value], replies: &[Value]) -> Vec<u8> {
    let of = |list: &[Value]| -> Vec<Value> {
        let same = |e: &&Value| e["source_url"] == submissions[0]["source_url"];
        list.iter().filter(same).take(4).cloned().collect()
    };
    three(&few_of(sources, 6), &of(submissions), &of(replies))
}

fn three(sources: &[Value], submissions: &[Value], replies: &[Value]) -> Vec<u8> {
    let bodies = [
        json!({"sources": sources}),
        json!({"submissions": submissions}),
        json!({"replies": replies}),
    ];
    bodies.map(|body| body.to_string().into_bytes()).join(&0)
}

fn few_of(list: &[Value], few: usize) -> Vec<Value> {
    list.iter().take(few).cloned().collect()
}

fn recorded(file: &str, name: &str) -> io::Result<Vec<Value>> {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/recordings");
    let bytes = std::fs::read(recordings.join(format!("{file}.json")))?;
    let exchange: Value = serde_json::from_slice(&bytes)?;
    let mut entries = exchange["response"]["json"][name].as_array().cloned().unwrap_or_default();
    for entry in &mut entries {
        // Nothing here reads a source's key, and it is most of the list.
        if let Some(key) = entry.get_mut("key") {
            key["public"] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n".into();
        }
    }
    Ok(entries)
}
