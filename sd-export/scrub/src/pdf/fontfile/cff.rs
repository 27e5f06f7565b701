//! Compact fonts: every text that is not a glyph's name is overwritten, nothing is moved.

use std::collections::BTreeSet;

use crate::bytes::{be16, slice};

/// Strings below this number are the standard ones and not in the font.
const STANDARD: u32 = 391;

/// An INDEX: where each of its items stands, and where it ends.
struct Index {
    items: Vec<(usize, usize)>,
    end: usize,
}

/// The font with its names and notices overwritten; `None` when it cannot be followed.
pub(super) fn clean(font: &[u8]) -> Option<Vec<u8>> {
    let start = usize::from(*font.get(2)?);
    (*font.first()? == 1).then_some(())?;
    let names = index(font, start)?;
    let tops = index(font, names.end)?;
    let strings = index(font, tops.end)?;
    let (top, top_end) = *tops.items.first()?;
    let top = operators(font.get(top..top_end)?);
    let used = used_strings(font, &top)?;
    let mut out = font.to_vec();
    for (from, to) in names.items {
        out.get_mut(from..to)?.fill(b'A');
    }
    for (number, (from, to)) in (STANDARD..).zip(strings.items) {
        if !used.contains(&number) {
            out.get_mut(from..to)?.fill(b'A');
        }
    }
    Some(out)
}

fn index(font: &[u8], at: usize) -> Option<Index> {
    let count = usize::from(be16(font, at)?);
    if count == 0 {
        return Some(Index { items: Vec::new(), end: at.checked_add(2)? });
    }
    let size = usize::from(*font.get(at.checked_add(2)?)?);
    (1..=4).contains(&size).then_some(())?;
    let table = at.checked_add(3)?;
    let base = count.checked_add(1)?.checked_mul(size)?.checked_add(table)?.checked_sub(1)?;
    let offset = |n: usize| {
        let bytes = slice(font, n.checked_mul(size)?.checked_add(table)?, size)?;
        let value = bytes.iter().fold(0usize, |sum, b| (sum << 8) | usize::from(*b));
        base.checked_add(value)
    };
    let mut items = Vec::new();
    for n in 0..count {
        let (from, to) = (offset(n)?, offset(n.checked_add(1)?)?);
        font.get(from..to)?;
        items.push((from, to));
    }
    let end = items.last()?.1;
    Some(Index { items, end })
}

/// The operators of a DICT, each with its whole-number operands.
fn operators(dict: &[u8]) -> Vec<(u16, Vec<i64>)> {
    let mut found = Vec::new();
    let mut operands = Vec::new();
    let mut rest = dict;
    while let Some((byte, after)) = rest.split_first() {
        let next = |n: usize| i64::from(after.get(n).copied().unwrap_or(0));
        let first = i64::from(*byte);
        let (taken, value) = match byte {
            12 => {
                found.push((
                    0x0c00 | u16::from(after.first().copied().unwrap_or(0)),
                    std::mem::take(&mut operands),
                ));
                (1, None)
            }
            0..=21 => {
                found.push((u16::from(*byte), std::mem::take(&mut operands)));
                (0, None)
            }
            28 => (2, Some((next(0) << 8) | next(1))),
            29 => (4, Some((next(0) << 24) | (next(1) << 16) | (next(2) << 8) | next(3))),
            30 => (
                after
                    .iter()
                    .position(|b| b & 15 == 15 || b >> 4 == 15)
                    .map_or(after.len(), |n| n + 1),
                Some(0),
            ),
            32..=246 => (0, Some(first - 139)),
            247..=250 => (1, Some((first - 247) * 256 + next(0) + 108)),
            251..=254 => (1, Some(-(first - 251) * 256 - next(0) - 108)),
            _ => (0, None),
        };
        operands.extend(value);
        rest = after.get(taken..).unwrap_or_default();
    }
    found
}

fn operand(top: &[(u16, Vec<i64>)], operator: u16) -> Option<usize> {
    let (_, operands) = top.iter().find(|(name, _)| *name == operator)?;
    usize::try_from(*operands.last()?).ok()
}

/// Numbers of the strings that draw: glyph names, and the two of a character collection.
fn used_strings(font: &[u8], top: &[(u16, Vec<i64>)]) -> Option<BTreeSet<u32>> {
    if let Some((_, ros)) = top.iter().find(|(name, _)| *name == 0x0c1e) {
        // The glyphs of a collection have numbers, not names.
        return Some(ros.iter().take(2).filter_map(|n| u32::try_from(*n).ok()).collect());
    }
    let mut used = BTreeSet::new();
    let encoding = operand(top, 16).unwrap_or(0);
    if encoding > 1 && font.get(encoding)? & 0x80 != 0 {
        supplement(font, encoding, &mut used)?;
    }
    let charset = operand(top, 15).unwrap_or(0);
    if charset <= 2 {
        return Some(used);
    }
    let glyphs = index(font, operand(top, 17)?)?.items.len();
    let format = *font.get(charset)?;
    let mut at = charset.checked_add(1)?;
    let mut left = glyphs.saturating_sub(1);
    while left > 0 {
        let first = u32::from(be16(font, at)?);
        at = at.checked_add(2)?;
        let more = match format {
            0 => 0,
            1 => usize::from(*font.get(at)?),
            2 => usize::from(be16(font, at)?),
            _ => return None,
        };
        at = at.checked_add(usize::from(format))?;
        let count = more.checked_add(1)?.min(left);
        used.extend((first..).take(count));
        left = left.checked_sub(count)?;
    }
    Some(used)
}

/// Glyph names an encoding adds.
fn supplement(font: &[u8], encoding: usize, used: &mut BTreeSet<u32>) -> Option<()> {
    let count = usize::from(*font.get(encoding.checked_add(1)?)?);
    let size =
        if matches!(font.get(encoding)?, 0 | 0x80) { count } else { count.checked_mul(2)? };
    let at = encoding.checked_add(2)?.checked_add(size)?;
    for n in 0..usize::from(*font.get(at)?) {
        let entry = n.checked_mul(3)?.checked_add(at)?.checked_add(2)?;
        used.insert(u32::from(be16(font, entry)?));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(items: &[&[u8]]) -> Vec<u8> {
        let mut out = u16::try_from(items.len()).expect("few").to_be_bytes().to_vec();
        out.push(1);
        let mut offset = 1u8;
        out.push(offset);
        for item in items {
            offset += u8::try_from(item.len()).expect("short");
            out.push(offset);
        }
        out.extend(items.concat());
        out
    }

    #[test]
    fn the_notice_goes_and_glyph_names_stay() {
        // Top DICT: Notice is string 391, charset and CharStrings stand at the end.
        let build = |charset: u8, letters: u8| {
            let top = [28, 1, 135, 1, 28, 0, charset, 15, 28, 0, letters, 17];
            let head = [
                vec![1, 0, 4, 1],
                packed(&[b"JaneSans"]),
                packed(&[&top]),
                packed(&[b"(c) JANE", b"glyphname"]),
            ]
            .concat();
            let tail = [vec![0, 1, 136], packed(&[b"\x0e", b"\x0e"])].concat();
            (head.len(), [head, tail].concat())
        };
        let (at, _) = build(0, 0);
        let at = u8::try_from(at).expect("small");
        let (_, font) = build(at, at + 3);
        let out = clean(&font).expect("well formed");
        let has = |needle: &[u8]| crate::bytes::find(&out, needle).is_some();
        assert!(!has(b"JANE") && !has(b"JaneSans") && has(b"glyphname"));
        assert_eq!(out.len(), font.len());
    }
}
