//! Items that are refused by name while the others arrive.

use serde_json::{Value, json};

use crate::replay::{Answer, Routes, Server, recorded};
use crate::world::{
    DOCUMENT, ITEMS, MESSAGE, OTHER_SOURCE, REPLY, change, change_entry, download_line, world,
};
use crate::{changed, home, ids, inbox, only_lost, sync};

/// A world in which one document has a wrong hash.
pub(crate) fn one_bad_hash() -> Routes {
    let line = download_line(DOCUMENT);
    changed(&line, |a| a.with("ETag", &format!("sha256:{}", "0".repeat(64))))
}

#[test]
fn every_hash_that_cannot_be_trusted_is_refused_by_name() {
    let line = download_line(MESSAGE);
    let other = "sha256:2652b460b0d4fb6efa2a70876e65e79391390c079c21dfc573578a6ec50451ad";
    let good = "sha256:b792946317b4a99930dfac2a79ccf25f7fe4dd0a6e58e122ec5886c05971ee33";
    let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    only_lost(changed(&line, |a| a.without("etag")), MESSAGE, "no hash");
    only_lost(changed(&line, |a| a.and("ETag", good)), MESSAGE, "more than one hash");
    for (etag, reason) in [
        (other, "does not match"),
        (empty, "empty file"),
        (&good[7..], "not a SHA-256"),
        (&good.replace("sha256", "md5"), "not a SHA-256"),
        (&good.to_uppercase().replace("SHA256", "sha256"), "malformed"),
        (&good[..70], "malformed"),
        (&format!("\"{good}\""), "quotes"),
        (&format!("W/\"{good}\""), "weak"),
    ] {
        only_lost(changed(&line, |a| a.with("ETag", etag)), MESSAGE, reason);
    }
}

#[test]
fn bytes_that_are_not_the_items_are_refused_by_name() {
    let line = download_line(DOCUMENT);
    let flip = |mut a: Answer| {
        a.body[300] ^= 1;
        a
    };
    only_lost(changed(&line, flip), DOCUMENT, "does not match");
    let other = recorded("066-hostile-01").1;
    only_lost(changed(&line, |_| other), DOCUMENT, "announces 640 bytes but listed 650");
}

#[test]
fn a_body_of_another_length_is_refused_by_name() {
    let line = download_line(DOCUMENT);
    only_lost(changed(&line, Answer::cut), DOCUMENT, "the connection broke");
    only_lost(changed(&line, |a| a.without("content-length")), DOCUMENT, "how long");
    only_lost(changed(&line, |a| a.with("content-length", "651")), DOCUMENT, "announces 651");
    only_lost(changed(&line, |a| a.with("content-length", "-650")), DOCUMENT, "proper HTTP");
    let chunked = |a: Answer| {
        let a = a.without("content-length").and("Transfer-Encoding", "chunked");
        Answer { endless: Some(b"5\r\nhello\r\n".to_vec()), ..a }
    };
    only_lost(changed(&line, chunked), DOCUMENT, "how long");
    let both = |a: Answer| {
        let body = [b"28a\r\n", &a.body[..], b"\r\n0\r\n\r\n"].concat();
        a.with_body(body).with("Content-Length", "650").and("Transfer-Encoding", "chunked")
    };
    only_lost(changed(&line, both), DOCUMENT, "how long");
}

#[test]
fn what_is_sent_beyond_an_item_is_never_read() {
    let endless = |a| Answer { endless: Some(vec![b'x'; 4096]), ..a };
    let (run, _, home) = sync(changed(&download_line(DOCUMENT), endless));
    assert_eq!(run.json["status"], "DONE");
    assert_eq!(inbox(&home).len(), ITEMS);
}

#[test]
fn an_item_that_is_gone_or_broken_on_the_server_does_not_stop_the_others() {
    let line = download_line(DOCUMENT);
    let gone = recorded("062-submission-deleted-download").1;
    only_lost(changed(&line, |_| gone), DOCUMENT, "answered 404");
    let broken = recorded("086-download-missing-on-disk").1;
    only_lost(changed(&line, |_| broken), DOCUMENT, "answered 500");
    only_lost(changed(&line, |a| a.status(206)), DOCUMENT, "answered 206");
}

#[test]
fn a_listed_item_that_contradicts_itself_is_refused_by_name_and_not_asked_for() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 4] = [
        (|e| e["filename"] = json!("1-focal_ghost-doc.gz.gpg"), "do not agree"),
        (|e| e["filename"] = json!("../../.bashrc"), "file name"),
        (|e| e["size"] = json!(700_000_000), "700000000 bytes"),
        (|e| e["source_url"] = json!(format!("/api/v1/sources/{OTHER_SOURCE}")), "contradict"),
    ];
    for (change, reason) in cases {
        let mut routes = world();
        change_entry(&mut routes, "submissions", MESSAGE, change);
        only_lost(routes, MESSAGE, reason);
    }
}

#[test]
fn a_session_that_ends_in_the_middle_keeps_what_came_before() {
    let refused = recorded("042-download-noauth").1;
    let mut routes = changed(&download_line(REPLY), |_| refused.clone());
    routes.insert("GET /api/v1/user".to_owned(), refused);
    let (run, server, home) = sync(routes);
    assert_eq!((&run.json["status"], &run.json["exit"]), (&json!("CUT_SHORT"), &json!(4)));
    let report = &run.json["report"];
    assert!(report["ended_early"].as_str().expect("a reason").contains("nobody logged in again"));
    assert_eq!(report["unfinished"][0]["item"], REPLY);
    let items = inbox(&home);
    assert!(ids(&items).contains(&MESSAGE));
    assert_eq!(report["left"], ITEMS - items.len() - 1);
    assert_eq!(server.lines("/user").len(), 1);
}

#[test]
fn an_item_that_is_forbidden_in_a_good_session_is_refused_and_the_others_come() {
    let refused = recorded("042-download-noauth").1;
    let mut routes = changed(&download_line(REPLY), |_| refused);
    routes.insert("GET /api/v1/user".to_owned(), recorded("001-root").1);
    only_lost(routes, REPLY, "refused (403)");
}

#[test]
fn when_every_connection_breaks_the_run_ends() {
    let mut routes = world();
    let downloads: Vec<String> =
        routes.keys().filter(|l| l.contains("/download")).cloned().collect();
    for line in downloads {
        change(&mut routes, &line, Answer::cut);
    }
    let (run, server, home) = sync(routes);
    assert_eq!(run.json["status"], "SERVER_UNREACHABLE");
    // A dozen attempts that bring nothing are enough, and one may be under way.
    assert!(server.lines("/download").len() <= 13);
    assert!(inbox(&home).is_empty());
}

#[test]
fn a_connection_that_breaks_once_is_tried_again() {
    let (line, whole) = recorded("031-download-doc");
    let (server, home) = (Server::start(changed(&line, Answer::cut)), home());
    server.then(&line, whole);
    let run = server.run(home.path(), "sync", &[]);
    assert_eq!(run.json["status"], "DONE");
    assert!(run.talk.contains("focal ghost, document 3: the connection broke"), "{}", run.talk);
    assert_eq!(server.lines(&line).len(), 2);
    assert_eq!(inbox(&home).len(), ITEMS);
}
