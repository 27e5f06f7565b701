//! Pictures in drawing commands: a BMP without its first fourteen bytes.

use crate::bytes::{le16, le32, slice};
use crate::report::Findings;
use crate::{Limits, Refusal, bmp};

/// Bytes that a BMP has in front of the head that commands hold.
const FRONT: usize = 14;

/// A clean picture: head with its colours, and rows.
pub(super) struct Picture {
    pub(super) head: Vec<u8>,
    pub(super) rows: Vec<u8>,
}

/// Cleans a picture whose head and rows stand apart.
pub(super) fn clean(
    head: &[u8],
    rows: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Picture, Refusal> {
    let start = FRONT.saturating_add(head.len());
    let len = |len: usize| super::number(len).map(u32::to_le_bytes);
    let (whole, start_field) = (len(start.saturating_add(rows.len()))?, len(start)?);
    let file = [b"BM".as_slice(), &whole, &[0; 4], &start_field, head, rows].concat();
    let (clean, met) = bmp::scrub(&file, limits)?;
    findings.absorb("picture", met);
    let start = le32(&clean, 10).and_then(|start| usize::try_from(start).ok());
    let parts = start.and_then(|start| clean.split_at_checked(start));
    let (front, rows) = parts.ok_or_else(super::cut)?;
    let head = front.get(FRONT..).unwrap_or_default().to_vec();
    Ok(Picture { head, rows: rows.to_vec() })
}

/// The same of a picture whose fourth byte says how much shines through.
pub(super) fn clean_blended(
    head: &[u8],
    rows: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Picture, Refusal> {
    let plain = le32(head, 0).is_some_and(|size| size >= 40)
        && (le16(head, 14), le32(head, 16)) == (Some(32), Some(0));
    if !plain {
        return clean(head, rows, limits, findings);
    }
    let side = |at| le32(head, at).map(|n| n.cast_signed().unsigned_abs()).ok_or_else(super::cut);
    let (width, height) = (side(4)?, side(8)?);
    limits.admit_pixels(width, height, 1)?;
    let len = usize::try_from(u64::from(width).saturating_mul(height.into()).saturating_mul(4));
    let rows = slice(rows, 0, len.map_err(|_| super::cut())?).ok_or_else(super::cut)?;
    let shape = slice(head, 4, 8).ok_or_else(super::cut)?;
    let head = [&40u32.to_le_bytes(), shape, &[1, 0, 32, 0], &[0; 24]].concat();
    Ok(Picture { head, rows: rows.to_vec() })
}

/// Where the rows start in a picture whose head is right in front of them.
pub(super) fn rows_start(picture: &[u8]) -> Option<usize> {
    let size = le32(picture, 0)?;
    if size == 12 {
        let depth = u32::from(le16(picture, 10)?);
        let colours = if depth <= 8 { 1usize << depth } else { 0 };
        return 12usize.checked_add(colours.checked_mul(3)?);
    }
    let (depth, method, said) = (le16(picture, 14)?, le32(picture, 16)?, le32(picture, 32)?);
    let colours = match (said, depth) {
        (0, 1..=8) => 1u32 << depth,
        (said, _) => said,
    };
    let masks = if size == 40 && method == 3 { 12 } else { 0 };
    usize::try_from(size)
        .ok()?
        .checked_add(masks)?
        .checked_add(usize::try_from(colours).ok()?.checked_mul(4)?)
}
