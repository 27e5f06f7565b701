//! Ciphertext on the workstation, between the server and the stick.
//!
//! ```text
//! inbox/<source uuid>/<item uuid>.pgp    the ciphertext, whole and hash-checked
//! inbox/<source uuid>/<item uuid>.json   its Item; written last, so its presence means "fetched"
//! inbox/.partial/                        what is not whole yet; see [`Incoming`]
//! ```

use std::fs::File;

use sd_fs::{Dir, DirError, Kind as EntryKind, Lock};

use crate::ids::{ItemId, SourceId};
use crate::incoming::{self, Incoming, Interrupted};
use crate::item::Item;

const CIPHERTEXT: &str = ".pgp";

/// An item record is about 500 bytes.
const MAX_RECORD: u64 = 8 * 1024;

/// The inbox, locked for this run.
#[derive(Debug)]
pub struct Inbox {
    dir: Dir,
    _lock: Lock,
}

/// A ciphertext without its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The source whose directory it is in.
    pub source: SourceId,
    /// The item it was, or was to become.
    pub item: ItemId,
    /// Its bytes.
    pub bytes: u64,
}

/// Why the inbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// A file operation failed.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// A record that is not ours, or damaged.
    #[error("{path}: not an item record: {why}")]
    Record {
        /// The record.
        path: sd_fs::Escaped,
        /// What the parser said; it names fields and positions, not content.
        why: String,
    },
}

impl InboxError {
    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Dir(e) if e.is_not_found())
    }
}

impl Inbox {
    /// Opens the inbox and takes its lock.
    pub fn open(dir: Dir) -> Result<Self, InboxError> {
        let lock = dir.lock(".lock")?;
        Ok(Self { dir, _lock: lock })
    }

    /// The directory, to ask for free space.
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Somewhere to put an item's ciphertext while it comes; it may hold a part of it already.
    pub fn incoming(
        &self,
        source: &SourceId,
        item: &ItemId,
        size: u64,
    ) -> Result<Incoming, InboxError> {
        Ok(Incoming::open(&self.dir, source, item, size)?)
    }

    /// Downloads that an earlier run could not finish. Of some there is only the claim, which a
    /// crash in the middle of forgetting leaves.
    pub fn interrupted(&self) -> Result<Vec<Interrupted>, InboxError> {
        let mut found = Self::look_interrupted(&self.dir)?;
        found.extend(incoming::claims_alone(&self.dir, &found)?);
        Ok(found)
    }

    /// The same without the lock.
    pub fn look_interrupted(dir: &Dir) -> Result<Vec<Interrupted>, InboxError> {
        Ok(incoming::interrupted(dir)?)
    }

    /// Forgets a download that an earlier run could not finish.
    pub fn forget_interrupted(&self, item: &ItemId) -> Result<(), InboxError> {
        Ok(incoming::forget(&self.dir, item)?)
    }

    /// Whether an item is here, whole.
    pub fn has(&self, source: &SourceId, item: &ItemId) -> Result<bool, InboxError> {
        match self.dir.sub(source.as_str()) {
            Ok(dir) => Ok(dir.has(&record_name(item))?),
            Err(e) if e.is_not_found() => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// Takes in a download whose hashes were checked: first the ciphertext, then its record.
    pub fn admit(&self, item: &Item, ciphertext: Incoming) -> Result<(), InboxError> {
        let dir = self.dir.make_sub(item.source.as_str())?;
        // A ciphertext without a record is what a crash between the two steps leaves.
        if !dir.has(&record_name(&item.item))? {
            dir.remove_file(&ciphertext_name(&item.item))?;
        }
        ciphertext.commit_to(&dir, &ciphertext_name(&item.item))?;
        let record = serde_json::to_vec(item).map_err(|e| InboxError::Record {
            path: sd_fs::escape(item.item.as_str().as_bytes()),
            why: sd_fs::escape(e.to_string().as_bytes()).to_string(),
        })?;
        dir.write_new(&record_name(&item.item), &record)?;
        Ok(self.dir.sync()?)
    }

    /// Every item, ordered by source, number and identity.
    pub fn items(&self) -> Result<Vec<Item>, InboxError> {
        Self::look(&self.dir)
    }

    /// The same without the lock, for a look while another run works: a record stands under its
    /// name only when its item is whole, and one that goes away meanwhile is left out.
    pub fn look(dir: &Dir) -> Result<Vec<Item>, InboxError> {
        let mut items = Vec::new();
        for entry in dir.entries()? {
            if entry.kind == EntryKind::Dir && entry.name.parse::<SourceId>().is_ok() {
                items_of(&dir.sub(&entry.name)?, &mut items)?;
            }
        }
        items.sort_by(|a, b| (&a.source, a.number, &a.item).cmp(&(&b.source, b.number, &b.item)));
        Ok(items)
    }

    /// Opens an item's ciphertext.
    pub fn ciphertext(&self, item: &Item) -> Result<File, InboxError> {
        Ok(self.dir.sub(item.source.as_str())?.open_file(&ciphertext_name(&item.item))?)
    }

    /// Ciphertexts without their records: what a crash left between the two steps of taking an
    /// item in or of removing it. Nothing reads them.
    pub fn leftovers(&self) -> Result<Vec<Leftover>, InboxError> {
        let mut found = Vec::new();
        for entry in self.dir.entries()? {
            let Ok(source) = entry.name.parse::<SourceId>() else { continue };
            if entry.kind != EntryKind::Dir {
                continue;
            }
            let dir = self.dir.sub(&entry.name)?;
            for file in dir.entries()? {
                let Some(Ok(item)) = file.name.strip_suffix(CIPHERTEXT).map(str::parse) else {
                    continue;
                };
                if file.kind == EntryKind::File && !dir.has(&record_name(&item))? {
                    let bytes = dir.size_of(&file.name)?;
                    found.push(Leftover { source: source.clone(), item, bytes });
                }
            }
        }
        Ok(found)
    }

    /// Removes a ciphertext that still has no record.
    pub fn remove_leftover(&self, left: &Leftover) -> Result<(), InboxError> {
        let dir = self.dir.sub(left.source.as_str())?;
        if !dir.has(&record_name(&left.item))? {
            dir.remove_file(&ciphertext_name(&left.item))?;
        }
        Ok(())
    }

    /// Removes an item: first its record, so that a crash leaves nothing that looks whole.
    pub fn remove(&self, item: &Item) -> Result<(), InboxError> {
        let dir = self.dir.sub(item.source.as_str())?;
        dir.remove_file(&record_name(&item.item))?;
        dir.sync()?;
        dir.remove_file(&ciphertext_name(&item.item))?;
        Ok(())
    }
}

fn items_of(dir: &Dir, items: &mut Vec<Item>) -> Result<(), InboxError> {
    for entry in dir.entries()? {
        if entry.name.strip_suffix(".json").is_none() {
            continue;
        }
        let bytes = match dir.read_small(&entry.name, MAX_RECORD) {
            Err(e) if e.is_not_found() => continue,
            read => read?,
        };
        let bad = |why: String| InboxError::Record {
            path: sd_fs::escape(dir.path().join(&entry.name).as_os_str().as_encoded_bytes()),
            why,
        };
        let item: Item = serde_json::from_slice(&bytes)
            .map_err(|e| bad(sd_fs::escape(e.to_string().as_bytes()).to_string()))?;
        let in_place = dir.path().ends_with(item.source.as_str());
        if entry.name != record_name(&item.item) || !in_place {
            return Err(bad("it stands under another item's name".to_owned()));
        }
        items.push(item);
    }
    Ok(())
}

fn record_name(item: &ItemId) -> String {
    format!("{item}.json")
}

fn ciphertext_name(item: &ItemId) -> String {
    format!("{item}{CIPHERTEXT}")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use sd_fs::{Blake3, Sha256};

    use super::*;
    use crate::item::Kind;

    fn item(n: u32) -> Item {
        Item {
            source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{n:012x}").parse().expect("a UUID"),
            number: n,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("a designation"),
            size: 4,
            sha256: Sha256::of(b"data"),
            blake3: Blake3::of(b"data"),
        }
    }

    fn admit(inbox: &Inbox, item: &Item) {
        let mut file = inbox.incoming(&item.source, &item.item, item.size).expect("a file");
        file.write_all(b"data").expect("written");
        inbox.admit(item, file).expect("admitted");
    }

    #[test]
    fn an_item_is_here_once_its_record_is() {
        let tmp = tempfile::tempdir().expect("a directory");
        let inbox = Inbox::open(Dir::open(tmp.path()).expect("open")).expect("free");
        let one = item(1);
        assert!(!inbox.has(&one.source, &one.item).expect("asked"));
        // What a crash between ciphertext and record leaves behind does not stand in the way.
        let orphan = inbox.dir.make_sub(one.source.as_str()).expect("made");
        orphan.write_new(&ciphertext_name(&one.item), b"half").expect("free");
        assert!(!inbox.has(&one.source, &one.item).expect("asked"));
        admit(&inbox, &one);
        admit(&inbox, &item(0));
        assert_eq!(inbox.items().expect("listed"), [item(0), one.clone()]);
        inbox.remove(&one).expect("removed");
        assert_eq!(inbox.items().expect("listed"), [item(0)]);
    }

    #[test]
    fn a_ciphertext_without_its_record_is_a_leftover_and_one_with_it_is_not() {
        let tmp = tempfile::tempdir().expect("a directory");
        let inbox = Inbox::open(Dir::open(tmp.path()).expect("open")).expect("free");
        for item in [item(0), item(1)] {
            admit(&inbox, &item);
        }
        assert_eq!(inbox.leftovers().expect("listed"), []);
        let dir = inbox.dir.sub(item(0).source.as_str()).expect("there");
        dir.remove_file(&record_name(&item(1).item)).expect("removed");
        let left = Leftover { source: item(1).source, item: item(1).item, bytes: 4 };
        assert_eq!(inbox.leftovers().expect("listed"), std::slice::from_ref(&left));
        inbox.remove_leftover(&left).expect("removed");
        inbox.remove_leftover(&left).expect("gone is fine");
        let whole = Leftover { item: item(0).item, ..left };
        inbox.remove_leftover(&whole).expect("looked");
        assert_eq!(inbox.items().expect("listed"), [item(0)]);
        assert!(inbox.ciphertext(&item(0)).is_ok());
    }

    #[test]
    fn a_record_under_another_name_is_refused() {
        let tmp = tempfile::tempdir().expect("a directory");
        let inbox = Inbox::open(Dir::open(tmp.path()).expect("open")).expect("free");
        admit(&inbox, &item(1));
        let dir = inbox.dir.sub(item(1).source.as_str()).expect("there");
        dir.move_to(&record_name(&item(1).item), &dir, &record_name(&item(2).item)).expect("moved");
        assert!(matches!(inbox.items(), Err(InboxError::Record { .. })));
    }
}
