//! One item with everything that is known of it.

use sd_bundle::{Item, Kind, SourceId};
use sd_fs::{Escaped, escape};
use serde::Serialize;

use super::{Line, State, Text};
use crate::store::{Entry, Marks, Outcome, Shelves, StoreError};

/// What the records say now, and the text if it is a message.
#[derive(Debug, Serialize)]
pub(crate) struct Account {
    #[serde(flatten)]
    pub(crate) line: Line,
    pub(crate) new: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<Escaped>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    /// Where its plaintext is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text>,
}

impl Account {
    /// The most bytes of a message that are read.
    pub(crate) const WHOLE: u64 = super::text::SHOWN;

    /// Reads an item's records, and of a message so many bytes. `None` if it is gone.
    pub(crate) fn read(
        shelves: &Shelves,
        marks: &Marks,
        source: &SourceId,
        line: &Line,
        limit: u64,
    ) -> Result<Option<Self>, StoreError> {
        match shelves.entry(source, &line.item) {
            Ok(Some(entry)) => Self::of(shelves, marks, entry, limit).map(Some),
            Ok(None) => Ok(None),
            Err(StoreError::Dir(e)) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The same from records that were read.
    pub(crate) fn of(
        shelves: &Shelves,
        marks: &Marks,
        entry: Entry,
        limit: u64,
    ) -> Result<Self, StoreError> {
        let line = Line::of(&entry);
        let text = match line.kind {
            // A document is for a program that can read it, behind a wall.
            Kind::Document => None,
            Kind::Message | Kind::Reply => shelves.beginning(&entry, limit)?,
        };
        Ok(Self {
            new: line.is_new(marks),
            note: marks.on_item(&line.item).map(|note| escape(note.as_bytes())),
            path: path(shelves, &entry.stored.item, entry.outcome.as_ref()),
            text: text.map(|t| Text::of(&t.bytes, t.whole)),
            outcome: entry.outcome,
            line,
        })
    }

    /// One line for it in a list.
    pub(crate) fn title(&self) -> String {
        match (&self.outcome, &self.text) {
            (_, Some(text)) => text.first_line().to_owned(),
            (Some(Outcome::Opened { name, size, .. }), None) => {
                format!("{name}, {}", sd_term::size(*size))
            }
            (outcome, None) => fate(outcome.as_ref()),
        }
    }

    /// What a person reads: the text of a message, or what is known of a document. Lines of any
    /// length.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match (&self.outcome, &self.text) {
            (_, Some(text)) => lines.extend(text.lines.iter().cloned()),
            (Some(Outcome::Opened { name, size, .. }), None) => {
                lines.push(format!("{name}, {}", sd_term::size(*size)));
            }
            (outcome, None) => lines.push(fate(outcome.as_ref())),
        }
        lines.extend(self.remarks());
        lines
    }

    /// The text of a message, line by line; nothing of what is said about it.
    pub(crate) fn text(&self) -> &[String] {
        self.text.as_ref().map_or(&[], |text| &text.lines)
    }

    /// What a person should know besides.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(Outcome::Opened { original, notes, .. }) = &self.outcome {
            remarks.extend(original.iter().map(|name| format!("(sent as \"{name}\")")));
            remarks.extend(notes.iter().map(|note| format!("({note})")));
        }
        remarks.extend(self.text.iter().flat_map(Text::remarks));
        remarks
    }

    /// Whether it can be handed to other programs.
    pub(crate) fn is_opened(&self) -> bool {
        self.line.state == State::Opened
    }
}

/// What became of an item, in a few words: its file's name, or why it has none.
pub(crate) fn fate(outcome: Option<&Outcome>) -> String {
    match outcome {
        None => "stored, not opened yet".to_owned(),
        Some(Outcome::Refused { why }) => format!("not opened: {why}"),
        Some(Outcome::Opened { name, .. }) => name.to_string(),
    }
}

/// Where an opened item's plaintext is, as text.
pub(crate) fn path(shelves: &Shelves, item: &Item, outcome: Option<&Outcome>) -> Option<String> {
    let Some(Outcome::Opened { name, .. }) = outcome else { return None };
    Some(shelves.content_path(item, name).to_string_lossy().into_owned())
}
