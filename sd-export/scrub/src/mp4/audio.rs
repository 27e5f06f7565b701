//! Descriptions of sound.

use super::describe::{Entry, Inside};
use crate::Refusal;
use crate::bmff::{self, Box, boxes};
use crate::bytes::{Cursor, be16, be32_len, slice};
use crate::codec::Units;
use crate::report::{Class, Findings};
use crate::wording::foreign;

/// Plain numbers, and numbers squeezed into eight bits; the bytes of one, where the name says it.
const PLAIN: [(&[u8; 4], usize); 11] = [
    (b"sowt", 0),
    (b"twos", 0),
    (b"raw ", 0),
    (b"NONE", 0),
    (b"lpcm", 0),
    (b"in24", 3),
    (b"in32", 4),
    (b"fl32", 4),
    (b"fl64", 8),
    (b"ulaw", 1),
    (b"alaw", 1),
];

fn broken() -> Refusal {
    Refusal::malformed("a track: the description of its sound")
}

/// Whether a way of coding is on the list.
pub(super) fn is_known(coding: [u8; 4]) -> bool {
    PLAIN.iter().any(|(name, _)| **name == coding)
        || matches!(
            &coding,
            b"mp4a" | b"alac" | b"Opus" | b"fLaC" | b"ac-3" | b"ec-3" | b"samr" | b"sawb" | b".mp3"
        )
}

pub(super) fn clean(found: &Box<'_>, findings: &mut Findings) -> Result<Entry, Refusal> {
    let body = found.body;
    let plain = PLAIN.iter().find(|(name, _)| **name == found.kind);
    if found.kind == *b"enca" {
        return Err(Refusal::Encrypted);
    }
    if !is_known(found.kind) {
        let name = crate::wording::escape(&found.name());
        return Err(Refusal::unsupported(format!("sound coded as {name}")));
    }
    let maker = foreign(slice(body, 12, 4).unwrap_or_default());
    if !maker.is_empty() {
        findings.removed(Class::Software, "maker of the encoder", &maker);
    }
    let version = be16(body, 8).ok_or_else(broken)?;
    let more = match version {
        0 => 0,
        1 => 16,
        2 => 36,
        _ => return Err(broken()),
    };
    let mut out = vec![0, 0, 0, 0, 0, 0, 0, 1];
    out.extend_from_slice(&version.to_be_bytes());
    out.resize(16, 0);
    // Channels, depth, kind of compression, packet size, rate, and QuickTime's further numbers.
    out.extend_from_slice(slice(body, 16, 12 + more).ok_or_else(broken)?);
    let unit = match plain {
        Some((_, size)) => Some(unit(body, version, *size).ok_or_else(broken)?),
        None => None,
    };
    let mut aac = false;
    for inner in boxes(body.get(28 + more..).ok_or_else(broken)?)? {
        if let Some(clean) = inner_box(&inner, &mut aac, findings)? {
            bmff::write(&mut out, inner.kind, &[&clean])?;
        }
    }
    let inside = if aac { Inside::Aac } else { Inside::Units(Units::Whole) };
    Ok(Entry { body: out, inside, unit })
}

/// Bytes of one sample of all channels.
fn unit(body: &[u8], version: u16, size: usize) -> Option<usize> {
    if version == 2 {
        return be32_len(body, 56).filter(|unit| (1..=4096).contains(unit));
    }
    let size = if size == 0 { usize::from(be16(body, 18)?).div_ceil(8) } else { size };
    let unit = usize::from(be16(body, 16)?).checked_mul(size)?;
    (1..=4096).contains(&unit).then_some(unit)
}

/// A box inside a description, as it is written; `None` if it is not on the list.
fn inner_box(
    inner: &Box<'_>,
    aac: &mut bool,
    findings: &mut Findings,
) -> Result<Option<Vec<u8>>, Refusal> {
    let body = inner.body;
    let sized = |len: usize| body.get(..len).map(<[u8]>::to_vec).ok_or_else(broken);
    Ok(Some(match &inner.kind {
        b"esds" => {
            let (clean, is_aac) = esds(body)?;
            *aac = is_aac;
            clean
        }
        b"wave" => {
            let mut out = Vec::new();
            for deeper in boxes(body)? {
                let clean = match &deeper.kind {
                    b"frma" => deeper.body.get(..4).map(<[u8]>::to_vec).ok_or_else(broken)?,
                    b"enda" => deeper.body.get(..2).map(<[u8]>::to_vec).ok_or_else(broken)?,
                    b"mp4a" => vec![0; 4],
                    b"esds" | b"alac" => inner_box(&deeper, aac, findings)?.ok_or_else(broken)?,
                    _ => continue,
                };
                bmff::write(&mut out, deeper.kind, &[&clean])?;
            }
            out.extend_from_slice(&[0, 0, 0, 8, 0, 0, 0, 0]);
            out
        }
        b"dOps" => match *body.get(10).ok_or_else(broken)? {
            0 => sized(11)?,
            _ => sized(13 + usize::from(*body.get(1).ok_or_else(broken)?))?,
        },
        b"dfLa" => {
            let mut clean = sized(42)?;
            // Only the description of the stream, as the last block.
            let head = clean.get_mut(4..8).ok_or_else(broken)?;
            if head.iter().skip(1).ne(&[0, 0, 34]) || head.first().is_none_or(|k| k & 0x7f != 0) {
                return Err(broken());
            }
            head.copy_from_slice(&[0x80, 0, 0, 34]);
            clean
        }
        b"alac" => sized(28)?,
        b"dac3" => sized(3)?,
        b"dec3" if body.len() <= 32 => body.to_vec(),
        b"damr" => {
            let mut clean = sized(9)?;
            clean.get_mut(..5).ok_or_else(broken)?.fill(0);
            clean
        }
        b"chan" if body.get(12..16) == Some(&[0; 4]) => sized(16)?,
        b"btrt" => return Ok(None),
        _ => {
            bmff::dropped(inner, "sound", findings);
            return Ok(None);
        }
    }))
}

/// The head of an MPEG stream: only its kind and what the decoder is told.
fn esds(body: &[u8]) -> Result<(Vec<u8>, bool), Refusal> {
    let (kind, told) = decoder(body).ok_or_else(broken)?;
    // AAC and MP3; others have no name here.
    if !matches!(kind, 0x40 | 0x66..=0x69 | 0x6b) {
        return Err(Refusal::unsupported(format!("MPEG sound of the kind 0x{kind:02x}")));
    }
    if told.len() > 64 {
        return Err(Refusal::unsupported("MPEG sound with so long a head"));
    }
    let mut config = vec![kind, 0x15];
    config.resize(13, 0);
    if !told.is_empty() {
        config.extend_from_slice(&[5, u8::try_from(told.len()).unwrap_or(0)]);
        config.extend_from_slice(told);
    }
    let len = u8::try_from(config.len()).map_err(|_| broken())?;
    let whole = [&[0, 0, 0, 4, len], config.as_slice(), &[6, 1, 2]].concat();
    let len = u8::try_from(whole.len()).map_err(|_| broken())?;
    Ok(([&[0, 0, 0, 0, 3, len], whole.as_slice()].concat(), kind == 0x40))
}

/// The kind of the stream, and what the decoder is told.
fn decoder(body: &[u8]) -> Option<(u8, &[u8])> {
    let mut from = Cursor::new(body.get(4..)?);
    let mut stream = Cursor::new(descriptor(&mut from, 3)?);
    stream.take(2)?;
    let flags = stream.u8()?;
    if flags & 0x80 != 0 {
        stream.take(2)?;
    }
    if flags & 0x40 != 0 {
        let len = stream.u8()?;
        stream.take(len.into())?;
    }
    if flags & 0x20 != 0 {
        stream.take(2)?;
    }
    let mut config = Cursor::new(descriptor(&mut stream, 4)?);
    let kind = config.u8()?;
    config.take(12)?;
    let told = if config.is_empty() { &[] } else { descriptor(&mut config, 5)? };
    Some((kind, told))
}

/// The body of the descriptor of a kind that must stand here.
fn descriptor<'a>(from: &mut Cursor<'a>, kind: u8) -> Option<&'a [u8]> {
    (from.u8()? == kind).then_some(())?;
    let mut len = 0usize;
    for _ in 0..4 {
        let byte = from.u8()?;
        len = len << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return from.take(len);
        }
    }
    None
}
