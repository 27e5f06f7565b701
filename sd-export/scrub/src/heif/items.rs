//! The list of items: what each is, where its bytes are, what it refers to.

use std::collections::BTreeMap;

use super::properties::{self, Property};
use crate::bmff::{self, Box, boxes};
use crate::bytes::{Cursor, slice};
use crate::codec::Units;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Limits, Refusal};

/// Most items of one picture: the largest phone pictures have 200 tiles.
pub(super) const MAX_ITEMS: usize = 10_000;

/// Whether it must be understood, and a property that is on the list.
pub(super) type Listed = Vec<(bool, Property)>;

/// Kind of a reference, the item it is from and the items it is to.
type Reference = ([u8; 4], u32, Vec<u32>);

/// What an item is.
pub(super) struct Item {
    pub(super) kind: [u8; 4],
    pub(super) hidden: bool,
    pub(super) protected: bool,
    /// What it is called.
    pub(super) label: String,
    /// What a `mime` item holds.
    pub(super) content: String,
}

impl Item {
    /// The kind in letters.
    pub(super) fn name(&self) -> String {
        Box { kind: self.kind, body: &[], at: 0 }.name()
    }
}

/// Everything the meta box says.
pub(super) struct Meta<'a> {
    bytes: &'a [u8],
    data: &'a [u8],
    pub(super) primary: u32,
    pub(super) items: BTreeMap<u32, Item>,
    /// Whether in the data box, offset and length, for each piece of an item.
    places: BTreeMap<u32, Vec<(bool, usize, usize)>>,
    references: Vec<Reference>,
    properties: Vec<Box<'a>>,
    /// Whether it must be understood, and which property.
    has: BTreeMap<u32, Vec<(bool, usize)>>,
}

impl<'a> Meta<'a> {
    pub(super) fn read(
        bytes: &'a [u8],
        meta: &Box<'a>,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let broken = |what: &str| Refusal::malformed(format!("the list of items: {what}"));
        let (_, _, body) = meta.full().ok_or_else(|| broken("head"))?;
        let inner = boxes(body)?;
        for found in &inner {
            match &found.kind {
                b"hdlr" | b"pitm" | b"iloc" | b"iinf" | b"iref" | b"iprp" | b"idat" => {}
                _ => bmff::dropped(found, "meta", findings),
            }
        }
        if let Some(handler) = bmff::first(&inner, *b"hdlr") {
            let name = foreign(handler.body.get(24..).unwrap_or_default());
            if !name.is_empty() {
                findings.removed(Class::Software, "name of the handler", &name);
            }
        }
        let get = |kind: &[u8; 4]| bmff::first(&inner, *kind);
        let primary = get(b"pitm").and_then(|b| primary(&b)).ok_or_else(|| broken("primary"))?;
        let items = get(b"iinf").ok_or_else(|| broken("none"))?;
        let items = read_items(&items)?;
        let places = get(b"iloc").and_then(|b| places(&b)).ok_or_else(|| broken("places"))?;
        let references = match get(b"iref") {
            Some(found) => references(&found)?,
            None => Vec::new(),
        };
        let (mut properties, mut has) = (Vec::new(), BTreeMap::new());
        if let Some(found) = get(b"iprp") {
            for found in boxes(found.body)? {
                match &found.kind {
                    b"ipco" => properties.extend(boxes(found.body)?),
                    b"ipma" => {
                        associations(&found, &mut has).ok_or_else(|| broken("properties"))?;
                    }
                    _ => bmff::dropped(&found, "iprp", findings),
                }
            }
        }
        let data = get(b"idat").map(|b| b.body).unwrap_or_default();
        Ok(Self { bytes, data, primary, items, places, references, properties, has })
    }

    /// The bytes of an item, its pieces put together.
    pub(super) fn data(&self, id: u32) -> Result<Vec<u8>, Refusal> {
        let missing = || Refusal::malformed("an item's bytes");
        let mut out = Vec::new();
        for (inside, at, len) in self.places.get(&id).ok_or_else(missing)? {
            let from = if *inside { self.data } else { self.bytes };
            let rest = from.len().saturating_sub(*at);
            let len = if *len == 0 { rest } else { *len };
            out.extend_from_slice(slice(from, *at, len).ok_or_else(missing)?);
            if out.len() > self.bytes.len() {
                return Err(missing());
            }
        }
        Ok(out)
    }

    /// How many bytes of the file items name.
    pub(super) fn named_bytes(&self) -> usize {
        let outside = self.places.values().flatten().filter(|(inside, ..)| !inside);
        outside.fold(0, |sum, (_, _, len)| sum.saturating_add(*len))
    }

    /// What an item refers to.
    pub(super) fn references(&self, kind: [u8; 4], id: u32) -> Option<Vec<u32>> {
        let mut found = self.references.iter().filter(|(k, from, _)| *k == kind && *from == id);
        found.next().map(|(_, _, to)| to.clone())
    }

    /// Every reference of an item.
    pub(super) fn pointing_from(&self, kind: [u8; 4], id: u32) -> Vec<u32> {
        self.references(kind, id).unwrap_or_default()
    }

    /// The items that refer to an item, and all that each refers to.
    pub(super) fn pointing(&self, kind: [u8; 4], id: u32) -> Vec<(u32, Vec<u32>)> {
        let found = self.references.iter().filter(|(k, _, to)| *k == kind && to.contains(&id));
        found.map(|(_, from, to)| (*from, to.clone())).collect()
    }

    /// What an auxiliary picture is for.
    pub(super) fn auxiliary(&self, id: u32) -> Option<String> {
        let of = self.has.get(&id)?.iter().filter_map(|(_, n)| self.properties.get(*n));
        of.filter(|p| p.kind == *b"auxC").find_map(|p| {
            let (_, _, text) = p.full()?;
            Some(foreign(text.split(|b| *b == 0).next()?))
        })
    }

    pub(super) fn is_alpha(&self, id: u32) -> bool {
        self.auxiliary(id).is_some_and(|kind| properties::ALPHA.contains(&kind.as_str()))
    }

    /// The properties of an item that are on the list, and how its coded bytes are cut.
    pub(super) fn clean_properties(
        &self,
        id: u32,
        place: &str,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<(Listed, Option<Units>), Refusal> {
        let (mut out, mut units) = (Vec::new(), None);
        for (essential, number) in self.has.get(&id).map(Vec::as_slice).unwrap_or_default() {
            let found = self
                .properties
                .get(*number)
                .ok_or_else(|| Refusal::malformed("a property that is missing"))?;
            match properties::clean(found, place, limits, findings)? {
                Some((property, how)) => {
                    units = units.or(how);
                    out.push((*essential, property));
                }
                None if *essential && !properties::may_go(found.kind) => {
                    let what = format!("a picture with the property {}", found.name());
                    return Err(Refusal::unsupported(what));
                }
                None => {}
            }
        }
        Ok((out, units))
    }
}

fn primary(found: &Box<'_>) -> Option<u32> {
    let (version, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    number(&mut from, version != 0)
}

fn read_items(found: &Box<'_>) -> Result<BTreeMap<u32, Item>, Refusal> {
    let broken = || Refusal::malformed("the list of items");
    let (version, _, rest) = found.full().ok_or_else(broken)?;
    let head = if version == 0 { 2 } else { 4 };
    let mut items = BTreeMap::new();
    for found in boxes(rest.get(head..).ok_or_else(broken)?)? {
        if found.kind != *b"infe" {
            continue;
        }
        let (id, item) = read_item(&found).ok_or_else(broken)?;
        items.insert(id, item);
        if items.len() > MAX_ITEMS {
            return Err(Refusal::malformed("more items than a picture has"));
        }
    }
    Ok(items)
}

fn read_item(found: &Box<'_>) -> Option<(u32, Item)> {
    let (version, flags, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let id = match version {
        2 => from.be16()?.into(),
        3 => from.be32()?,
        _ => return None,
    };
    let protected = from.be16()? != 0;
    let kind = from.take(4)?.try_into().ok()?;
    let mut texts = from.rest().split(|b| *b == 0).map(foreign);
    let label = texts.next().unwrap_or_default();
    let content = texts.next().unwrap_or_default();
    Some((id, Item { kind, hidden: flags & 1 == 1, protected, label, content }))
}

type Places = BTreeMap<u32, Vec<(bool, usize, usize)>>;

fn places(found: &Box<'_>) -> Option<Places> {
    let (version, _, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    let sizes = from.be16()?;
    let size = |shift: u16| usize::from((sizes >> shift) & 15);
    let (offset_size, length_size, base_size) = (size(12), size(8), size(4));
    let index_size = if version == 0 { 0 } else { size(0) };
    let wide = version >= 2;
    let count = if wide { from.be32()? } else { from.be16()?.into() };
    let mut places = Places::new();
    for _ in 0..count {
        let id = number(&mut from, wide)?;
        let inside = match if version == 0 { 0 } else { from.be16()? & 15 } {
            0 => false,
            1 => true,
            _ => return None,
        };
        // Bytes in another file cannot be had.
        (from.be16()? == 0).then_some(())?;
        let base = from.be(base_size)?;
        let mut pieces = Vec::new();
        for _ in 0..from.be16()? {
            from.be(index_size)?;
            let at = base.checked_add(from.be(offset_size)?)?;
            let len = from.be(length_size)?;
            pieces.push((inside, usize::try_from(at).ok()?, usize::try_from(len).ok()?));
        }
        places.insert(id, pieces);
    }
    Some(places)
}

/// The number of an item, in two bytes or in four.
fn number(from: &mut Cursor<'_>, wide: bool) -> Option<u32> {
    if wide { from.be32() } else { from.be16().map(u32::from) }
}

fn references(found: &Box<'_>) -> Result<Vec<Reference>, Refusal> {
    let broken = || Refusal::malformed("references between items");
    let (version, _, rest) = found.full().ok_or_else(broken)?;
    let mut out = Vec::new();
    for found in boxes(rest)? {
        let mut from = Cursor::new(found.body);
        let source = number(&mut from, version != 0).ok_or_else(broken)?;
        let mut to = Vec::new();
        for _ in 0..from.be16().ok_or_else(broken)? {
            to.push(number(&mut from, version != 0).ok_or_else(broken)?);
        }
        out.push((found.kind, source, to));
    }
    Ok(out)
}

fn associations(found: &Box<'_>, has: &mut BTreeMap<u32, Vec<(bool, usize)>>) -> Option<()> {
    let (version, flags, rest) = found.full()?;
    let mut from = Cursor::new(rest);
    for _ in 0..from.be32()? {
        let id = number(&mut from, version != 0)?;
        let of: &mut Vec<(bool, usize)> = has.entry(id).or_default();
        for _ in 0..from.u8()? {
            let (essential, number) = if flags & 1 == 1 {
                let word = from.be16()?;
                (word & 0x8000 != 0, word & 0x7fff)
            } else {
                let byte = from.u8()?;
                (byte & 0x80 != 0, u16::from(byte & 0x7f))
            };
            // Number zero is no property.
            if let Some(number) = usize::from(number).checked_sub(1) {
                of.push((essential, number));
            }
        }
    }
    Some(())
}
