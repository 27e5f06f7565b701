//! What stands at the head of a bare device: a hint, to know which stick it is.

use std::io;

use sd_fs::{Aligned, Sectors};

use crate::ids::BundleId;
use crate::layout::{BLOCK, HEAD_NAME, PAD, PAD_NAME, header, padded};
use crate::writer::Head;

/// The member that says whose an empty bare device is; it stands where a bundle has its head.
const LABEL_NAME: &str = "1-label.json";

/// Bytes of a label.
const MAX_LABEL: usize = BLOCK;

/// What is written to prepare a device, in bytes: the pad and one more of its length, so that
/// nothing that was at the beginning stays.
const FRONT: usize = 2 << 20;

/// What a bare device seems to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawHead {
    /// A bundle with this id.
    Bundle(BundleId),
    /// Nothing but the label of whoever prepared it.
    Label(Vec<u8>),
    /// Neither.
    Other,
}

/// Looks at the head. Nothing is believed because of it.
pub fn look<S: Sectors>(device: &mut S) -> io::Result<RawHead> {
    let pad = header(PAD_NAME, PAD);
    // One reading of whole sectors, up to the largest.
    let mut first = Aligned::new(4096);
    if device.size() < FRONT as u64 {
        return Ok(RawHead::Other);
    }
    device.read_at(0, &mut first)?;
    if first[..BLOCK] != pad {
        return Ok(RawHead::Other);
    }
    device.read_at(PAD + BLOCK as u64, &mut first)?;
    let content = &first[BLOCK..2 * BLOCK];
    let content = &content[..content.iter().position(|b| *b == 0).unwrap_or(BLOCK)];
    let is = |name| first[..BLOCK] == header(name, content.len() as u64);
    if is(LABEL_NAME) {
        return Ok(RawHead::Label(content.to_vec()));
    }
    let head = serde_json::from_slice::<Head>(content).ok().filter(|_| is(HEAD_NAME));
    Ok(head.map_or(RawHead::Other, |head| RawHead::Bundle(head.bundle)))
}

/// Makes a device an empty bare medium with this label (512 bytes at most), and flushes it. What
/// stood in the middle stays there until a bundle is packed on it.
pub fn write_label<S: Sectors>(device: &mut S, label: &[u8]) -> io::Result<()> {
    if label.len() > MAX_LABEL || device.size() < 2 * FRONT as u64 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut front = Aligned::new(FRONT);
    front[..BLOCK].copy_from_slice(&header(PAD_NAME, PAD));
    let at = BLOCK + usize::try_from(padded(PAD)).unwrap_or_default();
    front[at..at + BLOCK].copy_from_slice(&header(LABEL_NAME, label.len() as u64));
    front[at + BLOCK..at + BLOCK + label.len()].copy_from_slice(label);
    let end = Aligned::new(FRONT);
    device.write_at(device.size() - FRONT as u64, &end)?;
    device.write_at(0, &front)?;
    device.flush()
}
