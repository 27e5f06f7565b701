//! `sd-airgap list`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, Inbox, Item, ItemState, Kind, Outbox, Role};
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use super::{inbox_failure, outbox_failure};
use crate::station::Station;
use crate::store::{Outcome, Store};

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
    #[serde(skip)]
    next: Option<Hint>,
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.sources {
            writeln!(f, "{}  ({})", group.designation, count(group.items.len(), "item"))?;
            for row in &group.items {
                let Row { number, kind, state, .. } = row;
                writeln!(f, "  {number:>5} {kind:<8} {:>8}  {state}", size(row.size))?;
                if let Some(path) = &row.path {
                    writeln!(f, "      {path}")?;
                }
            }
        }
        if self.sources.is_empty() {
            writeln!(f, "Nothing here yet.")?;
        }
        Ok(())
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
        Role::Svs => stored(home),
    });
    ui.finish("sd-airgap list", result)
}

/// The workstation's inbox.
fn waiting(home: &Home) -> Result<Listing, Failure> {
    let inbox = Inbox::open(home.part("inbox")?).map_err(inbox_failure)?;
    let outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
    let states = outbox.item_states();
    let mut listing = Listing { role: Role::Workstation, sources: Vec::new(), next: None };
    for item in inbox.items().map_err(inbox_failure)? {
        let state = match states.get(&item.item) {
            None | Some(ItemState::Waiting) => "waiting to be packed",
            Some(ItemState::Packed) => "packed, not confirmed",
            Some(ItemState::Delivered) => "delivered",
        };
        let row = Row {
            item: item.item.to_string(),
            number: item.number,
            kind: item.kind,
            size: item.size,
            state: state.to_owned(),
            path: None,
        };
        listing.add(&item, row);
    }
    Ok(listing)
}

/// The SVS's store.
fn stored(home: &Home) -> Result<Listing, Failure> {
    let store = Store::open(home)?;
    let mut listing = Listing { role: Role::Svs, sources: Vec::new(), next: None };
    for entry in store.entries()? {
        let item = &entry.stored.item;
        let (state, path, size) = match &entry.outcome {
            None => ("stored, not opened yet".to_owned(), None, item.size),
            Some(Outcome::Refused { why }) => (format!("not opened: {why}"), None, item.size),
            Some(Outcome::Opened { name, size, .. }) => {
                let path = store.item_path(&entry).join("content").join(name.as_str());
                let path = path.to_string_lossy().into_owned();
                if item.kind == Kind::Document && listing.next.is_none() {
                    listing.next = Some(Hint::new(["sd-export", "inspect", &path]));
                }
                (name.to_string(), Some(path), *size)
            }
        };
        let row = Row {
            item: item.item.to_string(),
            number: item.number,
            kind: item.kind,
            size,
            state,
            path,
        };
        listing.add(item, row);
    }
    Ok(listing)
}

impl Listing {
    fn add(&mut self, item: &Item, row: Row) {
        let source = item.source.to_string();
        match self.sources.last_mut() {
            Some(group) if group.source == source => group.items.push(row),
            _ => self.sources.push(Group {
                source,
                designation: item.designation.to_string(),
                items: vec![row],
            }),
        }
    }
}
