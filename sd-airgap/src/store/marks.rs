//! What a journalist notes about what has come: what is read, and notes.
//!
//! ```text
//! store/marks.json    read items, notes on sources and items
//! ```
//! It says nothing about what is in the store: lost, every item is new again, and no more.

use std::collections::{BTreeMap, BTreeSet};

use sd_bundle::{ItemId, SourceId, Timestamp};
use sd_fs::{Dir, escape};
use serde::{Deserialize, Serialize};

use super::{Shelves, StoreError};

const FILE: &str = "marks.json";

/// A mark takes forty bytes: room for more than a million, and for notes.
const MAX_MARKS: u64 = 64 << 20;

/// The longest note, in characters.
pub(crate) const MAX_NOTE: usize = 500;

/// All marks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    version: Version,
    read: BTreeSet<ItemId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    source_notes: BTreeMap<SourceId, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    item_notes: BTreeMap<ItemId, String>,
}

/// The one there is; a file of another is not understood, and not written over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Version;

impl TryFrom<u32> for Version {
    type Error = &'static str;

    fn try_from(version: u32) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("marks of another version of this program") }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

/// Something a person noted.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// These were read.
    Read(Vec<ItemId>),
    /// These count as new again.
    Unread(Vec<ItemId>),
    /// A note on a source; an empty one takes it away.
    SourceNote(SourceId, String),
    /// A note on an item; an empty one takes it away.
    ItemNote(ItemId, String),
}

impl Marks {
    /// The marks as they are on disk.
    pub(crate) fn read(shelves: &Shelves) -> Result<Self, StoreError> {
        Self::read_in(shelves.dir())
    }

    pub(super) fn read_in(store: &Dir) -> Result<Self, StoreError> {
        Ok(super::read_record_within(store, FILE, MAX_MARKS)?.unwrap_or_default())
    }

    /// The same for somebody who goes on to write: marks that cannot be read are set aside, not
    /// lost, and their new name is returned.
    pub(crate) fn read_or_set_aside(
        shelves: &Shelves,
    ) -> Result<(Self, Option<String>), StoreError> {
        match Self::read(shelves) {
            Err(StoreError::Record { .. }) => {
                let digits = Timestamp::now().as_str().replace(|c: char| !c.is_ascii_digit(), "");
                let aside = format!("marks-{digits}.damaged");
                shelves.dir().move_to(FILE, shelves.dir(), &aside)?;
                Ok((Self::default(), Some(aside)))
            }
            read => Ok((read?, None)),
        }
    }

    pub(super) fn write(&self, store: &Dir) -> Result<(), StoreError> {
        let json = serde_json::to_vec(self).map_err(|e| StoreError::Record {
            path: escape(FILE.as_bytes()),
            why: e.to_string(),
        })?;
        Ok(store.replace(FILE, &json)?)
    }

    /// Takes a change in.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Read(items) => self.read.extend(items.iter().cloned()),
            Change::Unread(items) => items.iter().for_each(|item| _ = self.read.remove(item)),
            Change::SourceNote(source, note) => note_on(&mut self.source_notes, source, note),
            Change::ItemNote(item, note) => note_on(&mut self.item_notes, item, note),
        }
    }

    /// Whether an item was read.
    pub(crate) fn is_read(&self, item: &ItemId) -> bool {
        self.read.contains(item)
    }

    /// The note on a source, as it was typed.
    pub(crate) fn on_source(&self, source: &SourceId) -> Option<&str> {
        self.source_notes.get(source).map(String::as_str)
    }

    /// The note on an item, as it was typed.
    pub(crate) fn on_item(&self, item: &ItemId) -> Option<&str> {
        self.item_notes.get(item).map(String::as_str)
    }
}

fn note_on<K: Ord + Clone>(notes: &mut BTreeMap<K, String>, on: &K, note: &str) {
    let note: String = note.trim().chars().take(MAX_NOTE).collect();
    if note.is_empty() {
        notes.remove(on);
    } else {
        notes.insert(on.clone(), note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(n: u32) -> ItemId {
        format!("8d4aa076-59d8-44e8-80ca-{n:012x}").parse().expect("a UUID")
    }

    fn shelves() -> (tempfile::TempDir, Shelves) {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = sd_bundle::Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        let shelves = Shelves::open(&home).expect("opened");
        (tmp, shelves)
    }

    #[test]
    fn what_is_noted_is_there_again() {
        let (_tmp, shelves) = shelves();
        let source: SourceId = item(9).to_string().parse().expect("a UUID");
        let mut marks = Marks::read(&shelves).expect("none yet");
        for change in [
            Change::Read(vec![item(1), item(2)]),
            Change::Unread(vec![item(1)]),
            Change::SourceNote(source.clone(), " call\u{1b} back ".to_owned()),
            Change::ItemNote(item(2), "x".repeat(MAX_NOTE + 1)),
        ] {
            marks.apply(&change);
        }
        marks.write(shelves.dir()).expect("written");
        let again = Marks::read(&shelves).expect("there");
        assert_eq!(again, marks);
        assert!(again.is_read(&item(2)) && !again.is_read(&item(1)));
        assert_eq!(again.on_source(&source), Some("call\u{1b} back"));
        assert_eq!(again.on_item(&item(2)).map(str::len), Some(MAX_NOTE));
        marks.apply(&Change::ItemNote(item(2), "  ".to_owned()));
        assert_eq!(marks.on_item(&item(2)), None);
    }

    #[test]
    fn marks_that_cannot_be_read_are_set_aside_and_not_lost() {
        for damaged in ["{", r#"{"version":2,"read":[]}"#, r#"{"version":1,"read":["x"]}"#] {
            let (_tmp, shelves) = shelves();
            shelves.dir().write_new(FILE, damaged.as_bytes()).expect("written");
            assert!(Marks::read(&shelves).is_err());
            let (marks, aside) = Marks::read_or_set_aside(&shelves).expect("set aside");
            assert_eq!(marks, Marks::default());
            let aside = aside.expect("a name");
            assert_eq!(shelves.dir().read_small(&aside, 100).expect("there"), damaged.as_bytes());
            assert!(!shelves.dir().has(FILE).expect("asked"));
        }
    }
}
