//! `sd-airgap log`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Carried, Document, Event, Home, Ledger, Line, Role};
use sd_fs::Blake3;
use sd_term::{Failure, Report, Status, Ui, count};
use serde::Serialize;

use crate::station::Station;
use crate::store::StoreError;

/// On the SVS: check the ledger, and show what was brought in, cleaned, printed and carried out
#[derive(Debug, Args)]
pub(crate) struct LogArgs {}

#[derive(Debug, Serialize)]
struct Log {
    lines: Vec<Line>,
    /// The hash of the last line.
    head: Blake3,
}

pub(crate) fn run(home: &Home, ui: &mut Ui) -> ExitCode {
    let result = read(home);
    ui.finish("sd-airgap log", result)
}

fn read(home: &Home) -> Result<Log, Failure> {
    Station::load_as(home, Role::Svs)?;
    let ledger = Ledger::open(&home.part("store")?).map_err(StoreError::from)?;
    Ok(Log { lines: ledger.lines().to_vec(), head: *ledger.head() })
}

impl Report for Log {
    fn status(&self) -> Status {
        Status::Done
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            write!(f, "{:>5}  {}  ", line.n, line.at)?;
            self.event(f, line)?;
        }
        if self.lines.is_empty() {
            return writeln!(f, "Nothing was done here yet.");
        }
        writeln!(f, "{}, each follows the one before it.", count(self.lines.len(), "line"))?;
        writeln!(f, "The last one's hash, to compare with a note of yours: {}", short(&self.head))
    }
}

/// Continuation lines stand beneath the first words of a line.
const INDENT: &str = "                             ";

impl Log {
    fn event(&self, f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
        match &line.event {
            Event::Imported { sequence, members, standing, .. } => {
                writeln!(f, "bundle {sequence}, {}: {standing}", count(*members, "item"))
            }
            Event::Opened { opened, refused: 0 } => {
                writeln!(f, "{} opened", count(*opened, "item"))
            }
            Event::Opened { opened, refused } => {
                writeln!(f, "{} opened, {refused} could not be", count(*opened, "item"))
            }
            Event::Scrubbed { from, to, rebuilt } => {
                let how = if *rebuilt { "rebuilt from pixels" } else { "cleaned" };
                writeln!(f, "{how}: {}", Shown(from))?;
                writeln!(f, "{INDENT}copy {}", short(to))
            }
            Event::Leaving { way, documents } => {
                writeln!(f, "{way} of {} begun", count(documents.len(), "document"))?;
                for Carried { document, as_is } in documents {
                    let state = if *as_is { ", NOT CLEAN, let go by a person" } else { "" };
                    writeln!(f, "{INDENT}{}{state}", Shown(document))?;
                }
                if self.ended(line.n) {
                    Ok(())
                } else {
                    writeln!(f, "{INDENT}its end is not recorded")
                }
            }
            Event::Despite { command, failed, why } => {
                let shown = |text: &str| sd_fs::escape(text.as_bytes());
                writeln!(f, "AIR GAP FAILED, gone on by a person: {}", shown(command))?;
                writeln!(f, "{INDENT}checks: {}", shown(&failed.join(", ")))?;
                writeln!(f, "{INDENT}why: {}", shown(why))
            }
            Event::Left { announced, status } => {
                let status = sd_fs::escape(status.as_bytes());
                writeln!(f, "that of line {announced} ended: {status}")
            }
        }
    }

    /// Whether the end of what this line announced is in the ledger.
    fn ended(&self, n: u64) -> bool {
        let ends = |e: &Event| matches!(e, Event::Left { announced, .. } if *announced == n);
        self.lines.iter().any(|line| ends(&line.event))
    }
}

/// A document in few words.
struct Shown<'a>(&'a Document);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Document { blake3, item } = self.0;
        match item {
            Some(item) => write!(f, "{} of item {item}", short(blake3)),
            None => write!(f, "{}", short(blake3)),
        }
    }
}

/// The first digits, enough to tell two apart.
fn short(hash: &Blake3) -> String {
    hash.to_string().chars().take(16).collect()
}
