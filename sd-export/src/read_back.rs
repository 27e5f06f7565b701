//! Reading what the medium holds, not what the system remembers of it.
//!
//! ```text
//! fsync --> drop the file's pages --> open anew --> read past the cache where that is possible
//! ```

use std::fs::File;
use std::io::{self, Read as _, Seek as _};

use rustix::fs::{Advice, OFlags};
use sd_fs::{Digests, Dir, DirError, Hasher, Progress};

/// One read; a multiple of every sector size.
const CHUNK: usize = 1 << 20;

/// What direct reads want their memory aligned to: at least the sector size.
const ALIGN: usize = 4096;

/// Why a file could not be read back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadBackError {
    /// It could not be opened.
    #[error(transparent)]
    Door(#[from] DirError),
    /// The medium failed.
    #[error("reading back failed: {0}")]
    Read(#[from] io::Error),
}

/// Hashes a file that was written and flushed, from the medium.
pub(crate) fn read_back(
    dir: &Dir,
    name: &str,
    progress: &mut dyn Progress,
) -> Result<Digests, ReadBackError> {
    let mut file = dir.open_file(name)?;
    let size = file.metadata()?.len();
    // Dropping pages is only advice, so the reads go past the cache as well. A file system
    // that has no such reads (tmpfs) says so, and then the advice is all there is.
    let _ = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    if rustix::fs::fcntl_setfl(&file, OFlags::DIRECT).is_ok() {
        if let Ok(digests) = digest(&file, size, progress) {
            return Ok(digests);
        }
        // An odd sector size, or a medium that fails: the plain read tells which.
        rustix::fs::fcntl_setfl(&file, OFlags::empty()).map_err(io::Error::from)?;
        file.rewind()?;
    }
    Ok(digest(&file, size, progress)?)
}

/// Reads `size` bytes and stops: behind an odd end no direct read is possible.
fn digest(mut file: &File, size: u64, progress: &mut dyn Progress) -> io::Result<Digests> {
    let mut memory = vec![0; CHUNK + ALIGN];
    let start = memory.as_ptr().align_offset(ALIGN).min(ALIGN);
    let buffer = &mut memory[start..start + CHUNK];
    let (mut hasher, mut left) = (Hasher::new(), size);
    while left > 0 {
        let n = match file.read(buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        hasher.update(&buffer[..n]);
        progress.advance(n as u64);
        left = left.saturating_sub(n as u64);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use sd_fs::{Blake3, Quiet};

    use super::*;

    #[test]
    fn every_length_is_read_to_its_end() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        for length in [0, 1, 511, 512, 4096, 4097, CHUNK, CHUNK + 1, 3 * CHUNK - 5] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let name = length.to_string();
            dir.write_new(&name, &bytes).expect("written");
            let found = read_back(&dir, &name, &mut Quiet).expect("read");
            assert_eq!(
                (found.size, found.blake3),
                (length as u64, Blake3::of(&bytes)),
                "{name}"
            );
        }
    }
}
