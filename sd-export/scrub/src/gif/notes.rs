//! Names the blocks that are dropped; reads the loop.

use super::blocks::LOOP;
use crate::bytes::{find, le16};
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::xmp;

/// Notes an application block; gives the number of rounds when it is the loop.
pub(super) fn application(parts: &[&[u8]], raw: &[u8], findings: &mut Findings) -> Option<u16> {
    let name = *parts.first()?;
    let rest = parts.get(1..).unwrap_or_default();
    if matches!(name, b"NETSCAPE2.0" | b"ANIMEXTS1.0") {
        let mut rounds = None;
        for part in rest {
            match (part, rounds) {
                ([1, _, _], None) => rounds = le16(part, 1),
                _ => findings.removed(Class::HiddenContent, "bytes in the loop block", ""),
            }
        }
        return rounds;
    }
    match name {
        b"XMP DataXMP" => {
            // XMP is not in sub-blocks: a trail of falling lengths leads readers out of it.
            let end = find(raw, b"<?xpacket end").map_or(raw.len(), |at| at.saturating_add(20));
            let packet = raw.get(..end.min(raw.len())).unwrap_or_default();
            xmp::note(packet, "application block: XMP", findings);
        }
        b"ICCRGBG1012" => {
            findings.removed(Class::Color, "application block: colour profile", "");
        }
        _ => {
            let detail = foreign(rest.first().copied().unwrap_or_default());
            let place = format!("application block {}", foreign(name));
            findings.removed(Class::Unknown, crate::wording::escape(&place), &detail);
        }
    }
    None
}

pub(super) fn comment(parts: &[&[u8]], findings: &mut Findings) {
    findings.removed(Class::Comment, "comment", &foreign(&parts.concat()));
}

pub(super) fn plain_text(parts: &[&[u8]], findings: &mut Findings) {
    let text = parts.get(1..).unwrap_or_default().concat();
    findings.removed(Class::HiddenContent, "text that viewers do not show", &foreign(&text));
}

/// The number of rounds in a loop block that [`super::write`] could have written.
pub(super) fn is_loop(block: &[u8]) -> bool {
    block.len() == LOOP.len().saturating_add(3) && block.starts_with(LOOP) && block.ends_with(&[0])
}
