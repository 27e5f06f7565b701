//! The index says what the records say, or nothing.

use sd_bundle::Kind;
use sd_fs::Quiet;

use super::*;
use crate::store::scratch::{Scratch, item, source};
use crate::store::{Marks, Outcome};

fn lines(loaded: &Loaded) -> Vec<(String, Vec<(u32, State)>)> {
    let lines = |c: &Conversation<Line>| c.items.iter().map(|l| (l.number, l.state)).collect();
    loaded.conversations.iter().map(|c| (c.designation.to_string(), lines(c))).collect()
}

fn loaded(scratch: &Scratch) -> Loaded {
    load(&scratch.shelves(), &mut Quiet).expect("loaded")
}

/// As if everything had lain there long enough to be kept in the index.
fn keep(scratch: &Scratch, change: impl Fn(&mut Part)) {
    let shelves = scratch.shelves();
    let parts: Vec<Part> = shelves
        .sources()
        .expect("listed")
        .into_iter()
        .filter_map(|source| {
            let stamp = shelves.stamp(&source).expect("there");
            let shelf = read_source(&shelves, &source, |e| Line::of(&e)).expect("read");
            let mut part = part(&source, stamp, &shelf)?;
            change(&mut part);
            Some(part)
        })
        .collect();
    let sealed = Index::sealed(&parts).expect("JSON");
    shelves.put_index(&sealed);
}

fn newsroom() -> Scratch {
    let scratch = Scratch::new();
    scratch.message(1, "focal ghost", 2, "second");
    scratch.message(1, "focal ghost", 1, "first");
    scratch.document(2, "quiet harbour", 1, "memo.pdf");
    scratch
}

#[test]
fn each_conversation_is_in_order_and_the_newest_is_first() {
    let scratch = newsroom();
    scratch.stored(1, "focal spectre", 3, Kind::Document);
    let loaded = loaded(&scratch);
    let opened = State::Opened;
    assert_eq!(
        lines(&loaded),
        [
            ("quiet harbour".to_owned(), vec![(1, opened)]),
            ("focal spectre".to_owned(), vec![(1, opened), (2, opened), (3, State::Stored)]),
        ]
    );
    let marks = Marks::default();
    assert_eq!(loaded.conversations[1].unread(&marks), 2);
    assert_eq!(loaded.conversations[1].unopened(), 1);
    let (all, _) = read_all(&scratch.shelves(), |e| Line::of(&e)).expect("read");
    let all = Loaded { conversations: all, ..Loaded::default() };
    assert_eq!(lines(&all), lines(&loaded));
}

#[test]
fn the_index_says_the_same_as_the_records_and_spares_reading_them() {
    let scratch = newsroom();
    let before = lines(&loaded(&scratch));
    keep(&scratch, |_| {});
    assert_eq!(lines(&loaded(&scratch)), before);
    // Nobody does this; it shows that the records were not read.
    keep(&scratch, |part| part.lines.iter_mut().for_each(|line| line.number += 40));
    assert_eq!(lines(&loaded(&scratch))[1].1, [(41, State::Opened), (42, State::Opened)]);
}

#[test]
fn what_came_or_went_or_was_opened_since_is_noticed() {
    let scratch = newsroom();
    scratch.stored(1, "focal ghost", 3, Kind::Message);
    keep(&scratch, |_| {});
    let outcome = Outcome::Refused { why: "damaged".to_owned() };
    scratch.outcome(1, 3, &outcome);
    assert_eq!(lines(&loaded(&scratch))[1].1[2], (3, State::Refused));
    scratch.message(1, "focal ghost", 4, "fourth");
    scratch.tick(1);
    assert_eq!(lines(&loaded(&scratch))[1].1.len(), 4);
    scratch.message(3, "late lemur", 1, "hello");
    assert_eq!(lines(&loaded(&scratch)).len(), 3);
}

#[test]
fn an_index_of_other_directories_or_a_damaged_one_counts_for_nothing() {
    let scratch = newsroom();
    let before = lines(&loaded(&scratch));
    keep(&scratch, |part| part.lines.clear());
    let sealed = scratch.shelves().raw_index();
    // Another store, restored from a copy with its index.
    let copy = newsroom();
    copy.shelves().put_index(&sealed);
    assert_eq!(lines(&loaded(&copy)), before);
    for damaged in [&b""[..], b"x", &sealed[..sealed.len() - 1], &sealed[65..]] {
        scratch.shelves().put_index(damaged);
        assert_eq!(lines(&loaded(&scratch)), before);
    }
    let mut flipped = sealed;
    flipped[100] ^= 1;
    scratch.shelves().put_index(&flipped);
    assert_eq!(lines(&loaded(&scratch)), before);
}

#[test]
fn what_is_too_fresh_is_not_kept_and_what_is_gone_does_not_stay() {
    let scratch = newsroom();
    assert_eq!(loaded(&scratch).index, None, "nothing has lain long enough");
    keep(&scratch, |part| {
        if part.designation.as_str() == "focal ghost" {
            part.source = source(9);
        }
    });
    let index = loaded(&scratch).index.expect("one without source 9");
    assert!(!String::from_utf8(index).expect("text").contains(source(9).as_str()));
}

#[test]
fn an_unfinished_import_is_not_there_yet_and_a_damaged_record_is_counted() {
    let scratch = newsroom();
    scratch.dir(1, 8);
    scratch.dir(1, 9).write_new("item.json", b"{").expect("written");
    let loaded = loaded(&scratch);
    assert_eq!(loaded.unreadable, 1);
    assert_eq!(loaded.conversations[1].items.len(), 2);
    keep(&scratch, |part| assert!(part.source != source(1) || part.unfinished.len() == 2));
    scratch.stored(1, "focal ghost", 8, Kind::Message);
    let again = super::load(&scratch.shelves(), &mut Quiet).expect("loaded");
    assert_eq!(again.conversations[1].items[2].item, item(1, 8));
}
