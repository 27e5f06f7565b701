//! The second reader: boxes in one order, every length the one it must be, every byte of the data
//! named by an item.

use super::properties::ALPHA;
use super::{BRANDS, CODED, GRID};
use crate::bytes::{Cursor, slice};
use crate::codec::{self, Units};
use crate::{Refusal, icc};

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8]) -> Result<(), Refusal> {
    walk(clean).ok_or_else(|| Refusal::not_clean("HEIF: bytes that are not on the list"))
}

/// The body of the box that must stand here.
fn expect<'a>(from: &mut Cursor<'a>, kind: [u8; 4]) -> Option<&'a [u8]> {
    let size = usize::try_from(from.be32()?).ok()?;
    (from.take(4)? == kind).then_some(())?;
    from.take(size.checked_sub(8)?)
}

fn walk(clean: &[u8]) -> Option<()> {
    let mut from = Cursor::new(clean);
    let brands = expect(&mut from, *b"ftyp")?;
    let list = brands.get(8..)?;
    (slice(brands, 4, 4)? == [0; 4] && list.starts_with(brands.get(..4)?)).then_some(())?;
    list.chunks(4).all(|brand| BRANDS.iter().any(|known| known == brand)).then_some(())?;
    let meta = expect(&mut from, *b"meta")?;
    let start = from.at().checked_add(8)?;
    let data = expect(&mut from, *b"mdat")?;
    from.is_empty().then_some(())?;

    let mut meta = Cursor::new(meta);
    (*meta.take(4)? == [0; 4]).then_some(())?;
    (expect(&mut meta, *b"hdlr")? == b"\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0")
        .then_some(())?;
    (*expect(&mut meta, *b"pitm")? == [0, 0, 0, 0, 0, 1]).then_some(())?;
    let items = places(expect(&mut meta, *b"iloc")?, start, data)?;
    let kinds = kinds(expect(&mut meta, *b"iinf")?, items.len())?;
    if meta.rest().get(4..8)? == b"iref" {
        references(expect(&mut meta, *b"iref")?, items.len())?;
    }
    let units = properties(expect(&mut meta, *b"iprp")?, items.len())?;
    meta.is_empty().then_some(())?;
    for ((item, kind), units) in items.iter().zip(kinds).zip(units) {
        if kind == GRID {
            let len = if item.get(1)? & 1 == 1 { 12 } else { 8 };
            (item.len() == len && *item.first()? == 0).then_some(())?;
        } else {
            let (_, gone) = codec::clean(units?, item)?;
            (CODED.contains(&kind) && gone == 0).then_some(())?;
        }
    }
    Some(())
}

/// The bytes of each item: one behind the other, to the end of the data.
fn places<'a>(body: &[u8], start: usize, data: &'a [u8]) -> Option<Vec<&'a [u8]>> {
    let mut from = Cursor::new(body);
    (*from.take(6)? == [0, 0, 0, 0, 0x44, 0]).then_some(())?;
    let mut at = 0usize;
    let mut items = Vec::new();
    for number in 1..=from.be16()? {
        (from.be16()? == number && from.be32()? == 1).then_some(())?;
        (usize::try_from(from.be32()?).ok()? == start.checked_add(at)?).then_some(())?;
        let len = usize::try_from(from.be32()?).ok()?;
        items.push(slice(data, at, len)?);
        at = at.checked_add(len)?;
    }
    (from.is_empty() && at == data.len()).then_some(items)
}

fn kinds(body: &[u8], count: usize) -> Option<Vec<[u8; 4]>> {
    let mut from = Cursor::new(body);
    (from.be32()? == 0 && usize::from(from.be16()?) == count).then_some(())?;
    let mut kinds = Vec::new();
    for number in (1u16..).take(count) {
        let mut item = Cursor::new(expect(&mut from, *b"infe")?);
        (item.be32()? & !1 == 0x0200_0000 && item.be16()? == number).then_some(())?;
        (item.be16()? == 0).then_some(())?;
        kinds.push(item.take(4)?.try_into().ok()?);
        (item.rest() == [0]).then_some(())?;
    }
    from.is_empty().then_some(kinds)
}

fn references(body: &[u8], count: usize) -> Option<()> {
    let mut from = Cursor::new(body);
    (from.be32()? == 0).then_some(())?;
    while !from.is_empty() {
        let kind: [u8; 4] = from.rest().get(4..8)?.try_into().ok()?;
        (kind == *b"dimg" || kind == *b"auxl").then_some(())?;
        let mut list = Cursor::new(expect(&mut from, kind)?);
        let known = |n: u16| (1..=count).contains(&usize::from(n));
        known(list.be16()?).then_some(())?;
        for _ in 0..list.be16()? {
            known(list.be16()?).then_some(())?;
        }
        list.is_empty().then_some(())?;
    }
    Some(())
}

/// How each item's bytes are cut; every property is of its only length.
fn properties(body: &[u8], count: usize) -> Option<Vec<Option<Units>>> {
    let mut from = Cursor::new(body);
    let mut container = Cursor::new(expect(&mut from, *b"ipco")?);
    let mut all = Vec::new();
    while !container.is_empty() {
        let kind: [u8; 4] = container.rest().get(4..8)?.try_into().ok()?;
        property(kind, expect(&mut container, kind)?, &mut all)?;
    }
    let mut has = Cursor::new(expect(&mut from, *b"ipma")?);
    (has.be32()? == 1 && usize::try_from(has.be32()?).ok()? == count).then_some(())?;
    let mut units = Vec::new();
    for number in (1u16..).take(count) {
        (has.be16()? == number).then_some(())?;
        let mut of = None;
        for _ in 0..has.u8()? {
            let at = usize::from(has.be16()? & 0x7fff).checked_sub(1)?;
            of = of.or(*all.get(at)?);
        }
        units.push(of);
    }
    (from.is_empty() && has.is_empty()).then_some(units)
}

/// One property; adds how it says coded bytes are cut, if it does.
fn property(kind: [u8; 4], body: &[u8], all: &mut Vec<Option<Units>>) -> Option<()> {
    let mut how = None;
    let len = body.len();
    let sound = match &kind {
        b"hvcC" => {
            let (again, units) = codec::hevc_config(body)?;
            how = Some(Units::Hevc(units));
            again == body
        }
        b"av1C" => {
            how = Some(Units::Av1);
            codec::av1_config(body)? == body
        }
        b"ispe" => len == 12,
        b"pixi" => len == usize::from(*body.get(4)?) + 5,
        b"irot" => len == 1 && *body.first()? < 4,
        b"imir" => len == 1 && *body.first()? < 2,
        b"clap" => len == 32,
        b"pasp" => len == 8,
        b"clli" => len == 4,
        b"a1op" => len == 1,
        b"lsel" => len == 2,
        b"colr" => match body.split_at_checked(4)? {
            (b"nclx", rest) => rest.len() == 7,
            (b"prof", profile) => icc::is_canonical(profile, 3),
            _ => false,
        },
        b"auxC" => {
            let text = std::str::from_utf8(body.get(4..)?).ok()?;
            ALPHA.iter().any(|known| text.strip_suffix('\0') == Some(known))
        }
        _ => false,
    };
    all.push(how);
    sound.then_some(())
}
