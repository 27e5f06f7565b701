//! The second reader: every box one that may stand where it stands, every time zero, every byte of
//! the data in exactly one sample, and nothing in a sample that a decoder does not need.

use super::describe::{Description, Inside};
use super::tables::{Sizes, Tables};
use super::track::Media;
use super::{aac, write};
use crate::bmff::{self, Box, boxes};
use crate::bytes::{be32, be32_len, slice};
use crate::codec;
use crate::report::{Findings, Format};
use crate::rope::Rope;
use crate::{Limits, Refusal};

/// Which boxes may stand in which.
const TREE: [(&[u8; 4], &[&[u8; 4]]); 7] = [
    (b"moov", &[b"mvhd", b"trak"]),
    (b"trak", &[b"tkhd", b"edts", b"mdia"]),
    (b"edts", &[b"elst"]),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf"]),
    (b"minf", &[b"vmhd", b"smhd", b"dinf", b"stbl"]),
    (b"dinf", &[b"dref"]),
    (b"stbl", &[b"stsd", b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stco", b"co64"]),
];

fn fault() -> Refusal {
    Refusal::not_clean("MP4: bytes that are not on the list")
}

/// Checks that a clean file holds nothing but what the list names.
pub(super) fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    let word = |at| clean.slice(at, 8).ok_or_else(fault);
    let first = word(0)?;
    let brands = be32_len(&first, 0).ok_or_else(fault)?;
    let movie = be32_len(&word(brands)?, 0).ok_or_else(fault)?;
    let data = brands.checked_add(movie).ok_or_else(fault)?;
    let head = clean.slice(0, data).ok_or_else(fault)?;
    let known = [Format::Mov, Format::M4a, Format::Mp4];
    let brands = slice(&head, 8, brands.saturating_sub(8)).ok_or_else(fault)?;
    if !first.ends_with(b"ftyp") || !known.iter().any(|f| write::brands(*f) == brands) {
        return Err(fault());
    }
    let start = data_start(clean, data).ok_or_else(fault)?;
    let all = boxes(&head)?;
    let [_, movie] = all.as_slice() else {
        return Err(fault());
    };
    tree(movie)?;
    let mut chunks = Vec::new();
    for track in boxes(movie.body)?.iter().filter(|found| found.kind == *b"trak") {
        samples(clean, track, &mut chunks)?;
    }
    chunks.sort_unstable();
    let mut at = start;
    for (from, to) in chunks {
        if from != at {
            return Err(fault());
        }
        at = to;
    }
    if at == clean.len() { Ok(()) } else { Err(fault()) }
}

/// Where the data start: the last box, which reaches to the end.
fn data_start(clean: &Rope<'_>, at: usize) -> Option<usize> {
    let head = clean.slice(at, 8)?;
    (head.ends_with(b"mdat")).then_some(())?;
    let len = clean.len().checked_sub(at)?;
    match be32(&head, 0)? {
        1 => {
            let size = clean.slice(at.checked_add(8)?, 8)?;
            let size = u64::from_be_bytes(size.as_ref().try_into().ok()?);
            (size == len as u64).then_some(())?;
            at.checked_add(16)
        }
        size => {
            (usize::try_from(size).ok()? == len).then_some(())?;
            at.checked_add(8)
        }
    }
}

fn tree(found: &Box<'_>) -> Result<(), Refusal> {
    let Some((_, inner)) = TREE.iter().find(|(kind, _)| **kind == found.kind) else {
        return if leaf(found).is_some() { Ok(()) } else { Err(fault()) };
    };
    for found in boxes(found.body)? {
        if !inner.contains(&&found.kind) {
            return Err(fault());
        }
        tree(&found)?;
    }
    Ok(())
}

/// Whether a box without boxes has the only length it may have, and no time.
fn leaf(found: &Box<'_>) -> Option<()> {
    let (version, _, rest) = found.full()?;
    let len = rest.len();
    let wide = version == 1;
    let times = || rest.get(..if wide { 16 } else { 8 }).is_some_and(|t| t.iter().all(|b| *b == 0));
    let list = |entry: usize| Some(len == be32_len(rest, 0)?.checked_mul(entry)?.checked_add(4)?);
    let sound = match &found.kind {
        b"mvhd" => len == if wide { 108 } else { 96 } && times(),
        b"tkhd" => len == if wide { 92 } else { 80 } && times(),
        b"mdhd" => len == if wide { 32 } else { 20 } && times() && rest.ends_with(b"\x55\xc4\0\0"),
        b"hdlr" => len == 21 && rest.ends_with(&[0; 13]),
        b"vmhd" => len == 8,
        b"smhd" => len == 4,
        b"dref" => rest == b"\0\0\0\x01\0\0\0\x0curl \0\0\0\x01",
        b"elst" => list(if wide { 20 } else { 12 })?,
        b"stts" | b"ctts" | b"co64" => list(8)?,
        b"stss" | b"stco" => list(4)?,
        b"stsc" => list(12)?,
        b"stsz" if be32(rest, 0)? != 0 => len == 8,
        b"stsz" => len == be32_len(rest, 4)?.checked_mul(4)?.checked_add(8)?,
        b"stsd" => true,
        _ => false,
    };
    sound.then_some(())
}

/// Takes the tables of a track once more and looks into its samples.
fn samples(
    clean: &Rope<'_>,
    track: &Box<'_>,
    chunks: &mut Vec<(usize, usize)>,
) -> Result<(), Refusal> {
    let inner = bmff::first(&boxes(track.body)?, *b"mdia").ok_or_else(fault)?;
    let inner = boxes(inner.body)?;
    let handler = bmff::first(&inner, *b"hdlr").ok_or_else(fault)?;
    let media =
        if slice(handler.body, 8, 4) == Some(b"vide") { Media::Video } else { Media::Audio };
    let minf = bmff::first(&inner, *b"minf").ok_or_else(fault)?;
    let stbl = bmff::first(&boxes(minf.body)?, *b"stbl").ok_or_else(fault)?;
    let stbl = boxes(stbl.body)?;
    let mut findings = Findings::default();
    let description = Description::read(&stbl, media, &Limits::default(), &mut findings)?;
    let tables = Tables::read(&stbl, &mut findings)?;
    let stsd = bmff::first(&stbl, *b"stsd").ok_or_else(fault)?;
    if stsd.body.get(8..) != Some(description.entries.concat().as_slice()) {
        return Err(fault());
    }
    for (at, len, first, count, number) in tables.layout(&description)? {
        chunks.push((at, at.saturating_add(len)));
        let inside = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        let inside = inside.and_then(|n| description.inside.get(n)).copied();
        if let (Sizes::Each(sizes), Some(inside)) = (tables.sizes(), inside) {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let mut at = at;
            for size in sizes.iter().skip(first).take(count) {
                let size = usize::try_from(*size).map_err(|_| fault())?;
                if !is_needed(inside, clean, at, size) {
                    return Err(fault());
                }
                at = at.saturating_add(size);
            }
        }
    }
    Ok(())
}

/// Whether a sample holds only what a decoder needs.
fn is_needed(inside: Inside, clean: &Rope<'_>, at: usize, size: usize) -> bool {
    if inside == Inside::Units(codec::Units::Whole) || size == 0 {
        return true;
    }
    let Some(sample) = clean.slice(at, size) else {
        return false;
    };
    match inside {
        Inside::Aac => aac::tidy(&sample).is_none(),
        Inside::Units(units) => codec::is_clean(units, &sample),
    }
}
