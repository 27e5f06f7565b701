//! Runs of sub-blocks: a length, that many bytes, and at last a length of zero.

use super::cut;
use crate::Refusal;
use crate::bytes::Cursor;

/// The loop block up to its number of rounds.
pub(super) const LOOP: &[u8] = b"\x21\xff\x0bNETSCAPE2.0\x03\x01";

/// The sub-blocks that stand here.
pub(super) fn parts<'a>(from: &mut Cursor<'a>) -> Result<Vec<&'a [u8]>, Refusal> {
    let mut parts = Vec::new();
    loop {
        match from.u8().ok_or_else(cut)? {
            0 => return Ok(parts),
            len => parts.push(from.take(len.into()).ok_or_else(cut)?),
        }
    }
}

/// Writes bytes as sub-blocks of 255.
pub(super) fn write(out: &mut Vec<u8>, bytes: &[u8]) {
    for part in bytes.chunks(255) {
        out.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(part);
    }
    out.push(0);
}
