//! The tags that are put before and behind sound: ID3, APE, Lyrics3. Named, never copied.

use crate::bytes::{find, le32, slice};
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// Bytes of the `ID3v2` tag at the start of `bytes`.
pub(crate) fn tag_len(bytes: &[u8]) -> Option<usize> {
    let head = slice(bytes, 0, 10).filter(|head| head.starts_with(b"ID3"))?;
    // Words can start like a tag; its version is a small number.
    (2..=4).contains(head.get(3)?).then_some(())?;
    let sizes = head.get(6..10)?;
    sizes.iter().all(|b| b & 0x80 == 0).then_some(())?;
    let size = sizes.iter().fold(0usize, |sum, b| sum << 7 | usize::from(*b));
    let footer = if head.get(5)? & 0x10 != 0 { 10 } else { 0 };
    Some(size.checked_add(10)?.checked_add(footer)?.min(bytes.len()))
}

/// Notes the tags at the start; says where they end.
pub(crate) fn leading(bytes: &[u8], findings: &mut Findings) -> usize {
    let mut at = 0usize;
    while let Some(len) = tag_len(bytes.get(at..).unwrap_or_default()) {
        note(slice(bytes, at, len).unwrap_or_default(), findings);
        at = at.saturating_add(len);
    }
    at
}

/// Notes what stands where no frame is.
pub(crate) fn gap(bytes: &[u8], before: bool, findings: &mut Findings) {
    let mut known = false;
    if tag_len(bytes).is_some() {
        note(bytes, findings);
        known = true;
    }
    let last = bytes.len().checked_sub(128).and_then(|at| bytes.get(at..)).unwrap_or_default();
    if last.starts_with(b"TAG") {
        id3_one(last, findings);
        known = true;
    }
    if let Some(at) = find(bytes, b"APETAGEX") {
        ape(bytes, at, findings);
        known = true;
    }
    if let Some(at) = find(bytes, b"LYRICSBEGIN") {
        let text = foreign(bytes.get(at.saturating_add(11)..).unwrap_or_default());
        findings.removed(Class::Comment, "Lyrics3 tag", &text);
        known = true;
    }
    if !known {
        let place = if before { "bytes before the first frame" } else { "bytes behind a frame" };
        findings.removed(Class::Trailing, place, &format!("{} bytes", bytes.len()));
    }
}

/// Notes the frames of an `ID3v2` tag.
pub(crate) fn note(tag: &[u8], findings: &mut Findings) {
    let version = tag.get(3).copied().unwrap_or(0);
    findings.removed(Class::Person, "ID3v2 tag", &format!("{} bytes", tag.len()));
    let (name_len, head) = if version == 2 { (3, 6) } else { (4, 10) };
    let mut at = 10usize;
    while let Some(entry) = slice(tag, at, head) {
        let (name, rest) = entry.split_at_checked(name_len).unwrap_or_default();
        if !name.iter().all(u8::is_ascii_alphanumeric) {
            break;
        }
        let sizes = rest.get(..name_len).unwrap_or_default();
        let bits = if version == 4 { 7 } else { 8 };
        let len = sizes.iter().fold(0usize, |sum, b| sum << bits | usize::from(*b));
        let body = slice(tag, at.saturating_add(head), len).unwrap_or_default();
        let (class, what) = meaning(name);
        let detail = if class == Class::Thumbnail { String::new() } else { text(body) };
        findings.removed(class, format!("ID3v2 {what} ({})", foreign(name)), &detail);
        at = at.saturating_add(head).saturating_add(len);
    }
}

/// The text behind the byte that says its encoding.
fn text(body: &[u8]) -> String {
    match body.split_first() {
        Some((1 | 2, wide)) => {
            let big = wide.starts_with(&[0xfe, 0xff]) || body.first() == Some(&2);
            let units = wide.chunks_exact(2).take(200).filter_map(|p| p.try_into().ok());
            let units = units.map(if big { u16::from_be_bytes } else { u16::from_le_bytes });
            char::decode_utf16(units).filter_map(Result::ok).filter(|c| *c != '\u{feff}').collect()
        }
        Some((_, narrow)) => foreign(narrow),
        None => String::new(),
    }
}

fn meaning(name: &[u8]) -> (Class, &'static str) {
    match name {
        b"TPE1" | b"TPE2" | b"TPE3" | b"TPE4" | b"TCOM" | b"TOWN" | b"TCOP" | b"TP1" | b"TCR"
        | b"TCM" | b"TOPE" | b"TEXT" => (Class::Person, "person"),
        b"TENC" | b"TSSE" | b"TEN" | b"TSS" => (Class::Software, "encoder"),
        b"TYER" | b"TDRC" | b"TDAT" | b"TIME" | b"TDEN" | b"TDTG" | b"TDOR" | b"TYE" => {
            (Class::Time, "time")
        }
        b"APIC" | b"PIC" => (Class::Thumbnail, "picture"),
        b"UFID" | b"PRIV" | b"TSRC" | b"MCDI" | b"PCNT" | b"POPM" => {
            (Class::Identifier, "identifier")
        }
        b"GEOB" => (Class::HiddenContent, "attached file"),
        b"CHAP" | b"CTOC" => (Class::Comment, "chapter"),
        _ if name.first() == Some(&b'W') => (Class::Link, "link"),
        _ => (Class::Comment, "text"),
    }
}

fn id3_one(tag: &[u8], findings: &mut Findings) {
    for (at, len, class, what) in [
        (3, 30, Class::Comment, "title"),
        (33, 30, Class::Person, "artist"),
        (63, 30, Class::Comment, "album"),
        (93, 4, Class::Time, "year"),
        (97, 30, Class::Comment, "comment"),
    ] {
        let text = foreign(slice(tag, at, len).unwrap_or_default());
        if !text.trim().is_empty() {
            findings.removed(class, format!("ID3v1 {what}"), text.trim());
        }
    }
    findings.removed(Class::Comment, "ID3v1 tag", "");
}

fn ape(bytes: &[u8], at: usize, findings: &mut Findings) {
    findings.removed(Class::Person, "APE tag", "");
    let count = le32(bytes, at.saturating_add(16)).unwrap_or(0).min(200);
    let mut at = at.saturating_add(32);
    for _ in 0..count {
        let Some(len) = le32(bytes, at).and_then(|len| usize::try_from(len).ok()) else {
            return;
        };
        let rest = bytes.get(at.saturating_add(8)..).unwrap_or_default();
        let Some(end) = rest.iter().position(|b| *b == 0) else {
            return;
        };
        let key = foreign(rest.get(..end).unwrap_or_default());
        let value = slice(rest, end.saturating_add(1), len).unwrap_or_default();
        findings.removed(
            Class::Comment,
            format!("APE {}", crate::wording::escape(&key)),
            &foreign(value),
        );
        at = at.saturating_add(8).saturating_add(end).saturating_add(1).saturating_add(len);
    }
}
