//! What an export will be, before a byte of it is written.

use std::fmt;
use std::path::PathBuf;

use sd_fs::{Blake3, Dir, DirError, Escaped, SafeName, escape};
use sd_scrub::{Format, Limits};
use sd_term::{Failure, Status, Ui, count, size};
use serde::Serialize;

use crate::batch;
use crate::inputs::Source;
use crate::manifest::{MANIFEST, RESERVED, State};
use crate::names::{self, Unique};
use crate::report::Item;
use crate::worker;

/// Room one file may take beyond its bytes: the largest cluster of a stick's file system.
const CLUSTER: u64 = 128 << 10;

/// What may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carry {
    /// Clean copies only.
    OnlyClean,
    /// Also what is not clean, named as such.
    AsIs,
}

/// How files are named on the stick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// As they are named here, made safe.
    Own,
    /// `file-001.jpg` and so on.
    Neutral,
}

/// An export that could be written.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    /// The directory that will be made, escaped.
    pub(crate) directory: Escaped,
    /// Its last component.
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) files: Vec<Planned>,
    /// Bytes of all files.
    pub(crate) total: u64,
    /// Bytes free on the target.
    pub(crate) free: u64,
    /// Export directories without a manifest: writing them was interrupted.
    pub(crate) incomplete: Vec<String>,
    /// The one archive that all files go into, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archive: Option<SafeName>,
    /// Words that go along in the manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

/// One file of an export.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    /// The file here, escaped.
    pub(crate) source: Escaped,
    /// Its name there.
    pub(crate) name: SafeName,
    /// Bytes.
    pub(crate) size: u64,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) state: State,
    #[serde(skip)]
    pub(crate) input: Source,
    /// What it must still be when it is copied.
    #[serde(skip)]
    pub(crate) expected: Blake3,
}

/// A file that may leave.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) source: Source,
    name: String,
    pub(crate) size: u64,
    pub(crate) kind: String,
    pub(crate) format: Option<Format>,
    pub(crate) state: State,
    /// What it must still be when it leaves.
    pub(crate) expected: Blake3,
}

/// Files that may not leave; they keep all the others here.
#[derive(Debug)]
pub(crate) struct NotAdmitted {
    pub(crate) files: Vec<Item>,
    /// Those that cleaning could help.
    pub(crate) unclean: Vec<PathBuf>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// The target cannot be used.
    #[error(transparent)]
    Door(#[from] DirError),
    /// The files do not fit.
    #[error("{target}: {} needed, {} free", size(*needed), size(*free))]
    NoRoom {
        /// Where.
        target: Escaped,
        /// Bytes with everything beside the files.
        needed: u64,
        /// Bytes there are.
        free: u64,
    },
    /// All four-digit numbers and more are used up.
    #[error("{0}: no number is left for a new export directory")]
    NoNumber(Escaped),
}

impl From<PlanError> for Failure {
    fn from(e: PlanError) -> Self {
        match e {
            PlanError::Door(e) => e.into(),
            PlanError::NoRoom { .. } => Self::new(Status::NoSpace, e),
            PlanError::NoNumber(_) => Self::new(Status::Refused, e),
        }
    }
}

/// Decides about every file; one that may not leave keeps all of them here.
pub(crate) fn admit_all(
    sources: &[Source],
    carry: Carry,
    ui: &Ui,
) -> Result<Vec<Admitted>, NotAdmitted> {
    let limits = Limits::default();
    let judge = |s: &Source| admit(s, carry, &limits);
    let judged = batch::each(sources, "checking", &mut ui.bar(), judge);
    let (mut admitted, mut files, mut unclean) = (Vec::new(), Vec::new(), Vec::new());
    for (verdict, source) in judged.into_iter().zip(sources) {
        match verdict {
            Ok(file) => admitted.push(file),
            Err(item) => {
                if item.refusal() == Some(Status::NotClean) {
                    unclean.push(source.path().to_owned());
                }
                files.push(*item);
            }
        }
    }
    if files.is_empty() { Ok(admitted) } else { Err(NotAdmitted { files, unclean }) }
}

/// Decides about one file; a file that cannot leave comes back as a refused item.
fn admit(source: &Source, carry: Carry, limits: &Limits) -> Result<Admitted, Box<Item>> {
    let opened = source.open().map_err(|e| Box::new(Item::refused(source, None, e)))?;
    let size = opened.size;
    let refuse = |why: Failure| Box::new(Item::refused(source, Some(size), why));
    let (kind, format, clean) = match worker::check(&opened.file, limits) {
        Ok(checked) => (checked.format.to_string(), Some(checked.format), checked.clean),
        Err(e) if carry == Carry::AsIs && e.is_about_content() => (e.kind(), e.format(), None),
        Err(e) => return Err(refuse(e.into())),
    };
    let (state, expected) = match (clean, carry) {
        (Some(hash), _) => (State::Cleaned, hash),
        (None, Carry::AsIs) => (State::AsIs, source.digests().map_err(refuse)?.blake3),
        (None, Carry::OnlyClean) => {
            let why = format_args!("{kind}: not a clean copy: cleaning it would change it");
            return Err(refuse(Failure::new(Status::NotClean, why)));
        }
    };
    Ok(Admitted { source: source.clone(), name: opened.name, size, kind, format, state, expected })
}

/// How an export looks, whatever is in it.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) naming: Naming,
    /// All files in one archive.
    pub(crate) archive: bool,
    /// Words that go along.
    pub(crate) note: Option<String>,
}

/// Lays out an export of these files beneath `target`.
pub(crate) fn plan(files: Vec<Admitted>, target: &Dir, shape: &Shape) -> Result<Plan, PlanError> {
    let shown = |path: PathBuf| escape(path.as_os_str().as_encoded_bytes());
    let (name, incomplete) = next_directory(target)?;
    let mut unique = Unique::except(RESERVED);
    let files: Vec<Planned> = files
        .into_iter()
        .enumerate()
        .map(|(i, file)| {
            let name = unique.take(&file.name_there(i + 1, shape.naming));
            file.named(name)
        })
        .collect();
    let total = files.iter().map(|f| f.size).fold(0, u64::saturating_add);
    let beside = CLUSTER.saturating_mul(files.len() as u64 + 4);
    let (needed, free) = (total.saturating_add(beside), target.free_bytes()?);
    if needed > free {
        return Err(PlanError::NoRoom { target: shown(target.path().to_owned()), needed, free });
    }
    let directory = shown(target.path().join(&name));
    let archive = shape.archive.then(names::archive_name);
    Ok(Plan { directory, name, files, total, free, incomplete, archive, note: shape.note.clone() })
}

impl Admitted {
    fn name_there(&self, number: usize, naming: Naming) -> SafeName {
        let own = names::export_name(&self.name, self.format);
        match (naming, self.format) {
            (Naming::Own, _) => own,
            (Naming::Neutral, Some(format)) => names::neutral_name(number, format.extension()),
            (Naming::Neutral, None) => names::neutral_name(number, own.ending().unwrap_or("bin")),
        }
    }

    fn named(self, name: SafeName) -> Planned {
        let Self { source, size, kind, state, expected, .. } = self;
        Planned { source: source.shown(), name, size, kind, state, input: source, expected }
    }
}

/// The next free `export-NNNN`, and those that have no manifest.
fn next_directory(target: &Dir) -> Result<(String, Vec<String>), PlanError> {
    let (mut highest, mut incomplete) = (0, Vec::new());
    for entry in target.entries()? {
        let Some(number) = names::number_of("export-", &entry.name, entry.kind) else {
            continue;
        };
        highest = highest.max(number);
        // What cannot be looked into is not known to be whole.
        if !target.sub(&entry.name).and_then(|d| d.has(MANIFEST)).unwrap_or(false) {
            incomplete.push(entry.name);
        }
    }
    let shown = || escape(target.path().as_os_str().as_encoded_bytes());
    let next = highest.checked_add(1).ok_or_else(|| PlanError::NoNumber(shown()))?;
    Ok((format!("export-{next:04}"), incomplete))
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in &self.incomplete {
            writeln!(f, "{name}: incomplete, writing it was interrupted; do not use it")?;
        }
        match &self.archive {
            Some(archive) => writeln!(f, "to {}, all in {archive}", self.directory)?,
            None => writeln!(f, "to {}", self.directory)?,
        }
        if let Some(note) = &self.note {
            writeln!(f, "  with the note: {}", escape(note.as_bytes()))?;
        }
        for file in &self.files {
            write!(f, "{file}")?;
        }
        let (files, total) = (count(self.files.len(), "file"), size(self.total));
        writeln!(f, "{files}, {total}; {} free", size(self.free))
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, state, .. } = self;
        let state = state.words();
        writeln!(f, "  {name:36} {:>8}  {kind}, {state}", size(self.size))?;
        if self.input.name() == name.as_str().as_bytes() {
            return Ok(());
        }
        writeln!(f, "    from {}", self.source)
    }
}
