//! One coded picture: lossy with or without its alpha, or lossless.

use crate::bytes::{be32, le16, le32, slice};
use crate::report::{Class, Findings};
use crate::riff::{self, Chunk, Endian};
use crate::{Limits, Refusal};

/// A picture as far as its chunks were met.
#[derive(Default)]
pub(super) struct Picture {
    alpha: Option<Vec<u8>>,
    coded: Option<Coded>,
}

struct Coded {
    kind: [u8; 4],
    body: Vec<u8>,
    size: (u32, u32),
    alpha: bool,
}

impl Picture {
    /// Takes a chunk that is part of a picture; false for any other.
    pub(super) fn take(
        &mut self,
        chunk: &Chunk<'_>,
        findings: &mut Findings,
    ) -> Result<bool, Refusal> {
        match (&chunk.kind, &self.coded, &self.alpha) {
            (b"ALPH", None, None) => {
                let (first, rest) =
                    chunk.body.split_first().ok_or_else(|| Refusal::malformed("transparency"))?;
                if first & 0xc0 != 0 || first & 2 != 0 {
                    return Err(Refusal::malformed("transparency"));
                }
                self.alpha = Some([&[*first], rest].concat());
            }
            (b"VP8 " | b"VP8L", None, _) => self.coded = Some(coded(chunk)?),
            (b"VP8 " | b"VP8L", Some(_), _) => {
                findings.removed(Class::HiddenContent, "a second picture in one place", "");
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.coded.is_none()
    }

    /// Whether something shows through.
    pub(super) fn alpha(&self) -> bool {
        self.separate_alpha().is_some() || self.coded.as_ref().is_some_and(|coded| coded.alpha)
    }

    /// The alpha of a lossy picture; a lossless one has its own.
    fn separate_alpha(&self) -> Option<&Vec<u8>> {
        let lossy = self.coded.as_ref().is_some_and(|coded| coded.kind == *b"VP8 ");
        self.alpha.as_ref().filter(|_| lossy)
    }

    /// Whether the picture cannot stand alone in a file.
    pub(super) fn needs_canvas(&self) -> bool {
        self.separate_alpha().is_some()
    }

    /// The size, as a canvas is written.
    pub(super) fn canvas(&self) -> Result<[u8; 6], Refusal> {
        let (width, height) = self.known()?.size;
        let mut canvas = [0; 6];
        let sides = [width.saturating_sub(1), height.saturating_sub(1)];
        for (place, side) in canvas.chunks_exact_mut(3).zip(sides) {
            place.copy_from_slice(side.to_le_bytes().get(..3).unwrap_or_default());
        }
        Ok(canvas)
    }

    pub(super) fn admit(&self, limits: &Limits) -> Result<(), Refusal> {
        let (width, height) = self.known()?.size;
        limits.admit_pixels(width, height, 1)
    }

    fn known(&self) -> Result<&Coded, Refusal> {
        self.coded.as_ref().ok_or_else(|| Refusal::malformed("no picture in the file"))
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let coded = self.known()?;
        if let Some(alpha) = self.separate_alpha() {
            riff::write(out, *b"ALPH", &[alpha], Endian::Little)?;
        }
        riff::write(out, coded.kind, &[&coded.body], Endian::Little)
    }
}

fn coded(chunk: &Chunk<'_>) -> Result<Coded, Refusal> {
    let lossy = chunk.kind == *b"VP8 ";
    let size = if lossy { lossy_size(chunk.body) } else { lossless_size(chunk.body) };
    let size = size.ok_or_else(|| Refusal::malformed("the head of a coded picture"))?;
    let alpha = !lossy && chunk.body.get(4).is_some_and(|byte| byte & 0x10 != 0);
    Ok(Coded { kind: chunk.kind, body: chunk.body.to_vec(), size, alpha })
}

/// The size in the head of a lossy picture: a shown key frame whose first part is there.
pub(super) fn lossy_size(body: &[u8]) -> Option<(u32, u32)> {
    let tag = le32(body, 0)? & 0x00ff_ffff;
    let first = usize::try_from(tag >> 5).ok()?;
    let key_frame = tag & 1 == 0 && tag & 0x10 != 0 && (tag >> 1) & 7 <= 3;
    (key_frame && slice(body, 3, 3)? == b"\x9d\x01\x2a").then_some(())?;
    slice(body, 10, first)?;
    let side = |at| le16(body, at).map(|n| u32::from(n & 0x3fff)).filter(|n| *n > 0);
    Some((side(6)?, side(8)?))
}

/// The size in the head of a lossless picture.
pub(super) fn lossless_size(body: &[u8]) -> Option<(u32, u32)> {
    let word = be32(body, 1)?.swap_bytes();
    (body.first() == Some(&0x2f) && word >> 29 == 0).then_some(())?;
    Some(((word & 0x3fff) + 1, ((word >> 14) & 0x3fff) + 1))
}
