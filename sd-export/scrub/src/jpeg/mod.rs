//! JPEG: the coded picture is kept to the bit, everything around it is written anew.
//!
//! ```text
//! markers --walk--> frame, tables in use, scans (each code read to its last bit)
//!                        |
//!   SOI [JFIF] [EXIF: orientation] [ICC] [Adobe] (DQT) SOF (DQT DRI DHT SOS scan)* EOI --> check
//! ```
//!
//! Every scan is followed code by code, so bytes after the last block, bits in the padding and
//! tables nobody uses are known for what they are and left out.

mod app;
mod blocks;
mod check;
mod entropy;
mod frame;
mod huffman;
mod scan;
mod stuffing;
mod tables;
mod walk;

use std::borrow::Cow;

use crate::icc::Decision;
use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::{Limits, Refusal, exif, icc};

/// The only JFIF header that is written: version 1.01, square pixels, no thumbnail.
pub(crate) const JFIF: &[u8] = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
const EXIF: &[u8] = b"Exif\0\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
/// Most bytes of a profile in one segment.
const ICC_CHUNK: usize = 65_519;

/// The Adobe marker with a colour transform and nothing else.
fn adobe(transform: u8) -> Vec<u8> {
    let mut out = b"Adobe\0\x64\0\0\0\0".to_vec();
    out.push(transform);
    out
}

/// What surrounds the coded picture and has a meaning for its looks.
#[derive(Debug, Default)]
struct Meaning {
    jfif: bool,
    adobe: Option<u8>,
    orientation: Option<u16>,
    icc: Vec<(u8, Vec<u8>)>,
}

/// A JPEG that stands inside a document: its size and its number of colours.
#[derive(Debug)]
pub(crate) struct Embedded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colours: u8,
    pub(crate) findings: Findings,
}

/// Writes a picture file anew; the coded data are those of `bytes`.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut walked = walk::walk(bytes, limits)?;
    let profile = profile(&walked.meaning, walked.colours, &mut walked.findings);
    let out = enclosed(walked.body, &walked.meaning, profile.as_deref())?;
    if let Some(turn) = walked.meaning.orientation.filter(|turn| *turn != 1) {
        let why = "viewers turn the picture by it; it is all that is left of the EXIF block";
        walked.findings.kept(Class::Device, "orientation", &turn.to_string(), why);
    }
    check::check(&out)?;
    Ok((out, walked.findings))
}

/// Writes a picture inside a document anew. The document says how it is turned and coloured, so
/// neither orientation nor profile is kept.
pub(crate) fn scrub_embedded(bytes: &[u8], limits: &Limits) -> Result<Embedded, Refusal> {
    let mut walked = walk::walk(bytes, limits)?;
    if !walked.meaning.icc.is_empty() {
        walked.findings.removed(Class::Color, "colour profile inside a document's picture", "");
    }
    let meaning = Meaning { orientation: None, icc: Vec::new(), ..walked.meaning };
    let out = enclosed(walked.body, &meaning, None)?;
    check::check(&out)?;
    let walk::Walked { width, height, colours, findings, .. } = walked;
    Ok(Embedded { bytes: out.into_vec(), width, height, colours, findings })
}

/// The second reader, for pictures inside documents.
pub(crate) fn check_embedded(bytes: &[u8]) -> Result<(), Refusal> {
    let mut whole = Rope::default();
    whole.push(Cow::Borrowed(bytes));
    check::check(&whole)
}

/// The whole picture: tables, frame and scans with what goes around them.
fn enclosed<'a>(
    body: Rope<'a>,
    meaning: &Meaning,
    profile: Option<&[u8]>,
) -> Result<Rope<'a>, Refusal> {
    let mut head = vec![0xff, 0xd8];
    around(&mut head, meaning, profile)?;
    let mut out = Rope::from(head);
    out.append(body);
    out.push(Cow::Borrowed(&[0xff, 0xd9]));
    Ok(out)
}

/// The segments that go before the tables.
fn around(out: &mut Vec<u8>, meaning: &Meaning, profile: Option<&[u8]>) -> Result<(), Refusal> {
    if meaning.jfif {
        segment(out, 0xe0, &[JFIF])?;
    }
    if let Some(turn) = meaning.orientation.filter(|turn| *turn != 1) {
        segment(out, 0xe1, &[EXIF, &exif::orientation_only(turn)])?;
    }
    let chunks: Vec<&[u8]> = profile.unwrap_or_default().chunks(ICC_CHUNK).collect();
    let total =
        u8::try_from(chunks.len()).map_err(|_| Refusal::malformed("colour profile size"))?;
    for (number, chunk) in (1..=total).zip(chunks) {
        segment(out, 0xe2, &[ICC, &[number, total], chunk])?;
    }
    if let Some(transform) = meaning.adobe {
        segment(out, 0xee, &[&adobe(transform)])?;
    }
    Ok(())
}

/// Writes one marker segment.
fn segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) -> Result<(), Refusal> {
    let len = parts.iter().fold(2usize, |sum, part| sum.saturating_add(part.len()));
    let len = u16::try_from(len).map_err(|_| Refusal::malformed("segment length"))?;
    out.extend_from_slice(&[0xff, marker]);
    out.extend_from_slice(&len.to_be_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(())
}

/// The profile to write, put together from its segments in their order.
fn profile(meaning: &Meaning, colours: u8, findings: &mut Findings) -> Option<Vec<u8>> {
    if meaning.icc.is_empty() {
        return None;
    }
    let mut chunks: Vec<&(u8, Vec<u8>)> = meaning.icc.iter().collect();
    chunks.sort_by_key(|(number, _)| *number);
    let whole: Vec<u8> = chunks.iter().flat_map(|(_, chunk)| chunk.iter().copied()).collect();
    match icc::decide(&whole, colours, "APP2 colour profile", findings) {
        Decision::Drop => None,
        Decision::Rewritten(clean) => Some(clean),
    }
}
