//! Three lists of a Journalist Interface, or one answer that is no success.
//!
//! Input: the bodies of `/sources`, `/submissions` and `/replies`, with a zero byte between; or
//! `?`, two bytes of a status, a content type, a zero byte and a body. A second reader, without
//! any judgement, tells what the server listed. Every entry is either taken or refused by name;
//! what is taken was listed once, by that source, with that size; and whatever a person reads of
//! it cannot act on a terminal.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use sd_bundle::Kind;
use sd_fetch::fuzzing::{ITEM, ITEMS, Item, LIST, Listed, SOURCES, judged, listed};
use sd_fuzz::assert_plain;
use serde::Deserialize;

fuzz_target!(init: assert!(a_real_list_is_taken()), |data: &[u8]| {
    if let [b'?', a, b, rest @ ..] = data {
        return answer(100 + u16::from_le_bytes([*a, *b]) % 500, rest);
    }
    let mut bodies = data.splitn(3, |b| *b == 0);
    let mut body = || bodies.next().unwrap_or_default();
    let (sources, submissions, replies) = (body(), body(), body());
    match listed(sources, submissions, replies) {
        Ok(taken) => check(&taken, &Said::read(sources, submissions, replies)),
        Err(why) => said_to_a_person(&why),
    }
    for list in [sources, submissions, replies] {
        assert!(list.len() as u64 <= LIST || listed(sources, submissions, replies).is_err());
    }
});

/// Otherwise nothing would be tried but refusals.
fn a_real_list_is_taken() -> bool {
    let seed: &[u8] = include_bytes!("../corpus/journalist-interface/one-source");
    let bodies: Vec<_> = seed.splitn(3, |b| *b == 0).collect();
    listed(bodies[0], bodies[1], bodies[2]).is_ok_and(|taken| taken.items.len() > 1)
}

fn answer(status: u16, rest: &[u8]) {
    let mut parts = rest.splitn(2, |b| *b == 0);
    let (kind, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match judged(status, kind, body) {
        Ok(()) => assert_eq!(status, 200),
        Err(why) => said_to_a_person(&why),
    }
}

fn said_to_a_person(why: &str) {
    assert_plain(why);
    // 200 characters of the server's, ten bytes each once escaped, and our own words.
    assert!(why.len() < 2500, "{why}");
}

/// A source as it was listed. Fields that the program does not read are not read here either.
#[derive(Deserialize)]
struct Source {
    uuid: String,
    journalist_designation: String,
}

/// A message, document or reply as it was listed.
#[derive(Deserialize)]
struct Entry {
    uuid: String,
    filename: String,
    size: u64,
    source_url: Option<String>,
}

/// What the server said.
struct Said {
    sources: Vec<Source>,
    submissions: Vec<Entry>,
    replies: Vec<Entry>,
}

impl Said {
    fn read(sources: &[u8], submissions: &[u8], replies: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Sources {
            sources: Vec<Source>,
        }
        #[derive(Deserialize)]
        struct Submissions {
            submissions: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Replies {
            replies: Vec<Entry>,
        }
        let Sources { sources } = serde_json::from_slice(sources).expect("it was taken");
        let Submissions { submissions } =
            serde_json::from_slice(submissions).expect("it was taken");
        let Replies { replies } = serde_json::from_slice(replies).expect("it was taken");
        Self { sources, submissions, replies }
    }
}

fn check(taken: &Listed, said: &Said) {
    let entries = said.sources.len() + said.submissions.len() + said.replies.len();
    let judged = taken.sources.len() + taken.items.len() + taken.refused.len();
    assert_eq!(entries, judged, "an entry was dropped without a word");
    assert!(said.sources.len() <= SOURCES);
    assert!(said.submissions.len() + said.replies.len() <= ITEMS);
    let words: BTreeMap<_, _> = taken.sources.iter().cloned().collect();
    assert_eq!(words.len(), taken.sources.len());
    for (id, designation) in &taken.sources {
        assert_plain(designation);
        let listed: Vec<_> = said.sources.iter().filter(|s| s.uuid == *id).collect();
        assert_eq!(listed.len(), 1, "a source that is listed twice was taken");
        assert_eq!(listed[0].journalist_designation, *designation);
    }
    let mut seen = BTreeSet::new();
    for item in &taken.items {
        assert!(seen.insert(&item.item));
        assert_eq!(words.get(&item.source), Some(&item.designation), "of another source");
        check_item(item, said);
    }
    for text in taken.refused.iter().flatten() {
        assert_plain(text);
        assert!(text.len() <= 200, "{text}");
    }
}

fn check_item(item: &Item, said: &Said) {
    assert_plain(&item.shown);
    assert!((1..=ITEM).contains(&item.size));
    let own = if item.kind == Kind::Reply { &said.replies } else { &said.submissions };
    let everywhere = said.submissions.iter().chain(&said.replies);
    assert_eq!(everywhere.filter(|e| e.uuid == item.item).count(), 1, "listed twice, and taken");
    let entry = own.iter().find(|e| e.uuid == item.item).expect("in the list of its kind");
    assert_eq!(entry.size, item.size);
    assert_eq!(entry.source_url, Some(format!("/api/v1/sources/{}", item.source)));
    let number = entry.filename.split('-').next().expect("a part").trim_start_matches('0');
    assert_eq!(number.parse().unwrap_or(0_u32), item.number);
}
