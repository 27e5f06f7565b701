//! FLAC: the description of the stream and its frames to the bit; every other block gone.
//!
//! ```text
//! [ID3] fLaC blocks --> STREAMINFO      frames --followed to their last bit--> copied
//! ```
//! Every frame is followed code by code, so bytes between and behind frames are known for what
//! they are.

mod frame;

use std::borrow::Cow;

use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal, id3};
use frame::Stream;

/// The mark, and the head of the one block that stays.
const HEAD: &[u8] = b"fLaC\x80\0\0\x22";

/// Writes a sound file anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let start = id3::leading(bytes, &mut findings);
    let mut from = Cursor::new(bytes.get(start..).unwrap_or_default());
    if from.take(4) != Some(b"fLaC") {
        return Err(Refusal::malformed("the head"));
    }
    let info = blocks(&mut from, &mut findings)?;
    let stream = Stream::read(&info)?;
    let frames = from.rest();
    let end = stream.follow(frames)?;
    let (sound, rest) = frames.split_at_checked(end).unwrap_or_default();
    if !rest.is_empty() {
        let detail = foreign(rest.get(..rest.len().min(60)).unwrap_or_default());
        findings.removed(Class::Trailing, "bytes after the last frame", &detail);
    }
    let mut out = Rope::from([HEAD, &info].concat());
    out.push(Cow::Borrowed(sound));
    limits.admit_output(out.len())?;
    check(&out)?;
    Ok((out, findings))
}

/// The description of the stream; the blocks besides it are named.
fn blocks(from: &mut Cursor<'_>, findings: &mut Findings) -> Result<[u8; 34], Refusal> {
    let cut = || Refusal::malformed("a block that is cut off");
    let mut info = None;
    loop {
        let head = from.u8().ok_or_else(cut)?;
        let len = from.be(3).and_then(|len| usize::try_from(len).ok()).ok_or_else(cut)?;
        let body = from.take(len).ok_or_else(cut)?;
        match head & 0x7f {
            0 if info.is_none() => info = Some(body.try_into().map_err(|_| cut())?),
            1 => {
                if body.iter().any(|b| *b != 0) {
                    findings.removed(Class::HiddenContent, "bytes in the padding", &foreign(body));
                }
            }
            2 => findings.removed(Class::Unknown, "APPLICATION block", &foreign(body)),
            3 => findings.removed(Class::Software, "SEEKTABLE block", ""),
            4 => crate::ogg::comments(body, findings),
            5 => findings.removed(Class::Identifier, "CUESHEET block", &foreign(body)),
            6 => findings.removed(Class::Thumbnail, "PICTURE block", ""),
            kind => findings.removed(Class::Unknown, format!("block of kind {kind}"), ""),
        }
        if head & 0x80 != 0 {
            return info.ok_or_else(|| Refusal::malformed("no description of the stream"));
        }
    }
}

/// The second reader: the head is of fixed length, and frames with the right sums fill the rest.
fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    let is_head = clean.slice(0, HEAD.len()).as_deref() == Some(HEAD);
    let frames = clean.len().checked_sub(42).and_then(|len| clean.slice(42, len));
    if is_head && frames.is_some_and(|frames| frame::sums(&frames)) {
        Ok(())
    } else {
        Err(Refusal::not_clean("FLAC: bytes that are not on the list"))
    }
}
