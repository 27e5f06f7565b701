//! Writes the boxes of a clean file in their fixed order, and the samples behind them.

use std::borrow::Cow;

use super::aac;
use super::describe::Inside;
use super::tables::{Chunk, Sizes};
use super::track::{Media, Track};
use crate::bmff::write as put;
use crate::codec::{self, Units};
use crate::report::{Class, Findings, Format};
use crate::rope::Rope;
use crate::{Limits, Refusal};

/// The matrix that turns nothing.
const STRAIGHT: &[u8; 36] =
    b"\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0";

/// A track's samples as they will be written.
struct Laid {
    sizes: Sizes,
    /// The first sample; place in the data, samples, description.
    chunks: Vec<(usize, (usize, u32, u32))>,
}

fn large() -> Refusal {
    Refusal::malformed("a video that is too large for its format")
}

pub(super) fn write<'a>(
    format: Format,
    timescale: u32,
    tracks: &[Track<'a>],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Rope<'a>, Refusal> {
    let (data, laid) = lay(tracks, findings)?;
    limits.admit_output(data.len())?;
    let mut head = Vec::new();
    put(&mut head, *b"ftyp", &[brands(format)])?;
    // Places in four bytes reach 4 GiB; tables are far smaller than what is left here.
    let wide = data.len() > (u32::MAX - (1 << 28)) as usize;
    let data_head = if wide { 16 } else { 8 };
    let movie = |start: usize| movie(format, timescale, tracks, &laid, start, wide);
    let start = head.len().saturating_add(movie(0)?.len()).saturating_add(data_head);
    head.extend_from_slice(&movie(start)?);
    let len = data.len().saturating_add(data_head);
    if wide {
        head.extend_from_slice(b"\0\0\0\x01mdat");
        head.extend_from_slice(&(len as u64).to_be_bytes());
    } else {
        head.extend_from_slice(&u32::try_from(len).map_err(|_| large())?.to_be_bytes());
        head.extend_from_slice(b"mdat");
    }
    let mut out = Rope::from(head);
    out.append(data);
    limits.admit_output(out.len())?;
    Ok(out)
}

/// The brands every file of a kind has.
pub(super) fn brands(format: Format) -> &'static [u8] {
    match format {
        Format::Mov => b"qt  \0\0\0\0qt  ",
        Format::M4a => b"M4A \0\0\0\0M4A mp42isom",
        _ => b"isom\0\0\0\0isomiso2mp41",
    }
}

/// Puts all chunks one behind the other, in the order of the original.
fn lay<'a>(
    tracks: &[Track<'a>],
    findings: &mut Findings,
) -> Result<(Rope<'a>, Vec<Laid>), Refusal> {
    let mut order: Vec<(usize, &Chunk<'a>)> = tracks
        .iter()
        .enumerate()
        .flat_map(|(n, track)| track.samples.chunks.iter().map(move |chunk| (n, chunk)))
        .collect();
    order.sort_by_key(|(n, chunk)| (chunk.at, *n, chunk.first));
    let mut laid: Vec<Laid> = tracks
        .iter()
        .map(|track| Laid { sizes: track.samples.sizes.clone(), chunks: Vec::new() })
        .collect();
    let mut data = Rope::default();
    let mut gone = vec![0usize; tracks.len()];
    for (number, chunk) in order {
        let (Some(track), Some(laid)) = (tracks.get(number), laid.get_mut(number)) else {
            continue;
        };
        let place = (data.len(), chunk.count, chunk.description);
        laid.chunks.push((chunk.first, place));
        let before = data.len();
        lay_chunk(track, chunk, &mut laid.sizes, &mut data)?;
        let written = data.len().saturating_sub(before);
        if let Some(gone) = gone.get_mut(number) {
            *gone = gone.saturating_add(chunk.len.saturating_sub(written));
        }
    }
    for (track, gone) in tracks.iter().zip(gone).filter(|(_, gone)| *gone > 0) {
        let what = match track.media {
            Media::Video => "messages between slices",
            Media::Audio => "messages between samples",
        };
        findings.removed(Class::Software, what, &format!("{gone} bytes"));
    }
    // Samples follow each other as the track has them, wherever in the file their chunks stand.
    for laid in &mut laid {
        laid.chunks.sort_by_key(|(first, _)| *first);
    }
    Ok((data, laid))
}

/// Puts one chunk: whole, or sample by sample without what a decoder does not need.
fn lay_chunk<'a>(
    track: &Track<'a>,
    chunk: &Chunk<'a>,
    sizes: &mut Sizes,
    data: &mut Rope<'a>,
) -> Result<(), Refusal> {
    let at = usize::try_from(chunk.description).ok().and_then(|n| n.checked_sub(1));
    let inside = at.and_then(|at| track.description.inside.get(at)).copied();
    let sizes = match (inside, sizes) {
        (Some(Inside::Units(Units::Whole)) | None, _) | (_, Sizes::Same(..)) => {
            data.push(Cow::Borrowed(chunk.bytes));
            return Ok(());
        }
        (_, Sizes::Each(sizes)) => sizes,
    };
    let count = usize::try_from(chunk.count).map_err(|_| large())?;
    let sizes = sizes.iter_mut().skip(chunk.first).take(count);
    // What touches is put as one piece.
    let (mut from, mut to, mut next) = (0usize, 0usize, 0usize);
    let piece = |from: usize, to: usize| chunk.bytes.get(from..to).unwrap_or_default();
    for size in sizes {
        let start = next;
        next = next.saturating_add(usize::try_from(*size).map_err(|_| large())?);
        let sample = piece(start, next);
        let parts = match inside {
            Some(Inside::Aac) => match aac::tidy(sample) {
                Some(clean) => {
                    data.push(Cow::Borrowed(piece(from, to)));
                    data.push(Cow::Owned(clean));
                    (from, to) = (next, next);
                    continue;
                }
                None => codec::needed(Units::Whole, sample).unwrap_or_default(),
            },
            Some(Inside::Units(units)) => codec::needed(units, sample)
                .ok_or_else(|| Refusal::malformed("units of a coded picture"))?,
            None => Vec::new(),
        };
        let mut len = 0usize;
        for part in parts {
            len = len.saturating_add(part.len());
            let (start_of, end_of) =
                (start.saturating_add(part.start), start.saturating_add(part.end));
            if start_of == to {
                to = end_of;
            } else {
                data.push(Cow::Borrowed(piece(from, to)));
                (from, to) = (start_of, end_of);
            }
        }
        *size = u32::try_from(len).map_err(|_| large())?;
    }
    data.push(Cow::Borrowed(piece(from, to)));
    Ok(())
}

/// A number in four or in eight bytes.
fn number(out: &mut Vec<u8>, number: u64, wide: bool) {
    if wide {
        out.extend_from_slice(&number.to_be_bytes());
    } else {
        let [.., a, b, c, d] = number.to_be_bytes();
        out.extend_from_slice(&[a, b, c, d]);
    }
}

fn is_wide(number: u64) -> bool {
    number > u64::from(u32::MAX) - 1
}

fn movie(
    format: Format,
    timescale: u32,
    tracks: &[Track<'_>],
    laid: &[Laid],
    start: usize,
    wide_places: bool,
) -> Result<Vec<u8>, Refusal> {
    let duration = tracks.iter().map(|track| track.duration).max().unwrap_or(0);
    let wide = is_wide(duration);
    let mut head = vec![u8::from(wide), 0, 0, 0];
    number(&mut head, 0, wide);
    number(&mut head, 0, wide);
    head.extend_from_slice(&timescale.to_be_bytes());
    number(&mut head, duration, wide);
    head.extend_from_slice(&[0, 1, 0, 0, 1, 0]);
    head.resize(head.len() + 10, 0);
    head.extend_from_slice(STRAIGHT);
    head.resize(head.len() + 24, 0);
    let next = u32::try_from(tracks.len()).map_err(|_| large())?.saturating_add(1);
    head.extend_from_slice(&next.to_be_bytes());
    let mut body = Vec::new();
    put(&mut body, *b"mvhd", &[&head])?;
    for (id, (track, laid)) in (1u32..).zip(tracks.iter().zip(laid)) {
        let inner = trak(format, id, track, laid, start, wide_places)?;
        put(&mut body, *b"trak", &[&inner])?;
    }
    let mut out = Vec::new();
    put(&mut out, *b"moov", &[&body])?;
    Ok(out)
}

fn trak(
    format: Format,
    id: u32,
    track: &Track<'_>,
    laid: &Laid,
    start: usize,
    wide_places: bool,
) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    let wide = is_wide(track.duration);
    let mut head = vec![u8::from(wide), 0, 0, track.flags];
    number(&mut head, 0, wide);
    number(&mut head, 0, wide);
    head.extend_from_slice(&id.to_be_bytes());
    head.extend_from_slice(&[0; 4]);
    number(&mut head, track.duration, wide);
    head.extend_from_slice(&[0; 8]);
    head.extend_from_slice(&track.looks);
    put(&mut out, *b"tkhd", &[&head])?;
    if !track.edits.is_empty() {
        let wide = track
            .edits
            .iter()
            .any(|(duration, start, _)| is_wide(*duration) || i32::try_from(*start).is_err());
        let mut list = vec![u8::from(wide), 0, 0, 0];
        number(&mut list, track.edits.len() as u64, false);
        for (duration, start, rate) in &track.edits {
            number(&mut list, *duration, wide);
            number(&mut list, start.cast_unsigned(), wide);
            list.extend_from_slice(&rate.to_be_bytes());
        }
        let mut inner = Vec::new();
        put(&mut inner, *b"elst", &[&list])?;
        put(&mut out, *b"edts", &[&inner])?;
    }
    let media = media(format, track, laid, start, wide_places)?;
    put(&mut out, *b"mdia", &[&media])?;
    Ok(out)
}

fn media(
    format: Format,
    track: &Track<'_>,
    laid: &Laid,
    start: usize,
    wide_places: bool,
) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    let wide = is_wide(track.media_duration);
    let mut head = vec![u8::from(wide), 0, 0, 0];
    number(&mut head, 0, wide);
    number(&mut head, 0, wide);
    head.extend_from_slice(&track.timescale.to_be_bytes());
    number(&mut head, track.media_duration, wide);
    // No language is said.
    head.extend_from_slice(&[0x55, 0xc4, 0, 0]);
    put(&mut out, *b"mdhd", &[&head])?;
    let (kind, head): (&[u8; 4], ([u8; 4], &[u8])) = match track.media {
        Media::Video => (b"vide", (*b"vmhd", &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])),
        Media::Audio => (b"soun", (*b"smhd", &[0; 8])),
    };
    let component: &[u8; 4] = if format == Format::Mov { b"mhlr" } else { &[0; 4] };
    put(&mut out, *b"hdlr", &[&[0; 4], component, kind, &[0; 13]])?;
    let mut info = Vec::new();
    put(&mut info, head.0, &[head.1])?;
    // One reference: this file.
    put(&mut info, *b"dinf", &[b"\0\0\0\x1cdref\0\0\0\0\0\0\0\x01\0\0\0\x0curl \0\0\0\x01"])?;
    let samples = samples(track, laid, start, wide_places)?;
    put(&mut info, *b"stbl", &[&samples])?;
    put(&mut out, *b"minf", &[&info])?;
    Ok(out)
}

fn samples(track: &Track<'_>, laid: &Laid, start: usize, wide: bool) -> Result<Vec<u8>, Refusal> {
    let count = |n: usize| u32::try_from(n).map(u32::to_be_bytes).map_err(|_| large());
    let mut out = Vec::new();
    let entries = &track.description.entries;
    put(&mut out, *b"stsd", &[&[0; 4], &count(entries.len())?, &entries.concat()])?;
    for table in &track.tables {
        let head = [table.version, 0, 0, 0];
        put(&mut out, table.kind, &[&head, &table.count.to_be_bytes(), &table.body])?;
    }
    let mut runs = Vec::new();
    let mut before = None;
    for (number, (_, (_, samples, description))) in (1u32..).zip(&laid.chunks) {
        if before != Some((*samples, *description)) {
            runs.push([number, *samples, *description]);
            before = Some((*samples, *description));
        }
    }
    let list: Vec<u8> = runs.iter().flatten().flat_map(|n| n.to_be_bytes()).collect();
    put(&mut out, *b"stsc", &[&[0; 4], &count(runs.len())?, &list])?;
    match &laid.sizes {
        Sizes::Same(size, all) => {
            put(&mut out, *b"stsz", &[&[0; 4], &size.to_be_bytes(), &all.to_be_bytes()])?;
        }
        Sizes::Each(sizes) => {
            let list: Vec<u8> = sizes.iter().flat_map(|n| n.to_be_bytes()).collect();
            put(&mut out, *b"stsz", &[&[0; 8], &count(sizes.len())?, &list])?;
        }
    }
    let mut list = Vec::new();
    for (_, (at, ..)) in &laid.chunks {
        number(&mut list, start.saturating_add(*at) as u64, wide);
    }
    let kind = if wide { *b"co64" } else { *b"stco" };
    put(&mut out, kind, &[&[0; 4], &count(laid.chunks.len())?, &list])?;
    Ok(out)
}
