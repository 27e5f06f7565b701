//! BMP: pixels kept, with a head written anew.
//!
//! ```text
//! head --read--> size, depth, masks, colours        rows --padding and spare bits cleared-->
//!   'BM' 40 bytes [masks] | 108 bytes with alpha, colours, rows --> check
//! ```
//! Gaps, profiles (which may be the path of a file), print resolution and bytes after the rows do
//! not survive.

mod check;
mod head;
mod rle;

use crate::bytes::slice;
use crate::report::{Class, Findings};
use crate::{Cleaned, Limits, Refusal};
use head::Head;

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let head = Head::read(bytes, &mut findings)?;
    limits.admit_pixels(head.width, head.height, 1)?;
    let len = head.row().and_then(|row| row.checked_mul(usize::try_from(head.height).ok()?));
    let early = || Refusal::malformed("picture data end early");
    let (mut rows, used) = if head.coded {
        let side = |side| usize::try_from(side).map_err(|_| early());
        let coded = bytes.get(head.start..).unwrap_or_default();
        rle::decode(coded, (side(head.width)?, side(head.height)?), head.depth)?
    } else {
        let len = len.ok_or_else(early)?;
        (slice(bytes, head.start, len).ok_or_else(early)?.to_vec(), len)
    };
    let end = head.start.saturating_add(used);
    if end < bytes.len() {
        let detail = format!("{} bytes", bytes.len().saturating_sub(end));
        findings.removed(Class::Trailing, "bytes after the rows", &detail);
    }
    if head.table_end < head.start {
        findings.removed(Class::Trailing, "bytes before the rows", "");
    }
    tidy_rows(&head, &mut rows, &mut findings)?;
    let palette = tidy_palette(&head, &rows, &mut findings)?;
    let out = write(&head, &palette, &rows)?;
    check::check(&out)?;
    Ok((out, findings))
}

/// Clears what no pixel shows: bytes that fill up rows, bits outside all masks.
fn tidy_rows(head: &Head, rows: &mut [u8], findings: &mut Findings) -> Result<(), Refusal> {
    let row = head.row().ok_or_else(|| Refusal::malformed("the width"))?;
    let used_bits = usize::try_from(head.width)
        .ok()
        .and_then(|width| width.checked_mul(head.depth.into()))
        .ok_or_else(|| Refusal::malformed("the width"))?;
    let (mut padding, mut spare) = (false, false);
    for row in rows.chunks_exact_mut(row) {
        for (at, byte) in row.iter_mut().enumerate().skip(used_bits / 8) {
            let bits = used_bits.saturating_sub(at.saturating_mul(8)).min(8);
            let keep = !(0xffu16 >> bits).to_be_bytes()[1];
            padding |= *byte & !keep != 0;
            *byte &= keep;
        }
        let shown = head.shown_bits();
        let width = usize::from(head.depth / 8);
        if shown != u32::MAX && width > 0 {
            let (pixels, _) = row.split_at_mut(used_bits / 8);
            for (byte, keep) in pixels.iter_mut().zip(shown.to_le_bytes()[..width].iter().cycle()) {
                spare |= *byte & !keep != 0;
                *byte &= keep;
            }
        }
    }
    if padding {
        findings.removed(Class::HiddenContent, "bytes that fill up rows", "");
    }
    if spare {
        findings.removed(Class::HiddenContent, "bits that no colour uses", "");
    }
    Ok(())
}

/// The palette with the colours that no pixel uses made black.
fn tidy_palette(head: &Head, rows: &[u8], findings: &mut Findings) -> Result<Vec<u8>, Refusal> {
    let mut palette = head.palette.clone();
    if palette.is_empty() {
        return Ok(palette);
    }
    let mut uses = [false; 256];
    let row = head.row().ok_or_else(|| Refusal::malformed("the width"))?;
    let per_byte = 8 / head.depth.max(1);
    for row in rows.chunks_exact(row) {
        let width = usize::try_from(head.width).unwrap_or(usize::MAX);
        let indexes = row.iter().flat_map(|byte| {
            (0..per_byte).map(move |n| {
                let shift = 8 - (n + 1) * head.depth;
                (byte >> shift) & (0xff >> (8 - head.depth))
            })
        });
        for index in indexes.take(width) {
            if let Some(entry) = uses.get_mut(usize::from(index)) {
                *entry = true;
            }
        }
    }
    let entries = palette.len() / 4;
    if uses.iter().skip(entries).any(|used| *used) {
        return Err(Refusal::malformed("a pixel outside the palette"));
    }
    let (mut cleared, mut spare) = (0usize, false);
    for (entry, used) in palette.chunks_exact_mut(4).zip(uses) {
        if let [_, _, _, fourth] = entry {
            spare |= *fourth != 0;
            *fourth = 0;
        }
        if !used && entry != [0; 4] {
            entry.fill(0);
            cleared = cleared.saturating_add(1);
        }
    }
    if spare {
        findings.removed(Class::HiddenContent, "spare bytes of the palette", "");
    }
    if cleared > 0 {
        let place = "palette entries that no pixel uses";
        findings.removed(Class::HiddenContent, place, &cleared.to_string());
    }
    Ok(palette)
}

fn write(head: &Head, palette: &[u8], rows: &[u8]) -> Result<Vec<u8>, Refusal> {
    let body = head.written(palette.len() / 4);
    let start = 14usize.saturating_add(body.len()).saturating_add(palette.len());
    let large = || Refusal::malformed("a picture that is too large for its format");
    let size = u32::try_from(start.saturating_add(rows.len())).map_err(|_| large())?;
    let mut out = b"BM".to_vec();
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&u32::try_from(start).map_err(|_| large())?.to_le_bytes());
    out.extend_from_slice(&body);
    out.extend_from_slice(palette);
    out.extend_from_slice(rows);
    Ok(out)
}
