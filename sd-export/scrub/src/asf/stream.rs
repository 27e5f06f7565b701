//! Streams: the coding, the head it needs, and how its data are spread.

use super::id;
use crate::bytes::{Cursor, le16, le32, slice};
use crate::codec::Units;
use crate::msmedia;
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// A stream that is kept.
pub(super) struct Stream {
    /// Its number in the original.
    pub(super) number: u8,
    pub(super) units: Units,
    pub(super) is_picture: bool,
    /// Its first time, in units of 100 nanoseconds.
    pub(super) offset: u64,
    /// What is particular to pictures or to sound, written anew.
    pub(super) format: Vec<u8>,
    /// How blocks of sound are spread over packets: span, packet, chunk.
    pub(super) spread: Option<[u8; 5]>,
    /// Bits a second.
    pub(super) rate: Option<u32>,
    /// Width and height of a pixel; zero where they are not said.
    pub(super) shape: (u32, u32),
    pub(super) more: Option<More>,
}

/// What the extension says of a stream: sizes of buffers, flags, the time of a picture.
pub(super) struct More {
    pub(super) sizes: [u32; 7],
    pub(super) flags: u32,
    pub(super) tick: u64,
}

fn broken() -> Refusal {
    Refusal::malformed("a stream")
}

/// Its number, and the stream if it is of pictures or sound.
pub(super) fn read(
    body: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<(u8, Option<Stream>), Refusal> {
    let mut from = Cursor::new(body);
    let mut next = || from.take(16);
    let (kind, order) = (next().ok_or_else(broken)?, next().ok_or_else(broken)?);
    let offset = from.le64().ok_or_else(broken)?;
    let (len, extra) = (from.le32().ok_or_else(broken)?, from.le32().ok_or_else(broken)?);
    let flags = from.le16().ok_or_else(broken)?;
    from.le32().ok_or_else(broken)?;
    let mut part = |len: u32| from.take(usize::try_from(len).ok()?);
    let (format, extra) = (part(len).ok_or_else(broken)?, part(extra).ok_or_else(broken)?);
    let number = flags.to_le_bytes()[0] & 0x7f;
    if flags & 0x8000 != 0 {
        return Err(Refusal::Encrypted);
    }
    let is_picture = *kind == id::PICTURES;
    if !is_picture && *kind != id::SOUND {
        let what = if *kind == id::COMMAND_STREAM { "commands" } else { "another kind" };
        findings.removed(Class::HiddenContent, format!("stream of {what}"), "");
        return Ok((number, None));
    }
    let (format, units) = if is_picture {
        pictures(format, limits, findings)?
    } else {
        (msmedia::sound(format, "Windows Media sound", findings)?.body(), Units::Whole)
    };
    let spread = if *order == id::SPREAD {
        Some(slice(extra, 0, 5).and_then(|s| s.try_into().ok()).ok_or_else(broken)?)
    } else if *order == id::IN_ORDER {
        None
    } else {
        return Err(Refusal::unsupported("a stream whose data are mixed in another way"));
    };
    let stream = Stream {
        number,
        units,
        is_picture,
        offset,
        format,
        spread,
        rate: None,
        shape: (0, 0),
        more: None,
    };
    Ok((number, Some(stream)))
}

/// Sides, a flag, a length and the description that AVI has too.
fn pictures(
    format: &[u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<(Vec<u8>, Units), Refusal> {
    let len = usize::from(le16(format, 9).ok_or_else(broken)?);
    let inner = slice(format, 11, len).ok_or_else(broken)?;
    if format.len() > len.saturating_add(11) {
        findings.removed(Class::Trailing, "bytes behind the description", "");
    }
    let picture = msmedia::picture(inner, limits, findings)?;
    if !matches!(picture.units, Units::Whole | Units::Vc1) {
        // Their pictures would have to be cut anew, and no such file was met.
        let name = crate::wording::foreign(&picture.coding);
        let what = format!("video coded as {name} in a Windows Media file");
        return Err(Refusal::unsupported(what));
    }
    Ok((framed(&picture.body, picture.width, picture.height).ok_or_else(broken)?, picture.units))
}

/// The description of pictures behind what this format wants before it.
fn framed(description: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let len = u16::try_from(description.len()).ok()?;
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    Some([sides.as_slice(), &[2], &len.to_le_bytes(), description].concat())
}

/// How pictures are cut, if their description comes out as it went in.
pub(super) fn is_clean_picture(format: &[u8]) -> Option<Units> {
    let description = format.get(11..)?;
    let units = msmedia::is_clean_picture(description)?;
    let rows = le32(description, 8)?.cast_signed().unsigned_abs();
    let again = framed(description, le32(description, 4)?, rows)?;
    (again == format).then_some(units)
}

impl More {
    /// The number of the stream, and what is said of it.
    pub(super) fn read(body: &[u8], findings: &mut Findings) -> Option<(u16, Self)> {
        let mut from = Cursor::new(body);
        from.take(16)?;
        let mut sizes = [0; 7];
        for size in &mut sizes {
            *size = from.le32()?;
        }
        let flags = from.le32()? & 7;
        let number = from.le16()?;
        from.le16()?;
        let tick = from.le64()?;
        let (names, systems) = (from.le16()?, from.le16()?);
        for _ in 0..names {
            from.le16()?;
            let len = from.le16()?;
            let name = msmedia::wide(from.take(len.into())?);
            findings.removed(Class::Comment, "name of a stream", &name);
        }
        if systems > 0 {
            let detail = format!("{systems} kinds");
            findings.removed(Class::Unknown, "data beside each payload of a stream", &detail);
        }
        Some((number, Self { sizes, flags, tick }))
    }
}
