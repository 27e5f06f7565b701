//! The frame header: size, colours, and how they are laid out in blocks.

use crate::bytes::{be16, slice};
use crate::{Limits, Refusal};

/// One colour of the picture.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) h: u32,
    pub(super) v: u32,
    pub(super) quantiser: u8,
    /// Blocks in a row and in a column of this colour alone.
    pub(super) blocks: (u32, u32),
    /// Blocks in a row of whole units of all colours.
    pub(super) stride: u32,
    /// For each coefficient the lowest bit already sent; `None` before its first scan.
    pub(super) sent: Vec<Option<u8>>,
    /// For each block which coefficients are not zero; used by progressive pictures only.
    pub(super) nonzero: Vec<u64>,
}

/// The picture's frame.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) marker: u8,
    pub(super) header: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
    /// Units of all colours in a row and in a column.
    pub(super) units: (u32, u32),
}

impl Frame {
    /// Reads a frame header; other kinds of JPEG are refused by name.
    pub(super) fn read(marker: u8, header: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let bad = || Refusal::malformed("frame header");
        let precision = *header.first().ok_or_else(bad)?;
        if precision != 8 {
            return Err(Refusal::unsupported(format!("JPEG with {precision} bits per colour")));
        }
        let height = u32::from(be16(header, 1).ok_or_else(bad)?);
        let width = u32::from(be16(header, 3).ok_or_else(bad)?);
        if height == 0 {
            return Err(Refusal::unsupported("JPEG that says its height only at the end (DNL)"));
        }
        let count = usize::from(*header.get(5).ok_or_else(bad)?);
        if width == 0 || !matches!(count, 1 | 3 | 4) || header.len() != 6 + 3 * count {
            return Err(bad());
        }
        limits.admit_pixels(width, height, 1)?;
        let progressive = marker == 0xc2;
        let specs = slice(header, 6, 3 * count).ok_or_else(bad)?;
        let mut frame = Self {
            marker,
            header: header.to_vec(),
            width,
            height,
            progressive,
            components: Vec::new(),
            units: (0, 0),
        };
        frame.lay_out(specs)?;
        Ok(frame)
    }

    fn lay_out(&mut self, specs: &[u8]) -> Result<(), Refusal> {
        let (mut h_max, mut v_max) = (1, 1);
        for spec in specs.chunks_exact(3) {
            let (h, v) = sampling(spec);
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
                return Err(Refusal::malformed("sampling factors"));
            }
            (h_max, v_max) = (h_max.max(h), v_max.max(v));
        }
        self.units = (self.width.div_ceil(8 * h_max), self.height.div_ceil(8 * v_max));
        for spec in specs.chunks_exact(3) {
            let component = self.component(spec, (h_max, v_max))?;
            self.components.push(component);
        }
        Ok(())
    }

    fn component(&self, spec: &[u8], (h_max, v_max): (u32, u32)) -> Result<Component, Refusal> {
        let (h, v) = sampling(spec);
        let id = spec.first().copied().unwrap_or(0);
        if self.components.iter().any(|c| c.id == id) {
            return Err(Refusal::malformed("two colours with one number"));
        }
        let stride = self.units.0 * h;
        let count = usize::try_from(u64::from(stride) * u64::from(self.units.1 * v));
        let count = count.map_err(|_| Refusal::malformed("picture size"))?;
        Ok(Component {
            id,
            h,
            v,
            quantiser: spec.get(2).copied().unwrap_or(0),
            blocks: (
                (self.width * h).div_ceil(h_max).div_ceil(8),
                (self.height * v).div_ceil(v_max).div_ceil(8),
            ),
            stride,
            sent: vec![None; 64],
            nonzero: vec![0; if self.progressive { count } else { 0 }],
        })
    }

    /// Whether every colour was sent at least roughly.
    pub(super) fn is_complete(&self) -> bool {
        self.components.iter().all(|c| c.sent.first().is_some_and(Option::is_some))
    }
}

/// Blocks of a colour in one unit, across and down.
fn sampling(spec: &[u8]) -> (u32, u32) {
    let both = spec.get(1).copied().unwrap_or(0);
    (u32::from(both >> 4), u32::from(both & 15))
}
