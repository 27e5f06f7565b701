//! Descriptions of pictures.

use super::describe::{Entry, Inside};
use crate::bmff::{self, Box, boxes};
use crate::bytes::{be16, slice};
use crate::codec::{self, Units};
use crate::icc::{self, Decision};
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Limits, Refusal};

pub(super) fn clean(
    found: &Box<'_>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Entry, Refusal> {
    let broken = || Refusal::malformed("a track: the description of its pictures");
    let body = found.body;
    let side = |at| be16(body, at).ok_or_else(broken);
    let (width, height) = (side(24)?, side(26)?);
    limits.admit_pixels(width.into(), height.into(), 1)?;
    note(body, findings);
    let mut out = vec![0, 0, 0, 0, 0, 0, 0, 1];
    out.resize(24, 0);
    out.extend_from_slice(&width.to_be_bytes());
    out.extend_from_slice(&height.to_be_bytes());
    // 72 dots an inch, one picture a sample, no name, 24 bits, no palette: the same in every file.
    out.extend_from_slice(&[0, 0x48, 0, 0, 0, 0x48, 0, 0, 0, 0, 0, 0, 0, 1]);
    out.resize(out.len() + 32, 0);
    out.extend_from_slice(&[0, 0x18, 0xff, 0xff]);
    let head: &[u8; 4] = match &found.kind {
        b"avc1" | b"avc3" => b"avcC",
        b"hvc1" | b"hev1" => b"hvcC",
        b"av01" => b"av1C",
        b"vp08" | b"vp09" => b"vpcC",
        b"encv" => return Err(Refusal::Encrypted),
        _ => {
            let name = crate::wording::escape(&found.name());
            return Err(Refusal::unsupported(format!("video coded as {name}")));
        }
    };
    let mut units = None;
    for inner in boxes(body.get(78..).ok_or_else(broken)?)? {
        let clean = match &inner.kind {
            kind if kind == head => {
                let (clean, how) = decoder(&inner).ok_or_else(broken)?;
                units = Some(how);
                clean
            }
            b"colr" => match colour(inner.body, findings)? {
                Some(clean) => clean,
                None => continue,
            },
            b"pasp" => sized(inner.body, 8).ok_or_else(broken)?,
            b"clap" => sized(inner.body, 32).ok_or_else(broken)?,
            b"fiel" => sized(inner.body, 2).ok_or_else(broken)?,
            b"clli" => sized(inner.body, 4).ok_or_else(broken)?,
            b"btrt" => continue,
            _ => {
                bmff::dropped(&inner, "pictures", findings);
                continue;
            }
        };
        bmff::write(&mut out, inner.kind, &[&clean])?;
    }
    let units = units.ok_or_else(broken)?;
    Ok(Entry { body: out, inside: Inside::Units(units), unit: None })
}

/// The head of a codec, and how its samples are cut.
fn decoder(inner: &Box<'_>) -> Option<(Vec<u8>, Units)> {
    Some(match &inner.kind {
        b"avcC" => {
            let (clean, len) = codec::avc_config(inner.body)?;
            (clean, Units::Avc(len))
        }
        b"hvcC" => {
            let (clean, len) = codec::hevc_config(inner.body)?;
            (clean, Units::Hevc(len))
        }
        b"av1C" => (codec::av1_config(inner.body)?, Units::Av1),
        _ => {
            let mut clean = sized(inner.body, 12)?;
            clean.get_mut(10..)?.fill(0);
            (clean, Units::Whole)
        }
    })
}

fn sized(body: &[u8], len: usize) -> Option<Vec<u8>> {
    body.get(..len).map(<[u8]>::to_vec)
}

/// Colours by number stay; a profile is reduced or goes.
fn colour(body: &[u8], findings: &mut Findings) -> Result<Option<Vec<u8>>, Refusal> {
    let broken = || Refusal::malformed("a track: the colours of its pictures");
    Ok(match slice(body, 0, 4).ok_or_else(broken)? {
        b"nclc" => Some(sized(body, 10).ok_or_else(broken)?),
        b"nclx" => {
            let mut clean = sized(body, 11).ok_or_else(broken)?;
            if let Some(range) = clean.last_mut() {
                *range &= 0x80;
            }
            Some(clean)
        }
        b"prof" | b"rICC" => {
            let profile = body.get(4..).ok_or_else(broken)?;
            match icc::decide(profile, 3, "pictures colour profile", findings) {
                Decision::Rewritten(clean) => Some([b"prof".as_slice(), &clean].concat()),
                Decision::Drop => None,
            }
        }
        _ => None,
    })
}

fn note(body: &[u8], findings: &mut Findings) {
    let maker = slice(body, 12, 4).unwrap_or_default();
    let name = slice(body, 42, 32).unwrap_or_default();
    for (what, text) in [("maker of the encoder", maker), ("name of the encoder", name)] {
        let len = usize::from(text.len() == 32);
        let text = foreign(text.get(len..).unwrap_or_default());
        if !text.is_empty() {
            findings.removed(Class::Software, what, &text);
        }
    }
}
