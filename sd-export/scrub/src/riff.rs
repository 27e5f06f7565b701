//! RIFF and its older brother IFF: chunks of a name, a length and a body, padded to even lengths.

use std::borrow::Cow;

use crate::Refusal;
use crate::bytes::{Cursor, slice};
use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::wording::foreign;

/// Which way round the lengths are: RIFF is little-endian, IFF is big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endian {
    Little,
    Big,
}

/// One chunk as it stands in the file.
pub(crate) struct Chunk<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) body: &'a [u8],
    /// Whether the byte that fills up an odd length is not zero.
    pub(crate) padded_with: bool,
}

impl Chunk<'_> {
    /// The name for a report, whatever its bytes.
    pub(crate) fn name(&self) -> String {
        self.kind.iter().map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '?' }).collect()
    }
}

/// The chunks of a file or of a list, one by one.
pub(crate) struct Chunks<'a> {
    from: Cursor<'a>,
    endian: Endian,
}

/// The outermost chunk: what it is a form of, its chunks, and the bytes after its end.
pub(crate) struct Form<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) chunks: Chunks<'a>,
    pub(crate) rest: &'a [u8],
}

/// Opens the outermost chunk. Writers that stream leave its length at zero or at the most there
/// is; then it reaches to the end.
pub(crate) fn open(bytes: &[u8], endian: Endian) -> Result<Form<'_>, Refusal> {
    let cut = || Refusal::malformed("a file that is cut off");
    let len = length(bytes, 4, endian).ok_or_else(cut)?;
    let kind = slice(bytes, 8, 4).and_then(|k| k.try_into().ok()).ok_or_else(cut)?;
    let body = bytes.get(12..).ok_or_else(cut)?;
    let (inner, rest) = match len.checked_sub(4) {
        None => (body, [].as_slice()),
        Some(inner) if inner >= u32::MAX as usize - 4 => (body, [].as_slice()),
        Some(inner) => body.split_at_checked(inner).ok_or_else(cut)?,
    };
    Ok(Form { kind, chunks: Chunks::new(inner, endian), rest })
}

fn length(bytes: &[u8], at: usize, endian: Endian) -> Option<usize> {
    let four: [u8; 4] = slice(bytes, at, 4)?.try_into().ok()?;
    usize::try_from(match endian {
        Endian::Little => u32::from_le_bytes(four),
        Endian::Big => u32::from_be_bytes(four),
    })
    .ok()
}

impl<'a> Chunks<'a> {
    pub(crate) fn new(bytes: &'a [u8], endian: Endian) -> Self {
        Self { from: Cursor::new(bytes), endian }
    }

    /// The next chunk; `None` at the end, or before bytes too few for a chunk's head.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk<'a>>, Refusal> {
        let Some(head) = self.from.take(8) else {
            return Ok(None);
        };
        let cut = || Refusal::malformed("a chunk that is cut off");
        let kind = slice(head, 0, 4).and_then(|k| k.try_into().ok()).ok_or_else(cut)?;
        let len = length(head, 4, self.endian).ok_or_else(cut)?;
        let body = self.from.take(len).ok_or_else(cut)?;
        let pad = if len.is_multiple_of(2) { None } else { self.from.u8() };
        Ok(Some(Chunk { kind, body, padded_with: pad.is_some_and(|pad| pad != 0) }))
    }

    /// How far the walk has come.
    pub(crate) fn at(&self) -> usize {
        self.from.at()
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.from.rest()
    }
}

/// Names the entries of a list of kind `INFO`.
pub(crate) fn note_info(body: &[u8], findings: &mut Findings) {
    let mut entries = Chunks::new(body, Endian::Little);
    while let Ok(Some(entry)) = entries.next() {
        let class = match &entry.kind {
            b"IART" | b"ICOP" | b"IENG" | b"ITCH" | b"ICMS" => Class::Person,
            b"ISFT" => Class::Software,
            b"ICRD" | b"IDIT" => Class::Time,
            b"IARL" | b"ISRC" => Class::Location,
            _ => Class::Comment,
        };
        findings.removed(class, format!("LIST {}", entry.name()), &foreign(entry.body));
    }
}

/// The head of a chunk with a body of `len` bytes.
pub(crate) fn head(kind: [u8; 4], len: usize, endian: Endian) -> Result<Vec<u8>, Refusal> {
    let size = u32::try_from(len).map_err(|_| Refusal::malformed("a chunk that is too long"))?;
    let size = match endian {
        Endian::Little => size.to_le_bytes(),
        Endian::Big => size.to_be_bytes(),
    };
    Ok([kind, size].concat())
}

/// A form that ends with sound: what stands before it, the head of its chunk last, and the sound
/// itself, padded with zero.
pub(crate) fn with_sound<'a>(
    kind: [u8; 4],
    front: &[u8],
    sound: &'a [u8],
    endian: Endian,
) -> Result<Rope<'a>, Refusal> {
    let pad: &[u8] = if sound.len().is_multiple_of(2) { &[] } else { &[0] };
    let len = [front, sound, pad].iter().fold(0usize, |sum, part| sum.saturating_add(part.len()));
    let mut out = Rope::from([&head(kind, len, endian)?, front].concat());
    out.push(Cow::Borrowed(sound));
    out.push(Cow::Borrowed(pad));
    Ok(out)
}

/// Whether behind `front` bytes of a form there are `len` bytes of sound, padded with zero, and
/// nothing else.
pub(crate) fn ends_with_sound(form: &Rope<'_>, front: usize, len: usize) -> bool {
    let end = front.saturating_add(len);
    match form.len().checked_sub(end) {
        Some(0) => len.is_multiple_of(2),
        Some(1) => !len.is_multiple_of(2) && form.slice(end, 1).as_deref() == Some(&[0]),
        _ => false,
    }
}

/// Writes one chunk, padded with zero.
pub(crate) fn write(
    out: &mut Vec<u8>,
    kind: [u8; 4],
    parts: &[&[u8]],
    endian: Endian,
) -> Result<(), Refusal> {
    let len = parts.iter().fold(0usize, |sum, part| sum.saturating_add(part.len()));
    out.extend_from_slice(&head(kind, len, endian)?);
    for part in parts {
        out.extend_from_slice(part);
    }
    if !len.is_multiple_of(2) {
        out.push(0);
    }
    Ok(())
}
