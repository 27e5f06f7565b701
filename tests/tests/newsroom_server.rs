//! `seen` and `delete`: only what was delivered, only as it was delivered, item by item.
#![expect(clippy::expect_used, reason = "a journey that cannot go on ends there")]

use serde_json::{Value, json};

use sd_tests::journalist_interface::World;
use sd_tests::journeys::two_sources;
use sd_tests::newsroom::{Newsroom, Run};

fn delivered() -> Newsroom {
    Newsroom::delivered(two_sources().expect("a world")).expect("a newsroom")
}

/// The items of a list by source in a report.
fn items(list: &Value) -> Vec<String> {
    let sources = list.as_array().expect("sources").iter();
    let items = sources.flat_map(|s| s["items"].as_array().expect("items"));
    items.map(|i| i["item"].as_str().expect("an item").to_owned()).collect()
}

/// Every request with this method, as its path.
fn sent(newsroom: &Newsroom, method: &str, path: &str) -> Vec<String> {
    let requests = newsroom.interface().requests().into_iter();
    let some = requests.filter(|r| r.method == method && r.path.contains(path));
    some.map(|r| r.path).collect()
}

fn on_server(newsroom: &Newsroom) -> Vec<String> {
    newsroom.interface().edit(|world| world.items().iter().map(|i| i.uuid.clone()).collect())
}

fn unseen(newsroom: &Newsroom) -> usize {
    newsroom.interface().edit(|world| world.items().iter().filter(|i| i.seen_by.is_empty()).count())
}

/// The items that failed, each for a reason that ends so.
fn failed(run: &Value, why: &str) -> Vec<String> {
    let failed = run["report"]["failed"].as_array().expect("a list").iter();
    let so = failed.filter(|r| r["why"].as_str().is_some_and(|said| said.ends_with(why)));
    so.map(|r| r["item"].as_str().expect("an item").to_owned()).collect()
}

/// The hint of a report, which must be understood.
fn hint(run: &Run) -> Vec<String> {
    let words = run.json()["hint"].as_array().expect("a hint").clone();
    let words: Vec<String> = words.iter().map(|w| w.as_str().expect("text").to_owned()).collect();
    assert!(sd_fetch::parses(&words), "{words:?}");
    words
}

#[test]
fn nothing_is_asked_of_the_server_before_anything_is_delivered() {
    let newsroom = Newsroom::paired(two_sources().expect("a world")).expect("a newsroom");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    let before = newsroom.interface().requests().len();
    for verb in [&["seen", "--yes"][..], &["delete", "--confirm", "4"]] {
        assert_eq!(newsroom.fetch(verb).expect(0).json()["status"], "NOTHING_TO_DO");
    }
    assert_eq!(newsroom.interface().requests().len(), before, "packed is not delivered");
}

#[test]
fn delivered_items_are_marked_as_seen_once() {
    let newsroom = delivered();
    assert_eq!(unseen(&newsroom), 3, "the reply was seen by whoever wrote it");
    let planned = newsroom.fetch(&["seen", "--dry-run", "--source", "focal ghost"]).expect(0);
    assert_eq!(items(&planned.json()["report"]["sources"]).len(), 2);
    assert!(hint(&planned).join(" ").starts_with("sd-fetch seen --source focal ghost "));
    assert_eq!(unseen(&newsroom), 3);
    let _ = newsroom.fetch(&["seen"]).expect(2);
    let done = newsroom.fetch(&["seen", "--yes"]).expect(0).json();
    assert_eq!((&done["status"], &done["report"]["seen_before"]), (&json!("DONE"), &json!(1)));
    assert_eq!((unseen(&newsroom), sent(&newsroom, "POST", "/seen").len()), (0, 1));
    let again = newsroom.fetch(&["seen", "--yes"]).expect(0).json();
    assert_eq!(again["status"], "NOTHING_TO_DO");
    assert_eq!(again["report"]["seen_before"], 4);
}

#[test]
fn what_was_not_delivered_is_neither_marked_nor_deleted() {
    let newsroom = delivered();
    newsroom
        .interface()
        .edit(|world| {
            let uuid = world.sources()[0].uuid.clone();
            world.existing_source(&uuid).expect("there").message("Too late.").map(drop)
        })
        .expect("added");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let late = on_server(&newsroom).pop().expect("an item");
    let seen = newsroom.fetch(&["seen", "--yes"]).expect(0).json();
    assert!(!items(&seen["report"]["sources"]).contains(&late));
    let deleted = newsroom.fetch(&["delete", "--confirm", "4"]).expect(0).json();
    assert_eq!(deleted["status"], "DONE");
    assert_eq!((on_server(&newsroom), unseen(&newsroom)), (vec![late], 1));
}

#[test]
fn delete_needs_the_number_and_takes_item_by_item() {
    let newsroom = delivered();
    let planned = newsroom.fetch(&["delete", "--dry-run"]).expect(0);
    let words = hint(&planned).join(" ");
    assert!(words.starts_with("sd-fetch delete --confirm 4 "), "{words}");
    let asked = newsroom.fetch(&["delete"]).expect(2).json();
    assert!(asked["error"].as_str().is_some_and(|e| e.contains("--confirm N")), "{asked}");
    let _ = newsroom.fetch(&["delete", "--yes"]).expect(2);
    for wrong in ["0", "3", "5"] {
        let refused = newsroom.fetch(&["delete", "--confirm", wrong]).expect(1).json();
        assert_eq!(refused["status"], "REFUSED");
    }
    assert_eq!(on_server(&newsroom).len(), 4);
    let done = newsroom.fetch(&["delete", "--confirm", "4"]).expect(0);
    assert!(done.stderr.contains("focal ghost") && done.stderr.contains("cannot be undone"));
    assert_eq!(items(&done.json()["report"]["sources"]).len(), 4);
    assert_eq!(on_server(&newsroom), [] as [&str; 0]);
    newsroom.interface().edit(|world| assert_eq!(world.sources().len(), 2, "the sources stay"));
    let paths = sent(&newsroom, "DELETE", "");
    assert_eq!(paths.len(), 4);
    for path in paths {
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/sources/").split('/').collect();
        assert!(parts.len() == 3 && ["submissions", "replies"].contains(&parts[1]), "{path}");
    }
    // Nothing local is lost: the list, the inbox, and the SVS's copies.
    let listed = newsroom.offline(&["list", "--offline"]).expect(0);
    assert_eq!(listed.stdout.matches("\"delivered\"").count(), 4);
    assert_eq!(newsroom.plaintexts().expect("listed").len(), 4);
    let synced = newsroom.fetch(&["sync"]).expect(0).json();
    assert_eq!(synced["status"], "NOTHING_TO_DO");
    let again = newsroom.fetch(&["delete", "--confirm", "4"]).expect(0).json();
    assert_eq!(again["status"], "NOTHING_TO_DO");
}

#[test]
fn one_source_alone_is_marked_and_deleted() {
    let newsroom = delivered();
    let flags = ["--source", "Curious Lemur"];
    let seen = newsroom.fetch(&[&["seen", "--yes"], &flags[..]].concat()).expect(0).json();
    assert_eq!(items(&seen["report"]["sources"]).len(), 1);
    let done = newsroom.fetch(&[&["delete", "--confirm", "1"], &flags[..]].concat()).expect(0);
    assert_eq!(items(&done.json()["report"]["sources"]).len(), 1);
    assert_eq!(on_server(&newsroom).len(), 3);
    let nobody = newsroom.fetch(&["delete", "--confirm", "1", "--source", "nobody"]).expect(1);
    assert!(nobody.stdout.contains("no source is called") && nobody.stdout.contains("focal ghost"));
}

#[test]
fn a_changed_item_under_a_delivered_identifier_is_left_alone_and_named() {
    let newsroom = delivered();
    let changed: Vec<String> = newsroom.interface().edit(|world| {
        let (ghost, lemur) = (world.sources()[0].uuid.clone(), world.sources()[1].uuid.clone());
        let uuids: Vec<String> = world.items().iter().map(|i| i.uuid.clone()).collect();
        world.change(&uuids[0], |i| i.size += 1);
        world.change(&uuids[1], |i| i.filename = "9-focal_ghost-doc.gz.gpg".to_owned());
        world.change(&uuids[3], |i| i.source_uuid.clone_from(&ghost));
        assert_ne!(ghost, lemur);
        vec![uuids[0].clone(), uuids[1].clone(), uuids[3].clone()]
    });
    for verb in [&["delete", "--confirm", "1"][..], &["seen", "--yes"]] {
        let run = newsroom.fetch(verb).expect(4).json();
        let named = run["report"]["changed"].as_array().expect("a list").clone();
        let mut named: Vec<&str> =
            named.iter().map(|r| r["item"].as_str().expect("an item")).collect();
        let mut wanted: Vec<&str> = changed.iter().map(String::as_str).collect();
        named.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(named, wanted, "{verb:?}");
    }
    assert_eq!(on_server(&newsroom), changed);
    assert_eq!(unseen(&newsroom), 3);
}

#[test]
fn an_item_that_is_listed_and_not_there_is_named_and_takes_no_other_with_it() {
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for n in 0..9 {
        source = source.message(&format!("message {n}")).expect("added");
    }
    let newsroom = Newsroom::delivered(world).expect("a newsroom");
    let lost = on_server(&newsroom)[4].clone();
    newsroom.interface().edit(|world| world.change(&lost, |item| item.vanishes = true));
    let seen = newsroom.fetch(&["seen", "--yes"]).expect(4).json();
    assert_eq!(failed(&seen, "is not there, but lists it as unseen"), [lost.as_str()]);
    assert_eq!((items(&seen["report"]["sources"]).len(), unseen(&newsroom)), (8, 1));
    let deleted = newsroom.fetch(&["delete", "--confirm", "9"]).expect(4).json();
    assert_eq!(failed(&deleted, "is not there, but still lists it"), [lost.as_str()]);
    assert_eq!(items(&deleted["report"]["sources"]).len(), 8);
}

#[test]
fn an_answer_is_not_believed_before_the_lists_agree() {
    let newsroom = delivered();
    let kept = newsroom.interface().edit(|world| {
        let uuid = world.items()[0].uuid.clone();
        world.change(&uuid, |item| item.stays = true);
        uuid
    });
    let seen = newsroom.fetch(&["seen", "--yes"]).expect(4).json();
    assert_eq!(seen["status"], "PART_DONE");
    assert_eq!(failed(&seen, "is marked as seen, but lists it as unseen"), [kept.as_str()]);
    assert_eq!(items(&seen["report"]["sources"]).len(), 2);
    let deleted = newsroom.fetch(&["delete", "--confirm", "4"]).expect(4).json();
    assert_eq!(deleted["status"], "PART_DONE");
    assert_eq!(failed(&deleted, "is deleted, but still lists it"), [kept.as_str()]);
    assert_eq!(items(&deleted["report"]["sources"]).len(), 3);
    assert_eq!(on_server(&newsroom), [kept]);
}

#[test]
fn a_person_types_the_number_of_items_and_nothing_else_deletes_them() {
    let newsroom = delivered();
    let ask = |typed: &str| newsroom.at_terminal(&["delete"], typed).expect("script runs");
    for typed in ["y\n", "\n", "3\n", "yes\n", "4 items\n"] {
        let run = ask(typed).expect(1);
        assert!(run.stdout.contains("nothing was deleted"), "{}", run.stdout);
        assert_eq!(on_server(&newsroom).len(), 4, "{typed:?}");
    }
    let run = ask("4\n").expect(0);
    let order = ["focal ghost", "cannot be undone", "Type the number", "4 delivered items deleted"];
    let places: Vec<_> = order.iter().map(|words| run.stdout.find(words)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", run.stdout);
    assert_eq!(on_server(&newsroom), [] as [&str; 0]);
}

#[test]
fn a_person_sees_the_list_and_says_yes_before_anything_is_marked() {
    let newsroom = delivered();
    let ask = |typed: &str| newsroom.at_terminal(&["seen"], typed).expect("script runs");
    let _ = ask("\n").expect(1);
    let no = ask("n\n").expect(1);
    assert!(no.stdout.contains("not confirmed; nothing was done") && unseen(&newsroom) == 3);
    let yes = ask("y\n").expect(0);
    let order = [
        "curious lemur",
        "focal ghost",
        "3 delivered items to mark",
        "[y/N]",
        "3 delivered items marked",
    ];
    let places: Vec<_> = order.iter().map(|words| yes.stdout.find(words)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", yes.stdout);
    assert_eq!(unseen(&newsroom), 0);
}
