//! Colour profiles: a canonical rewrite with only what is needed to show the colours.
//!
//! A profile that calls itself sRGB is dropped: viewers take sRGB when nothing is said. A profile
//! of three primaries and curves (or one gray curve) is written anew without its names, dates,
//! makers and private tags. Others (lookup tables, printer profiles) are dropped and reported.
//! The numbers of the primaries stay, and those of a calibrated monitor can be its own.

use crate::bytes::{be32, be32_len, find, slice};
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// What to write for a profile.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing: it says sRGB, or it cannot be reduced.
    Drop,
    /// This profile instead.
    Rewritten(Vec<u8>),
}

/// The curves and primaries a picture profile needs.
const NEEDED: [[u8; 4]; 9] =
    [*b"wtpt", *b"chad", *b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC", *b"kTRC"];
const RGB: [[u8; 4]; 7] = [*b"wtpt", *b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC"];
const GRAY: [[u8; 4]; 2] = [*b"wtpt", *b"kTRC"];
/// No curve of a real profile has more points.
const MAX_CURVE: usize = 4096;
const MAX_PROFILE: usize = 16 << 20;

/// Decides what to write for `profile`, for a picture with `channels` colours, and notes it.
pub(crate) fn decide(
    profile: &[u8],
    channels: u8,
    place: &str,
    findings: &mut Findings,
) -> Decision {
    let name = description(profile).unwrap_or_default();
    if name.contains("sRGB") && channels == 3 {
        findings.removed(Class::Color, format!("{place} (says sRGB: colours stay)"), &name);
        return Decision::Drop;
    }
    if let Some(clean) = rewrite(profile, channels) {
        findings.removed(Class::Device, format!("{place} names, dates and maker"), &name);
        let why = "the colours need it; primaries measured on one monitor can tell which";
        findings.kept(Class::Color, format!("{place} primaries and curves"), "", why);
        Decision::Rewritten(clean)
    } else {
        let place = format!("{place} (not of a kind that can be reduced: colours may shift)");
        findings.removed(Class::Color, place, &name);
        Decision::Drop
    }
}

/// The profile's own name, from its `desc` tag.
fn description(profile: &[u8]) -> Option<String> {
    let body = tag(profile, *b"desc")?;
    match slice(body, 0, 4)? {
        b"desc" => {
            let len = be32_len(body, 8)?;
            Some(foreign(slice(body, 12, len.min(300))?))
        }
        b"mluc" => {
            let len = be32_len(body, 20)?.min(600);
            let raw = slice(body, be32_len(body, 24)?, len)?;
            let units =
                raw.chunks_exact(2).filter_map(|p| p.try_into().ok().map(u16::from_be_bytes));
            Some(char::decode_utf16(units).filter_map(Result::ok).collect())
        }
        _ => None,
    }
}

/// The body of a tag, found through the profile's table.
fn tag(profile: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let count = be32_len(profile, 128)?.min(200);
    (0..count).find_map(|n| {
        let at = n.checked_mul(12)?.checked_add(132)?;
        (slice(profile, at, 4)? == name.as_slice()).then_some(())?;
        let offset = be32_len(profile, at.checked_add(4)?)?;
        slice(profile, offset, be32_len(profile, at.checked_add(8)?)?)
    })
}

/// A new profile with the needed tags in canonical form; `None` when the old one is of another
/// kind or anything in it is out of bounds.
fn rewrite(profile: &[u8], channels: u8) -> Option<Vec<u8>> {
    if profile.len() > MAX_PROFILE || slice(profile, 36, 4)? != b"acsp" {
        return None;
    }
    let space = slice(profile, 16, 4)?;
    let must: &[[u8; 4]] = match (space, channels) {
        (b"RGB ", 3) => &RGB,
        (b"GRAY", 1) => &GRAY,
        _ => return None,
    };
    // Lookup tables would be used instead of the primaries; a profile that has them is of another kind.
    let tables: [[u8; 4]; 3] = [*b"A2B0", *b"A2B1", *b"D2B0"];
    if slice(profile, 20, 4)? != b"XYZ " || tables.iter().any(|t| tag(profile, *t).is_some()) {
        return None;
    }
    let mut tags: Vec<([u8; 4], Vec<u8>)> = vec![
        (*b"desc", text_description()),
        (*b"cprt", [b"text\0\0\0\0".as_slice(), b"none\0"].concat()),
    ];
    for name in NEEDED {
        if let Some(body) = tag(profile, name) {
            tags.push((name, canonical(body)?));
        } else if must.contains(&name) {
            return None;
        }
    }
    assemble(space, *profile.get(8)?, &tags)
}

fn text_description() -> Vec<u8> {
    let mut out = b"desc\0\0\0\0\0\0\0\x09Colours\0\0".to_vec();
    out.resize(12 + 9 + 8 + 3 + 67, 0);
    out
}

/// A tag's body reduced to what its type says: exactly its numbers, no slack.
fn canonical(body: &[u8]) -> Option<Vec<u8>> {
    let len = match slice(body, 0, 4)? {
        b"XYZ " => 20,
        b"sf32" => 44,
        b"curv" => {
            let points = be32_len(body, 8)?;
            (points <= MAX_CURVE).then_some(())?;
            points.checked_mul(2)?.checked_add(12)?
        }
        b"para" => {
            let numbers = *[1usize, 3, 4, 5, 7].get(usize::from(crate::bytes::be16(body, 8)?))?;
            numbers.checked_mul(4)?.checked_add(12)?
        }
        _ => return None,
    };
    let mut out = slice(body, 0, len)?.to_vec();
    out.get_mut(4..8)?.fill(0);
    if out.starts_with(b"para") {
        out.get_mut(10..12)?.fill(0);
    }
    Some(out)
}

/// Header, table and bodies; every field of the header that is not colour is zero.
fn assemble(space: &[u8], version: u8, tags: &[([u8; 4], Vec<u8>)]) -> Option<Vec<u8>> {
    let mut out = vec![0u8; 128];
    *out.get_mut(8)? = if version >= 4 { 4 } else { 2 };
    out.get_mut(12..16)?.copy_from_slice(b"mntr");
    out.get_mut(16..20)?.copy_from_slice(space);
    out.get_mut(20..24)?.copy_from_slice(b"XYZ ");
    out.get_mut(36..40)?.copy_from_slice(b"acsp");
    // The D50 illuminant, the same in every profile.
    out.get_mut(68..80)?.copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    out.extend_from_slice(&u32::try_from(tags.len()).ok()?.to_be_bytes());
    let mut offset = tags.len().checked_mul(12)?.checked_add(132)?;
    for (name, body) in tags {
        out.extend_from_slice(name);
        out.extend_from_slice(&u32::try_from(offset).ok()?.to_be_bytes());
        out.extend_from_slice(&u32::try_from(body.len()).ok()?.to_be_bytes());
        offset = offset.checked_add(body.len().checked_next_multiple_of(4)?)?;
    }
    for (_, body) in tags {
        out.extend_from_slice(body);
        out.resize(out.len().checked_next_multiple_of(4)?, 0);
    }
    let size = u32::try_from(out.len()).ok()?;
    out.get_mut(..4)?.copy_from_slice(&size.to_be_bytes());
    Some(out)
}

/// Whether a profile is one this module writes: writing it again changes nothing.
pub(crate) fn is_canonical(profile: &[u8], channels: u8) -> bool {
    let creator_free = be32(profile, 80) == Some(0) && find(profile, b"Colours\0").is_some();
    creator_free && rewrite(profile, channels).as_deref() == Some(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let xyz = b"XYZ \0\0\0\0\0\0\x6f\xa2\0\0\x38\xf5\0\0\x03\x90".to_vec();
        let curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33".to_vec();
        let mut tags: Vec<([u8; 4], Vec<u8>)> = vec![(*b"desc", text_description())];
        for name in RGB {
            let body = if name.ends_with(b"TRC") { &curve } else { &xyz };
            tags.push((name, [body.as_slice(), b"SLACK-CANARY"].concat()));
        }
        tags.push((*b"priv", b"text\0\0\0\0PRIVATE-CANARY".to_vec()));
        let mut profile = assemble(b"RGB ", 2, &tags).expect("small");
        profile[80..84].copy_from_slice(b"JANE");
        profile
    }

    #[test]
    fn a_rewritten_profile_keeps_the_numbers_and_nothing_else() {
        let clean = rewrite(&sample(), 3).expect("of the right kind");
        for canary in [b"SLACK-CANARY".as_slice(), b"PRIVATE-CANARY", b"JANE"] {
            assert_eq!(find(&clean, canary), None);
        }
        assert_eq!(tag(&clean, *b"rXYZ"), tag(&sample(), *b"rXYZ").map(|body| &body[..20]));
        assert!(is_canonical(&clean, 3) && !is_canonical(&sample(), 3));
    }

    #[test]
    fn a_profile_for_another_number_of_colours_is_dropped() {
        assert_eq!(rewrite(&sample(), 1), None);
        assert_eq!(decide(&sample(), 4, "ICC", &mut Findings::default()), Decision::Drop);
    }
}
