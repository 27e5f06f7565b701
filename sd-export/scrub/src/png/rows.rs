//! Pixel rows: filters undone and done anew, spare bits cleared.

use super::filter::{self, unfilter};
use super::header::Header;
use crate::Refusal;
use crate::deflate::{self, Deflater, InflateError, Inflater};

/// What the pixels use: palette entries, and colours where nothing is seen.
pub(super) struct Uses {
    indexes: [bool; 256],
    pub(super) colour_under_transparency: bool,
}

impl Default for Uses {
    fn default() -> Self {
        Self { indexes: [false; 256], colour_under_transparency: false }
    }
}

impl Uses {
    pub(super) fn index(&self, index: u8) -> bool {
        self.indexes.get(usize::from(index)).copied().unwrap_or(false)
    }

    pub(super) fn largest_index(&self) -> Option<u8> {
        (0..=255).rev().find(|index| self.index(*index))
    }

    fn note(&mut self, header: &Header, row: &[u8], pixels: u32) {
        match (header.kind, header.depth) {
            (3, 8) => row.iter().for_each(|index| self.mark(*index)),
            (3, depth) => {
                let per_byte = 8 / u32::from(depth);
                for n in 0..pixels {
                    let byte = usize::try_from(n / per_byte).ok().and_then(|at| row.get(at));
                    let shift = 8 - u32::from(depth) * (n % per_byte + 1);
                    self.mark((byte.copied().unwrap_or(0) >> shift) & ((1 << depth) - 1));
                }
            }
            (4 | 6, depth) if !self.colour_under_transparency => {
                let sample = usize::from(depth / 8);
                let pixel = sample * if header.kind == 4 { 2 } else { 4 };
                self.colour_under_transparency = row.chunks_exact(pixel).any(|pixel| {
                    let (colour, alpha) = pixel.split_at(pixel.len() - sample);
                    alpha.iter().all(|b| *b == 0) && colour.iter().any(|b| *b != 0)
                });
            }
            _ => {}
        }
    }

    fn mark(&mut self, index: u8) {
        if let Some(used) = self.indexes.get_mut(usize::from(index)) {
            *used = true;
        }
    }
}

/// The passes of a picture as (width, height): one, or the seven of the interlaced form.
pub(super) fn passes(header: &Header, width: u32, height: u32) -> Vec<(u32, u32)> {
    const ADAM7: [(u32, u32, u32, u32); 7] = [
        (0, 8, 0, 8),
        (4, 8, 0, 8),
        (0, 4, 4, 8),
        (2, 4, 0, 4),
        (0, 2, 2, 4),
        (1, 2, 0, 2),
        (0, 1, 1, 2),
    ];
    if !header.interlaced {
        return vec![(width, height)];
    }
    let size = |(x, dx, y, dy): (u32, u32, u32, u32)| {
        (width.saturating_sub(x).div_ceil(dx), height.saturating_sub(y).div_ceil(dy))
    };
    ADAM7.into_iter().map(size).filter(|(w, h)| *w > 0 && *h > 0).collect()
}

/// Bytes in a row of `width` pixels, without the filter byte.
pub(super) fn row_len(header: &Header, width: u32) -> usize {
    let bits = u64::from(width) * u64::from(header.pixel_bits());
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// Exact length of the inflated data of a picture.
pub(super) fn data_len(header: &Header, width: u32, height: u32) -> Option<usize> {
    passes(header, width, height).into_iter().try_fold(0usize, |sum, (w, h)| {
        let rows = usize::try_from(h).ok()?;
        sum.checked_add(row_len(header, w).checked_add(1)?.checked_mul(rows)?)
    })
}

/// The pixels of one frame, filtered and packed anew.
pub(super) struct Rewritten {
    pub(super) packed: Vec<u8>,
    /// How many bytes came behind the last row.
    pub(super) more: usize,
}

/// The same pixels with filters chosen by one rule and spare bits clear.
pub(super) fn rewrite(
    header: &Header,
    (width, height): (u32, u32),
    packed: &mut Inflater<'_>,
    uses: &mut Uses,
) -> Result<Rewritten, Refusal> {
    let bad = || Refusal::malformed("picture data");
    let step = usize::try_from(header.pixel_bits().div_ceil(8)).map_err(|_| bad())?;
    let mut lines = Lines { packed, held: Vec::new(), at: 0, end: 0 };
    let (mut out, mut coded) = (Deflater::for_pixels(), Vec::new());
    for (w, h) in passes(header, width, height) {
        let len = row_len(header, w);
        // What was coded is predicted from rows as they were, spare bits and all.
        let (mut row, mut above) = (vec![0u8; len], vec![0u8; len]);
        let (mut clean, mut clean_above) = (vec![0u8; len], vec![0u8; len]);
        for _ in 0..h {
            let line = lines.next(len.checked_add(1).ok_or_else(bad)?)?;
            let (filter, filtered) = line.split_first().ok_or_else(bad)?;
            row.copy_from_slice(filtered);
            unfilter(*filter, step, &above, &mut row)?;
            clean.copy_from_slice(&row);
            clear_spare_bits(header, w, &mut clean);
            uses.note(header, &clean, w);
            filter_row(header, step, &clean_above, &clean, &mut coded);
            std::mem::swap(&mut row, &mut above);
            std::mem::swap(&mut clean, &mut clean_above);
            if coded.len() >= deflate::PIECE {
                out.write(&coded);
                coded.clear();
            }
        }
    }
    out.write(&coded);
    Ok(Rewritten { packed: out.finish(), more: lines.more()? })
}

/// Most bytes after the last row that are inflated only to be dropped.
const SLACK: usize = 1 << 20;

/// Filtered rows, inflated not long before they are asked for.
struct Lines<'a, 'p> {
    packed: &'a mut Inflater<'p>,
    held: Vec<u8>,
    /// What is held and was not asked for yet.
    at: usize,
    end: usize,
}

impl Lines<'_, '_> {
    /// The next `len` bytes.
    fn next(&mut self, len: usize) -> Result<&[u8], Refusal> {
        if self.end.saturating_sub(self.at) < len {
            self.held.copy_within(self.at..self.end, 0);
            (self.at, self.end) = (0, self.end.saturating_sub(self.at));
            self.held.resize(len.max(deflate::PIECE), 0);
            let room = self.held.get_mut(self.end..).unwrap_or_default();
            self.end = self.end.saturating_add(self.packed.read(room).map_err(unreadable)?);
        }
        let from = self.at;
        self.at = from.saturating_add(len);
        let held = self.held.get(from..self.end).and_then(|held| held.get(..len));
        held.ok_or_else(|| Refusal::malformed("picture data end early"))
    }

    /// How many bytes are left.
    fn more(self) -> Result<usize, Refusal> {
        let held = self.end.saturating_sub(self.at);
        let room = SLACK.checked_sub(held).ok_or(InflateError::TooLong);
        let more = room.and_then(|room| self.packed.count(room)).map_err(unreadable)?;
        Ok(held.saturating_add(more))
    }
}

fn unreadable(why: InflateError) -> Refusal {
    match why {
        InflateError::TooLong => Refusal::malformed("more picture data than pixels"),
        InflateError::Broken => Refusal::malformed("compressed picture data"),
    }
}

fn clear_spare_bits(header: &Header, width: u32, row: &mut [u8]) {
    let bits = u64::from(width) * u64::from(header.pixel_bits());
    let spare = (8 - bits % 8) % 8;
    if spare > 0
        && let Some(last) = row.last_mut()
    {
        *last &= 0xffu8 << spare;
    }
}

/// Filters a row by the usual rule: of the five filters the one with the smallest sum. Rows of
/// palette indexes and of less than eight bits go unfiltered.
fn filter_row(header: &Header, step: usize, above: &[u8], row: &[u8], out: &mut Vec<u8>) {
    if header.has_palette() || header.depth < 8 {
        filter::write(0, step, above, row, out);
    } else {
        filter::best_filter(step, above, row, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(depth: u8, kind: u8, interlaced: bool) -> Header {
        Header { width: 5, height: 3, depth, kind, interlaced }
    }

    #[test]
    fn interlaced_pictures_are_as_long_as_their_passes() {
        assert_eq!(data_len(&header(8, 0, false), 5, 3), Some(18));
        let seven = [(1, 1), (1, 1), (1, 1), (3, 1), (2, 2), (5, 1)];
        assert_eq!(passes(&header(8, 0, true), 5, 3), seven);
    }

    #[test]
    fn spare_bits_of_narrow_rows_are_cleared() {
        let mut uses = Uses::default();
        let data = [0, 0xff, 0, 0xff, 0, 0xff];
        let packed = deflate::deflate(&data);
        let mut packed = Inflater::new(&packed);
        let out = rewrite(&header(1, 0, false), (5, 3), &mut packed, &mut uses).expect("whole");
        let out = deflate::inflate(&out.packed, 100).expect("own stream");
        assert_eq!(out.data, [0, 0xf8, 0, 0xf8, 0, 0xf8]);
    }
}
