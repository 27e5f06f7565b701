//! The second reader of WMF: every command is one that is written, and exactly as long as what it counts.

use super::wmf::{HEAD, PLACED, PLACED_LEN, sum};
use crate::Refusal;
use crate::bytes::{le16, le32, slice};

/// Checks a clean drawing.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    walk(bytes).ok_or_else(|| Refusal::not_clean("a drawing with more in it than its commands"))
}

fn walk(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes;
    if bytes.starts_with(PLACED) {
        let (placed, behind) = bytes.split_at_checked(PLACED_LEN)?;
        let plain = (le16(placed, 4), le32(placed, 16)) == (Some(0), Some(0));
        (plain && le16(placed, 20) == Some(sum(placed))).then_some(())?;
        rest = behind;
    }
    let words = u32::try_from(rest.len() / 2).ok()?;
    let (head, mut commands) = rest.split_at_checked(HEAD)?;
    (le32(head, 6) == Some(words) && head.starts_with(&[1, 0, 9, 0, 0, 3])).then_some(())?;
    let mut longest = 0u32;
    loop {
        let words = le32(commands, 0)?;
        longest = longest.max(words);
        let (record, behind) =
            commands.split_at_checked(usize::try_from(words).ok()?.checked_mul(2)?)?;
        let (kind, fields) = (le16(record, 4)?, record.get(6..)?);
        if kind == 0 {
            let end = fields.is_empty() && behind.is_empty();
            return (end && le32(head, 12) == Some(longest) && le16(head, 16) == Some(0))
                .then_some(());
        }
        (len_of(kind, fields)?.next_multiple_of(2) == fields.len()).then_some(())?;
        commands = behind;
    }
}

/// How many bytes of fields a command has, by what it counts.
fn len_of(kind: u16, fields: &[u8]) -> Option<usize> {
    let at = |at: usize| le16(fields, at).map(usize::from);
    match kind {
        0x0037 | 0x00f7 | 0x0436 => at(2)?.checked_mul(4)?.checked_add(4),
        0x0142 => picture(fields, 4),
        0x02fb => {
            let name = fields.get(18..)?;
            let end = name.iter().position(|byte| *byte == 0)?;
            // Nothing stands behind the name.
            name.get(end..)?.iter().all(|byte| *byte == 0).then_some(end.checked_add(19)?)
        }
        0x0324 | 0x0325 => at(0)?.checked_mul(4)?.checked_add(2),
        0x0521 => at(0)?.next_multiple_of(2).checked_add(6),
        0x0538 => {
            let (mut end, lines) = (2usize, at(0)?);
            for line in 0..lines {
                let points = at(line.checked_mul(2)?.checked_add(2)?)?;
                end = end.checked_add(points.checked_mul(4)?)?.checked_add(2)?;
            }
            Some(end)
        }
        0x06ff => at(8),
        0x0922 => Some(18),
        0x0b23 => Some(22),
        0x0940 if fields.len() == 18 => Some(18),
        0x0940 => picture(fields, 16),
        0x0b41 if fields.len() == 22 => Some(22),
        0x0b41 => picture(fields, 20),
        0x0d33 => picture(fields, 18),
        0x0f43 => picture(fields, 22),
        0x0a32 => {
            let (count, options) = (at(4)?, at(6)?);
            let front = if options & 6 == 0 { 8usize } else { 16 };
            let letters = front.checked_add(count.next_multiple_of(2))?;
            if fields.len() == letters {
                Some(letters)
            } else {
                letters.checked_add(count.checked_mul(2)?)
            }
        }
        0x001e | 0x0035 | 0x0105 => Some(0),
        0x02fa | 0x0548 => Some(10),
        0x061c | 0x061d => Some(12),
        // Of the others the high byte of their number is their length in words.
        0x0102..=0x0104 | 0x0106..=0x0108 | 0x0127..=0x0139 | 0x0149 | 0x01f0 | 0x0234 => Some(2),
        0x0201..=0x0231 => Some(4),
        0x02fc | 0x0410..=0x0429 => Some(8),
        0x0817..=0x0830 => Some(16),
        _ => None,
    }
}

/// A picture behind `front` bytes fills the rest.
fn picture(fields: &[u8], front: usize) -> Option<usize> {
    let head = fields.get(front..)?;
    let (size, width, height) = (le32(head, 0)?, le32(head, 4)?, le32(head, 8)?);
    let (depth, method, colours) = (u64::from(le16(head, 14)?), le32(head, 16)?, le32(head, 32)?);
    let masks = if (size, method) == (40, 3) { 12u64 } else { 0 };
    let row = u64::from(width).checked_mul(depth)?.div_ceil(32).checked_mul(4)?;
    let rows = row.checked_mul(u64::from(height.cast_signed().unsigned_abs()))?;
    let all =
        u64::from(size).checked_add(masks)?.checked_add(u64::from(colours).checked_mul(4)?)?;
    slice(fields, 0, front)?;
    usize::try_from(all.checked_add(rows)?).ok()?.checked_add(front)
}
