//! The shape of a page: how large it is, and how its samples are cut into strips or tiles.

use super::ifd::Directory;
use crate::Refusal;

/// How a page is cut.
#[derive(Clone, Copy)]
pub(super) enum Cut {
    /// Rows in a strip.
    Strips(u32),
    /// Width and height of a tile.
    Tiles(u32, u32),
}

/// What must be known to tell how long each piece is.
pub(super) struct Shape {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: Vec<u32>,
    pub(super) samples: u32,
    /// Each colour in pieces of its own.
    pub(super) planes: bool,
    pub(super) cut: Cut,
    /// Colour samples shared by blocks of pixels, where pixels are stored so.
    pub(super) subsampling: Option<(u32, u32)>,
}

impl Shape {
    pub(super) fn read(from: &Directory<'_>, compression: u32) -> Result<Self, Refusal> {
        let broken = || Refusal::malformed("the size of a page");
        let side = |tag| from.number(tag).filter(|n| (1..1 << 24).contains(n)).ok_or_else(broken);
        let (width, height) = (side(0x0100)?, side(0x0101)?);
        let samples = from.number(0x0115).unwrap_or(1);
        let mut bits = from.numbers(0x0102).unwrap_or_else(|| vec![1]);
        if let ([one], true) = (bits.as_slice(), samples > 1) {
            bits = vec![*one; usize::try_from(samples).unwrap_or(1).min(32)];
        }
        let sound = (1..=32).contains(&samples)
            && usize::try_from(samples).is_ok_and(|n| n == bits.len())
            && bits.iter().all(|bits| (1..=64).contains(bits));
        let planes = from.number(0x011c) == Some(2) && samples > 1;
        let first = bits.first().copied().unwrap_or(0);
        let even = bits.iter().all(|bits| *bits == first || bits.is_multiple_of(8));
        if !sound || !even {
            return Err(Refusal::unsupported("a TIFF with samples of odd sizes"));
        }
        let cut = if from.has(0x0144) {
            Cut::Tiles(side(0x0142)?, side(0x0143)?)
        } else {
            Cut::Strips(from.number(0x0116).unwrap_or(height).clamp(1, height))
        };
        let shared = from.number(0x0106) == Some(6) && compression != 7 && !planes;
        let subsampling = if shared {
            let both = from.numbers(0x0212).unwrap_or_else(|| vec![2, 2]);
            let [across, down] = *both.as_slice() else { return Err(broken()) };
            if ![1, 2, 4].contains(&across) || ![1, 2, 4].contains(&down) || samples != 3 {
                return Err(broken());
            }
            Some((across, down))
        } else {
            None
        };
        Ok(Self { width, height, bits, samples, planes, cut, subsampling })
    }

    /// Bytes of so many rows of so many pixels, of one plane.
    fn bytes(&self, width: u32, rows: u32, plane: usize) -> Option<u64> {
        if let Some((across, down)) = self.subsampling {
            let blocks = u64::from(width.div_ceil(across)) * u64::from(rows.div_ceil(down));
            let depth = u64::from(self.bits.first().copied()?.div_ceil(8));
            return blocks.checked_mul(u64::from(across * down + 2))?.checked_mul(depth);
        }
        let bits: u64 = if self.planes {
            self.bits.get(plane).copied()?.into()
        } else {
            self.bits.iter().copied().map(u64::from).sum()
        };
        u64::from(width).checked_mul(bits)?.div_ceil(8).checked_mul(rows.into())
    }

    /// Width, rows and bytes of every piece, in the order of the file; `None` when there are
    /// more than `most`.
    pub(super) fn pieces(&self, most: usize) -> Option<Vec<Piece>> {
        let planes = if self.planes { self.samples } else { 1 };
        let (across, down) = match self.cut {
            Cut::Strips(rows) => (1, self.height.div_ceil(rows)),
            Cut::Tiles(width, height) => (self.width.div_ceil(width), self.height.div_ceil(height)),
        };
        let count = u64::from(across).checked_mul(down.into())?.checked_mul(planes.into())?;
        (count <= most as u64).then_some(())?;
        let mut pieces = Vec::new();
        for plane in 0..usize::try_from(planes).ok()? {
            for piece in 0..u64::from(across) * u64::from(down) {
                let (width, rows) = match self.cut {
                    Cut::Tiles(width, height) => (width, height),
                    Cut::Strips(rows) => {
                        let before = u32::try_from(piece).ok()?.checked_mul(rows)?;
                        (self.width, rows.min(self.height.checked_sub(before)?))
                    }
                };
                let len = usize::try_from(self.bytes(width, rows, plane)?).ok()?;
                pieces.push(Piece { width, rows, len });
            }
        }
        Some(pieces)
    }

    /// Whether tiles reach beyond the picture.
    pub(super) fn has_margin(&self) -> bool {
        match self.cut {
            Cut::Strips(_) => false,
            Cut::Tiles(width, height) => {
                !self.width.is_multiple_of(width) || !self.height.is_multiple_of(height)
            }
        }
    }
}

/// One strip or tile: its size in pixels, and its bytes when nothing is compressed.
pub(super) struct Piece {
    pub(super) width: u32,
    pub(super) rows: u32,
    pub(super) len: usize,
}
