//! Large files under BLAKE3 alone: where nobody asks for a SHA-256, it would be most of the work.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use blake3::hazmat::{self, HasherExt as _, Mode};

use crate::copy::CopyError;
use crate::digest::Blake3;

/// What is hashed and handed on at once: it stays in the processor's cache.
const CHUNK: usize = 256 * 1024;

/// A file of which two hands are worth their start.
const LARGE: u64 = 16 << 20;

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

/// Size and hash of a file of at most `limit` bytes, whatever its position. Of a large one, two
/// hands take a part each: a BLAKE3 is a tree, and its two branches are joined at the end.
pub fn hash_file(file: &File, limit: u64) -> Result<(u64, Blake3), CopyError> {
    let size = file.metadata().map_err(CopyError::Read)?.len();
    if size > limit {
        return Err(CopyError::TooLong(limit));
    }
    if size < LARGE {
        return Ok((size, Blake3::from_hasher(&branch(file, 0, size)?)));
    }
    let middle = hazmat::left_subtree_len(size);
    let (left, right) = thread::scope(|scope| {
        let right = scope.spawn(|| branch(file, middle, size - middle));
        (branch(file, 0, middle), right.join())
    });
    let right = right.map_err(|_| CopyError::Read(io::Error::other("a reader panicked")))?;
    let (left, right) = (left?.finalize_non_root(), right?.finalize_non_root());
    Ok((size, Blake3::from_root(hazmat::merge_subtrees_root(&left, &right, Mode::Hash))))
}

/// How long it is waited for more of a file that grows.
const PAUSE: Duration = Duration::from_millis(2);

/// Size and hash of a file that somebody else puts more and more into, until the other end of
/// `growing` is dropped: then there is all of it. What was there once must stay as it is.
pub fn hash_growing(file: &File, growing: &Receiver<()>) -> Result<(u64, Blake3), CopyError> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; CHUNK];
    let mut size = 0;
    loop {
        // Asked before the reading, so that nothing is written behind its back.
        let grows = growing.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout);
        while let n @ 1.. = some_at(file, &mut buffer, size)? {
            hasher.update(&buffer[..n]);
            size += n as u64;
        }
        if !grows {
            return Ok((size, Blake3::from_hasher(&hasher)));
        }
    }
}

/// A branch of the tree: `length` bytes from `start`, all of which must be there.
fn branch(file: &File, start: u64, length: u64) -> Result<blake3::Hasher, CopyError> {
    let mut hasher = blake3::Hasher::new();
    hasher.set_input_offset(start);
    let mut buffer = vec![0; CHUNK];
    let (mut at, end) = (start, start + length);
    while at < end {
        let most = usize::try_from(end - at).map_or(CHUNK, |left| left.min(CHUNK));
        match some_at(file, &mut buffer[..most], at)? {
            0 => return Err(CopyError::Read(io::ErrorKind::UnexpectedEof.into())),
            n => {
                hasher.update(&buffer[..n]);
                at += n as u64;
            }
        }
    }
    Ok(hasher)
}

/// How many bytes were read from this place on; none at the end.
fn some_at(file: &File, buffer: &mut [u8], at: u64) -> Result<usize, CopyError> {
    loop {
        match file.read_at(buffer, at) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            read => return read.map_err(CopyError::Read),
        }
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
    fn a_file_that_grows_is_hashed_to_its_end() {
        let mut file = tempfile::tempfile().expect("a file");
        let reading = file.try_clone().expect("another hand");
        let bytes: Vec<u8> = (0..=250).cycle().take(5 * CHUNK + 3).collect();
        let (more, growing) = std::sync::mpsc::channel();
        let hashing = thread::spawn(move || hash_growing(&reading, &growing));
        for part in bytes.chunks(CHUNK / 2 + 1) {
            file.write_all(part).expect("written");
            thread::sleep(PAUSE);
        }
        drop(more);
        let done = hashing.join().expect("no panic").expect("read");
        assert_eq!(done, (bytes.len() as u64, Blake3::of(&bytes)));
    }

    #[test]
    fn a_file_is_hashed_whole_by_one_hand_or_two_and_one_byte_too_many_is_an_error() {
        for size in [0, 1, CHUNK as u64 + 1, LARGE - 1, LARGE, LARGE + 1, 2 * LARGE - 1025] {
            let mut file = tempfile::tempfile().expect("a file");
            let bytes: Vec<u8> =
                (0..=250).cycle().take(usize::try_from(size).expect("small")).collect();
            file.write_all(&bytes).expect("written");
            assert_eq!(hash_file(&file, size).expect("read"), (size, Blake3::of(&bytes)), "{size}");
            let longer = size.checked_sub(1).map(|limit| hash_file(&file, limit));
            assert!(longer.is_none_or(|r| matches!(r, Err(CopyError::TooLong(_)))), "{size}");
        }
    }
}
