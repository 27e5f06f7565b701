//! A bundle on a bare device: no file system, and every byte has an owner.
//!
//! ```text
//! 0          1 MiB          length                    size - 1 MiB   size
//! |-- pad ---|-- bundle ----|-- tail: a seeded stream -|--- zeros ----|
//! ```
//! The seed is in the sealed manifest, so only the two stations can tell what the tail must be,
//! and neither an older bundle nor anything else can stand in it unnoticed. The zeros at the end
//! keep tables away that are looked for there.

mod compare;
mod look;
mod tail;

use std::io::{self, Read, Write};

use sd_fs::{Progress, Sectors, write_through};

use crate::item::Item;
use crate::manifest::Manifest;
use crate::writer::{WriteError, write_bundle};

pub use compare::{CompareError, compare};
pub use look::{RawHead, look, write_label};
pub(crate) use tail::{LAST, Tail, expect_zeros as expect_last};

/// Bytes of a device that are not for the bundle, whatever its length.
pub const RAW_RESERVE: u64 = LAST;

/// Why a bundle was not written on a device.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    /// An item, or the making of the bundle, is to blame.
    #[error(transparent)]
    Bundle(#[from] WriteError),
    /// It does not fit.
    #[error("the bundle does not fit on the stick")]
    TooSmall,
    /// The device failed.
    #[error("writing on the stick failed at offset {at}: {source}")]
    Device {
        /// Bytes from the beginning of the device.
        at: u64,
        /// What the system said.
        source: io::Error,
    },
}

/// Fills a device from its first byte to its last with a bundle, its tail and zeros, and flushes
/// it. Nothing is read back: that is [`compare`].
pub fn write_raw<S: Sectors + Send, R: Read>(
    device: &mut S,
    manifest: &Manifest,
    sealed: &[u8],
    open: impl FnMut(&Item) -> io::Result<R>,
    progress: &mut dyn Progress,
) -> Result<(), RawError> {
    let size = device.size();
    let mut counted = Counted { progress, written: 0 };
    let filled = write_through(device, |out| {
        let mut out = io::BufWriter::with_capacity(1 << 20, out);
        let length = write_bundle(&mut out, manifest, sealed, open, &mut counted)?;
        let mut tail = Tail::of(manifest)?;
        let seeded = size.checked_sub(LAST + length).ok_or(RawError::TooSmall)?;
        tail.write(&mut out, seeded, &mut counted).map_err(WriteError::Write)?;
        tail::write_zeros(&mut out, LAST, &mut counted).map_err(WriteError::Write)?;
        out.flush().map_err(WriteError::Write)?;
        Ok::<_, RawError>(())
    });
    filled.map_err(|(at, source)| RawError::Device { at, source })??;
    device.flush().map_err(|source| RawError::Device { at: counted.written, source })
}

/// Progress, and how far it went.
struct Counted<'a> {
    progress: &'a mut dyn Progress,
    written: u64,
}

impl Progress for Counted<'_> {
    fn begin(&mut self, step: &str, total: Option<u64>) {
        self.progress.begin(step, total);
    }

    fn advance(&mut self, bytes: u64) {
        self.written += bytes;
        self.progress.advance(bytes);
    }

    fn end(&mut self) {
        self.progress.end();
    }
}
