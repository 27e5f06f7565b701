//! The strict reader: every block is a head, content, or zero.
//!
//! ```text
//! [pax head, records] [long name] [head] [content, zeros] ... [zeros] (trailing)
//!     '------ names of the next head --------'
//! ```

use std::borrow::Cow;

use super::field::{number, text};
use super::pax::{self, Records};
use crate::archive::Noted;
use crate::bytes::slice;
use crate::member_name::{Kind, MemberName, unique};
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// Everything in a tar file comes in blocks of so many bytes.
pub(super) const BLOCK: usize = 512;

/// A member: its name and what it holds, or why it cannot be kept.
pub(super) struct Entry<'a> {
    pub(super) name: MemberName,
    pub(super) kind: Kind,
    pub(super) data: Result<&'a [u8], &'static str>,
}

/// A walk over the blocks.
struct Blocks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Blocks<'a> {
    /// The next block; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<&'a [u8]>, Refusal> {
        if self.at >= self.bytes.len() {
            return Ok(None);
        }
        self.content(BLOCK, &mut Noted::default()).map(Some)
    }

    /// So many bytes and what fills up their last block.
    fn content(&mut self, len: usize, noted: &mut Noted) -> Result<&'a [u8], Refusal> {
        let cut = || Refusal::malformed("a tar archive that is cut off");
        let content = slice(self.bytes, self.at, len).ok_or_else(cut)?;
        let end = self.at.checked_add(len).ok_or_else(cut)?;
        let filled = end.checked_next_multiple_of(BLOCK).ok_or_else(cut)?;
        let padding = self.bytes.get(end..filled).ok_or_else(cut)?;
        if padding.iter().any(|b| *b != 0) {
            noted.field(Class::HiddenContent, "bytes behind the content of a member", padding);
        }
        self.at = filled;
        Ok(content)
    }
}

/// What stands before a member and belongs to it.
#[derive(Default)]
struct Ahead<'a> {
    long_name: Option<&'a [u8]>,
    records: Option<Records<'a>>,
}

impl<'a> Ahead<'a> {
    /// Takes up a head that is about others; false when it is a member's own.
    fn takes(
        &mut self,
        head: &Head<'a>,
        blocks: &mut Blocks<'a>,
        noted: &mut Noted,
    ) -> Result<bool, Refusal> {
        if !matches!(head.kind, b'x' | b'g' | b'L' | b'K' | b'V') {
            return Ok(false);
        }
        let body = blocks.content(head.len()?, noted)?;
        let is_second = match head.kind {
            b'x' => self.records.replace(pax::read(body, noted)?).is_some(),
            b'L' => self.long_name.replace(text(body, noted)).is_some(),
            b'g' => {
                let records = pax::read(body, noted)?;
                if records.name.is_some() || records.size.is_some() {
                    return Err(Refusal::malformed("one name or size for all members"));
                }
                false
            }
            b'V' => {
                noted.field(Class::Identifier, "label of the archive", head.name);
                false
            }
            // The long target of a link, which is refused by its own head.
            _ => false,
        };
        if is_second {
            return Err(Refusal::malformed("two extended heads before one member"));
        }
        Ok(true)
    }
}

/// All members in the order of the file. What else is in the heads goes to `findings`; the
/// members are taken out of the budget.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    nest: &Nest<'_>,
    findings: &mut Findings,
) -> Result<Vec<Entry<'a>>, Refusal> {
    let mut noted = Noted::default();
    let mut blocks = Blocks { bytes, at: 0 };
    let mut entries = Vec::new();
    let mut ahead = Ahead::default();
    while let Some(head) = blocks.next()? {
        if head.iter().all(|b| *b == 0) {
            break;
        }
        let head = Head::read(head, &mut noted)?;
        if !ahead.takes(&head, &mut blocks, &mut noted)? {
            nest.admit_members(1)?;
            let ahead = std::mem::take(&mut ahead);
            entries.extend(entry(&head, &ahead, &mut blocks, nest.limits(), &mut noted)?);
        }
    }
    if ahead.long_name.is_some() || ahead.records.is_some() {
        return Err(Refusal::malformed("an extended head without a member"));
    }
    let rest = bytes.get(blocks.at..).unwrap_or_default();
    let trailing = rest.iter().position(|b| *b != 0).map(|at| rest.get(at..).unwrap_or_default());
    noted.trailing(trailing.unwrap_or_default());
    unique(entries.iter().map(|entry| (&entry.name, entry.kind)))?;
    noted.tell(findings);
    Ok(entries)
}

/// One member with its content; `None` for the place where the archive is unpacked.
fn entry<'a>(
    head: &Head<'a>,
    ahead: &Ahead<'a>,
    blocks: &mut Blocks<'a>,
    limits: &Limits,
    noted: &mut Noted,
) -> Result<Option<Entry<'a>>, Refusal> {
    let raw = name(head, ahead, noted)?;
    if let Some(size) = ahead.records.as_ref().and_then(|records| records.size)
        && size != head.size
    {
        return Err(Refusal::malformed("a member with two sizes"));
    }
    // Before tar had directories, a slash at the end made one.
    let is_directory = head.kind == b'5' || (head.kind == 0 && raw.ends_with('/'));
    let fault = match head.kind {
        0 | b'0' | b'7' | b'5' => None,
        b'1' | b'2' => Some("a tar member that is a link"),
        b'3' | b'4' | b'6' => Some("a tar member that is a device"),
        b'S' => Some("a tar member with holes"),
        b'M' | b'D' => Some("a tar archive of a dump or in several parts"),
        _ => Some("a tar member of an unknown kind"),
    };
    if is_directory && head.size != 0 {
        return Err(Refusal::malformed("a directory that holds bytes"));
    }
    if is_directory && matches!(raw.as_str(), "." | "./") {
        return Ok(None);
    }
    // The size of a link says how long its target is, not what follows.
    let len = if matches!(head.kind, b'1'..=b'6') { 0 } else { head.len()? };
    let data = blocks.content(len, noted)?;
    let kind = if is_directory { Kind::Directory } else { Kind::File };
    let name = MemberName::admit(&raw, limits)?;
    Ok(Some(Entry { name, kind, data: fault.map_or(Ok(data), Err) }))
}

/// The name of a member: from its records, its long name, or its own head.
fn name(head: &Head<'_>, ahead: &Ahead<'_>, noted: &mut Noted) -> Result<String, Refusal> {
    let recorded = ahead.records.as_ref().and_then(|records| records.name);
    let raw: Cow<'_, [u8]> = match (ahead.long_name, recorded) {
        (Some(long), Some(name)) if long != name => {
            return Err(Refusal::malformed("a member with two names"));
        }
        (Some(name), _) | (None, Some(name)) => name.into(),
        (None, None) if head.prefix.is_empty() => head.name.into(),
        (None, None) => [head.prefix, b"/", head.name].concat().into(),
    };
    if let Ok(name) = std::str::from_utf8(&raw) {
        return Ok(name.to_owned());
    }
    noted.said(Class::Software, "names in an old encoding (read as Latin-1)", String::new);
    Ok(raw.iter().map(|b| char::from(*b)).collect())
}

/// A head, with the fields that matter.
struct Head<'a> {
    kind: u8,
    name: &'a [u8],
    prefix: &'a [u8],
    size: u64,
}

impl<'a> Head<'a> {
    fn len(&self) -> Result<usize, Refusal> {
        usize::try_from(self.size).map_err(|_| Refusal::malformed("the size of a member"))
    }

    fn read(block: &'a [u8], noted: &mut Noted) -> Result<Self, Refusal> {
        let part = |at, len| slice(block, at, len).unwrap_or_default();
        let wrong = || Refusal::malformed("a tar head whose sum is wrong");
        if number(part(148, 8)) != Some(sum(block)) {
            return Err(wrong());
        }
        let size = number(part(124, 12)).ok_or_else(wrong)?;
        let kind = *part(156, 1).first().ok_or_else(wrong)?;
        let name = text(part(0, 100), noted);
        let mut prefix = [].as_slice();
        match part(257, 8) {
            // Some forget the version.
            b"ustar\x0000" | b"ustar\0\0\0" => {
                prefix = text(part(345, 155), noted);
                filled(part(500, 12), noted);
            }
            // GNU's: times and the places of holes stand where the prefix would be.
            b"ustar  \0" => {
                if part(345, 24).iter().any(|b| *b != 0) {
                    noted.said(Class::Time, "times in old GNU heads", String::new);
                }
                filled(part(369, 143), noted);
            }
            // The first tar had none of this.
            rest if rest.iter().all(|b| *b == 0) => filled(part(257, 255), noted),
            _ => return Err(Refusal::unsupported("a tar archive of an unknown kind")),
        }
        if matches!(kind, 0 | b'0'..=b'7') {
            note(&part, noted);
        }
        Ok(Self { kind, name, prefix, size })
    }
}

/// Notes what a head says of owner, time, rights and devices.
fn note<'a>(part: &impl Fn(usize, usize) -> &'a [u8], noted: &mut Noted) {
    let ids = [number(part(108, 8)), number(part(116, 8))];
    if ids != [Some(0); 2] {
        noted.said(Class::Person, "user and group numbers", || {
            ids.map(|id| id.map_or("?".to_owned(), |id| id.to_string())).join(", ")
        });
    }
    let names = [part(265, 32), part(297, 32)];
    if part(257, 5) == b"ustar" && names.concat().iter().any(|b| *b != 0) {
        noted.said(Class::Person, "user and group names", || {
            names.map(crate::wording::foreign).join(", ")
        });
    }
    match number(part(136, 12)) {
        Some(0) => {}
        time => noted.said(Class::Time, "times of members", || {
            time.map_or(String::new(), |time| format!("{time} seconds since 1970"))
        }),
    }
    match number(part(100, 8)) {
        Some(0o644) => {}
        mode => noted.said(Class::Device, "rights of members", || {
            mode.map_or(String::new(), |mode| format!("{mode:o}"))
        }),
    }
    // A file has no target and no device.
    for (at, len) in [(157, 100), (329, 16)] {
        if part(156, 1) != b"1" && part(156, 1) != b"2" {
            let other = part(at, len).iter().any(|b| !matches!(b, 0 | b'0' | b' '));
            if other {
                noted.field(Class::HiddenContent, "fields that a file does not use", part(at, len));
            }
        }
    }
}

fn filled(padding: &[u8], noted: &mut Noted) {
    if padding.iter().any(|b| *b != 0) {
        noted.field(Class::HiddenContent, "bytes at the end of a head", padding);
    }
}

/// The sum of a head: of its bytes, its own field as blanks.
pub(super) fn sum(block: &[u8]) -> u64 {
    let inside = |at: &usize| (148..156).contains(at);
    block.iter().enumerate().map(|(at, b)| if inside(&at) { 32 } else { u64::from(*b) }).sum()
}

/// Whether a file starts with a head of the first tar, which has no mark but its sum.
pub(crate) fn is_tar(bytes: &[u8]) -> bool {
    slice(bytes, 0, BLOCK).is_some_and(|block| {
        let stored = number(block.get(148..156).unwrap_or_default());
        block.first().is_some_and(|b| *b != 0) && stored == Some(sum(block))
    })
}
