//! The second reader: takes a clean picture by its grammar alone and compares each segment with
//! the exact bytes it may have. It shares no code with the walker.

use memchr::memchr_iter;

use super::{JFIF, adobe};
use crate::{Refusal, exif, icc};

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    let mut rest = clean.strip_prefix(&[0xff, 0xd8]).ok_or_else(|| fault("no start"))?;
    let mut profile = Vec::new();
    let mut colours = 0u8;
    loop {
        match rest {
            [0xff, 0xd9] => break,
            [0xff, marker, high, low, tail @ ..] => {
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                let len = len.checked_sub(2).ok_or_else(|| fault("a length"))?;
                let (body, after) = tail.split_at_checked(len).ok_or_else(|| fault("a length"))?;
                segment(*marker, body, &mut profile)?;
                if matches!(marker, 0xc0..=0xc2) {
                    colours = body.get(5).copied().unwrap_or(0);
                }
                rest = if *marker == 0xda { skip_scan(after) } else { after };
            }
            _ => return Err(fault("bytes between segments")),
        }
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

/// What follows the coded data: the first 0xff that is neither stuffed nor a restart.
fn skip_scan(data: &[u8]) -> &[u8] {
    let is_marker = |at: &usize| {
        let after = at.checked_add(1).and_then(|after| data.get(after));
        after.is_some_and(|second| !matches!(second, 0 | 0xd0..=0xd7))
    };
    let end = memchr_iter(0xff, data).find(is_marker);
    end.and_then(|at| data.get(at..)).unwrap_or_default()
}
