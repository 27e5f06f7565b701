//! The second reader: accounts for every byte of the clean file, front to back.

use super::ifd::unit;
use super::page::KEPT;
use crate::bytes::slice;
use crate::exif::{self, Order};
use crate::{Refusal, icc};

/// The tags that say the shape of pixels that are not square.
const SHAPE: [u16; 3] = [0x011a, 0x011b, 0x0128];

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("TIFF: bytes that are not on the list");
    let (order, first) = exif::header(clean).ok_or_else(fault)?;
    let mut at = first;
    if at != 8 {
        return Err(fault());
    }
    loop {
        let (end, next) = page(clean, order, at).ok_or_else(fault)?;
        match next {
            0 if end == clean.len() => return Ok(()),
            next if next == end && next > at => at = next,
            _ => return Err(fault()),
        }
    }
}

/// Where a page's bytes end, and where it says the next one is.
fn page(clean: &[u8], order: Order, at: usize) -> Option<(usize, usize)> {
    let count = usize::from(order.short(clean, at)?);
    let mut field = at.checked_add(2)?;
    let directory_end = field.checked_add(count.checked_mul(12)?)?;
    let next = order.long(clean, directory_end)?;
    // Everything that follows the directory follows it without a gap.
    let mut end = directory_end.checked_add(4)?;
    let (mut places, mut lens) = (Vec::new(), Vec::new());
    let mut before = 0;
    for _ in 0..count {
        let tag = order.short(clean, field)?;
        (tag > before && (KEPT.contains(&tag) || SHAPE.contains(&tag))).then_some(())?;
        before = tag;
        let len = order
            .long(clean, field.checked_add(4)?)?
            .checked_mul(unit(order.short(clean, field.checked_add(2)?)?)?)?;
        let inline = field.checked_add(8)?;
        let value = if len <= 4 {
            let pad = slice(clean, inline.checked_add(len)?, 4 - len)?;
            pad.iter().all(|b| *b == 0).then_some(())?;
            slice(clean, inline, len)?
        } else {
            (order.long(clean, inline)? == end).then_some(())?;
            end = padded(clean, end, len)?;
            slice(clean, end.checked_sub(len.next_multiple_of(2))?, len)?
        };
        match tag {
            0x0111 | 0x0144 => places = longs(order, value),
            0x0117 | 0x0145 => lens = longs(order, value),
            0x8773 => {
                (icc::is_canonical(value, 3) || icc::is_canonical(value, 1)).then_some(())?;
            }
            _ => {}
        }
        field = field.checked_add(12)?;
    }
    (!places.is_empty() && places.len() == lens.len()).then_some(())?;
    for (place, len) in places.into_iter().zip(lens) {
        (place == end).then_some(())?;
        end = padded(clean, end, len)?;
    }
    Some((end, next))
}

/// The even place behind `len` bytes; a byte that fills up must be zero.
fn padded(clean: &[u8], at: usize, len: usize) -> Option<usize> {
    let end = at.checked_add(len)?;
    if len % 2 == 1 {
        (*clean.get(end)? == 0).then_some(())?;
    }
    let even = end.checked_add(len % 2)?;
    (even <= clean.len()).then_some(even)
}

fn longs(order: Order, value: &[u8]) -> Vec<usize> {
    (0..value.len()).step_by(4).filter_map(|at| order.long(value, at)).collect()
}
