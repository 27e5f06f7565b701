//! The tables of a track: when each sample is shown, how long it is and where it stands.

use super::Data;
use super::describe::Description;
use crate::Refusal;
use crate::bmff::{self, Box};
use crate::bytes::Cursor;
use crate::report::Findings;

/// A table that is copied entry by entry: its kind, version, and the numbers of its entries.
pub(super) struct Table {
    pub(super) kind: [u8; 4],
    pub(super) version: u8,
    pub(super) count: u32,
    pub(super) body: Vec<u8>,
}

/// Tables that are copied, and the bytes of one entry.
pub(super) const COPIED: [(&[u8; 4], usize); 3] = [(b"stts", 8), (b"ctts", 8), (b"stss", 4)];

/// All tables of a track.
pub(super) struct Tables {
    pub(super) kept: Vec<Table>,
    sizes: Sizes,
    /// First chunk, samples in a chunk, which description.
    runs: Vec<(u32, u32, u32)>,
    places: Vec<u64>,
}

/// How long samples are.
#[derive(Clone)]
pub(super) enum Sizes {
    /// All alike: how long, and how many.
    Same(u32, u32),
    Each(Vec<u32>),
}

fn broken(what: &str) -> Refusal {
    Refusal::malformed(format!("a track: {what}"))
}

impl Tables {
    pub(super) fn read(stbl: &[Box<'_>], findings: &mut Findings) -> Result<Self, Refusal> {
        let get = |kind: &[u8; 4]| bmff::first(stbl, *kind);
        let mut kept = Vec::new();
        for (kind, entry) in COPIED {
            if let Some(found) = get(kind) {
                kept.push(copied(&found, entry).ok_or_else(|| broken("a table of times"))?);
            }
        }
        if kept.first().is_none_or(|table| table.kind != *b"stts") {
            return Err(broken("no times"));
        }
        for found in stbl {
            match &found.kind {
                b"stsd" | b"stts" | b"ctts" | b"stss" | b"stsz" | b"stz2" | b"stsc" | b"stco"
                | b"co64" | b"sdtp" | b"sgpd" | b"sbgp" | b"cslg" | b"stps" => {}
                b"saiz" | b"saio" | b"senc" => return Err(Refusal::Encrypted),
                _ => bmff::dropped(found, "samples", findings),
            }
        }
        let sizes = get(b"stsz").and_then(|found| sizes(&found)).ok_or_else(|| broken("sizes"))?;
        let runs = get(b"stsc").and_then(|found| runs(&found)).ok_or_else(|| broken("chunks"))?;
        let places = get(b"stco")
            .map(|found| (found, false))
            .or_else(|| get(b"co64").map(|found| (found, true)))
            .and_then(|(found, wide)| places(&found, wide))
            .ok_or_else(|| broken("places"))?;
        Ok(Self { kept, sizes, runs, places })
    }
}

fn copied(found: &Box<'_>, entry: usize) -> Option<Table> {
    let (version, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let count = from.be32()?;
    let body = from.take(usize::try_from(count).ok()?.checked_mul(entry)?)?.to_vec();
    let version = if found.kind == *b"ctts" { version & 1 } else { 0 };
    Some(Table { kind: found.kind, version, count, body })
}

fn sizes(found: &Box<'_>) -> Option<Sizes> {
    let (_, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let (same, count) = (from.be32()?, from.be32()?);
    if same != 0 {
        return Some(Sizes::Same(same, count));
    }
    let len = usize::try_from(count).ok()?.checked_mul(4)?;
    let mut list = Cursor::new(from.take(len)?);
    let mut sizes = Vec::new();
    while let Some(size) = list.be32() {
        sizes.push(size);
    }
    Some(Sizes::Each(sizes))
}

fn runs(found: &Box<'_>) -> Option<Vec<(u32, u32, u32)>> {
    let (_, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let mut runs: Vec<(u32, u32, u32)> = Vec::new();
    for _ in 0..from.be32()? {
        let run = (from.be32()?, from.be32()?, from.be32()?);
        let rises = runs.last().map_or(run.0 == 1, |last| last.0 < run.0);
        rises.then_some(())?;
        runs.push(run);
    }
    Some(runs)
}

fn places(found: &Box<'_>, wide: bool) -> Option<Vec<u64>> {
    let (_, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let mut places = Vec::new();
    for _ in 0..from.be32()? {
        places.push(if wide { from.be64()? } else { from.be32()?.into() });
    }
    Some(places)
}

/// Samples that stand one behind the other.
pub(super) struct Chunk<'a> {
    /// Where in the file; chunks are written in this order.
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) bytes: &'a [u8],
    /// The number of its first sample.
    pub(super) first: usize,
    pub(super) count: u32,
    pub(super) description: u32,
}

/// All samples of a track.
pub(super) struct Samples<'a> {
    pub(super) sizes: Sizes,
    pub(super) chunks: Vec<Chunk<'a>>,
}

/// A chunk's place, length, first sample, samples and description.
pub(super) type Layout = Vec<(usize, usize, usize, u32, u32)>;

impl Tables {
    pub(super) fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    /// Where all chunks are.
    pub(super) fn layout(&self, description: &Description) -> Result<Layout, Refusal> {
        let mut chunks = Vec::new();
        let mut first = 0usize;
        let mut runs = self.runs.iter().peekable();
        let mut run = (0, 0, 1);
        for (number, place) in (1u32..).zip(&self.places) {
            while let Some(next) = runs.next_if(|next| next.0 <= number) {
                run = *next;
            }
            let (_, count, kind) = run;
            let len = chunk_len(&self.sizes, first, count, description)
                .ok_or_else(|| broken("more samples in chunks than there are"))?;
            let at = usize::try_from(*place).map_err(|_| broken("places"))?;
            if kind == 0 || usize::try_from(kind).map_or(true, |n| n > description.count()) {
                return Err(broken("samples of an unknown description"));
            }
            chunks.push((at, len, first, count, kind));
            first = usize::try_from(count)
                .ok()
                .and_then(|count| first.checked_add(count))
                .ok_or_else(|| broken("chunks"))?;
        }
        let all = match &self.sizes {
            Sizes::Same(_, count) => usize::try_from(*count).unwrap_or(usize::MAX),
            Sizes::Each(sizes) => sizes.len(),
        };
        if all == first { Ok(chunks) } else { Err(broken("samples that are in no chunk")) }
    }
}

impl<'a> Samples<'a> {
    pub(super) fn read(
        bytes: &'a [u8],
        tables: &Tables,
        data: &Data,
        description: &Description,
    ) -> Result<Self, Refusal> {
        let mut chunks = Vec::new();
        for (at, len, first, count, description) in tables.layout(description)? {
            let end = at.checked_add(len).ok_or_else(|| broken("places"))?;
            // Only what stands in the data boxes is a sample.
            if !data.iter().any(|(from, to)| at >= *from && end <= *to) {
                return Err(broken("samples outside the data"));
            }
            let bytes = bytes.get(at..end).ok_or_else(|| broken("places"))?;
            chunks.push(Chunk { at, len, bytes, first, count, description });
        }
        Ok(Self { sizes: tables.sizes.clone(), chunks })
    }
}

/// Bytes of so many samples.
fn chunk_len(sizes: &Sizes, first: usize, count: u32, description: &Description) -> Option<usize> {
    let samples = usize::try_from(count).ok()?;
    match sizes {
        Sizes::Same(size, all) => {
            let end = first.checked_add(samples)?;
            (end <= usize::try_from(*all).ok()?).then_some(())?;
            // QuickTime counts plain sound by its samples, whatever a sample's size.
            let size = description.unit.unwrap_or(usize::try_from(*size).ok()?);
            samples.checked_mul(size)
        }
        Sizes::Each(sizes) => sizes
            .get(first..first.checked_add(samples)?)?
            .iter()
            .try_fold(0usize, |sum, size| sum.checked_add(usize::try_from(*size).ok()?)),
    }
}
