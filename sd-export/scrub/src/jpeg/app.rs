//! Application segments: named for the report, reduced to their meaning, never copied.

use super::{EXIF, ICC, JFIF, Meaning};
use crate::bytes::find;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{exif, iptc, xmp};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const XMP_MORE: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// Takes the meaning out of an application segment and notes the rest.
pub(super) fn take(marker: u8, body: &[u8], meaning: &mut Meaning, findings: &mut Findings) {
    match marker {
        0xe0 if body.starts_with(b"JFIF\0") => jfif(body, meaning, findings),
        0xe0 if body.starts_with(b"JFXX\0") => {
            findings.removed(Class::Thumbnail, "APP0 JFXX thumbnail", "");
        }
        0xe1 if body.starts_with(EXIF) => {
            let block = body.get(EXIF.len()..).unwrap_or_default();
            let turn = exif::read(block, "APP1 EXIF", findings);
            meaning.orientation = meaning.orientation.or(turn);
        }
        0xe1 if body.starts_with(XMP) => {
            xmp::note(body.get(XMP.len()..).unwrap_or_default(), "APP1 XMP", findings);
        }
        0xe1 if body.starts_with(XMP_MORE) => {
            xmp::note(
                body.get(XMP_MORE.len()..).unwrap_or_default(),
                "APP1 extended XMP",
                findings,
            );
        }
        0xe2 if body.starts_with(ICC) => profile_part(body, meaning, findings),
        0xed if body.starts_with(PHOTOSHOP) => {
            let block = body.get(PHOTOSHOP.len()..).unwrap_or_default();
            iptc::note_photoshop(block, "APP13 Photoshop", findings);
        }
        0xee if body.starts_with(b"Adobe") && body.len() >= 12 => adobe(body, meaning, findings),
        _ => other(marker, body, findings),
    }
}

fn jfif(body: &[u8], meaning: &mut Meaning, findings: &mut Findings) {
    meaning.jfif = true;
    if body.len() > JFIF.len() {
        findings.removed(Class::Thumbnail, "APP0 JFIF thumbnail", "");
    }
    if body.get(7..12) != JFIF.get(7..12) {
        let detail = format!("{:?}", body.get(7..12).unwrap_or_default());
        findings.removed(Class::Device, "APP0 JFIF print resolution", &detail);
    }
}

fn adobe(body: &[u8], meaning: &mut Meaning, findings: &mut Findings) {
    let transform = body.get(11).copied().unwrap_or(0);
    if transform <= 2 {
        meaning.adobe = meaning.adobe.or(Some(transform));
    } else {
        findings.removed(Class::Unknown, "APP14 Adobe with an unknown transform", "");
    }
    if body != super::adobe(transform) {
        findings.removed(Class::Software, "APP14 Adobe version and flags", "");
    }
}

fn profile_part(body: &[u8], meaning: &mut Meaning, findings: &mut Findings) {
    let number = body.get(ICC.len()).copied().unwrap_or(0);
    let chunk = body.get(ICC.len().saturating_add(2)..).unwrap_or_default();
    if meaning.icc.iter().any(|(n, _)| *n == number) {
        findings.removed(Class::Color, "APP2 second colour profile", "");
    } else {
        meaning.icc.push((number, chunk.to_vec()));
    }
}

fn other(marker: u8, body: &[u8], findings: &mut Findings) {
    const KNOWN: &[(u8, &[u8], Class, &str)] = &[
        (0xe2, b"MPF\0", Class::Thumbnail, "further pictures (MPF)"),
        (0xe2, b"FPXR\0", Class::Unknown, "FlashPix"),
        (0xeb, b"JP", Class::Identifier, "C2PA provenance"),
        (0xe4, b"QVCI", Class::Device, "camera data"),
        (0xec, b"Ducky", Class::Software, "Ducky (Photoshop, save for web)"),
        (0xe3, b"Meta\0", Class::Device, "Kodak meta"),
    ];
    let number = marker.wrapping_sub(0xe0);
    let known = KNOWN.iter().find(|(m, start, ..)| *m == marker && body.starts_with(start));
    let (class, name) =
        known.map_or((Class::Unknown, "unknown"), |(_, _, class, name)| (*class, name));
    let head = foreign(body.get(..body.len().min(40)).unwrap_or_default());
    findings.removed(class, format!("APP{number} {name}"), &head);
}

/// Notes what stands after the end of the picture.
pub(super) fn trailer(rest: &[u8], findings: &mut Findings) {
    if rest.is_empty() {
        return;
    }
    let detail = format!("{} bytes", rest.len());
    let place = if find(rest, b"ftyp").is_some() {
        "a video after the end (motion photo)"
    } else if find(rest, &[0xff, 0xd8, 0xff]).is_some() {
        "another picture after the end"
    } else {
        "bytes after the end"
    };
    findings.removed(Class::Trailing, place, &detail);
}
