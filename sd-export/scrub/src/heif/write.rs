//! Writes the boxes of a clean picture in their fixed order.

use super::Picture;
use super::properties::Property;
use crate::Refusal;
use crate::bmff::write as put;

fn large() -> Refusal {
    Refusal::malformed("a picture that is too large for its format")
}

fn short(n: usize) -> Result<[u8; 2], Refusal> {
    u16::try_from(n).map(u16::to_be_bytes).map_err(|_| large())
}

fn long(n: usize) -> Result<[u8; 4], Refusal> {
    u32::try_from(n).map(u32::to_be_bytes).map_err(|_| large())
}

pub(super) fn write(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    let major = picture.brands.first().ok_or_else(large)?;
    put(&mut out, *b"ftyp", &[major, &[0; 4], &picture.brands.concat()])?;
    // The places take the same room, whatever they are.
    let start = out.len().saturating_add(meta(picture, 0)?.len()).saturating_add(8);
    let meta = meta(picture, start)?;
    out.extend_from_slice(&meta);
    let data: Vec<&[u8]> = picture.items.iter().map(|(_, item)| item.data.as_slice()).collect();
    put(&mut out, *b"mdat", &data)?;
    Ok(out)
}

/// The list of items, with their bytes from `start` on.
fn meta(picture: &Picture, start: usize) -> Result<Vec<u8>, Refusal> {
    let mut body = vec![0; 4];
    put(&mut body, *b"hdlr", &[&[0; 8], b"pict", &[0; 13]])?;
    put(&mut body, *b"pitm", &[&[0; 4], &[0, 1]])?;
    put(&mut body, *b"iloc", &[&places(picture, start)?])?;
    let mut list = [[0; 4].as_slice(), &short(picture.items.len())?].concat();
    for (number, (_, item)) in (1usize..).zip(&picture.items) {
        let head = [2, 0, 0, u8::from(item.hidden)];
        put(&mut list, *b"infe", &[&head, &short(number)?, &[0, 0], &item.kind, &[0]])?;
    }
    put(&mut body, *b"iinf", &[&list])?;
    if !picture.references.is_empty() {
        put(&mut body, *b"iref", &[&references(picture)?])?;
    }
    properties(picture, &mut body)?;
    let mut out = Vec::new();
    put(&mut out, *b"meta", &[&body])?;
    Ok(out)
}

fn places(picture: &Picture, start: usize) -> Result<Vec<u8>, Refusal> {
    let mut body = [[0, 0, 0, 0, 0x44, 0].as_slice(), &short(picture.items.len())?].concat();
    let mut at = start;
    for (number, (_, item)) in (1usize..).zip(&picture.items) {
        body.extend_from_slice(&short(number)?);
        body.extend_from_slice(&[0, 0, 0, 1]);
        body.extend_from_slice(&long(at)?);
        body.extend_from_slice(&long(item.data.len())?);
        at = at.saturating_add(item.data.len());
    }
    Ok(body)
}

fn references(picture: &Picture) -> Result<Vec<u8>, Refusal> {
    let new = |old: u32| {
        let at = picture.items.iter().position(|(id, _)| *id == old);
        short(at.map_or(0, |at| at.saturating_add(1)))
    };
    let mut body = vec![0; 4];
    for (kind, from, to) in &picture.references {
        let mut list = [new(*from)?, short(to.len())?].concat();
        for id in to {
            list.extend_from_slice(&new(*id)?);
        }
        put(&mut body, *kind, &[&list])?;
    }
    Ok(body)
}

/// Each property once, and which item has which.
fn properties(picture: &Picture, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut all: Vec<&Property> = Vec::new();
    let mut has = [[0, 0, 0, 1].as_slice(), &long(picture.items.len())?].concat();
    for (number, (_, item)) in (1usize..).zip(&picture.items) {
        has.extend_from_slice(&short(number)?);
        has.push(u8::try_from(item.properties.len()).map_err(|_| large())?);
        for (essential, property) in &item.properties {
            let at = all.iter().position(|known| *known == property).unwrap_or_else(|| {
                all.push(property);
                all.len().saturating_sub(1)
            });
            let [high, low] = short(at.saturating_add(1))?;
            has.extend_from_slice(&[(high & 0x7f) | u8::from(*essential) << 7, low]);
        }
    }
    let mut container = Vec::new();
    for property in all {
        put(&mut container, property.kind, &[&property.body])?;
    }
    let mut body = Vec::new();
    put(&mut body, *b"ipco", &[&container])?;
    put(&mut body, *b"ipma", &[&has])?;
    put(out, *b"iprp", &[&body])
}
