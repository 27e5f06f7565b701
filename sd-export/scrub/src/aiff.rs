//! AIFF: the samples and how they are to be read; every other chunk gone.

use crate::bytes::{Cursor, be16, be32, be32_len, slice};
use crate::report::{Class, Findings};
use crate::riff::{self, Chunk, Endian};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal};

/// The version of AIFC, the only one there is.
const VERSION: &[u8] = b"\xa2\x80\x51\x40";
/// Ways of storing samples that are plain numbers, or numbers squeezed into eight bits.
const PLAIN: [&[u8; 4]; 10] =
    [b"NONE", b"sowt", b"twos", b"fl32", b"FL32", b"fl64", b"FL64", b"alaw", b"ulaw", b"in24"];

/// More than can stand before the samples.
const MOST_IN_FRONT: usize = 128;

/// Writes a sound file anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let form = riff::open(bytes, Endian::Big)?;
    if !form.rest.is_empty() {
        let detail = foreign(form.rest.get(..form.rest.len().min(60)).unwrap_or_default());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    let packed = form.kind == *b"AIFC";
    let (mut common, mut samples) = (None, None);
    let mut chunks = form.chunks;
    while let Some(chunk) = chunks.next()? {
        match &chunk.kind {
            b"COMM" if common.is_none() => {
                common = Some(description(&chunk, packed, &mut findings)?);
            }
            b"SSND" if samples.is_none() => samples = Some(sound(&chunk, &mut findings)?),
            b"FVER" if packed => {}
            _ => dropped(&chunk, &mut findings),
        }
    }
    if !chunks.rest().is_empty() {
        findings.removed(Class::Trailing, "bytes between chunks", "");
    }
    let common = common.ok_or_else(|| Refusal::malformed("no description"))?;
    let samples = samples.ok_or_else(|| Refusal::malformed("no sound in the file"))?;
    let samples = exact(&common, samples, &mut findings)?;
    let mut body = form.kind.to_vec();
    if packed {
        riff::write(&mut body, *b"FVER", &[VERSION], Endian::Big)?;
    }
    riff::write(&mut body, *b"COMM", &[&common], Endian::Big)?;
    body.extend(riff::head(*b"SSND", samples.len().saturating_add(8), Endian::Big)?);
    body.extend([0; 8]);
    let out = riff::with_sound(*b"FORM", &body, samples, Endian::Big)?;
    limits.admit_output(out.len())?;
    check(&out)?;
    Ok((out, findings))
}

/// Channels, frames, depth, rate and, in AIFC, the way of storing without its name in words.
fn description(
    chunk: &Chunk<'_>,
    packed: bool,
    findings: &mut Findings,
) -> Result<Vec<u8>, Refusal> {
    let broken = || Refusal::malformed("the description of the samples");
    let mut out = slice(chunk.body, 0, 18).ok_or_else(broken)?.to_vec();
    if !packed {
        if chunk.body.len() > 18 {
            findings.removed(Class::Trailing, "bytes behind the description", "");
        }
        return Ok(out);
    }
    let kind = slice(chunk.body, 18, 4).ok_or_else(broken)?;
    let known = PLAIN.iter().find(|known| known.as_slice() == kind);
    let known = known.ok_or_else(|| {
        let name = crate::wording::escape(&foreign(kind));
        Refusal::unsupported(format!("AIFC with the coding {name}"))
    })?;
    let name = foreign(chunk.body.get(23..).unwrap_or_default());
    if !name.is_empty() {
        findings.removed(Class::Software, "name of the coding", &name);
    }
    out.extend_from_slice(*known);
    out.extend_from_slice(&[0, 0]);
    Ok(out)
}

/// The samples, without the bytes that may stand before them.
fn sound<'a>(chunk: &Chunk<'a>, findings: &mut Findings) -> Result<&'a [u8], Refusal> {
    let broken = || Refusal::malformed("the samples");
    let skip = be32_len(chunk.body, 0).ok_or_else(broken)?;
    if skip > 0 {
        findings.removed(Class::HiddenContent, "bytes before the samples", "");
    }
    chunk.body.get(8..).and_then(|body| body.get(skip..)).ok_or_else(broken)
}

/// As many bytes as the description says.
fn exact<'a>(
    common: &[u8],
    samples: &'a [u8],
    findings: &mut Findings,
) -> Result<&'a [u8], Refusal> {
    let len = len(common).ok_or_else(|| Refusal::malformed("the description of the samples"))?;
    let exact = samples.get(..len).ok_or_else(|| Refusal::malformed("the samples end early"))?;
    if samples.len() > len {
        findings.removed(Class::Trailing, "bytes behind the last sample", "");
    }
    Ok(exact)
}

/// Bytes of all samples.
fn len(common: &[u8]) -> Option<usize> {
    let depth = match slice(common, 18, 4) {
        Some(b"alaw" | b"ulaw") => 8,
        Some(b"fl32" | b"FL32") => 32,
        Some(b"fl64" | b"FL64") => 64,
        _ => usize::from(be16(common, 6)?),
    };
    (1..=64).contains(&depth).then_some(())?;
    let channels = usize::from(be16(common, 0)?);
    be32_len(common, 2)?.checked_mul(channels)?.checked_mul(depth.div_ceil(8))
}

fn dropped(chunk: &Chunk<'_>, findings: &mut Findings) {
    let text = foreign(chunk.body.get(..chunk.body.len().min(200)).unwrap_or_default());
    let (class, what) = match &chunk.kind {
        b"AUTH" => (Class::Person, "author"),
        b"(c) " => (Class::Person, "copyright"),
        b"NAME" => (Class::Comment, "name"),
        b"ANNO" | b"COMT" => (Class::Comment, "remark"),
        b"MARK" | b"INST" => (Class::Comment, "marker"),
        b"APPL" => (Class::Software, "program's data"),
        b"ID3 " | b"id3 " => return crate::id3::note(chunk.body, findings),
        _ => (Class::Unknown, "chunk"),
    };
    findings.removed(class, format!("{what} ({})", chunk.name()), &text);
}

/// The second reader: two or three chunks in their order, and nothing behind them.
fn check(clean: &Rope<'_>) -> Result<(), Refusal> {
    let walk = || {
        let front = clean.slice(0, clean.len().min(MOST_IN_FRONT))?;
        let mut from = Cursor::new(&front);
        (from.take(4)? == b"FORM").then_some(())?;
        (usize::try_from(from.be32()?).ok()? == clean.len().checked_sub(8)?).then_some(())?;
        let packed = from.take(4)? == b"AIFC";
        if packed {
            (from.take(8)? == b"FVER\0\0\0\x04" && from.take(4)? == VERSION).then_some(())?;
        }
        (from.take(4)? == b"COMM").then_some(())?;
        let size = from.be32()?;
        let common = from.take(usize::try_from(size).ok()?)?;
        (size == if packed { 24 } else { 18 }).then_some(())?;
        (!packed || common.ends_with(&[0, 0])).then_some(())?;
        (from.take(4)? == b"SSND").then_some(())?;
        let len = len(common)?;
        (usize::try_from(from.be32()?).ok()? == len.checked_add(8)?).then_some(())?;
        (be32(from.take(8)?, 0)? == 0).then_some(())?;
        riff::ends_with_sound(clean, from.at(), len).then_some(())
    };
    walk().ok_or_else(|| Refusal::not_clean("AIFF: bytes that are not on the list"))
}
