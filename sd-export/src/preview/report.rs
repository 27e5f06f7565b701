//! What `preview` has to say.

use std::fmt;

use sd_fs::Escaped;
use sd_term::{Hint, Report, Status, count};
use serde::Serialize;

use crate::report::Batch;

/// How it went.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Preview {
    /// Files were shown, or named and not shown.
    Made {
        #[serde(flatten)]
        batch: Batch,
        /// The contact sheet; nothing if no file is shown.
        sheet: Option<Escaped>,
        /// Whether the pictures are in memory only.
        in_memory: bool,
        /// The command that removes them.
        #[serde(skip)]
        hint: Option<Hint>,
    },
    /// Previews were removed.
    Cleared(Shelf),
}

/// Previews that were there.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Shelf {
    /// Those that were removed.
    pub(crate) removed: Vec<Escaped>,
    /// Those that hold something which is not of a preview.
    pub(crate) left: Vec<Escaped>,
}

impl Report for Preview {
    fn status(&self) -> Status {
        match self {
            Self::Made { batch, .. } => batch.status(),
            Self::Cleared(past) => match (past.removed.len(), past.left.len()) {
                (0, 0) => Status::NothingToDo,
                (_, 0) => Status::Done,
                (0, _) => Status::Refused,
                (_, _) => Status::PartDone,
            },
        }
    }

    fn hint(&self) -> Option<Hint> {
        match self {
            Self::Made { hint, .. } => hint.clone(),
            Self::Cleared(_) => None,
        }
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made { batch, sheet, in_memory, .. } => {
                write!(f, "{batch}")?;
                let Some(sheet) = sheet else { return Ok(()) };
                writeln!(f, "open: {sheet}")?;
                if *in_memory {
                    return writeln!(f, "in memory: gone when the computer is switched off");
                }
                writeln!(f, "on a disk: there until it is removed")
            }
            Self::Cleared(past) => {
                for path in &past.left {
                    writeln!(f, "{path}: holds files that are not of a preview; left alone")?;
                }
                writeln!(f, "{} removed", count(past.removed.len(), "preview"))
            }
        }
    }
}
