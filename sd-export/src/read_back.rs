//! Reading back what the medium holds, not what the system remembers of it.

use sd_fs::{CopyError, Digests, Dir, DirError, Progress, copy_bounded};

/// Why a file could not be read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadBackError {
    /// It could not be opened.
    #[error(transparent)]
    Door(#[from] DirError),
    /// The medium failed.
    #[error("reading back failed: {0}")]
    Read(#[from] CopyError),
}

/// Hashes a file that was written and flushed, from the medium.
pub(crate) fn read_back(
    dir: &Dir,
    name: &str,
    progress: &mut dyn Progress,
) -> Result<Digests, ReadBackError> {
    let mut medium = dir.read_medium(name)?;
    Ok(copy_bounded(&mut medium, &mut std::io::sink(), u64::MAX, progress)?)
}
