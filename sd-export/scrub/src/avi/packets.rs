//! Chunks of pictures and sound, in the order of the file.

use super::{Movie, dropped, stream};
use crate::Refusal;
use crate::codec::{self, Units};
use crate::report::{Class, Findings};
use crate::riff::{Chunk, Chunks, Endian};
use crate::wording::foreign;

/// One chunk of a stream that is kept.
pub(super) struct Packet<'a> {
    /// The stream's number in the original.
    pub(super) stream: usize,
    /// Where the chunk starts in the original.
    pub(super) at: usize,
    pub(super) parts: Vec<&'a [u8]>,
    /// Whether it stands alone, where that is known.
    pub(super) is_key: Option<bool>,
}

impl Packet<'_> {
    pub(super) fn len(&self) -> usize {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.len()))
    }
}

/// Reads a list of chunks that starts at `base` of the file.
pub(super) fn read<'a>(
    body: &'a [u8],
    base: usize,
    movie: &mut Movie<'a>,
    findings: &mut Findings,
    is_inner: bool,
) -> Result<(), Refusal> {
    let mut chunks = Chunks::new(body, Endian::Little);
    loop {
        let at = base.saturating_add(chunks.at());
        let Some(chunk) = chunks.next()? else {
            break;
        };
        match (&chunk.kind, chunk.body.get(..4)) {
            // Chunks that were written together.
            (b"LIST", Some(b"rec ")) if !is_inner => {
                let inner = chunk.body.get(4..).unwrap_or_default();
                read(inner, at.saturating_add(12), movie, findings, true)?;
            }
            ([b'i', b'x', ..], _) => movie.index.newer(chunk.body)?,
            _ => one(&chunk, at, movie, findings)?,
        }
    }
    if !chunks.rest().is_empty() {
        findings.removed(Class::Trailing, "bytes between chunks", &foreign(chunks.rest()));
    }
    Ok(())
}

fn one<'a>(
    chunk: &Chunk<'a>,
    at: usize,
    movie: &mut Movie<'a>,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    let [tens, ones, letters @ ..] = chunk.kind;
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    let number = usize::from(tens.wrapping_sub(b'0')) * 10 + usize::from(ones.wrapping_sub(b'0'));
    let found = movie.streams.get(number).filter(|_| digits);
    let Some(found) = found else {
        dropped(chunk, findings);
        return Ok(());
    };
    // A stream that is left out was named already.
    let Some(found) = found else {
        return Ok(());
    };
    match (&letters, &found.picture) {
        (b"dc" | b"db", Some(_)) | (b"wb", None) => {}
        (b"pc", Some(_)) => {
            return Err(Refusal::unsupported("a video whose palette changes on the way"));
        }
        _ => {
            dropped(chunk, findings);
            return Ok(());
        }
    }
    if chunk.padded_with {
        findings.removed(Class::Trailing, "filling byte of a chunk", "");
    }
    movie.packets.push(Packet { stream: number, at, parts: vec![chunk.body], is_key: None });
    Ok(())
}

/// Cuts what a decoder does not need out of all chunks, and says how many bytes that was.
pub(super) fn cut(movie: &mut Movie<'_>, findings: &mut Findings) -> Result<usize, Refusal> {
    let mut gone = 0usize;
    // A bit for each stream: there are 64 at most.
    let mut started = 0u64;
    for packet in &mut movie.packets {
        let stream = movie.streams.get(packet.stream).and_then(Option::as_ref);
        let units = stream.map_or(Units::Whole, |stream| stream.units);
        let coded = packet.parts.first().copied().unwrap_or_default();
        let parts = codec::needed(units, coded)
            .ok_or_else(|| Refusal::malformed("units of a coded picture"))?;
        if units == Units::Mpeg4 && started & (1 << packet.stream) == 0 {
            stream::note_encoder(coded, findings);
        }
        started |= 1 << packet.stream;
        packet.parts = parts.into_iter().filter_map(|part| coded.get(part)).collect();
        gone = gone.saturating_add(coded.len().saturating_sub(packet.len()));
    }
    Ok(gone)
}
