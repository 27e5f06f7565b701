//! Coded pictures: the units a decoder needs stay to the bit, units that only carry messages go.

mod mjpeg;
mod start;

use std::ops::Range;

use crate::bytes::Cursor;

pub(crate) use start::encoder;

/// How a coded picture is cut into units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Units {
    /// H.264: each unit behind its length, of so many bytes.
    Avc(usize),
    /// HEVC: the same.
    Hevc(usize),
    /// AV1: each unit says its own length.
    Av1,
    /// H.264, each unit behind a start code.
    AvcStream,
    /// MPEG-4 of 1999 (`DivX`, `Xvid`), each unit behind a start code.
    Mpeg4,
    /// VC-1 of the advanced kind: units behind start codes, the first perhaps without one.
    Vc1,
    /// One JPEG picture, or two with half of the lines each.
    Jpeg,
    /// Nothing is known to be inside; copied whole.
    Whole,
}

/// Where the parts of a coded picture are that a decoder needs; parts that touch are one. `None`
/// when the units do not add up.
pub(crate) fn needed(units: Units, coded: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut parts = Parts::default();
    let mut from = Cursor::new(coded);
    while !from.is_empty() {
        let start = from.at();
        let is_needed = match units {
            Units::Whole => {
                from.take(from.rest().len())?;
                true
            }
            Units::Av1 => av1_unit(&mut from)?,
            Units::Avc(len) | Units::Hevc(len) => is_needed(units, unit(&mut from, len)?),
            Units::AvcStream | Units::Mpeg4 | Units::Vc1 => {
                return settled(coded, |coded| start::needed(units, coded));
            }
            Units::Jpeg => return settled(coded, mjpeg::needed),
        };
        if is_needed {
            parts.add(start..from.at());
        }
    }
    Some(parts.0)
}

/// The parts, unless they make up other units where what stood between them is gone.
fn settled(
    coded: &[u8],
    needed: impl Fn(&[u8]) -> Option<Vec<Range<usize>>>,
) -> Option<Vec<Range<usize>>> {
    let parts = needed(coded)?;
    let len = parts.iter().fold(0usize, |sum, part| sum.saturating_add(part.len()));
    if len < coded.len() && len > 0 {
        let joined: Vec<&[u8]> =
            parts.iter().map(|part| coded.get(part.clone())).collect::<Option<_>>()?;
        let again = needed(&joined.concat())?;
        matches!(again.as_slice(), [all] if (all.start, all.end) == (0, len)).then_some(())?;
    }
    Some(parts)
}

/// Parts that stay; those that touch become one.
#[derive(Default)]
struct Parts(Vec<Range<usize>>);

impl Parts {
    fn add(&mut self, part: Range<usize>) {
        match self.0.last_mut() {
            Some(last) if last.end == part.start => last.end = part.end,
            _ => self.0.push(part),
        }
    }
}

/// Whether a decoder needs all of a coded picture.
pub(crate) fn is_clean(units: Units, coded: &[u8]) -> bool {
    match needed(units, coded).as_deref() {
        Some([]) => coded.is_empty(),
        Some([all]) => all.start == 0 && all.end == coded.len(),
        _ => false,
    }
}

/// A picture's units without messages, and how many bytes those had; `None` when the units do not
/// add up.
pub(crate) fn clean(units: Units, coded: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::with_capacity(coded.len());
    for part in needed(units, coded)? {
        out.extend_from_slice(coded.get(part)?);
    }
    let gone = coded.len().saturating_sub(out.len());
    Some((out, gone))
}

fn unit<'a>(from: &mut Cursor<'a>, len: usize) -> Option<&'a [u8]> {
    let size = usize::try_from(from.be(len)?).ok()?;
    from.take(size)
}

/// Whether a decoder needs a unit: slices and the sets of parameters they name.
fn is_needed(units: Units, unit: &[u8]) -> bool {
    let Some(head) = unit.first() else {
        return false;
    };
    match units {
        Units::Avc(_) | Units::AvcStream => match head & 0x1f {
            1..=5 | 7 | 8 | 13 | 14 | 15 | 19 | 20 => true,
            // The marks of an end have no body.
            10 | 11 => unit.len() == 1,
            _ => false,
        },
        Units::Hevc(_) => match (head >> 1) & 0x3f {
            0..=9 | 16..=21 | 32..=34 => true,
            36 | 37 => unit.len() == 2,
            _ => false,
        },
        _ => true,
    }
}

/// Goes over one unit; says whether a decoder needs it.
fn av1_unit(from: &mut Cursor<'_>) -> Option<bool> {
    let head = from.u8()?;
    // No spare bit may be set; the last unit may leave out its length.
    (head & 0x81 == 0).then_some(())?;
    if head & 4 != 0 {
        (from.u8()?.trailing_zeros() >= 3).then_some(())?;
    }
    let len = if head & 2 != 0 { leb128(from)? } else { from.rest().len() };
    from.take(len)?;
    // Sequence, frame head, tiles, whole frame, frame head again.
    Some(matches!((head >> 3) & 15, 1 | 3 | 4 | 6 | 7))
}

fn leb128(from: &mut Cursor<'_>) -> Option<usize> {
    let mut value = 0u64;
    for n in 0..8u32 {
        let byte = from.u8()?;
        value |= u64::from(byte & 0x7f) << (n * 7);
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok();
        }
    }
    None
}

/// The head of an HEVC stream with the sets of parameters and nothing else, and the bytes of the
/// lengths in front of its units.
pub(crate) fn hevc_config(body: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut from = Cursor::new(body);
    let head = from.take(22)?;
    (*head.first()? == 1).then_some(())?;
    let len = usize::from(head.last()? & 3) + 1;
    let mut arrays = Vec::new();
    let mut count = 0u8;
    for _ in 0..from.u8()? {
        let kind = from.u8()?;
        let units = from.be16()?;
        let mut array = Vec::new();
        for _ in 0..units {
            let size = from.be16()?;
            let unit = from.take(size.into())?;
            array.extend_from_slice(&size.to_be_bytes());
            array.extend_from_slice(unit);
            let same = unit.first().is_some_and(|head| (head >> 1) & 0x3f == kind & 0x3f);
            same.then_some(())?;
        }
        if matches!(kind & 0x3f, 32..=34) {
            arrays.push(kind & 0xbf);
            arrays.extend_from_slice(&units.to_be_bytes());
            arrays.append(&mut array);
            count = count.checked_add(1)?;
        }
    }
    Some(([head, &[count], &arrays].concat(), len))
}

/// The same for H.264.
pub(crate) fn avc_config(body: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut from = Cursor::new(body);
    let head = from.take(5)?;
    (*head.first()? == 1).then_some(())?;
    let len = usize::from(head.last()? & 3) + 1;
    let mut out = head.to_vec();
    for (mask, kinds) in [(0x1f, [7, 15]), (0xff, [8, 8])] {
        let count = from.u8()?;
        out.push(count);
        for _ in 0..count & mask {
            let size = from.be16()?;
            let unit = from.take(size.into())?;
            kinds.contains(&(unit.first()? & 0x1f)).then_some(())?;
            out.extend_from_slice(&size.to_be_bytes());
            out.extend_from_slice(unit);
        }
    }
    // The profiles of more colour say their depth; further sets may follow.
    let profile = *head.get(1)?;
    if matches!(profile, 100 | 110 | 122 | 144 | 244)
        && let Some([a, b, c, _]) = from.rest().get(..4)
    {
        out.extend_from_slice(&[*a | 0xfc, *b | 0xf8, *c | 0xf8, 0]);
    }
    Some((out, len))
}

/// The same for AV1: four bytes and the sequence.
pub(crate) fn av1_config(body: &[u8]) -> Option<Vec<u8>> {
    let (head, units) = body.split_at_checked(4)?;
    (*head.first()? == 0x81).then_some(())?;
    Some([head, &clean(Units::Av1, units)?.0].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_make_up_another_unit_are_none() {
        // A message is `ab`, wherever it stands.
        let needed = |coded: &[u8]| {
            let at = coded.windows(2).position(|pair| pair == b"ab").unwrap_or(coded.len());
            let mut parts = Parts::default();
            let behind = coded.len().min(at + 2)..coded.len();
            [0..at, behind]
                .into_iter()
                .filter(|part| !part.is_empty())
                .for_each(|part| parts.add(part));
            Some(parts.0)
        };
        assert_eq!(settled(b"xaby", needed), Some(vec![0..1, 3..4]));
        assert_eq!(settled(b"aabb", needed), None);
        assert!(settled(b"xy", needed).is_some_and(|parts| parts.len() == 1));
    }

    #[test]
    fn messages_between_slices_go_and_slices_stay() {
        let coded = b"\0\0\0\x03\x65ab\0\0\0\x0e\x06x264 - CANARY\0\0\0\x02\x41c";
        let (clean, gone) = clean(Units::Avc(4), coded).expect("units that add up");
        assert_eq!((clean.as_slice(), gone), (b"\0\0\0\x03\x65ab\0\0\0\x02\x41c".as_slice(), 18));
        let coded = b"\0\x03\x26\x01a\0\x08\x4e\x01CANARY";
        let (clean, _) = super::clean(Units::Hevc(2), coded).expect("units that add up");
        assert_eq!(clean, b"\0\x03\x26\x01a");
    }

    #[test]
    fn metadata_units_of_av1_go() {
        let coded = b"\x12\0\x0a\x02ab\x2a\x06CANARY\x32\x01c";
        let (clean, gone) = clean(Units::Av1, coded).expect("units that add up");
        assert_eq!((clean.as_slice(), gone), (b"\x0a\x02ab\x32\x01c".as_slice(), 10));
    }

    #[test]
    fn units_that_do_not_add_up_are_not_copied() {
        assert_eq!(clean(Units::Avc(4), b"\0\0\0\x09\x65ab"), None);
        assert_eq!(clean(Units::Av1, b"\x0a\x09ab"), None);
    }
}
