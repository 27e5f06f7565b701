//! The second reader: goes through the clean file by fixed places; what is filling must be zero,
//! and every description must come out as it went in.

use super::stream::{More, is_clean_picture};
use super::write::NUMBER;
use super::{id, packet};
use crate::Refusal;
use crate::bytes::{Cursor, slice};
use crate::codec::Units;
use crate::msmedia;
use crate::report::Findings;
use crate::rope::Rope;

/// Checks that a clean file holds nothing but what the list names.
pub(super) fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    walk(clean).ok_or_else(|| Refusal::not_clean("Windows Media: bytes that are not on the list"))
}

fn walk(clean: &Rope<'_>) -> Option<()> {
    let len = object(clean, 0, id::HEADER)?;
    let head = clean.slice(0, len)?;
    let (streams, size) = header(&head, clean.len())?;
    let data = object(clean, len, id::DATA)?;
    let front = clean.slice(len.checked_add(24)?, 26)?;
    (slice(&front, 0, 16)? == NUMBER && slice(&front, 24, 2)? == [1, 1]).then_some(())?;
    let mut at = len.checked_add(50)?;
    let end = len.checked_add(data)?;
    while at < end {
        packet_is_clean(&clean.slice(at, size)?, streams)?;
        at = at.checked_add(size)?;
    }
    (at == end).then_some(())?;
    if end < clean.len() {
        (object(clean, end, id::INDEX)?.checked_add(end)? == clean.len()).then_some(())?;
        let index = clean.slice(end.checked_add(24)?, clean.len().checked_sub(end)? - 24)?;
        let count = usize::try_from(Cursor::new(&index).again_from(28)?.le32()?).ok()?;
        let whole = count.checked_mul(6)?.checked_add(32)? == index.len();
        (whole && slice(&index, 0, 16)? == NUMBER).then_some(())?;
    }
    Some(())
}

/// The length of the object of this name.
fn object(clean: &Rope<'_>, at: usize, name: [u8; 16]) -> Option<usize> {
    let head = clean.slice(at, 24)?;
    let mut from = Cursor::new(&head);
    (from.take(16)? == name).then_some(())?;
    usize::try_from(from.le64()?).ok()
}

/// Streams and the length of a packet.
fn header(bytes: &[u8], whole: usize) -> Option<(u8, usize)> {
    let mut from = Cursor::new(bytes).again_from(24)?;
    let count = from.le32()?;
    (from.take(2)? == [1, 2]).then_some(())?;
    let mut ranks: Vec<u8> = Vec::new();
    let (mut streams, mut size) = (0u8, 0);
    for _ in 0..count {
        let found = super::object(&mut from)?;
        ranks.push(match found.id {
            id::FILE => {
                size = file(found.body, whole)?;
                0
            }
            id::EXTENSION => {
                extension(found.body)?;
                1
            }
            id::RATES => {
                let count = usize::from(Cursor::new(found.body).le16()?);
                (found.body.len() == count.checked_mul(6)?.checked_add(2)?).then_some(2)?
            }
            id::STREAM => {
                streams = streams.checked_add(1)?;
                stream(found.body, streams)?;
                3
            }
            _ => return None,
        });
    }
    let in_order = |two: &[u8]| match two {
        [one, next] => one < next || (*one == 3 && *next == 3),
        _ => false,
    };
    let ordered = ranks.starts_with(&[0, 1]) && ranks.windows(2).all(in_order);
    (ordered && from.is_empty() && streams > 0).then_some((streams, size))
}

fn file(body: &[u8], whole: usize) -> Option<usize> {
    let mut from = Cursor::new(body);
    let same = from.take(16)? == NUMBER && usize::try_from(from.le64()?).ok()? == whole;
    // No time of creation.
    (same && from.le64()? == 0 && body.len() == 80).then_some(())?;
    let mut from = from.again_from(64)?;
    (from.le32()? == 2).then_some(())?;
    let size = from.le32()?;
    (size == from.le32()?).then_some(())?;
    usize::try_from(size).ok().filter(|size| *size >= 64)
}

fn extension(body: &[u8]) -> Option<()> {
    (slice(body, 0, 16)? == id::EXTENSION_MARK && slice(body, 16, 2)? == [6, 0]).then_some(())?;
    let list = body.get(22..)?;
    (usize::try_from(Cursor::new(body).again_from(18)?.le32()?).ok()? == list.len())
        .then_some(())?;
    let mut from = Cursor::new(list);
    while !from.is_empty() {
        let found = super::object(&mut from)?;
        if found.id == id::MORE_STREAM {
            let mut findings = Findings::default();
            More::read(found.body, &mut findings)?;
            let times = slice(found.body, 0, 16)?.iter().all(|b| *b == 0);
            (found.body.len() == 64 && times && findings.is_empty()).then_some(())?;
        } else {
            (found.id == id::METADATA && from.is_empty()).then_some(())?;
            shapes(found.body)?;
        }
    }
    Some(())
}

/// Two numbers a stream, by their names.
fn shapes(body: &[u8]) -> Option<()> {
    let mut from = Cursor::new(body);
    for at in 0..from.le16()? {
        let fields = from.take(12)?;
        let fixed =
            slice(fields, 0, 2)? == [0, 0] && slice(fields, 4, 8)? == [26, 0, 3, 0, 4, 0, 0, 0];
        let name = msmedia::wide(from.take(26)?);
        let expected = if at % 2 == 0 { "AspectRatioX" } else { "AspectRatioY" };
        (fixed && name == expected).then_some(())?;
        from.take(4)?;
    }
    from.is_empty().then_some(())
}

fn stream(body: &[u8], number: u8) -> Option<()> {
    let mut from = Cursor::new(body);
    let (kind, order) = (from.take(16)?, from.take(16)?);
    from.le64()?;
    let (format, extra) = (from.le32()?, from.le32()?);
    (from.take(6)? == [number, 0, 0, 0, 0, 0]).then_some(())?;
    let format = from.take(usize::try_from(format).ok()?)?;
    let extra = from.take(usize::try_from(extra).ok()?)?;
    let is_clean = if *kind == id::PICTURES {
        matches!(is_clean_picture(format)?, Units::Whole | Units::Vc1)
    } else {
        *kind == id::SOUND && msmedia::is_clean_sound(format)
    };
    let ordered = if *order == id::SPREAD {
        extra.len() == 8 && extra.ends_with(&[1, 0, 0])
    } else {
        *order == id::IN_ORDER && extra.is_empty()
    };
    (is_clean && ordered && from.is_empty()).then_some(())
}

fn packet_is_clean(bytes: &[u8], streams: u8) -> Option<()> {
    let mut from = Cursor::new(bytes);
    let mut flags = from.u8()?;
    if flags == 0x82 {
        (from.take(2)? == [0, 0]).then_some(())?;
        flags = from.u8()?;
    }
    // Nothing but the length of the filling and whether there are many.
    (flags & !0x19 == 0).then_some(())?;
    let widths = from.u8()?;
    let padding = usize::try_from(packet::number(&mut from, flags >> 3)?).ok()?;
    from.take(6)?;
    let (count, width) = match flags & 1 {
        0 => (1, None),
        _ => from.u8().map(|many| (many & 0x3f, Some(many >> 6)))?,
    };
    for _ in 0..count {
        let number = from.u8()? & 0x7f;
        ((1..=streams).contains(&number) && count > 0).then_some(())?;
        packet::number(&mut from, widths >> 4)?;
        packet::number(&mut from, widths >> 2)?;
        let beside = packet::number(&mut from, widths)?;
        matches!(beside, 0 | 1 | 8).then_some(())?;
        from.take(usize::try_from(beside).ok()?)?;
        let len = match width {
            Some(width) => usize::try_from(packet::number(&mut from, width)?).ok()?,
            None => from.rest().len().checked_sub(padding)?,
        };
        from.take(len)?;
    }
    (from.rest().len() == padding && from.rest().iter().all(|b| *b == 0)).then_some(())
}
