//! EMF: commands of 32 bits.

use super::picture::{self, Picture};
use super::shape::{EMF, EMF_GONE};
use super::words::{self, Words};
use super::{cut, emf_check, number};
use crate::bytes::{Cursor, le16, le32, slice};
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::xml::Tally;
use crate::{Cleaned, Limits, Refusal};

/// The length of the head that is written.
const HEAD: usize = 108;
/// What stands before the fields of a command: its number and length.
const FRONT: usize = 8;
/// The last command.
const END: u32 = 14;
/// Where a command says nothing of what colours mean.
const UNSAID: usize = usize::MAX;

/// Whether a file starts as an EMF.
pub(crate) fn is_emf(bytes: &[u8]) -> bool {
    le32(bytes, 0) == Some(1) && slice(bytes, 40, 4) == Some(b" EMF")
}

/// Writes a drawing anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut emf = Emf {
        limits,
        findings: Findings::default(),
        met: Tally::default(),
        out: Vec::new(),
        count: 1,
    };
    let mut at = emf.head(bytes)?;
    loop {
        let (kind, len) =
            (le32(bytes, at).ok_or_else(cut)?, le32(bytes, at.saturating_add(4)).ok_or_else(cut)?);
        let len = usize::try_from(len).ok().filter(|len| *len >= FRONT && len % 4 == 0);
        let record = len.and_then(|len| slice(bytes, at, len)).ok_or_else(cut)?;
        at = at.saturating_add(record.len());
        if kind == END {
            break;
        }
        emf.command(kind, record)?;
        limits.admit_output(emf.out.len())?;
    }
    if at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        emf.findings.removed(Class::Trailing, "bytes after the end", &foreign(rest));
    }
    let Emf { mut out, met, mut findings, mut count, .. } = emf;
    count = count.saturating_add(1);
    for field in [END, 20, 0, 16, 20] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    let len = number(out.len())?;
    for (at, field) in [(48usize, len), (52, count)] {
        if let Some(place) = out.get_mut(at..at.saturating_add(4)) {
            place.copy_from_slice(&field.to_le_bytes());
        }
    }
    met.report(&mut findings);
    emf_check::check(&out)?;
    Ok((out, findings))
}

struct Emf<'l> {
    limits: &'l Limits,
    findings: Findings,
    met: Tally,
    out: Vec<u8>,
    /// How many commands are written, the head among them.
    count: u32,
}

impl Emf<'_> {
    /// The head anew; where the commands start.
    fn head(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let fault = || Refusal::malformed("the head of a drawing");
        let len = le32(bytes, 4).and_then(|len| usize::try_from(len).ok());
        let len =
            len.filter(|len| *len >= 88 && len % 4 == 0 && is_emf(bytes)).ok_or_else(fault)?;
        let head = slice(bytes, 0, len).ok_or_else(fault)?;
        let field = |at| le32(head, at).unwrap_or(0);
        if field(60) > 0 {
            let said = (usize::try_from(field(64)), usize::try_from(field(60)));
            let said = match said {
                (Ok(at), Ok(len)) => slice(bytes, at, len.saturating_mul(2).min(400)),
                _ => None,
            };
            let said: Vec<u8> =
                said.unwrap_or_default().iter().copied().filter(|b| *b != 0).collect();
            self.met.removed(Class::Software, "what the drawing was made with", &foreign(&said));
        }
        if field(68) > 0 {
            self.met.removed(Class::Color, "palette of a screen", "");
        }
        if len > HEAD || (len > 100 && field(88) > 0) {
            self.met.removed(Class::Unknown, "bytes behind the head", "");
        }
        let measures =
            format!("{} x {} dots, {} x {} mm", field(72), field(76), field(80), field(84));
        let why = "the drawing is measured in them";
        self.findings.kept(Class::Device, "size of the screen or paper", &measures, why);
        let handles = le16(head, 56).unwrap_or(0);
        for field in [1u32, 108] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        // Where it draws, and how large that is.
        self.out.extend_from_slice(slice(head, 8, 32).ok_or_else(fault)?);
        self.out.extend_from_slice(b" EMF\0\0\x01\0");
        // Length and count come when they are known.
        self.out.extend_from_slice(&[0; 8]);
        self.out.extend_from_slice(&handles.to_le_bytes());
        self.out.extend_from_slice(&[0; 14]);
        self.out.extend_from_slice(slice(head, 72, 16).ok_or_else(fault)?);
        self.out.extend_from_slice(&[0; 12]);
        let fine = if len >= 108 { slice(head, 100, 8) } else { None };
        let coarse =
            [field(80), field(84)].map(|mm| mm.saturating_mul(1000).to_le_bytes()).concat();
        self.out.extend_from_slice(fine.unwrap_or(&coarse));
        Ok(len)
    }

    /// Writes a command: its number, its length, its fields, filled up to whole numbers.
    fn put(&mut self, kind: u32, fields: &[u8]) -> Result<(), Refusal> {
        let len = fields.len().next_multiple_of(4).saturating_add(FRONT);
        self.out.extend_from_slice(&kind.to_le_bytes());
        self.out.extend_from_slice(&number(len)?.to_le_bytes());
        self.out.extend_from_slice(fields);
        self.out.resize(self.out.len().next_multiple_of(4), 0);
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    fn command(&mut self, kind: u32, record: &[u8]) -> Result<(), Refusal> {
        let fields = record.get(FRONT..).unwrap_or_default();
        if let Some((_, len)) = EMF.iter().find(|(of, _)| *of == kind) {
            let mut kept = slice(fields, 0, *len).ok_or_else(cut)?.to_vec();
            if fields.len() > *len {
                self.met.removed(Class::Unknown, "bytes behind a command", "");
            }
            if kind == 38 {
                // A pen is as high as it is wide.
                if let Some(unused) = kept.get_mut(12..16) {
                    unused.fill(0);
                }
            }
            return self.put(kind, &kept);
        }
        if let Some((_, what)) = EMF_GONE.iter().find(|(of, _)| *of == kind) {
            let class = if what.starts_with("colour") { Class::Color } else { Class::Device };
            self.met.removed(class, what, &foreign(fields.get(..200).unwrap_or(fields)));
            return Ok(());
        }
        let fields = match kind {
            70 => return self.comment(fields),
            2..=6 => counted(fields, 8)?,
            85..=89 => counted(fields, 4)?,
            7 | 8 => many(fields, 8)?,
            90 | 91 => many(fields, 4)?,
            56 => drawn(fields, 8)?,
            92 => drawn(fields, 4)?,
            49 => palette(fields, 4)?,
            50 => palette(fields, 8)?,
            71 | 74 => region(fields, if kind == 71 { 24 } else { 20 }, 16)?,
            72 => region(fields, 32, 16)?,
            73 => region(fields, 20, 16)?,
            75 => clip(fields)?,
            76 => self.bitmap(record, 100, &[(84, 80)], false)?,
            77 | 116 => self.bitmap(record, 108, &[(84, 80)], false)?,
            114 => self.bitmap(record, 108, &[(84, 80)], true)?,
            78 => self.bitmap(record, 128, &[(84, 80), (112, 108)], false)?,
            79 => self.bitmap(record, 140, &[(96, 92), (124, 120)], false)?,
            80 => self.bitmap(record, 76, &[(48, 64)], false)?,
            81 => self.bitmap(record, 80, &[(48, 64)], false)?,
            93 | 94 => self.bitmap(record, 32, &[(16, 12)], false)?,
            82 => font(fields)?,
            95 => self.pen(record)?,
            83 | 84 => self.text(kind == 84, record)?,
            108 => self.small_text(fields)?,
            118 => gradient(fields)?,
            kind => return Err(Refusal::unsupported(format!("drawing command {kind} of EMF"))),
        };
        self.put(kind, &fields)
    }

    /// Comments go; a drawing that stands in them alone is none without them.
    fn comment(&mut self, fields: &[u8]) -> Result<(), Refusal> {
        let body = fields.get(4..).unwrap_or_default();
        if let Some(newer) = body.strip_prefix(b"EMF+") {
            // The first one says whether plain commands draw the same.
            let alone =
                le16(newer, 0) == Some(0x4001) && le16(newer, 2).is_some_and(|f| f & 1 == 0);
            if alone {
                return Err(Refusal::unsupported("a drawing in EMF+ without plain commands"));
            }
            self.met.removed(Class::HiddenContent, "second form of the drawing (EMF+)", "");
        } else {
            let said: Vec<u8> = body.iter().copied().filter(|b| *b != 0).take(200).collect();
            self.met.removed(Class::Comment, "comment", &foreign(&said));
        }
        Ok(())
    }

    /// A command with pictures: where it says that they are, and what their colours mean, stands at
    /// `places`.
    fn bitmap(
        &mut self,
        record: &[u8],
        fixed: usize,
        places: &[(usize, usize)],
        blended: bool,
    ) -> Result<Vec<u8>, Refusal> {
        let mut out = slice(record, FRONT, fixed.saturating_sub(FRONT)).ok_or_else(cut)?.to_vec();
        let mut tail = Vec::new();
        for (place, usage) in places {
            let part = |n: usize| {
                let at = place.saturating_add(n.saturating_mul(4));
                le32(record, at).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut)
            };
            let picture = match (part(1)?, part(3)?) {
                (0, _) | (_, 0) => None,
                (head, rows) => {
                    if le32(record, *usage).is_some_and(|usage| usage != 0) && *usage != UNSAID {
                        let what = "a picture with the colours of a screen";
                        return Err(Refusal::unsupported(what));
                    }
                    let head = slice(record, part(0)?, head).ok_or_else(cut)?;
                    let rows = slice(record, part(2)?, rows).ok_or_else(cut)?;
                    let clean = if blended { picture::clean_blended } else { picture::clean };
                    Some(clean(head, rows, self.limits, &mut self.findings)?)
                }
            };
            let fields = placed(picture, fixed, &mut tail)?;
            let at = place.saturating_sub(FRONT);
            out.get_mut(at..at.saturating_add(16)).ok_or_else(cut)?.copy_from_slice(&fields);
        }
        out.extend(tail);
        Ok(out)
    }

    /// A pen, perhaps with a pattern.
    fn pen(&mut self, record: &[u8]) -> Result<Vec<u8>, Refusal> {
        let styles = le32(record, 48).and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= 32);
        let fixed = 52usize.saturating_add(styles.ok_or_else(cut)?.saturating_mul(4));
        self.bitmap(record, fixed, &[(12, UNSAID)], false)
    }

    fn text(&mut self, wide: bool, record: &[u8]) -> Result<Vec<u8>, Refusal> {
        const FIXED: usize = 76;
        let mut out = slice(record, FRONT, FIXED.saturating_sub(FRONT)).ok_or_else(cut)?.to_vec();
        let at = |at| le32(record, at).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut);
        let (count, from, options, steps) =
            (at(44)?, at(48)?, le32(record, 52).unwrap_or(0), at(72)?);
        // Each letter may have a step down, too.
        let each = if options & 0x2000 == 0 { 1usize } else { 2 };
        let steps = if steps == 0 || count == 0 {
            Vec::new()
        } else {
            let len = count.checked_mul(each).and_then(|n| n.checked_mul(4)).ok_or_else(cut)?;
            let raw = slice(record, steps, len).ok_or_else(cut)?;
            steps_of(raw, each)
        };
        let glyphs = options & 0x10 != 0;
        let (text, count, steps) = if wide {
            let len = count.checked_mul(2).ok_or_else(cut)?;
            let raw =
                if count == 0 { &[][..] } else { slice(record, from, len).ok_or_else(cut)? };
            self.wide(raw, &steps, glyphs)
        } else {
            let raw =
                if count == 0 { &[][..] } else { slice(record, from, count).ok_or_else(cut)? };
            let seen = if glyphs { vec![true; raw.len()] } else { words::seen_bytes(raw) };
            let words = words::visible(raw, &steps, &seen);
            self.lost(words.lost);
            (words.units.clone(), words.units.len(), words.steps)
        };
        let behind = FIXED.saturating_add(text.len().next_multiple_of(4));
        let steps_at = if steps.is_empty() { 0 } else { behind };
        for (at, field) in [(36usize, count), (40, FIXED), (64, steps_at)] {
            let field = number(field)?.to_le_bytes();
            out.get_mut(at..at.saturating_add(4)).ok_or_else(cut)?.copy_from_slice(&field);
        }
        out.extend(&text);
        out.resize(out.len().next_multiple_of(4), 0);
        for step in &steps {
            for step in step.iter().take(each) {
                out.extend_from_slice(&step.to_le_bytes());
            }
        }
        Ok(out)
    }

    fn wide(
        &mut self,
        raw: &[u8],
        steps: &[[i32; 2]],
        glyphs: bool,
    ) -> (Vec<u8>, usize, Vec<[i32; 2]>) {
        let (pairs, _) = raw.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let seen = if glyphs { vec![true; units.len()] } else { words::seen_utf16(&units) };
        let Words { units, steps, lost } = words::visible(&units, steps, &seen);
        self.lost(lost);
        (units.iter().flat_map(|unit| unit.to_le_bytes()).collect(), units.len(), steps)
    }

    fn lost(&mut self, lost: bool) {
        if lost {
            self.met.removed(Class::Identifier, "letters that cannot be seen", "");
        }
    }

    fn small_text(&mut self, fields: &[u8]) -> Result<Vec<u8>, Refusal> {
        let (count, options) =
            (le32(fields, 8).ok_or_else(cut)?, le32(fields, 12).ok_or_else(cut)?);
        let count = usize::try_from(count).map_err(|_| cut())?;
        let fixed = if options & 0x100 == 0 { 44usize } else { 28 };
        let mut out = slice(fields, 0, fixed).ok_or_else(cut)?.to_vec();
        let bytes = options & 0x200 != 0;
        let len = if bytes { Some(count) } else { count.checked_mul(2) };
        let raw = len.and_then(|len| slice(fields, fixed, len)).ok_or_else(cut)?;
        let (text, count) = if bytes {
            let words = words::visible(raw, &[], &words::seen_bytes(raw));
            self.lost(words.lost);
            (words.units.clone(), words.units.len())
        } else {
            let (text, count, _) = self.wide(raw, &[], options & 0x10 != 0);
            (text, count)
        };
        out.get_mut(8..12).ok_or_else(cut)?.copy_from_slice(&number(count)?.to_le_bytes());
        out.extend(text);
        Ok(out)
    }
}

/// Where a picture stands in the command it belongs to.
fn placed(picture: Option<Picture>, fixed: usize, tail: &mut Vec<u8>) -> Result<[u8; 16], Refusal> {
    let mut fields = [0u8; 16];
    let Some(Picture { head, rows }) = picture else { return Ok(fields) };
    let mut numbers = Vec::with_capacity(16);
    for part in [head, rows] {
        tail.resize(tail.len().next_multiple_of(4), 0);
        numbers.extend_from_slice(&number(fixed.saturating_add(tail.len()))?.to_le_bytes());
        numbers.extend_from_slice(&number(part.len())?.to_le_bytes());
        tail.extend(part);
    }
    for (field, number) in fields.iter_mut().zip(numbers) {
        *field = number;
    }
    Ok(fields)
}

fn steps_of(raw: &[u8], each: usize) -> Vec<[i32; 2]> {
    let (numbers, _) = raw.as_chunks::<4>();
    let numbers: Vec<i32> = numbers.iter().map(|n| i32::from_le_bytes(*n)).collect();
    let pair =
        |step: &[i32]| [step.first().copied().unwrap_or(0), step.get(1).copied().unwrap_or(0)];
    numbers.chunks(each).map(pair).collect()
}

/// Bounds, a count, and so many points.
fn counted(fields: &[u8], point: usize) -> Result<Vec<u8>, Refusal> {
    let count = le32(fields, 16).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut)?;
    let len = count.checked_mul(point).and_then(|len| len.checked_add(20)).ok_or_else(cut)?;
    Ok(slice(fields, 0, len).ok_or_else(cut)?.to_vec())
}

/// Bounds, a count of lines, one of points, the points of each line, and the points.
fn many(fields: &[u8], point: usize) -> Result<Vec<u8>, Refusal> {
    let at = |at| le32(fields, at).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut);
    let (lines, points) = (at(16)?, at(20)?);
    let counts = lines.checked_mul(4).and_then(|len| slice(fields, 24, len)).ok_or_else(cut)?;
    let mut from = Cursor::new(counts);
    let mut sum = 0u64;
    while let Some(count) = from.le32() {
        sum = sum.saturating_add(count.into());
    }
    if sum != points as u64 {
        return Err(Refusal::malformed("lines with more or fewer points than are counted"));
    }
    let len =
        points.checked_mul(point).and_then(|len| len.checked_add(24)?.checked_add(counts.len()));
    Ok(slice(fields, 0, len.ok_or_else(cut)?).ok_or_else(cut)?.to_vec())
}

/// Points with what is done at each.
fn drawn(fields: &[u8], point: usize) -> Result<Vec<u8>, Refusal> {
    let mut out = counted(fields, point)?;
    let count = out.len().saturating_sub(20) / point;
    let kinds = slice(fields, out.len(), count).ok_or_else(cut)?;
    if !kinds.iter().all(|kind| matches!(kind, 2..=7)) {
        return Err(Refusal::malformed("a point of an unknown kind"));
    }
    out.extend_from_slice(kinds);
    Ok(out)
}

/// An object's number, a version or a start, a count, and so many colours.
fn palette(fields: &[u8], count_at: usize) -> Result<Vec<u8>, Refusal> {
    let (count, front) = if count_at == 4 {
        (le16(fields, 6).map(u32::from), 8usize)
    } else {
        (le32(fields, 8), 12)
    };
    let count = count.and_then(|n| usize::try_from(n).ok()).ok_or_else(cut)?;
    let len = count.checked_mul(4).and_then(|len| len.checked_add(front)).ok_or_else(cut)?;
    Ok(slice(fields, 0, len).ok_or_else(cut)?.to_vec())
}

/// A region behind `fixed` fields, whose length stands at `len_at`.
fn region(fields: &[u8], fixed: usize, len_at: usize) -> Result<Vec<u8>, Refusal> {
    let said = le32(fields, len_at).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut)?;
    let body = slice(fields, fixed, said).ok_or_else(cut)?;
    let region = rectangles(body)?;
    let mut out = slice(fields, 0, fixed).ok_or_else(cut)?.to_vec();
    let len = number(region.len())?.to_le_bytes();
    out.get_mut(len_at..len_at.saturating_add(4)).ok_or_else(cut)?.copy_from_slice(&len);
    out.extend(region);
    Ok(out)
}

/// A region that clips; without any, nothing is clipped.
fn clip(fields: &[u8]) -> Result<Vec<u8>, Refusal> {
    if le32(fields, 0) == Some(0) {
        return Ok(slice(fields, 0, 8).ok_or_else(cut)?.to_vec());
    }
    region(fields, 8, 0)
}

fn rectangles(body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let count = le32(body, 8).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut)?;
    let len = count.checked_mul(16).ok_or_else(cut)?;
    let bounds = slice(body, 16, 16).ok_or_else(cut)?;
    let all = slice(body, 32, len).ok_or_else(cut)?;
    if (le32(body, 0), le32(body, 4)) != (Some(32), Some(1)) {
        return Err(Refusal::malformed("a region of an unknown kind"));
    }
    let front = [32u32, 1, number(count)?, number(len)?].map(u32::to_le_bytes).concat();
    Ok([&front, bounds, all].concat())
}

/// A font: how it looks and what it is called. Other names and marks of its maker go.
fn font(fields: &[u8]) -> Result<Vec<u8>, Refusal> {
    const WHOLE: usize = 320;
    let mut out = slice(fields, 0, 32).ok_or_else(cut)?.to_vec();
    let name = slice(fields, 32, 64).ok_or_else(cut)?;
    let end = name.chunks(2).position(|unit| unit == [0, 0]).unwrap_or(31).min(31);
    out.extend_from_slice(name.get(..end.saturating_mul(2)).unwrap_or_default());
    out.resize(WHOLE.saturating_add(4), 0);
    Ok(out)
}

fn gradient(fields: &[u8]) -> Result<Vec<u8>, Refusal> {
    let at = |at| le32(fields, at).and_then(|n| usize::try_from(n).ok()).ok_or_else(cut);
    let (corners, areas, mode) = (at(16)?, at(20)?, at(24)?);
    let each = match mode {
        0 | 1 => 8usize,
        2 => 12,
        _ => return Err(Refusal::malformed("a gradient of an unknown kind")),
    };
    let len = corners.checked_mul(16).and_then(|len| len.checked_add(areas.checked_mul(each)?));
    let len = len.and_then(|len| len.checked_add(28)).ok_or_else(cut)?;
    let mut out = slice(fields, 0, len).ok_or_else(cut)?.to_vec();
    if each == 8 {
        // Filled up to what triangles take.
        out.resize(out.len().saturating_add(areas.saturating_mul(4)), 0);
    }
    Ok(out)
}
