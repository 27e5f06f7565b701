//! PNM: numbers and samples kept, comments and everything around them gone. What was written in
//! digits is written in bytes.

use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::wording::foreign;
use crate::{Cleaned, Limits, Refusal};

/// What a head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    /// The digit after the P.
    kind: u8,
    width: u32,
    height: u32,
    /// Samples a pixel.
    depth: u32,
    largest: u32,
}

/// Whether the bytes start with a whole head: words can start like one.
pub(crate) fn is_pnm(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1 << 16)).unwrap_or_default();
    read_head(&mut Cursor::new(head), &mut Findings::default()).is_some()
}

/// Writes a picture file anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut from = Cursor::new(bytes);
    let head = read_head(&mut from, &mut findings).ok_or_else(|| Refusal::malformed("the head"))?;
    limits.admit_pixels(head.width, head.height, 1)?;
    let samples = if matches!(head.kind, b'1'..=b'3') {
        digits(&mut from, head, &mut findings)?
    } else {
        raster(&mut from, head, &mut findings)?
    };
    let rest = from.rest().trim_ascii();
    if matches!(rest, [b'P', b'1'..=b'7', ..]) {
        return Err(Refusal::unsupported("a PNM file with more than one picture"));
    }
    if !rest.is_empty() {
        findings.removed(Class::Trailing, "bytes after the end", &foreign(rest));
    }
    let mut out = head.written();
    out.extend_from_slice(&samples);
    check(&out)?;
    Ok((out, findings))
}

fn read_head(from: &mut Cursor<'_>, findings: &mut Findings) -> Option<Head> {
    let [b'P', kind @ b'1'..=b'7'] = *from.take(2)? else {
        return None;
    };
    if kind == b'7' {
        return arbitrary(from, findings);
    }
    (from.rest().first().is_some_and(|b| b.is_ascii_whitespace() || *b == b'#')).then_some(())?;
    let mut number = || word(from, findings).and_then(|w| number(&w)).filter(|n| *n > 0);
    let (width, height) = (number()?, number()?);
    let largest = if matches!(kind, b'1' | b'4') { 1 } else { number()? };
    let depth = if matches!(kind, b'3' | b'6') { 3 } else { 1 };
    // One white space, and the samples follow; in digits they may follow without.
    let space = from.u8().is_some_and(|b| b.is_ascii_whitespace());
    (space && largest < 1 << 16).then_some(Head { kind, width, height, depth, largest })
}

/// A head of lines, each with a name and a value.
fn arbitrary(from: &mut Cursor<'_>, findings: &mut Findings) -> Option<Head> {
    let mut head = Head { kind: b'7', width: 0, height: 0, depth: 0, largest: 0 };
    (from.u8()? == b'\n').then_some(())?;
    loop {
        let end = from.rest().iter().position(|b| *b == b'\n')?;
        let line = from.take(end)?;
        from.u8()?;
        let (name, value) = line.split_at(line.iter().position(|b| *b == b' ').unwrap_or(end));
        let number = number(value.trim_ascii());
        match name {
            b"ENDHDR" => break,
            b"WIDTH" => head.width = number?,
            b"HEIGHT" => head.height = number?,
            b"DEPTH" => head.depth = number?,
            b"MAXVAL" => head.largest = number?,
            b"TUPLTYPE" => {}
            _ if line.is_empty() => {}
            _ => findings.removed(Class::Comment, "comment", &foreign(line)),
        }
    }
    let sound = head.width > 0 && head.height > 0 && (1..=4).contains(&head.depth);
    (sound && (1..1 << 16).contains(&head.largest)).then_some(head)
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The next word; comments before it are named.
fn word(from: &mut Cursor<'_>, findings: &mut Findings) -> Option<Vec<u8>> {
    let mut word = Vec::new();
    while let Some(byte) = from.rest().first().copied() {
        match byte {
            b'#' => {
                let line = from.rest();
                let end = line.iter().position(|b| matches!(b, b'\n' | b'\r'));
                let comment = from.take(end.unwrap_or(line.len()))?;
                findings.removed(Class::Comment, "comment", &foreign(comment));
            }
            _ if byte.is_ascii_whitespace() && word.is_empty() => drop(from.u8()),
            b'0'..=b'9' if word.len() < 10 => word.push(from.u8()?),
            _ => break,
        }
    }
    (!word.is_empty()).then_some(word)
}

impl Head {
    /// The same picture in bytes instead of digits.
    fn written(self) -> Vec<u8> {
        let Self { width, height, depth, largest, .. } = self;
        match self.kind {
            b'1' | b'4' => format!("P4\n{width} {height}\n"),
            b'2' | b'5' => format!("P5\n{width} {height}\n{largest}\n"),
            b'3' | b'6' => format!("P6\n{width} {height}\n{largest}\n"),
            _ => {
                let kind = match (depth, largest) {
                    (1, 1) => "BLACKANDWHITE",
                    (2, 1) => "BLACKANDWHITE_ALPHA",
                    (1, _) => "GRAYSCALE",
                    (2, _) => "GRAYSCALE_ALPHA",
                    (3, _) => "RGB",
                    _ => "RGB_ALPHA",
                };
                format!(
                    "P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL {largest}\n\
                     TUPLTYPE {kind}\nENDHDR\n"
                )
            }
        }
        .into_bytes()
    }

    fn samples(self) -> Option<usize> {
        let pixels = u64::from(self.width).checked_mul(self.height.into())?;
        usize::try_from(pixels.checked_mul(self.depth.into())?).ok()
    }

    fn is_bits(self) -> bool {
        matches!(self.kind, b'1' | b'4')
    }

    /// Bytes of a row of bits.
    fn row(self) -> usize {
        usize::try_from(self.width.div_ceil(8)).unwrap_or(usize::MAX)
    }

    fn is_wide(self) -> bool {
        self.largest > 255
    }

    /// Bytes of all samples.
    fn len(self) -> Option<usize> {
        if self.is_bits() {
            return self.row().checked_mul(usize::try_from(self.height).ok()?);
        }
        self.samples()?.checked_mul(if self.is_wide() { 2 } else { 1 })
    }
}

fn short() -> Refusal {
    Refusal::malformed("picture data end early")
}

/// Samples in bytes: the bits behind the end of a row become zero.
fn raster(from: &mut Cursor<'_>, head: Head, findings: &mut Findings) -> Result<Vec<u8>, Refusal> {
    let mut samples = head.len().and_then(|len| from.take(len)).ok_or_else(short)?.to_vec();
    if !head.is_bits() {
        admit(&samples, head)?;
        return Ok(samples);
    }
    let spare = spare_bits(head);
    let mut cleared = false;
    for last in samples.chunks_exact_mut(head.row()).filter_map(|row| row.last_mut()) {
        cleared |= *last & spare != 0;
        *last &= !spare;
    }
    if cleared {
        findings.removed(Class::HiddenContent, "bits behind the end of rows", "");
    }
    Ok(samples)
}

/// The bits of a row's last byte that no pixel has.
fn spare_bits(head: Head) -> u8 {
    match head.width % 8 {
        0 => 0,
        used => 0xff >> used,
    }
}

fn admit(samples: &[u8], head: Head) -> Result<(), Refusal> {
    let fits = if head.is_wide() {
        samples.chunks_exact(2).all(|pair| {
            pair.try_into().is_ok_and(|pair| u32::from(u16::from_be_bytes(pair)) <= head.largest)
        })
    } else {
        samples.iter().all(|sample| u32::from(*sample) <= head.largest)
    };
    if fits { Ok(()) } else { Err(Refusal::malformed("a sample over the largest")) }
}

/// Samples in digits.
fn digits(from: &mut Cursor<'_>, head: Head, findings: &mut Findings) -> Result<Vec<u8>, Refusal> {
    // Every sample takes a byte at least.
    let count = head.samples().filter(|n| *n <= from.rest().len()).ok_or_else(short)?;
    let mut out = Vec::new();
    if head.is_bits() {
        out.resize(head.len().ok_or_else(short)?, 0);
    }
    let mut place = (0u32, 0usize);
    for _ in 0..count {
        if head.is_bits() {
            let bit = bit(from, findings)?;
            let at = usize::try_from(place.0 / 8).unwrap_or(usize::MAX).saturating_add(place.1);
            if let Some(byte) = out.get_mut(at) {
                *byte |= bit << (7 - place.0 % 8);
            }
            place.0 = place.0.saturating_add(1);
            if place.0 == head.width {
                place = (0, place.1.saturating_add(head.row()));
            }
            continue;
        }
        let sample = word(from, findings).and_then(|w| number(&w)).ok_or_else(short)?;
        if sample > head.largest {
            return Err(Refusal::malformed("a sample over the largest"));
        }
        let [.., high, low] = sample.to_be_bytes();
        if head.is_wide() {
            out.push(high);
        }
        out.push(low);
    }
    Ok(out)
}

/// One bit in digits: there need not be white space between two of them.
fn bit(from: &mut Cursor<'_>, findings: &mut Findings) -> Result<u8, Refusal> {
    loop {
        match from.rest().first() {
            Some(b'#') => {
                let rest = from.rest();
                let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
                let comment = from.take(end.unwrap_or(rest.len())).unwrap_or_default();
                findings.removed(Class::Comment, "comment", &foreign(comment));
            }
            Some(digit @ (b'0' | b'1')) => {
                from.u8();
                return Ok(digit - b'0');
            }
            Some(space) if space.is_ascii_whitespace() => drop(from.u8()),
            _ => return Err(short()),
        }
    }
}

/// The second reader: the head must be the one that would be written for what it says.
fn check(clean: &[u8]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("PNM: bytes that are not on the list");
    let mut findings = Findings::default();
    let mut from = Cursor::new(clean);
    let head = read_head(&mut from, &mut findings).ok_or_else(fault)?;
    let spare = spare_bits(head);
    let rows = from.rest().chunks(head.row().max(1));
    let tidy = !head.is_bits() || rows.filter_map(<[u8]>::last).all(|last| last & spare == 0);
    let same = clean.starts_with(&head.written()) && head.written().len() == from.at();
    if same && tidy && Some(from.rest().len()) == head.len() { Ok(()) } else { Err(fault()) }
}
