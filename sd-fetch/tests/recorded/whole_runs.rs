//! Runs that go well, and their reports.

use serde_json::json;

use crate::replay::{Run, Server, recorded};
use crate::world::{
    DOCUMENT, ITEMS, MESSAGE, REPLY, SOURCE, change, change_entry, download_line, world,
};
use crate::{LOGOUT, TOKEN, changed, home, inbox, sync};

#[test]
fn a_sync_brings_every_item_once_and_logs_out() {
    let (run, server, home) = sync(world());
    assert_eq!((&run.json["status"], &run.json["exit"]), (&json!("DONE"), &json!(0)));
    let report = &run.json["report"];
    assert_eq!(report["sources"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["sources"][0]["designation"], "focal ghost");
    assert_eq!(report["sources"][0]["bytes"], 616 + 650 + 1143);
    assert_eq!((&report["waiting"], &report["already_here"]), (&json!(ITEMS), &json!(0)));
    assert_eq!(inbox(&home).len(), ITEMS);
    let heard = server.heard();
    let lines: Vec<&str> = heard.iter().map(|r| r.line.as_str()).collect();
    assert_eq!(lines[..2], ["GET /api/v1/", TOKEN]);
    // Two lanes begin at once; which one is heard first is chance.
    let first = [lines[5].to_owned(), lines[6].to_owned()];
    assert!(first.contains(&download_line(MESSAGE)) && first.contains(&download_line(REPLY)));
    assert_eq!(lines[5..].len(), ITEMS + 1);
    assert_eq!(lines.last(), Some(&LOGOUT));
    let login: serde_json::Value = serde_json::from_str(&heard[1].body).expect("JSON");
    let words = json!({"username": "journalist", "passphrase": "correct horse",
        "one_time_code": "123456"});
    assert_eq!(login, words);
    assert!(heard.iter().all(|r| r.line == TOKEN || r.body.is_empty()));
    assert_eq!(run.talk, "");
}

#[test]
fn only_what_is_needed_is_sent() {
    let (_, server, _home) = sync(world());
    for (i, request) in server.heard().iter().enumerate() {
        let authorized = request.headers.iter().any(|h| h.starts_with("authorization: Token I"));
        assert_eq!(authorized, i >= 2, "{}", request.line);
        let names: Vec<_> = request.headers.iter().filter_map(|h| h.split(':').next()).collect();
        let known = [
            "host",
            "accept",
            "accept-encoding",
            "authorization",
            "content-type",
            "content-length",
        ];
        assert!(names.iter().all(|n| known.contains(n)), "{names:?}");
        assert!(request.headers.contains(&"accept-encoding: identity".to_owned()));
    }
}

#[test]
fn no_secret_is_shown() {
    let wrong = changed(TOKEN, |_| recorded("014-token-unknown-user").1);
    for (run, _, _) in [sync(world()), sync(wrong)] {
        let shown = format!("{}{}", run.json, run.talk);
        for secret in ["correct horse", "123456", "IjdtNTZoSVNud0hPV3lW"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn a_second_sync_downloads_nothing() {
    let (server, home) = (Server::start(world()), home());
    server.run(home.path(), "sync", &[]);
    assert_eq!(server.lines("/download").len(), ITEMS);
    let run = server.run(home.path(), "sync", &[]);
    assert_eq!(server.lines("/download").len(), ITEMS);
    assert_eq!(run.json["status"], "NOTHING_TO_DO");
    assert_eq!(run.json["report"]["already_here"], ITEMS);
    assert_eq!(run.json["hint"][1], "pack");
}

#[test]
fn a_dry_run_shows_the_plan_and_fetches_nothing() {
    let (server, home) = (Server::start(world()), home());
    let run = server.run(home.path(), "sync", &["--dry-run"]);
    assert_eq!(run.json["report"]["dry_run"], true);
    assert_eq!(run.json["report"]["sources"][0]["documents"], 1);
    assert_eq!(server.lines("/download").len(), 0);
    assert!(inbox(&home).is_empty());
    let hint: Vec<String> = serde_json::from_value(run.json["hint"].clone()).expect("words");
    assert!(hint.contains(&"sync".to_owned()) && sd_fetch::parses(&hint), "{hint:?}");
}

#[test]
fn a_failed_logout_is_a_warning() {
    let (run, _, home) = sync(changed(LOGOUT, |a| a.status(500)));
    assert_eq!(run.json["status"], "DONE");
    assert!(run.talk.starts_with("warning: logging out:"), "{}", run.talk);
    assert_eq!(inbox(&home).len(), ITEMS);
}

#[test]
fn a_list_says_what_is_new_and_what_is_here() {
    let (server, home) = (Server::start(world()), home());
    let run = server.run(home.path(), "list", &[]);
    let focal = |run: &Run| {
        let sources = run.json["report"]["sources"].as_array().expect("a list").clone();
        let rows = sources.into_iter().find(|s| s["source"] == SOURCE).expect("listed");
        rows["items"].as_array().expect("rows").clone()
    };
    assert_eq!(focal(&run)[0]["here"], false);
    assert!(server.lines("/download").is_empty());
    server.run(home.path(), "sync", &[]);
    let mut fewer = world();
    change(&mut fewer, "GET /api/v1/replies", |a| a.with_body(r#"{"replies":[]}"#));
    let run = Server::start(fewer).run(home.path(), "list", &[]);
    let rows = focal(&run);
    let facts: Vec<_> = rows.iter().map(|r| (&r["kind"], &r["on_server"], &r["here"])).collect();
    let (yes, no) = (&json!(true), &json!(false));
    assert_eq!(facts[0], (&json!("message"), yes, yes));
    assert_eq!(facts[2], (&json!("reply"), no, yes));
}

#[test]
fn the_human_faces_fit_a_terminal_and_hints_parse() {
    let mut routes = world();
    change_entry(&mut routes, "submissions", DOCUMENT, |e| {
        e["filename"] = json!(format!("\u{1b}[2J{}", "x".repeat(500)));
    });
    let (server, home) = (Server::start(routes), home());
    for verb in ["list", "sync", "sync", "list"] {
        let (out, talk) = server.run_human(home.path(), verb);
        assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
        assert!(!out.contains('\u{1b}') && out.contains(r"\u{1b}[2J"), "{out}");
        for hint in talk.lines().filter_map(|l| l.strip_prefix("hint: sd-fetch")) {
            let words: Vec<String> = format!("sd-fetch{hint}").split(' ').map(Into::into).collect();
            assert!(sd_fetch::parses(&words), "{hint}");
        }
    }
}
