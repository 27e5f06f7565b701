//! The first frame of many files: silent, with the number of frames, a table for seeking and how
//! much the encoder put in front. Encoders sign it, so it is written anew.

use super::frame::{Frame, Head as FrameHead};
use crate::Refusal;
use crate::bytes::{be32, slice};
use crate::report::{Class, Findings};
use crate::sums::LAME;
use crate::wording::foreign;

/// The head of the stream, if the first frame is one.
pub(super) enum Head {
    None,
    Vbri,
    Info(Info),
}

/// What is taken from it.
pub(super) struct Info {
    /// `Xing` for a changing bit rate, `Info` for one that does not.
    mark: [u8; 4],
    encoder: String,
    /// Samples that the encoder put in front and behind: twelve bits each.
    delay: [u8; 3],
}

/// Mark, flags, count, length, table, quality.
const BASIC: usize = 120;
/// The encoder's part behind it.
const WHOLE: usize = 156;
/// The name that is written, so that players believe the delay.
const NAME: &[u8] = b"LAME3.100";

pub(super) fn read(frame: &[u8]) -> Head {
    let Ok(Some(head)) = FrameHead::read(frame) else {
        return Head::None;
    };
    if slice(frame, 36, 4) == Some(b"VBRI") {
        return Head::Vbri;
    }
    // Some writers count the guard's two bytes, some do not.
    for at in [4 + head.side(), head.main_at()] {
        if let Some(mark @ (b"Xing" | b"Info")) = slice(frame, at, 4) {
            let mark = if mark == b"Xing" { *b"Xing" } else { *b"Info" };
            let encoder = slice(frame, at + encoder_at(frame, at), 9).unwrap_or_default();
            let delay_at = at + encoder_at(frame, at) + 21;
            let known = [b"LAME", b"Lavc", b"Lavf"].iter().any(|k| encoder.starts_with(*k));
            let delay = slice(frame, delay_at, 3).filter(|_| known);
            let delay = delay.and_then(|d| d.try_into().ok()).unwrap_or_default();
            return Head::Info(Info { mark, encoder: foreign(encoder), delay });
        }
    }
    Head::None
}

/// Where the encoder's part starts: the fields before it are there as the flags say.
fn encoder_at(frame: &[u8], at: usize) -> usize {
    let flags = be32(frame, at + 4).unwrap_or(0);
    let field = |bit: u32, len: usize| if flags & bit != 0 { len } else { 0 };
    8 + field(1, 4) + field(2, 4) + field(4, 100) + field(8, 4)
}

impl Info {
    pub(super) fn note(&self, findings: &mut Findings) {
        findings.removed(Class::Software, "encoder's head", &self.encoder);
        if self.delay != [0; 3] {
            let why = "players cut this many silent samples off";
            findings.kept(Class::Software, "encoder's delay", "", why);
        }
    }
}

/// The first frame anew: silent, with a count, a length and a table that fit what follows.
pub(super) fn write(
    first: &Frame<'_>,
    info: &Info,
    frames: &[Frame<'_>],
) -> Result<Vec<u8>, Refusal> {
    let head = first.head;
    let at = 4 + head.side();
    let len = first.bytes.len();
    if len < at + BASIC {
        return Ok(Vec::new());
    }
    let mut out = first.bytes.get(..4).unwrap_or_default().to_vec();
    if let [_, second, third, fourth] = out.as_mut_slice() {
        // No guard, no spare flags.
        *second |= 1;
        *third &= !1;
        *fourth &= !0x0c;
    }
    out.resize(at, 0);
    let large = || Refusal::malformed("more frames than can be counted");
    let total = frames.iter().fold(len, |sum, frame| sum.saturating_add(frame.bytes.len()));
    out.extend_from_slice(&info.mark);
    out.extend_from_slice(&15u32.to_be_bytes());
    out.extend_from_slice(&u32::try_from(frames.len()).map_err(|_| large())?.to_be_bytes());
    out.extend_from_slice(&u32::try_from(total).map_err(|_| large())?.to_be_bytes());
    out.extend(table(frames, len, total));
    out.extend_from_slice(&[0; 4]);
    if len >= at + WHOLE && info.delay != [0; 3] {
        let encoder = out.len();
        out.extend_from_slice(NAME);
        out.resize(encoder + 21, 0);
        out.extend_from_slice(&info.delay);
        out.resize(encoder + 34, 0);
        let sum = LAME.checksum(&out);
        out.extend_from_slice(&sum.to_be_bytes());
    }
    out.resize(len, 0);
    Ok(out)
}

/// For each hundredth of the time, how far into the file it is, in 256ths.
fn table(frames: &[Frame<'_>], first: usize, total: usize) -> Vec<u8> {
    let mut starts = Vec::with_capacity(frames.len());
    let mut at = first;
    for frame in frames {
        starts.push(at);
        at = at.saturating_add(frame.bytes.len());
    }
    (0..100usize)
        .map(|n| {
            let frame = n.saturating_mul(frames.len()) / 100;
            let start = starts.get(frame).copied().unwrap_or(total);
            u8::try_from(start.saturating_mul(256) / total.max(1)).unwrap_or(255)
        })
        .collect()
}
