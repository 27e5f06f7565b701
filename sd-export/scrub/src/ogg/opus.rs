//! Opus packets: the room that is there to make packets equally long can hold anything.

use super::page::Page;
use crate::Refusal;

/// Bytes of the head packet that have a meaning.
pub(super) fn head_len(head: &[u8]) -> Option<usize> {
    match head.get(18)? {
        0 => Some(19),
        _ => usize::from(*head.get(9)?).checked_add(21),
    }
}

/// Clears the bytes that fill up the packets of a page; says whether any was not zero. A packet
/// that is filled up and goes over the end of a page is not understood.
pub(super) fn tidy(page: &mut Page<'_>) -> Result<bool, Refusal> {
    let mut body = page.body.to_vec();
    let mut at = 0usize;
    let mut len = 0usize;
    let mut whole = page.flags & 1 == 0;
    for size in page.segments {
        len = len.saturating_add((*size).into());
        if *size == 255 {
            continue;
        }
        if let Some(packet) = body.get_mut(at..at.saturating_add(len)).filter(|_| whole) {
            clear(packet);
        }
        whole = true;
        at = at.saturating_add(len);
        len = 0;
    }
    let rest = body.get(at..).unwrap_or_default();
    if len > 0 && whole && is_filled(rest) {
        return Err(Refusal::unsupported("an Opus packet that is filled up over two pages"));
    }
    let changed = body != page.body;
    page.changed = changed.then_some(body);
    Ok(changed)
}

/// Whether a packet of many frames says that it is filled up.
fn is_filled(packet: &[u8]) -> bool {
    matches!(packet, [table, counts, ..] if table & 3 == 3 && counts & 0x40 != 0)
}

/// Clears the padding of a packet of many frames.
fn clear(packet: &mut [u8]) {
    if !is_filled(packet) {
        return;
    }
    let mut padding = 0usize;
    for size in packet.get(2..).unwrap_or_default() {
        if *size == 255 {
            padding = padding.saturating_add(254);
        } else {
            padding = padding.saturating_add((*size).into());
            break;
        }
    }
    if let Some(start) = packet.len().checked_sub(padding)
        && let Some(room) = packet.get_mut(start..)
    {
        room.fill(0);
    }
}
