//! The server's data: sources, and the ciphertexts they left, each a file on disk.
//!
//! ```text
//! World::new(submission key)
//!   .source("curious lemur")? -> SourceBuilder .message(..)? .document(..)? .reply(..)?
//!                                              '-> N-curious_lemur-msg.gpg, interaction count N
//! ```
//! Everything but the ciphertexts' random bytes is the same in every run: UUIDs come from a seed,
//! times count up by a second an item.

#![expect(clippy::disallowed_methods, reason = "the files of a test server, in its own directory")]

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::source_builder::SourceBuilder;
use super::store::{Hashed, Stored, hex};
use crate::ciphertext::{EncryptionKey, keys};

/// What an item is to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text from a source.
    Message,
    /// A document from a source.
    File,
    /// A journalist's answer.
    Reply,
}

/// A source as the server knows it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its UUID.
    pub uuid: String,
    /// Two words that stand for it.
    pub designation: String,
    /// Its public key.
    pub key: EncryptionKey,
    /// Whether a journalist starred it.
    pub is_starred: bool,
    /// When it last submitted something.
    pub last_updated: Timestamp,
    /// Items it ever had; never goes down.
    pub interaction_count: u32,
}

/// A ciphertext as the server knows it: what its database says, which may not be what is on disk.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its UUID.
    pub uuid: String,
    /// The source it belongs to.
    pub source_uuid: String,
    /// The name it is stored and offered under.
    pub filename: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes, when it was stored.
    pub size: u64,
    /// SHA-256, when it was stored: 64 lower-case hex digits.
    pub sha256: String,
    /// The time of the file.
    pub stored_at: Timestamp,
    /// UUIDs of the users who saw it.
    pub seen_by: Vec<String>,
    /// UUID of the journalist who wrote it, for a reply.
    pub author: Option<String>,
    /// Somebody deletes it just after it was listed: whatever is asked of it, it is not there.
    pub vanishes: bool,
    /// Whatever is done to it is answered by 200, and changes nothing.
    pub stays: bool,
    path: PathBuf,
}

impl Item {
    /// The ciphertext's file.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// Where the ciphertext's file is.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

/// All the server's data.
#[derive(Debug)]
pub struct World {
    pub(super) sources: Vec<Source>,
    items: Vec<Item>,
    pub(super) submission: EncryptionKey,
    /// Where each item stands, for a server that is asked ten thousand times. Made when it is
    /// needed, and thrown away whenever items come, go or get another UUID.
    places: OnceCell<HashMap<String, usize>>,
    dir: TempDir,
    seed: u64,
    made: u64,
}

impl World {
    /// An empty server whose submissions are encrypted to this key.
    pub fn new(submission: EncryptionKey) -> io::Result<Self> {
        Ok(Self {
            sources: Vec::new(),
            items: Vec::new(),
            submission,
            places: OnceCell::new(),
            dir: tempfile::Builder::new().prefix("journalist-interface-").tempdir()?,
            seed: 0,
            made: 0,
        })
    }

    /// An empty server with the submission key of this repository.
    pub fn with_test_key() -> io::Result<Self> {
        Self::new(keys::submission()?)
    }

    /// The same with other UUIDs.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// A new source with the source key of this repository.
    pub fn source(&mut self, designation: &str) -> io::Result<SourceBuilder<'_>> {
        Ok(self.source_with_key(designation, keys::source()?))
    }

    /// A new source with a key of its own.
    pub fn source_with_key(&mut self, designation: &str, key: EncryptionKey) -> SourceBuilder<'_> {
        let source = Source {
            uuid: self.next_uuid(),
            designation: designation.to_owned(),
            key,
            is_starred: false,
            last_updated: self.next_moment(),
            interaction_count: 0,
        };
        self.sources.push(source);
        SourceBuilder::new(self, self.sources.len() - 1)
    }

    /// A source that is there already, to add to it.
    pub fn existing_source(&mut self, uuid: &str) -> Option<SourceBuilder<'_>> {
        let at = self.sources.iter().position(|source| source.uuid == uuid)?;
        Some(SourceBuilder::new(self, at))
    }

    /// All sources, oldest first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// All items, oldest first.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// One item.
    pub fn item(&self, uuid: &str) -> Option<&Item> {
        let places = self.places.get_or_init(|| {
            let backwards = self.items.iter().enumerate().rev();
            backwards.map(|(place, item)| (item.uuid.clone(), place)).collect()
        });
        self.items.get(*places.get(uuid)?).filter(|item| !item.vanishes)
    }

    /// Changes what the server says of an item.
    pub fn change(&mut self, uuid: &str, change: impl FnOnce(&mut Item)) {
        if let Some(item) = self.item_mut(uuid) {
            change(item);
        }
    }

    /// The item with this UUID, to change what the database says of it.
    pub fn item_mut(&mut self, uuid: &str) -> Option<&mut Item> {
        self.items_mut().iter_mut().find(|item| item.uuid == uuid)
    }

    /// All items, to add, remove or rename them.
    pub(super) fn items_mut(&mut self) -> &mut Vec<Item> {
        self.places.take();
        &mut self.items
    }

    /// Puts other bytes where the ciphertext was; size and hash in the database stay as they were.
    pub fn replace_on_disk(&self, uuid: &str, mut bytes: impl Read) -> io::Result<()> {
        let item = self.item(uuid).ok_or(io::ErrorKind::NotFound)?;
        // A new file, so that a download under way goes on with the old one.
        std::fs::remove_file(&item.path)?;
        io::copy(&mut bytes, &mut File::create(&item.path)?).map(drop)
    }

    /// Serves another item's ciphertext, under that one's hash, for this item.
    pub fn serve_instead(&mut self, uuid: &str, other: &Item) {
        if let Some(item) = self.item_mut(uuid) {
            other.path.clone_into(&mut item.path);
            other.sha256.clone_into(&mut item.sha256);
        }
    }

    /// Loses the file and keeps the item: its download answers 500.
    pub fn lose_from_disk(&self, uuid: &str) -> io::Result<()> {
        let item = self.item(uuid).ok_or(io::ErrorKind::NotFound)?;
        std::fs::remove_file(&item.path)
    }

    /// Deletes an item, as a journalist does.
    pub fn delete_item(&mut self, uuid: &str) -> bool {
        self.delete_items(|item| item.uuid == uuid && !item.stays)
    }

    /// Deletes everything a source sent or got; its account stays.
    pub fn delete_conversation(&mut self, source_uuid: &str) -> bool {
        self.delete_items(|item| item.source_uuid == source_uuid)
    }

    /// Deletes a source with everything it sent or got.
    pub fn delete_source(&mut self, uuid: &str) -> bool {
        self.delete_conversation(uuid);
        let before = self.sources.len();
        self.sources.retain(|source| source.uuid != uuid);
        self.sources.len() < before
    }

    fn delete_items(&mut self, doomed: impl Fn(&Item) -> bool) -> bool {
        let before = self.items.len();
        for item in self.items.iter().filter(|item| doomed(item)) {
            // Already lost from disk is as good as deleted.
            let _ = std::fs::remove_file(&item.path);
        }
        self.items_mut().retain(|item| !doomed(item));
        self.items.len() < before
    }

    /// Writes a ciphertext to disk, hashing on the way.
    pub(super) fn store(
        &mut self,
        write: impl FnOnce(&mut Hashed) -> io::Result<()>,
    ) -> io::Result<Stored> {
        self.made += 1;
        let mut file = Hashed::create(self.dir.path().join(format!("{}.gpg", self.made)))?;
        write(&mut file)?;
        Ok(file.finish())
    }

    /// Enters a stored ciphertext into the database.
    pub(super) fn enter(&mut self, stored: Stored, item: NewItem) {
        self.items_mut().push(Item {
            uuid: item.uuid,
            source_uuid: item.source_uuid,
            filename: item.filename,
            kind: item.kind,
            size: stored.size,
            sha256: stored.sha256,
            stored_at: item.stored_at,
            seen_by: item.author.iter().cloned().collect(),
            author: item.author,
            vanishes: false,
            stays: false,
            path: stored.path,
        });
    }

    /// The next UUID of the seed.
    pub(super) fn next_uuid(&mut self) -> String {
        self.made += 1;
        let digest = hex(&Sha256::digest(format!("uuid {} {}", self.seed, self.made)));
        let parts =
            [&digest[..8], &digest[8..12], &digest[13..16], &digest[17..20], &digest[20..32]];
        format!("{}-{}-4{}-8{}-{}", parts[0], parts[1], parts[2], parts[3], parts[4])
    }

    /// A second later than the time before.
    pub(super) fn next_moment(&mut self) -> Timestamp {
        self.made += 1;
        let seconds = i64::try_from(self.made).unwrap_or(i64::MAX);
        Timestamp::constant(1_767_603_600, 0) + SignedDuration::from_secs(seconds)
    }
}

/// An item before its ciphertext's facts are known.
pub(super) struct NewItem {
    pub(super) uuid: String,
    pub(super) source_uuid: String,
    pub(super) filename: String,
    pub(super) kind: Kind,
    pub(super) stored_at: Timestamp,
    pub(super) author: Option<String>,
}
