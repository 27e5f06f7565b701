//! The second reader: walks a clean archive by the heads from front to back, not by its list.

use super::read::unpack;
use super::write::{ATTRIBUTES, MADE_BY, STAMP, Written};
use crate::Refusal;
use crate::bytes::{Cursor, le16, le32};

/// Every member is there, once, in order, with what was put in; no field says more than it must.
pub(super) fn check(clean: &[u8], written: &[Written]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("the archive is not what was written");
    let mut from = Cursor::new(clean);
    let mut places = Vec::with_capacity(written.len());
    for member in written {
        places.push(from.at());
        let head = from.take(30).ok_or_else(fault)?;
        let field = |at| le16(head, at).unwrap_or(u16::MAX);
        let fixed = head.starts_with(b"PK\x03\x04\x14\0")
            && field(6) & !(1 << 11) == 0
            && le32(head, 10) == Some(STAMP)
            && field(28) == 0;
        let name = from.take(field(26).into());
        let packed = le32(head, 18).and_then(|len| from.take(usize::try_from(len).ok()?));
        let data = unpack(packed.ok_or_else(fault)?, field(8), member.size as u64)?;
        let same = name == Some(member.name.as_str().as_bytes())
            && le32(head, 14) == Some(member.crc)
            && le32(head, 22).map(u64::from) == Some(member.size as u64)
            && crc32fast::hash(&data) == member.crc;
        if !fixed || !same {
            return Err(fault());
        }
    }
    let list = from.at();
    for (member, place) in written.iter().zip(places) {
        let entry = from.take(46).ok_or_else(fault)?;
        let made_by = le16(entry, 4) == Some(MADE_BY);
        let empty = entry.get(30..38).is_some_and(|rest| rest.iter().all(|b| *b == 0))
            && le32(entry, 38) == Some(ATTRIBUTES);
        let points = le32(entry, 42).map(u64::from) == Some(place as u64);
        let head = place.checked_add(4).and_then(|at| clean.get(at..at.checked_add(26)?));
        let name = from.take(le16(entry, 28).unwrap_or_default().into());
        let same = entry.get(6..32) == head && name == Some(member.name.as_str().as_bytes());
        if !(entry.starts_with(b"PK\x01\x02") && made_by && empty && points && same) {
            return Err(fault());
        }
    }
    let end = from.take(22).ok_or_else(fault)?;
    let list_len = from.at().saturating_sub(22).saturating_sub(list);
    let right = end.starts_with(b"PK\x05\x06\0\0\0\0")
        && le16(end, 8).map(usize::from) == Some(written.len())
        && le16(end, 10).map(usize::from) == Some(written.len())
        && le32(end, 12).map(u64::from) == Some(list_len as u64)
        && le32(end, 16).map(u64::from) == Some(list as u64)
        && le16(end, 20) == Some(0);
    if right && from.is_empty() { Ok(()) } else { Err(fault()) }
}
