//! The second reader: frame behind frame from the first byte to the last, cleaned once more
//! without a change.

use super::frame::{self, Frame};
use super::info;
use crate::Refusal;
use crate::report::Findings;
use crate::rope::Rope;

/// Checks that a clean file is frames and nothing else.
pub(super) fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("MP3: bytes that are not on the list");
    let mut frames = Vec::new();
    // No frame reaches over the end of a piece: one that did would be cut off here.
    for piece in clean.pieces_from(0) {
        let mut at = 0;
        while at < piece.len() {
            let frame = Frame::read(piece, at)?.ok_or_else(fault)?;
            at = frame.end();
            frames.push(frame);
        }
    }
    let first = frames.first().ok_or_else(fault)?;
    let mut unchanged = true;
    if let info::Head::Info(found) = info::read(first.bytes) {
        let first = frames.remove(0);
        let head = info::write(&first, &found, &frames)?;
        unchanged = head == first.bytes;
    }
    let mut findings = Findings::default();
    frame::clean(&frames, &mut findings, |_, again| unchanged &= again.is_none());
    if unchanged && findings.is_empty() { Ok(()) } else { Err(fault()) }
}
