//! Ciphertexts on their way to disk.

#![expect(clippy::disallowed_methods, reason = "the files of a test server, in its own directory")]

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

/// A ciphertext on disk.
pub(super) struct Stored {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    /// 64 lower-case hex digits.
    pub(super) sha256: String,
}

/// A file that hashes what is written to it.
#[derive(Debug)]
pub(super) struct Hashed {
    path: PathBuf,
    file: File,
    hash: Sha256,
    size: u64,
}

impl Hashed {
    /// An empty file.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        let file = File::create(&path)?;
        Ok(Self { path, file, hash: Sha256::new(), size: 0 })
    }

    /// The facts about what was written.
    pub(super) fn finish(self) -> Stored {
        Stored { path: self.path, size: self.size, sha256: hex(&self.hash.finalize()) }
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('?');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
