//! Rules of the server that no single recording shows: time, sessions, protocol, scale.

use std::io::{Read, Write};
use std::net::TcpStream;

use jiff::{SignedDuration, Timestamp};
use sd_tests::journalist_interface::{
    Clock, Config, DEV_PASSPHRASE, Fault, JournalistInterface, Kind, Stack, World,
};

use crate::client::{Answer, exchange, raw};

/// A server with one message, and its token.
pub(crate) struct Fixture {
    pub(crate) server: JournalistInterface,
    pub(crate) clock: Clock,
    pub(crate) item: String,
    token: String,
    source: String,
}

impl Fixture {
    pub(crate) fn new(stack: Stack, faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut world = World::with_test_key().unwrap();
        let source = world.source("curious lemur").unwrap().message("hello").unwrap();
        let (item, source) = (source.last_item().unwrap(), source.uuid());
        let clock = Clock::held_at("2026-11-23T14:00:00Z".parse::<Timestamp>().unwrap());
        let config = Config::new().unwrap().on(stack).with_clock(clock.clone());
        let server = JournalistInterface::start(world, config).unwrap();
        faults.into_iter().for_each(|fault| server.add_fault(fault));
        let token = server.issue_token("journalist").unwrap();
        Self { server, clock, item, token, source }
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "")
    }

    pub(crate) fn download(&self) -> Answer {
        self.get(&self.download_path(), &[])
    }

    pub(crate) fn download_path(&self) -> String {
        format!("/api/v1/sources/{}/submissions/{}/download", self.source, self.item)
    }

    /// The bytes on the server's disk.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.server
            .edit(|world| world.item(&self.item).unwrap().open())
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("Authorization".to_owned(), format!("Token {}", self.token))];
        all.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        exchange(self.server.address(), method, path, &all, body)
    }

    fn log_in(&self, username: &str, passphrase: &str, code: &str) -> u16 {
        let body = format!(
            r#"{{"username":"{username}","passphrase":"{passphrase}","one_time_code":"{code}"}}"#
        );
        self.send("POST", "/api/v1/token", &[], &body).status
    }

    /// The journalist's code so many steps from now.
    fn code(&self, steps: i64) -> String {
        let at = self.clock.now() + SignedDuration::from_secs(30 * steps);
        self.server.users()[0].code(at).unwrap()
    }
}

#[test]
fn codes_of_the_steps_next_to_now_are_accepted_and_no_others() {
    let f = Fixture::new(Stack::Apache, []);
    for (steps, status) in [(-2, 403), (-1, 200), (0, 200), (1, 200), (2, 403)] {
        f.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(steps)), status, "{steps}");
    }
}

#[test]
fn only_the_code_accepted_last_is_refused_again() {
    let f = Fixture::new(Stack::Apache, []);
    assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(0)), 200);
    assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(0)), 403);
    assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(1)), 200);
    // The first code is not the last one any more; the real server lets it in again.
    assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(0)), 200);
}

#[test]
fn the_sixth_attempt_in_a_minute_is_refused_though_it_is_right() {
    let f = Fixture::new(Stack::Apache, []);
    for _ in 0..5 {
        assert_eq!(f.log_in("journalist", "wrong", "000000"), 403);
    }
    assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(0)), 403);
    assert_eq!(f.log_in("dellsberg", DEV_PASSPHRASE, &f.code(0)), 200, "another user is free");
    f.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(f.log_in("journalist", DEV_PASSPHRASE, &f.code(0)), 200);
}

#[test]
fn a_passphrase_of_129_characters_crashes_the_login() {
    let f = Fixture::new(Stack::Apache, []);
    assert_eq!(f.log_in("journalist", &"x".repeat(129), &f.code(0)), 500);
}

#[test]
fn a_token_that_is_not_used_ends_after_two_hours() {
    let f = Fixture::new(Stack::Apache, []);
    f.clock.advance(SignedDuration::from_mins(119));
    assert_eq!(f.get("/api/v1/user", &[]).status, 200);
    let unused = Fixture::new(Stack::Apache, []);
    unused.clock.advance(SignedDuration::from_mins(120));
    assert_eq!(unused.get("/api/v1/user", &[]).status, 403);
}

#[test]
fn a_token_in_use_is_extended_five_times_to_twelve_hours() {
    let f = Fixture::new(Stack::Apache, []);
    for minute in 1..720 {
        f.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(f.get("/api/v1/user", &[]).status, 200, "minute {minute}");
    }
    f.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(f.get("/api/v1/user", &[]).status, 403);
}

#[test]
fn http_1_0_is_forbidden_by_apache_with_a_page() {
    let f = Fixture::new(Stack::Apache, []);
    let answer = raw(f.server.address(), "GET /api/v1/ HTTP/1.0\r\n\r\n", false);
    assert_eq!((answer.status, answer.reason.as_str()), (403, "Forbidden"));
    assert_eq!(answer.header("Content-Type"), Some("text/html; charset=iso-8859-1"));
}

#[test]
fn apache_keeps_a_connection_for_the_next_request() {
    let f = Fixture::new(Stack::Apache, []);
    let mut stream = TcpStream::connect(f.server.address()).unwrap();
    let request = "GET /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(request.repeat(2).as_bytes()).unwrap();
    stream.write_all(b"GET /api/v1/ HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 3);
}

#[test]
fn the_log_tells_method_path_and_status() {
    let f = Fixture::new(Stack::Apache, []);
    f.get("/api/v1/nonesuch?x=1", &[("X-Mark", "7")]);
    let log = f.server.requests();
    assert_eq!((log[0].method.as_str(), log[0].path.as_str()), ("GET", "/api/v1/nonesuch?x=1"));
    assert_eq!((log[0].status, log[0].header("x-mark")), (Some(404), Some("7")));
}

#[test]
fn what_is_replaced_on_disk_keeps_the_hash_of_what_was_there() {
    let f = Fixture::new(Stack::Apache, []);
    let before = f.download();
    f.server.edit(|world| world.replace_on_disk(&f.item, &b"other"[..])).unwrap();
    let after = f.download();
    assert_eq!(after.body, b"other");
    assert_eq!(after.header("Etag"), before.header("Etag"));
}

#[test]
fn an_item_added_while_the_server_runs_is_listed() {
    let f = Fixture::new(Stack::Apache, []);
    f.server.edit(|world| {
        let source = world.existing_source(&f.source).unwrap();
        let source = source.raw_item("../../x", Kind::File, &b"raw"[..]).unwrap();
        assert!(source.document("a.pdf", b"%PDF").is_ok());
    });
    let body = String::from_utf8(f.get("/api/v1/submissions", &[]).body).unwrap();
    assert!(body.contains(r#""filename":"../../x""#), "{body}");
    assert!(body.contains(r#""filename":"3-curious_lemur-doc.gz.gpg""#), "{body}");
}

#[test]
fn the_same_seed_makes_the_same_uuids_and_another_seed_others() {
    let uuid = |seed| World::with_test_key().unwrap().seeded(seed).source("a b").unwrap().uuid();
    assert_eq!(uuid(1), uuid(1));
    assert_ne!(uuid(1), uuid(2));
}

#[test]
fn sources_that_share_words_and_marks_get_the_names_the_server_gives() {
    let mut world = World::with_test_key().unwrap();
    let source = world.source("Well-known O'Brien").unwrap();
    let _ = source.message("x").unwrap().document("a", b"x").unwrap().reply("x").unwrap();
    let names: Vec<&str> = world.items().iter().map(|item| item.filename.as_str()).collect();
    let expected = ["1-well-known_obrien-msg.gpg", "2-well-known_obrien-doc.gz.gpg"];
    assert_eq!(names[..2], expected);
    assert_eq!(names[2], "3-well-known_obrien-reply.gpg");
}

#[test]
fn a_dropped_server_stops_listening() {
    let f = Fixture::new(Stack::Apache, []);
    let address = f.server.address();
    drop(f);
    assert!(TcpStream::connect(address).is_err());
}
