//! gzip: names, times and comments stand in the head of each member.

use super::{Unpacked, too_long};
use crate::Refusal;
use crate::archive::Noted;
use crate::bytes::{Cursor, find, slice};
use crate::deflate::{InflateError, deflate_raw, inflate_raw};
use crate::report::Class;
use crate::wording::foreign;

/// Deflate, no flags, no time, no hint of the setting, an unknown system.
const HEAD: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";

pub(super) fn unpack(bytes: &[u8], room: usize, noted: &mut Noted) -> Result<Unpacked, Refusal> {
    let mut unpacked = Unpacked { data: Vec::new(), used: 0, streams: 0 };
    let mut rest = bytes;
    // Members stand one behind the other; what does not start like one is behind the end.
    while unpacked.streams == 0 || rest.starts_with(b"\x1f\x8b") {
        let broken = || Refusal::malformed("a gzip file that cannot be unpacked");
        let body = head(rest, noted)?;
        let left = room.saturating_sub(unpacked.data.len());
        let out = match inflate_raw(body, left) {
            Ok(out) if out.ended => out,
            Err(InflateError::TooLong) => return Err(too_long(room)),
            _ => return Err(broken()),
        };
        let mut tail = Cursor::new(body.get(out.used..).unwrap_or_default());
        let (sum, len) = (tail.le32(), tail.le32());
        let right_len = u32::try_from(out.data.len() & 0xffff_ffff).ok();
        if sum != Some(crc32fast::hash(&out.data)) || len != right_len {
            return Err(Refusal::malformed("a gzip file whose sum is wrong"));
        }
        unpacked.data.extend_from_slice(&out.data);
        unpacked.streams = unpacked.streams.saturating_add(1);
        rest = tail.rest();
    }
    unpacked.used = bytes.len().saturating_sub(rest.len());
    Ok(unpacked)
}

/// Walks over the head of a member and notes what it says.
fn head<'a>(bytes: &'a [u8], noted: &mut Noted) -> Result<&'a [u8], Refusal> {
    let cut = || Refusal::malformed("the head of a gzip file");
    let mut from = Cursor::new(bytes);
    if from.take(3) != Some(b"\x1f\x8b\x08") {
        return Err(cut());
    }
    let flags = from.u8().ok_or_else(cut)?;
    let time = from.le32().ok_or_else(cut)?;
    let (setting, system) = (from.u8().ok_or_else(cut)?, from.u8().ok_or_else(cut)?);
    if flags & 0xe0 != 0 {
        return Err(Refusal::unsupported("a gzip file with unknown flags"));
    }
    if time != 0 {
        noted.said(Class::Time, "time in the gzip head", || format!("{time} seconds since 1970"));
    }
    if setting != 0 || system != 0xff {
        noted.said(Class::Software, "system and setting in the gzip head", || {
            format!("{system}, {setting}")
        });
    }
    if flags & 4 != 0 {
        let len = from.le16().ok_or_else(cut)?;
        let extra = from.take(len.into()).ok_or_else(cut)?;
        noted.field(Class::Unknown, "extra field in the gzip head", extra);
    }
    if flags & 8 != 0 {
        let name = text(&mut from).ok_or_else(cut)?;
        noted.said(Class::Identifier, "name in the gzip head", || foreign(name));
    }
    if flags & 16 != 0 {
        let comment = text(&mut from).ok_or_else(cut)?;
        noted.said(Class::Comment, "comment in the gzip head", || foreign(comment));
    }
    if flags & 2 != 0 {
        let head = slice(bytes, 0, from.at()).ok_or_else(cut)?;
        let sum = from.le16().ok_or_else(cut)?;
        if u32::from(sum) != crc32fast::hash(head) & 0xffff {
            return Err(Refusal::malformed("a gzip head whose sum is wrong"));
        }
        noted.said(Class::Software, "sum of the gzip head", String::new);
    }
    Ok(from.rest())
}

/// The bytes up to the next NUL, which is passed.
fn text<'a>(from: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let text = from.take(find(from.rest(), b"\0")?)?;
    from.take(1)?;
    Some(text)
}

pub(super) fn pack(data: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut out = HEAD.to_vec();
    out.extend_from_slice(&deflate_raw(data));
    out.extend_from_slice(&crc32fast::hash(data).to_le_bytes());
    let len = u32::try_from(data.len()).map_err(|_| too_long(u32::MAX as usize))?;
    out.extend_from_slice(&len.to_le_bytes());
    Ok(out)
}
