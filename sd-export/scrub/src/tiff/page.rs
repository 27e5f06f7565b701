//! One page: the tags on the list, and the strips or tiles.

use hayro_ccitt::EncodingMode;

use super::coding::{self, Coding};
use super::ifd::Directory;
use super::shape::{Cut, Shape};
use crate::bytes::slice;
use crate::exif::Order;
use crate::icc::{self, Decision};
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// Every tag that is written, or needs no word in the report because another is written for it.
pub(super) const KEPT: &[u16] = &[
    0x00fe, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010a, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117,
    0x011c, 0x0124, 0x0125, 0x013d, 0x0140, 0x0142, 0x0143, 0x0144, 0x0145, 0x014c, 0x014e, 0x0152,
    0x0153, 0x015b, 0x0211, 0x0212, 0x0213, 0x0214, 0x8773,
];

/// Tags whose numbers are copied, with the largest number each may have and the most numbers.
const COPIED: &[(u16, u32, usize)] = &[
    (0x0106, 10, 1),
    (0x010a, 2, 1),
    (0x0112, 8, 1),
    (0x011c, 2, 1),
    (0x0124, 7, 1),
    (0x0125, 2, 1),
    (0x013d, 3, 1),
    (0x014c, 2, 1),
    (0x014e, 32, 1),
    (0x0152, 2, 32),
    (0x0153, 6, 32),
    (0x0212, 4, 2),
    (0x0213, 2, 1),
];

/// A tag as it is written: two-byte numbers, four-byte numbers, fractions or bytes.
#[derive(Clone)]
pub(super) enum Value {
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
    Fractions(Vec<(u32, u32)>),
    Bytes(Vec<u8>),
}

/// One page.
pub(super) struct Page {
    shape: Shape,
    tags: Vec<(u16, Value)>,
    pieces: Vec<Vec<u8>>,
}

impl Page {
    pub(super) fn read(
        bytes: &[u8],
        from: &Directory<'_>,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let compression = from.number(0x0103).unwrap_or(1);
        let shape = Shape::read(from, compression)?;
        limits.admit_pixels(shape.width, shape.height, 1)?;
        let coding = coding(from, compression)?;
        let pieces = pieces(bytes, from, &shape, &coding, limits, findings)?;
        let tags = tags(from, &shape, compression, findings)?;
        Ok(Self { shape, tags, pieces })
    }

    pub(super) fn pixels(&self) -> u64 {
        u64::from(self.shape.width).saturating_mul(self.shape.height.into())
    }

    /// Bytes of all strips or tiles.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().fold(0, |sum, piece| sum.saturating_add(piece.len()))
    }

    pub(super) fn has_margin(&self) -> bool {
        self.shape.has_margin()
    }

    /// Writes directory, long values and pieces, each at an even place.
    pub(super) fn write(&self, out: &mut Vec<u8>, order: Order, last: bool) -> Result<(), Refusal> {
        let large = || Refusal::malformed("a picture that is too large for its format");
        let lens = self.pieces.iter().map(|p| u32::try_from(p.len()).map_err(|_| large()));
        let lens = lens.collect::<Result<Vec<u32>, _>>()?;
        let (places, counts) = match self.shape.cut {
            Cut::Strips(_) => (0x0111, 0x0117),
            Cut::Tiles(..) => (0x0144, 0x0145),
        };
        let mut tags = self.tags.clone();
        // The places take the same room, whatever they are.
        tags.push((places, Value::Longs(lens.clone())));
        tags.push((counts, Value::Longs(lens.clone())));
        tags.sort_by_key(|(tag, _)| *tag);
        let head = tags.len().saturating_mul(12).saturating_add(6);
        let mut at = tags
            .iter()
            .fold(out.len().saturating_add(head), |at, (_, value)| at.saturating_add(value.room()));
        let mut offsets = Vec::new();
        for piece in &self.pieces {
            offsets.push(u32::try_from(at).map_err(|_| large())?);
            at = at.saturating_add(piece.len().next_multiple_of(2));
        }
        let next = if last { 0 } else { u32::try_from(at).map_err(|_| large())? };
        if let Some((_, value)) = tags.iter_mut().find(|(tag, _)| *tag == places) {
            *value = Value::Longs(offsets);
        }
        directory(out, order, &tags, next).ok_or_else(large)?;
        for piece in &self.pieces {
            out.extend_from_slice(piece);
            out.resize(out.len().next_multiple_of(2), 0);
        }
        Ok(())
    }
}

fn directory(out: &mut Vec<u8>, order: Order, tags: &[(u16, Value)], next: u32) -> Option<()> {
    let head = tags.len().checked_mul(12)?.checked_add(6)?;
    let mut far = out.len().checked_add(head)?;
    let mut values = Vec::new();
    short(out, order, u16::try_from(tags.len()).ok()?);
    for (tag, value) in tags {
        let (kind, count, mut bytes) = value.written(order);
        short(out, order, *tag);
        short(out, order, kind);
        long(out, order, u32::try_from(count).ok()?);
        if bytes.len() > 4 {
            long(out, order, u32::try_from(far).ok()?);
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            far = far.checked_add(bytes.len())?;
            values.append(&mut bytes);
        } else {
            bytes.resize(4, 0);
            out.append(&mut bytes);
        }
    }
    long(out, order, next);
    out.append(&mut values);
    Some(())
}

fn short(out: &mut Vec<u8>, order: Order, number: u16) {
    out.extend_from_slice(&match order {
        Order::Little => number.to_le_bytes(),
        Order::Big => number.to_be_bytes(),
    });
}

fn long(out: &mut Vec<u8>, order: Order, number: u32) {
    out.extend_from_slice(&match order {
        Order::Little => number.to_le_bytes(),
        Order::Big => number.to_be_bytes(),
    });
}

impl Value {
    fn written(&self, order: Order) -> (u16, usize, Vec<u8>) {
        let mut out = Vec::new();
        match self {
            Self::Shorts(numbers) => {
                for n in numbers {
                    short(&mut out, order, *n);
                }
                (3, numbers.len(), out)
            }
            Self::Longs(numbers) => {
                for n in numbers {
                    long(&mut out, order, *n);
                }
                (4, numbers.len(), out)
            }
            Self::Fractions(numbers) => {
                for (top, bottom) in numbers {
                    long(&mut out, order, *top);
                    long(&mut out, order, *bottom);
                }
                (5, numbers.len(), out)
            }
            Self::Bytes(bytes) => (7, bytes.len(), bytes.clone()),
        }
    }

    /// Bytes it takes behind the directory.
    fn room(&self) -> usize {
        match self.written(Order::Little).2.len() {
            0..=4 => 0,
            len => len.next_multiple_of(2),
        }
    }
}

fn coding(from: &Directory<'_>, compression: u32) -> Result<Coding, Refusal> {
    let reversed = from.number(0x010a) == Some(2);
    let options = from.number(0x0124).unwrap_or(0);
    let fax = |mode, aligned| Coding::Fax { mode, aligned, reversed };
    Ok(match compression {
        1 => Coding::Plain,
        2 => fax(EncodingMode::Group3_1D, true),
        // Words without compression have no codes that could be followed.
        3 if options & 2 != 0 => return Err(coding::refusal(compression)),
        3 if options & 1 != 0 => fax(EncodingMode::Group3_2D, false),
        3 => fax(EncodingMode::Group3_1D, false),
        4 => fax(EncodingMode::Group4, false),
        5 => Coding::Lzw,
        7 => Coding::Jpeg { tables: from.raw(0x015b).unwrap_or_default().to_vec() },
        8 | 32946 => Coding::Deflate,
        32773 => Coding::PackBits,
        _ => return Err(coding::refusal(compression)),
    })
}

fn pieces(
    bytes: &[u8],
    from: &Directory<'_>,
    shape: &Shape,
    coding: &Coding,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<Vec<u8>>, Refusal> {
    let broken = || Refusal::malformed("the places of the picture data");
    let (places, counts) = match shape.cut {
        Cut::Strips(_) => (0x0111, 0x0117),
        Cut::Tiles(..) => (0x0144, 0x0145),
    };
    let places = from.numbers(places).ok_or_else(broken)?;
    let expected = shape.pieces(places.len()).ok_or_else(broken)?;
    // Old writers left out how long the only strip is.
    let counts = match from.numbers(counts) {
        Some(counts) => counts,
        None if matches!(coding, Coding::Plain) && expected.len() == 1 => {
            expected.iter().filter_map(|piece| u32::try_from(piece.len).ok()).collect()
        }
        None => return Err(broken()),
    };
    if places.len() != expected.len() || counts.len() != expected.len() {
        return Err(broken());
    }
    let (mut out, mut size) = (Vec::new(), 0usize);
    for ((place, count), piece) in places.iter().zip(counts).zip(&expected) {
        let at = usize::try_from(*place).map_err(|_| broken())?;
        let count = usize::try_from(count).map_err(|_| broken())?;
        let raw = slice(bytes, at, count).ok_or_else(broken)?;
        let clean = coding.clean(piece, raw, limits, findings)?;
        size = size.saturating_add(clean.len());
        limits.admit_output(size)?;
        out.push(clean);
    }
    Ok(out)
}

/// The tags that go with a page, besides where its pieces are.
fn tags(
    from: &Directory<'_>,
    shape: &Shape,
    compression: u32,
    findings: &mut Findings,
) -> Result<Vec<(u16, Value)>, Refusal> {
    let shorts = |numbers: &[u32]| {
        let each = numbers.iter().map(|n| u16::try_from(*n));
        let numbers = each.collect::<Result<Vec<u16>, _>>();
        numbers.map(Value::Shorts).map_err(|_| Refusal::malformed("a number that is too large"))
    };
    let mut tags = vec![
        (0x0100, Value::Longs(vec![shape.width])),
        (0x0101, Value::Longs(vec![shape.height])),
        (0x0102, shorts(&shape.bits)?),
        (0x0103, shorts(&[compression])?),
        (0x0115, shorts(&[shape.samples])?),
    ];
    match shape.cut {
        Cut::Strips(rows) => tags.push((0x0116, Value::Longs(vec![rows]))),
        Cut::Tiles(width, height) => {
            tags.push((0x0142, Value::Longs(vec![width])));
            tags.push((0x0143, Value::Longs(vec![height])));
        }
    }
    // A mask, or a page of several.
    if let Some(kind) = from.number(0x00fe).map(|kind| kind & 6).filter(|kind| *kind != 0) {
        tags.push((0x00fe, Value::Longs(vec![kind])));
    }
    for (tag, most, count) in COPIED {
        let Some(numbers) = from.numbers(*tag) else { continue };
        if numbers.len() > *count || numbers.iter().any(|n| n > most) {
            return Err(Refusal::unsupported(format!("TIFF tag 0x{tag:04x} with such numbers")));
        }
        tags.push((*tag, shorts(&numbers)?));
    }
    colours(from, shape, findings, &mut tags)?;
    resolution(from, findings, &mut tags);
    Ok(tags)
}

fn colours(
    from: &Directory<'_>,
    shape: &Shape,
    findings: &mut Findings,
    tags: &mut Vec<(u16, Value)>,
) -> Result<(), Refusal> {
    if from.number(0x0106) == Some(3) {
        let broken = || Refusal::malformed("palette");
        let bits = shape.bits.first().copied().filter(|bits| *bits <= 16).ok_or_else(broken)?;
        let map = from.numbers(0x0140).ok_or_else(broken)?;
        if map.len() != 3usize << bits {
            return Err(broken());
        }
        let map = map.iter().map(|n| u16::try_from(*n)).collect::<Result<Vec<u16>, _>>();
        tags.push((0x0140, Value::Shorts(map.map_err(|_| broken())?)));
    } else if from.has(0x0140) {
        findings.removed(Class::HiddenContent, "a palette that no pixel uses", "");
    }
    for (tag, count) in [(0x0211, 3), (0x0214, 6)] {
        if let Some(fractions) = from.fractions(tag).filter(|f| f.len() == count) {
            tags.push((tag, Value::Fractions(fractions)));
        }
    }
    if let Some(profile) = from.raw(0x8773) {
        let extra = from.numbers(0x0152).map_or(0, |extra| extra.len());
        let colours = usize::try_from(shape.samples).unwrap_or(0).saturating_sub(extra);
        let channels = u8::try_from(colours).unwrap_or(0);
        let place = "ICC colour profile";
        if let Decision::Rewritten(clean) = icc::decide(profile, channels, place, findings) {
            tags.push((0x8773, Value::Bytes(clean)));
        }
    }
    Ok(())
}

/// The print resolution tells the scanner; only the shape of the pixels is kept, for a fax is not
/// square.
fn resolution(from: &Directory<'_>, findings: &mut Findings, tags: &mut Vec<(u16, Value)>) {
    let first = |tag| from.fractions(tag).and_then(|f| f.first().copied());
    let (Some((a, b)), Some((c, d))) = (first(0x011a), first(0x011b)) else {
        return;
    };
    let across = u64::from(a).saturating_mul(d.into());
    let down = u64::from(c).saturating_mul(b.into());
    if across == 0 || down == 0 || across == down {
        return;
    }
    let divisor = gcd(across, down);
    let (Ok(across), Ok(down)) = (u32::try_from(across / divisor), u32::try_from(down / divisor))
    else {
        return;
    };
    let why = "the pixels are not square; print resolution and unit are gone";
    findings.kept(Class::Device, "shape of the pixels", &format!("{across} to {down}"), why);
    tags.push((0x011a, Value::Fractions(vec![(across, 1)])));
    tags.push((0x011b, Value::Fractions(vec![(down, 1)])));
    tags.push((0x0128, Value::Shorts(vec![1])));
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
