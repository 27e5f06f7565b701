//! `sd-export write`.

use std::fmt;
use std::path::PathBuf;

use sd_bundle::{Home, Way};
use sd_fs::Escaped;
use sd_stick::LetGo;
use sd_term::{Consent, Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use super::stick::StickArgs;
use super::{GateArgs, skips};
use crate::inputs::gather;
use crate::journal::Journal;
use crate::manifest::{Manifest, State};
use crate::plan::{self, Carry, Naming, NotAdmitted, Plan, Shape};
use crate::report::{Item, gravest};
use crate::target::{Place, Target};
use crate::writing;

/// Write clean copies onto an Export Device, and read them back.
///
/// Takes only files that cleaning would not change any more. Without --to the Export Device that
/// is plugged in is unlocked (LUKS or VeraCrypt), written, mounted anew, read back, locked and
/// switched off. Makes a new directory export-NNNN with the files, SHA256SUMS, B3SUMS,
/// MANIFEST.txt and, when every byte was read back and compared, MANIFEST.json. A directory
/// without MANIFEST.json is no export. File names leave with the files: see --neutral-names.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags; `request` makes choices of them")]
pub(crate) struct Args {
    /// Files; of a directory, every regular file in it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Into this directory, which must be there, instead of onto a stick.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["device", "stick_passphrase_fd", "pim"])]
    to: Option<PathBuf>,
    #[command(flatten)]
    stick: StickArgs,
    /// Name the files file-001.jpg and so on.
    #[arg(long)]
    neutral_names: bool,
    /// Put all files into one archive, files.tar.zst.
    #[arg(long)]
    archive: bool,
    /// Words to carry along in the manifest, such as whose documents these are. Nothing of the
    /// kind leaves otherwise.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Take files that are not clean too; the manifest names them as such.
    #[arg(long)]
    as_is: bool,
    /// Show what would be written, and stop.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Do not ask whoever has just typed the stick's passphrase.
    #[arg(long, hide = true)]
    passphrase_agrees: bool,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Request {
    files: Vec<PathBuf>,
    place: Place,
    shape: Shape,
    carry: Carry,
    consent: Consent,
    passphrase_agrees: bool,
}

impl Args {
    pub(super) fn request(self) -> Request {
        Request {
            files: self.files,
            place: self.to.map_or_else(|| Place::Stick(self.stick.wanted()), Place::Directory),
            shape: Shape {
                naming: if self.neutral_names { Naming::Neutral } else { Naming::Own },
                archive: self.archive,
                note: self.note,
            },
            carry: if self.as_is { Carry::AsIs } else { Carry::OnlyClean },
            consent: Consent::of(self.dry_run, self.yes),
            passphrase_agrees: self.passphrase_agrees,
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
        #[serde(flatten)]
        manifest: Manifest,
        incomplete: Vec<String>,
        skipped: Vec<Escaped>,
        /// How the stick was left.
        #[serde(skip_serializing_if = "Option::is_none")]
        stick: Option<LetGo>,
    },
}

pub(super) fn run(request: &Request, home: &Home, ui: &mut Ui) -> Result<Export, Failure> {
    let journal = Journal::open(home)?;
    let inputs = gather(&request.files);
    let skipped = inputs.skipped;
    if inputs.sources.is_empty() {
        return Ok(Export::Nothing { skipped });
    }
    let target = Target::open(&request.place, ui)?;
    let files = match plan::admit_all(&inputs.sources, request.carry, ui) {
        Ok(files) => files,
        Err(NotAdmitted { files, unclean }) => return Ok(Export::Refused { files, unclean }),
    };
    let plan = plan::plan(files, &target.dir()?, &request.shape)?;
    let question = format!("write {} to {}?", count(plan.files.len(), "file"), plan.directory);
    let agreed = request.passphrase_agrees && target.was_unlocked_by_hand();
    let consent = if agreed { Consent::Given } else { request.consent };
    if !consent.given(&plan, &question, "nothing was written", ui)? {
        return Ok(Export::Planned { plan, skipped });
    }
    let files = plan.files.iter().map(|f| (f.input.path(), f.expected, f.state == State::AsIs));
    let departure = journal.leaving(Way::Export, files)?;
    departure.ended(carry_out(plan, target, skipped, ui))
}

/// Everything is agreed to: from here on bytes leave.
fn carry_out(
    plan: Plan,
    mut target: Target,
    skipped: Vec<Escaped>,
    ui: &mut Ui,
) -> Result<Export, Failure> {
    target.make_writable()?;
    let mut bar = ui.bar();
    let manifest = writing::write(&plan, &target.dir()?, &mut bar)?;
    target.seal(&plan.name, &mut bar)?;
    drop(bar);
    let Plan { directory, incomplete, .. } = plan;
    Ok(Export::Written { directory, manifest, incomplete, skipped, stick: target.let_go() })
}

impl Report for Export {
    fn status(&self) -> Status {
        match self {
            Self::Refused { files, .. } => {
                gravest(files.iter().filter_map(Item::refusal)).unwrap_or(Status::Bug)
            }
            Self::Nothing { .. } => Status::NothingToDo,
            Self::Written { stick: Some(stick), .. } if !stick.is_safe() => Status::StickBusy,
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
            Self::Written { directory, manifest, skipped, stick, .. } => {
                skips(f, skipped)?;
                let (files, total) = (manifest.count(), size(manifest.total()));
                writeln!(f, "{directory}: {}, {total}", count(files, "file"))?;
                writeln!(f, "written, read back from the medium, every hash compared")?;
                match stick {
                    Some(stick) => write!(f, "{stick}"),
                    None => Ok(()),
                }
            }
        }
    }
}
