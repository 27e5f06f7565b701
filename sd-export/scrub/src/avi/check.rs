//! The second reader: goes through the clean file by fixed places, looks into every chunk once
//! more, and holds the index against what it met.

use super::write::{FLAGS, KEY};
use crate::bytes::{Cursor, le32, slice};
use crate::codec::{self, Units};
use crate::rope::Rope;
use crate::{Refusal, msmedia};

/// A stream as the clean file says it.
struct Stream {
    name: [u8; 4],
    units: Units,
}

/// Checks that a clean file holds nothing but what the list names.
pub(super) fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    walk(clean).ok_or_else(|| Refusal::not_clean("AVI: bytes that are not on the list"))
}

fn walk(clean: &Rope<'_>) -> Option<()> {
    let front = clean.slice(0, 20)?;
    let whole = len(&front, 4)?.checked_add(8)?;
    let known = slice(&front, 0, 4)? == b"RIFF" && slice(&front, 8, 8)? == b"AVI LIST";
    (known && whole == clean.len()).then_some(())?;
    let head_len = len(&front, 16)?;
    let streams = heads(&clean.slice(20, head_len)?)?;
    let mut at = head_len.checked_add(20)?;
    let list = clean.slice(at, 12)?;
    (slice(&list, 0, 4)? == b"LIST" && slice(&list, 8, 4)? == b"movi").then_some(())?;
    let start = at.checked_add(8)?;
    let end = start.checked_add(len(&list, 4)?)?;
    let index_head = clean.slice(end, 8)?;
    (slice(&index_head, 0, 4)? == b"idx1").then_some(())?;
    let index_len = len(&index_head, 4)?;
    let index = clean.slice(end.checked_add(8)?, index_len)?;
    (end.checked_add(8)?.checked_add(index_len)? == clean.len()).then_some(())?;
    let mut index = Cursor::new(&index);
    at = start.checked_add(4)?;
    while at < end {
        let head = clean.slice(at, 8)?;
        let name = slice(&head, 0, 4)?;
        let size = len(&head, 4)?;
        let stream = streams.iter().find(|stream| stream.name == name)?;
        let body = clean.slice(at.checked_add(8)?, size)?;
        codec::is_clean(stream.units, &body).then_some(())?;
        (index.take(4)? == name && index.le32()? & !KEY == 0).then_some(())?;
        (usize::try_from(index.le32()?).ok()? == at.checked_sub(start)?).then_some(())?;
        (usize::try_from(index.le32()?).ok()? == size).then_some(())?;
        at = at.checked_add(8)?.checked_add(size)?;
        if size % 2 == 1 {
            (*clean.slice(at, 1)? == [0]).then_some(())?;
            at = at.checked_add(1)?;
        }
    }
    (at == end && index.is_empty()).then_some(())
}

fn len(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(le32(bytes, at)?).ok()
}

/// The chunk of this name that stands next.
fn chunk<'a>(from: &mut Cursor<'a>, name: [u8; 4]) -> Option<&'a [u8]> {
    (from.take(4)? == name).then_some(())?;
    let len = usize::try_from(from.le32()?).ok()?;
    let body = from.take(len)?;
    (len % 2 == 0 || from.u8()? == 0).then_some(body)
}

fn heads(list: &[u8]) -> Option<Vec<Stream>> {
    let mut from = Cursor::new(list);
    (from.take(4)? == b"hdrl").then_some(())?;
    let head = chunk(&mut from, *b"avih")?;
    let zeros = [4..12, 20..24, 40..56];
    let spare = zeros.into_iter().all(|part| head.get(part).is_some_and(is_zero));
    (head.len() == 56 && le32(head, 12)? == FLAGS && spare).then_some(())?;
    let mut streams = Vec::new();
    while !from.is_empty() {
        let count = u8::try_from(streams.len()).ok()?;
        let list = chunk(&mut from, *b"LIST")?;
        streams.push(stream(list, [b'0' + count / 10, b'0' + count % 10])?);
    }
    (usize::try_from(le32(head, 24)?).ok()? == streams.len()).then_some(streams)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b == 0)
}

fn stream(list: &[u8], [tens, ones]: [u8; 2]) -> Option<Stream> {
    let mut from = Cursor::new(list);
    (from.take(4)? == b"strl").then_some(())?;
    let head = chunk(&mut from, *b"strh")?;
    let format = chunk(&mut from, *b"strf")?;
    let fixed = head.len() == 56 && is_zero(slice(head, 8, 12)?) && is_zero(slice(head, 48, 4)?);
    (fixed && le32(head, 40)? == u32::MAX).then_some(())?;
    let (letters, units) = match slice(head, 0, 4)? {
        b"vids" => {
            let units = msmedia::is_clean_picture(format)?;
            (slice(head, 4, 4)? == slice(format, 16, 4)?).then_some(())?;
            if !from.is_empty() {
                (chunk(&mut from, *b"vprp")?.len() == 68).then_some(())?;
            }
            let plain = msmedia::is_uncoded(slice(format, 16, 4)?);
            (if plain { *b"db" } else { *b"dc" }, units)
        }
        b"auds" => {
            (is_zero(slice(head, 4, 4)?) && msmedia::is_clean_sound(format)).then_some(())?;
            (*b"wb", Units::Whole)
        }
        _ => return None,
    };
    let [first, second] = letters;
    from.is_empty().then_some(Stream { name: [tens, ones, first, second], units })
}
