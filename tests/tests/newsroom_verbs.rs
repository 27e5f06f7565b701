//! What a newsroom asks of sd-fetch besides fetching, with the real programs.
#![expect(clippy::expect_used, reason = "a journey that cannot go on ends there")]

use serde_json::json;

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::{Newsroom, Run};

fn world() -> World {
    let mut world = World::with_test_key().expect("a world");
    world
        .source("focal ghost")
        .and_then(|s| s.message("Meet me at the old mill."))
        .and_then(|s| s.document("minutes.txt", b"Minutes of the board.\n"))
        .and_then(|s| s.reply("We received it."))
        .expect("a source");
    world.source("curious lemur").and_then(|s| s.message("Second source.")).expect("a source");
    world
}

/// A verb of sd-fetch that asks no server.
fn offline(newsroom: &Newsroom, args: &[&str]) -> Run {
    newsroom.run("sd-fetch", newsroom.at("ws", args))
}

/// Everything that was fetched goes to the SVS, and its receipt comes back.
fn deliver(newsroom: &Newsroom) {
    let _ = newsroom.pack().expect(0);
    let unpacked = newsroom.unpack().expect(0).json();
    let bundles = unpacked["report"]["bundles"].as_array().cloned().unwrap_or_default();
    for bundle in bundles {
        let code = bundle["receipt"].as_str().expect("a code");
        let _ = newsroom.workstation(&["confirm", code]).expect(0);
    }
}

#[test]
fn status_tells_each_stage_without_a_server_and_makes_nothing() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    let inbox = |n: &Newsroom| {
        let run = offline(n, &["status", "--tor-socks", "127.0.0.1:1"]).expect(0).json();
        assert_eq!(run["report"]["tor"], "closed");
        let facts = &run["report"]["inbox"];
        json!([facts["items"], facts["waiting"], facts["packed"], facts["delivered"]])
    };
    assert_eq!(inbox(&newsroom), json!([0, 0, 0, 0]));
    assert!(!newsroom.path("ws").exists());
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    let asked = newsroom.interface().requests().len();
    assert_eq!(inbox(&newsroom), json!([4, 4, 0, 0]));
    let _ = newsroom.pack().expect(0);
    assert_eq!(inbox(&newsroom), json!([4, 0, 4, 0]));
    deliver(&newsroom);
    assert_eq!(inbox(&newsroom), json!([4, 0, 0, 4]));
    assert_eq!(newsroom.interface().requests().len(), asked);
}

/// State, whether the server has it, whether the inbox has it: of each item in a list.
fn states(run: &Run) -> Vec<serde_json::Value> {
    let report = run.json()["report"].clone();
    let sources = report["sources"].as_array().expect("sources").clone();
    let rows = sources.iter().flat_map(|s| s["items"].as_array().expect("items"));
    rows.map(|r| json!([r["state"], r["on_server"], r["here"]])).collect()
}

#[test]
fn list_tells_each_stage_with_the_server_and_without() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let both = |state: &str, on_server: bool, here: bool| {
        let run = newsroom.fetch(&["list"]).expect(0);
        assert_eq!(states(&run), vec![json!([state, on_server, here]); 4]);
        let run = offline(&newsroom, &["list", "--offline"]).expect(0);
        let known = if here { 4 } else { 0 };
        assert_eq!(states(&run), vec![json!([state, null, here]); known]);
    };
    both("new", true, false);
    let _ = newsroom.fetch(&["sync"]).expect(0);
    both("here", true, true);
    let _ = newsroom.pack().expect(0);
    both("packed", true, true);
    deliver(&newsroom);
    both("delivered", true, true);
    newsroom.interface().edit(|world| {
        let sources: Vec<String> = world.sources().iter().map(|s| s.uuid.clone()).collect();
        assert!(sources.iter().all(|s| world.delete_source(s)));
    });
    both("delivered", false, true);
    let mixed = newsroom.run("sd-fetch", newsroom.at("ws", &["list", "--offline", "--wait", "1"]));
    assert_eq!(mixed.code, Some(2), "a server that is not asked is not waited for");
}

#[test]
fn after_delivery_a_sync_says_so_and_does_not_send_anybody_to_pack() {
    let newsroom = Newsroom::new(world()).expect("a newsroom");
    newsroom.pair().expect("paired");
    let _ = newsroom.fetch(&["sync"]).expect(0);
    deliver(&newsroom);
    let again = newsroom.fetch(&["sync"]).expect(0).json();
    assert_eq!(again["status"], "NOTHING_TO_DO");
    assert_eq!((&again["report"]["waiting"], &again["hint"]), (&json!(0), &json!(null)));
}
