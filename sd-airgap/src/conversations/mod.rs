//! Who wrote what, in order: what `list`, `show` and `browse` show.
//!
//! ```text
//! records --gather--> Conversation<T>, newest arrival first --Display, JSON, view--> a person
//! plaintext --> Text: its first bytes, escaped, line by line
//! ```

mod account;
mod load;
mod text;

use std::collections::BTreeMap;

use sd_bundle::{Designation, ItemId, Kind, SourceId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::{Entry, Marks, Outcome};

pub(crate) use account::{Account, fate, path};
pub(crate) use load::{Loaded, load, read_all};
pub(crate) use text::Text;

/// One source with what came from and went to it, in order.
#[derive(Clone, Debug)]
pub(crate) struct Conversation<T> {
    pub(crate) source: SourceId,
    /// As it was spelt last.
    pub(crate) designation: Designation,
    pub(crate) items: Vec<T>,
}

/// What is known of an item without opening its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) item: ItemId,
    /// Its place in the conversation.
    pub(crate) number: u32,
    pub(crate) kind: Kind,
    /// When it came here, by this station's clock.
    pub(crate) stored: Timestamp,
    /// Bytes: of the plaintext where there is one.
    pub(crate) size: u64,
    pub(crate) state: State,
}

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Stored, not opened yet.
    Stored,
    /// Opened whole.
    Opened,
    /// It cannot be opened.
    Refused,
}

impl Line {
    /// The line for an item's records.
    pub(crate) fn of(entry: &Entry) -> Self {
        let stored = &entry.stored;
        let (state, size) = match &entry.outcome {
            None => (State::Stored, stored.item.size),
            Some(Outcome::Opened { size, .. }) => (State::Opened, *size),
            Some(Outcome::Refused { .. }) => (State::Refused, stored.item.size),
        };
        Self {
            item: stored.item.item.clone(),
            number: stored.item.number,
            kind: stored.item.kind,
            stored: stored.stored.clone(),
            size,
            state,
        }
    }

    /// Whether a person has still to read it. What the newsroom wrote itself is not new, and what
    /// is not opened cannot be read: it becomes new when it is.
    pub(crate) fn is_new(&self, marks: &Marks) -> bool {
        self.kind != Kind::Reply && self.state == State::Opened && !marks.is_read(&self.item)
    }

    fn order(&self) -> (u32, &ItemId) {
        (self.number, &self.item)
    }
}

/// What stands in a conversation.
pub(crate) trait Said {
    /// Its line.
    fn line(&self) -> &Line;
}

impl Said for Line {
    fn line(&self) -> &Line {
        self
    }
}

impl<T: Said> Conversation<T> {
    /// When the last item came here.
    pub(crate) fn newest(&self) -> Option<&Timestamp> {
        self.items.iter().map(|i| &i.line().stored).max_by_key(|t| t.as_str())
    }

    /// How many items a person has still to read.
    pub(crate) fn unread(&self, marks: &Marks) -> usize {
        self.items.iter().filter(|i| i.line().is_new(marks)).count()
    }

    /// How many items are not opened.
    pub(crate) fn unopened(&self) -> usize {
        self.items.iter().filter(|i| i.line().state != State::Opened).count()
    }

    fn in_order(mut self) -> Self {
        self.items.sort_by(|a, b| a.line().order().cmp(&b.line().order()));
        self
    }
}

/// The conversation with the newest arrival first; namesakes by identity.
pub(crate) fn newest_first<T: Said>(conversations: &mut [Conversation<T>]) {
    conversations.sort_by_cached_key(|c| {
        let newest = c.newest().map(|t| t.as_str().to_owned());
        (std::cmp::Reverse(newest), c.designation.clone(), c.source.clone())
    });
}

/// The designations, for finding one.
pub(crate) fn names<T>(conversations: &[Conversation<T>]) -> BTreeMap<SourceId, Designation> {
    conversations.iter().map(|c| (c.source.clone(), c.designation.clone())).collect()
}

/// A time as people read it: `2026-11-25 14:02`, in UTC.
pub(crate) fn minute(at: &Timestamp) -> String {
    at.as_str().replace('T', " ").chars().take(16).collect()
}
