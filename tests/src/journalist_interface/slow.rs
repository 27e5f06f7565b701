//! A wire that is no faster than a circuit through Tor.

use std::io::{self, Write};
use std::time::Duration;

/// Pieces a second: often enough to look steady.
const PIECES: u64 = 20;

/// A writer that gives out only so many bytes a second.
pub(super) struct Slowly<W> {
    inner: W,
    piece: usize,
}

impl<W: Write> Slowly<W> {
    /// At `rate` bytes a second.
    pub(super) fn new(inner: W, rate: u64) -> Self {
        let piece = usize::try_from(rate / PIECES).unwrap_or(usize::MAX).max(1);
        Self { inner, piece }
    }
}

impl<W: Write> Write for Slowly<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(self.piece)];
        self.inner.write_all(piece)?;
        // A head alone takes no time.
        if piece.len() == self.piece {
            std::thread::sleep(Duration::from_millis(1000 / PIECES));
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
