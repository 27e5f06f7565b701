//! The clean file: head, chunks, index.

use std::borrow::Cow;

use super::Movie;
use super::stream::Stream;
use crate::Refusal;
use crate::riff::{self, Endian};
use crate::rope::Rope;

/// What the index says of a chunk that stands alone.
pub(super) const KEY: u32 = 0x10;
/// There is an index, streams are mixed, and the index tells what stands alone.
pub(super) const FLAGS: u32 = 0x910;

/// Chunks, bytes and the longest chunk of a stream.
#[derive(Clone, Copy, Default)]
struct Sums {
    chunks: usize,
    bytes: usize,
    longest: usize,
}

fn number(value: usize) -> Result<u32, Refusal> {
    u32::try_from(value).map_err(|_| Refusal::TooLarge {
        what: "the clean AVI in bytes".to_owned(),
        limit: u32::MAX.into(),
    })
}

pub(super) fn write<'a>(movie: &Movie<'a>) -> Result<Rope<'a>, Refusal> {
    let mut sums = vec![Sums::default(); movie.streams.len()];
    // Streams that are kept are numbered anew.
    let mut names = Vec::new();
    for found in &movie.streams {
        let count = names.iter().flatten().count();
        let digit = |n: usize| b'0' + u8::try_from(n % 10).unwrap_or(0);
        let digits = [digit(count / 10), digit(count)];
        names.push(found.as_ref().map(|found| [digits, found.letters()].concat()));
    }
    let mut index = Vec::new();
    let mut data = 4usize;
    for packet in &movie.packets {
        let len = packet.len();
        if let Some(sum) = sums.get_mut(packet.stream) {
            sum.chunks = sum.chunks.saturating_add(1);
            sum.bytes = sum.bytes.saturating_add(len);
            sum.longest = sum.longest.max(len);
        }
        let name = names.get(packet.stream).and_then(Option::as_ref);
        index.extend_from_slice(name.map(Vec::as_slice).unwrap_or_default());
        let key = if packet.is_key == Some(true) { KEY } else { 0 };
        for value in [key, number(data)?, number(len)?] {
            index.extend_from_slice(&value.to_le_bytes());
        }
        data = data.saturating_add(8).saturating_add(len.next_multiple_of(2));
    }
    let head = head(movie, &sums)?;
    let total = 4 + 8 + head.len() + 8 + 8 + index.len();
    let mut front = b"RIFF".to_vec();
    front.extend_from_slice(&number(total.saturating_add(data))?.to_le_bytes());
    front.extend_from_slice(b"AVI ");
    riff::write(&mut front, *b"LIST", &[&head], Endian::Little)?;
    front.extend_from_slice(b"LIST");
    front.extend_from_slice(&number(data)?.to_le_bytes());
    front.extend_from_slice(b"movi");
    let mut out = Rope::default();
    for packet in &movie.packets {
        let name = names.get(packet.stream).and_then(Option::as_ref);
        front.extend_from_slice(name.map(Vec::as_slice).unwrap_or_default());
        front.extend_from_slice(&number(packet.len())?.to_le_bytes());
        out.push(Cow::Owned(std::mem::take(&mut front)));
        packet.parts.iter().for_each(|part| out.push(Cow::Borrowed(part)));
        if packet.len() % 2 == 1 {
            front.push(0);
        }
    }
    riff::write(&mut front, *b"idx1", &[&index], Endian::Little)?;
    out.push(Cow::Owned(front));
    Ok(out)
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// The list of heads: of the file, then of each stream.
fn head(movie: &Movie<'_>, sums: &[Sums]) -> Result<Vec<u8>, Refusal> {
    let kept = || movie.streams.iter().zip(sums).filter_map(|(s, sum)| Some((s.as_ref()?, sum)));
    let shown = kept().find_map(|(stream, sum)| Some((stream, stream.picture.as_ref()?, sum)));
    let longest = number(kept().map(|(_, sum)| sum.longest).max().unwrap_or(0))?;
    let (mut tick, mut frames, mut sides) = (0, 0, (0, 0));
    if let Some((stream, picture, sum)) = shown {
        let micros = u64::from(stream.clock.scale).saturating_mul(1_000_000);
        tick = u32::try_from(micros / u64::from(stream.clock.rate.max(1))).unwrap_or(u32::MAX);
        frames = number(sum.chunks)?;
        sides = picture.sides;
    }
    let count = number(kept().count())?;
    let mut out = b"hdrl".to_vec();
    let fields = [tick, 0, 0, FLAGS, frames, 0, count, longest, sides.0, sides.1, 0, 0, 0, 0];
    riff::write(&mut out, *b"avih", &[&numbers(&fields)], Endian::Little)?;
    for (stream, sum) in kept() {
        let mut list = b"strl".to_vec();
        let ticks = stream.ticks(sum.chunks, sum.bytes);
        let head = stream_head(stream, ticks, number(sum.longest)?);
        riff::write(&mut list, *b"strh", &[&head], Endian::Little)?;
        riff::write(&mut list, *b"strf", &[&stream.format], Endian::Little)?;
        if let Some(shape) = shape(stream) {
            riff::write(&mut list, *b"vprp", &[&shape], Endian::Little)?;
        }
        riff::write(&mut out, *b"LIST", &[&list], Endian::Little)?;
    }
    Ok(out)
}

fn stream_head(stream: &Stream, ticks: u32, longest: u32) -> Vec<u8> {
    let clock = &stream.clock;
    let (kind, coding) = match &stream.picture {
        Some(picture) => (b"vids", picture.coding),
        None => (b"auds", [0; 4]),
    };
    let (width, height) = stream.picture.as_ref().map_or((0, 0), |picture| picture.sides);
    let side = |n: u32| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
    let fields =
        [0, 0, 0, clock.scale, clock.rate, clock.start, ticks, longest, u32::MAX, clock.unit];
    let mut out = [kind.as_slice(), &coding, &numbers(&fields), &[0; 4]].concat();
    out.extend_from_slice(&side(width));
    out.extend_from_slice(&side(height));
    out
}

/// The shape of the picture, where the original says one.
fn shape(stream: &Stream) -> Option<Vec<u8>> {
    let picture = stream.picture.as_ref()?;
    let (width, height) = picture.sides;
    let rate = stream.clock.rate / stream.clock.scale.max(1);
    let field = [height, width, height, width, 0, 0, 0, 0];
    let head = [0, 0, rate, width, height, picture.shape?, width, height, 1];
    Some(numbers(&[head.as_slice(), &field].concat()))
}
