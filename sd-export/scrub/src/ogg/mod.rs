//! Ogg with Vorbis or Opus: the packets of sound as they are; comments emptied, numbers made
//! fixed.
//!
//! ```text
//! pages --read, sums right--> head, comment [, setup] packets     pages of sound
//!            serial 1, numbered from 0, sums anew --> head | comment, setup | sound --> check
//! ```

mod check;
mod opus;
mod page;

use crate::bytes::{Cursor, le32, slice};
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Cleaned, Limits, Refusal, id3};
use page::Page;

/// What the packets of a stream are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Vorbis,
    Opus,
}

/// The number that every stream gets.
const SERIAL: u32 = 1;

/// Writes a sound file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let start = id3::leading(bytes, &mut findings);
    let pages = pages(bytes.get(start..).unwrap_or_default(), &mut findings)?;
    let (kind, first) = kind(&pages)?;
    let (heads, sound) = heads(kind, &pages, first)?;
    let written = written(kind, &heads, &mut findings)?;
    let mut out = Vec::with_capacity(bytes.len());
    let mut number = 0u32;
    page::write_packets(&mut out, &written, &mut number)?;
    let mut cleared = false;
    for page in sound {
        let mut page = page.clone();
        if kind == Kind::Opus {
            cleared |= opus::tidy(&mut page)?;
        }
        page.write(&mut out, number);
        number = number.wrapping_add(1);
    }
    if cleared {
        findings.removed(Class::HiddenContent, "bytes that fill up packets", "");
    }
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
}

/// All pages of the one stream of sound.
fn pages<'a>(bytes: &'a [u8], findings: &mut Findings) -> Result<Vec<Page<'a>>, Refusal> {
    let mut from = Cursor::new(bytes);
    let mut pages: Vec<Page<'a>> = Vec::new();
    let mut ended = false;
    while !from.is_empty() {
        if ended && !from.rest().starts_with(b"OggS") {
            let detail = foreign(from.rest().get(..from.rest().len().min(60)).unwrap_or_default());
            findings.removed(Class::Trailing, "bytes after the end", &detail);
            break;
        }
        let page = Page::read(&mut from)?;
        if page.body.starts_with(b"fishead\0") || page.body.starts_with(b"fisbone\0") {
            findings.removed(Class::Software, "skeleton stream", "");
            continue;
        }
        match pages.first() {
            Some(first) if first.serial != page.serial => {
                // A skeleton's last page is empty.
                if page.body.is_empty() {
                    continue;
                }
                return Err(Refusal::unsupported("an Ogg file with more than one stream"));
            }
            _ if ended => return Err(Refusal::unsupported("an Ogg file of several parts")),
            _ => {}
        }
        ended = page.flags & 4 != 0;
        pages.push(page);
    }
    let serial = pages.first().map(|page| page.serial);
    if serial.is_some_and(|serial| serial != SERIAL) {
        findings.removed(Class::Identifier, "serial number of the stream", "");
    }
    Ok(pages)
}

fn kind<'a>(pages: &[Page<'a>]) -> Result<(Kind, &'a [u8]), Refusal> {
    let body = pages.first().map(|page| page.body).unwrap_or_default();
    if body.starts_with(b"\x01vorbis") && body.len() >= 30 {
        return Ok((Kind::Vorbis, body));
    }
    if body.starts_with(b"OpusHead") && body.len() >= 19 {
        return Ok((Kind::Opus, body));
    }
    let name = match body {
        [0x80, b't', b'h', b'e', b'o', b'r', b'a', ..] => "Theora video inside Ogg",
        [0x7f, b'F', b'L', b'A', b'C', ..] => "FLAC inside Ogg",
        [b'S', b'p', b'e', b'e', b'x', ..] => "Speex inside Ogg",
        _ => "an Ogg stream of an unknown kind",
    };
    Err(Refusal::unsupported(name))
}

/// The packets at the head of a stream, and the pages of sound, which start afresh.
fn heads<'a, 'p>(
    kind: Kind,
    pages: &'p [Page<'a>],
    first: &[u8],
) -> Result<(Vec<Vec<u8>>, &'p [Page<'a>]), Refusal> {
    let broken = || Refusal::malformed("the head of the stream");
    let more = if kind == Kind::Vorbis { 2 } else { 1 };
    let mut heads = vec![first.to_vec()];
    let mut open: Vec<u8> = Vec::new();
    for (number, page) in pages.iter().enumerate().skip(1) {
        let mut at = 0usize;
        for size in page.segments {
            open.extend_from_slice(slice(page.body, at, (*size).into()).ok_or_else(broken)?);
            at = at.saturating_add((*size).into());
            if *size < 255 {
                heads.push(std::mem::take(&mut open));
            }
        }
        if heads.len() > more + 1 || (heads.len() > more && !open.is_empty()) {
            return Err(Refusal::malformed("sound in a page of the head"));
        }
        if heads.len() == more + 1 {
            let sound = pages.get(number.saturating_add(1)..).unwrap_or_default();
            return Ok((heads, sound));
        }
    }
    Err(broken())
}

/// The packets of the head as they are written.
fn written(
    kind: Kind,
    heads: &[Vec<u8>],
    findings: &mut Findings,
) -> Result<Vec<Vec<u8>>, Refusal> {
    let broken = || Refusal::malformed("the head of the stream");
    let first = heads.first().ok_or_else(broken)?;
    let comment = heads.get(1).ok_or_else(broken)?;
    match kind {
        Kind::Vorbis => {
            let setup = heads.get(2).filter(|s| s.starts_with(b"\x05vorbis")).ok_or_else(broken)?;
            comments(comment.strip_prefix(b"\x03vorbis").ok_or_else(broken)?, findings);
            let mut first = first.get(..30).ok_or_else(broken)?.to_vec();
            *first.last_mut().ok_or_else(broken)? = 1;
            Ok(vec![first, EMPTY_VORBIS.to_vec(), setup.clone()])
        }
        Kind::Opus => {
            comments(comment.strip_prefix(b"OpusTags").ok_or_else(broken)?, findings);
            let len = opus::head_len(first).ok_or_else(broken)?;
            let first = first.get(..len).ok_or_else(broken)?.to_vec();
            Ok(vec![first, EMPTY_OPUS.to_vec()])
        }
    }
}

/// Comments without a vendor and without a comment.
const EMPTY_VORBIS: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
const EMPTY_OPUS: &[u8] = b"OpusTags\0\0\0\0\0\0\0\0";

/// Notes what Vorbis comments say.
pub(crate) fn comments(block: &[u8], findings: &mut Findings) {
    let text = |at: usize| {
        let len = usize::try_from(le32(block, at)?).ok()?;
        let at = at.checked_add(4)?;
        Some((slice(block, at, len)?, at.checked_add(len)?))
    };
    let Some((vendor, mut at)) = text(0) else {
        findings.removed(Class::Unknown, "comments that cannot be read", "");
        return;
    };
    if !vendor.is_empty() {
        findings.removed(Class::Software, "vendor", &foreign(vendor));
    }
    let count = le32(block, at).unwrap_or(0);
    at = at.saturating_add(4);
    for _ in 0..count.min(10_000) {
        let Some((comment, next)) = text(at) else {
            break;
        };
        at = next;
        let comment = foreign(comment);
        let (key, value) = comment.split_once('=').unwrap_or(("", &comment));
        let key = key.to_ascii_uppercase();
        let class = match key.as_str() {
            "ARTIST" | "PERFORMER" | "AUTHOR" | "COPYRIGHT" | "CONTACT" | "ORGANIZATION"
            | "COMPOSER" | "ALBUMARTIST" => Class::Person,
            "ENCODER" | "ENCODED-BY" | "ENCODER_OPTIONS" => Class::Software,
            "DATE" | "CREATION_TIME" => Class::Time,
            "LOCATION" => Class::Location,
            "ISRC" | "SERIAL" => Class::Identifier,
            "METADATA_BLOCK_PICTURE" | "COVERART" => Class::Thumbnail,
            _ => Class::Comment,
        };
        let value = if class == Class::Thumbnail { "" } else { value };
        findings.removed(class, format!("comment {}", crate::wording::escape(&key)), value);
    }
    if block.len() > at.saturating_add(1) {
        findings.removed(Class::Trailing, "bytes behind the comments", "");
    }
}
