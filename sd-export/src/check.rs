//! Whether an export is what its manifest says: after it was written, and where it arrived.
//!
//! ```text
//! MANIFEST.json --> every file read past the cache, size and hashes compared
//!                   SHA256SUMS, B3SUMS, MANIFEST.txt the same as they must be; nothing else there
//! ```

use sd_fs::{Blake3, Dir, DirError, Escaped, Kind, Progress, escape};
use sd_term::{Failure, Status};

use crate::manifest::{MANIFEST, MAX_MANIFEST, Manifest};
use crate::read_back::{ReadBackError, read_back};

/// Why an export is not what it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    /// Writing it was not finished, or it is something else.
    #[error("no MANIFEST.json: writing it was interrupted, or it is no export")]
    NoManifest,
    /// The manifest is not one of ours.
    #[error("MANIFEST.json is not the manifest of an export")]
    Manifest,
    /// A file of the manifest is not there.
    #[error("{0} is missing")]
    Missing(Escaped),
    /// A file has other bytes.
    #[error("{0} is not what was written: its bytes have changed")]
    Different(Escaped),
    /// Something else lies there.
    #[error("{0} does not belong to the export")]
    Stranger(Escaped),
    /// It could not be read.
    #[error("{0}: {1}")]
    Read(Escaped, ReadBackError),
    /// It could not be opened.
    #[error(transparent)]
    Door(#[from] DirError),
}

impl From<CheckError> for Failure {
    fn from(e: CheckError) -> Self {
        match e {
            CheckError::Door(e) => e.into(),
            CheckError::Read(..) => Self::new(Status::FileError, e),
            CheckError::NoManifest
            | CheckError::Manifest
            | CheckError::Missing(_)
            | CheckError::Different(_)
            | CheckError::Stranger(_) => Self::new(Status::VerifyFailed, e),
        }
    }
}

/// Checks every byte of an export.
pub(crate) fn check(dir: &Dir, progress: &mut dyn Progress) -> Result<Manifest, CheckError> {
    let bytes = match dir.read_small(MANIFEST, MAX_MANIFEST) {
        Err(e) if e.is_not_found() => return Err(CheckError::NoManifest),
        read => read?,
    };
    let manifest = Manifest::parse(&bytes).ok_or(CheckError::Manifest)?;
    only_ours(dir, &manifest)?;
    progress.begin("checking", Some(manifest.total()));
    for file in &manifest.files {
        let name = file.name.as_str();
        let found = back(dir, name, progress)?;
        if !file.is(&found) {
            return Err(CheckError::Different(escape(name.as_bytes())));
        }
    }
    for (name, text) in manifest.beside() {
        if back(dir, name, progress)?.blake3 != Blake3::of(text.as_bytes()) {
            return Err(CheckError::Different(escape(name.as_bytes())));
        }
    }
    progress.end();
    Ok(manifest)
}

fn back(dir: &Dir, name: &str, progress: &mut dyn Progress) -> Result<sd_fs::Digests, CheckError> {
    read_back(dir, name, progress).map_err(|e| match e {
        ReadBackError::Door(e) if e.is_not_found() => CheckError::Missing(escape(name.as_bytes())),
        e => CheckError::Read(escape(name.as_bytes()), e),
    })
}

fn only_ours(dir: &Dir, manifest: &Manifest) -> Result<(), CheckError> {
    let ours = |e: &&sd_fs::Entry| e.kind == Kind::File && manifest.knows(&e.name);
    match dir.entries()?.iter().find(|e| !ours(e)) {
        Some(stranger) => Err(CheckError::Stranger(escape(stranger.name.as_bytes()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
