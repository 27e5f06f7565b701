//! The newest release that this user has checked or carried here.
//!
//! Without a clock an old release cannot be told from the newest one. What can be told is that a
//! newer one was here before: so the highest counter is kept, beside the station's own files.

use std::path::Path;

use sd_fs::Dir;
use sd_release::Highest;

/// In the station's directory.
const FILE: &str = "updates-seen.json";

/// One counter and one hash.
const MAX: u64 = 1024;

/// What was seen before; an unreadable note is none.
pub(crate) fn read(home: &Path) -> Option<Highest> {
    let json = Dir::open(&directory(home)).ok()?.read_small(FILE, MAX).ok()?;
    serde_json::from_slice(&json).ok()
}

/// Notes a release that was carried; the highest stays.
pub(crate) fn note(home: &Path, seen: Highest) -> Result<(), sd_fs::DirError> {
    if read(home).is_some_and(|known| known.counter > seen.counter) {
        return Ok(());
    }
    // A counter and a hash, which JSON always holds.
    let json = serde_json::to_vec(&seen).unwrap_or_default();
    Dir::create(&directory(home))?.replace(FILE, &json)
}

/// The higher of two.
pub(crate) fn higher(one: Option<Highest>, other: Option<Highest>) -> Option<Highest> {
    match (one, other) {
        (Some(one), Some(other)) if one.counter == other.counter && one.signed.is_none() => {
            Some(other)
        }
        (Some(one), Some(other)) if one.counter < other.counter => Some(other),
        (one, other) => one.or(other),
    }
}

/// Where the other programs keep this user's things.
fn directory(home: &Path) -> std::path::PathBuf {
    let persistent = home.join("Persistent");
    if Dir::open(&persistent).is_ok() {
        persistent.join("sneakernet")
    } else {
        home.join(".local/share/sneakernet")
    }
}
