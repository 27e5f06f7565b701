//! `sync` of a part of what is new, and what it says about the rest.
#![expect(clippy::expect_used, reason = "a journey that cannot go on ends there")]

use serde_json::{Value, json};

use sd_tests::journeys::two_sources;
use sd_tests::newsroom::Newsroom;

fn newsroom() -> Newsroom {
    Newsroom::new(two_sources().expect("a world")).expect("a newsroom")
}

/// What a sync fetched, what it left, and by which flags.
fn sync(newsroom: &Newsroom, flags: &[&str]) -> (usize, Value, Value) {
    let before = newsroom.downloads();
    let report = newsroom.fetch(&[&["sync"], flags].concat()).expect(0).json()["report"].clone();
    let left = &report["left_on_server"];
    (newsroom.downloads() - before, left["items"].clone(), left["by"].clone())
}

#[test]
fn each_flag_fetches_its_part_and_counts_the_rest() {
    let newsroom = newsroom();
    let ghost = newsroom.interface().edit(|world| world.sources()[0].uuid.clone());
    let (flag, by) =
        (&["--source", "Focal Ghost", "--only", "messages"], json!(["--source", "--only"]));
    assert_eq!(sync(&newsroom, flag), (1, json!(3), by));
    assert_eq!(sync(&newsroom, &["--source", &ghost[..8], "--only", "replies,documents"]).0, 2);
    let status = newsroom.offline(&["status"]).expect(0).json();
    assert_eq!(status["report"]["last_sync"], json!(null), "none of these saw everything");
    assert_eq!(sync(&newsroom, &[]), (1, json!(0), json!([])));
    assert_eq!(sync(&newsroom, &["--only", "messages"]), (0, json!(0), json!([])));
}

#[test]
fn what_is_too_large_is_left_and_named_with_its_size() {
    let newsroom = newsroom();
    let document = newsroom.interface().edit(|world| world.items()[1].clone());
    let limit = (document.size - 1).to_string();
    let run =
        newsroom.fetch(&["sync", "--only", "documents", "--max-size", &limit]).expect(0).json();
    let left = &run["report"]["left_on_server"];
    assert_eq!((&left["items"], &left["by"]), (&json!(4), &json!(["--only", "--max-size"])));
    let named = left["too_large"].as_array().expect("a list");
    assert_eq!(named.len(), 1);
    assert_eq!(
        (&named[0]["item"], &named[0]["size"]),
        (&json!(document.uuid), &json!(document.size))
    );
    assert_eq!(newsroom.downloads(), 0);
    let just_enough = document.size.to_string();
    assert_eq!(sync(&newsroom, &["--only", "documents", "--max-size", &just_enough]).0, 1);
}

#[test]
fn an_unknown_source_is_refused_before_anything_is_fetched() {
    let newsroom = newsroom();
    let run = newsroom.fetch(&["sync", "--source", "local ghost"]).expect(1).json();
    let words = run["error"].as_str().expect("an error");
    assert!(words.contains("no source is called") && words.contains("focal ghost"), "{words}");
    assert!(!words.contains("lemur"), "{words}");
    assert_eq!(newsroom.downloads(), 0);
    let logout =
        |n: &Newsroom| n.interface().requests().iter().any(|r| r.path.ends_with("/logout"));
    assert!(logout(&newsroom));
    for wrong in [&["--only", "mails"][..], &["--max-size", "200M"], &["--source", " "]] {
        let args = newsroom.at("ws", &[&["sync"], wrong].concat());
        let _ = newsroom.run("sd-fetch", args).expect(2);
    }
}

#[test]
fn a_dry_run_s_hint_asks_for_the_same_part() {
    let newsroom = newsroom();
    let flags = ["--source", "focal ghost", "--only", "messages", "--max-size", "1MiB"];
    let run = newsroom.fetch(&[&["sync", "--dry-run"], &flags[..]].concat()).expect(0).json();
    let hint = run["hint"].as_array().expect("a hint");
    let hint: Vec<String> = hint.iter().map(|w| w.as_str().expect("text").to_owned()).collect();
    assert!(sd_fetch::parses(&hint), "{hint:?}");
    let words = hint.join("|");
    assert!(words.contains("--source|focal ghost|--only|messages|--max-size|1048576"), "{words}");
    assert_eq!(newsroom.downloads(), 0);
}
