//! JPEG XL: the coded picture or animation; nothing else.
//!
//! ```text
//! coded stream, or boxes around it --walk headers and tables--> where its last frame ends
//!   the coded stream alone (in two boxes where it says its level) --> check: once more, in one go
//! ```
//! The coded stream is not decoded. Its headers say what is in it and how long each part is, so that
//! bytes behind the last frame are found; bytes inside a part that no decoder reads are not.

mod stream;

use crate::bmff::{self, Box};
use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Cleaned, Limits, Refusal};

/// What stands in front of boxes, their kind included.
const FRONT: &[u8] = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ";
/// The level that a coded stream has without saying so.
const LEVEL: u8 = 5;

/// The coded stream and its level.
struct Picture {
    coded: Vec<u8>,
    level: u8,
}

/// Writes a picture anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut picture = if bytes.starts_with(b"\xff\x0a") {
        Picture { coded: bytes.to_vec(), level: LEVEL }
    } else {
        unpack(bytes, &mut findings)?
    };
    let end = stream::walk(&picture.coded, limits, &mut findings)?;
    let rest = picture.coded.get(end..).unwrap_or_default();
    if !rest.is_empty() {
        let detail = foreign(rest.get(..rest.len().min(60)).unwrap_or_default());
        findings.removed(Class::Trailing, "bytes after the last frame", &detail);
    }
    picture.coded.truncate(end);
    let out = write(picture)?;
    check(&out)?;
    Ok((out, findings))
}

/// Takes the coded stream out of its boxes.
fn unpack(bytes: &[u8], findings: &mut Findings) -> Result<Picture, Refusal> {
    let mut picture = Picture { coded: Vec::new(), level: LEVEL };
    // How many parts there were, and whether the last one was.
    let mut parts = 0u32;
    let mut is_whole = false;
    let order = || Refusal::malformed("the order of the coded stream's parts");
    for found in bmff::boxes(bytes)? {
        match &found.kind {
            b"JXL " | b"ftyp" => {}
            b"jxll" => match found.body {
                [level @ (5 | 10)] => picture.level = *level,
                _ => return Err(Refusal::malformed("the level")),
            },
            b"jxlc" if parts == 0 && !is_whole => {
                picture.coded = found.body.to_vec();
                is_whole = true;
            }
            b"jxlp" if !is_whole => {
                let mut from = Cursor::new(found.body);
                let number = from.be32().ok_or_else(order)?;
                if number & 0x7fff_ffff != parts {
                    return Err(order());
                }
                parts = parts.checked_add(1).ok_or_else(order)?;
                is_whole = number & 0x8000_0000 != 0;
                picture.coded.extend_from_slice(from.rest());
            }
            b"jxlc" | b"jxlp" => return Err(order()),
            _ => dropped(&found, findings),
        }
    }
    if is_whole { Ok(picture) } else { Err(Refusal::malformed("no coded picture in the file")) }
}

/// Names a box that is dropped.
fn dropped(found: &Box<'_>, findings: &mut Findings) {
    let body = found.body;
    match &found.kind {
        b"Exif" => {
            // Four bytes say where the block starts.
            let _turn = crate::exif::read(body.get(4..).unwrap_or_default(), "EXIF", findings);
        }
        b"xml " => crate::xmp::note(body, "XMP", findings),
        b"brob" => {
            let inner = body.get(..4).unwrap_or_default();
            let class = match inner {
                b"Exif" => Class::Device,
                b"xml " => Class::Comment,
                b"jumb" => Class::Identifier,
                _ => Class::Unknown,
            };
            findings.removed(class, format!("compressed box {}", foreign(inner)), "");
        }
        b"jbrd" => {
            let detail =
                "the JPEG this was made from cannot be made again; the picture is the same";
            findings.removed(
                Class::HiddenContent,
                "data to restore a JPEG with its metadata",
                detail,
            );
        }
        b"jhgm" => {
            findings.removed(Class::HiddenContent, "gain map: HDR screens show less", "");
        }
        // Where frames start: made for the file as it was.
        b"jxli" => {}
        _ => bmff::dropped(found, "", findings),
    }
}

fn write(picture: Picture) -> Result<Vec<u8>, Refusal> {
    if picture.level == LEVEL {
        return Ok(picture.coded);
    }
    let mut out = FRONT.to_vec();
    bmff::write(&mut out, *b"jxll", &[&[picture.level]])?;
    bmff::write(&mut out, *b"jxlc", &[&picture.coded])?;
    Ok(out)
}

/// The second reader: nothing around the coded stream but what is written here, and each byte of it
/// in a part that its tables name.
fn check(clean: &[u8]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("JPEG XL: bytes that are not on the list");
    let coded = match clean.strip_prefix(FRONT) {
        None => clean,
        Some(rest) => {
            let mut from = Cursor::new(rest);
            let level = from.take(9) == Some(b"\0\0\0\x09jxll\x0a");
            let len = from.be32().and_then(|len| usize::try_from(len).ok());
            let named = from.take(4) == Some(b"jxlc");
            if !level || !named || len != from.rest().len().checked_add(8) {
                return Err(fault());
            }
            from.rest()
        }
    };
    stream::ends_with_its_frames(coded).then_some(()).ok_or_else(fault)
}
