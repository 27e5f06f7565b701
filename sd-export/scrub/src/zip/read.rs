//! The strict reader: the list at the end and the heads before the data say the same, and
//! together they cover the file.
//!
//! ```text
//! [head data descriptor?] [head data descriptor?] .. [list] [end of 64-bit archives?] [end comment] (trailing)
//!   '--------------- no gap, no overlap -----------------'
//! ```

use super::extra::{self, Extra};
use super::list::{Listed, list};
use super::noted::time;
use crate::archive::Noted;
use crate::bytes::{Cursor, slice};
use crate::deflate::{InflateError, inflate_raw};
use crate::member_name::{Kind, MemberName, unique};
use crate::nest::Nest;
use crate::report::Findings;
use crate::{Limits, Refusal};
use std::borrow::Cow;

/// The flag of a member that is encrypted, of strong encryption, and of heads that are masked.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// The flag of a member whose sizes stand behind its data.
const DESCRIPTOR: u16 = 1 << 3;
/// The flag of a member that is a patch for another one.
const PATCH: u16 = 1 << 5;

/// A member: its data as it stands in the file, and what must come out of it.
#[derive(Clone)]
pub(crate) struct Entry<'a> {
    pub(crate) name: MemberName,
    pub(crate) kind: Kind,
    packed: &'a [u8],
    is_link: bool,
    encrypted: bool,
    method: u16,
    size: u64,
    crc: u32,
}

impl<'a> Entry<'a> {
    /// What the member holds, taken out of the budget and checked against its sum.
    pub(crate) fn data(&self, nest: &Nest<'_>) -> Result<Cow<'a, [u8]>, Refusal> {
        if self.is_link {
            return Err(Refusal::unsupported("a ZIP member that is a link or a device"));
        }
        if self.encrypted {
            return Err(Refusal::Encrypted);
        }
        nest.admit_bytes(self.size)?;
        let data = unpack(self.packed, self.method, self.size)?;
        if crc32fast::hash(&data) != self.crc {
            return Err(Refusal::malformed("a member whose sum is wrong"));
        }
        Ok(data)
    }
}

/// The bytes of a member; they are exactly as many as they should be, and nothing stands behind
/// the compressed ones.
pub(super) fn unpack(packed: &[u8], method: u16, size: u64) -> Result<Cow<'_, [u8]>, Refusal> {
    let size = usize::try_from(size).map_err(|_| Refusal::malformed("the size of a member"))?;
    let wrong = || Refusal::malformed("a member that is longer or shorter than it says");
    let data = match method {
        0 => Cow::Borrowed(packed),
        8 => match inflate_raw(packed, size) {
            Ok(out) if out.ended && out.used == packed.len() => Cow::Owned(out.data),
            Err(InflateError::Broken) => {
                return Err(Refusal::malformed("a member that cannot be unpacked"));
            }
            _ => return Err(wrong()),
        },
        other => {
            return Err(Refusal::unsupported(format!("ZIP compression {}", method_name(other))));
        }
    };
    if data.len() == size { Ok(data) } else { Err(wrong()) }
}

fn method_name(method: u16) -> String {
    match method {
        9 => "Deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "LZMA".to_owned(),
        93 => "Zstandard".to_owned(),
        95 => "xz".to_owned(),
        98 => "PPMd".to_owned(),
        other => format!("number {other}"),
    }
}

/// All members in the order of their data. What else is in the file goes to `findings`; the
/// members are taken out of the budget.
pub(crate) fn read<'a>(
    bytes: &'a [u8],
    nest: &Nest<'_>,
    findings: &mut Findings,
) -> Result<Vec<Entry<'a>>, Refusal> {
    let mut noted = Noted::default();
    let mut listed = list(bytes, nest, &mut noted)?;
    listed.members.sort_by_key(|member| member.offset);
    let ends = listed.members.iter().skip(1).map(|m| m.offset).chain([listed.start]);
    if listed.members.first().map_or(listed.start, |first| first.offset) != 0 {
        return Err(Refusal::malformed("bytes before the first member"));
    }
    let mut entries = Vec::with_capacity(listed.members.len());
    for (member, end) in listed.members.iter().zip(ends) {
        let span = end.checked_sub(member.offset).and_then(|len| slice(bytes, member.offset, len));
        let span = span.ok_or_else(|| Refusal::malformed("members that overlap"))?;
        entries.push(entry(member, span, nest.limits(), &mut noted)?);
    }
    unique(entries.iter().map(|entry| (&entry.name, entry.kind)))?;
    noted.tell(findings);
    Ok(entries)
}

/// The files of a document that is a ZIP file, by their names.
pub(crate) fn files(
    bytes: &[u8],
    nest: &Nest<'_>,
    findings: &mut Findings,
) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let mut files = Vec::new();
    for entry in read(bytes, nest, findings)? {
        if entry.kind == Kind::File {
            let data = entry.data(nest).map_err(|why| why.inside(entry.name.as_str()))?;
            files.push((entry.name.as_str().to_owned(), data.into_owned()));
        }
    }
    Ok(files)
}

/// The head before the data of a member.
struct Head<'a> {
    flags: u16,
    method: u16,
    stamp: u32,
    /// Sum, packed size and size; zero where they stand behind the data.
    numbers: [u64; 3],
    raw_name: &'a [u8],
    extra: Extra<'a>,
}

fn head<'a>(from: &mut Cursor<'a>, noted: &mut Noted) -> Result<Head<'a>, Refusal> {
    let cut = || Refusal::malformed("a member that is cut off");
    if from.take(4) != Some(b"PK\x03\x04") {
        return Err(Refusal::malformed("a member without a head"));
    }
    let _needs = from.le16().ok_or_else(cut)?;
    let (flags, method) = (from.le16().ok_or_else(cut)?, from.le16().ok_or_else(cut)?);
    let (stamp, crc) = (from.le32().ok_or_else(cut)?, from.le32().ok_or_else(cut)?);
    let (packed, size) = (from.le32().ok_or_else(cut)?, from.le32().ok_or_else(cut)?);
    let (name_len, extra_len) = (from.le16().ok_or_else(cut)?, from.le16().ok_or_else(cut)?);
    let raw_name = from.take(name_len.into()).ok_or_else(cut)?;
    let extra = extra::read(from.take(extra_len.into()).ok_or_else(cut)?, noted);
    let numbers = [crc.into(), extra.packed(packed), extra.size(size)];
    Ok(Head { flags, method, stamp, numbers, raw_name, extra })
}

/// One member: its head, its data and what may stand behind them fill `span`.
fn entry<'a>(
    member: &Listed<'a>,
    span: &'a [u8],
    limits: &Limits,
    noted: &mut Noted,
) -> Result<Entry<'a>, Refusal> {
    let mut from = Cursor::new(span);
    let head = head(&mut from, noted)?;
    time(noted, head.stamp);
    let numbers = [u64::from(member.crc), member.packed, member.size];
    let follows = head.flags & DESCRIPTOR != 0;
    let mut said = head.numbers.iter().zip(&numbers);
    let agree = said.all(|(said, is)| said == is || (follows && *said == 0))
        && (head.raw_name, head.method) == (member.raw_name, member.method)
        && (head.flags ^ member.flags) & (DESCRIPTOR | ENCRYPTED) == 0;
    if !agree {
        return Err(Refusal::malformed("a member whose head and list entry differ"));
    }
    let packed = usize::try_from(member.packed).ok().and_then(|len| from.take(len));
    let packed = packed.ok_or_else(|| Refusal::malformed("a member that is cut off"))?;
    if !if follows { is_descriptor(from.rest(), numbers) } else { from.is_empty() } {
        return Err(Refusal::malformed("bytes between members"));
    }
    if head.flags & PATCH != 0 {
        return Err(Refusal::unsupported("a ZIP member that patches another file"));
    }
    let name = extra::name(head.raw_name, head.flags, &[&head.extra, &member.extra], noted)?;
    let kind = member.kind(name.ends_with('/'))?;
    if kind == Some(Kind::Directory) && member.size != 0 {
        return Err(Refusal::malformed("a directory that holds bytes"));
    }
    Ok(Entry {
        name: MemberName::admit(&name, limits)?,
        kind: kind.unwrap_or(Kind::File),
        packed,
        is_link: kind.is_none(),
        encrypted: head.flags & ENCRYPTED != 0 || head.extra.encrypted || member.extra.encrypted,
        method: head.method,
        size: member.size,
        crc: member.crc,
    })
}

/// Whether these bytes are the sum and sizes that stand behind a member: with or without their
/// mark, sizes of 32 or 64 bits, as programs write them.
fn is_descriptor(bytes: &[u8], [crc, packed, size]: [u64; 3]) -> bool {
    let body = match bytes.len() {
        16 | 24 => match bytes.strip_prefix(b"PK\x07\x08") {
            Some(body) => body,
            None => return false,
        },
        _ => bytes,
    };
    let mut from = Cursor::new(body);
    let said = match body.len() {
        12 => [from.le32(), from.le32(), from.le32()].map(|n| n.map(u64::from)),
        20 => [from.le32().map(u64::from), from.le64(), from.le64()],
        _ => return false,
    };
    said == [Some(crc), Some(packed), Some(size)]
}
