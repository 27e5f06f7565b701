//! Run-length coded rows, which are written plain.

use crate::Refusal;
use crate::bytes::Cursor;

/// The rows, and how many bytes they were coded in. What no run paints is colour 0.
pub(super) fn decode(
    coded: &[u8],
    (width, height): (usize, usize),
    depth: u8,
) -> Result<(Vec<u8>, usize), Refusal> {
    let row = width.saturating_mul(depth.into()).div_ceil(32).saturating_mul(4);
    let mut picture = Picture { rows: vec![0; row.saturating_mul(height)], row, width, depth };
    let mut from = Cursor::new(coded);
    walk(&mut from, &mut picture, height).ok_or_else(|| Refusal::malformed("coded rows"))?;
    Ok((picture.rows, from.at()))
}

fn walk(from: &mut Cursor<'_>, picture: &mut Picture, height: usize) -> Option<()> {
    let (mut x, mut y) = (0usize, 0usize);
    // Some programs leave the last mark out.
    while y < height && !from.is_empty() {
        let (count, value) = (from.u8()?, from.u8()?);
        match (count, value) {
            (0, 0) => (x, y) = (0, y.checked_add(1)?),
            (0, 1) => return Some(()),
            (0, 2) => {
                x = x.checked_add(from.u8()?.into())?;
                y = y.checked_add(from.u8()?.into())?;
            }
            (0, count) => {
                let count = usize::from(count);
                let bytes = count.checked_mul(picture.depth.into())?.div_ceil(8);
                let plain = from.take(bytes)?;
                for at in 0..count {
                    let colour = match picture.depth {
                        8 => plain.get(at).copied()?,
                        _ => half(*plain.get(at / 2)?, at),
                    };
                    picture.paint(x.checked_add(at)?, y, colour)?;
                }
                x = x.checked_add(count)?;
                // Runs of plain colours are whole pairs of bytes.
                if !bytes.is_multiple_of(2) && !from.is_empty() {
                    from.u8()?;
                }
            }
            (count, value) => {
                for at in 0..usize::from(count) {
                    let colour = if picture.depth == 8 { value } else { half(value, at) };
                    picture.paint(x.checked_add(at)?, y, colour)?;
                }
                x = x.checked_add(count.into())?;
            }
        }
    }
    Some(())
}

/// The colour at an even or odd place of two in a byte.
fn half(byte: u8, at: usize) -> u8 {
    if at.is_multiple_of(2) { byte >> 4 } else { byte & 15 }
}

struct Picture {
    rows: Vec<u8>,
    row: usize,
    width: usize,
    depth: u8,
}

impl Picture {
    /// Sets a dot. Behind the end of a row there is room for what fills up the last byte of a run.
    fn paint(&mut self, x: usize, y: usize, colour: u8) -> Option<()> {
        if x >= self.width {
            return (x <= self.width).then_some(());
        }
        let start = y.checked_mul(self.row)?;
        if self.depth == 8 {
            *self.rows.get_mut(start.checked_add(x)?)? = colour;
        } else {
            let place = self.rows.get_mut(start.checked_add(x / 2)?)?;
            *place |= if x.is_multiple_of(2) { colour << 4 } else { colour };
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_written_plain() {
        let coded = [3, 7, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1, 9, 9];
        let (rows, used) = decode(&coded, (3, 2), 8).expect("rows");
        assert_eq!((rows, used), (vec![7, 7, 7, 0, 1, 2, 3, 0], 12));
        let (rows, _) =
            decode(&[4, 0x12, 0, 0, 0, 2, 1, 0, 2, 0x30, 0, 1], (4, 2), 4).expect("rows");
        assert_eq!(rows, [0x12, 0x12, 0, 0, 0x03, 0, 0, 0]);
    }

    #[test]
    fn runs_that_lead_out_of_the_picture_are_refused() {
        for coded in [&[9u8, 7][..], &[0, 3, 1, 2], &[0, 2, 9, 0, 1, 1], &[0]] {
            assert!(decode(coded, (3, 2), 8).is_err(), "{coded:?}");
        }
        // Rows that no run comes to are empty.
        assert_eq!(decode(&[0, 2, 0, 9, 1, 1], (3, 2), 8).expect("rows").0, vec![0; 8]);
    }
}
