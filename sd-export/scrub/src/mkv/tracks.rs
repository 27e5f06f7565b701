//! Tracks: the codec, the head it needs and how pictures and sound are shown.

use super::ebml::{Element, put, put_number};
use crate::bytes::{Cursor, slice};
use crate::codec::{self, Units};
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// A track that is kept.
pub(super) struct Track {
    /// Its number in the original.
    pub(super) number: u64,
    pub(super) is_video: bool,
    pub(super) units: Units,
    /// The elements of the entry, without its numbers.
    body: Vec<u8>,
}

/// Elements of a track that are copied as numbers.
const NUMBERS: [u32; 6] = [0xb9, 0x88, 0x55aa, 0x0023_e383, 0x56aa, 0x56bb];
/// Elements of pictures that are copied as numbers.
const PICTURE: [u32; 14] = [
    0x9a, 0x9d, 0x53b8, 0xb0, 0xba, 0x54aa, 0x54bb, 0x54cc, 0x54dd, 0x54b0, 0x54ba, 0x54b2, 0x54b3,
    0x53c0,
];
/// Elements of colours that are copied as numbers.
const COLOURS: [u32; 11] =
    [0x55b1, 0x55b2, 0x55b3, 0x55b4, 0x55b5, 0x55b6, 0x55b7, 0x55b8, 0x55b9, 0x55ba, 0x55bb];

fn broken() -> Refusal {
    Refusal::malformed("a track")
}

/// The track, if it is of pictures or sound.
pub(super) fn read(
    found: &Element<'_>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Option<Track>, Refusal> {
    let inner = found.inner()?;
    let get = |id: u32| inner.iter().find(|element| element.id == id);
    let number = get(0xd7).and_then(Element::number).ok_or_else(broken)?;
    let kind = get(0x83).and_then(Element::number).ok_or_else(broken)?;
    let coding = get(0x86).map(Element::text).ok_or_else(broken)?;
    if kind != 1 && kind != 2 {
        let what = if kind == 0x11 { "track of text (subtitles)" } else { "track of another kind" };
        findings.removed(Class::HiddenContent, what, &coding);
        return Ok(None);
    }
    note(&inner, findings);
    if get(0x6d80).is_some() {
        return Err(Refusal::unsupported("a track that is compressed or encrypted once more"));
    }
    let private = get(0x63a2).map(|element| element.body).unwrap_or_default();
    let (private, units) = private_of(&coding, private, findings)?;
    let mut body = Vec::new();
    put_number(&mut body, 0x83, kind);
    put_number(&mut body, 0x9c, get(0x9c).and_then(Element::number).unwrap_or(1));
    copy(&mut body, &inner, &NUMBERS).ok_or_else(broken)?;
    put(&mut body, 0x86, coding.as_bytes());
    if !private.is_empty() {
        put(&mut body, 0x63a2, &private);
    }
    if let Some(picture) = get(0xe0).filter(|_| kind == 1) {
        put(&mut body, 0xe0, &pictures(picture, limits, findings)?);
    }
    if let Some(sound) = get(0xe1).filter(|_| kind == 2) {
        put(&mut body, 0xe1, &sounds(sound)?);
    }
    Ok(Some(Track { number, is_video: kind == 1, units, body }))
}

/// The entry of a track under its new number.
pub(super) fn write(out: &mut Vec<u8>, track: &Track, number: u64) {
    let mut body = Vec::new();
    put_number(&mut body, 0xd7, number);
    put_number(&mut body, 0x73c5, number);
    // Where no language is said, the format takes English.
    put(&mut body, 0x0022_b59c, b"und");
    body.extend_from_slice(&track.body);
    put(out, super::ebml::id::TRACK, &body);
}

/// Copies whole numbers.
fn copy(out: &mut Vec<u8>, from: &[Element<'_>], ids: &[u32]) -> Option<()> {
    for id in ids {
        if let Some(found) = from.iter().find(|element| element.id == *id) {
            put_number(out, *id, found.number()?);
        }
    }
    Some(())
}

fn note(inner: &[Element<'_>], findings: &mut Findings) {
    for element in inner {
        match element.id {
            0x536e => findings.removed(Class::Comment, "name of a track", &element.text()),
            0x0025_8688 | 0x0026_838f => {
                findings.removed(Class::Software, "name of a codec", &element.text());
            }
            0x0022_b59c | 0x0022_b59d if !matches!(element.body, b"und") => {
                findings.removed(Class::Location, "language of a track", &element.text());
            }
            0x73c5 => findings.removed(Class::Identifier, "number of a track", ""),
            0x41e4 => findings.removed(Class::Unknown, "additional blocks of a track", ""),
            _ => {}
        }
    }
}

fn pictures(
    found: &Element<'_>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<u8>, Refusal> {
    let inner = found.inner()?;
    let side = |id: u32| {
        let found = inner.iter().find(|element| element.id == id);
        found.and_then(Element::number).and_then(|n| u32::try_from(n).ok()).ok_or_else(broken)
    };
    limits.admit_pixels(side(0xb0)?, side(0xba)?, 1)?;
    let mut out = Vec::new();
    copy(&mut out, &inner, &PICTURE).ok_or_else(broken)?;
    for element in &inner {
        match element.id {
            0x55b0 => {
                let mut colours = Vec::new();
                copy(&mut colours, &element.inner()?, &COLOURS).ok_or_else(broken)?;
                put(&mut out, 0x55b0, &colours);
            }
            id if PICTURE.contains(&id) => {}
            id => findings.removed(Class::Unknown, format!("element 0x{id:x} of pictures"), ""),
        }
    }
    Ok(out)
}

fn sounds(found: &Element<'_>) -> Result<Vec<u8>, Refusal> {
    let inner = found.inner()?;
    let mut out = Vec::new();
    for id in [0xb5, 0x78b5] {
        if let Some(rate) = inner.iter().find(|element| element.id == id) {
            if !matches!(rate.body.len(), 4 | 8) {
                return Err(broken());
            }
            put(&mut out, id, rate.body);
        }
    }
    copy(&mut out, &inner, &[0x9f, 0x6264]).ok_or_else(broken)?;
    Ok(out)
}

/// The head a codec needs, and how its blocks are cut.
fn private_of(
    coding: &str,
    private: &[u8],
    findings: &mut Findings,
) -> Result<(Vec<u8>, Units), Refusal> {
    let sized = |len: usize| private.get(..len).map(<[u8]>::to_vec).ok_or_else(broken);
    Ok(match coding {
        "V_MPEG4/ISO/AVC" => {
            let (clean, len) = codec::avc_config(private).ok_or_else(broken)?;
            (clean, Units::Avc(len))
        }
        "V_MPEGH/ISO/HEVC" => {
            let (clean, len) = codec::hevc_config(private).ok_or_else(broken)?;
            (clean, Units::Hevc(len))
        }
        "V_AV1" => (codec::av1_config(private).ok_or_else(broken)?, Units::Av1),
        "A_OPUS" => {
            let more = match *private.get(18).ok_or_else(broken)? {
                0 => 0,
                _ => 2 + usize::from(*private.get(9).ok_or_else(broken)?),
            };
            (sized(19 + more)?, Units::Whole)
        }
        "A_VORBIS" => (vorbis(private, findings).ok_or_else(broken)?, Units::Whole),
        "A_FLAC" => {
            let mut clean = sized(42)?;
            let head = clean.get_mut(4..8).ok_or_else(broken)?;
            if head.iter().skip(1).ne(&[0, 0, 34]) || head.first().is_none_or(|k| k & 0x7f != 0) {
                return Err(broken());
            }
            head.copy_from_slice(&[0x80, 0, 0, 34]);
            (clean, Units::Whole)
        }
        "A_AAC" if private.len() <= 64 => (private.to_vec(), Units::Whole),
        "V_VP8" | "V_VP9" | "A_AC3" | "A_EAC3" | "A_MPEG/L3" | "A_PCM/INT/LIT"
        | "A_PCM/INT/BIG" | "A_PCM/FLOAT/IEEE" => (Vec::new(), Units::Whole),
        _ => {
            let name = crate::wording::escape(coding);
            return Err(Refusal::unsupported(format!("a track coded as {name}")));
        }
    })
}

/// The three heads of Vorbis, the middle one emptied.
fn vorbis(private: &[u8], findings: &mut Findings) -> Option<Vec<u8>> {
    const EMPTY: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
    let mut from = Cursor::new(private);
    (from.u8()? == 2).then_some(())?;
    let mut lens = [0usize; 2];
    for len in &mut lens {
        loop {
            let byte = from.u8()?;
            *len = len.checked_add(byte.into())?;
            if byte < 255 {
                break;
            }
        }
    }
    let first = slice(from.take(lens[0])?, 0, 30)?;
    let comment = from.take(lens[1])?;
    let setup = from.rest();
    (first.starts_with(b"\x01vorbis") && setup.starts_with(b"\x05vorbis")).then_some(())?;
    crate::ogg::comments(comment.strip_prefix(b"\x03vorbis")?, findings);
    let sizes = [2, 30, u8::try_from(EMPTY.len()).ok()?];
    Some([&sizes, first, EMPTY, setup].concat())
}
