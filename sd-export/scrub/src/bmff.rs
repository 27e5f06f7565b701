//! Boxes of the ISO base media format: HEIC and AVIF pictures, MP4 and `QuickTime` video.

use crate::Refusal;
use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// One box as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Box<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) body: &'a [u8],
    /// Where the body stands in what holds the box.
    pub(crate) at: usize,
}

impl<'a> Box<'a> {
    /// Version, flags and what follows, of a box that has them.
    pub(crate) fn full(&self) -> Option<(u8, u32, &'a [u8])> {
        let (head, rest) = self.body.split_at_checked(4)?;
        let word = u32::from_be_bytes(head.try_into().ok()?);
        Some(((word >> 24).to_be_bytes()[3], word & 0x00ff_ffff, rest))
    }

    /// The kind for a report, whatever its bytes.
    pub(crate) fn name(&self) -> String {
        let letter = |b: &u8| if b.is_ascii_graphic() || *b == b' ' { char::from(*b) } else { '?' };
        self.kind.iter().map(letter).collect()
    }
}

/// All boxes of a body, to its last byte. Eight bytes of zero may end a list, as in `QuickTime`.
pub(crate) fn boxes(body: &[u8]) -> Result<Vec<Box<'_>>, Refusal> {
    let mut from = Cursor::new(body);
    let mut out = Vec::new();
    while !from.is_empty() {
        if from.rest().iter().all(|b| *b == 0) && from.rest().len() <= 8 {
            break;
        }
        out.push(one(&mut from).ok_or_else(|| Refusal::malformed("a box that is cut off"))?);
    }
    Ok(out)
}

fn one<'a>(from: &mut Cursor<'a>) -> Option<Box<'a>> {
    let size = from.be32()?;
    let kind = from.take(4)?.try_into().ok()?;
    let len = match size {
        0 => from.rest().len(),
        1 => usize::try_from(from.be64()?.checked_sub(16)?).ok()?,
        _ => usize::try_from(size.checked_sub(8)?).ok()?,
    };
    let at = from.at();
    Some(Box { kind, body: from.take(len)?, at })
}

/// The first box of a kind.
pub(crate) fn first<'a>(boxes: &[Box<'a>], kind: [u8; 4]) -> Option<Box<'a>> {
    boxes.iter().find(|b| b.kind == kind).copied()
}

/// Writes one box.
pub(crate) fn write(out: &mut Vec<u8>, kind: [u8; 4], parts: &[&[u8]]) -> Result<(), Refusal> {
    let len = parts.iter().fold(8usize, |sum, part| sum.saturating_add(part.len()));
    let size = u32::try_from(len).map_err(|_| Refusal::malformed("a box that is too long"))?;
    out.extend_from_slice(&size.to_be_bytes());
    out.extend_from_slice(&kind);
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(())
}

/// Names a box that is dropped.
pub(crate) fn dropped(found: &Box<'_>, place: &str, findings: &mut Findings) {
    let body = found.body;
    let name = found.name();
    let place = if place.is_empty() { String::new() } else { format!("{place} ") };
    match &found.kind {
        b"free" | b"skip" | b"wide" => {
            if body.iter().any(|b| *b != 0) {
                let detail = foreign(body.get(..body.len().min(40)).unwrap_or_default());
                findings.removed(Class::Trailing, format!("{place}free space"), &detail);
            }
        }
        b"uuid" => {
            // Adobe's number for XMP.
            let xmp = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
            match body.split_at_checked(16) {
                Some((id, packet)) if id == xmp => {
                    crate::xmp::note(packet, &format!("{place}XMP"), findings);
                }
                _ => {
                    let text = foreign(body.get(16..56.min(body.len())).unwrap_or_default());
                    findings.removed(Class::Unknown, format!("{place}box uuid"), &text);
                }
            }
        }
        b"jumb" | b"c2pa" => {
            findings.removed(Class::Identifier, format!("{place}C2PA provenance"), "");
        }
        _ => {
            let detail = foreign(body.get(..body.len().min(40)).unwrap_or_default());
            findings.removed(Class::Unknown, format!("{place}box {name}"), &detail);
        }
    }
}
