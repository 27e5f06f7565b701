//! WAV: the samples and how they are to be read; every other chunk gone.

use crate::bytes::{Cursor, le16, le32, slice};
use crate::report::{Class, Findings};
use crate::riff::{self, Chunk, Endian};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal, msmedia};

/// More than can stand before the samples: a description has a length of two bytes.
const MOST_IN_FRONT: usize = 1 << 17;

/// What is written.
#[derive(Default)]
struct Parts<'a> {
    format: Option<Format>,
    /// Samples, for formats that do not tell it by their length.
    count: Option<u32>,
    samples: Option<&'a [u8]>,
}

/// How samples are to be read.
struct Format {
    body: Vec<u8>,
    /// Bytes of one block of samples.
    block: usize,
}

/// Writes a sound file anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    if bytes.starts_with(b"RF64") || bytes.starts_with(b"RIFX") {
        return Err(Refusal::unsupported("a WAV of the kind RF64 or RIFX"));
    }
    let form = riff::open(bytes, Endian::Little)?;
    if !form.rest.is_empty() {
        let detail = foreign(form.rest.get(..form.rest.len().min(60)).unwrap_or_default());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    let parts = read(form.chunks, &mut findings)?;
    let out = write(&parts, &mut findings)?;
    limits.admit_output(out.len())?;
    check(&out)?;
    Ok((out, findings))
}

fn read<'a>(mut chunks: riff::Chunks<'a>, findings: &mut Findings) -> Result<Parts<'a>, Refusal> {
    let mut parts = Parts::default();
    loop {
        // A recording that was broken off says more samples than there are.
        if let (Some(b"data"), None) = (slice(chunks.rest(), 0, 4), parts.samples) {
            let len = le32(chunks.rest(), 4).and_then(|len| usize::try_from(len).ok());
            let body = chunks.rest().get(8..).unwrap_or_default();
            if len.is_none_or(|len| len > body.len()) {
                parts.samples = Some(body);
                return Ok(parts);
            }
        }
        let Some(chunk) = chunks.next()? else {
            break;
        };
        match &chunk.kind {
            b"fmt " if parts.format.is_none() => parts.format = Some(format(&chunk, findings)?),
            b"fact" if parts.count.is_none() => parts.count = le32(chunk.body, 0),
            b"data" if parts.samples.is_none() => parts.samples = Some(chunk.body),
            _ => dropped(&chunk, findings),
        }
    }
    if !chunks.rest().is_empty() {
        findings.removed(Class::Trailing, "bytes between chunks", "");
    }
    Ok(parts)
}

/// The description of samples, of the length its kind has.
fn format(chunk: &Chunk<'_>, findings: &mut Findings) -> Result<Format, Refusal> {
    let kind = le16(chunk.body, 0).unwrap_or(0);
    if !matches!(kind, 1 | 2 | 3 | 6 | 7 | 17 | 0xfffe) {
        return Err(Refusal::unsupported(format!("WAV with the coding 0x{kind:04x}")));
    }
    let sound = msmedia::sound(chunk.body, "WAV", findings)?;
    let block = usize::from(sound.block);
    let body = if matches!(kind, 1 | 3 | 6 | 7) { sound.head } else { sound.body() };
    if !body.len().is_multiple_of(2) {
        return Err(Refusal::malformed("a description of samples of an odd length"));
    }
    Ok(Format { body, block })
}

fn dropped(chunk: &Chunk<'_>, findings: &mut Findings) {
    let head = foreign(chunk.body.get(..chunk.body.len().min(200)).unwrap_or_default());
    match &chunk.kind {
        b"LIST" if chunk.body.starts_with(b"INFO") => {
            riff::note_info(chunk.body.get(4..).unwrap_or_default(), findings);
        }
        b"bext" => {
            findings.removed(
                Class::Comment,
                "bext description",
                &foreign(slice(chunk.body, 0, 256).unwrap_or_default()),
            );
            findings.removed(
                Class::Person,
                "bext originator",
                &foreign(slice(chunk.body, 256, 32).unwrap_or_default()),
            );
            findings.removed(
                Class::Identifier,
                "bext reference",
                &foreign(slice(chunk.body, 288, 32).unwrap_or_default()),
            );
            findings.removed(
                Class::Time,
                "bext time",
                &foreign(slice(chunk.body, 320, 18).unwrap_or_default()),
            );
        }
        b"id3 " | b"ID3 " => crate::id3::note(chunk.body, findings),
        b"_PMX" => crate::xmp::note(chunk.body, "XMP", findings),
        b"iXML" | b"axml" | b"aXML" => {
            findings.removed(Class::Device, format!("chunk {}", chunk.name()), &head);
        }
        b"cue " | b"LIST" | b"labl" | b"note" => {
            findings.removed(Class::Comment, format!("chunk {}", chunk.name()), &head);
        }
        b"JUNK" | b"PAD " | b"FLLR" | b"junk" => {
            if chunk.body.iter().any(|b| *b != 0) {
                findings.removed(Class::Trailing, format!("chunk {}", chunk.name()), &head);
            }
        }
        _ => findings.removed(Class::Unknown, format!("chunk {}", chunk.name()), &head),
    }
}

fn write<'a>(parts: &Parts<'a>, findings: &mut Findings) -> Result<Rope<'a>, Refusal> {
    let format = parts.format.as_ref().ok_or_else(|| Refusal::malformed("no description"))?;
    let samples = parts.samples.ok_or_else(|| Refusal::malformed("no sound in the file"))?;
    let odd = samples.len() % format.block;
    if odd > 0 {
        findings.removed(Class::Trailing, "bytes behind the last whole sample", "");
    }
    let samples = samples.get(..samples.len().saturating_sub(odd)).unwrap_or_default();
    let mut body = b"WAVE".to_vec();
    riff::write(&mut body, *b"fmt ", &[&format.body], Endian::Little)?;
    let coded = matches!(le16(&format.body, 0), Some(2 | 17));
    if let Some(count) = parts.count.filter(|_| coded) {
        riff::write(&mut body, *b"fact", &[&count.to_le_bytes()], Endian::Little)?;
    }
    body.extend(riff::head(*b"data", samples.len(), Endian::Little)?);
    riff::with_sound(*b"RIFF", &body, samples, Endian::Little)
}

/// The second reader: three chunks at most, in their order, and nothing behind them.
fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    let walk = || {
        let front = clean.slice(0, clean.len().min(MOST_IN_FRONT))?;
        let mut from = Cursor::new(&front);
        (from.take(4)? == b"RIFF").then_some(())?;
        (usize::try_from(from.le32()?).ok()? == clean.len().checked_sub(8)?).then_some(())?;
        (from.take(8)? == b"WAVEfmt ").then_some(())?;
        let len = usize::try_from(from.le32()?).ok()?;
        let format = from.take(len)?;
        let fixed = match le16(format, 0)? {
            1 | 3 | 6 | 7 => len == 16,
            0xfffe => len == 40 && msmedia::is_plain(slice(format, 24, 16)?),
            2 | 17 => len == usize::from(le16(format, 16)?) + 18,
            _ => false,
        };
        (fixed && len % 2 == 0).then_some(())?;
        if from.rest().starts_with(b"fact") {
            from.take(4)?;
            (from.le32()? == 4).then_some(())?;
            from.take(4)?;
        }
        (from.take(4)? == b"data").then_some(())?;
        let len = usize::try_from(from.le32()?).ok()?;
        riff::ends_with_sound(clean, from.at(), len).then_some(())
    };
    walk().ok_or_else(|| Refusal::not_clean("WAV: bytes that are not on the list"))
}
