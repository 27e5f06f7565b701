//! The line a person types in: what to search, or a note.

use sd_bundle::{ItemId, SourceId};
use sd_fs::escape;
use sd_term::Key;

use super::desk::Desk;
use crate::store::MAX_NOTE;

/// What is typed for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    Search,
    Note(On),
}

/// What a note is on.
#[derive(Clone, Debug)]
pub(super) enum On {
    Source(SourceId),
    Item(ItemId),
}

/// A line that is being typed.
pub(super) struct Ask {
    purpose: Purpose,
    text: String,
}

/// What a key made of it.
pub(super) enum Answer {
    Typing,
    Never,
    Given(Purpose, String),
}

impl Ask {
    /// Begins with the note that is there.
    pub(super) fn new(purpose: Purpose, desk: &Desk) -> Self {
        let text = match &purpose {
            Purpose::Search => None,
            Purpose::Note(On::Source(source)) => desk.marks().on_source(source),
            Purpose::Note(On::Item(item)) => desk.marks().on_item(item),
        };
        Self { text: text.unwrap_or_default().to_owned(), purpose }
    }

    pub(super) fn press(&mut self, key: Key) -> Answer {
        match key {
            Key::Char(c) if self.text.chars().count() < MAX_NOTE => self.text.push(c),
            Key::Backspace => _ = self.text.pop(),
            Key::Escape => return Answer::Never,
            Key::Enter => {
                return Answer::Given(self.purpose.clone(), std::mem::take(&mut self.text));
            }
            _ => {}
        }
        Answer::Typing
    }

    /// The line, with its end in sight.
    pub(super) fn shown(&self, width: u16) -> String {
        let lead = match self.purpose {
            Purpose::Search => "Search: ",
            Purpose::Note(_) => "Note: ",
        };
        let text = escape(self.text.as_bytes());
        let room = usize::from(width).saturating_sub(lead.len() + 1);
        let (mut from, mut left) = (text.as_str().len(), room);
        for (at, c) in text.as_str().char_indices().rev() {
            let Some(rest) = left.checked_sub(sd_term::columns(c)) else { break };
            (from, left) = (at, rest);
        }
        format!("{lead}{}_", &text.as_str()[from..])
    }
}
