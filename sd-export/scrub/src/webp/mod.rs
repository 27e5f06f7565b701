//! WebP: coded pictures, frames and the loop kept; every other chunk left out.
//!
//! ```text
//! RIFF --read--> canvas, profile, picture or frames, orientation
//!   VP8X [ICCP] (ANIM ANMF* | [ALPH] VP8 | VP8L) [EXIF: orientation] --> check
//! ```
//! A picture that needs no extras is written as one chunk, as the simple form has it.

mod check;
mod picture;

use crate::icc::Decision;
use crate::report::{Class, Findings};
use crate::riff::{self, Chunk, Chunks, Endian};
use crate::{Cleaned, Limits, Refusal, exif, icc, xmp};
use picture::Picture;

/// What was taken from the chunks.
#[derive(Default)]
struct Parts {
    canvas: Option<[u8; 6]>,
    profile: Option<Vec<u8>>,
    still: Picture,
    animation: Option<[u8; 6]>,
    frames: Vec<Frame>,
    orientation: Option<u16>,
}

/// One frame: where it stands and how it is shown, and its picture.
struct Frame {
    head: [u8; 16],
    picture: Picture,
}

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let form = riff::open(bytes, Endian::Little)?;
    if !form.rest.is_empty() {
        let detail = format!("{} bytes", form.rest.len());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    let parts = read(form.chunks, limits, &mut findings)?;
    let out = write(&parts, limits, &mut findings)?;
    check::check(&out)?;
    Ok((out, findings))
}

fn read(
    mut chunks: Chunks<'_>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Parts, Refusal> {
    let mut parts = Parts::default();
    while let Some(chunk) = chunks.next()? {
        note_padding(&chunk, findings);
        let body = chunk.body;
        match &chunk.kind {
            b"VP8X" if parts.canvas.is_none() => parts.canvas = Some(canvas(body, findings)?),
            b"ANIM" if parts.animation.is_none() => {
                let head = body.get(..6).and_then(|b| b.try_into().ok());
                parts.animation = Some(head.ok_or_else(|| Refusal::malformed("animation"))?);
                trail(&chunk, 6, findings);
            }
            b"ANMF" => parts.frames.push(frame(body, limits, findings)?),
            b"ICCP" if parts.profile.is_none() => {
                if let Decision::Rewritten(clean) =
                    icc::decide(body, 3, "ICCP colour profile", findings)
                {
                    parts.profile = Some(clean);
                }
            }
            b"EXIF" => {
                // Some writers put JPEG's mark in front.
                let tiff = body.strip_prefix(b"Exif\0\0").unwrap_or(body);
                parts.orientation = parts.orientation.or(exif::read(tiff, "EXIF", findings));
            }
            b"XMP " => xmp::note(body, "XMP", findings),
            _ if parts.still.take(&chunk, findings)? => {}
            _ => dropped(&chunk, findings),
        }
    }
    if !chunks.rest().is_empty() {
        findings.removed(Class::Trailing, "bytes between chunks", "");
    }
    Ok(parts)
}

fn note_padding(chunk: &Chunk<'_>, findings: &mut Findings) {
    if chunk.padded_with {
        let place = format!("the byte after chunk {}", chunk.name());
        findings.removed(Class::Trailing, place, "");
    }
}

/// Notes what a chunk holds beyond the bytes that have a meaning.
fn trail(chunk: &Chunk<'_>, used: usize, findings: &mut Findings) {
    if chunk.body.len() > used {
        let place = format!("bytes at the end of chunk {}", chunk.name());
        findings.removed(Class::Trailing, place, "");
    }
}

fn dropped(chunk: &Chunk<'_>, findings: &mut Findings) {
    let head = chunk.body.get(..chunk.body.len().min(40)).unwrap_or_default();
    let detail = crate::wording::foreign(head);
    let class = if chunk.kind == *b"C2PA" { Class::Identifier } else { Class::Unknown };
    findings.removed(class, format!("chunk {}", chunk.name()), &detail);
}

/// The size of the canvas as it is written; flags and spare bytes are made anew.
fn canvas(body: &[u8], findings: &mut Findings) -> Result<[u8; 6], Refusal> {
    let canvas = body.get(4..10).and_then(|b| b.try_into().ok());
    let spare = body.get(1..4).is_some_and(|spare| spare != [0; 3]);
    let flag = body.first().is_some_and(|flags| flags & 0xc1 != 0);
    if spare || flag || body.len() > 10 {
        findings.removed(Class::HiddenContent, "spare bytes of chunk VP8X", "");
    }
    canvas.ok_or_else(|| Refusal::malformed("the size of the canvas"))
}

fn frame(body: &[u8], limits: &Limits, findings: &mut Findings) -> Result<Frame, Refusal> {
    let broken = || Refusal::malformed("a frame");
    let (head, rest) = body.split_at_checked(16).ok_or_else(broken)?;
    let mut head: [u8; 16] = head.try_into().map_err(|_| broken())?;
    if let Some(flags) = head.last_mut() {
        if *flags & 0xfc != 0 {
            findings.removed(Class::HiddenContent, "spare flags of a frame", "");
        }
        *flags &= 3;
    }
    let mut picture = Picture::default();
    let mut chunks = Chunks::new(rest, Endian::Little);
    while let Some(chunk) = chunks.next()? {
        note_padding(&chunk, findings);
        if !picture.take(&chunk, findings)? {
            dropped(&chunk, findings);
        }
    }
    if !chunks.rest().is_empty() {
        findings.removed(Class::Trailing, "bytes between chunks", "");
    }
    picture.admit(limits)?;
    Ok(Frame { head, picture })
}

fn write(parts: &Parts, limits: &Limits, findings: &mut Findings) -> Result<Vec<u8>, Refusal> {
    let mut body = b"WEBP".to_vec();
    let mut chunk = |kind, parts: &[&[u8]]| riff::write(&mut body, kind, parts, Endian::Little);
    let turn = parts.orientation.filter(|turn| *turn != 1);
    let animated = !parts.frames.is_empty();
    if !animated {
        parts.still.admit(limits)?;
    }
    let alpha = parts.still.alpha() || parts.frames.iter().any(|f| f.picture.alpha());
    let extras = animated || turn.is_some() || parts.profile.is_some();
    if extras || parts.still.needs_canvas() {
        let canvas = match (parts.canvas, animated) {
            (Some(canvas), true) => canvas,
            (None, true) => return Err(Refusal::malformed("an animation without a canvas")),
            (_, false) => parts.still.canvas()?,
        };
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(parts.profile.is_some(), 0x20)
            | flag(alpha, 0x10)
            | flag(turn.is_some(), 8)
            | flag(animated, 2);
        chunk(*b"VP8X", &[&[flags, 0, 0, 0], &canvas])?;
    }
    if let Some(profile) = &parts.profile {
        chunk(*b"ICCP", &[profile])?;
    }
    if animated {
        let head = parts.animation.ok_or_else(|| Refusal::malformed("animation"))?;
        chunk(*b"ANIM", &[&head])?;
        for frame in &parts.frames {
            let mut inner = frame.head.to_vec();
            frame.picture.write(&mut inner)?;
            chunk(*b"ANMF", &[&inner])?;
        }
        if !parts.still.is_empty() {
            findings.removed(Class::HiddenContent, "a picture beside the animation", "");
        }
    } else {
        parts.still.write(&mut body)?;
    }
    if let Some(turn) = turn {
        let why = "viewers turn the picture by it; it is all that is left of the EXIF block";
        findings.kept(Class::Device, "orientation", &turn.to_string(), why);
        riff::write(&mut body, *b"EXIF", &[&exif::orientation_only(turn)], Endian::Little)?;
    }
    let mut out = Vec::new();
    riff::write(&mut out, *b"RIFF", &[&body], Endian::Little)?;
    Ok(out)
}
