//! Properties of items: what is on the list, each reduced to what its kind says.

use crate::bmff::Box;
use crate::bytes::be32;
use crate::codec::{self, Units};
use crate::icc::{self, Decision};
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Limits, Refusal};

/// The names of transparency.
pub(super) const ALPHA: [&str; 3] = [
    "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    "urn:mpeg:hevc:2015:auxid:1",
    "urn:mpeg:avc:2015:auxid:1",
];

/// A property as it is written: its kind and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) kind: [u8; 4],
    pub(super) body: Vec<u8>,
}

/// The property as it is written, and how a decoder's property says coded bytes are cut; `None`
/// when it is not on the list.
pub(super) fn clean(
    found: &Box<'_>,
    place: &str,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Option<(Property, Option<Units>)>, Refusal> {
    let broken = || Refusal::malformed(format!("the property {}", found.name()));
    let mut units = None;
    let body = match &found.kind {
        b"hvcC" => {
            let (body, len) = codec::hevc_config(found.body).ok_or_else(broken)?;
            units = Some(Units::Hevc(len));
            body
        }
        b"av1C" => {
            units = Some(Units::Av1);
            codec::av1_config(found.body).ok_or_else(broken)?
        }
        b"ispe" => {
            let side = |at| be32(found.body, at).ok_or_else(broken);
            limits.admit_pixels(side(4)?, side(8)?, 1)?;
            sized(found, 12).ok_or_else(broken)?
        }
        b"pixi" => {
            let len = found.body.get(4).map(|n| usize::from(*n).saturating_add(5));
            len.and_then(|len| sized(found, len)).ok_or_else(broken)?
        }
        b"irot" => vec![found.body.first().ok_or_else(broken)? & 3],
        b"imir" => vec![found.body.first().ok_or_else(broken)? & 1],
        b"clap" => sized(found, 32).ok_or_else(broken)?,
        b"pasp" => sized(found, 8).ok_or_else(broken)?,
        b"clli" => sized(found, 4).ok_or_else(broken)?,
        b"a1op" => sized(found, 1).ok_or_else(broken)?,
        b"lsel" => sized(found, 2).ok_or_else(broken)?,
        b"colr" => match colour(found, place, findings)? {
            Some(body) => body,
            None => return Ok(None),
        },
        b"auxC" => {
            let (_, _, rest) = found.full().ok_or_else(broken)?;
            let name = foreign(rest.split(|b| *b == 0).next().unwrap_or_default());
            let name = ALPHA.iter().find(|known| **known == name).ok_or_else(broken)?;
            [b"\0\0\0\0", name.as_bytes(), b"\0"].concat()
        }
        _ => {
            let detail = foreign(found.body.get(..found.body.len().min(60)).unwrap_or_default());
            let place = format!("{place} property {}", found.name());
            findings.removed(Class::Unknown, place, &detail);
            return Ok(None);
        }
    };
    if body.len() < found.body.len() && found.kind != *b"colr" {
        let place = format!("{place} bytes at the end of property {}", found.name());
        findings.removed(Class::Trailing, place, "");
    }
    Ok(Some((Property { kind: found.kind, body }, units)))
}

/// Whether a picture is shown the same without a property that says it must be understood.
pub(super) fn may_go(kind: [u8; 4]) -> bool {
    matches!(&kind, b"colr")
}

fn sized(found: &Box<'_>, len: usize) -> Option<Vec<u8>> {
    found.body.get(..len).map(<[u8]>::to_vec)
}

/// Colours by number stay; a profile is reduced or goes.
fn colour(
    found: &Box<'_>,
    place: &str,
    findings: &mut Findings,
) -> Result<Option<Vec<u8>>, Refusal> {
    let broken = || Refusal::malformed("the property colr");
    let (kind, rest) = found.body.split_at_checked(4).ok_or_else(broken)?;
    Ok(match kind {
        b"nclx" => {
            let mut body = found.body.get(..11).ok_or_else(broken)?.to_vec();
            if let Some(range) = body.last_mut() {
                *range &= 0x80;
            }
            Some(body)
        }
        b"prof" | b"rICC" => {
            let place = format!("{place} colour profile");
            match icc::decide(rest, 3, &place, findings) {
                Decision::Rewritten(clean) => Some([b"prof".as_slice(), &clean].concat()),
                Decision::Drop => None,
            }
        }
        _ => {
            findings.removed(Class::Color, format!("{place} colours of an unknown kind"), "");
            None
        }
    })
}
