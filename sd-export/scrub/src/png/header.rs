//! The header, and what it allows the other chunks to be.

use super::chunks::Chunk;
use crate::bytes::be32;
use crate::{Limits, Refusal};

/// The fields of the IHDR chunk, checked.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) depth: u8,
    pub(super) kind: u8,
    pub(super) interlaced: bool,
}

impl Header {
    pub(super) fn read(chunk: &Chunk<'_>, limits: &Limits) -> Result<Self, Refusal> {
        let bad = || Refusal::malformed("header chunk");
        if chunk.kind != *b"IHDR" {
            return Err(bad());
        }
        chunk.verify()?;
        let [.., depth, kind, 0, 0, interlace @ 0..=1] = *chunk.body else {
            return Err(bad());
        };
        if chunk.body.len() != 13 {
            return Err(bad());
        }
        let width = be32(chunk.body, 0).ok_or_else(bad)?;
        let height = be32(chunk.body, 4).ok_or_else(bad)?;
        let depth_fits = match kind {
            0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
            3 => matches!(depth, 1 | 2 | 4 | 8),
            2 | 4 | 6 => matches!(depth, 8 | 16),
            _ => false,
        };
        if !depth_fits || width == 0 || height == 0 || width >> 31 == 1 || height >> 31 == 1 {
            return Err(bad());
        }
        limits.admit_pixels(width, height, 1)?;
        Ok(Self { width, height, depth, kind, interlaced: interlace == 1 })
    }

    /// The chunk's body.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = self.width.to_be_bytes().to_vec();
        out.extend_from_slice(&self.height.to_be_bytes());
        out.extend_from_slice(&[self.depth, self.kind, 0, 0, u8::from(self.interlaced)]);
        out
    }

    pub(super) fn has_palette(&self) -> bool {
        self.kind == 3
    }

    pub(super) fn is_gray(&self) -> bool {
        matches!(self.kind, 0 | 4)
    }

    /// Samples in one pixel.
    pub(super) fn channels(&self) -> u32 {
        match self.kind {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        }
    }

    /// Bits in one pixel.
    pub(super) fn pixel_bits(&self) -> u32 {
        self.channels() * u32::from(self.depth)
    }

    pub(super) fn admits_transparency(&self, len: usize, entries: usize) -> bool {
        match self.kind {
            0 => len == 2,
            2 => len == 6,
            3 => (1..=entries).contains(&len),
            _ => false,
        }
    }

    pub(super) fn admits_background(&self, body: &[u8]) -> bool {
        match self.kind {
            3 => body.len() == 1,
            0 | 4 => body.len() == 2,
            _ => body.len() == 6,
        }
    }

    /// Whether a small colour chunk has the length and range its kind asks for.
    pub(super) fn admits_colour(&self, chunk: &Chunk<'_>) -> bool {
        let body = chunk.body;
        match &chunk.kind {
            b"gAMA" => body.len() == 4,
            b"cHRM" => body.len() == 32,
            b"sRGB" => matches!(body, [0..=3]),
            b"cICP" => matches!(body, [_, _, 0, 0..=1]),
            b"sBIT" => {
                let channels = match self.kind {
                    0 => 1,
                    4 => 2,
                    6 => 4,
                    _ => 3,
                };
                let depth = if self.has_palette() { 8 } else { self.depth };
                body.len() == channels && body.iter().all(|bits| (1..=depth).contains(bits))
            }
            _ => false,
        }
    }
}
