//! The store as a reader sees it: without its lock, so that looking keeps no import waiting.
//!
//! What stands under its name there is whole; what an import has not finished is not there yet.

use std::path::PathBuf;

use sd_bundle::{Home, Item, ItemId, SourceId};
use sd_fs::{Dir, DirError, SafeName, Stamp};

use super::item::CONTENT;
use super::{Entry, Outcome, StoreError, subdirectories};

/// The items, to be read.
#[derive(Debug)]
pub(crate) struct Shelves {
    store: Dir,
    sources: Dir,
}

/// The beginning of a file, and how much of it there is.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub(crate) bytes: Vec<u8>,
    /// Bytes of the whole file.
    pub(crate) whole: u64,
}

impl Shelves {
    /// Opens the store for reading.
    pub(crate) fn open(home: &Home) -> Result<Self, DirError> {
        let store = home.part("store")?;
        let sources = store.make_sub("sources")?;
        Ok(Self { store, sources })
    }

    /// The store's directory.
    pub(super) fn dir(&self) -> &Dir {
        &self.store
    }

    /// The sources' directories.
    pub(crate) fn sources(&self) -> Result<Vec<SourceId>, DirError> {
        // A name that is no source's was not put there by us, and holds no item of ours.
        Ok(subdirectories(&self.sources)?.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Whether items came to a source, or went.
    pub(crate) fn stamp(&self, source: &SourceId) -> Result<Stamp, DirError> {
        self.sources.stamp_of(source.as_str())
    }

    /// The items of a source.
    pub(crate) fn items(&self, source: &SourceId) -> Result<Vec<ItemId>, DirError> {
        let names = subdirectories(&self.sources.sub(source.as_str())?)?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// One item's records; nothing while its import is not complete.
    pub(crate) fn entry(
        &self,
        source: &SourceId,
        item: &ItemId,
    ) -> Result<Option<Entry>, StoreError> {
        Entry::read(&self.sources.sub(source.as_str())?.sub(item.as_str())?)
    }

    /// Where an opened item's plaintext is.
    pub(crate) fn content_path(&self, item: &Item, name: &SafeName) -> PathBuf {
        let dir = self.sources.path().join(item.source.as_str()).join(item.item.as_str());
        dir.join(CONTENT).join(name.as_str())
    }

    /// The first bytes of an opened item's plaintext; nothing if it is not opened.
    pub(crate) fn beginning(
        &self,
        entry: &Entry,
        limit: u64,
    ) -> Result<Option<Beginning>, DirError> {
        let Some(Outcome::Opened { name, .. }) = &entry.outcome else { return Ok(None) };
        let content = entry.dir(&self.sources)?.sub(CONTENT)?;
        let (bytes, whole) = content.read_beginning(name.as_str(), limit)?;
        Ok(Some(Beginning { bytes, whole }))
    }
}
