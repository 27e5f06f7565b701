//! The second reader: takes a clean picture apart by its own small grammar and compares the
//! shape of each chunk with what may stand there.

use super::PROFILE_NAME;
use super::chunks::{Chunk, Chunks};
use super::header::Header;
use super::rows;
use crate::bytes::be32;
use crate::deflate::{self, Inflater};
use crate::{Limits, Refusal, exif, icc};

/// The order in which chunks may follow each other.
const ORDER: [&[u8; 4]; 15] = [
    b"IHDR", b"cICP", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"iCCP", b"eXIf", b"PLTE", b"tRNS",
    b"bKGD", b"acTL", b"fcTL", b"IDAT", b"IEND",
];

/// Checks that a clean picture holds nothing but what the list names.
pub(super) fn check(clean: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut chunks = Chunks::new(clean)?;
    let first = chunks.next()?.ok_or_else(|| fault("no header"))?;
    let header = Header::read(&first, limits)?;
    let mut last = rank(first.kind)?;
    let mut size = (header.width, header.height);
    while let Some(chunk) = chunks.next()? {
        chunk.verify().map_err(|_| fault("a checksum"))?;
        let rank = rank(chunk.kind)?;
        let animated = matches!(&chunk.kind, b"fcTL" | b"fdAT" | b"IDAT");
        if rank < last || (rank == last && !animated) {
            return Err(fault("chunks out of order"));
        }
        // Frames follow each other; everything else stands once, in order.
        last = if animated { rank.min(12) } else { rank };
        if chunk.kind == *b"fcTL" {
            let length = |at| be32(chunk.body, at).ok_or_else(|| fault("a frame"));
            size = (length(4)?, length(8)?);
        }
        content(&chunk, &header, size)?;
    }
    if last != 14 {
        return Err(fault("no end"));
    }
    Ok(())
}

fn fault(what: &str) -> Refusal {
    Refusal::not_clean(format!("PNG: {what}"))
}

fn rank(kind: [u8; 4]) -> Result<usize, Refusal> {
    let kind = if kind == *b"fdAT" { *b"IDAT" } else { kind };
    ORDER.iter().position(|known| **known == kind).ok_or_else(|| fault("an unknown chunk"))
}

fn content(chunk: &Chunk<'_>, header: &Header, size: (u32, u32)) -> Result<(), Refusal> {
    let body = chunk.body;
    let fits = match &chunk.kind {
        b"IDAT" => return pixels(body, header, size),
        b"fdAT" => return pixels(body.get(4..).unwrap_or_default(), header, size),
        b"iCCP" => profile(body, header),
        b"eXIf" => exif::is_orientation_only(body),
        b"PLTE" => header.has_palette() && body.len().is_multiple_of(3) && body.len() <= 768,
        b"tRNS" => header.admits_transparency(body.len(), 256),
        b"bKGD" => header.admits_background(body),
        b"acTL" => body.len() == 8,
        b"fcTL" => body.len() == 26,
        b"IEND" => body.is_empty(),
        _ => header.admits_colour(chunk),
    };
    if fits { Ok(()) } else { Err(fault(&format!("chunk {}", chunk.name()))) }
}

fn profile(body: &[u8], header: &Header) -> bool {
    let Some(packed) = body.strip_prefix(PROFILE_NAME) else {
        return false;
    };
    let channels = if header.is_gray() { 1 } else { 3 };
    deflate::inflate(packed, 16 << 20).is_ok_and(|inflated| {
        inflated.ended
            && inflated.used == packed.len()
            && icc::is_canonical(&inflated.data, channels)
    })
}

/// The compressed data are one whole stream of exactly the pixels.
fn pixels(packed: &[u8], header: &Header, (width, height): (u32, u32)) -> Result<(), Refusal> {
    let len = rows::data_len(header, width, height).ok_or_else(|| fault("a size"))?;
    let mut inflater = Inflater::new(packed);
    let found = inflater.count(len).map_err(|_| fault("picture data"))?;
    if found != len || !inflater.ended() || inflater.used() != packed.len() {
        return Err(fault("picture data"));
    }
    Ok(())
}
