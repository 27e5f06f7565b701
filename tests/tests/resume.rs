//! Downloads that break: gone on with, begun anew, or given up by name; never taken for whole.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use jiff::SignedDuration;
use sd_tests::journalist_interface::{DEV_PASSPHRASE, EtagFault, Fault, FaultKind, World};
use sd_tests::newsroom::{Newsroom, Run};
use sd_tests::noise::Noise;

const LARGE: u64 = 3_000_000;

/// One source with a message and a large document, and the document's identity.
fn newsroom() -> (Newsroom, String) {
    let mut world = World::with_test_key().expect("a world");
    let source = world.source("focal ghost").expect("a source");
    let source = source.message("hello").expect("added");
    let source = source.document_from(Some(b"memo.bin"), Noise::new(LARGE, 7)).expect("added");
    let document = source.last_item().expect("an item");
    (Newsroom::new(world).expect("a newsroom"), document)
}

fn sync(newsroom: &Newsroom) -> Run {
    newsroom.fetch(&["sync", "--patience", "3"])
}

/// The ciphertext in the inbox is the server's, to the last byte.
fn assert_whole(newsroom: &Newsroom, document: &str) {
    let (source, path) = server_file(newsroom, document);
    let inbox = newsroom.path("ws/inbox").join(source).join(format!("{document}.pgp"));
    let here = std::fs::read(inbox).expect("in the inbox");
    assert_eq!(here, std::fs::read(path).expect("on the server"));
    let left = newsroom.path("ws/inbox/.partial");
    assert!(std::fs::read_dir(left).expect("a directory").next().is_none());
}

fn server_file(newsroom: &Newsroom, document: &str) -> (String, std::path::PathBuf) {
    newsroom.interface().edit(|world| {
        let item = world.item(document).expect("listed");
        (item.source_uuid.clone(), item.path().to_owned())
    })
}

/// Where each download of the document began: 0, or the first byte of its range.
fn begun_at(newsroom: &Newsroom, document: &str) -> Vec<u64> {
    let wanted = format!("{document}/download");
    let exchanges = newsroom.interface().requests();
    let downloads = exchanges.iter().filter(|e| e.path.ends_with(&wanted) && e.method == "GET");
    let start = |range: &str| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok();
    downloads.map(|e| e.header("Range").and_then(start).unwrap_or(0)).collect()
}

fn break_off(newsroom: &Newsroom, document: &str, after: u64, times: u32) {
    let fault = Fault::on_item(document, FaultKind::CutBody(after)).times(times);
    newsroom.interface().add_fault(fault);
}

/// A run that gets only the first 700 kB, because the session ends there.
fn half_a_run(newsroom: &Newsroom, document: &str) {
    break_off(newsroom, document, 700_000, 1);
    let run = with_the_session_ended(newsroom, "");
    let json = run.expect(4).json();
    assert_eq!(json["status"], "CUT_SHORT", "{json}");
    assert_eq!(json["report"]["unfinished"][0]["item"], document);
    assert_eq!(json["report"]["sources"][0]["messages"], 1);
}

/// Runs a sync whose session the server ends once both items were asked for. `more` follows
/// the first credentials.
fn with_the_session_ended(newsroom: &Newsroom, more: &str) -> Run {
    let downloads = || {
        let exchanges = newsroom.interface().requests();
        exchanges.iter().filter(|e| e.path.ends_with("/download")).count()
    };
    let (all, credentials) =
        newsroom.fetch_line(&["sync", "--patience", "60"]).expect("a command line");
    let mut child: Child =
        newsroom.command("sd-fetch", &all).stdin(Stdio::piped()).spawn().expect("started");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(format!("{credentials}{more}").as_bytes()).expect("room");
    drop(stdin);
    // The document's second attempt is a second away: time enough to end the session.
    while downloads() < 2 {
        assert!(child.try_wait().expect("waited").is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(1));
    }
    newsroom.interface().revoke_all_tokens();
    Run::of(child.wait_with_output().expect("ended"))
}

#[test]
fn a_download_cut_five_times_goes_on_where_it_was_cut() {
    let (newsroom, document) = newsroom();
    break_off(&newsroom, &document, 500_000, 5);
    let run = sync(&newsroom).expect(0);
    assert_eq!(run.json()["status"], "DONE");
    assert_whole(&newsroom, &document);
    let begun: Vec<u64> = (0..6).map(|n| n * 500_000).collect();
    assert_eq!(begun_at(&newsroom, &document), begun);
}

#[test]
fn the_next_run_goes_on_where_the_last_one_ended() {
    let (newsroom, document) = newsroom();
    half_a_run(&newsroom, &document);
    let _done = sync(&newsroom).expect(0);
    assert_whole(&newsroom, &document);
    assert_eq!(begun_at(&newsroom, &document).last(), Some(&700_000));
}

#[test]
fn a_file_that_changed_on_the_server_is_begun_anew() {
    let (newsroom, document) = newsroom();
    half_a_run(&newsroom, &document);
    let (_, path) = server_file(&newsroom, &document);
    let mut bytes = std::fs::read(&path).expect("on the server");
    bytes[10] ^= 1;
    std::fs::write(&path, &bytes).expect("changed");
    let sha256 = sd_fs::Sha256::of(&bytes).to_string();
    newsroom.interface().edit(|world| {
        world.item_mut(&document).expect("listed").sha256 = sha256;
    });
    let _done = sync(&newsroom).expect(0);
    assert_whole(&newsroom, &document);
    assert_eq!(begun_at(&newsroom, &document)[2..], [700_000, 0]);
}

#[test]
fn damage_to_what_an_earlier_run_left_is_found_and_the_item_begun_anew() {
    let (newsroom, document) = newsroom();
    half_a_run(&newsroom, &document);
    let part = newsroom.path("ws/inbox/.partial").join(format!("{document}.part"));
    let mut bytes = std::fs::read(&part).expect("left by the run");
    assert_eq!(bytes.len(), 700_000);
    bytes[300_000] ^= 0x20;
    std::fs::write(&part, &bytes).expect("damaged");
    let run = sync(&newsroom).expect(0);
    assert!(run.stderr.contains("pieces do not make up the item"), "{}", run.stderr);
    assert_whole(&newsroom, &document);
    assert_eq!(begun_at(&newsroom, &document)[2..], [700_000, 0]);
}

#[test]
fn everything_fetched_but_not_taken_in_is_only_compared() {
    let (newsroom, document) = newsroom();
    half_a_run(&newsroom, &document);
    let (_, path) = server_file(&newsroom, &document);
    let part = newsroom.path("ws/inbox/.partial").join(format!("{document}.part"));
    std::fs::copy(path, part).expect("as if killed before the last step");
    let _done = sync(&newsroom).expect(0);
    assert_whole(&newsroom, &document);
    assert_eq!(begun_at(&newsroom, &document).len(), 2, "no byte was fetched again");
}

#[test]
fn a_session_that_ends_in_the_middle_is_begun_anew_with_the_next_credentials() {
    let (newsroom, document) = newsroom();
    break_off(&newsroom, &document, 700_000, 1);
    let user = &newsroom.interface().users()[0];
    // The code a minute and a half later, on a phone whose clock runs with the server's.
    let later = newsroom.interface().clock().now() + SignedDuration::from_secs(61 + 30);
    let code = user.code(later).expect("a code");
    let more = format!("{}\n{DEV_PASSPHRASE}\n{code}\n", user.username);
    let run = with_the_session_ended(&newsroom, &more).expect(0);
    assert_eq!(run.json()["status"], "DONE");
    assert!(run.stderr.contains("ended the session"), "{}", run.stderr);
    assert_whole(&newsroom, &document);
    assert_eq!(begun_at(&newsroom, &document), [0, 700_000, 700_000]);
}

#[test]
fn a_used_code_is_not_sent_a_second_time() {
    let (newsroom, document) = newsroom();
    break_off(&newsroom, &document, 700_000, 1);
    let user = &newsroom.interface().users()[0];
    let soon = newsroom.interface().clock().now() + SignedDuration::from_secs(61);
    let code = user.code(soon).expect("a code");
    let more = format!("{}\n{DEV_PASSPHRASE}\n{code}\n", user.username);
    let json = with_the_session_ended(&newsroom, &more).expect(4).json();
    let why = json["report"]["ended_early"].as_str().expect("a reason");
    assert!(why.contains("used before") && why.contains("nothing was sent"), "{why}");
    let logins =
        newsroom.interface().requests().iter().filter(|e| e.path.ends_with("/token")).count();
    assert_eq!(logins, 1);
}

#[test]
fn an_item_that_never_comes_is_refused_by_name_and_the_others_arrive() {
    let (newsroom, document) = newsroom();
    newsroom.interface().add_fault(Fault::on_item(&document, FaultKind::StallBody(1000)));
    let run = newsroom.fetch(&["sync", "--patience", "1"]).expect(4);
    let report = &run.json()["report"];
    assert_eq!(report["refused"][0]["item"], document);
    let why = report["refused"][0]["why"].as_str().expect("a reason");
    assert!(why.contains("fell silent") && why.contains("the next sync goes on there"), "{why}");
    assert_eq!(report["sources"][0]["messages"], 1);
    assert_eq!(begun_at(&newsroom, &document).len(), 4);
}

#[test]
fn what_stands_in_the_place_of_a_part_is_removed_and_the_item_arrives() {
    let (newsroom, document) = newsroom();
    let planted = newsroom.path("ws/inbox/.partial").join(format!("{document}.part"));
    std::fs::create_dir_all(&planted).expect("planted");
    let _done = sync(&newsroom).expect(0);
    assert_whole(&newsroom, &document);
}

#[test]
fn a_hash_that_changes_with_every_answer_ends_after_four_attempts() {
    let (newsroom, document) = newsroom();
    for n in 0..20 {
        let hash = format!("sha256:{n:064}");
        let etag = FaultKind::Etag(EtagFault::Verbatim(hash));
        newsroom.interface().add_fault(Fault::on_item(&document, etag).times(1));
    }
    let report = newsroom.fetch(&["sync", "--patience", "1"]).expect(4).json();
    assert_eq!(report["report"]["refused"][0]["item"], document);
    assert!(begun_at(&newsroom, &document).len() <= 8, "{:?}", begun_at(&newsroom, &document));
    assert_eq!(report["report"]["sources"][0]["messages"], 1);
}

#[test]
fn a_server_that_ends_every_session_is_logged_in_to_once_more_and_not_again() {
    let (newsroom, document) = newsroom();
    let forbidden = FaultKind::HtmlPage(403);
    for path in ["/api/v1/user".to_owned(), download_path(&newsroom, &document)] {
        newsroom.interface().add_fault(Fault::on_path(&path, forbidden.clone()));
    }
    let user = &newsroom.interface().users()[0];
    let now = newsroom.interface().clock().now();
    // Each code is good when it is sent: the login is not what fails.
    let lines: Vec<String> = (0..2)
        .map(|n| {
            let at = now + SignedDuration::from_secs(61 + 30 * n);
            format!("{}\n{DEV_PASSPHRASE}\n{}\n", user.username, user.code(at).expect("a code"))
        })
        .collect();
    let (all, _) = newsroom.fetch_line(&["sync", "--patience", "3"]).expect("a command line");
    let mut child =
        newsroom.command("sd-fetch", &all).stdin(Stdio::piped()).spawn().expect("started");
    child.stdin.take().expect("a pipe").write_all(lines.concat().as_bytes()).expect("room");
    let run = Run::of(child.wait_with_output().expect("ended"));
    let words = format!("{}{}", run.stdout, run.stderr);
    assert!(words.contains("ended this one too, before anything came of it"), "{words}");
    let requests = newsroom.interface().requests();
    assert_eq!(requests.iter().filter(|e| e.path.ends_with("/token")).count(), 2);
}

fn download_path(newsroom: &Newsroom, document: &str) -> String {
    let (source, _) = server_file(newsroom, document);
    format!("/api/v1/sources/{source}/submissions/{document}/download")
}
