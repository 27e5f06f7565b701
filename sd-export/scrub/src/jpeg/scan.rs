//! Scan headers: which colours and coefficients a scan carries, and whether it is their turn.

use super::entropy::{Part, Scan};
use super::frame::Frame;
use crate::Refusal;
use crate::bytes::slice;

/// Reads a scan header and checks that each value is sent once, from its high bits to its low.
pub(super) fn read(header: &[u8], frame: &mut Frame) -> Result<Scan, Refusal> {
    let bad = || Refusal::malformed("scan header");
    let count = usize::from(*header.first().ok_or_else(bad)?);
    if !(1..=4).contains(&count) || header.len() != 4 + 2 * count {
        return Err(bad());
    }
    let mut parts = Vec::new();
    for pair in slice(header, 1, 2 * count).ok_or_else(bad)?.chunks_exact(2) {
        let [id, codes] = pair else { return Err(bad()) };
        let component = frame.components.iter().position(|c| c.id == *id).ok_or_else(bad)?;
        if codes >> 4 > 3 || codes & 15 > 3 || parts.iter().any(|p: &Part| p.component >= component)
        {
            return Err(bad());
        }
        parts.push(Part { component, dc: codes >> 4, ac: codes & 15 });
    }
    let scan = bands(header, parts)?;
    if !is_well_formed(&scan, frame) {
        return Err(bad());
    }
    advance(&scan, frame)?;
    Ok(scan)
}

/// The coefficients a scan carries, from the last three bytes of its header.
fn bands(header: &[u8], parts: Vec<Part>) -> Result<Scan, Refusal> {
    let bad = || Refusal::malformed("scan header");
    let tail = slice(header, header.len() - 3, 3).ok_or_else(bad)?;
    let [from, to, steps] = tail else {
        return Err(bad());
    };
    Ok(Scan { parts, from: *from, to: *to, high: steps >> 4, low: steps & 15 })
}

/// Whether the coefficients and the number of blocks are such as the frame allows.
fn is_well_formed(scan: &Scan, frame: &Frame) -> bool {
    let shape = if frame.progressive {
        let alone = if scan.from == 0 { scan.to == 0 } else { scan.parts.len() == 1 };
        alone && scan.from <= scan.to && scan.to < 64 && scan.low < 14
    } else {
        (scan.from, scan.to, scan.high, scan.low) == (0, 63, 0, 0)
    };
    let units = scan.parts.iter().filter_map(|p| frame.components.get(p.component));
    let blocks: u32 = units.map(|c| c.h * c.v).sum();
    shape && (scan.parts.len() == 1 || blocks <= 10)
}

/// A value that is sent twice hides what was sent first.
fn advance(scan: &Scan, frame: &mut Frame) -> Result<(), Refusal> {
    for part in &scan.parts {
        let Some(component) = frame.components.get_mut(part.component) else {
            continue;
        };
        if scan.from > 0 && component.sent.first().is_none_or(Option::is_none) {
            return Err(Refusal::malformed("a scan out of order"));
        }
        let band = component.sent.get_mut(usize::from(scan.from)..=usize::from(scan.to));
        for sent in band.unwrap_or_default() {
            let expected = match *sent {
                None => scan.high == 0,
                Some(low) => scan.high == low && low > 0 && scan.low == low - 1,
            };
            if !expected {
                return Err(Refusal::malformed("a scan out of order"));
            }
            *sent = Some(scan.low);
        }
    }
    Ok(())
}
