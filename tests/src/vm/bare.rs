//! A chip without a machine around it: what raw media are written on, in this process.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sd_fs::Sectors;

use super::chip::{Chip, Reply};
use super::fault::Refusal;

/// The kernel cuts long requests for a stick into pieces of about this many bytes.
const PIECE: usize = 64 << 10;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// A chip in the place of a device.
#[derive(Clone, Debug)]
pub struct Bare(Arc<Mutex<Chip>>);

impl Bare {
    /// Around this chip.
    pub fn of(chip: Chip) -> Self {
        Self(Arc::new(Mutex::new(chip)))
    }

    /// The chip.
    pub fn chip(&self) -> MutexGuard<'_, Chip> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answered(reply: Reply) -> io::Result<()> {
    match reply {
        Reply::Done(_) => Ok(()),
        Reply::Refused(Refusal::Broken) | Reply::Stuck => Err(io::Error::from_raw_os_error(EIO)),
        Reply::Refused(Refusal::Full) => Err(io::Error::from_raw_os_error(ENOSPC)),
    }
}

impl Sectors for Bare {
    type Reader = BareReader;

    fn size(&self) -> u64 {
        self.chip().size()
    }

    fn sector(&self) -> u32 {
        512
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        assert!(at.is_multiple_of(512) && bytes.len().is_multiple_of(512), "not whole sectors");
        for (n, piece) in bytes.chunks(PIECE).enumerate() {
            answered(self.chip().write(at + (n * PIECE) as u64, piece))?;
        }
        Ok(())
    }

    fn read_at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        for (n, piece) in bytes.chunks_mut(PIECE).enumerate() {
            answered(self.chip().read(at + (n * PIECE) as u64, piece))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        answered(self.chip().flush())
    }

    fn reader(&self) -> io::Result<BareReader> {
        Ok(BareReader { chip: self.clone(), at: 0 })
    }
}

/// Reads a chip from front to end.
#[derive(Debug)]
pub struct BareReader {
    chip: Bare,
    at: u64,
}

impl Read for BareReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.chip.size() - self.at).unwrap_or(usize::MAX);
        let n = into.len().min(left).min(PIECE);
        if n > 0 {
            answered(self.chip.chip().read(self.at, &mut into[..n]))?;
            self.at += n as u64;
        }
        Ok(n)
    }
}
