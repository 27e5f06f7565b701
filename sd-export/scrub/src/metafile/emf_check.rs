//! The second reader of EMF: every command is one that is written, and exactly as long as what it counts.

use crate::Refusal;
use crate::bytes::{le16, le32, slice};

/// Checks a clean drawing.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    walk(bytes).ok_or_else(|| Refusal::not_clean("a drawing with more in it than its commands"))
}

fn walk(bytes: &[u8]) -> Option<()> {
    let len = u32::try_from(bytes.len()).ok()?;
    let head = [0u32, 4, 40, 44, 48].map(|at| le32(bytes, usize::try_from(at).unwrap_or(0)));
    let wanted = [1, 108, 0x464d_4520, 0x0001_0000, len].map(Some);
    let empty = slice(bytes, 58, 14)?.iter().chain(slice(bytes, 88, 12)?).all(|byte| *byte == 0);
    (head == wanted && empty).then_some(())?;
    let (mut at, mut count) = (108usize, 1u32);
    loop {
        let (kind, said) = (le32(bytes, at)?, le32(bytes, at.checked_add(4)?)?);
        let record = slice(bytes, at, usize::try_from(said).ok()?)?;
        count = count.checked_add(1)?;
        at = at.checked_add(record.len())?;
        if kind == 14 {
            let end = record == [14u32, 20, 0, 16, 20].map(u32::to_le_bytes).concat();
            return (end && at == bytes.len() && le32(bytes, 52) == Some(count)).then_some(());
        }
        (len_of(kind, record)?.next_multiple_of(4) == record.len()).then_some(())?;
    }
}

/// How long a command is, by what it counts.
fn len_of(kind: u32, record: &[u8]) -> Option<usize> {
    let at = |at: usize| le32(record, at).and_then(|n| usize::try_from(n).ok());
    let times = |count: usize, each: usize| count.checked_mul(each);
    match kind {
        28 | 33 | 52 | 59..=61 | 65 | 66 | 68 => Some(8),
        16..=22 | 24 | 25 | 34 | 37 | 40 | 48 | 57 | 58 | 67 | 98 | 115 => Some(12),
        9..=13 | 26 | 27 | 51 | 54 | 120 => Some(16),
        15 => Some(20),
        29..=32 | 39 | 42 | 43 | 53 | 62..=64 => Some(24),
        38 | 41 => Some(28),
        23 | 35 | 44 => Some(32),
        36 => Some(36),
        45..=47 | 55 => Some(40),
        2..=6 => times(at(24)?, 8)?.checked_add(28),
        85..=89 => times(at(24)?, 4)?.checked_add(28),
        7 | 8 => times(at(24)?, 4)?.checked_add(times(at(28)?, 8)?)?.checked_add(32),
        90 | 91 => times(at(24)?, 4)?.checked_add(times(at(28)?, 4)?)?.checked_add(32),
        56 => times(at(24)?, 9)?.checked_add(28),
        92 => times(at(24)?, 5)?.checked_add(28),
        49 => times(usize::from(le16(record, 14)?), 4)?.checked_add(16),
        50 => times(at(16)?, 4)?.checked_add(20),
        71 => region(record, 32),
        72 => region(record, 40),
        73 | 74 => region(record, 28),
        75 if at(8)? == 0 => Some(16),
        75 => region(record, 16),
        76 => pictures(record, 100, &[84]),
        77 | 114 | 116 => pictures(record, 108, &[84]),
        78 => pictures(record, 128, &[84, 112]),
        79 => pictures(record, 140, &[96, 124]),
        80 => pictures(record, 76, &[48]),
        81 => pictures(record, 80, &[48]),
        93 | 94 => pictures(record, 32, &[16]),
        82 => {
            // Behind the name of the font there is nothing.
            let name = slice(record, 40, 64)?.chunks(2).skip_while(|unit| *unit != [0, 0]);
            let rest = record.get(104..332)?;
            (name.flatten().chain(rest).all(|byte| *byte == 0)).then_some(332)
        }
        83 | 84 => text(record, if kind == 84 { 2 } else { 1 }),
        95 => pictures(record, times(at(48)?, 4)?.checked_add(52)?, &[12]),
        108 => {
            let options = at(20)?;
            let front = if options & 0x100 == 0 { 52usize } else { 36 };
            front.checked_add(times(at(16)?, if options & 0x200 == 0 { 2 } else { 1 })?)
        }
        118 => times(at(24)?, 16)?.checked_add(times(at(28)?, 12)?)?.checked_add(36),
        _ => None,
    }
}

fn region(record: &[u8], front: usize) -> Option<usize> {
    let count = usize::try_from(le32(record, front.checked_add(8)?)?).ok()?;
    count.checked_mul(16)?.checked_add(32)?.checked_add(front)
}

fn text(record: &[u8], unit: usize) -> Option<usize> {
    let at = |at: usize| le32(record, at).and_then(|n| usize::try_from(n).ok());
    let (count, options, steps) = (at(44)?, at(52)?, at(72)?);
    let letters = count.checked_mul(unit)?.next_multiple_of(4);
    let each = if options & 0x2000 == 0 { 4usize } else { 8 };
    let steps = if steps == 0 { 0 } else { count.checked_mul(each)? };
    76usize.checked_add(letters)?.checked_add(steps)
}

/// Pictures fill the rest, one behind the other.
fn pictures(record: &[u8], front: usize, places: &[usize]) -> Option<usize> {
    let mut end = front;
    for place in places {
        let at = |n: usize| {
            let field = le32(record, place.checked_add(n.checked_mul(4)?)?)?;
            usize::try_from(field).ok()
        };
        let (head, head_len, rows, rows_len) = (at(0)?, at(1)?, at(2)?, at(3)?);
        if (head, head_len, rows, rows_len) == (0, 0, 0, 0) {
            continue;
        }
        (head == end.next_multiple_of(4)).then_some(())?;
        let behind = head.checked_add(head_len)?;
        (rows == behind.next_multiple_of(4) && head_len >= 40).then_some(())?;
        let (width, height) =
            (le32(record, head.checked_add(4)?)?, le32(record, head.checked_add(8)?)?);
        let depth = u64::from(le16(record, head.checked_add(14)?)?);
        let row = u64::from(width).checked_mul(depth)?.div_ceil(32).checked_mul(4)?;
        let all = row.checked_mul(u64::from(height.cast_signed().unsigned_abs()))?;
        (usize::try_from(all).ok()? == rows_len).then_some(())?;
        end = rows.checked_add(rows_len)?;
    }
    Some(end)
}
