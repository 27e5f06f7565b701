//! Reading what the medium holds, not what the system remembers of it.
//!
//! ```text
//! fsync --> drop the file's pages --> open anew --> O_DIRECT reads into aligned memory
//! ```
//! A plain read after a write is answered from memory, and so verifies nothing.

use std::fs::File;
use std::io::{self, Read};

use rustix::fs::{Advice, OFlags};

use crate::aligned::Aligned;

/// One read; a multiple of every sector size.
const CHUNK: usize = 1 << 20;

/// A reader that goes past the page cache where the file system lets it.
///
/// Where it does not (tmpfs), dropping the file's pages beforehand is all there is.
#[derive(Debug)]
pub struct MediumReader {
    file: File,
    direct: bool,
    memory: Aligned,
    /// What was read and not yet handed on.
    ready: std::ops::Range<usize>,
    /// Bytes of the file not read yet: behind an odd end no direct read is possible.
    left: u64,
}

impl MediumReader {
    /// Takes a file that was flushed and is open at its first byte, opened for this alone.
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let left = file.metadata()?.len();
        Ok(Self::of_size(file, left))
    }

    /// The same for a file, or a device, that holds so many bytes.
    pub(crate) fn of_size(file: File, left: u64) -> Self {
        // Only advice: a page that somebody maps stays. The reads below do not rely on it.
        let _ = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
        let direct = rustix::fs::fcntl_setfl(&file, OFlags::DIRECT).is_ok();
        Self { file, direct, memory: Aligned::new(CHUNK), ready: 0..0, left }
    }

    /// Bytes of the whole file that were not handed on yet.
    pub fn remaining(&self) -> u64 {
        self.left + self.ready.len() as u64
    }

    fn fill(&mut self) -> io::Result<()> {
        let buffer: &mut [u8] = &mut self.memory;
        let n = match self.file.read(buffer) {
            Err(e) if e.kind() == io::ErrorKind::InvalidInput && self.direct => {
                // A sector size that our alignment does not fit: the plain read must do.
                self.direct = false;
                rustix::fs::fcntl_setfl(&self.file, OFlags::empty())?;
                self.file.read(buffer)?
            }
            other => other?,
        };
        self.ready = 0..n;
        self.left = if n == 0 { 0 } else { self.left.saturating_sub(n as u64) };
        Ok(())
    }
}

impl Read for MediumReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() && self.left > 0 {
            self.fill()?;
        }
        let n = self.ready.len().min(buf.len());
        let from = self.ready.start;
        buf[..n].copy_from_slice(&self.memory[from..from + n]);
        self.ready.start += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Blake3, Dir};

    use super::*;

    #[test]
    fn every_length_is_read_to_its_end() {
        let tmp = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("a directory on a disk");
        let dir = Dir::open(tmp.path()).expect("it opens");
        for length in [0, 1, 511, 512, 4096, 4097, CHUNK, CHUNK + 1, 3 * CHUNK - 5] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let mut file = dir.new_file().expect("made");
            file.write_all(&bytes).expect("written");
            let mut reader = file.read_back().expect("opened anew");
            assert_eq!(reader.remaining(), length as u64);
            let mut read = Vec::new();
            reader.read_to_end(&mut read).expect("read");
            assert!(Blake3::of(&read) == Blake3::of(&bytes), "{length}");
            dir.write_new(&length.to_string(), &bytes).expect("written");
            let named = dir.read_medium(&length.to_string()).expect("opened");
            assert_eq!(named.remaining(), length as u64);
        }
    }
}
