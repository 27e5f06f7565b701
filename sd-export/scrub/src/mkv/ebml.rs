//! Elements of EBML, the boxes of Matroska: a number, a length and a body.

use crate::Refusal;
use crate::bytes::Cursor;

/// The numbers of the elements that are read or written.
pub(super) mod id {
    pub(in super::super) const EBML: u32 = 0x1a45_dfa3;
    pub(in super::super) const SEGMENT: u32 = 0x1853_8067;
    pub(in super::super) const INFO: u32 = 0x1549_a966;
    pub(in super::super) const TRACKS: u32 = 0x1654_ae6b;
    pub(in super::super) const TRACK: u32 = 0xae;
    pub(in super::super) const CUES: u32 = 0x1c53_bb6b;
    pub(in super::super) const CLUSTER: u32 = 0x1f43_b675;
    pub(in super::super) const GROUP: u32 = 0xa0;
    pub(in super::super) const SIMPLE: u32 = 0xa3;
    pub(in super::super) const BLOCK: u32 = 0xa1;
    pub(in super::super) const TIME: u32 = 0xe7;
    pub(in super::super) const SCALE: u32 = 0x002a_d7b1;
    pub(in super::super) const DURATION: u32 = 0x4489;
    pub(in super::super) const TAGS: u32 = 0x1254_c367;
    pub(in super::super) const FILES: u32 = 0x1941_a469;
    pub(in super::super) const CHAPTERS: u32 = 0x1043_a770;
    pub(in super::super) const SEEK: u32 = 0x114d_9b74;
    pub(in super::super) const VOID: u32 = 0xec;
    pub(in super::super) const SUM: u32 = 0xbf;
}

/// One element as it stands in the file.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) id: u32,
    pub(super) body: &'a [u8],
}

impl<'a> Element<'a> {
    /// A whole number, the most significant byte first.
    pub(super) fn number(&self) -> Option<u64> {
        Cursor::new(self.body).be(self.body.len())
    }

    /// A text.
    pub(super) fn text(&self) -> String {
        crate::wording::foreign(self.body)
    }

    /// The elements inside.
    pub(super) fn inner(&self) -> Result<Vec<Element<'a>>, Refusal> {
        elements(self.body, |_| true)
    }
}

fn broken() -> Refusal {
    Refusal::malformed("an element that is cut off")
}

/// All elements of a body. One of unknown length reaches as far as `belongs` says its elements do.
pub(super) fn elements(body: &[u8], belongs: fn(u32) -> bool) -> Result<Vec<Element<'_>>, Refusal> {
    let mut from = Cursor::new(body);
    let mut out = Vec::new();
    while !from.is_empty() {
        out.push(element(&mut from, belongs).ok_or_else(broken)?);
    }
    Ok(out)
}

/// The element that stands here.
pub(super) fn element<'a>(from: &mut Cursor<'a>, belongs: fn(u32) -> bool) -> Option<Element<'a>> {
    let (id, len) = head(from)?;
    let len = match len {
        Some(len) => len,
        None => unknown(from.rest(), belongs)?,
    };
    Some(Element { id, body: from.take(len)? })
}

/// Number and length of an element; no length where it is unknown.
pub(super) fn head(from: &mut Cursor<'_>) -> Option<(u32, Option<usize>)> {
    let first = *from.rest().first()?;
    let width = usize::try_from(first.leading_zeros()).ok()?.checked_add(1)?;
    (width <= 4).then_some(())?;
    let id = u32::try_from(from.be(width)?).ok()?;
    let first = *from.rest().first()?;
    let width = usize::try_from(first.leading_zeros()).ok()?.checked_add(1)?;
    (width <= 8).then_some(())?;
    let mark = 1u64 << (7 * width);
    let len = from.be(width)? & (mark - 1);
    let len = if len == mark - 1 { None } else { Some(usize::try_from(len).ok()?) };
    Some((id, len))
}

/// How far an element of unknown length reaches.
fn unknown(rest: &[u8], belongs: fn(u32) -> bool) -> Option<usize> {
    let mut from = Cursor::new(rest);
    while !from.is_empty() {
        let at = from.at();
        let (id, len) = head(&mut from)?;
        if !belongs(id) {
            return Some(at);
        }
        from.take(len?)?;
    }
    Some(from.at())
}

/// A number with its length in front, in one byte.
pub(super) fn short_number(from: &mut Cursor<'_>) -> Option<u64> {
    let first = *from.rest().first()?;
    let width = usize::try_from(first.leading_zeros()).ok()?.checked_add(1)?;
    (width <= 8).then_some(())?;
    Some(from.be(width)? & ((1u64 << (7 * width)) - 1))
}

/// Writes number and length of an element; lengths always take eight bytes, so that they tell
/// nothing.
pub(super) fn put_head(out: &mut Vec<u8>, id: u32, len: usize) {
    let bytes = id.to_be_bytes();
    let skip = usize::try_from(id.leading_zeros() / 8).unwrap_or(0);
    out.extend_from_slice(bytes.get(skip..).unwrap_or_default());
    out.extend_from_slice(&((1u64 << 56) | len as u64).to_be_bytes());
}

/// Writes an element.
pub(super) fn put(out: &mut Vec<u8>, id: u32, body: &[u8]) {
    put_head(out, id, body.len());
    out.extend_from_slice(body);
}

/// Writes a whole number, in eight bytes.
pub(super) fn put_number(out: &mut Vec<u8>, id: u32, number: u64) {
    put(out, id, &number.to_be_bytes());
}
