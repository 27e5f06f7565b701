//! Large files under BLAKE3 alone: where nobody asks for a SHA-256, it would be most of the work.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write};

use crate::copy::CopyError;
use crate::digest::Blake3;

/// What is hashed and handed on at once: it stays in the processor's cache.
const CHUNK: usize = 256 * 1024;

/// Hashes what is written through it, and hands it on in large pieces.
#[derive(Debug)]
pub struct Hashed<W: Write> {
    to: W,
    hasher: blake3::Hasher,
    size: u64,
    waiting: Vec<u8>,
}

impl<W: Write> Hashed<W> {
    /// Hands on to `to`.
    pub fn new(to: W) -> Self {
        Self { to, hasher: blake3::Hasher::new(), size: 0, waiting: Vec::with_capacity(2 * CHUNK) }
    }

    /// Hands on the rest. Size and hash of everything that was written.
    pub fn finish(mut self) -> io::Result<(u64, Blake3)> {
        self.flush()?;
        Ok((self.size, Blake3::from_hasher(&self.hasher)))
    }

    fn hand_on(&mut self, bytes: &[u8]) -> io::Result<()> {
        bytes.chunks(CHUNK).try_for_each(|chunk| {
            self.hasher.update(chunk);
            self.size += chunk.len() as u64;
            self.to.write_all(chunk)
        })
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting.is_empty() && bytes.len() >= CHUNK {
            self.hand_on(bytes)?;
            return Ok(bytes.len());
        }
        let room = CHUNK.saturating_sub(self.waiting.len()).min(bytes.len());
        self.waiting.extend_from_slice(&bytes[..room]);
        if self.waiting.len() >= CHUNK {
            self.flush()?;
        }
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let done = self.hand_on(&waiting);
        waiting.clear();
        self.waiting = waiting;
        done
    }
}

/// Size and hash of a file of at most `limit` bytes, from its first.
pub fn hash_file(mut file: &File, limit: u64) -> Result<(u64, Blake3), CopyError> {
    file.rewind().map_err(CopyError::Read)?;
    let (mut hasher, mut size) = (blake3::Hasher::new(), 0u64);
    let mut buffer = vec![0; CHUNK];
    loop {
        let n = match file.read(&mut buffer) {
            Ok(0) => return Ok((size, Blake3::from_hasher(&hasher))),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(CopyError::Read(e)),
        };
        size += n as u64;
        if size > limit {
            return Err(CopyError::TooLong(limit));
        }
        hasher.update(&buffer[..n]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_what_went_in_and_what_was_hashed() {
        let bytes: Vec<u8> = (0..=250).cycle().take(3 * CHUNK + 7).collect();
        for piece in [1000, CHUNK - 1, CHUNK, 2 * CHUNK + 5] {
            let mut out = Vec::new();
            let mut hashed = Hashed::new(&mut out);
            bytes.chunks(piece).try_for_each(|part| hashed.write_all(part)).expect("memory");
            let done = hashed.finish().expect("memory");
            assert_eq!(done, (bytes.len() as u64, Blake3::of(&bytes)), "{piece}");
            assert!(out == bytes, "{piece}");
        }
    }

    #[test]
    fn a_file_is_hashed_whole_and_one_byte_too_many_is_an_error() {
        let mut file = tempfile::tempfile().expect("a file");
        let bytes = vec![7; CHUNK + 1];
        file.write_all(&bytes).expect("written");
        let size = bytes.len() as u64;
        assert_eq!(hash_file(&file, size).expect("read"), (size, Blake3::of(&bytes)));
        assert!(matches!(hash_file(&file, size - 1), Err(CopyError::TooLong(_))));
    }
}
