//! `sd-airgap list`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, Inbox, Item, ItemState, Kind, Outbox, Role};
use sd_term::{Failure, Hint, Report, Status, Ui, Wrapped, count, size};
use serde::Serialize;

use super::{inbox_failure, outbox_failure};
use crate::conversations::{Conversation, Line, Said, fate, path, read_all};
use crate::station::Station;
use crate::store::{Entry, Marks, Shelves};

/// Show what this station holds, source by source
#[derive(Debug, Args)]
pub(crate) struct ListArgs {}

/// One item.
#[derive(Debug, Serialize)]
struct Row {
    item: String,
    number: u32,
    kind: Kind,
    /// Bytes: of the plaintext where there is one.
    size: u64,
    /// Where it is, or how far it has come.
    state: String,
    /// Whether a person has still to read it (SVS only).
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// One source with its items.
#[derive(Debug, Serialize)]
struct Group {
    source: String,
    designation: String,
    items: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Listing {
    role: Role,
    sources: Vec<Group>,
    /// Items whose record cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<usize>,
    #[serde(skip)]
    next: Option<Hint>,
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.sources {
            let new = group.items.iter().filter(|row| row.new == Some(true)).count();
            let new = if new == 0 { String::new() } else { format!(", {new} new") };
            writeln!(f, "{}  ({}{new})", group.designation, count(group.items.len(), "item"))?;
            for Row { number, kind, state, size: bytes, new, .. } in &group.items {
                let new = if *new == Some(true) { "new" } else { "" };
                let lead = format!("  {new:<3} {number:>5} {kind:<8} {:>8}  ", size(*bytes));
                writeln!(f, "{}", Wrapped::new(&lead, state))?;
            }
        }
        if self.sources.is_empty() {
            writeln!(f, "Nothing here yet.")?;
        }
        match self.unreadable {
            Some(n) => writeln!(f, "{}", Wrapped::new("", &super::unreadable(n))),
            None => Ok(()),
        }
    }
}

impl Report for Listing {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        self.next.clone()
    }
}

pub(crate) fn run(home: &Home, ui: &mut Ui) -> ExitCode {
    let result = Station::load(home).map_err(Failure::from).and_then(|s| match s.role {
        Role::Workstation => waiting(home),
        Role::Svs => stored(home, ui),
    });
    ui.finish("sd-airgap list", result)
}

/// The workstation's inbox.
fn waiting(home: &Home) -> Result<Listing, Failure> {
    let inbox = Inbox::open(home.part("inbox")?).map_err(inbox_failure)?;
    let outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
    let states = outbox.item_states();
    let mut sources: Vec<Group> = Vec::new();
    for item in inbox.items().map_err(inbox_failure)? {
        let row = Row::waiting(&item, states.get(&item.item).copied());
        let source = item.source.to_string();
        match sources.last_mut() {
            Some(group) if group.source == source => group.items.push(row),
            _ => sources.push(Group {
                source,
                designation: item.designation.to_string(),
                items: vec![row],
            }),
        }
    }
    Ok(Listing { role: Role::Workstation, sources, unreadable: None, next: None })
}

/// An item of the store: its line and its record.
struct Kept {
    line: Line,
    entry: Entry,
}

impl Said for Kept {
    fn line(&self) -> &Line {
        &self.line
    }
}

/// The SVS's store.
fn stored(home: &Home, ui: &mut Ui) -> Result<Listing, Failure> {
    let shelves = Shelves::open(home)?;
    let marks = super::marks(&shelves, ui)?;
    let kept = |entry| Kept { line: Line::of(&entry), entry };
    let (conversations, unreadable) = read_all(&shelves, kept)?;
    let group = |c: &Conversation<Kept>| Group {
        source: c.source.to_string(),
        designation: c.designation.to_string(),
        items: c.items.iter().map(|kept| Row::stored(&shelves, &marks, kept)).collect(),
    };
    let sources: Vec<Group> = conversations.iter().map(group).collect();
    let mut rows = sources.iter().flat_map(|g| &g.items);
    let document = rows.find(|row| row.kind == Kind::Document && row.path.is_some());
    let path = document.and_then(|row| row.path.as_deref());
    let next = path.map(|path| Hint::new(["sd-export", "inspect", path]));
    let unreadable = (unreadable > 0).then_some(unreadable);
    Ok(Listing { role: Role::Svs, sources, unreadable, next })
}

impl Row {
    fn waiting(item: &Item, state: Option<ItemState>) -> Self {
        let state = match state {
            None | Some(ItemState::Waiting) => "waiting to be packed",
            Some(ItemState::Packed) => "packed, not confirmed",
            Some(ItemState::Delivered) => "delivered",
        };
        Self {
            item: item.item.to_string(),
            number: item.number,
            kind: item.kind,
            size: item.size,
            state: state.to_owned(),
            new: None,
            path: None,
        }
    }

    fn stored(shelves: &Shelves, marks: &Marks, Kept { line, entry }: &Kept) -> Self {
        Self {
            item: line.item.to_string(),
            number: line.number,
            kind: line.kind,
            size: line.size,
            state: fate(entry.outcome.as_ref()),
            new: Some(line.is_new(marks)),
            path: path(shelves, &entry.stored.item, entry.outcome.as_ref()),
        }
    }
}
