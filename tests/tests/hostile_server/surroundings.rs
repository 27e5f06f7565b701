//! Everything around the inbox, before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};

/// The station's directory: names come and go in it.
const HOME: &str = "ws";
/// Where everything that a server sends may go.
const INBOX: &str = "ws/inbox";
/// Where a sync writes down that it came to its end.
const LAST_SYNC: &str = "ws/last-sync.json";

/// Puts neighbours around the inbox: things that a path in a name would reach.
pub(crate) fn settle(root: &Path) {
    for dir in ["home", "tmp", "ws/keys", "ws/outbox", INBOX] {
        std::fs::create_dir_all(root.join(dir)).expect("made");
    }
    for file in [".bashrc", "home/.profile", "ws/keys/station.json", "ws/passwd", "etc"] {
        std::fs::write(root.join(file), b"as it was").expect("written");
    }
    symlink("..", root.join("ws/up")).expect("linked");
}

/// What each thing outside the inbox is: kind and mode, size, time, content.
pub(crate) type Snapshot = BTreeMap<PathBuf, String>;

pub(crate) fn snapshot(root: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    look(root, root, &mut found);
    found
}

/// What is new, gone or another.
pub(crate) fn changes(before: &Snapshot, after: &Snapshot) -> Vec<PathBuf> {
    let all = before.keys().chain(after.keys());
    let changed: BTreeSet<&PathBuf> = all.filter(|p| before.get(*p) != after.get(*p)).collect();
    changed.into_iter().cloned().collect()
}

fn look(root: &Path, at: &Path, found: &mut Snapshot) {
    let relative = at.strip_prefix(root).expect("inside").to_owned();
    if [INBOX, LAST_SYNC].map(Path::new).contains(&relative.as_path()) {
        return;
    }
    let meta = at.symlink_metadata().expect("there");
    let content = if meta.is_dir() {
        String::new()
    } else if meta.is_symlink() {
        std::fs::read_link(at).expect("a link").to_string_lossy().into_owned()
    } else {
        sd_fs::Sha256::of(&std::fs::read(at).expect("readable")).to_string()
    };
    let time = (relative != Path::new(HOME)).then_some((meta.mtime(), meta.mtime_nsec()));
    let facts = (meta.mode(), meta.len(), time, meta.ino(), content);
    found.insert(relative, format!("{facts:?}"));
    if meta.is_dir() {
        for entry in std::fs::read_dir(at).expect("listed") {
            look(root, &entry.expect("an entry").path(), found);
        }
    }
}

/// Names in the inbox that are not its own.
pub(crate) fn strangers(root: &Path) -> Vec<String> {
    let files = sd_tests::newsroom::files(&root.join(INBOX));
    files.into_iter().filter(|name| !is_ours(name)).collect()
}

fn is_ours(name: &str) -> bool {
    let of = |name: &str, endings: &[&str]| {
        name.rsplit_once('.').is_some_and(|(stem, end)| is_uuid(stem) && endings.contains(&end))
    };
    match name.split_once('/') {
        None => name == ".lock",
        Some((".partial", rest)) => of(rest, &["part", "claim"]),
        Some((source, rest)) => is_uuid(source) && of(rest, &["pgp", "json"]),
    }
}

fn is_uuid(text: &str) -> bool {
    text.parse::<sd_bundle::ItemId>().is_ok()
}
