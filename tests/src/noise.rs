//! Content that does not compress, for documents of any size.

use std::io::{self, Read};

/// Bytes that do not compress, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Noise {
    left: u64,
    state: u64,
}

impl Noise {
    /// So many bytes from this seed.
    pub fn new(size: u64, seed: u64) -> Self {
        Self { left: size, state: seed }
    }
}

impl Read for Noise {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        for b in &mut buf[..n] {
            self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *b = self.state.to_be_bytes()[0];
        }
        self.left -= n as u64;
        Ok(n)
    }
}
