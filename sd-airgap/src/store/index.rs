//! What the view shows of each item, kept so that it need not open every record again.
//!
//! ```text
//! store/index.json    BLAKE3 of what follows, newline, JSON: source by source, its stamp and lines
//! ```
//! The records stay the truth. A source's part counts only while the kernel's own time of change
//! of its directory is the one that was seen: items that came or went are noticed without opening
//! one. An item is kept here only when it is opened, which is final; every other is read anew. What
//! is read on the screen comes from the records in any case.

use std::collections::HashMap;

use sd_bundle::{Designation, ItemId, SourceId};
use sd_fs::{Blake3, Dir, Stamp};
use serde::{Deserialize, Serialize};

use super::{Shelves, StoreError};
use crate::conversations::Line;

const FILE: &str = "index.json";

/// Some 200 bytes an item: room for a million.
const MAX_INDEX: u64 = 256 << 20;

/// What stands before the JSON: 64 digits and a newline.
const SEAL: usize = 65;

/// Source by source.
#[derive(Debug, Default)]
pub(crate) struct Index(HashMap<SourceId, Part>);

/// What was seen of one source.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) source: SourceId,
    /// Of its directory, before it was read.
    pub(crate) stamp: Stamp,
    pub(crate) designation: Designation,
    /// Opened items.
    pub(crate) lines: Vec<Line>,
    /// Directories of items that were not opened, or could not be read: they may change.
    pub(crate) unfinished: Vec<ItemId>,
}

impl Index {
    /// What was kept. One that is damaged, or of another version of this program, is none.
    pub(crate) fn read(shelves: &Shelves) -> Result<Self, StoreError> {
        let bytes = match shelves.dir().read_small(FILE, MAX_INDEX) {
            Ok(bytes) => bytes,
            Err(sd_fs::DirError::TooLong { .. }) => Vec::new(),
            Err(e) if e.is_not_found() => Vec::new(),
            Err(e) => return Err(e.into()),
        };
        Ok(unsealed(&bytes).unwrap_or_default())
    }

    /// The part of a source whose directory is still the one that was read.
    pub(crate) fn take(&mut self, source: &SourceId, stamp: Stamp) -> Option<Part> {
        self.0.remove(source).filter(|part| part.stamp == stamp)
    }

    /// Whether every part was taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The file for these parts.
    pub(crate) fn sealed(parts: &[Part]) -> Result<Vec<u8>, StoreError> {
        let json = serde_json::to_vec(parts).map_err(|e| StoreError::Record {
            path: sd_fs::escape(FILE.as_bytes()),
            why: e.to_string(),
        })?;
        let mut file = format!("{}\n", Blake3::of(&json)).into_bytes();
        file.extend(json);
        Ok(file)
    }

    pub(super) fn write(store: &Dir, sealed: &[u8]) -> Result<(), StoreError> {
        Ok(store.replace(FILE, sealed)?)
    }
}

fn unsealed(bytes: &[u8]) -> Option<Index> {
    let (seal, json) = bytes.split_at_checked(SEAL)?;
    if seal != format!("{}\n", Blake3::of(json)).as_bytes() {
        return None;
    }
    let parts: Vec<Part> = serde_json::from_slice(json).ok()?;
    Some(Index(parts.into_iter().map(|part| (part.source.clone(), part)).collect()))
}
