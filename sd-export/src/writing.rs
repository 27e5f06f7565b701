//! Writing an export: the files, their sums, everything read back, and the manifest last.
//!
//! ```text
//! mkdir export-NNNN --> files, sums, MANIFEST.txt --> fsync --> read back, every hash compared
//!      '--any error: removed again                                 '--> MANIFEST.json --> done
//! ```

use sd_fs::{Blake3, CopyError, Digests, Dir, DirError, Escaped, Kind, Progress, copy_bounded};
use sd_term::{Failure, Status};

use crate::archive;
use crate::inputs::InputError;
use crate::manifest::{Entry, MANIFEST, Manifest, State};
use crate::names;
use crate::plan::{Plan, Planned};
use crate::read_back::{ReadBackError, read_back};

/// An export that failed, and what is left of it.
#[derive(Debug, thiserror::Error)]
#[error("{cause}; {left}")]
pub(crate) struct WriteError {
    cause: Cause,
    left: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error(transparent)]
    Door(#[from] DirError),
    #[error("{0}: {1}")]
    Input(Escaped, InputError),
    #[error("{0}: it changed after it was checked")]
    Changed(Escaped),
    #[error("{0}: {1}")]
    Copy(Escaped, CopyError),
    #[error("{0}: {1}")]
    Write(Escaped, std::io::Error),
    #[error("{0}: {1}")]
    ReadBack(String, ReadBackError),
    #[error("{0}: what the medium holds is not what was written")]
    Different(String),
    #[error("the directory holds something that was not written")]
    Strangers,
    #[error("the manifest could not be put into words")]
    Words,
}

impl From<WriteError> for Failure {
    fn from(e: WriteError) -> Self {
        let message = e.to_string();
        let status = match e.cause {
            Cause::Door(e) => Self::from(e).status,
            Cause::Input(_, e) => Self::from(e).status,
            Cause::Copy(_, CopyError::Write(e)) | Cause::Write(_, e) if is_full(&e) => {
                Status::NoSpace
            }
            Cause::Copy(_, CopyError::Read(_) | CopyError::Write(_)) | Cause::Write(..) => {
                Status::FileError
            }
            Cause::Changed(_)
            | Cause::Copy(_, CopyError::TooLong(_))
            | Cause::ReadBack(..)
            | Cause::Different(_)
            | Cause::Strangers => Status::VerifyFailed,
            Cause::Words => Status::Bug,
        };
        Self::new(status, message)
    }
}

fn is_full(e: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded)
}

/// Writes what was planned. `Ok` means: on the medium, read back, every hash the same.
pub(crate) fn write(
    plan: &Plan,
    target: &Dir,
    progress: &mut dyn Progress,
) -> Result<Manifest, WriteError> {
    let nothing = |cause| WriteError { cause, left: "nothing was written".to_owned() };
    let dir = make_new(target, &plan.name).map_err(nothing)?;
    let written = fill(&dir, target, plan, progress);
    progress.end();
    written.map_err(|cause| WriteError { cause, left: take_away(target, &plan.name) })
}

/// Makes a directory that was not there, and that nobody has put anything into.
fn make_new(target: &Dir, name: &str) -> Result<Dir, Cause> {
    let dir = names::make_new(target, name)?;
    if dir.entries()?.is_empty() { Ok(dir) } else { Err(Cause::Strangers) }
}

/// A part of an export is no export: what was written goes away again.
fn take_away(target: &Dir, name: &str) -> String {
    match target.remove_tree(name, 0).and_then(|()| target.sync()) {
        Ok(()) => format!("{name} was removed again"),
        Err(_) => format!("{name} is incomplete and could not be removed: do not use it"),
    }
}

fn fill(
    dir: &Dir,
    target: &Dir,
    plan: &Plan,
    progress: &mut dyn Progress,
) -> Result<Manifest, Cause> {
    progress.begin("writing", Some(plan.total));
    let manifest = write_files(dir, plan, progress)?;
    let files = &manifest.files;
    let beside = manifest.beside();
    for (name, text) in &beside {
        dir.write_new(name, text.as_bytes())?;
    }
    target.sync()?;
    dir.sync_filesystem()?;
    progress.begin("reading back", Some(manifest.total()));
    for entry in files {
        let found = back(dir, entry.name.as_str(), progress)?;
        same(entry.name.as_str(), entry.is(&found))?;
    }
    for (name, text) in &beside {
        held(dir, name, text.as_bytes(), progress)?;
    }
    only_ours(dir, &manifest, beside.len())?;
    let bytes = manifest.to_json().map_err(|_| Cause::Words)?;
    dir.write_new(MANIFEST, &bytes)?;
    held(dir, MANIFEST, &bytes, progress)?;
    Ok(manifest)
}

/// The files themselves, or the one archive of them.
fn write_files(dir: &Dir, plan: &Plan, progress: &mut dyn Progress) -> Result<Manifest, Cause> {
    let note = plan.note.clone();
    let Some(name) = &plan.archive else {
        let copied = plan.files.iter().map(|f| copy_in(dir, f, progress));
        return Ok(Manifest::new(copied.collect::<Result<_, _>>()?, Vec::new(), note));
    };
    let archived = archive::pack(dir, name, &plan.files, progress)?;
    let as_is = archived.members.iter().any(|m| m.state == State::AsIs);
    let whole = Entry {
        name: name.clone(),
        size: archived.archive.size,
        sha256: archived.archive.sha256,
        blake3: archived.archive.blake3,
        kind: "tar archive, compressed with zstd".to_owned(),
        state: if as_is { State::AsIs } else { State::Cleaned },
    };
    Ok(Manifest::new(vec![whole], archived.members, note))
}

/// Copies one file, hashing on the way; it gets its name only if it is what was checked.
fn copy_in(dir: &Dir, file: &Planned, progress: &mut dyn Progress) -> Result<Entry, Cause> {
    let shown = || file.source.clone();
    let mut opened = file.input.open().map_err(|e| Cause::Input(shown(), e))?;
    let mut copy = dir.new_file()?;
    let found =
        copy_bounded(&mut opened.file, &mut copy, file.size, progress).map_err(|e| match e {
            CopyError::TooLong(_) => Cause::Changed(shown()),
            e => Cause::Copy(shown(), e),
        })?;
    let entry = entry(file, &found)?;
    copy.commit(file.name.as_str())?;
    Ok(entry)
}

/// What the manifest says of a file, if its bytes are still those that were checked.
pub(crate) fn entry(file: &Planned, found: &Digests) -> Result<Entry, Cause> {
    if found.size != file.size || file.expected != found.blake3 {
        return Err(Cause::Changed(file.source.clone()));
    }
    Ok(Entry {
        name: file.name.clone(),
        size: found.size,
        sha256: found.sha256,
        blake3: found.blake3,
        kind: file.kind.clone(),
        state: file.state,
    })
}

fn back(dir: &Dir, name: &str, progress: &mut dyn Progress) -> Result<Digests, Cause> {
    read_back(dir, name, progress).map_err(|e| Cause::ReadBack(name.to_owned(), e))
}

fn same(name: &str, is: bool) -> Result<(), Cause> {
    if is { Ok(()) } else { Err(Cause::Different(name.to_owned())) }
}

/// Whether the medium holds exactly these bytes under this name.
fn held(dir: &Dir, name: &str, bytes: &[u8], progress: &mut dyn Progress) -> Result<(), Cause> {
    let found = back(dir, name, progress)?;
    same(name, found.size == bytes.len() as u64 && found.blake3 == Blake3::of(bytes))
}

/// Only files that stand in the manifest, and those beside it, leave the station.
fn only_ours(dir: &Dir, manifest: &Manifest, beside: usize) -> Result<(), Cause> {
    let found = dir.entries()?;
    let all = found.iter().all(|f| f.kind == Kind::File && manifest.knows(&f.name));
    if all && found.len() == manifest.files.len() + beside { Ok(()) } else { Err(Cause::Strangers) }
}

#[cfg(test)]
mod tests;
