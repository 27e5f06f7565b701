//! The second reader: frame behind frame from the first byte to the last, cleaned once more
//! without a change.

use super::frame::{self, Frame};
use super::info;
use crate::Refusal;
use crate::report::Findings;

/// Checks that a clean file is frames and nothing else.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("MP3: bytes that are not on the list");
    let mut frames = Vec::new();
    let mut rest = clean;
    while !rest.is_empty() {
        let frame = Frame::read(rest)?.ok_or_else(fault)?;
        rest = rest.get(frame.bytes.len()..).unwrap_or_default();
        frames.push(frame);
    }
    let first = frames.first().ok_or_else(fault)?;
    let mut head = Vec::new();
    if let info::Head::Info(found) = info::read(first.bytes) {
        let first = frames.remove(0);
        head = info::write(&first, &found, &frames)?;
    }
    let mut findings = Findings::default();
    let mut rest = clean.strip_prefix(head.as_slice());
    frame::clean(&frames, &mut findings, |again| {
        rest = rest.and_then(|rest| rest.strip_prefix(again));
    });
    let unchanged = rest.is_some_and(<[u8]>::is_empty);
    if unchanged && findings.is_empty() { Ok(()) } else { Err(fault()) }
}
