//! The second reader: walks the elements of the clean file by a tree of its own, with every length
//! in eight bytes, and looks into every block.

use super::ebml::{self, id};
use super::ebml::{Element, elements};
use super::{WRITER, tracks};
use crate::bytes::Cursor;
use crate::codec;
use crate::report::Findings;
use crate::rope::Rope;
use crate::{Limits, Refusal};

fn fault() -> Refusal {
    Refusal::not_clean("Matroska: bytes that are not on the list")
}

/// Checks that a clean file holds nothing but what the list names.
pub(super) fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    let mut at = 0usize;
    let (number, len) = head(clean, &mut at).ok_or_else(fault)?;
    let ebml = clean.slice(at, len).ok_or_else(fault)?;
    if number != id::EBML || elements(&ebml, |_| false)?.len() != 7 {
        return Err(fault());
    }
    at = at.saturating_add(len);
    let (number, len) = head(clean, &mut at).ok_or_else(fault)?;
    if number != id::SEGMENT || at.checked_add(len) != Some(clean.len()) {
        return Err(fault());
    }
    let mut list: Vec<tracks::Track> = Vec::new();
    let mut before = 0;
    while at < clean.len() {
        let (number, len) = head(clean, &mut at).ok_or_else(fault)?;
        let rank = match number {
            id::INFO => 1,
            id::TRACKS => 2,
            id::CUES => 3,
            id::CLUSTER => 4,
            _ => return Err(fault()),
        };
        if rank < before || (rank == before && rank != 4) {
            return Err(fault());
        }
        before = rank;
        if number == id::CLUSTER {
            cluster(clean, at, len, &list).ok_or_else(fault)?;
        } else {
            let body = clean.slice(at, len).ok_or_else(fault)?;
            let inner = elements(&body, |_| false)?;
            match number {
                id::INFO => info(&inner).ok_or_else(fault)?,
                id::TRACKS => list = entries(&inner)?,
                _ if inner.iter().any(|point| point.id != 0xbb || point.body.len() != 60) => {
                    return Err(fault());
                }
                _ => {}
            }
        }
        at = at.checked_add(len).ok_or_else(fault)?;
    }
    if before == 4 && at == clean.len() { Ok(()) } else { Err(fault()) }
}

/// Number and length of the element at `at`, which goes on to its body.
fn head(clean: &Rope<'_>, at: &mut usize) -> Option<(u32, usize)> {
    let bytes = clean.slice(*at, 12.min(clean.len().checked_sub(*at)?))?;
    let mut from = Cursor::new(&bytes);
    let (number, len) = ebml::head(&mut from)?;
    // Lengths take eight bytes, always.
    let width = if number > 0xff_ffff { 4 } else { 1 };
    (from.at() == width + 8).then_some(())?;
    *at = at.checked_add(from.at())?;
    Some((number, len?))
}

fn info(inner: &[Element<'_>]) -> Option<()> {
    inner
        .iter()
        .all(|element| match element.id {
            id::SCALE | id::DURATION => element.body.len() == 8,
            0x4d80 | 0x5741 => element.body == WRITER,
            _ => false,
        })
        .then_some(())
}

/// The tracks, each of which must come out as it went in.
fn entries(inner: &[Element<'_>]) -> Result<Vec<tracks::Track>, Refusal> {
    let mut list = Vec::new();
    for (number, found) in (1u64..).zip(inner) {
        let mut findings = Findings::default();
        let track = tracks::read(found, &Limits::default(), &mut findings)?.ok_or_else(fault)?;
        let mut again = Vec::new();
        tracks::write(&mut again, &track, number);
        let same = again.get(9..) == Some(found.body);
        if found.id != id::TRACK || track.number != number || !same {
            return Err(fault());
        }
        list.push(track);
    }
    Ok(list)
}

fn cluster(clean: &Rope<'_>, start: usize, len: usize, tracks: &[tracks::Track]) -> Option<()> {
    let end = start.checked_add(len)?;
    let mut at = start;
    let (number, len) = head(clean, &mut at)?;
    (number == id::TIME && len == 8).then_some(())?;
    at = at.checked_add(len)?;
    while at < end {
        let (number, len) = head(clean, &mut at)?;
        match number {
            id::SIMPLE => block(clean, at, len, tracks)?,
            id::GROUP => group(clean, at, len, tracks)?,
            _ => return None,
        }
        at = at.checked_add(len)?;
    }
    (at == end).then_some(())
}

fn group(clean: &Rope<'_>, start: usize, len: usize, tracks: &[tracks::Track]) -> Option<()> {
    let mut at = start;
    let (number, inner) = head(clean, &mut at)?;
    (number == id::BLOCK).then_some(())?;
    block(clean, at, inner, tracks)?;
    at = at.checked_add(inner)?;
    let rest = clean.slice(at, start.checked_add(len)?.checked_sub(at)?);
    let rest = rest.unwrap_or_default();
    let known = |element: &Element<'_>| {
        matches!(element.id, 0x9b | 0xfb | 0x75a2) && element.body.len() <= 8
    };
    elements(&rest, |_| false).ok()?.iter().all(known).then_some(())
}

fn block(clean: &Rope<'_>, at: usize, len: usize, tracks: &[tracks::Track]) -> Option<()> {
    // What stands before the frame is another piece: asked for together they would be copied.
    let head = clean.slice(at, 4)?;
    let number = usize::from(head.first()? & 0x7f).checked_sub(1)?;
    let track = tracks.get(number)?;
    (head.get(3)? & 0x70 == 0).then_some(())?;
    let frame = clean.slice(at.checked_add(4)?, len.checked_sub(4)?)?;
    codec::is_clean(track.units, &frame).then_some(())
}
