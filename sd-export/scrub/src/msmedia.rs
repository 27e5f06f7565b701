//! What AVI and Windows Media say about pictures and sound, in the same two structures, and which
//! codings are on the list.

use crate::bytes::{Cursor, le16, le32, slice};
use crate::codec::{self, Units};
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// How pictures are to be read.
pub(crate) struct Picture {
    /// The description, written anew.
    pub(crate) body: Vec<u8>,
    pub(crate) units: Units,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The four letters of the coding.
    pub(crate) coding: [u8; 4],
    /// Whether every picture stands alone.
    pub(crate) is_still: bool,
}

/// How samples are to be read.
pub(crate) struct Sound {
    /// Bytes of one block of samples.
    pub(crate) block: u16,
    /// The first sixteen bytes of the description.
    pub(crate) head: Vec<u8>,
    /// What the coding needs besides.
    pub(crate) extra: Vec<u8>,
}

/// What is known of a coding of pictures.
#[derive(Clone, Copy)]
enum Coding {
    Avc,
    Mpeg4,
    Jpeg,
    Vc1,
    /// Copied whole; so many bytes of head at most.
    Whole(usize),
    /// Samples without coding; a palette where a pixel has eight bits or fewer.
    Plain,
}

const CODINGS: &[(Coding, &[&[u8; 4]])] = &[
    (Coding::Avc, &[b"H264", b"X264", b"AVC1", b"DAVC", b"VSSH"]),
    (
        Coding::Mpeg4,
        &[b"XVID", b"XVIX", b"DIVX", b"DX50", b"FMP4", b"MP4V", b"M4S2", b"MP4S", b"3IV2", b"RMP4"],
    ),
    (Coding::Jpeg, &[b"MJPG"]),
    (Coding::Vc1, &[b"WVC1"]),
    (Coding::Whole(5), &[b"WMV3"]),
    (Coding::Whole(4), &[b"WMV2"]),
    (
        Coding::Whole(0),
        &[
            b"WMV1", b"MPG4", b"MP41", b"MP42", b"MP43", b"DIV3", b"DIV4", b"DIV5", b"DIV6",
            b"AP41", b"COL1",
        ],
    ),
    (
        Coding::Plain,
        &[b"\0\0\0\0", b"YUY2", b"UYVY", b"YV12", b"I420", b"IYUV", b"Y800", b"NV12", b"YVYU"],
    ),
];

fn broken() -> Refusal {
    Refusal::malformed("the description of pictures")
}

/// The description of pictures (a `BITMAPINFOHEADER`) and what the coding needs besides.
pub(crate) fn picture(
    body: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Picture, Refusal> {
    let field = |at: usize| le32(body, at).ok_or_else(broken);
    let coding: [u8; 4] = slice(body, 16, 4).and_then(|c| c.try_into().ok()).ok_or_else(broken)?;
    let upper = coding.map(|b| b.to_ascii_uppercase());
    let known = CODINGS.iter().find(|(_, names)| names.contains(&&upper)).map(|(known, _)| *known);
    let known = known.ok_or_else(|| unknown(coding))?;
    let (width, height) = (field(4)?, field(8)?);
    // A height below zero says that the first row is the upper one.
    let rows = height.cast_signed().unsigned_abs();
    limits.admit_pixels(width, rows, 1)?;
    let depth = le16(body, 14).ok_or_else(broken)?;
    if width == 0 || rows == 0 || !matches!(depth, 1 | 2 | 4 | 8 | 12 | 15 | 16 | 24 | 32) {
        return Err(broken());
    }
    let given = body.get(40..).unwrap_or_default();
    let colours = if depth <= 8 { field(32)? } else { 0 };
    let (extra, units) = extra(known, given, (depth, colours), findings)?;
    // A palette is not counted as a part of the structure.
    let size = if matches!(known, Coding::Plain) { 40 } else { 40 + extra.len() };
    let mut out = u32::try_from(size).map_err(|_| broken())?.to_le_bytes().to_vec();
    out.extend_from_slice(slice(body, 4, 8).ok_or_else(broken)?);
    out.extend_from_slice(&[1, 0]);
    out.extend_from_slice(&depth.to_le_bytes());
    out.extend_from_slice(&coding);
    out.extend_from_slice(&field(20)?.to_le_bytes());
    // The print resolution; how many colours there are, and how many of them matter.
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&colours.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&extra);
    let is_still = matches!(known, Coding::Jpeg | Coding::Plain);
    Ok(Picture { body: out, units, width, height: rows, coding, is_still })
}

fn unknown(coding: [u8; 4]) -> Refusal {
    let name: String =
        coding.iter().map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '?' }).collect();
    let why = match &coding.map(|b| b.to_ascii_lowercase()) {
        b"dvsd" | b"dvhd" | b"dvsl" | b"dv25" | b"dv50" | b"cdvc" => {
            ": its pictures carry the time of recording"
        }
        _ => "",
    };
    Refusal::unsupported(format!("video coded as {name}{why}"))
}

/// What the coding needs besides, and how its pictures are cut.
fn extra(
    known: Coding,
    given: &[u8],
    (depth, colours): (u16, u32),
    findings: &mut Findings,
) -> Result<(Vec<u8>, Units), Refusal> {
    let clean = |units: Units| {
        let (clean, gone) = codec::clean(units, given).ok_or_else(broken)?;
        Ok::<_, Refusal>((clean, gone))
    };
    let (extra, gone, units) = match known {
        Coding::Avc if given.first() == Some(&1) => {
            let (clean, len) = codec::avc_config(given).ok_or_else(broken)?;
            (clean, 0, Units::Avc(len))
        }
        Coding::Avc => {
            let (clean, gone) = clean(Units::AvcStream)?;
            (clean, gone, Units::AvcStream)
        }
        Coding::Mpeg4 => {
            let (clean, gone) = clean(Units::Mpeg4)?;
            (clean, gone, Units::Mpeg4)
        }
        Coding::Vc1 => {
            // A byte in front that binds the head to the container.
            let bound = usize::from(given.first().is_some_and(|b| *b != 0));
            let (head, rest) = given.split_at_checked(bound).ok_or_else(broken)?;
            let (clean, gone) = codec::clean(Units::Vc1, rest).ok_or_else(broken)?;
            if !clean.starts_with(&[0, 0, 1, 0x0f]) || clean.len() > 256 {
                return Err(broken());
            }
            ([head, &clean].concat(), gone, Units::Vc1)
        }
        Coding::Jpeg => (Vec::new(), 0, Units::Jpeg),
        Coding::Whole(most) => {
            (given.get(..given.len().min(most)).unwrap_or_default().to_vec(), 0, Units::Whole)
        }
        Coding::Plain => (palette(given, depth, colours).ok_or_else(broken)?, 0, Units::Whole),
    };
    if gone > 0 {
        let detail = format!("{gone} bytes");
        findings.removed(Class::Software, "messages in the head of a coding", &detail);
    } else if given.iter().skip(extra.len()).any(|b| *b != 0) {
        findings.removed(Class::Trailing, "bytes behind the description of pictures", "");
    }
    Ok((extra, units))
}

/// The colours of pictures of few colours, their fourth byte zero.
fn palette(given: &[u8], depth: u16, colours: u32) -> Option<Vec<u8>> {
    if depth > 8 || given.is_empty() {
        return Some(Vec::new());
    }
    let all = 1usize << depth;
    let count = if colours == 0 { all } else { usize::try_from(colours).ok()?.min(all) };
    let mut out = given.get(..count.checked_mul(4)?)?.to_vec();
    out.iter_mut().skip(3).step_by(4).for_each(|spare| *spare = 0);
    Some(out)
}

/// The description of sound (a `WAVEFORMATEX`): the fields every coding has, and those of its own.
pub(crate) fn sound(body: &[u8], what: &str, findings: &mut Findings) -> Result<Sound, Refusal> {
    let broken = || Refusal::malformed("the description of the samples");
    let kind = le16(body, 0).ok_or_else(broken)?;
    let block = le16(body, 12).ok_or_else(broken)?;
    let rate = le32(body, 4).ok_or_else(broken)?;
    let said = usize::from(le16(body, 16).unwrap_or(0));
    let given = body.get(18..).unwrap_or_default();
    let len = match kind {
        // Plain numbers, numbers squeezed into eight bits, MPEG layer II, AC-3.
        1 | 3 | 6 | 7 | 0x50 | 0x2000 => 0,
        0x55 if said < 12 => 0,
        // Codes with a table.
        2 | 17 if said <= 64 => said,
        0x55 => 12,
        // Windows Media: voice, 1, 2, professional, lossless.
        0x0a => 46,
        0x160 => 4,
        0x161 => 10,
        0x162 | 0x163 => 18,
        0xfffe if is_plain(slice(given, 6, 16).unwrap_or_default()) => 22,
        _ => return Err(Refusal::unsupported(format!("{what} with the coding 0x{kind:04x}"))),
    };
    let mut head = slice(body, 0, 16).ok_or_else(broken)?.to_vec();
    let mut extra = given.get(..len).ok_or_else(broken)?.to_vec();
    if block == 0 || !(1..=64).contains(&le16(body, 2).ok_or_else(broken)?) {
        return Err(broken());
    }
    if matches!(kind, 1 | 3 | 6 | 7 | 0xfffe) {
        // The bytes of a second follow from the rest.
        let second = u64::from(rate).saturating_mul(block.into());
        let second = u32::try_from(second).map_err(|_| broken())?;
        head.get_mut(8..12).ok_or_else(broken)?.copy_from_slice(&second.to_le_bytes());
    }
    if kind == 0x55 && len > 0 {
        // Kind and flags have one value each; lengths and delay follow.
        extra.get_mut(..6).ok_or_else(broken)?.copy_from_slice(&[1, 0, 2, 0, 0, 0]);
    }
    if given.len() > len {
        findings.removed(Class::Trailing, "bytes behind the description", "");
    }
    Ok(Sound { block, head, extra })
}

impl Sound {
    /// The whole description, with the length of what is the coding's own.
    pub(crate) fn body(&self) -> Vec<u8> {
        let len = u16::try_from(self.extra.len()).unwrap_or(0).to_le_bytes();
        [self.head.as_slice(), &len, &self.extra].concat()
    }
}

/// Whether an extended description names one of the plain kinds.
pub(crate) fn is_plain(id: &[u8]) -> bool {
    let fixed = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
    matches!(le16(id, 0), Some(1 | 3 | 6 | 7)) && id.get(2..) == Some(fixed)
}

/// Whether a clean description of sound comes out as it went in.
pub(crate) fn is_clean_sound(body: &[u8]) -> bool {
    let mut findings = Findings::default();
    let again = sound(body, "sound", &mut findings).map(|sound| sound.body());
    findings.is_empty() && again.as_deref() == Ok(body)
}

/// Whether a clean description of pictures comes out as it went in.
pub(crate) fn is_clean_picture(body: &[u8]) -> Option<Units> {
    let mut findings = Findings::default();
    // Its size was admitted when it was read first.
    let limits = Limits { max_pixels: u64::MAX, ..Limits::default() };
    let again = picture(body, &limits, &mut findings).ok()?;
    (findings.is_empty() && again.body == body).then_some(again.units)
}

/// Text of two bytes a character, as far as the first zero.
pub(crate) fn wide(bytes: &[u8]) -> String {
    let mut from = Cursor::new(bytes);
    let units = std::iter::from_fn(|| from.le16().filter(|unit| *unit != 0));
    char::decode_utf16(units.take(400)).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Whether these four letters stand for samples without coding.
pub(crate) fn is_uncoded(coding: &[u8]) -> bool {
    let upper = coding.to_ascii_uppercase();
    let mut plain = CODINGS.iter().filter(|(known, _)| matches!(known, Coding::Plain));
    plain.any(|(_, names)| names.iter().any(|name| name.as_slice() == upper))
}
