//! Pictures of Motion JPEG: one JPEG each, or two with half of the lines; without comments, without
//! application segments, without what stands behind the end.

use std::ops::Range;

use super::Parts;
use crate::bytes::{Cursor, slice};

/// Where the parts of a coded picture are that a decoder needs.
pub(super) fn needed(coded: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut parts = Parts::default();
    let mut from = Cursor::new(coded);
    let mut fields = 0u8;
    while fields < 2 {
        // Between two fields there may be filling.
        let skipped = from.rest().windows(2).position(|two| two == b"\xff\xd8");
        let Some(skipped) = skipped.filter(|skipped| fields > 0 || *skipped == 0) else {
            break;
        };
        from.take(skipped)?;
        picture(&mut from, &mut parts)?;
        fields = fields.saturating_add(1);
    }
    (fields > 0).then_some(parts.0)
}

/// One picture, from its start to its end.
fn picture(from: &mut Cursor<'_>, parts: &mut Parts) -> Option<()> {
    let start = from.at();
    from.take(2)?;
    parts.add(start..from.at());
    let mut has_scan = false;
    loop {
        let start = from.at();
        (from.u8()? == 0xff).then_some(())?;
        match from.u8()? {
            // Filling in front of a marker.
            0xff => {
                *from = from.again_from(start.checked_add(1)?)?;
                continue;
            }
            0xd9 => {
                parts.add(start..from.at());
                return has_scan.then_some(());
            }
            kind @ (0xc0..=0xc2 | 0xc4 | 0xda..=0xdd | 0xe0..=0xef | 0xfe) => {
                let body = segment(from)?;
                if !stays(kind, body)? {
                    continue;
                }
                if kind == 0xda {
                    has_scan = true;
                    codes(from)?;
                }
            }
            _ => return None,
        }
        parts.add(start..from.at());
    }
}

fn segment<'a>(from: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let len = usize::from(from.be16()?).checked_sub(2)?;
    from.take(len)
}

/// Whether a segment stays; `None` when it has bytes that its kind has no use for.
fn stays(kind: u8, body: &[u8]) -> Option<bool> {
    let fits = match kind {
        0xc0..=0xc2 => body.len() == 6 + 3 * usize::from(*body.get(5)?),
        0xc4 => tables(body, |from| {
            from.u8().filter(|slot| slot & 0xee == 0)?;
            let counts = from.take(16)?.iter().map(|n| usize::from(*n)).sum();
            from.take(counts)
        })?,
        0xdb => tables(body, |from| {
            let wide = usize::from(from.u8().filter(|slot| slot & 0xec == 0)? >> 4);
            from.take(64 * (1 + wide))
        })?,
        0xda => body.len() == 4 + 2 * usize::from(*body.first()?),
        0xdd => body.len() == 2,
        // The order of two fields: which one, a zero, and two lengths.
        0xe0 if body.starts_with(b"AVI1") => {
            return Some(body.len() == 14 && *body.get(4)? <= 2 && *body.get(5)? == 0);
        }
        // How colours are made of the three planes.
        0xee if body.starts_with(b"Adobe") => return Some(body.len() == 12),
        0xe0..=0xef | 0xfe => return Some(false),
        _ => return None,
    };
    fits.then_some(true)
}

/// Whether a segment is of whole tables.
fn tables<'a>(body: &'a [u8], one: impl Fn(&mut Cursor<'a>) -> Option<&'a [u8]>) -> Option<bool> {
    let mut from = Cursor::new(body);
    while !from.is_empty() {
        one(&mut from)?;
    }
    Some(true)
}

/// Goes over the codes of a scan, up to the next marker.
fn codes(from: &mut Cursor<'_>) -> Option<()> {
    loop {
        let step = from.rest().iter().position(|b| *b == 0xff)?;
        match slice(from.rest(), step, 2)?.last()? {
            0 | 0xd0..=0xd7 => drop(from.take(step.checked_add(2)?)?),
            0xff => drop(from.take(step.checked_add(1)?)?),
            _ => return from.take(step).map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Units, clean};

    #[test]
    fn comments_and_what_stands_behind_the_end_go() {
        let table = [b"\xff\xdb\0\x43\0".as_slice(), &[1; 64]].concat();
        let frame = b"\xff\xc0\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0";
        let scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0ab\xff\0c\xff\xd0d\xff\xd9";
        let fields = b"\xff\xe0\0\x10AVI1\x01\0\0\0\0\x09\0\0\0\x09";
        let coded = [
            b"\xff\xd8".as_slice(),
            b"\xff\xe1\0\x0eExif\0\0CANARY",
            fields,
            &table,
            b"\xff\xff\xfe\0\x08CANARY",
            frame,
            scan,
            b"CANARY",
        ];
        let expected = [b"\xff\xd8".as_slice(), fields, &table, frame, scan].concat();
        let twice = [coded.concat(), coded.concat()].concat();
        let (bytes, _) = clean(Units::Jpeg, &twice).expect("two fields");
        assert_eq!(bytes, [expected.clone(), expected].concat());
    }

    #[test]
    fn a_table_with_bytes_behind_it_is_not_copied() {
        let coded = [b"\xff\xd8\xff\xdd\0\x0a\0\x04CANARY".as_slice(), b"\xff\xd9"].concat();
        assert_eq!(clean(Units::Jpeg, &coded), None);
        assert_eq!(clean(Units::Jpeg, b"CANARY"), None);
    }
}
