//! Names what Photoshop and IPTC blocks say, for the report. They are never copied.

use crate::bytes::{be16, be32_len, slice};
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// Notes the resources of a Photoshop block and the IPTC fields inside it.
pub(crate) fn note_photoshop(block: &[u8], place: &str, findings: &mut Findings) {
    let mut at = 0usize;
    while let Some((id, body, next)) = resource(block, at) {
        match id {
            0x0404 => note_iptc(body, place, findings),
            0x0409 | 0x040c => {
                findings.removed(Class::Thumbnail, format!("{place} thumbnail"), "");
            }
            0x0425 => findings.removed(Class::Identifier, format!("{place} caption digest"), ""),
            0x0424 => crate::xmp::note(body, &format!("{place} XMP"), findings),
            _ => {
                let detail = format!("{} bytes", body.len());
                findings.removed(Class::Unknown, format!("{place} resource 0x{id:04x}"), &detail);
            }
        }
        at = next;
    }
    if at < block.len() {
        findings.removed(Class::Unknown, format!("{place} that cannot be read"), "");
    }
}

/// One resource: its number, its body, and where the next one starts.
fn resource(block: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    if slice(block, at, 4)? != b"8BIM" {
        return None;
    }
    let id = be16(block, at.checked_add(4)?)?;
    let name = usize::from(*block.get(at.checked_add(6)?)?);
    // Name and body are both padded to an even length.
    let size_at = at.checked_add(6)?.checked_add(name.checked_add(2)? & !1)?;
    let size = be32_len(block, size_at)?;
    let body = slice(block, size_at.checked_add(4)?, size)?;
    let next = size_at.checked_add(4)?.checked_add(size)?.checked_add(size & 1)?;
    Some((id, body, next.min(block.len())))
}

fn note_iptc(fields: &[u8], place: &str, findings: &mut Findings) {
    let mut at = 0usize;
    while let (Some(0x1c), Some(head)) = (fields.get(at), slice(fields, at, 5)) {
        let len = usize::from(be16(head, 3).unwrap_or(0));
        let value = slice(fields, at.saturating_add(5), len).unwrap_or_default();
        let number = (head.get(1).copied().unwrap_or(0), head.get(2).copied().unwrap_or(0));
        let (class, name) = field(number);
        findings.removed(class, format!("{place} IPTC {name}"), &foreign(value));
        at = at.saturating_add(5).saturating_add(len);
    }
}

fn field(number: (u8, u8)) -> (Class, &'static str) {
    match number {
        (2, 80) => (Class::Person, "by-line"),
        (2, 85) => (Class::Person, "by-line title"),
        (2, 110) => (Class::Person, "credit"),
        (2, 115) => (Class::Person, "source"),
        (2, 116) => (Class::Person, "copyright"),
        (2, 118) => (Class::Person, "contact"),
        (2, 122) => (Class::Person, "caption writer"),
        (2, 55 | 60 | 62 | 63) => (Class::Time, "time"),
        (2, 90) => (Class::Location, "city"),
        (2, 92) => (Class::Location, "sublocation"),
        (2, 95) => (Class::Location, "state"),
        (2, 100 | 101) => (Class::Location, "country"),
        (2, 65 | 70) => (Class::Software, "program"),
        (2, 5) => (Class::Comment, "title"),
        (2, 25) => (Class::Comment, "keyword"),
        (2, 105) => (Class::Comment, "headline"),
        (2, 120) => (Class::Comment, "caption"),
        (2, 103 | 147 | 187) => (Class::Identifier, "reference"),
        _ => (Class::Unknown, "field"),
    }
}
