//! Submissions at rest on the SVS.
//!
//! ```text
//! store/ledger.jsonl                                  what was done, hash-chained
//! store/staging/                                      a bundle being copied; emptied at each start
//! store/sources/<source>/<item>/ciphertext.pgp        as it came, verified; never removed
//!                               item.json             whose it is, which bundle brought it
//!                               outcome.json          opened as what, or refused why; written last
//!                               content/<safe name>   the plaintext
//! store/conflicts/<bundle>-<item>.pgp                 a second, different version of an item
//!                 <bundle>-<item>.incomplete[-N]      what stood in an item's place without a record
//! store/marks.json                                    what was read, and notes; may be lost
//! store/index.json                                    for speed alone; may be lost
//! ```

mod clerk;
mod decrypt;
mod import;
mod index;
mod item;
mod marks;
#[cfg(test)]
pub(crate) mod scratch;
mod shelves;

use std::collections::HashMap;

use sd_bundle::{Home, ItemId, Ledger, LedgerError, SourceId};
use sd_fs::{Dir, DirError, Kind, Lock};
use sd_term::{Failure, Status};

pub(crate) use clerk::Clerk;
pub(crate) use decrypt::{Decrypted, decrypt_pending};
pub(crate) use import::import;
pub(crate) use index::{Index, Part};
#[cfg(feature = "fuzzing")]
pub(crate) use item::named;
pub(crate) use item::{Outcome, StoredItem};
pub(crate) use marks::{Change, MAX_NOTE, Marks};
pub(crate) use shelves::Shelves;

/// Records are small.
const MAX_RECORD: u64 = 64 << 10;

/// The store, locked for this run.
#[derive(Debug)]
pub(crate) struct Store {
    dir: Dir,
    sources: Dir,
    pub(crate) ledger: Ledger,
    _lock: Lock,
}

/// Which source each item stands under.
pub(crate) type Homes = HashMap<String, String>;

/// One item in the store.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) stored: StoredItem,
    /// `None`: not opened yet.
    pub(crate) outcome: Option<Outcome>,
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(transparent)]
    Dir(#[from] DirError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("{path}: {why}")]
    Record { path: sd_fs::Escaped, why: String },
    #[error("marks were not written down")]
    Unwritten,
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Dir(e) => e.into(),
            StoreError::Unwritten => Self::new(Status::Bug, e),
            e @ (StoreError::Ledger(_) | StoreError::Record { .. }) => {
                Self::new(Status::VerifyFailed, e)
            }
        }
    }
}

impl Store {
    /// Opens the store, takes its lock, checks the ledger and clears what an interrupted copy
    /// left in staging.
    pub(crate) fn open(home: &Home) -> Result<Self, StoreError> {
        let dir = home.part("store")?;
        let lock = dir.lock(".lock")?;
        dir.remove_tree("staging", 1)?;
        let ledger = Ledger::open(&dir)?;
        let sources = dir.make_sub("sources")?;
        Ok(Self { dir, sources, ledger, _lock: lock })
    }

    /// An item's directory, if it is here.
    fn item_dir(&self, source: &SourceId, item: &ItemId) -> Result<Option<Dir>, DirError> {
        let found = self.sources.sub(source.as_str()).and_then(|s| s.sub(item.as_str()));
        match found {
            Ok(dir) => Ok(Some(dir)),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Where each item stands, by identity alone: an item that comes back under another source
    /// was swapped.
    pub(crate) fn homes(&self) -> Result<Homes, DirError> {
        let mut homes = Homes::new();
        for source in subdirectories(&self.sources)? {
            let items = subdirectories(&self.sources.sub(&source)?)?;
            homes.extend(items.into_iter().map(|item| (item, source.clone())));
        }
        Ok(homes)
    }

    /// Every item, ordered by source, number and identity. One whose record cannot be read is
    /// left out: the next import of its bundle sets it aside and brings it anew.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for source in subdirectories(&self.sources)? {
            let dir = self.sources.sub(&source)?;
            for item in subdirectories(&dir)? {
                match Entry::read(&dir.sub(&item)?) {
                    Ok(Some(entry)) => entries.push(entry),
                    Ok(None) | Err(StoreError::Record { .. }) => {}
                    Err(e) => return Err(e),
                }
            }
        }
        entries.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(entries)
    }
}

impl Entry {
    /// Reads one item's records; `None` while its import is not complete.
    fn read(dir: &Dir) -> Result<Option<Self>, StoreError> {
        let Some(stored) = read_record(dir, item::ITEM)? else { return Ok(None) };
        // An outcome that cannot be read is none: the item is opened anew.
        let outcome = match read_record(dir, item::OUTCOME) {
            Err(StoreError::Record { .. }) => None,
            outcome => outcome?,
        };
        Ok(Some(Self { stored, outcome }))
    }

    /// Its directory, opened when it is needed: thousands wait, and a process may hold 1024.
    pub(crate) fn dir(&self, sources: &Dir) -> Result<Dir, DirError> {
        let item = &self.stored.item;
        sources.sub(item.source.as_str())?.sub(item.item.as_str())
    }

    fn order(&self) -> (&SourceId, u32, &ItemId) {
        let item = &self.stored.item;
        (&item.source, item.number, &item.item)
    }
}

fn read_record<T: serde::de::DeserializeOwned>(
    dir: &Dir,
    name: &str,
) -> Result<Option<T>, StoreError> {
    read_record_within(dir, name, MAX_RECORD)
}

fn read_record_within<T: serde::de::DeserializeOwned>(
    dir: &Dir,
    name: &str,
    limit: u64,
) -> Result<Option<T>, StoreError> {
    let bytes = match dir.read_small(name, limit) {
        Ok(bytes) => bytes,
        Err(e) if e.is_not_found() => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| StoreError::Record {
        path: sd_fs::escape(dir.path().join(name).as_os_str().as_encoded_bytes()),
        why: sd_fs::escape(e.to_string().as_bytes()).to_string(),
    })
}

fn subdirectories(dir: &Dir) -> Result<Vec<String>, DirError> {
    let entries = dir.entries()?;
    Ok(entries.into_iter().filter(|e| e.kind == Kind::Dir).map(|e| e.name).collect())
}
