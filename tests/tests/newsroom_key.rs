//! The submission key that sources are given is compared with the one of the pairing.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test changes the record of the pairing behind the programs"
)]

use serde_json::{Value, json};

use sd_tests::ciphertext::keys;
use sd_tests::journalist_interface::{Fault, FaultKind, Metadata, SourceInterface};
use sd_tests::journeys::two_sources;
use sd_tests::newsroom::{Newsroom, Run};

fn ours() -> String {
    keys::submission().expect("a key").fingerprint().to_owned()
}

fn newsroom() -> Newsroom {
    Newsroom::paired(two_sources().expect("a world")).expect("a newsroom")
}

fn sync(newsroom: &Newsroom, source: &SourceInterface) -> Run {
    let address = source.address().to_string();
    newsroom.fetch(&["sync", "--insecure-loopback-source", &address])
}

fn key(run: &Run) -> Value {
    run.json()["report"]["submission_key"].clone()
}

#[test]
fn the_same_key_agrees_and_nothing_but_the_question_is_sent() {
    let newsroom = newsroom();
    let source = SourceInterface::start(Metadata::Key(ours())).expect("started");
    let run = sync(&newsroom, &source).expect(0);
    assert_eq!(key(&run), json!({"outcome": "agrees", "fingerprint": ours()}));
    assert_eq!(run.json()["hint"][1], "pack");
    let requests = source.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("GET", "/metadata"));
    let headers = requests[0].headers.iter();
    let mut names: Vec<String> = headers.map(|(n, _)| n.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["accept", "accept-encoding", "host"], "no token, no name, no cookie");
    // Case is no difference.
    source.say(Metadata::Key(ours().to_lowercase()));
    assert_eq!(key(&sync(&newsroom, &source).expect(0))["outcome"], "agrees");
}

#[test]
fn another_key_is_an_alarm_with_both_fingerprints_and_no_hint_to_pack() {
    let newsroom = newsroom();
    let other = "0123456789ABCDEF0123456789ABCDEF01234567";
    let source = SourceInterface::start(Metadata::Key(other.to_owned())).expect("started");
    let run = sync(&newsroom, &source).expect(12);
    assert_eq!((&run.json()["status"], &run.json()["hint"]), (&json!("KEY_DIFFERS"), &json!(null)));
    let differs = json!({"outcome": "differs", "paired": ours(), "announced": other});
    assert_eq!(key(&run), differs);
    assert_eq!(run.json()["report"]["waiting"], 4, "ciphertext is fetched and kept all the same");
    let human = newsroom
        .at_terminal(&["sync", "--insecure-loopback-source", &source.address().to_string()], "");
    let human = human.expect("script runs").expect(12).stdout;
    assert!(human.contains("0123 4567 89AB CDEF") && human.contains("administrator"), "{human}");
    assert!(!human.contains("hint:"), "{human}");
    source.say(Metadata::Key(ours()));
    assert_eq!(sync(&newsroom, &source).expect(0).json()["hint"][1], "pack");
}

#[test]
fn a_sync_that_fails_tells_of_another_key_all_the_same() {
    let newsroom = newsroom();
    let other = "0123456789ABCDEF0123456789ABCDEF01234567";
    let source = SourceInterface::start(Metadata::Key(other.to_owned())).expect("started");
    let fault = Fault::on_path("/api/v1/submissions", FaultKind::HtmlPage(502));
    newsroom.interface().add_fault(fault);
    let run = sync(&newsroom, &source).expect(12).json();
    assert_eq!(run["status"], "KEY_DIFFERS");
    let error = run["error"].as_str().expect("a message");
    assert!(error.contains("502") && error.contains("0123 4567 89AB CDEF"), "{error}");
    source.say(Metadata::Key(ours()));
    assert_eq!(sync(&newsroom, &source).expect(1).json()["status"], "SERVER_ERROR");
}

#[test]
fn what_cannot_be_compared_is_a_note_and_never_a_failure() {
    let newsroom = newsroom();
    let json = "application/json";
    let long = format!(r#"{{"gpg_fpr":"{}","x":"{}"}}"#, ours(), "x".repeat(65 << 10));
    let source = SourceInterface::start(Metadata::Key(String::new())).expect("started");
    for (answer, words) in [
        (Metadata::Key(String::new()), "no fingerprint"),
        (Metadata::Key("\u{1b}[2J".to_owned()), r"\u{1b}[2J"),
        (Metadata::Other(200, json, long), "longer than 65536 bytes"),
        (Metadata::Other(200, json, "{".to_owned()), "another shape"),
        (Metadata::Other(200, json, "{}".to_owned()), "missing field `gpg_fpr`"),
        (Metadata::Other(200, "text/html", "<h1>".to_owned()), "not JSON"),
        (Metadata::Other(302, "text/html", String::new()), "redirect 302"),
        (Metadata::Other(500, json, "{}".to_owned()), "answered 500"),
    ] {
        source.say(answer);
        let run = sync(&newsroom, &source).expect(0);
        let check = key(&run);
        assert_eq!(check["outcome"], "not_compared");
        let why = check["why"].as_str().expect("a reason");
        assert!(why.contains(words), "{why}");
        assert_eq!(run.json()["hint"][1], "pack");
    }
    let address = source.address().to_string();
    drop(source);
    let run = newsroom.fetch(&["sync", "--insecure-loopback-source", &address]).expect(0);
    assert_eq!(key(&run)["why"], "the Source Interface could not be reached");
}

#[test]
fn a_station_without_the_fingerprint_says_so_and_its_record_still_loads() {
    let source = SourceInterface::start(Metadata::Key(ours())).expect("started");
    let unpaired = Newsroom::new(two_sources().expect("a world")).expect("a newsroom");
    let check = key(&sync(&unpaired, &source).expect(0));
    assert_eq!(check["why"], "this station has not been paired");
    let newsroom = newsroom();
    let record = newsroom.path("ws/keys/station.json");
    let text = std::fs::read_to_string(&record).expect("text");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    let recorded = value.as_object_mut().expect("an object").remove("submission");
    assert_eq!(recorded, Some(json!(ours())));
    std::fs::write(&record, value.to_string()).expect("written");
    let check = key(&sync(&newsroom, &source).expect(0));
    assert!(check["why"].as_str().is_some_and(|w| w.contains("before")), "{check}");
    let _ = newsroom.pack().expect(0);
    assert_eq!(source.requests().len(), 0, "there was nothing to compare with");
    // A record that names another key than the certificate beside it is no pairing.
    value["submission"] = json!("0".repeat(40));
    std::fs::write(&record, value.to_string()).expect("written");
    assert_eq!(newsroom.pack().expect(12).json()["status"], "KEY_UNAVAILABLE");
}

#[test]
fn the_test_address_works_with_a_test_server_only() {
    let newsroom = newsroom();
    let onion = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
    let args = ["sync", "--server", onion, "--insecure-loopback-source", "127.0.0.1:1"];
    let _ = newsroom.run("sd-fetch", newsroom.at("ws", &args)).expect(2);
    let elsewhere = ["sync", "--insecure-loopback-source", "10.0.0.1:80"];
    let _ = newsroom.fetch(&elsewhere).expect(2);
    let check = key(&newsroom.fetch(&["sync"]).expect(0));
    assert_eq!(check, json!({"outcome": "not_compared", "why": "a test server has none"}));
}
