//! `sd-airgap show`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, ItemId, Role, SourceId, Timestamp, Who};
use sd_fs::{Escaped, Quiet, escape};
use sd_term::{Failure, Hint, Report, Status, Ui, Wrapped, count};
use serde::Serialize;

use crate::conversations::{Account, Conversation, Line, Loaded, load, minute, names};
use crate::station::Station;
use crate::store::{Marks, Shelves};

/// The fewest characters of a UUID that name an item.
const SHORTEST: usize = 8;

/// On the SVS: show who wrote, a conversation, or one message
///
/// Without WHO: the sources, and how much of each is new. Nothing is marked as read.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A source's designation or the beginning of it, or the UUID of a source or an item
    who: Option<String>,
    /// Only what has this number in the conversation
    #[arg(value_name = "N")]
    number: Option<u32>,
}

/// Every source in a line.
#[derive(Debug, Serialize)]
struct Overview {
    sources: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<usize>,
    #[serde(skip)]
    next: Option<Hint>,
}

#[derive(Debug, Serialize)]
struct Summary {
    source: SourceId,
    designation: String,
    items: usize,
    new: usize,
    unopened: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Escaped>,
}

/// One conversation, or one item of it.
#[derive(Debug, Serialize)]
struct Told {
    source: SourceId,
    designation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Escaped>,
    /// Items of the conversation, shown or not.
    all: usize,
    items: Vec<Account>,
    #[serde(skip)]
    next: Option<Hint>,
}

impl fmt::Display for Overview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Summary { designation, items, new, unopened, newest, note, .. } in &self.sources {
            let new = if *new == 0 { String::new() } else { format!("{new} new") };
            let newest = newest.as_ref().map(minute).unwrap_or_default();
            let name = sd_term::cut(designation, 30);
            let gap = 31_usize.saturating_sub(sd_term::width(&name));
            writeln!(f, "{name}{:gap$}{new:>9}  {:>11}  {newest}", "", count(*items, "item"))?;
            if *unopened > 0 {
                writeln!(f, "    {} not opened", count(*unopened, "item"))?;
            }
            if let Some(note) = note {
                writeln!(f, "{}", Wrapped::new("    note: ", note.as_str()))?;
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

impl Report for Overview {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        self.next.clone()
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = count(self.all, "item");
        let shown = self.items.len();
        let shown = if shown == self.all { String::new() } else { format!("{shown} of ") };
        writeln!(f, "{}  ({shown}{all})", self.designation)?;
        if let Some(note) = &self.note {
            writeln!(f, "{}", Wrapped::new("note: ", note.as_str()))?;
        }
        for told in &self.items {
            let Line { number, kind, stored, .. } = &told.line;
            let new = if told.new { "  new" } else { "" };
            writeln!(f, "\n{number:>5} {kind}, arrived here {} UTC{new}", minute(stored))?;
            if let Some(note) = &told.note {
                writeln!(f, "{}", Wrapped::new("      note: ", note.as_str()))?;
            }
            for line in told.lines() {
                writeln!(f, "{}", Wrapped::new("      ", &line).to_string().trim_end())?;
            }
        }
        Ok(())
    }
}

impl Report for Told {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        self.next.clone()
    }
}

impl ShowArgs {
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        if let Some(who) = &self.who {
            let result = told(home, who, self.number, ui);
            return ui.finish("sd-airgap show", result);
        }
        let result = sources(home, ui);
        ui.finish("sd-airgap show", result)
    }
}

fn open(home: &Home, ui: &mut Ui) -> Result<(Shelves, Marks, Loaded), Failure> {
    Station::load_as(home, Role::Svs)?;
    let shelves = Shelves::open(home)?;
    let marks = super::marks(&shelves, ui)?;
    let loaded = load(&shelves, &mut Quiet)?;
    Ok((shelves, marks, loaded))
}

fn sources(home: &Home, ui: &mut Ui) -> Result<Overview, Failure> {
    let (_, marks, loaded) = open(home, ui)?;
    let summary = |c: &Conversation<Line>| Summary {
        source: c.source.clone(),
        designation: c.designation.to_string(),
        items: c.items.len(),
        new: c.unread(&marks),
        unopened: c.unopened(),
        newest: c.newest().cloned(),
        note: marks.on_source(&c.source).map(|note| escape(note.as_bytes())),
    };
    let sources: Vec<Summary> = loaded.conversations.iter().map(summary).collect();
    // By its UUID: that is one source's, and never looks like an option.
    let next = sources.first().map(|first| {
        let who = ["sd-airgap", "show", first.source.as_str()].map(str::to_owned);
        Hint::new(who.into_iter().chain(home.args()))
    });
    let unreadable = (loaded.unreadable > 0).then_some(loaded.unreadable);
    Ok(Overview { sources, unreadable, next })
}

fn told(home: &Home, who: &str, number: Option<u32>, ui: &mut Ui) -> Result<Told, Failure> {
    let (shelves, marks, loaded) = open(home, ui)?;
    let (at, item) = find(&loaded.conversations, who)?;
    let conversation = &loaded.conversations[at];
    let wanted = |line: &&Line| {
        number.is_none_or(|n| line.number == n) && item.as_ref().is_none_or(|i| line.item == *i)
    };
    let mut items = Vec::new();
    for line in conversation.items.iter().filter(wanted) {
        let source = &conversation.source;
        items.extend(Account::read(&shelves, &marks, source, line, Account::WHOLE)?);
    }
    if items.is_empty() {
        let n = number.unwrap_or_default();
        let what = format!("{} has no item {n}", conversation.designation);
        return Err(Failure::new(Status::NotFound, what));
    }
    let file = items.iter().find_map(|told| told.path.as_deref());
    Ok(Told {
        source: conversation.source.clone(),
        designation: conversation.designation.to_string(),
        note: marks.on_source(&conversation.source).map(|note| escape(note.as_bytes())),
        next: file.map(|path| Hint::new(["sd-export", "inspect", path])),
        all: conversation.items.len(),
        items,
    })
}

/// The conversation that is meant, and the item if one was named.
fn find(
    conversations: &[Conversation<Line>],
    who: &str,
) -> Result<(usize, Option<ItemId>), Failure> {
    let named: Who = who.parse().map_err(|e| Failure::new(Status::Usage, e))?;
    let not_a_source = match named.find_begun(&names(conversations)) {
        Ok(id) => match conversations.iter().position(|c| c.source == id) {
            Some(at) => return Ok((at, None)),
            None => return Err(Failure::new(Status::Bug, "a source that is not there")),
        },
        Err(e) => e,
    };
    let begins =
        |line: &Line| who.len() >= SHORTEST && line.item.as_str().starts_with(&named.to_string());
    let all = conversations.iter().enumerate();
    let mut found = all.flat_map(|(at, c)| {
        c.items.iter().filter(|line| begins(line)).map(move |line| (at, line.item.clone()))
    });
    match (found.next(), found.next()) {
        (Some((at, item)), None) => Ok((at, Some(item))),
        (Some(_), Some(_)) => {
            let what =
                format!("several items begin with \"{}\": type more of it", escape(who.as_bytes()));
            Err(Failure::new(Status::Refused, what))
        }
        (None, _) => Err(Failure::new(Status::Refused, not_a_source)),
    }
}
