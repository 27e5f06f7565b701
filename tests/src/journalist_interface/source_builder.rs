//! Adding to one source, item by item.

use std::io::{self, Read, Write};

use jiff::Timestamp;

use super::config::DELETED_USER_UUID;
use super::store::Hashed;
use super::world::{Item, Kind, NewItem, Source, World};
use crate::ciphertext::{self, Encoding, EncryptionKey};

/// One source of a [`World`], to be added to; each step hands the builder on.
#[derive(Debug)]
pub struct SourceBuilder<'w> {
    world: &'w mut World,
    at: usize,
}

impl<'w> SourceBuilder<'w> {
    pub(super) fn new(world: &'w mut World, at: usize) -> Self {
        Self { world, at }
    }

    /// The source as it is now.
    pub fn get(&self) -> &Source {
        &self.world.sources[self.at]
    }

    /// Its UUID.
    pub fn uuid(&self) -> String {
        self.get().uuid.clone()
    }

    /// The UUID of the item added last to this source.
    pub fn last_item(&self) -> Option<String> {
        let items = self.world.items().iter().rev();
        items.into_iter().find(|i| i.source_uuid == self.get().uuid).map(|i| i.uuid.clone())
    }

    /// Changes the source's facts: its UUID (before it has items), star, times, count.
    #[must_use]
    pub fn change(self, change: impl FnOnce(&mut Source)) -> Self {
        change(&mut self.world.sources[self.at]);
        self
    }

    /// Changes the facts of the item added last: its UUID, times, who saw it.
    #[must_use]
    pub fn change_last(self, change: impl FnOnce(&mut Item)) -> Self {
        let uuid = self.get().uuid.clone();
        if let Some(item) = self.world.items_mut().iter_mut().rev().find(|i| i.source_uuid == uuid)
        {
            change(item);
        }
        self
    }

    /// A message.
    pub fn message(self, text: &str) -> io::Result<Self> {
        let to = self.world.submission.clone();
        self.submit(Kind::Message, |file| ciphertext::message(&to, text, file))
    }

    /// A document from memory, named as an honest server names it.
    pub fn document(self, upload_name: &str, content: &[u8]) -> io::Result<Self> {
        self.document_from(ciphertext::fname_of_upload(upload_name).as_deref(), content)
    }

    /// A document of any size, with these raw bytes as its gzip FNAME (or none).
    pub fn document_from(self, fname: Option<&[u8]>, content: impl Read) -> io::Result<Self> {
        let to = self.world.submission.clone();
        self.submit(Kind::File, |file| ciphertext::document(&to, fname, content, file))
    }

    /// A reply typed into the server's web page, by an account that has since been deleted.
    pub fn reply(self, text: &str) -> io::Result<Self> {
        self.reply_by(DELETED_USER_UUID, Encoding::Binary, text)
    }

    /// A reply of this journalist.
    pub fn reply_by(self, journalist: &str, encoding: Encoding, text: &str) -> io::Result<Self> {
        let (source, submission) = (self.get().key.clone(), self.world.submission.clone());
        self.add(Kind::Reply, Some(journalist), |file| {
            ciphertext::reply(&source, &submission, text, encoding, file)
        })
    }

    /// Whatever `write` makes of the submission key, under the name its kind gets.
    pub fn made_by(
        self,
        kind: Kind,
        write: impl FnOnce(&EncryptionKey, &mut (dyn Write + Send + Sync)) -> io::Result<()>,
    ) -> io::Result<Self> {
        let to = self.world.submission.clone();
        self.submit(kind, |file| write(&to, file))
    }

    /// These very bytes under this very name, be they ciphertext or not.
    pub fn raw_item(
        self,
        filename: &str,
        kind: Kind,
        mut ciphertext: impl Read,
    ) -> io::Result<Self> {
        let author = (kind == Kind::Reply).then_some(DELETED_USER_UUID);
        let added = self.add(kind, author, |file| io::copy(&mut ciphertext, file).map(drop))?;
        Ok(added.change_last(|item| filename.clone_into(&mut item.filename)))
    }

    /// Something the source sent: it also changes when the source was last heard of.
    fn submit(
        self,
        kind: Kind,
        write: impl FnOnce(&mut Hashed) -> io::Result<()>,
    ) -> io::Result<Self> {
        let added = self.add(kind, None, write)?;
        let newest = added.world.items().last().map(|item| item.stored_at);
        Ok(added.change(|source| {
            source.last_updated = newest.unwrap_or(source.last_updated);
        }))
    }

    fn add(
        self,
        kind: Kind,
        author: Option<&str>,
        write: impl FnOnce(&mut Hashed) -> io::Result<()>,
    ) -> io::Result<Self> {
        let stored = self.world.store(write)?;
        let stored_at: Timestamp = self.world.next_moment();
        let uuid = self.world.next_uuid();
        let source = &mut self.world.sources[self.at];
        source.interaction_count += 1;
        let item = NewItem {
            uuid,
            source_uuid: source.uuid.clone(),
            filename: stored_name(source.interaction_count, &source.designation, kind),
            kind,
            stored_at,
            author: author.map(str::to_owned),
        };
        self.world.enter(stored, item);
        Ok(self)
    }
}

/// The name the server stores an item under.
pub(super) fn stored_name(count: u32, designation: &str, kind: Kind) -> String {
    let words = designation.to_lowercase().replace(' ', "_");
    let kept = words.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let suffix = match kind {
        Kind::Message => "msg.gpg",
        Kind::File => "doc.gz.gpg",
        Kind::Reply => "reply.gpg",
    };
    format!("{count}-{}-{suffix}", kept.collect::<String>())
}
