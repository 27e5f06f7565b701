//! The second reader: takes a clean picture by its grammar alone and compares each segment with
//! the exact bytes it may have. It shares no code with the walker.

use memchr::memchr_iter;

use super::{JFIF, adobe};
use crate::rope::Rope;
use crate::{Refusal, exif, icc};

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    if clean.slice(0, 2).as_deref() != Some(&[0xff, 0xd8]) {
        return Err(fault("no start"));
    }
    let mut at = 2usize;
    let mut profile = Vec::new();
    let mut colours = 0u8;
    while clean.slice(at, 2).as_deref() != Some(&[0xff, 0xd9]) {
        let head = clean.slice(at, 4);
        let Some([0xff, marker, high, low]) = head.as_deref() else {
            return Err(fault("bytes between segments"));
        };
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        let body = len.checked_sub(2).and_then(|len| clean.slice(at.saturating_add(4), len));
        let body = body.ok_or_else(|| fault("a length"))?;
        segment(*marker, &body, &mut profile)?;
        if matches!(marker, 0xc0..=0xc2) {
            colours = body.get(5).copied().unwrap_or(0);
        }
        at = at.saturating_add(len).saturating_add(2);
        if *marker == 0xda {
            at = behind_scan(clean, at);
        }
    }
    if at.saturating_add(2) != clean.len() {
        return Err(fault("bytes after the end"));
    }
    if !profile.is_empty() && !icc::is_canonical(&profile, colours) {
        return Err(fault("a colour profile"));
    }
    Ok(())
}

fn fault(what: &str) -> Refusal {
    Refusal::not_clean(format!("JPEG: {what}"))
}

fn segment(marker: u8, body: &[u8], profile: &mut Vec<u8>) -> Result<(), Refusal> {
    let exact = match marker {
        0xe0 => body == JFIF,
        0xe1 => body.strip_prefix(b"Exif\0\0").is_some_and(exif::is_orientation_only),
        0xe2 => match body.strip_prefix(b"ICC_PROFILE\0") {
            Some([_, _, chunk @ ..]) => {
                profile.extend_from_slice(chunk);
                true
            }
            _ => false,
        },
        0xee => (0..=2).any(|transform| body == adobe(transform)),
        0xdb => {
            matches!((body.first().map(|b| b >> 4), body.len()), (Some(0), 65) | (Some(1), 129))
        }
        0xc4 => {
            let counts = body.get(1..17).unwrap_or_default();
            let total: usize = counts.iter().map(|n| usize::from(*n)).sum();
            !counts.is_empty() && body.len() == total + 17
        }
        0xdd => body.len() == 2,
        0xc0..=0xc2 => body.get(5).is_some_and(|n| body.len() == 6 + 3 * usize::from(*n)),
        0xda => body.first().is_some_and(|n| body.len() == 4 + 2 * usize::from(*n)),
        _ => false,
    };
    if exact { Ok(()) } else { Err(fault(&format!("segment 0xff{marker:02x}"))) }
}

/// Where the coded data end that start here: at the first 0xff that is neither stuffed nor a restart.
fn behind_scan(clean: &Rope<'_>, start: usize) -> usize {
    let ends = |second: &u8| !matches!(*second, 0 | 0xd0..=0xd7);
    let mut at = start;
    let mut before = None;
    for piece in clean.pieces_from(start) {
        if before == Some(0xff) && piece.first().is_some_and(ends) {
            return at.saturating_sub(1);
        }
        let second = |first: usize| first.checked_add(1).and_then(|second| piece.get(second));
        if let Some(end) = memchr_iter(0xff, piece).find(|first| second(*first).is_some_and(ends)) {
            return at.saturating_add(end);
        }
        before = piece.last().copied().or(before);
        at = at.saturating_add(piece.len());
    }
    at
}
