//! Frames: each is followed code by code to find its end.

use memchr::memchr_iter;

use crate::Refusal;
use crate::bits::Bits;
use crate::bytes::{be16, slice};
use crate::sums::{FLAC_FRAME, FLAC_HEAD};

/// What the description of the stream says that frames may leave out.
pub(super) struct Stream {
    depth: u32,
    channels: u32,
}

impl Stream {
    pub(super) fn read(info: &[u8; 34]) -> Result<Self, Refusal> {
        let word = crate::bytes::be32(info, 10).ok_or_else(broken)?;
        let low = info.get(13).copied().ok_or_else(broken)?;
        let channels = ((word >> 9) & 7) + 1;
        let depth =
            (u32::from(info.get(12).copied().unwrap_or(0) & 1) << 4 | u32::from(low >> 4)) + 1;
        if (4..=32).contains(&depth) { Ok(Self { depth, channels }) } else { Err(broken()) }
    }

    /// Where the last frame ends.
    pub(super) fn follow(&self, frames: &[u8]) -> Result<usize, Refusal> {
        let mut at = 0usize;
        while at < frames.len() {
            let rest = frames.get(at..).unwrap_or_default();
            let Some(len) = self.frame(rest) else {
                if resumes(rest) {
                    return Err(Refusal::malformed("a frame that is cut off"));
                }
                // What is no frame behind the last one is trailing.
                break;
            };
            if slice(rest, 0, len).is_none_or(|frame| FLAC_FRAME.checksum(frame) != 0) {
                return Err(Refusal::malformed("the checksum of a frame"));
            }
            at = at.saturating_add(len);
        }
        if at == 0 { Err(Refusal::malformed("no sound in the file")) } else { Ok(at) }
    }

    /// Bytes of the frame that starts here.
    fn frame(&self, bytes: &[u8]) -> Option<usize> {
        let mut bits = Bits::new(bytes);
        (bits.take(15)? == 0x7ffc).then_some(())?;
        bits.skip(1)?;
        let (size, rate) = (bits.take(4)?, bits.take(4)?);
        let (channels, depth) = (bits.take(4)?, bits.take(3)?);
        (bits.take(1)? == 0).then_some(())?;
        number(&mut bits)?;
        let samples = match size {
            1 => 192,
            2..=5 => 576 << (size - 2),
            6 => bits.take(8)? + 1,
            7 => bits.take(16)? + 1,
            8..=15 => 256 << (size - 8),
            _ => return None,
        };
        match rate {
            12 => drop(bits.take(8)?),
            13 | 14 => drop(bits.take(16)?),
            15 => return None,
            _ => {}
        }
        let head = bits.align()?;
        (bits.take(8)? == u32::from(FLAC_HEAD.checksum(slice(bytes, 0, head)?))).then_some(())?;
        let depth = match depth {
            0 => self.depth,
            1 => 8,
            2 => 12,
            4 => 16,
            5 => 20,
            6 => 24,
            7 => 32,
            _ => return None,
        };
        let count = match channels {
            0..=7 => channels + 1,
            8..=10 => 2,
            _ => return None,
        };
        (count == self.channels).then_some(())?;
        for channel in 0..count {
            // The difference of two channels takes a bit more.
            let wider = matches!((channels, channel), (8 | 10, 1) | (9, 0));
            subframe(&mut bits, depth + u32::from(wider), samples)?;
        }
        bits.align()?.checked_add(2)
    }
}

fn broken() -> Refusal {
    Refusal::malformed("the description of the stream")
}

/// Whether this calls itself a frame.
fn resumes(rest: &[u8]) -> bool {
    rest.first() == Some(&0xff) && rest.get(1).is_some_and(|b| b & 0xfe == 0xf8)
}

/// The number of the frame or of its first sample, written like a long UTF-8 character.
fn number(bits: &mut Bits<'_>) -> Option<()> {
    let first = u8::try_from(bits.take(8)?).ok()?;
    let more = match first.leading_ones() {
        0 => 0,
        ones @ 2..=7 => ones - 1,
        _ => return None,
    };
    for _ in 0..more {
        (bits.take(8)? >> 6 == 2).then_some(())?;
    }
    Some(())
}

fn subframe(bits: &mut Bits<'_>, depth: u32, samples: u32) -> Option<()> {
    (bits.take(1)? == 0).then_some(())?;
    let kind = bits.take(6)?;
    let wasted = if bits.take(1)? == 1 { u32::try_from(bits.unary()?).ok()? + 1 } else { 0 };
    let depth = usize::try_from(depth.checked_sub(wasted)?).ok()?;
    let count = usize::try_from(samples).ok()?;
    match kind {
        0 => bits.skip(depth),
        1 => bits.skip(depth.checked_mul(count)?),
        8..=12 => {
            let order = kind - 8;
            bits.skip(depth.checked_mul(usize::try_from(order).ok()?)?)?;
            residual(bits, samples, order)
        }
        32..=63 => {
            let order = kind - 31;
            bits.skip(depth.checked_mul(usize::try_from(order).ok()?)?)?;
            let precision = bits.take(4)? + 1;
            (precision < 16).then_some(())?;
            bits.skip(5)?;
            bits.skip(usize::try_from(precision * order).ok()?)?;
            residual(bits, samples, order)
        }
        _ => None,
    }
}

fn residual(bits: &mut Bits<'_>, samples: u32, order: u32) -> Option<()> {
    let width = match bits.take(2)? {
        0 => 4,
        1 => 5,
        _ => return None,
    };
    let parts = bits.take(4)?;
    let each = samples >> parts;
    (each << parts == samples && each >= order).then_some(())?;
    for part in 0..1u32 << parts {
        let count = if part == 0 { each - order } else { each };
        let parameter = bits.take(width)?;
        if parameter == (1 << width) - 1 {
            let raw = bits.take(5)?;
            bits.skip(usize::try_from(u64::from(raw) * u64::from(count)).ok()?)?;
            continue;
        }
        bits.pass_rice(parameter, count)?;
    }
    Some(())
}

/// The second reader's look at frames: each starts with a head, and its own sum is right where the
/// next one starts, or the file ends.
pub(super) fn sums(sound: &[u8]) -> bool {
    let mut rest = sound;
    while !rest.is_empty() {
        let Some(after) = summed(rest).and_then(|end| rest.get(end..)) else { return false };
        rest = after;
    }
    !sound.is_empty()
}

/// Where the frame that starts here ends, by its sum.
fn summed(sound: &[u8]) -> Option<usize> {
    let mut sum = FLAC_FRAME.digest();
    let mut from = 0;
    for end in memchr_iter(0xff, sound).chain([sound.len()]) {
        if end < sound.len() && be16(sound, end).is_none_or(|head| head >> 1 != 0x7ffc) {
            continue;
        }
        sum.update(sound.get(from..end)?);
        from = end;
        if end > 6 && sum.clone().finalize() == 0 {
            return Some(end);
        }
    }
    None
}
