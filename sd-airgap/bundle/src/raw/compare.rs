//! Whether a device holds what was written on it, to the last bit.
//!
//! What was written can be made again: from the manifest, its sealed form and the ciphertexts
//! that are still in the inbox. So a difference has an exact offset, except in a member whose
//! ciphertext is gone, where its hash must do.

use std::io::{self, Read, Write};

use sd_fs::{Blake3, Progress};

use super::tail::{LAST, Tail, write_zeros};
use crate::item::Item;
use crate::layout::{BLOCK, END, Region, occupied, padded};
use crate::manifest::Manifest;
use crate::writer::{front, tar_header};

/// Bytes compared at a time.
const CHUNK: usize = 1 << 18;

/// Why a device was not found to be as it was written.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A byte is another. The offset is that of the first, in bytes from the beginning of the
    /// device, where it can be told.
    #[error("other bytes than were written in the {region}{}", at(*.offset))]
    Differs {
        /// Where it lies.
        region: Region,
        /// The first byte that differs.
        offset: Option<u64>,
    },
    /// The device is not the size it was.
    #[error("the stick has {actual} bytes and had {expected}")]
    Size {
        /// Now.
        actual: u64,
        /// Then.
        expected: u64,
    },
    /// The device failed, or ended early.
    #[error("reading failed in the {region} at offset {offset}: {source}")]
    Read {
        /// Where.
        region: Region,
        /// Bytes from the beginning.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The ciphertext in the inbox failed, or is not what it was.
    #[error("the inbox cannot be compared with: {0}")]
    Inbox(io::Error),
}

fn at(offset: Option<u64>) -> String {
    offset.map(|o| format!(", at offset {o}")).unwrap_or_default()
}

/// Reads a device of `size` bytes from front to end, each byte once, and compares it with what
/// [`write_raw`](super::write_raw) wrote. `open` gives the ciphertexts that are still here.
pub fn compare<R: Read>(
    device: impl Read,
    size: u64,
    manifest: &Manifest,
    sealed: &[u8],
    mut open: impl FnMut(&Item) -> io::Result<Option<R>>,
    progress: &mut dyn Progress,
) -> Result<(), CompareError> {
    let mut comparing =
        Comparing { device, offset: 0, region: Region::Pad, failure: None, buffer: Vec::new() };
    let done = walk(&mut comparing, size, manifest, sealed, &mut open, progress);
    match (done, comparing.failure.take()) {
        (Ok(()), None) => Ok(()),
        (_, Some(failure)) => Err(failure),
        (Err(e), None) => Err(CompareError::Inbox(e)),
    }
}

fn walk<D: Read, R: Read>(
    to: &mut Comparing<D>,
    size: u64,
    manifest: &Manifest,
    sealed: &[u8],
    open: &mut impl FnMut(&Item) -> io::Result<Option<R>>,
    progress: &mut dyn Progress,
) -> io::Result<()> {
    for (region, bytes) in front(manifest, sealed) {
        to.region = region;
        to.write_all(&bytes)?;
        progress.advance(bytes.len() as u64);
    }
    for member in &manifest.members {
        to.region = Region::Member(member.name.clone());
        let size = member.item.size;
        to.write_all(tar_header(&member.name, size).as_bytes())?;
        match open(&member.item)? {
            Some(ciphertext) => to.same(ciphertext, size)?,
            None => to.hashed(size, &member.item.blake3)?,
        }
        to.write_all(&vec![0; usize::try_from(padded(size) - size).unwrap_or_default()])?;
        progress.advance(occupied(size));
    }
    to.region = Region::End;
    to.write_all(&[0; 2 * BLOCK])?;
    progress.advance(END);
    to.region = Region::Tail;
    let seeded = size.saturating_sub(LAST + to.offset);
    let mut tail = Tail::of(manifest).map_err(io::Error::other)?;
    tail.write(to, seeded, progress)?;
    write_zeros(to, LAST, progress)
}

/// Takes what should be there, and reads what is there.
struct Comparing<D> {
    device: D,
    offset: u64,
    region: Region,
    failure: Option<CompareError>,
    buffer: Vec<u8>,
}

impl<D: Read> Comparing<D> {
    /// A member, byte for byte.
    fn same(&mut self, mut ciphertext: impl Read, size: u64) -> io::Result<()> {
        let mut wanted = vec![0; CHUNK];
        let mut left = size;
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
            ciphertext.read_exact(&mut wanted[..n])?;
            self.write_all(&wanted[..n])?;
            left -= n as u64;
        }
        Ok(())
    }

    /// A member whose ciphertext is gone, by its hash.
    fn hashed(&mut self, size: u64, wanted: &Blake3) -> io::Result<()> {
        let mut hasher = blake3::Hasher::new();
        let mut left = size;
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
            self.read(n)?;
            hasher.update(&self.buffer[..n]);
            left -= n as u64;
        }
        if hasher.finalize().as_bytes() == wanted.as_bytes() {
            return Ok(());
        }
        self.fail(|region| CompareError::Differs { region, offset: None })
    }

    /// The next bytes of the device.
    fn read(&mut self, n: usize) -> io::Result<()> {
        self.buffer.resize(n.max(self.buffer.len()), 0);
        let offset = self.offset;
        match self.device.read_exact(&mut self.buffer[..n]) {
            Ok(()) => {
                self.offset += n as u64;
                Ok(())
            }
            Err(source) => self.fail(|region| CompareError::Read { region, offset, source }),
        }
    }

    fn fail(&mut self, why: impl FnOnce(Region) -> CompareError) -> io::Result<()> {
        self.failure = Some(why(self.region.clone()));
        Err(io::ErrorKind::InvalidData.into())
    }
}

impl<D: Read> Write for Comparing<D> {
    fn write(&mut self, wanted: &[u8]) -> io::Result<usize> {
        let start = self.offset;
        self.read(wanted.len())?;
        // Slices are compared many bytes at a time; only a difference is looked for byte by byte.
        if self.buffer[..wanted.len()] == *wanted {
            return Ok(wanted.len());
        }
        match self.buffer.iter().zip(wanted).position(|(is, should)| is != should) {
            None => Ok(wanted.len()),
            Some(n) => {
                let offset = Some(start + n as u64);
                self.fail(|region| CompareError::Differs { region, offset }).map(|()| 0)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
