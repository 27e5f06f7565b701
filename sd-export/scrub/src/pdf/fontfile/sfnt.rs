//! TrueType and OpenType: only the tables that draw, in one order, dates and sums made anew.

use crate::bytes::{be16, be32, be32_len, slice};

/// Tables a document's reader needs, in the order they are written.
const TABLES: [[u8; 4]; 14] = [
    *b"CFF ", *b"cmap", *b"cvt ", *b"fpgm", *b"glyf", *b"head", *b"hhea", *b"hmtx", *b"loca",
    *b"maxp", *b"post", *b"prep", *b"vhea", *b"vmtx",
];

/// The font with listed tables only; glyph names only for fonts that are asked by them.
pub(super) fn clean(font: &[u8], composite: bool) -> Option<Vec<u8>> {
    let kind = slice(font, 0, 4)?;
    if !matches!(kind, [0, 1, 0, 0] | b"true" | b"OTTO") {
        return None;
    }
    let mut tables: Vec<([u8; 4], Vec<u8>)> = Vec::new();
    for name in TABLES {
        let Some(body) = table(font, name) else {
            continue;
        };
        let body = match &name {
            b"CFF " => super::cff::clean(body)?,
            b"head" => head(body)?,
            b"post" => post(body, composite)?,
            _ => body.to_vec(),
        };
        tables.push((name, body));
    }
    assemble(if kind == b"OTTO" { b"OTTO" } else { &[0, 1, 0, 0] }, &tables)
}

/// A table's bytes; one that reaches past the end is taken as far as it goes, as readers do.
fn table(font: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let count = usize::from(be16(font, 4)?).min(200);
    (0..count).find_map(|n| {
        let at = n.checked_mul(16)?.checked_add(12)?;
        (slice(font, at, 4)? == name.as_slice()).then_some(())?;
        let offset = be32_len(font, at.checked_add(8)?)?;
        let len = be32_len(font, at.checked_add(12)?)?;
        let end = offset.checked_add(len)?.min(font.len());
        font.get(offset..end)
    })
}

/// The header without revision, sum and dates.
fn head(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = slice(body, 0, 54)?.to_vec();
    out.get_mut(4..12)?.fill(0);
    out.get_mut(20..36)?.fill(0);
    Some(out)
}

/// Glyph names, exactly as many as there are, or none.
fn post(body: &[u8], composite: bool) -> Option<Vec<u8>> {
    let mut out = body.get(..body.len().min(32))?.to_vec();
    out.resize(32, 0);
    out.get_mut(16..32)?.fill(0);
    if composite || be32(body, 0) != Some(0x0002_0000) {
        let version: u32 = if be32(body, 0) == Some(0x0001_0000) && !composite {
            0x0001_0000
        } else {
            0x0003_0000
        };
        out.get_mut(..4)?.copy_from_slice(&version.to_be_bytes());
        return Some(out);
    }
    let count = be16(body, 32)?;
    let indexes = slice(body, 34, usize::from(count).checked_mul(2)?)?;
    let own = indexes.chunks_exact(2).filter_map(|pair| be16(pair, 0)).max().unwrap_or(0);
    let own = usize::from(own).saturating_sub(257);
    let mut end = 34usize.checked_add(indexes.len())?;
    for _ in 0..own {
        let Some(len) = body.get(end) else { break };
        end = end.checked_add(usize::from(*len))?.checked_add(1)?;
    }
    out.extend_from_slice(body.get(32..end.min(body.len()))?);
    Some(out)
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(4).fold(0u32, |sum, chunk| {
        let mut word = [0u8; 4];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

fn assemble(kind: &[u8], tables: &[([u8; 4], Vec<u8>)]) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok().filter(|count| *count > 0)?;
    let log = u16::try_from(count.ilog2()).ok()?;
    let range = 16u16.checked_shl(u32::from(log))?;
    let mut out = kind.to_vec();
    for field in [count, range, log, (count * 16).checked_sub(range)?] {
        out.extend_from_slice(&field.to_be_bytes());
    }
    let mut offset = tables.len().checked_mul(16)?.checked_add(12)?;
    let mut head_at = None;
    for (name, body) in tables {
        if name == b"head" {
            head_at = Some(offset);
        }
        out.extend_from_slice(name);
        out.extend_from_slice(&sum(body).to_be_bytes());
        out.extend_from_slice(&u32::try_from(offset).ok()?.to_be_bytes());
        out.extend_from_slice(&u32::try_from(body.len()).ok()?.to_be_bytes());
        offset = offset.checked_add(body.len().checked_next_multiple_of(4)?)?;
    }
    for (_, body) in tables {
        out.extend_from_slice(body);
        out.resize(out.len().checked_next_multiple_of(4)?, 0);
    }
    if let Some(at) = head_at {
        let adjust = 0xb1b0_afba_u32.wrapping_sub(sum(&out));
        out.get_mut(at.checked_add(8)?..at.checked_add(12)?)?
            .copy_from_slice(&adjust.to_be_bytes());
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_table_and_the_dates_go_and_the_outlines_stay() {
        let tables: Vec<([u8; 4], Vec<u8>)> = vec![
            (*b"glyf", b"OUTLINES".to_vec()),
            (*b"head", [vec![7; 54], b"SLACK".to_vec()].concat()),
            (*b"name", b"JANE DOE FONTS".to_vec()),
            (*b"post", [b"\0\x02\0\0".as_slice(), &[9; 28], b"\0\x01\x01\x02\x01xTAIL"].concat()),
        ];
        let font = assemble(&[0, 1, 0, 0], &tables).expect("small");
        let out = clean(&font, false).expect("well formed");
        let has = |needle: &[u8]| crate::bytes::find(&out, needle).is_some();
        assert!(has(b"OUTLINES") && !has(b"JANE") && !has(b"SLACK") && !has(b"TAIL"));
        assert_eq!(sum(&out), 0xb1b0_afba, "the sum over the whole font is the one readers expect");
        assert_eq!(clean(&out, false).as_deref(), Some(out.as_slice()));
    }
}
