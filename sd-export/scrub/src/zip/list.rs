//! The list of members at the end of a ZIP file.

use super::extra::{self, Extra};
use super::noted::{system, time};
use crate::Refusal;
use crate::archive::Noted;
use crate::bytes::{Cursor, rfind, slice};
use crate::member_name::Kind;
use crate::nest::Nest;

/// How far from the end of the file its last record may stand: a comment can have 64 KiB, and
/// what stands behind the archive is not part of it.
const TAIL: usize = 1 << 20;
/// Length of the last record, and of the two that stand before it in large archives.
const END: usize = 22;
const LOCATOR: usize = 20;
const END_64: usize = 56;

/// What the list says of a member.
pub(super) struct Listed<'a> {
    pub(super) raw_name: &'a [u8],
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) offset: usize,
    pub(super) extra: Extra<'a>,
    attributes: u32,
}

impl Listed<'_> {
    /// File or directory; `None` for a link or a device. Contradictions are refused.
    pub(super) fn kind(&self, name_is_directory: bool) -> Result<Option<Kind>, Refusal> {
        const TYPE: u32 = 0o170_000;
        let marked = match (self.attributes >> 16) & TYPE {
            0 => None,
            0o100_000 => Some(Kind::File),
            0o040_000 => Some(Kind::Directory),
            _ => return Ok(None),
        };
        match (name_is_directory, marked) {
            (true, None | Some(Kind::Directory)) => Ok(Some(Kind::Directory)),
            (false, None) if self.attributes & 0x10 == 0 => Ok(Some(Kind::File)),
            (false, Some(Kind::File)) => Ok(Some(Kind::File)),
            _ => Err(Refusal::malformed("a member that is a file and a directory")),
        }
    }
}

/// The list and where it starts.
pub(super) struct List<'a> {
    pub(super) members: Vec<Listed<'a>>,
    pub(super) start: usize,
}

/// Reads the whole list; it fills the room between its start and the last records.
pub(super) fn list<'a>(
    bytes: &'a [u8],
    nest: &Nest<'_>,
    noted: &mut Noted,
) -> Result<List<'a>, Refusal> {
    let end = end(bytes, noted)?;
    // Before the list is walked: a list that claims a million members is not believed.
    nest.admit_members(usize::try_from(end.count).unwrap_or(usize::MAX))?;
    let wrong = || Refusal::malformed("the list of members");
    let start = usize::try_from(end.start).map_err(|_| wrong())?;
    let len = usize::try_from(end.len).map_err(|_| wrong())?;
    if start.checked_add(len) != Some(end.behind_list) {
        return Err(Refusal::malformed("bytes before or behind the list of members"));
    }
    let mut from = Cursor::new(slice(bytes, start, len).ok_or_else(wrong)?);
    let mut members = Vec::new();
    for _ in 0..end.count {
        members.push(listed(&mut from, noted)?);
    }
    if !from.is_empty() {
        return Err(wrong());
    }
    Ok(List { members, start })
}

/// The names in the list, as bytes, for telling what kind of file it is; nothing is believed.
pub(crate) fn names(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    const MOST: u64 = 100_000;
    let mut noted = Noted::default();
    let end = end(bytes, &mut noted).ok()?;
    let start = usize::try_from(end.start).ok()?;
    let mut from = Cursor::new(bytes.get(start..end.behind_list)?);
    (0..end.count.min(MOST))
        .map(|_| listed(&mut from, &mut noted).ok().map(|m| m.raw_name))
        .collect()
}

/// What the last records say.
struct End {
    count: u64,
    len: u64,
    start: u64,
    /// Where the records stand; the list ends there.
    behind_list: usize,
}

fn end(bytes: &[u8], noted: &mut Noted) -> Result<End, Refusal> {
    let missing = || Refusal::malformed("no end of the list of members");
    let tail_at = bytes.len().saturating_sub(TAIL);
    let tail = bytes.get(tail_at..).unwrap_or_default();
    let within = tail.get(..tail.len().saturating_sub(END - 4)).unwrap_or_default();
    let at =
        rfind(within, b"PK\x05\x06").and_then(|at| at.checked_add(tail_at)).ok_or_else(missing)?;
    let mut from = Cursor::new(bytes.get(at..).unwrap_or_default());
    from.take(4).ok_or_else(missing)?;
    let mut number = || from.le16().ok_or_else(missing);
    let (disk, list_disk, here, count) = (number()?, number()?, number()?, number()?);
    let len = from.le32().ok_or_else(missing)?;
    let start = from.le32().ok_or_else(missing)?;
    let comment_len = from.le16().ok_or_else(missing)?;
    let comment = from.take(comment_len.into()).ok_or_else(missing)?;
    noted.comment("comment of the archive", comment);
    noted.trailing(from.rest());
    let parts = || Refusal::unsupported("a ZIP archive in several parts");
    let end = match end_64(bytes, at)? {
        Some(end) => {
            // The 32-bit numbers say the same, or that they cannot.
            let same = |small: u32, wide: u64| small == u32::MAX || u64::from(small) == wide;
            let same_count = count == u16::MAX || u64::from(count) == end.count;
            if !same(len, end.len) || !same(start, end.start) || !same_count {
                return Err(Refusal::malformed("two ends that differ"));
            }
            end
        }
        None if [disk, list_disk] != [0, 0] || here != count => return Err(parts()),
        None => End { count: count.into(), len: len.into(), start: start.into(), behind_list: at },
    };
    Ok(end)
}

/// The end of a large archive, when its locator stands before the end.
fn end_64(bytes: &[u8], end: usize) -> Result<Option<End>, Refusal> {
    let wrong = || Refusal::malformed("the end of a 64-bit archive");
    let Some(at) = end.checked_sub(LOCATOR) else {
        return Ok(None);
    };
    let mut from = Cursor::new(slice(bytes, at, LOCATOR).unwrap_or_default());
    if from.take(4) != Some(b"PK\x06\x07") {
        return Ok(None);
    }
    let (disk, place, disks) = (from.le32(), from.le64(), from.le32());
    let record = at.checked_sub(END_64).ok_or_else(wrong)?;
    if disk != Some(0) || disks != Some(1) || place != Some(record as u64) {
        return Err(wrong());
    }
    let mut from = Cursor::new(slice(bytes, record, END_64).unwrap_or_default());
    if from.take(4) != Some(b"PK\x06\x06") || from.le64() != Some((END_64 - 12) as u64) {
        return Err(wrong());
    }
    let _versions = from.le32();
    let disks = [from.le32(), from.le32()];
    let (here, count, len, start) = (from.le64(), from.le64(), from.le64(), from.le64());
    if disks != [Some(0); 2] || here != count {
        return Err(wrong());
    }
    let (Some(count), Some(len), Some(start)) = (count, len, start) else {
        return Err(wrong());
    };
    Ok(Some(End { count, len, start, behind_list: record }))
}

fn listed<'a>(from: &mut Cursor<'a>, noted: &mut Noted) -> Result<Listed<'a>, Refusal> {
    let cut = || Refusal::malformed("the list of members");
    if from.take(4) != Some(b"PK\x01\x02") {
        return Err(cut());
    }
    let made_by = from.le16().ok_or_else(cut)?;
    let _needs = from.le16().ok_or_else(cut)?;
    let (flags, method) = (from.le16().ok_or_else(cut)?, from.le16().ok_or_else(cut)?);
    let stamp = from.le32().ok_or_else(cut)?;
    let crc = from.le32().ok_or_else(cut)?;
    let (packed, size) = (from.le32().ok_or_else(cut)?, from.le32().ok_or_else(cut)?);
    let lens = [from.le16(), from.le16(), from.le16()].map(|n| n.map(usize::from));
    let [Some(name_len), Some(extra_len), Some(comment_len)] = lens else {
        return Err(cut());
    };
    let disk = from.le16().ok_or_else(cut)?;
    let internal = from.le16().ok_or_else(cut)?;
    let attributes = from.le32().ok_or_else(cut)?;
    let offset = from.le32().ok_or_else(cut)?;
    let raw_name = from.take(name_len).ok_or_else(cut)?;
    let extra = extra::read(from.take(extra_len).ok_or_else(cut)?, noted);
    noted.comment("comment of a member", from.take(comment_len).ok_or_else(cut)?);
    time(noted, stamp);
    system(noted, made_by, internal, attributes);
    // The 64-bit numbers stand in this order, each only where the 32-bit one is full.
    let mut wide = extra.wide.iter().copied();
    let mut full = |small: u32| match small {
        u32::MAX => wide.next(),
        small => Some(small.into()),
    };
    let (Some(size), Some(packed), Some(offset)) = (full(size), full(packed), full(offset)) else {
        return Err(Refusal::malformed("a member without its 64-bit numbers"));
    };
    if disk != 0 || wide.next().is_some() {
        return Err(Refusal::malformed("the 64-bit numbers of a member"));
    }
    let offset = usize::try_from(offset).map_err(|_| cut())?;
    Ok(Listed { raw_name, flags, method, crc, packed, size, offset, extra, attributes })
}
