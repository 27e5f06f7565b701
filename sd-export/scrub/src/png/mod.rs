//! PNG and APNG: every pixel kept, every other byte written anew.
//!
//! ```text
//! chunks --read--> header, palette, colour, pixel data of each frame
//!                      |                        | inflate, unfilter, exact length
//!                      |                        | spare bits cleared, filter, deflate
//!                      '------ fixed order -----'--> clean file --> check
//! ```

mod check;
mod chunks;
mod filter;
mod frames;
mod header;
mod notes;
mod rows;

use crate::icc::Decision;
use crate::report::{Class, Findings};
use crate::{Cleaned, Limits, Refusal, deflate, exif, icc};
pub(crate) use filter::{filter_rows, unfilter_rows};

use chunks::{Chunk, Chunks, SIGNATURE, write_chunk};
use frames::{Animation, Frame};
use header::Header;

/// The name every profile gets.
const PROFILE_NAME: &[u8] = b"Colours\0\0";

/// What was taken from the chunks.
#[derive(Default)]
struct Parts {
    palette: Option<Vec<u8>>,
    transparency: Option<Vec<u8>>,
    background: Option<Vec<u8>>,
    /// Small colour chunks in the order they are written.
    colour: Vec<([u8; 4], Vec<u8>)>,
    profile: Option<Vec<u8>>,
    orientation: Option<u16>,
    data: Vec<u8>,
    animation: Animation,
}

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut chunks = Chunks::new(bytes)?;
    let first = chunks.next()?.ok_or_else(|| Refusal::malformed("no header chunk"))?;
    let header = Header::read(&first, limits)?;
    let mut parts = read(&mut chunks, &header, limits, &mut findings)?;
    if !chunks.rest().is_empty() {
        let detail = format!("{} bytes", chunks.rest().len());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    let out = write(&header, &mut parts, limits, &mut findings)?;
    check::check(&out, limits)?;
    Ok((out, findings))
}

fn read(
    chunks: &mut Chunks<'_>,
    header: &Header,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Parts, Refusal> {
    let mut parts = Parts::default();
    let mut before = *b"IHDR";
    loop {
        let Some(chunk) = chunks.next()? else {
            return Err(Refusal::malformed("the file ends before its end chunk"));
        };
        match &chunk.kind {
            b"IEND" => {
                if !chunk.body.is_empty() {
                    findings.removed(Class::Trailing, "bytes in the end chunk", "");
                }
                return Ok(parts);
            }
            b"IDAT" => {
                chunk.verify()?;
                if !parts.data.is_empty() && before != *b"IDAT" {
                    return Err(Refusal::malformed("picture data in two places"));
                }
                parts.data.extend_from_slice(chunk.body);
            }
            b"acTL" | b"fcTL" | b"fdAT" => {
                chunk.verify()?;
                let started = !parts.data.is_empty();
                parts.animation.take(&chunk, header, started, limits, findings)?;
            }
            _ => take(&chunk, header, &mut parts, findings)?,
        }
        before = chunk.kind;
    }
}

/// Takes a chunk that is neither pixel data nor animation.
fn take(
    chunk: &Chunk<'_>,
    header: &Header,
    parts: &mut Parts,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    let body = chunk.body;
    match &chunk.kind {
        b"PLTE" if parts.palette.is_none() && header.has_palette() => {
            chunk.verify()?;
            if body.is_empty() || body.len() > 768 || !body.len().is_multiple_of(3) {
                return Err(Refusal::malformed("palette"));
            }
            parts.palette = Some(body.to_vec());
        }
        b"tRNS" if parts.transparency.is_none() => {
            chunk.verify()?;
            let entries = parts.palette.as_ref().map_or(0, |p| p.len() / 3);
            if !header.admits_transparency(body.len(), entries) {
                return Err(Refusal::malformed("transparency"));
            }
            parts.transparency = Some(body.to_vec());
        }
        b"bKGD" if parts.background.is_none() && header.admits_background(body) => {
            parts.background = Some(body.to_vec());
        }
        b"gAMA" | b"cHRM" | b"sRGB" | b"cICP" | b"sBIT" if header.admits_colour(chunk) => {
            if parts.colour.iter().all(|(kind, _)| *kind != chunk.kind) {
                notes::colour(chunk, findings);
                parts.colour.push((chunk.kind, body.to_vec()));
            }
        }
        b"iCCP" if parts.profile.is_none() => {
            parts.profile = profile(body, header, findings);
        }
        b"eXIf" => parts.orientation = exif::read(body, "eXIf", findings).or(parts.orientation),
        _ => notes::dropped(chunk, findings)?,
    }
    Ok(())
}

fn profile(body: &[u8], header: &Header, findings: &mut Findings) -> Option<Vec<u8>> {
    let end = body.iter().position(|b| *b == 0)?;
    let packed = body.get(end.checked_add(2)?..)?;
    let Ok(inflated) = deflate::inflate(packed, 16 << 20) else {
        findings.removed(Class::Color, "iCCP profile that cannot be read", "");
        return None;
    };
    let channels = if header.is_gray() { 1 } else { 3 };
    match icc::decide(&inflated.data, channels, "iCCP colour profile", findings) {
        Decision::Drop => None,
        Decision::Rewritten(clean) => Some(clean),
    }
}

fn write(
    header: &Header,
    parts: &mut Parts,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Vec<u8>, Refusal> {
    let mut uses = rows::Uses::default();
    let still = Frame::whole(header, std::mem::take(&mut parts.data));
    let still_packed = still.repack(header, limits, &mut uses, findings)?;
    let frames = parts.animation.repack(header, limits, &mut uses, findings)?;
    tidy_palette(header, parts, &uses, findings)?;
    if uses.colour_under_transparency {
        let why = "it is part of the pixels; an editor that fills transparent areas removes it";
        findings.kept(Class::HiddenContent, "colours under fully transparent pixels", "", why);
    }
    let mut out = SIGNATURE.to_vec();
    before_data(&mut out, header, parts, findings)?;
    parts.animation.write(&mut out, &still_packed, &frames)?;
    write_chunk(&mut out, *b"IEND", &[])?;
    Ok(out)
}

/// The chunks before the pixels, in their fixed order.
fn before_data(
    out: &mut Vec<u8>,
    header: &Header,
    parts: &Parts,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    write_chunk(out, *b"IHDR", &header.bytes())?;
    for order in [b"cICP", b"gAMA", b"cHRM", b"sRGB", b"sBIT"] {
        for (kind, body) in parts.colour.iter().filter(|(kind, _)| kind == order) {
            write_chunk(out, *kind, body)?;
        }
    }
    if let Some(profile) = &parts.profile {
        let body = [PROFILE_NAME, &deflate::deflate(profile)].concat();
        write_chunk(out, *b"iCCP", &body)?;
    }
    if let Some(turn) = parts.orientation.filter(|turn| *turn != 1) {
        let why = "viewers turn the picture by it; it is all that is left of the EXIF block";
        findings.kept(Class::Device, "orientation", &turn.to_string(), why);
        write_chunk(out, *b"eXIf", &exif::orientation_only(turn))?;
    }
    for (kind, body) in
        [(*b"PLTE", &parts.palette), (*b"tRNS", &parts.transparency), (*b"bKGD", &parts.background)]
    {
        if let Some(body) = body {
            write_chunk(out, kind, body)?;
        }
    }
    Ok(())
}

/// Palette entries that no pixel uses can hold anything; they become black.
fn tidy_palette(
    header: &Header,
    parts: &mut Parts,
    uses: &rows::Uses,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    if !header.has_palette() {
        return Ok(());
    }
    let palette = parts.palette.as_mut().ok_or_else(|| Refusal::malformed("palette"))?;
    let background = parts.background.as_ref().and_then(|b| b.first()).copied();
    if uses.largest_index().is_some_and(|index| usize::from(index) >= palette.len() / 3) {
        return Err(Refusal::malformed("a pixel outside the palette"));
    }
    let mut cleared = 0usize;
    for (index, entry) in (0u8..=255).zip(palette.chunks_exact_mut(3)) {
        if !uses.index(index) && background != Some(index) && *entry != [0; 3] {
            entry.fill(0);
            cleared = cleared.saturating_add(1);
        }
    }
    for (index, alpha) in (0u8..=255).zip(parts.transparency.iter_mut().flatten()) {
        if !uses.index(index) && background != Some(index) {
            *alpha = 255;
        }
    }
    if cleared > 0 {
        let detail = cleared.to_string();
        findings.removed(Class::HiddenContent, "palette entries that no pixel uses", &detail);
    }
    Ok(())
}
