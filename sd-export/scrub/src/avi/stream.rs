//! Streams: the coding, the head it needs and its clock.

use super::{Movie, dropped};
use crate::bytes::{le16, le32};
use crate::codec::Units;
use crate::msmedia;
use crate::report::{Class, Findings};
use crate::riff::{Chunks, Endian};
use crate::{Limits, Refusal};

/// A stream that is kept.
pub(super) struct Stream {
    pub(super) units: Units,
    pub(super) clock: Clock,
    /// The description of pictures or sound, written anew.
    pub(super) format: Vec<u8>,
    /// None for sound.
    pub(super) picture: Option<Picture>,
}

/// What is said of pictures only.
pub(super) struct Picture {
    pub(super) sides: (u32, u32),
    pub(super) coding: [u8; 4],
    /// Shape of the whole picture, as two numbers of two bytes.
    pub(super) shape: Option<u32>,
    /// Whether every picture stands alone.
    pub(super) is_still: bool,
}

/// The clock of a stream: `rate / scale` ticks a second.
pub(super) struct Clock {
    pub(super) scale: u32,
    pub(super) rate: u32,
    /// Ticks before the first.
    pub(super) start: u32,
    /// Bytes of one tick of sound; zero where each chunk is one tick.
    pub(super) unit: u32,
}

impl Stream {
    /// The last two letters of the names of its chunks.
    pub(super) fn letters(&self) -> [u8; 2] {
        match &self.picture {
            None => *b"wb",
            Some(picture) if picture.is_still && self.units == Units::Whole => *b"db",
            Some(_) => *b"dc",
        }
    }

    /// Ticks of a chunk of so many bytes, in sums: chunks and bytes.
    pub(super) fn ticks(&self, chunks: usize, bytes: usize) -> u32 {
        let unit = usize::try_from(self.clock.unit).unwrap_or(0);
        u32::try_from(bytes.checked_div(unit).unwrap_or(chunks)).unwrap_or(u32::MAX)
    }
}

/// The stream, if it is of pictures or sound.
pub(super) fn read(
    body: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Option<Stream>, Refusal> {
    let broken = || Refusal::malformed("a stream");
    let mut chunks = Chunks::new(body, Endian::Little);
    let (mut head, mut format, mut shape) = (None, None, None);
    while let Some(chunk) = chunks.next()? {
        match &chunk.kind {
            b"strh" if head.is_none() => head = Some(chunk.body),
            b"strf" if format.is_none() => format = Some(chunk.body),
            b"vprp" => {
                let both = |n: &u32| n >> 16 != 0 && n & 0xffff != 0;
                shape = le32(chunk.body, 20).filter(both);
            }
            _ => dropped(&chunk, findings),
        }
    }
    let head = head.ok_or_else(broken)?;
    let format = format.ok_or_else(broken)?;
    match head.get(..4) {
        Some(b"vids") => {
            let found = msmedia::picture(format, limits, findings)?;
            let picture = Picture {
                sides: (found.width, found.height),
                coding: found.coding,
                shape,
                is_still: found.is_still,
            };
            let clock = Clock { unit: 0, ..clock(head, findings).ok_or_else(broken)? };
            note_encoder(&found.body, findings);
            let (format, units) = (found.body, found.units);
            Ok(Some(Stream { units, clock, format, picture: Some(picture) }))
        }
        Some(b"auds") => {
            let sound = msmedia::sound(format, "sound in an AVI", findings)?;
            let clock = clock(head, findings).ok_or_else(broken)?;
            let (format, units) = (sound.body(), Units::Whole);
            Ok(Some(Stream { units, clock, format, picture: None }))
        }
        Some(b"iavs") => {
            Err(Refusal::unsupported("video coded as DV: its pictures carry the time of recording"))
        }
        Some(b"txts") => {
            findings.removed(Class::HiddenContent, "stream of text (subtitles)", "");
            Ok(None)
        }
        _ => {
            findings.removed(Class::HiddenContent, "stream of another kind", "");
            Ok(None)
        }
    }
}

fn clock(head: &[u8], findings: &mut Findings) -> Option<Clock> {
    if le16(head, 14)? != 0 {
        findings.removed(Class::Location, "language of a stream", "");
    }
    let clock = Clock {
        scale: le32(head, 20)?,
        rate: le32(head, 24)?,
        start: le32(head, 28)?,
        unit: le32(head, 44)?,
    };
    // A rectangle ends the head, of eight bytes or of sixteen.
    if head.iter().skip(64).any(|b| *b != 0) {
        findings.removed(Class::Trailing, "bytes behind the head of a stream", "");
    }
    (clock.scale != 0 && clock.rate != 0).then_some(clock)
}

/// Says that the name of an encoder stays.
pub(super) fn note_encoder(coded: &[u8], findings: &mut Findings) {
    const WHY: &str = "a decoder needs it to know what this encoder did wrong";
    if let Some(name) = crate::codec::encoder(coded) {
        let name = crate::wording::foreign(name);
        findings.kept(Class::Software, "name of the encoder in the pictures", &name, WHY);
    }
}

/// Without an index only the first picture of a stream is known to stand alone.
pub(super) fn first_is_key(movie: &mut Movie<'_>) {
    let mut seen = vec![false; movie.streams.len()];
    for packet in &mut movie.packets {
        let stream = movie.streams.get(packet.stream).and_then(Option::as_ref);
        let alone = stream.is_some_and(|s| s.picture.as_ref().is_none_or(|p| p.is_still));
        if let Some(seen) = seen.get_mut(packet.stream) {
            packet.is_key = packet.is_key.or(Some(alone || !*seen));
            *seen = true;
        }
    }
}
