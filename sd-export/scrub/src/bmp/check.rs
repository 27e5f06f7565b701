//! The second reader: a head of one of two sizes, in which every field has one value or a bound.

use crate::Refusal;
use crate::bytes::Cursor;

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    walk(clean).ok_or_else(|| Refusal::not_clean("BMP: bytes that are not on the list"))
}

fn walk(clean: &[u8]) -> Option<()> {
    let mut from = Cursor::new(clean);
    (from.take(2)? == b"BM").then_some(())?;
    (usize::try_from(from.le32()?).ok()? == clean.len() && from.le32()? == 0).then_some(())?;
    let start = usize::try_from(from.le32()?).ok()?;
    let size = from.le32()?;
    let width = usize::try_from(from.le32()?).ok()?;
    let height = usize::try_from(from.le32()?.cast_signed().unsigned_abs()).ok()?;
    let (planes, depth) = (from.le16()?, from.le16()?);
    let method = from.le32()?;
    (planes == 1 && *from.take(12)? == [0; 12]).then_some(())?;
    let colours = usize::try_from(from.le32()?).ok()?;
    (from.le32()? == 0 && (depth <= 8) == (colours > 0) && colours <= 256).then_some(())?;
    let mut shown = match (method, depth) {
        (0, 16) => 0x7fff,
        (0, 32) => 0x00ff_ffff,
        (0, 1 | 4 | 8 | 24) => u32::MAX,
        (3, 16 | 32) => from.le32()? | from.le32()? | from.le32()?,
        _ => return None,
    };
    match (size, method) {
        (40, _) => {}
        (108, 3) => {
            shown |= from.le32()?;
            (from.take(4)? == b"BGRs" && *from.take(48)? == [0; 48]).then_some(())?;
        }
        _ => return None,
    }
    let palette = from.take(colours.checked_mul(4)?)?;
    palette.chunks_exact(4).all(|entry| entry.last() == Some(&0)).then_some(())?;
    (from.at() == start).then_some(())?;
    let used = width.checked_mul(depth.into())?;
    let row = used.div_ceil(32).checked_mul(4)?;
    (from.rest().len() == row.checked_mul(height)?).then_some(())?;
    from.rest().chunks_exact(row).all(|row| tidy(row, used, depth, shown)).then_some(())
}

/// Whether a row holds nothing behind its pixels, and pixels nothing outside their colours.
fn tidy(row: &[u8], used: usize, depth: u16, shown: u32) -> bool {
    let behind = row.iter().enumerate().skip(used / 8).all(|(at, byte)| {
        let bits = used.saturating_sub(at.saturating_mul(8)).min(8);
        u16::from(*byte) & (0xff >> bits) == 0
    });
    let pixels = row.get(..used / 8).unwrap_or_default();
    let inside = match depth {
        16 => pixels.chunks_exact(2).all(|p| {
            p.try_into().is_ok_and(|p| u32::from(u16::from_le_bytes(p)) & !(shown & 0xffff) == 0)
        }),
        32 => pixels
            .chunks_exact(4)
            .all(|p| p.try_into().is_ok_and(|p| u32::from_le_bytes(p) & !shown == 0)),
        _ => true,
    };
    behind && inside
}
