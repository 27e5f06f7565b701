//! `sd-export write`.

use std::fmt;
use std::path::PathBuf;

use sd_fs::{Dir, Escaped};
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use super::{Consent, skips};
use crate::inputs::gather;
use crate::manifest::Entry;
use crate::plan::{self, Carry, Naming, NotAdmitted, Plan};
use crate::report::{Item, gravest};
use crate::writing;

/// Write clean copies into a directory as an export, and read them back.
///
/// Takes only files that cleaning would not change any more. Makes a new directory export-NNNN
/// in DIR with the files, SHA256SUMS, B3SUMS and, when every byte was read back and compared,
/// MANIFEST.json. A directory without MANIFEST.json is no export. File names leave with the
/// files: see --neutral-names.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags; `request` makes choices of them")]
pub(crate) struct Args {
    /// Files; of a directory, every regular file in it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to: a directory that is there, such as a mounted stick.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Name the files file-001.jpg and so on.
    #[arg(long)]
    neutral_names: bool,
    /// Take files that are not clean too; the manifest names them as such.
    #[arg(long)]
    as_is: bool,
    /// Show what would be written, and stop.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Request {
    files: Vec<PathBuf>,
    to: PathBuf,
    naming: Naming,
    carry: Carry,
    consent: Consent,
}

impl Args {
    pub(super) fn request(self) -> Request {
        Request {
            files: self.files,
            to: self.to,
            naming: if self.neutral_names { Naming::Neutral } else { Naming::Own },
            carry: if self.as_is { Carry::AsIs } else { Carry::OnlyClean },
            consent: Consent::of(self.dry_run, self.yes),
        }
    }
}

/// How it went.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum Export {
    /// Some file may not leave, so nothing was written.
    Refused {
        files: Vec<Item>,
        #[serde(skip)]
        unclean: Vec<PathBuf>,
    },
    /// Nothing was asked for.
    Nothing { skipped: Vec<Escaped> },
    /// Shown, not written.
    Planned {
        #[serde(flatten)]
        plan: Plan,
        skipped: Vec<Escaped>,
    },
    /// On the medium, read back, every hash the same.
    Written {
        directory: Escaped,
        files: Vec<Entry>,
        total: u64,
        incomplete: Vec<String>,
        skipped: Vec<Escaped>,
    },
}

pub(super) fn run(request: &Request, ui: &mut Ui) -> Result<Export, Failure> {
    let target = Dir::open(&request.to)?;
    let inputs = gather(&request.files);
    let skipped = inputs.skipped;
    if inputs.sources.is_empty() {
        return Ok(Export::Nothing { skipped });
    }
    let files = match plan::admit_all(&inputs.sources, request.carry, ui) {
        Ok(files) => files,
        Err(NotAdmitted { files, unclean }) => return Ok(Export::Refused { files, unclean }),
    };
    let plan = plan::plan(files, &target, request.naming)?;
    match request.consent {
        Consent::OnlyShow => return Ok(Export::Planned { plan, skipped }),
        Consent::Given => ui.say(format_args!("{}", plan.to_string().trim_end())),
        Consent::Ask => ask(&plan, ui)?,
    }
    let mut bar = ui.bar();
    let files = writing::write(&plan, &target, &mut bar)?;
    drop(bar);
    let Plan { directory, total, incomplete, .. } = plan;
    Ok(Export::Written { directory, files, total, incomplete, skipped })
}

fn ask(plan: &Plan, ui: &mut Ui) -> Result<(), Failure> {
    ui.say(plan.to_string().trim_end());
    let question = format!("write {} to {}?", count(plan.files.len(), "file"), plan.directory);
    if ui.confirm(&question, "use --yes")? {
        return Ok(());
    }
    Err(Failure::new(Status::Refused, "not confirmed; nothing was written"))
}

impl Report for Export {
    fn status(&self) -> Status {
        match self {
            Self::Refused { files, .. } => {
                gravest(files.iter().filter_map(Item::refusal)).unwrap_or(Status::Bug)
            }
            Self::Nothing { .. } => Status::NothingToDo,
            Self::Planned { .. } | Self::Written { .. } => Status::Done,
        }
    }

    fn hint(&self) -> Option<Hint> {
        match self {
            Self::Refused { unclean, .. } if !unclean.is_empty() => {
                super::hint("scrub", unclean, &[])
            }
            _ => None,
        }
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { files, .. } => {
                files.iter().try_for_each(|file| write!(f, "{file}"))?;
                writeln!(f, "nothing was written")
            }
            Self::Nothing { skipped } => {
                skips(f, skipped)?;
                writeln!(f, "no files")
            }
            Self::Planned { plan, skipped } => {
                skips(f, skipped)?;
                write!(f, "{plan}")?;
                writeln!(f, "nothing was written")
            }
            Self::Written { directory, files, total, skipped, .. } => {
                skips(f, skipped)?;
                let (n, total) = (count(files.len(), "file"), size(*total));
                writeln!(f, "{directory}: {n}, {total}")?;
                writeln!(f, "written, read back from the medium, every hash compared")
            }
        }
    }
}
