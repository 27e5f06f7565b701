//! HEIC and AVIF: the picture that is shown, its tiles and its transparency; nothing else.
//!
//! ```text
//! meta --read--> items, properties, references, places
//!   from the primary item: its tiles (dimg), its alpha (auxl), their properties on the list
//!   ftyp meta(hdlr pitm iloc iinf iref iprp) mdat --> check: every byte accounted for
//! ```
//! Coded pictures are copied without units that only carry messages. Thumbnails, depth, gain maps,
//! EXIF, XMP and other items do not survive; the picture is turned by a property, not by EXIF.

mod check;
mod items;
mod properties;
mod write;

use std::collections::BTreeSet;

use crate::bmff::{self, boxes};
use crate::codec::{self, Units};
use crate::report::{Class, Findings};
use crate::{Cleaned, Limits, Refusal, exif, xmp};
use items::Meta;
use properties::Property;

/// The kinds of items that are copied.
const CODED: [[u8; 4]; 2] = [*b"hvc1", *b"av01"];
/// A picture put together from tiles.
const GRID: [u8; 4] = *b"grid";

/// The brands that are copied.
const BRANDS: [[u8; 4]; 12] = [
    *b"heic", *b"heix", *b"heim", *b"heis", *b"avif", *b"mif1", *b"mif2", *b"miaf", *b"MiHB",
    *b"MiHA", *b"MA1A", *b"MA1B",
];

/// One item as it is written.
struct Clean {
    kind: [u8; 4],
    hidden: bool,
    data: Vec<u8>,
    properties: Vec<(bool, Property)>,
}

/// What is written: items by their old numbers, in order of their new ones.
struct Picture {
    brands: Vec<[u8; 4]>,
    items: Vec<(u32, Clean)>,
    /// Kind, from, to, by old numbers.
    references: Vec<([u8; 4], u32, Vec<u32>)>,
}

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let top = boxes(bytes)?;
    let brands = brands(&top, &mut findings)?;
    let mut meta = None;
    for found in &top {
        match &found.kind {
            b"ftyp" | b"mdat" => {}
            b"meta" if meta.is_none() => meta = Some(*found),
            b"moov" => {
                return Err(Refusal::unsupported("a picture file with a track (a sequence)"));
            }
            _ => bmff::dropped(found, "", &mut findings),
        }
    }
    let meta = meta.ok_or_else(|| Refusal::malformed("no picture in the file"))?;
    let meta = Meta::read(bytes, &meta, &mut findings)?;
    let picture = collect(&meta, brands, limits, &mut findings)?;
    note_others(&meta, &picture, &mut findings);
    note_gaps(&top, &meta, &mut findings);
    let out = write::write(&picture)?;
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
}

/// The brands that are known, the main one first.
fn brands(top: &[bmff::Box<'_>], findings: &mut Findings) -> Result<Vec<[u8; 4]>, Refusal> {
    let body = bmff::first(top, *b"ftyp").ok_or_else(|| Refusal::malformed("the file type"))?.body;
    let mut all = body.chunks_exact(4);
    let major = all.next().unwrap_or_default();
    let mut out = Vec::new();
    // The version of the main brand says nothing; zero is written.
    for brand in [major].into_iter().chain(all.skip(1)) {
        match BRANDS.iter().find(|known| known.as_slice() == brand) {
            Some(known) if !out.contains(known) => out.push(*known),
            Some(_) => {}
            None => {
                let name = crate::wording::foreign(brand);
                findings.removed(Class::Software, "file type brand", &name);
            }
        }
    }
    if out.is_empty() {
        return Err(Refusal::unsupported("a picture of an unknown brand"));
    }
    Ok(out)
}

/// The primary item and everything it is made of.
fn collect(
    meta: &Meta<'_>,
    brands: Vec<[u8; 4]>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Picture, Refusal> {
    let mut picture = Picture { brands, items: Vec::new(), references: Vec::new() };
    let mut queue = vec![meta.primary];
    let mut at = 0usize;
    while let Some(id) = queue.get(at).copied() {
        at = at.saturating_add(1);
        let clean = item(meta, id, limits, findings)?;
        if clean.kind == GRID {
            let tiles = meta.references(*b"dimg", id).unwrap_or_default();
            let cells = clean.data.get(2..4).unwrap_or_default();
            let expected: usize = cells.iter().map(|n| usize::from(*n).saturating_add(1)).product();
            if tiles.len() != expected {
                return Err(Refusal::malformed("the tiles of the picture"));
            }
            picture.references.push((*b"dimg", id, tiles.clone()));
            for tile in tiles {
                if !queue.contains(&tile) {
                    queue.push(tile);
                }
            }
        }
        // What lies on top of the picture: only its transparency.
        if id == meta.primary {
            for (from, to) in meta.pointing(*b"auxl", id) {
                if to == [id] && meta.is_alpha(from) {
                    picture.references.push((*b"auxl", from, vec![id]));
                    queue.push(from);
                }
            }
        }
        picture.items.push((id, clean));
        if picture.items.len() > items::MAX_ITEMS {
            return Err(Refusal::malformed("more items than a picture has"));
        }
    }
    picture.references.sort_by_key(|(kind, ..)| *kind);
    Ok(picture)
}

fn item(
    meta: &Meta<'_>,
    id: u32,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Clean, Refusal> {
    let item = meta.items.get(&id).ok_or_else(|| Refusal::malformed("an item that is missing"))?;
    if item.protected {
        return Err(Refusal::Encrypted);
    }
    let place = format!("item {}", item.name());
    let (properties, units) = meta.clean_properties(id, &place, limits, findings)?;
    let data = meta.data(id)?;
    let data = match item.kind {
        kind if CODED.contains(&kind) => {
            let units = units.ok_or_else(|| Refusal::malformed("an item without its decoder"))?;
            coded(units, &data, &place, findings)?
        }
        GRID => grid(&data, &place, findings)?,
        _ => {
            return Err(Refusal::unsupported(format!("a picture of the kind {}", item.name())));
        }
    };
    Ok(Clean { kind: item.kind, hidden: item.hidden, data, properties })
}

fn coded(
    units: Units,
    data: &[u8],
    place: &str,
    findings: &mut Findings,
) -> Result<Vec<u8>, Refusal> {
    let (clean, gone) =
        codec::clean(units, data).ok_or_else(|| Refusal::malformed("units of a coded picture"))?;
    if gone > 0 {
        let detail = format!("{gone} bytes");
        findings.removed(Class::Software, format!("{place} messages between slices"), &detail);
    }
    if clean.is_empty() {
        return Err(Refusal::malformed("an item without a picture"));
    }
    Ok(clean)
}

/// Version, flags, rows, columns, width, height.
fn grid(data: &[u8], place: &str, findings: &mut Findings) -> Result<Vec<u8>, Refusal> {
    let broken = || Refusal::malformed("the grid of the picture");
    let [0, flags, ..] = *data else {
        return Err(broken());
    };
    let len = if flags & 1 == 1 { 12 } else { 8 };
    let mut out = data.get(..len).ok_or_else(broken)?.to_vec();
    if data.len() > len {
        findings.removed(Class::Trailing, format!("{place} bytes at the end"), "");
    }
    if let Some(spare) = out.get_mut(1) {
        *spare &= 1;
    }
    Ok(out)
}

/// Names the items that are left out.
fn note_others(meta: &Meta<'_>, picture: &Picture, findings: &mut Findings) {
    let kept: BTreeSet<u32> = picture.items.iter().map(|(id, _)| *id).collect();
    for (id, item) in meta.items.iter().filter(|(id, _)| !kept.contains(id)) {
        let data = meta.data(*id).unwrap_or_default();
        let size = format!("{} bytes", data.len());
        match (&item.kind, item.content.as_str()) {
            (b"Exif", _) => {
                let skip = crate::bytes::be32_len(&data, 0).unwrap_or(0).saturating_add(4);
                exif::read(data.get(skip..).unwrap_or_default(), "EXIF", findings);
            }
            (b"mime", "application/rdf+xml") => xmp::note(&data, "XMP", findings),
            _ if !meta.pointing_from(*b"thmb", *id).is_empty() => {
                findings.removed(Class::Thumbnail, "thumbnail", &size);
            }
            _ if !meta.pointing_from(*b"auxl", *id).is_empty() => {
                let kind = meta.auxiliary(*id).unwrap_or_default();
                findings.removed(Class::HiddenContent, "depth, gain map or mask", &kind);
            }
            (kind, _) if CODED.contains(kind) || *kind == GRID => {
                // The tiles of a picture that is left out go with it.
                if !item.hidden {
                    findings.removed(Class::HiddenContent, "another picture", &size);
                }
            }
            (_, content) => {
                let place = format!("item {}", item.name());
                findings.removed(Class::Unknown, place, content);
            }
        }
        if !item.label.is_empty() {
            findings.removed(Class::Comment, "name of an item", &item.label);
        }
    }
}

/// Bytes of the data that no item names.
fn note_gaps(top: &[bmff::Box<'_>], meta: &Meta<'_>, findings: &mut Findings) {
    let all = top
        .iter()
        .filter(|b| b.kind == *b"mdat")
        .fold(0usize, |n, b| n.saturating_add(b.body.len()));
    let named = meta.named_bytes();
    if named < all {
        let detail = format!("{} bytes", all.saturating_sub(named));
        findings.removed(Class::Trailing, "bytes that no item names", &detail);
    }
}
