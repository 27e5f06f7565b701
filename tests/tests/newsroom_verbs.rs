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
