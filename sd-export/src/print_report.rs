//! What `print` has to say: the plan, and what became of each document.

use std::fmt;
use std::path::PathBuf;

use sd_fs::Escaped;
use sd_term::{Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use crate::commands::{hint, skips};
use crate::manifest::State;
use crate::plan::Admitted;
use crate::printing::{Colour, Outcome, Printer, Settings, Traces};
use crate::report::{Item, gravest};

/// What is going to be printed, and how.
#[derive(Debug, Serialize)]
pub(crate) struct PrintPlan {
    pub(crate) printer: Escaped,
    connection: &'static str,
    #[serde(flatten)]
    settings: Settings,
    pub(crate) files: Vec<Sheet>,
}

/// One file of a plan.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sheet {
    file: Escaped,
    /// Bytes.
    size: u64,
    #[serde(rename = "type")]
    kind: String,
    state: State,
}

/// One file and what became of it.
#[derive(Debug, Serialize)]
pub(crate) struct Done {
    pub(crate) file: Escaped,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    #[serde(flatten)]
    pub(crate) traces: Traces,
}

/// How it went.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Printing {
    /// Some file may not be printed, so nothing was.
    Refused {
        files: Vec<Item>,
        #[serde(skip)]
        unclean: Vec<PathBuf>,
    },
    /// Nothing was asked for.
    Nothing { skipped: Vec<Escaped> },
    /// Shown, not printed.
    Planned {
        #[serde(flatten)]
        plan: PrintPlan,
        skipped: Vec<Escaped>,
    },
    /// Each job came to an end.
    Ended { printer: Escaped, files: Vec<Done>, skipped: Vec<Escaped> },
}

impl PrintPlan {
    pub(crate) fn new(printer: &Printer, settings: &Settings, files: &[Admitted]) -> Self {
        let sheet = |f: &Admitted| Sheet {
            file: f.source.shown(),
            size: f.size,
            kind: f.kind.clone(),
            state: f.state,
        };
        Self {
            printer: printer.shown(),
            connection: printer.link.words(),
            settings: settings.clone(),
            files: files.iter().map(sheet).collect(),
        }
    }

    pub(crate) fn warn(&self, printer: &Printer, ui: &mut Ui) {
        for reason in &printer.reasons {
            let (says, todo) = (reason.says(), reason.todo());
            ui.warn(format_args!("after its last job the printer said: {says}: {todo}"));
        }
        if self.settings.colour == Colour::Colour {
            ui.warn(
                "colour lasers print yellow dots on every page, too small to see: \
                 they name the printer and the time",
            );
        }
        if self.files.iter().any(|f| f.state == State::AsIs) {
            ui.warn("files marked AS IS may show on paper what cleaning would have removed");
        }
    }
}

impl Report for Printing {
    fn status(&self) -> Status {
        match self {
            Self::Refused { files, .. } => {
                gravest(files.iter().filter_map(Item::refusal)).unwrap_or(Status::Bug)
            }
            Self::Nothing { .. } => Status::NothingToDo,
            Self::Planned { .. } => Status::Done,
            Self::Ended { files, .. } => ended(files),
        }
    }

    fn hint(&self) -> Option<Hint> {
        match self {
            Self::Refused { unclean, .. } if !unclean.is_empty() => hint("scrub", unclean, &[]),
            _ => None,
        }
    }
}

/// A copy that stayed behind is what a person must hear of first.
fn ended(files: &[Done]) -> Status {
    if files.iter().any(|f| matches!(f.traces, Traces::MayRemain { .. })) {
        return Status::SpoolKept;
    }
    let printed = files.iter().any(|f| f.outcome.trouble().is_none());
    match gravest(files.iter().filter_map(|f| f.outcome.trouble())) {
        None => Status::Done,
        Some(_) if printed => Status::PartDone,
        Some(status) => status,
    }
}

impl fmt::Display for PrintPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "on {}, {}", self.printer, self.connection)?;
        for Sheet { file, size: bytes, kind, state } in &self.files {
            writeln!(f, "  {file:36} {:>8}  {kind}, {}", size(*bytes), state.words())?;
        }
        writeln!(f, "{}: {}", count(self.files.len(), "file"), self.settings)
    }
}

impl fmt::Display for Printing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { files, .. } => {
                files.iter().try_for_each(|file| write!(f, "{file}"))?;
                writeln!(f, "nothing was printed")
            }
            Self::Nothing { skipped } => {
                skips(f, skipped)?;
                writeln!(f, "no files")
            }
            Self::Planned { plan, skipped } => {
                skips(f, skipped)?;
                write!(f, "{plan}")?;
                writeln!(f, "nothing was printed")
            }
            Self::Ended { files, skipped, .. } => {
                skips(f, skipped)?;
                files.iter().try_for_each(|file| write!(f, "{file}"))?;
                let printed = files.iter().filter(|f| f.outcome.trouble().is_none()).count();
                writeln!(f, "{printed} of {} printed", count(files.len(), "file"))
            }
        }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, outcome, traces } = self;
        writeln!(f, "{file}: {outcome}")?;
        if let Some(status) = outcome.trouble() {
            writeln!(f, "  {}: {}", status.word(), status.next())?;
        }
        writeln!(f, "  {traces}")
    }
}
