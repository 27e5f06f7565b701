//! WMF: commands of 16 bits, with or without a head that says how large the drawing is.

use super::picture;
use super::shape::WMF;
use super::words;
use super::{cut, number, wmf_check};
use crate::bytes::{le16, le32, slice};
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::xml::Tally;
use crate::{Cleaned, Limits, Refusal};

/// How the head starts that says how large the drawing is.
pub(super) const PLACED: &[u8] = b"\xd7\xcd\xc6\x9a";
/// The length of that head, and of the one behind it.
pub(super) const PLACED_LEN: usize = 22;
pub(super) const HEAD: usize = 18;
/// What stands before the fields of a command: its length in words, and its number.
const FRONT: usize = 6;

/// Whether a file starts as a WMF.
pub(crate) fn is_wmf(bytes: &[u8]) -> bool {
    let head = if bytes.starts_with(PLACED) { bytes.get(PLACED_LEN..) } else { Some(bytes) };
    let Some(head) = head else { return false };
    matches!(le16(head, 0), Some(1 | 2))
        && le16(head, 2) == Some(9)
        && matches!(le16(head, 4), Some(0x100 | 0x300))
}

/// Writes a drawing anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut wmf = Wmf {
        limits,
        findings: Findings::default(),
        met: Tally::default(),
        out: Vec::new(),
        longest: 3,
    };
    let mut at = wmf.heads(bytes)?;
    let start = wmf.out.len().saturating_sub(HEAD);
    loop {
        let words = le32(bytes, at).and_then(|words| usize::try_from(words).ok());
        let len = words.and_then(|words| words.checked_mul(2)).filter(|len| *len >= FRONT);
        let record = len.and_then(|len| slice(bytes, at, len)).ok_or_else(cut)?;
        let kind = le16(record, 4).ok_or_else(cut)?;
        at = at.saturating_add(record.len());
        if kind == 0 {
            break;
        }
        wmf.command(kind, record.get(FRONT..).unwrap_or_default())?;
        limits.admit_output(wmf.out.len())?;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.iter().any(|byte| *byte != 0) {
        let said = foreign(rest);
        wmf.findings.removed(Class::Trailing, "bytes after the end", &said);
    }
    wmf.put(0, &[])?;
    let Wmf { mut out, met, mut findings, longest, .. } = wmf;
    let size = number(out.len().saturating_sub(start) / 2)?;
    for (field, value) in [(6usize, size), (12, longest)] {
        let at = start.saturating_add(field);
        let place = out.get_mut(at..at.saturating_add(4)).ok_or_else(cut)?;
        place.copy_from_slice(&value.to_le_bytes());
    }
    met.report(&mut findings);
    wmf_check::check(&out)?;
    Ok((out, findings))
}

struct Wmf<'l> {
    limits: &'l Limits,
    findings: Findings,
    met: Tally,
    out: Vec<u8>,
    /// The longest command, in words.
    longest: u32,
}

impl Wmf<'_> {
    /// The heads anew; where the commands start.
    fn heads(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let fault = || Refusal::malformed("the head of a drawing");
        if !is_wmf(bytes) {
            return Err(fault());
        }
        let mut at = 0usize;
        if bytes.starts_with(PLACED) {
            let place = slice(bytes, 6, 10).ok_or_else(fault)?;
            let mut head = [PLACED, &[0; 2], place, &[0; 4]].concat();
            head.extend_from_slice(&sum(&head).to_le_bytes());
            if slice(bytes, 0, PLACED_LEN) != Some(head.as_slice()) {
                self.met.removed(Class::Unknown, "unused fields of the head", "");
            }
            self.out.extend(head);
            at = PLACED_LEN;
        }
        let objects = le16(bytes, at.saturating_add(10)).ok_or_else(fault)?;
        for field in [1u16, 9, 0x300, 0, 0, objects, 0, 0, 0] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        Ok(at.saturating_add(HEAD))
    }

    fn put(&mut self, kind: u16, fields: &[u8]) -> Result<(), Refusal> {
        let words = number(fields.len().div_ceil(2).saturating_add(3))?;
        self.longest = self.longest.max(words);
        self.out.extend_from_slice(&words.to_le_bytes());
        self.out.extend_from_slice(&kind.to_le_bytes());
        self.out.extend_from_slice(fields);
        self.out.resize(self.out.len().next_multiple_of(2), 0);
        Ok(())
    }

    fn command(&mut self, kind: u16, fields: &[u8]) -> Result<(), Refusal> {
        if let Some((_, len)) = WMF.iter().find(|(of, _)| *of == kind) {
            let kept = slice(fields, 0, *len).ok_or_else(cut)?;
            // Some programs fill these up with one more word.
            let unused = fields.get(*len..).unwrap_or_default();
            if unused.iter().any(|byte| *byte != 0) {
                self.met.removed(Class::Unknown, "bytes behind a command", &foreign(unused));
            }
            return self.put(kind, kept);
        }
        // A command that copies what is drawn already is as long as the high byte of its number says.
        let bare = fields.len() == usize::from(kind >> 8).saturating_mul(2);
        let fields = match kind {
            0x0626 => {
                let said = fields.get(4..fields.len().min(204)).unwrap_or_default();
                let (class, what) = match (fields.starts_with(&[15, 0]), said) {
                    (true, [b'W', b'M', b'F', b'C', ..]) => {
                        (Class::HiddenContent, "second form of the drawing (EMF)")
                    }
                    (true, _) => (Class::Comment, "comment"),
                    (false, _) => (Class::Device, "command for a printer"),
                };
                self.met.removed(class, what, &foreign(said));
                return Ok(());
            }
            0x0324 | 0x0325 => {
                let count = usize::from(le16(fields, 0).ok_or_else(cut)?);
                slice(fields, 0, count.saturating_mul(4).saturating_add(2))
                    .ok_or_else(cut)?
                    .to_vec()
            }
            0x0538 => polygons(fields)?,
            0x0037 | 0x00f7 | 0x0436 => {
                let count = usize::from(le16(fields, 2).ok_or_else(cut)?);
                slice(fields, 0, count.saturating_mul(4).saturating_add(4))
                    .ok_or_else(cut)?
                    .to_vec()
            }
            0x02fb => font(fields)?,
            0x06ff => region(fields)?,
            0x0521 => self.text(fields)?,
            0x0a32 => self.placed_text(fields)?,
            0x0922 | 0x0940 if bare => slice(fields, 0, 18).ok_or_else(cut)?.to_vec(),
            0x0b23 | 0x0b41 if bare => slice(fields, 0, 22).ok_or_else(cut)?.to_vec(),
            0x0940 => self.picture(fields, 16, None)?,
            0x0b41 => self.picture(fields, 20, None)?,
            0x0d33 => self.picture(fields, 18, Some(0))?,
            0x0f43 => self.picture(fields, 22, Some(4))?,
            0x0142 => self.picture(fields, 4, Some(2))?,
            kind => {
                return Err(Refusal::unsupported(format!("drawing command {kind:#06x} of WMF")));
            }
        };
        self.put(kind, &fields)
    }

    /// A command whose picture stands behind `front` bytes; what its colours mean stands at `usage`.
    fn picture(
        &mut self,
        fields: &[u8],
        front: usize,
        usage: Option<usize>,
    ) -> Result<Vec<u8>, Refusal> {
        if usage.is_some_and(|at| le16(fields, at) != Some(0)) {
            return Err(Refusal::unsupported("a picture with the colours of a screen"));
        }
        let (out, picture) = fields.split_at_checked(front).ok_or_else(cut)?;
        let parts = picture::rows_start(picture).and_then(|start| picture.split_at_checked(start));
        let (head, rows) = parts.ok_or_else(cut)?;
        let clean = picture::clean(head, rows, self.limits, &mut self.findings)?;
        Ok([out, &clean.head, &clean.rows].concat())
    }

    fn seen(&mut self, letters: &[u8], steps: &[[i32; 2]]) -> (Vec<u8>, Vec<[i32; 2]>) {
        let seen = words::visible(letters, steps, &words::seen_bytes(letters));
        if seen.lost {
            self.met.removed(Class::Identifier, "letters that cannot be seen", "");
        }
        (seen.units, seen.steps)
    }

    fn text(&mut self, fields: &[u8]) -> Result<Vec<u8>, Refusal> {
        let count = usize::from(le16(fields, 0).ok_or_else(cut)?);
        let letters = slice(fields, 2, count).ok_or_else(cut)?;
        let place =
            slice(fields, count.next_multiple_of(2).saturating_add(2), 4).ok_or_else(cut)?;
        let (letters, _) = self.seen(letters, &[]);
        let mut out = short(letters.len())?.to_vec();
        out.extend(letters);
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend_from_slice(place);
        Ok(out)
    }

    fn placed_text(&mut self, fields: &[u8]) -> Result<Vec<u8>, Refusal> {
        let (count, options) = (le16(fields, 4).ok_or_else(cut)?, le16(fields, 6).ok_or_else(cut)?);
        let count = usize::from(count);
        let front = if options & 6 == 0 { 8usize } else { 16 };
        let mut out = slice(fields, 0, front).ok_or_else(cut)?.to_vec();
        let letters = slice(fields, front, count).ok_or_else(cut)?;
        let steps_at = front.saturating_add(count.next_multiple_of(2));
        let steps = slice(fields, steps_at, count.saturating_mul(2)).unwrap_or_default();
        let (pairs, _) = steps.as_chunks::<2>();
        let steps: Vec<[i32; 2]> =
            pairs.iter().map(|step| [i16::from_le_bytes(*step).into(), 0]).collect();
        let (letters, steps) = if options & 0x10 == 0 {
            self.seen(letters, &steps)
        } else {
            (letters.to_vec(), steps)
        };
        out.get_mut(4..6).ok_or_else(cut)?.copy_from_slice(&short(letters.len())?);
        out.extend(&letters);
        out.resize(out.len().next_multiple_of(2), 0);
        for [step, _] in steps {
            let step = i16::try_from(step).unwrap_or(i16::MAX);
            out.extend_from_slice(&step.to_le_bytes());
        }
        Ok(out)
    }
}

fn short(len: usize) -> Result<[u8; 2], Refusal> {
    u16::try_from(len).map(u16::to_le_bytes).map_err(|_| cut())
}

/// What the head that places the drawing ends with.
pub(super) fn sum(head: &[u8]) -> u16 {
    let (pairs, _) = head.as_chunks::<2>();
    pairs.iter().take(10).fold(0, |sum, pair| sum ^ u16::from_le_bytes(*pair))
}

fn polygons(fields: &[u8]) -> Result<Vec<u8>, Refusal> {
    let count = usize::from(le16(fields, 0).ok_or_else(cut)?);
    let counts = slice(fields, 2, count.saturating_mul(2)).ok_or_else(cut)?;
    let (counts, _) = counts.as_chunks::<2>();
    let points =
        counts.iter().fold(0usize, |sum, n| sum.saturating_add(u16::from_le_bytes(*n).into()));
    let len = points.saturating_mul(4).saturating_add(count.saturating_mul(2)).saturating_add(2);
    Ok(slice(fields, 0, len).ok_or_else(cut)?.to_vec())
}

/// A font: how it looks, and its name up to its end.
fn font(fields: &[u8]) -> Result<Vec<u8>, Refusal> {
    let (looks, name) = fields.split_at_checked(18).ok_or_else(cut)?;
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len()).min(31);
    let mut out = [looks, name.get(..end).unwrap_or_default(), &[0]].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    Ok(out)
}

/// A region: bounds, and bands of spans.
fn region(fields: &[u8]) -> Result<Vec<u8>, Refusal> {
    let bands = le16(fields, 10).ok_or_else(cut)?;
    let mut at = 22usize;
    let mut out = [0u8, 0, 6, 0, 0, 0, 0, 0].to_vec();
    let mut body = slice(fields, 10, 12).ok_or_else(cut)?.to_vec();
    for _ in 0..bands {
        let count = le16(fields, at).ok_or_else(cut)?;
        let len = usize::from(count).saturating_mul(2).saturating_add(8);
        let band = slice(fields, at, len).ok_or_else(cut)?;
        if band.get(len.saturating_sub(2)..) != Some(&count.to_le_bytes()) {
            return Err(Refusal::malformed("a band of a region"));
        }
        body.extend_from_slice(band);
        at = at.saturating_add(len);
    }
    out.extend(short(body.len().saturating_add(10))?);
    out.extend(body);
    Ok(out)
}
