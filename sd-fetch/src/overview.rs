//! Each item once, wherever it is known from: the server's lists, the inbox, the outbox.
//!
//! ```text
//! server (if asked) --.
//! inbox --------------+--by item--> where it is, how far it has come --by source--> rows
//! outbox -------------'
//! ```

use std::collections::BTreeMap;

use sd_bundle::{Designation, Item, ItemId, ItemState, Kind, SourceId};
use serde::Serialize;

use crate::holdings::Holdings;
use crate::journalist_interface::{Sources, Submission};

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// On the server only.
    New,
    /// In the inbox, not packed.
    Here,
    /// In a bundle; no receipt yet.
    Packed,
    /// The SVS has it.
    Delivered,
}

/// One source's items.
#[derive(Debug, Serialize)]
pub(crate) struct SourceRows {
    /// Who.
    pub(crate) source: SourceId,
    /// The words for them.
    pub(crate) designation: Designation,
    /// Their items, by number.
    pub(crate) items: Vec<Row>,
}

/// One item.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its identity.
    pub(crate) item: ItemId,
    /// Its number in the conversation.
    pub(crate) number: u32,
    /// What it is.
    pub(crate) kind: Kind,
    /// Bytes of ciphertext.
    pub(crate) size: u64,
    /// How far it has come.
    pub(crate) state: Stage,
    /// Whether the server has it; nothing if it was not asked.
    pub(crate) on_server: Option<bool>,
    /// Whether the inbox has it.
    pub(crate) here: bool,
}

/// What the server lists.
pub(crate) struct Listed<'a> {
    /// Each source's designation.
    pub(crate) sources: &'a Sources,
    /// Their items.
    pub(crate) items: &'a [Submission],
}

/// Which items are worth a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// All but those that are in the past.
    Present,
    /// Those too.
    All,
}

/// Every row, and how many were left out because they are in the past.
pub(crate) struct Overview {
    /// By designation, then by source.
    pub(crate) sources: Vec<SourceRows>,
    /// Items that were delivered and are neither in the inbox nor known to be on the server.
    pub(crate) past: usize,
}

impl Row {
    /// Whether a sync would fetch it.
    pub(crate) fn is_wanted(&self) -> bool {
        self.on_server == Some(true) && !self.here && self.state != Stage::Delivered
    }

    fn is_past(&self) -> bool {
        self.state == Stage::Delivered && !self.here && self.on_server != Some(true)
    }
}

impl Overview {
    /// Puts together what is known.
    pub(crate) fn new(listed: Option<&Listed<'_>>, holdings: &Holdings, show: Show) -> Self {
        let mut items: BTreeMap<ItemId, Entry> = BTreeMap::new();
        let unlisted = listed.map(|_| false);
        for item in listed.iter().flat_map(|l| l.items) {
            items.insert(item.item.clone(), Entry::of_submission(item));
        }
        for (item, state) in holdings.shipments.items() {
            let entry = Entry::of_item(item, unlisted);
            let entry = items.entry(item.item.clone()).or_insert(entry);
            entry.row.state = entry.row.state.max(Stage::from(state));
        }
        for item in &holdings.inbox {
            // The copy that is here is what counts: what the server says of it instead is refused.
            let known = items.remove(&item.item);
            let mut entry =
                Entry::of_item(item, known.as_ref().map_or(unlisted, |k| k.row.on_server));
            entry.row.state = known.map_or(Stage::Here, |k| k.row.state.max(Stage::Here));
            entry.row.here = true;
            items.insert(item.item.clone(), entry);
        }
        let sources = listed.map(|l| l.sources);
        by_source(sources, items.into_values(), show)
    }
}

/// A row, and whose it is.
struct Entry {
    source: SourceId,
    designation: Designation,
    row: Row,
}

impl Entry {
    fn of_submission(listed: &Submission) -> Self {
        let Submission { number, kind, size, .. } = *listed;
        let item = listed.item.clone();
        let (state, on_server) = (Stage::New, Some(true));
        Self {
            source: listed.source.clone(),
            designation: listed.designation.clone(),
            row: Row { item, number, kind, size, state, on_server, here: false },
        }
    }

    fn of_item(known: &Item, on_server: Option<bool>) -> Self {
        let Item { number, kind, size, .. } = *known;
        let (item, state) = (known.item.clone(), Stage::New);
        Self {
            source: known.source.clone(),
            designation: known.designation.clone(),
            row: Row { item, number, kind, size, state, on_server, here: false },
        }
    }
}

impl From<ItemState> for Stage {
    fn from(state: ItemState) -> Self {
        match state {
            ItemState::Waiting => Self::Here,
            ItemState::Packed => Self::Packed,
            ItemState::Delivered => Self::Delivered,
        }
    }
}

fn by_source(
    listed: Option<&Sources>,
    entries: impl Iterator<Item = Entry>,
    show: Show,
) -> Overview {
    let mut sources: BTreeMap<SourceId, SourceRows> = BTreeMap::new();
    let rows = |source: SourceId, designation: Designation| SourceRows {
        source,
        designation,
        items: Vec::new(),
    };
    for (source, words) in listed.into_iter().flatten() {
        sources.insert(source.clone(), rows(source.clone(), words.clone()));
    }
    let mut past = 0;
    for Entry { source, designation, row } in entries {
        if row.is_past() && show == Show::Present {
            past += 1;
            continue;
        }
        let known = sources.entry(source.clone());
        known.or_insert_with(|| rows(source, designation)).items.push(row);
    }
    let mut sources: Vec<SourceRows> = sources.into_values().collect();
    sources.sort_by(|a, b| (&a.designation, &a.source).cmp(&(&b.designation, &b.source)));
    for source in &mut sources {
        source.items.sort_by(|a, b| (a.number, &a.item).cmp(&(b.number, &b.item)));
    }
    Overview { sources, past }
}

#[cfg(test)]
mod tests {
    use sd_fs::{Blake3, Sha256};

    use super::*;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";

    fn item(number: u32) -> Item {
        Item {
            source: SOURCE.parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID"),
            number,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("words"),
            size: 4,
            sha256: Sha256::of(b"data"),
            blake3: Blake3::of(b"data"),
        }
    }

    fn listed(of: &Item) -> Submission {
        let Item { source, item, number, kind, designation, size, .. } = of.clone();
        Submission { source, item, number, kind, designation, size, seen: false }
    }

    /// What is shown of these: on the server, in the inbox.
    fn shown(server: Option<&[Item]>, inbox: &[Item]) -> Vec<(u32, Stage, Option<bool>, bool)> {
        let mut sources = Sources::new();
        sources.insert(item(1).source, item(1).designation);
        let listing: Vec<Submission> = server.unwrap_or_default().iter().map(listed).collect();
        let listed = server.map(|_| Listed { sources: &sources, items: &listing });
        let holdings = Holdings { inbox: inbox.to_vec(), ..Holdings::default() };
        let overview = Overview::new(listed.as_ref(), &holdings, Show::Present);
        let rows = overview.sources.iter().flat_map(|s| &s.items);
        rows.map(|r| (r.number, r.state, r.on_server, r.here)).collect()
    }

    #[test]
    fn an_item_is_listed_once_wherever_it_is_known_from() {
        let rows = shown(Some(&[item(2), item(1)]), &[item(2), item(3)]);
        let wanted = [
            (1, Stage::New, Some(true), false),
            (2, Stage::Here, Some(true), true),
            (3, Stage::Here, Some(false), true),
        ];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn a_server_that_was_not_asked_has_neither_said_yes_nor_no() {
        assert_eq!(shown(None, &[item(2)]), [(2, Stage::Here, None, true)]);
    }

    #[test]
    fn the_copy_that_is_here_counts_and_not_what_the_server_says_of_it() {
        let other = Item { number: 9, ..item(2) };
        assert_eq!(shown(Some(&[other]), &[item(2)]), [(2, Stage::Here, Some(true), true)]);
    }
}
