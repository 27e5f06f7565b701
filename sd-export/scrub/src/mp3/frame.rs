//! Frames of MPEG audio, layer III.

use crate::Refusal;
use crate::report::{Class, Findings};
use crate::sums::MPEG_AUDIO;

/// What a frame's head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Version 1, or one of the two halved ones.
    pub(super) full: bool,
    version: u8,
    rate: u8,
    pub(super) mono: bool,
    pub(super) guarded: bool,
    len: usize,
}

/// One frame as it stands in the file, and where.
pub(super) struct Frame<'a> {
    pub(super) head: Head,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl Head {
    /// The head here, if it is one of a sound frame.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>, Refusal> {
        const FULL: [usize; 15] =
            [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const HALF: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        const RATES: [usize; 3] = [44_100, 48_000, 32_000];
        let Some([0xff, second, third, fourth]) = bytes.get(..4) else {
            return Ok(None);
        };
        let version = (second >> 3) & 3;
        let layer = (second >> 1) & 3;
        let (bits, rate) = (usize::from(third >> 4), usize::from((third >> 2) & 3));
        if second & 0xe0 != 0xe0 || version == 1 || layer == 0 || bits == 15 || rate == 3 {
            return Ok(None);
        }
        if layer != 1 {
            return Err(Refusal::unsupported("MPEG audio of layer I or II"));
        }
        if bits == 0 {
            return Err(Refusal::unsupported("MP3 of a free bit rate"));
        }
        let full = version == 3;
        let kbits = if full { FULL.get(bits) } else { HALF.get(bits) }.copied().unwrap_or(0);
        let shift = match version {
            3 => 0,
            2 => 1,
            _ => 2,
        };
        let hertz = RATES.get(rate).copied().unwrap_or(1) >> shift;
        let factor = if full { 144_000 } else { 72_000 };
        let len = factor * kbits / hertz + usize::from((third >> 1) & 1);
        let mono = fourth >> 6 == 3;
        let guarded = second & 1 == 0;
        let rate = u8::try_from(rate).unwrap_or(0);
        Ok(Some(Self { full, version, rate, mono, guarded, len }))
    }

    /// Bytes of the side information.
    pub(super) fn side(self) -> usize {
        match (self.full, self.mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        }
    }

    /// Where the side information starts.
    pub(super) fn side_at(self) -> usize {
        if self.guarded { 6 } else { 4 }
    }

    /// Where the main data start.
    pub(super) fn main_at(self) -> usize {
        self.side_at() + self.side()
    }
}

impl<'a> Frame<'a> {
    /// The whole frame at this place of the file.
    pub(super) fn read(file: &'a [u8], at: usize) -> Result<Option<Self>, Refusal> {
        let rest = file.get(at..).unwrap_or_default();
        let Some(head) = Head::read(rest)? else {
            return Ok(None);
        };
        let whole = rest.get(..head.len).filter(|whole| whole.len() >= head.main_at());
        Ok(whole.map(|bytes| Self { head, bytes, at }))
    }

    /// Where the next one can start.
    pub(super) fn end(&self) -> usize {
        self.at.saturating_add(self.bytes.len())
    }

    /// How many bytes of main data it holds.
    fn main_len(&self) -> usize {
        self.bytes.len().saturating_sub(self.head.main_at())
    }

    /// Whether two frames can be of one stream.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        self.head.version == other.head.version && self.head.rate == other.head.rate
    }
}

/// Whether a frame starts here, and another or the end of the file behind it.
pub(super) fn starts_two(file: &[u8], at: usize, first: Option<&Frame<'_>>) -> bool {
    let Ok(Some(frame)) = Frame::read(file, at) else {
        return false;
    };
    first.is_none_or(|first| first.goes_with(&frame))
        && (frame.end() == file.len()
            || matches!(Frame::read(file, frame.end()), Ok(Some(next)) if next.goes_with(&frame)))
}

/// A number of at most 16 bits, the first at `at`.
fn bits(bytes: &[u8], at: usize, count: usize) -> usize {
    let three = (0..3).map(|n| usize::from(bytes.get(at / 8 + n).copied().unwrap_or(0)));
    let word = three.fold(0, |sum, byte| sum << 8 | byte);
    (word >> (24 - at % 8 - count)) & ((1 << count) - 1)
}

/// How far back a frame's main data start, and how many bits they are.
fn extent(head: Head, side: &[u8]) -> (usize, usize) {
    let (back, first, parts, step) = match (head.full, head.mono) {
        (true, true) => (9, 9 + 5 + 4, 2, 59),
        (true, false) => (9, 9 + 3 + 8, 4, 59),
        (false, true) => (8, 8 + 1, 1, 63),
        (false, false) => (8, 8 + 2, 2, 63),
    };
    let total = (0..parts).map(|n| bits(side, first + n * step, 12)).sum();
    (bits(side, 0, back), total)
}

/// The frames one after the other, each with what is to be written in its stead, if anything:
/// spare flags cleared, and every bit of the main data that no frame points at.
pub(super) fn clean(
    frames: &[Frame<'_>],
    findings: &mut Findings,
    mut write: impl FnMut(&Frame<'_>, Option<&[u8]>),
) {
    let (mut spare, mut flags) = (0usize, false);
    let mut anew = Vec::new();
    let mut tidied = |frame: &Frame<'_>, mask: &[u8]| {
        let (front, main) = frame.bytes.split_at_checked(frame.head.main_at()).unwrap_or_default();
        // No frame is longer than 2^16, so short numbers count its bytes, many at a time.
        let over = main.iter().zip(mask).map(|(byte, mask)| u16::from(byte & !mask != 0));
        let over = over.sum::<u16>();
        anew.clear();
        anew.extend_from_slice(front);
        let flag = tidy(&mut anew, frame.head);
        flags |= flag;
        spare = spare.saturating_add(over.into());
        let changed = flag || over > 0;
        if changed {
            anew.extend(main.iter().zip(mask).map(|(byte, mask)| byte & mask));
        }
        write(frame, changed.then_some(&anew));
    };
    let mut masks = Masks::default();
    let mut waiting = frames.iter().peekable();
    for frame in frames {
        masks.point(frame);
        while let Some(ready) = waiting.next_if(|frame| masks.is_known(frame)) {
            tidied(ready, masks.take(ready));
        }
    }
    waiting.for_each(|frame| tidied(frame, masks.take(frame)));
    if spare > 0 {
        let detail = format!("{spare} bytes");
        findings.removed(Class::Software, "data between frames that is no sound", &detail);
    }
    if flags {
        findings.removed(Class::Identifier, "private, copyright and original flags", "");
    }
}

/// For each byte of the main data which of its bits some frame points at, as far as frames are
/// known; what was taken is forgotten from time to time.
#[derive(Default)]
struct Masks {
    kept: Vec<u8>,
    taken: usize,
}

impl Masks {
    /// Most bytes that a frame's data can start before the frame's own: a number of nine bits.
    const FARTHEST: usize = 511;
    /// Bytes that are forgotten at once.
    const MANY: usize = 1 << 16;

    /// Marks what a frame points at, in its own main data and before.
    fn point(&mut self, frame: &Frame<'_>) {
        if self.taken >= Self::MANY {
            self.kept.drain(..self.taken);
            self.taken = 0;
        }
        let at = self.kept.len();
        let side = frame.bytes.get(frame.head.side_at()..).unwrap_or_default();
        let (back, count) = extent(frame.head, side);
        let end = at.saturating_add(frame.main_len());
        self.kept.resize(end, 0);
        // At the start of a cut stream data can be missing; the part that is there stays.
        let (start, missing) = (at.saturating_sub(back), back.saturating_sub(at));
        let count = count.saturating_sub(missing.saturating_mul(8));
        mark(&mut self.kept, start, count, end);
    }

    /// Whether no frame to come can point at the next one's main data.
    fn is_known(&self, next: &Frame<'_>) -> bool {
        let end = self.taken.saturating_add(next.main_len());
        end.saturating_add(Self::FARTHEST) <= self.kept.len()
    }

    /// The mask of the next frame's main data.
    fn take(&mut self, next: &Frame<'_>) -> &[u8] {
        let start = self.taken;
        self.taken = start.saturating_add(next.main_len());
        self.kept.get(start..self.taken).unwrap_or_default()
    }
}

/// Marks `count` bits from byte `start` on, as far as byte `end`.
fn mark(keep: &mut [u8], start: usize, count: usize, end: usize) {
    let (whole, odd) = (count / 8, count % 8);
    let last = start.saturating_add(whole);
    if let Some(bytes) = keep.get_mut(start..last.min(end)) {
        bytes.fill(0xff);
    }
    if let Some(byte) = keep.get_mut(last).filter(|_| odd > 0 && last < end) {
        *byte |= !(0xffu16 >> odd).to_be_bytes()[1];
    }
}

/// Clears the flags that are no sound; says whether any was set. A guarded frame is guarded anew.
fn tidy(bytes: &mut [u8], head: Head) -> bool {
    let spare = match (head.full, head.mono) {
        (true, true) => 0x7c,
        (true, false) => 0x70,
        (false, true) => 0x80,
        (false, false) => 0xc0,
    };
    let places = [(2, 1), (3, 0x0c), (head.side_at() + 1, spare)];
    let changed = places.iter().fold(false, |any, (at, mask)| any | clear(bytes, *at, *mask));
    if changed && head.guarded {
        let mut guard = MPEG_AUDIO.digest();
        guard.update(bytes.get(2..4).unwrap_or_default());
        guard.update(bytes.get(6..head.main_at()).unwrap_or_default());
        let guard = guard.finalize();
        if let Some(place) = bytes.get_mut(4..6) {
            place.copy_from_slice(&guard.to_be_bytes());
        }
    }
    changed
}

/// Clears bits; says whether any was set.
fn clear(bytes: &mut [u8], at: usize, mask: u8) -> bool {
    let Some(byte) = bytes.get_mut(at) else { return false };
    let changed = *byte & mask != 0;
    *byte &= !mask;
    changed
}
