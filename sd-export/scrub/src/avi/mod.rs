//! AVI: streams of pictures and sound; nothing else.
//!
//! ```text
//! RIFF AVI (, RIFF AVIX ...) --read--> streams of codings on the list, chunks of those streams
//!   RIFF AVI(hdrl movi idx1) --> check: the same walk once more
//! ```
//! One RIFF, one list of chunks, one index, made anew. Chunks are borrowed, not copied: memory stays
//! flat however long the video.

mod check;
mod index;
mod packets;
mod stream;
mod write;

use crate::bytes::le32;
use crate::report::{Class, Findings};
use crate::riff::{self, Chunk, Chunks, Endian};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal};
use index::Index;
use packets::Packet;
use stream::Stream;

/// What was read.
#[derive(Default)]
struct Movie<'a> {
    /// The streams under their numbers; none for those that are left out.
    streams: Vec<Option<Stream>>,
    packets: Vec<Packet<'a>>,
    index: Index,
}

/// Writes a file of pictures and sound anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let movie = read(bytes, limits, &mut findings)?;
    let out = write::write(&movie)?;
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
}

fn read<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Movie<'a>, Refusal> {
    let mut movie = Movie::default();
    let mut at = 0usize;
    // A long recording goes on in further RIFFs.
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let expected: &[u8; 4] = if at == 0 { b"AVI " } else { b"AVIX" };
        if !rest.starts_with(b"RIFF") || rest.get(8..12) != Some(expected) {
            let detail = foreign(rest.get(..rest.len().min(60)).unwrap_or_default());
            findings.removed(Class::Trailing, "bytes after the end", &detail);
            break;
        }
        let form = riff::open(rest, Endian::Little)?;
        let end = bytes.len().saturating_sub(form.rest.len());
        let first = movie.packets.len();
        segment(form.chunks, at.saturating_add(12), bytes, &mut movie, limits, findings)?;
        movie.index.apply(at..end, &mut movie.packets, first, findings);
        at = end;
    }
    stream::first_is_key(&mut movie);
    if movie.packets.is_empty() {
        return Err(Refusal::malformed("no pictures or sound in the file"));
    }
    let gone = packets::cut(&mut movie, findings)?;
    if gone > 0 {
        let detail = format!("{gone} bytes");
        findings.removed(Class::Software, "messages between slices", &detail);
    }
    Ok(movie)
}

/// One RIFF, whose chunks start at `base` of the file.
fn segment<'a>(
    mut chunks: Chunks<'a>,
    base: usize,
    bytes: &'a [u8],
    movie: &mut Movie<'a>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    let mut list = 0usize;
    loop {
        let start = base.saturating_add(chunks.at());
        let Some(chunk) = chunks.next()? else {
            break;
        };
        match (&chunk.kind, chunk.body.get(..4)) {
            (b"LIST", Some(b"hdrl")) if movie.streams.is_empty() => {
                header(chunk.body.get(4..).unwrap_or_default(), movie, limits, findings)?;
            }
            (b"LIST", Some(b"movi")) => {
                // Places in the older index are counted from the name of the list.
                list = start.saturating_add(8);
                let inner = chunk.body.get(4..).unwrap_or_default();
                packets::read(inner, list.saturating_add(4), movie, findings, false)?;
            }
            (b"idx1", _) => movie.index.older(chunk.body, list, bytes)?,
            _ => dropped(&chunk, findings),
        }
    }
    if !chunks.rest().is_empty() {
        findings.removed(Class::Trailing, "bytes between chunks", &foreign(chunks.rest()));
    }
    Ok(())
}

fn header(
    body: &[u8],
    movie: &mut Movie<'_>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<(), Refusal> {
    let mut chunks = Chunks::new(body, Endian::Little);
    while let Some(chunk) = chunks.next()? {
        match (&chunk.kind, chunk.body.get(..4)) {
            (b"avih", _) => {
                let flags = le32(chunk.body, 12).unwrap_or(0);
                if flags & 0x20 != 0 {
                    return Err(Refusal::unsupported("an AVI that is shown in another order"));
                }
                if chunk.body.iter().skip(40).any(|b| *b != 0) {
                    findings.removed(Class::Unknown, "spare fields of the head", "");
                }
            }
            (b"LIST", Some(b"strl")) => {
                if movie.streams.len() >= 64 {
                    return Err(Refusal::malformed("more streams than a video has"));
                }
                let inner = chunk.body.get(4..).unwrap_or_default();
                movie.streams.push(stream::read(inner, limits, findings)?);
            }
            // How many pictures there are.
            (b"LIST", Some(b"odml")) => {}
            _ => dropped(&chunk, findings),
        }
    }
    if movie.streams.iter().flatten().next().is_none() {
        return Err(Refusal::malformed("no pictures or sound in the file"));
    }
    Ok(())
}

/// Names a chunk that is dropped.
fn dropped(chunk: &Chunk<'_>, findings: &mut Findings) {
    let text = foreign(chunk.body.get(..chunk.body.len().min(200)).unwrap_or_default());
    let name = chunk.name();
    match (&chunk.kind, chunk.body.get(..4)) {
        (b"LIST", Some(b"INFO")) => {
            riff::note_info(chunk.body.get(4..).unwrap_or_default(), findings);
        }
        (b"LIST", Some(b"exif" | b"ncdt" | b"hydt" | b"pntx")) => {
            findings.removed(Class::Device, "list of a camera", &text);
        }
        (b"IDIT", _) => findings.removed(Class::Time, "time of recording (IDIT)", &text),
        (b"ISMP", _) => findings.removed(Class::Time, "time code (ISMP)", &text),
        (b"strd", _) => findings.removed(Class::Device, "data of the camera (strd)", &text),
        (b"strn", _) => findings.removed(Class::Comment, "name of a stream (strn)", &text),
        (b"_PMX", _) => crate::xmp::note(chunk.body, "XMP", findings),
        // Indexes, which are made anew.
        (b"indx" | b"idx1" | b"vprp", _) => {}
        (b"JUNK" | b"junk" | b"PAD ", _) => {
            if chunk.body.iter().any(|b| *b != 0) {
                findings.removed(Class::Trailing, format!("chunk {name}"), &text);
            }
        }
        _ => findings.removed(Class::Unknown, format!("chunk {name}"), &text),
    }
    if chunk.padded_with {
        findings.removed(Class::Trailing, format!("filling byte of chunk {name}"), "");
    }
}
