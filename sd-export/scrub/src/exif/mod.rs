//! Reads EXIF only to tell what was in it; nothing of it is ever copied.
//!
//! The one thing that goes on is the orientation, as a number: [`orientation_only`] writes a new
//! block that holds it and nothing else.

mod gps;
mod tags;

use std::collections::BTreeSet;

use crate::bytes::slice;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use gps::GpsPosition;
use tags::{Directory, Tag};

/// Most directories one block may hold; cameras write five.
const MAX_DIRECTORIES: usize = 32;
/// Most entries of one directory that are read.
const MAX_ENTRIES: u16 = 1_000;

/// Reads an EXIF block (from its TIFF header on), notes what it holds under `place`, and gives the
/// orientation when there is one.
pub(crate) fn read(tiff: &[u8], place: &str, findings: &mut Findings) -> Option<u16> {
    let Some((order, first)) = header(tiff) else {
        findings.removed(Class::Unknown, format!("{place} that cannot be read"), "");
        return None;
    };
    let seen = BTreeSet::new();
    let mut reader = Reader { tiff, order, place, findings, keep: &[], seen, orientation: None };
    reader.walk(first);
    let orientation = reader.orientation;
    if reader.seen.is_empty() {
        findings.removed(Class::Unknown, format!("{place} without a directory"), "");
    }
    orientation.filter(|turn| (1..=8).contains(turn))
}

/// Notes what the directories of a TIFF file hold, except for the tags of `keep`.
pub(crate) fn note_others(tiff: &[u8], keep: &[u16], findings: &mut Findings) {
    let Some((order, first)) = header(tiff) else {
        return;
    };
    let (place, seen) = ("tag", BTreeSet::new());
    let mut reader = Reader { tiff, order, place, findings, keep, seen, orientation: Some(1) };
    reader.walk(first);
}

/// A TIFF block that holds the orientation and nothing else.
pub(crate) fn orientation_only(orientation: u16) -> Vec<u8> {
    let mut out = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    out.extend_from_slice(&orientation.to_be_bytes());
    out.extend_from_slice(&[0; 6]);
    out
}

/// The orientation in a block that [`orientation_only`] could have written; the second readers
/// take no other block.
pub(crate) fn is_orientation_only(tiff: &[u8]) -> bool {
    (2..=8).any(|turn| tiff == orientation_only(turn))
}

/// Which way round the numbers of a TIFF file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

pub(crate) fn header(tiff: &[u8]) -> Option<(Order, usize)> {
    let order = match slice(tiff, 0, 4)? {
        b"II*\0" => Order::Little,
        b"MM\0*" => Order::Big,
        _ => return None,
    };
    Some((order, order.long(tiff, 4)?))
}

impl Order {
    pub(crate) fn short(self, bytes: &[u8], at: usize) -> Option<u16> {
        let pair: [u8; 2] = slice(bytes, at, 2)?.try_into().ok()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        })
    }

    pub(crate) fn long(self, bytes: &[u8], at: usize) -> Option<usize> {
        let four: [u8; 4] = slice(bytes, at, 4)?.try_into().ok()?;
        usize::try_from(match self {
            Self::Little => u32::from_le_bytes(four),
            Self::Big => u32::from_be_bytes(four),
        })
        .ok()
    }
}

/// One entry: its number, its type, and its value's bytes when they lie inside the block.
struct Entry<'a> {
    tag: u16,
    kind: u16,
    value: Option<&'a [u8]>,
}

struct Reader<'a, 'f> {
    tiff: &'a [u8],
    order: Order,
    place: &'f str,
    findings: &'f mut Findings,
    /// Tags that are no metadata where they stand.
    keep: &'f [u16],
    seen: BTreeSet<usize>,
    orientation: Option<u16>,
}

impl<'a> Reader<'a, '_> {
    fn walk(&mut self, first: usize) {
        let mut queue = vec![(Directory::Main, first)];
        while let Some((directory, at)) = queue.pop() {
            if at == 0 || self.seen.len() >= MAX_DIRECTORIES || !self.seen.insert(at) {
                continue;
            }
            self.directory(directory, at, &mut queue);
        }
    }

    fn directory(&mut self, directory: Directory, at: usize, queue: &mut Vec<(Directory, usize)>) {
        let Some(count) = self.order.short(self.tiff, at) else {
            return;
        };
        let mut position = GpsPosition::default();
        for n in 0..count.min(MAX_ENTRIES) {
            let offset = usize::from(n).saturating_mul(12).saturating_add(at).saturating_add(2);
            let Some(entry) = self.entry(offset) else {
                return;
            };
            if let Some(next) = Directory::child(entry.tag) {
                queue.extend(self.pointers(&entry).into_iter().map(|to| (next, to)));
            } else if directory != Directory::Gps || !position.take(self.order, &entry) {
                self.note(directory, &entry);
            }
        }
        if let Some(text) = position.text() {
            self.findings.removed(Class::Location, format!("{} GPS position", self.place), &text);
        }
        let end = usize::from(count).saturating_mul(12).saturating_add(at).saturating_add(2);
        if let (Directory::Main | Directory::Thumbnail, Some(next)) =
            (directory, self.order.long(self.tiff, end))
        {
            queue.push((Directory::Thumbnail, next));
        }
    }

    fn entry(&self, at: usize) -> Option<Entry<'a>> {
        let tag = self.order.short(self.tiff, at)?;
        let kind = self.order.short(self.tiff, at.checked_add(2)?)?;
        let count = self.order.long(self.tiff, at.checked_add(4)?)?;
        let unit: usize = match kind {
            1 | 2 | 6 | 7 | 129 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => {
                return Some(Entry { tag, kind, value: None });
            }
        };
        let field = at.checked_add(8)?;
        let value = match count.checked_mul(unit) {
            Some(len) if len <= 4 => slice(self.tiff, field, len),
            Some(len) => self.order.long(self.tiff, field).and_then(|to| slice(self.tiff, to, len)),
            None => None,
        };
        Some(Entry { tag, kind, value })
    }

    fn pointers(&self, entry: &Entry<'_>) -> Vec<usize> {
        let value = entry.value.unwrap_or_default();
        (0..value.len().min(4 * MAX_DIRECTORIES))
            .step_by(4)
            .filter_map(|at| self.order.long(value, at))
            .collect()
    }

    fn note(&mut self, directory: Directory, entry: &Entry<'_>) {
        if entry.tag == 0x0112 && directory == Directory::Main && self.orientation.is_none() {
            self.orientation = entry.value.and_then(|value| self.order.short(value, 0));
            return;
        }
        let main = matches!(directory, Directory::Main | Directory::Thumbnail);
        if main && self.keep.contains(&entry.tag) {
            return;
        }
        let Some(Tag { class, name, .. }) = tags::find(directory, entry.tag) else {
            let place = format!("{} tag 0x{:04x}", self.place, entry.tag);
            self.findings.removed(Class::Unknown, place, &self.text(entry));
            return;
        };
        self.findings.removed(*class, format!("{} {name}", self.place), &self.text(entry));
    }

    /// A value in words: text as text, few numbers as numbers, the rest as a length.
    fn text(&self, entry: &Entry<'_>) -> String {
        let Some(value) = entry.value else {
            return String::new();
        };
        match entry.kind {
            2 | 129 => foreign(value),
            7 if entry.tag == 0x9286 => foreign(value.get(8..).unwrap_or_default()),
            1 if (0x9c9b..=0x9c9f).contains(&entry.tag) => utf16_le(value),
            3 if value.len() <= 16 => {
                numbers((0..value.len()).step_by(2).filter_map(|at| self.order.short(value, at)))
            }
            4 if value.len() <= 16 => {
                numbers((0..value.len()).step_by(4).filter_map(|at| self.order.long(value, at)))
            }
            5 if value.len() <= 32 => numbers(rationals(self.order, value).into_iter()),
            _ => format!("{} bytes", value.len()),
        }
    }
}

fn numbers(values: impl Iterator<Item = impl ToString>) -> String {
    values.map(|v| v.to_string()).collect::<Vec<_>>().join(" ")
}

/// The text Windows Explorer writes.
fn utf16_le(value: &[u8]) -> String {
    let units =
        value.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(u16::from_le_bytes));
    let text: String =
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.trim_end_matches('\0').to_owned()
}

fn rationals(order: Order, value: &[u8]) -> Vec<f64> {
    let number = |at: usize| {
        let top = u32::try_from(order.long(value, at)?).ok()?;
        let bottom = u32::try_from(order.long(value, at.checked_add(4)?)?).ok()?;
        (bottom != 0).then(|| f64::from(top) / f64::from(bottom))
    };
    (0..value.len()).step_by(8).filter_map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_we_write_holds_the_orientation_and_nothing_else() {
        let mut findings = Findings::default();
        let block = orientation_only(6);
        assert_eq!(read(&block, "EXIF", &mut findings), Some(6));
        assert!(is_orientation_only(&block));
        assert!(findings.into_report(crate::Format::Jpeg).findings.is_empty());
    }

    #[test]
    fn a_directory_that_points_to_itself_is_read_once() {
        let mut findings = Findings::default();
        let looped = b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0";
        assert_eq!(read(looped, "EXIF", &mut findings), None);
    }
}
