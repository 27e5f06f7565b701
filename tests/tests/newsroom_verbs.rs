//! What a newsroom asks of sd-fetch besides fetching, with the real programs.
#![expect(clippy::expect_used, reason = "a journey that cannot go on ends there")]

use serde_json::json;

use sd_tests::journeys::two_sources;
use sd_tests::newsroom::{Newsroom, Run};

#[test]
fn status_tells_each_stage_without_a_server_and_makes_nothing() {
    let newsroom = Newsroom::new(two_sources().expect("a world")).expect("a newsroom");
    let inbox = |n: &Newsroom| {
        let run = n.offline(&["status", "--tor-socks", "127.0.0.1:1"]).expect(0).json();
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
    let last = newsroom.offline(&["status"]).expect(0).json()["report"]["last_sync"].clone();
    assert!(last.is_string(), "{last}");
    let _ = newsroom.pack().expect(0);
    assert_eq!(inbox(&newsroom), json!([4, 0, 4, 0]));
    newsroom.deliver();
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
    let newsroom = Newsroom::paired(two_sources().expect("a world")).expect("a newsroom");
    let both = |state: &str, on_server: bool, here: bool| {
        let run = newsroom.fetch(&["list"]).expect(0);
        assert_eq!(states(&run), vec![json!([state, on_server, here]); 4]);
        let run = newsroom.offline(&["list", "--offline"]).expect(0);
        let known = if here { 4 } else { 0 };
        assert_eq!(states(&run), vec![json!([state, null, here]); known]);
    };
    both("new", true, false);
    let _ = newsroom.fetch(&["sync"]).expect(0);
    both("here", true, true);
    let _ = newsroom.pack().expect(0);
    both("packed", true, true);
    newsroom.deliver();
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
    let newsroom = Newsroom::delivered(two_sources().expect("a world")).expect("a newsroom");
    let again = newsroom.fetch(&["sync"]).expect(0).json();
    assert_eq!(again["status"], "NOTHING_TO_DO");
    assert_eq!((&again["report"]["waiting"], &again["hint"]), (&json!(0), &json!(null)));
}
