//! The test server against recorded exchanges with a real one.
//!
//! Every recorded request is sent again, in order, to a server that holds the recorded world, its
//! clock held at the recorded moment. Compared: status, reason phrase, every header with its
//! spelling, place and value, and the SHA-256 of the body.
//!
//! Deliberately not compared:
//! - tokens and session cookies: only their shape (they are signed with a secret of the server);
//! - the microseconds of `last_login` (another clock reading than `expiration`), so that body is
//!   compared field by field;
//! - the second `Date` of Flask's downloads (the application's; the first is the server's, and once,
//!   in 080, a second later): only that it is at most a second earlier;
//! - multipart boundaries: only their shape;
//! - the bodies of 082, 217 and 218, which were not kept, and of 083, part of the same file: their
//!   heads are compared;
//! - the HTTP version in the status line, which was 1.1 throughout.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and talks to its own server"
)]

#[path = "journalist_interface/client.rs"]
mod client;
#[path = "journalist_interface/compare.rs"]
mod compare;
#[path = "journalist_interface/faults.rs"]
mod faults;
#[path = "journalist_interface/recordings.rs"]
mod recordings;
#[path = "journalist_interface/rules.rs"]
mod rules;

use client::Answer;
use recordings::Recording;
use sd_tests::journalist_interface::{Clock, Config, JournalistInterface, Stack};
use serde_json::Value;

const FLASK: &[&str] = &[
    "001-root",
    "002-root-noslash",
    "003-apiv2-root",
    "004-apiv2-index",
    "005-noauth-sources",
    "006-badtoken-sources",
    "007-bearer-sources",
    "008-token-nobody",
    "009-token-badjson",
    "010-token-missing-user",
    "011-token-missing-pass",
    "012-token-missing-otp",
    "013-token-get",
    "014-token-unknown-user",
    "015-token-wrong-totp",
    "016-token-wrong-pass",
    "017-token-totp-consumed-by-wrong-pass",
    "018-token-ok",
    "019-token-reuse-totp",
    "020-user",
    "021-users",
    "022-sources",
    "023-submissions",
    "024-replies",
    "025-source",
    "026-source-404",
    "027-source-submissions",
    "028-source-replies",
    "029-submission",
    "030-download-msg",
    "031-download-doc",
    "032-download-doc-head",
    "033-download-doc-range-0-9",
    "034-download-doc-range-resume",
    "035-download-doc-range-resume-ifrange-ok",
    "036-download-doc-range-resume-ifrange-raw",
    "037-download-doc-range-suffix",
    "038-download-doc-range-beyond",
    "039-download-doc-range-multi",
    "040-download-doc-if-none-match",
    "041-download-doc-gzip-accept",
    "042-download-noauth",
    "043-download-wrong-source",
    "044-reply",
    "045-download-reply",
    "046-star",
    "047-unstar",
    "048-flag",
    "049-seen",
    "050-seen-again",
    "051-seen-404",
    "052-seen-empty",
    "053-reply-plaintext",
    "054-reply-empty",
    "055-reply-missing",
    "056-reply-ok",
    "057-reply-dup-uuid",
    "058-reply-bad-uuid",
    "059-reply-delete",
    "060-submission-delete",
    "061-submission-deleted-get",
    "062-submission-deleted-download",
    "063-seen-deleted",
    "064-hostile-source-submissions",
    "065-hostile-00",
    "066-hostile-01",
    "067-hostile-02",
    "068-hostile-03",
    "069-hostile-04",
    "070-hostile-05",
    "071-hostile-06",
    "072-hostile-07",
    "073-hostile-08",
    "074-hostile-09",
    "075-hostile-10",
    "076-hostile-11",
    "077-hostile-12",
    "078-hostile-13",
    "079-hostile-14",
    "080-hostile-15",
    "081-hostile-17",
    "082-download-big",
    "083-download-big-range",
    "084-download-big",
    "085-download-big-range",
    "086-download-missing-on-disk",
    "087-conversation-delete",
    "088-source-after-conversation-delete",
    "089-source-delete",
    "090-method-not-allowed",
    "091-notfound-path",
    "092-logout",
    "093-after-logout",
    "094-throttle-0",
    "095-throttle-1",
    "096-throttle-2",
    "097-throttle-3",
    "098-throttle-4",
    "099-throttle-5",
    "100-throttle-good-creds-while-throttled",
];

const APACHE: &[&str] = &[
    "201-ap-token-ok",
    "202-ap-sources",
    "203-ap-source-submissions",
    "204-ap-download",
    "205-ap-head",
    "206-ap-range",
    "207-ap-resume",
    "208-ap-suffix",
    "209-ap-beyond",
    "210-ap-at-end",
    "211-ap-multi",
    "212-ap-ifrange-etag-raw",
    "213-ap-ifrange-etag-quoted",
    "214-ap-ifrange-lastmod",
    "215-ap-ifrange-wrong",
    "216-ap-inm",
    "217-ap-big",
    "218-ap-big-resume",
    "219-ap-404",
    "220-ap-put",
    "221-ap-options",
];

const SEEN: &[&str] = &[
    "301-tok",
    "302-list-before",
    "303-dl",
    "304-list-after-api-download",
    "305-dev-ifrange-lastmod",
    "306-dev-resume-at-end",
    "307-seen",
    "308-list-after-seen",
    "309-seen-partial-404",
    "310-reply-list",
];

#[test]
fn the_flask_server_answers_as_recorded() {
    let lists = [Some("022-sources"), Some("023-submissions"), Some("024-replies")];
    replay(FLASK, Stack::FlaskDev, lists);
}

#[test]
fn the_apache_server_answers_as_recorded() {
    replay(
        APACHE,
        Stack::Apache,
        [Some("202-ap-sources"), Some("203-ap-source-submissions"), None],
    );
}

#[test]
fn only_seen_marks_as_seen_as_recorded() {
    replay(SEEN, Stack::FlaskDev, [None, Some("302-list-before"), None]);
}

#[test]
fn every_recording_is_in_a_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/recordings");
    let mut on_disk: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
        .map(|name| name.trim_end_matches(".json").to_owned())
        .collect();
    on_disk.sort();
    assert_eq!(on_disk, [FLASK, APACHE, SEEN].concat());
}

/// Sends a group of recorded requests in order and reports every difference at once.
fn replay(names: &[&str], stack: Stack, lists: [Option<&str>; 3]) {
    let group: Vec<Recording> = names.iter().map(|name| Recording::load(name)).collect();
    let clock = Clock::held_at(group[0].moment());
    let mut config = Config::new().unwrap().on(stack).with_clock(clock.clone());
    config.keep_alive = std::time::Duration::from_secs(2);
    let world = recordings::world(&group, lists);
    let server = JournalistInterface::start(world, config).unwrap();
    let mut token = String::new();
    let mut differences = Vec::new();
    for recording in &group {
        clock.hold_at(recording.moment());
        if recording.name.ends_with("missing-on-disk") {
            lose(&server, recording);
        }
        let answer = send(&server, recording, &token);
        if let Ok(Value::String(new)) =
            serde_json::from_slice(&answer.body).map(|body: Value| body["token"].clone())
        {
            token = new;
        }
        differences.extend(compare::compare(recording, &answer));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(server.requests().len(), names.len());
}

fn lose(server: &JournalistInterface, recording: &Recording) {
    let path = recording.request["path"].as_str().unwrap();
    let uuid = path.trim_end_matches("/download").rsplit('/').next().unwrap();
    server.edit(|world| world.lose_from_disk(uuid)).unwrap();
}

/// Sends the recorded request, with the live token in place of the recorded one.
fn send(server: &JournalistInterface, recording: &Recording, token: &str) -> Answer {
    let request = &recording.request;
    let mut headers = Vec::new();
    for (name, value) in request["headers"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let is_live = value.starts_with("Token ") && value.len() > "Token bogus".len();
        let value = if is_live { format!("Token {token}") } else { value.to_owned() };
        headers.push((name.clone(), value));
    }
    let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
    let body = request["body"].as_str().unwrap_or_default();
    client::exchange(server.address(), method, path, &headers, body)
}
