//! Whole runs of `sd-fetch sync` and `sd-fetch list` against recorded answers.
#![expect(clippy::expect_used, reason = "a test that cannot go on ends there")]

mod binary;
mod items;
mod replay;
mod servers;
mod whole_runs;
mod world;

use replay::{Answer, Routes, Run, Server};
use sd_bundle::{Home, Inbox, Item};
use tempfile::TempDir;
use world::{ITEMS, change, world};

pub(crate) const TOKEN: &str = "POST /api/v1/token";
pub(crate) const LOGOUT: &str = "POST /api/v1/logout";

pub(crate) fn home() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

pub(crate) fn sync(routes: Routes) -> (Run, Server, TempDir) {
    let (server, home) = (Server::start(routes), home());
    let run = server.run(home.path(), "sync", &[]);
    (run, server, home)
}

pub(crate) fn changed(line: &str, f: impl FnOnce(Answer) -> Answer) -> Routes {
    let mut routes = world();
    change(&mut routes, line, f);
    routes
}

/// What is in the inbox, each ciphertext compared with the hashes in its record.
pub(crate) fn inbox(home: &TempDir) -> Vec<Item> {
    let home = Home::choose(Some(home.path().to_owned()), None).expect("a home");
    let inbox = Inbox::open(home.part("inbox").expect("opened")).expect("not locked");
    let items = inbox.items().expect("read");
    for item in &items {
        let mut file = inbox.ciphertext(item).expect("there");
        let bytes = sd_fs::read_bounded(&mut file, 1 << 20).expect("small");
        assert_eq!(sd_fs::Sha256::of(&bytes), item.sha256);
        assert_eq!(sd_fs::Blake3::of(&bytes), item.blake3);
        assert_eq!(bytes.len() as u64, item.size);
    }
    items
}

pub(crate) fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|i| i.item.as_str()).collect()
}

/// All items but `lost` are in the inbox, and the report names `lost` with a reason.
pub(crate) fn only_lost(routes: Routes, lost: &str, reason: &str) {
    let (run, server, home) = sync(routes);
    assert_eq!(run.json["status"], "PART_DONE", "{reason}: {}", run.json);
    let refused = run.json["report"]["refused"].as_array().expect("a list");
    assert_eq!(refused.len(), 1, "{reason}: {refused:?}");
    assert_eq!(refused[0]["item"], lost);
    let why = refused[0]["why"].as_str().expect("a reason");
    assert!(why.contains(reason), "{why:?} instead of {reason:?}");
    let items = inbox(&home);
    assert_eq!(items.len(), ITEMS - 1, "{reason}");
    assert!(!ids(&items).contains(&lost));
    assert_eq!(server.lines("logout").len(), 1);
}

/// The whole run fails with this status, and nothing is in the inbox.
pub(crate) fn fails(routes: Routes, status: &str, reason: &str) -> Server {
    let (run, server, home) = sync(routes);
    assert_eq!(run.json["status"], status, "{}", run.json);
    let error = run.json["error"].as_str().expect("an error");
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    assert!(inbox(&home).is_empty());
    server
}
