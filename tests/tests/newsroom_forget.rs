//! `forget` removes what the SVS has, and nothing else, whenever it is stopped.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use std::time::Duration;

use serde_json::json;

use sd_tests::journalist_interface::World;
use sd_tests::journeys::two_sources;
use sd_tests::newsroom::{Newsroom, files};

/// Ciphertexts and records in the inbox.
fn inbox(newsroom: &Newsroom) -> Vec<String> {
    let mut found = files(&newsroom.path("ws/inbox"));
    found.retain(|name| name != ".lock");
    found
}

/// Every stage as the offline list tells it, with those that are in the past.
fn stages(newsroom: &Newsroom) -> Vec<String> {
    let report = newsroom.offline(&["list", "--offline", "--all"]).expect(0).json();
    let sources = report["report"]["sources"].as_array().expect("sources").clone();
    let rows = sources.iter().flat_map(|s| s["items"].as_array().expect("items"));
    rows.map(|r| r["state"].as_str().expect("a state").to_owned()).collect()
}

#[test]
fn what_is_delivered_is_forgotten_and_never_fetched_again() {
    let newsroom = Newsroom::delivered(two_sources().expect("a world")).expect("a newsroom");
    let status = newsroom.offline(&["status"]).expect(0).json();
    let hint = status["hint"].as_array().expect("a hint");
    assert_eq!(hint[..2], [json!("sd-fetch"), json!("forget")]);
    let planned = newsroom.offline(&["forget", "--dry-run"]).expect(0).json();
    assert_eq!((&planned["status"], inbox(&newsroom).len()), (&json!("DONE"), 8));
    let asked = newsroom.offline(&["forget"]).expect(2).json();
    assert!(asked["error"].as_str().is_some_and(|e| e.contains("--yes")), "nobody is there to ask");
    assert_eq!(inbox(&newsroom).len(), 8);
    let done = newsroom.offline(&["forget", "--yes"]).expect(0).json();
    assert_eq!(done["report"]["sources"], planned["report"]["sources"]);
    assert_eq!(inbox(&newsroom), [] as [&str; 0]);
    let again = newsroom.offline(&["forget", "--yes"]).expect(0).json();
    assert_eq!(again["status"], "NOTHING_TO_DO");

    assert_eq!(stages(&newsroom), ["delivered"; 4]);
    let status = newsroom.offline(&["status"]).expect(0).json();
    assert_eq!(status["report"]["delivered_ever"], 4);
    let before = newsroom.downloads();
    let synced = newsroom.fetch(&["sync"]).expect(0).json();
    assert_eq!(synced["status"], "NOTHING_TO_DO");
    assert_eq!(synced["report"]["delivered_before"], 4);
    assert_eq!(newsroom.downloads(), before);
    assert_eq!(newsroom.pack().expect(0).json()["status"], "NOTHING_TO_DO");
    let listed = newsroom.fetch(&["list"]).expect(0).json();
    let row = &listed["report"]["sources"][0]["items"][0];
    assert_eq!(
        (&row["state"], &row["on_server"], &row["here"]),
        (&json!("delivered"), &json!(true), &json!(false))
    );
}

#[test]
fn what_waits_and_what_is_not_confirmed_stays() {
    let newsroom = Newsroom::paired(two_sources().expect("a world")).expect("a newsroom");
    let sync = |flags: &[&str]| {
        let _ = newsroom.fetch(&[&["sync"], flags].concat()).expect(0);
    };
    sync(&["--source", "curious lemur"]);
    newsroom.deliver();
    sync(&["--only", "documents"]);
    let _ = newsroom.pack().expect(0);
    sync(&[]);
    let done = newsroom.offline(&["forget", "--yes", "--partial"]).expect(0).json();
    let report = &done["report"];
    assert_eq!(report["sources"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["sources"][0]["designation"], "curious lemur");
    assert_eq!((&report["waiting"], &report["packed"]), (&json!(2), &json!(1)));
    assert_eq!(inbox(&newsroom).len(), 2 * 3);
    let other = newsroom.offline(&["forget", "--yes", "--source", "curious lemur"]).expect(1);
    assert!(other.stdout.contains("no source is called"), "nothing of theirs is here any more");
}

#[test]
fn parts_of_what_the_server_does_not_list_go_with_a_whole_sync_and_all_parts_when_asked() {
    let newsroom = Newsroom::paired(two_sources().expect("a world")).expect("a newsroom");
    let partial = newsroom.path("ws/inbox/.partial");
    let plant = || {
        std::fs::create_dir_all(&partial).expect("made");
        for end in ["part", "claim"] {
            let name = format!("8d4aa076-59d8-44e8-80ca-d2794c81507f.{end}");
            std::fs::write(partial.join(name), "12345").expect("written");
        }
    };
    let sync = |flags: &[&str]| {
        let _ = newsroom.fetch(&[&["sync"], flags].concat()).expect(0);
        files(&partial).len()
    };
    plant();
    assert_eq!((sync(&["--dry-run"]), sync(&["--only", "messages"]), sync(&[])), (2, 2, 0));
    plant();
    let kept = newsroom.offline(&["forget", "--yes"]).expect(0).json();
    assert_eq!((&kept["report"]["interrupted_kept"], files(&partial).len()), (&json!(1), 2));
    let gone = newsroom.offline(&["forget", "--yes", "--partial"]).expect(0).json();
    assert_eq!(gone["report"]["interrupted"], json!({"files": 1, "bytes": 5}));
    assert_eq!(files(&partial).len(), 0);
}

#[test]
fn what_was_packed_and_never_confirmed_is_fetched_again_when_it_is_gone() {
    let newsroom = Newsroom::paired(two_sources().expect("a world")).expect("a newsroom");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let _ = newsroom.pack().expect(0);
    std::fs::remove_dir_all(newsroom.path("ws/inbox")).expect("removed");
    let before = newsroom.downloads();
    let again = newsroom.fetch(&["sync"]).expect(0).json();
    assert_eq!(newsroom.downloads() - before, 4);
    let report = &again["report"];
    assert_eq!((&report["delivered_before"], &report["waiting"]), (&json!(0), &json!(0)));
    assert_eq!(stages(&newsroom), ["packed"; 4]);
}

#[test]
fn a_copy_whose_record_says_other_bytes_is_kept() {
    let newsroom = Newsroom::delivered(two_sources().expect("a world")).expect("a newsroom");
    let found = inbox(&newsroom);
    let record = found.iter().find(|f| f.strip_suffix(".json").is_some()).expect("a record");
    let path = newsroom.path("ws/inbox").join(record);
    let text = std::fs::read_to_string(&path).expect("text");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    value["sha256"] = json!("0".repeat(64));
    std::fs::write(&path, value.to_string()).expect("written");
    let done = newsroom.offline(&["forget", "--yes"]).expect(0).json();
    assert_eq!(done["report"]["other_bytes"], 1);
    assert_eq!(inbox(&newsroom).len(), 2);
}

#[test]
fn a_run_killed_at_any_moment_leaves_whole_items_or_what_the_next_run_removes() {
    let mut world = World::with_test_key().expect("a world");
    let mut source = world.source("focal ghost").expect("a source");
    for n in 0..60 {
        source = source.message(&format!("message {n}")).expect("added");
    }
    let newsroom = Newsroom::delivered(world).expect("a newsroom");
    let kept = newsroom.path("kept");
    copy(&newsroom.path("ws"), &kept);
    for moment in 0..12_u64 {
        std::fs::remove_dir_all(newsroom.path("ws")).expect("removed");
        copy(&kept, &newsroom.path("ws"));
        let args = newsroom.at("ws", &["forget", "--yes"]);
        let mut child = newsroom.command("sd-fetch", args).spawn().expect("started");
        std::thread::sleep(Duration::from_millis(3 * moment));
        child.kill().expect("killed");
        child.wait().expect("waited");
        assert_eq!(stages(&newsroom), ["delivered"; 60]);
        let _ = newsroom.offline(&["forget", "--yes"]).expect(0);
        assert_eq!(inbox(&newsroom), [] as [&str; 0], "after {moment}");
        assert_eq!(stages(&newsroom), ["delivered"; 60]);
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for file in files(from) {
        let target = to.join(&file);
        std::fs::create_dir_all(target.parent().expect("a parent")).expect("made");
        std::fs::copy(from.join(&file), target).expect("copied");
    }
}
