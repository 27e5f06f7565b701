//! What the station believes: the pinned root, and how far the counter has come.

use sd_fs::{Dir, Sha256};
use serde::{Deserialize, Serialize};

use super::{ShelfError, TRUST, shown};
use crate::canonical;
use crate::root::{MAX_ROOT, Root};
use crate::words::Counter;

const FORMAT: &str = "sneakernet-trust";
const VERSION: u32 = 1;

/// A root, and a hundred bytes around it.
const MAX_TRUST: usize = MAX_ROOT + 1024;

/// The pinned root and the highest counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    format: String,
    version: u32,
    /// The newest release this station has verified: nothing older is taken again.
    pub highest: Option<Highest>,
    /// Whose signatures count.
    pub root: Root,
}

/// A release that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Highest {
    /// Its counter.
    pub counter: Counter,
    /// SHA-256 of its signed part; nothing if it came as a bare package.
    pub signed: Option<Sha256>,
}

impl Trust {
    /// Trust in a root, before any release was seen.
    pub fn new(root: Root) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, highest: None, root }
    }

    /// With a release that was verified; the highest stays the highest.
    #[must_use]
    pub fn having_seen(mut self, seen: Highest) -> Self {
        let newer = match self.highest {
            None => true,
            Some(known) if known.counter == seen.counter => known.signed.is_none(),
            Some(known) => known.counter < seen.counter,
        };
        if newer {
            self.highest = Some(seen);
        }
        self
    }

    /// The later of the two roots: the one kept here, or the one that a newer program brought along.
    #[must_use]
    pub fn with_compiled_in(mut self, root: &Root) -> Self {
        if root.number > self.root.number {
            self.root = root.clone();
        }
        self
    }

    pub(super) fn read(dir: &Dir) -> Result<Self, ShelfError> {
        let json = dir.read_small(TRUST, MAX_TRUST as u64)?;
        let bad = |why| ShelfError::Json { path: shown(dir, TRUST), why };
        let trust: Self = canonical::parse(&json, FORMAT, VERSION, MAX_TRUST).map_err(bad)?;
        let why = |e| ShelfError::Root { path: shown(dir, TRUST), why: Box::new(e) };
        Root::parse(&trust.root.to_json()).map_err(why)?;
        Ok(trust)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        canonical::to_json(self)
    }
}
