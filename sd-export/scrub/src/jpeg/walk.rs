//! Walks the markers of a JPEG from its start to its first end.

use std::borrow::Cow;

use super::blocks::Unit;
use super::entropy::{Scan, follow};
use super::frame::Frame;
use super::stuffing::{plain_len, until_marker};
use super::tables::Tables;
use super::{Meaning, app, scan, segment};
use crate::bytes::{be16, slice};
use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal};

/// No encoder writes more scans; each one costs a walk over all blocks.
const MAX_SCANS: usize = 200;

/// Fewer bytes than these are copied rather than made a piece of their own.
const SHORT: usize = 1 << 12;

/// A picture taken apart.
pub(super) struct Walked<'a> {
    pub(super) meaning: Meaning,
    pub(super) findings: Findings,
    /// Tables, frame and scans as they are written.
    pub(super) body: Rope<'a>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colours: u8,
}

/// Takes a picture apart; refuses what is not a whole baseline or progressive JPEG.
pub(super) fn walk<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Walked<'a>, Refusal> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return Err(Refusal::malformed("no start of a JPEG picture"));
    }
    let mut walker = Walker {
        bytes,
        at: 2,
        meaning: Meaning::default(),
        findings: Findings::default(),
        tables: Tables::default(),
        frame: None,
        scans: 0,
        done: Rope::default(),
        out: Vec::new(),
    };
    while walker.step(limits)? {}
    walker.finish()
}

struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
    meaning: Meaning,
    findings: Findings,
    tables: Tables,
    frame: Option<Frame>,
    scans: usize,
    /// What is written, up to the last piece that is still the file's own.
    done: Rope<'a>,
    /// What is written behind that.
    out: Vec<u8>,
}

impl<'a> Walker<'a> {
    /// Takes one marker; `false` at the end of the picture.
    fn step(&mut self, limits: &Limits) -> Result<bool, Refusal> {
        let Some(marker) = self.next_marker() else {
            // The end marker is missing. `finish` checks that the picture itself is whole.
            return Ok(false);
        };
        match marker {
            0xd9 => {
                app::trailer(self.bytes.get(self.at..).unwrap_or_default(), &mut self.findings);
                return Ok(false);
            }
            0xd8 => return Err(Refusal::malformed("a picture that starts inside another")),
            0x01 | 0xd0..=0xd7 => {
                self.findings.removed(Class::Unknown, "a marker between segments", "");
                return Ok(true);
            }
            _ => {}
        }
        let body = self.segment_body()?;
        match marker {
            0xc0..=0xc2 => self.start_frame(marker, body, limits)?,
            0xc4 => self.tables.huffman(body)?,
            0xdb => self.tables.quantisation(body)?,
            0xdd => self.tables.restart(body)?,
            0xda => self.scan(body)?,
            0xe0..=0xef => app::take(marker, body, &mut self.meaning, &mut self.findings),
            0xfe => self.findings.removed(Class::Comment, "COM comment", &foreign(body)),
            _ => return Err(unsupported(marker)),
        }
        Ok(true)
    }

    /// The next marker; whatever stands before it is in a gap and goes.
    fn next_marker(&mut self) -> Option<u8> {
        let from = self.at;
        loop {
            let pair = slice(self.bytes, self.at, 2)?;
            if let [0xff, marker @ 0x01..=0xfe] = pair {
                self.note_gap(from);
                self.at = self.at.checked_add(2)?;
                return Some(*marker);
            }
            self.at = self.at.checked_add(1)?;
        }
    }

    fn note_gap(&mut self, from: usize) {
        let gap = self.bytes.get(from..self.at).unwrap_or_default();
        if gap.iter().any(|b| *b != 0xff) {
            let detail = format!("{} bytes", gap.len());
            self.findings.removed(Class::Trailing, "bytes between segments", &detail);
        }
    }

    fn segment_body(&mut self) -> Result<&'a [u8], Refusal> {
        let bad = || Refusal::malformed("segment length");
        let len = usize::from(be16(self.bytes, self.at).ok_or_else(bad)?);
        let start = self.at.checked_add(2).ok_or_else(bad)?;
        let body = slice(self.bytes, start, len.checked_sub(2).ok_or_else(bad)?).ok_or_else(bad)?;
        self.at = self.at.checked_add(len).ok_or_else(bad)?;
        Ok(body)
    }

    fn start_frame(&mut self, marker: u8, body: &[u8], limits: &Limits) -> Result<(), Refusal> {
        if self.frame.is_some() {
            return Err(Refusal::malformed("a second frame"));
        }
        self.frame = Some(Frame::read(marker, body, limits)?);
        Ok(())
    }

    fn scan(&mut self, header: &[u8]) -> Result<(), Refusal> {
        let mut frame =
            self.frame.take().ok_or_else(|| Refusal::malformed("a scan before the frame"))?;
        self.scans = self.scans.saturating_add(1);
        if self.scans > MAX_SCANS {
            return Err(Refusal::TooLarge {
                what: "number of scans".into(),
                limit: MAX_SCANS as u64,
            });
        }
        let scan = scan::read(header, &mut frame)?;
        let which: Vec<usize> = scan.parts.iter().map(|part| part.component).collect();
        if self.scans == 1 {
            self.tables.write_first_quantisers(&frame, &mut self.out)?;
        }
        self.tables.write_quantisers(&frame, &which, &mut self.out)?;
        if self.scans == 1 {
            segment(&mut self.out, frame.marker, &[&frame.header])?;
        }
        self.tables.write_codes(&scan.codes(frame.progressive), &mut self.out)?;
        segment(&mut self.out, 0xda, &[header])?;
        let tables = std::mem::take(&mut self.tables);
        self.scan_data(&mut frame, &scan, &tables)?;
        (self.frame, self.tables) = (Some(frame), tables);
        Ok(())
    }

    /// Copies the coded data of a scan, interval by interval, each up to its last bit.
    fn scan_data(
        &mut self,
        frame: &mut Frame,
        scan: &Scan,
        tables: &Tables,
    ) -> Result<(), Refusal> {
        let total = match (scan.parts.as_slice(), &frame.components) {
            ([part], components) => components
                .get(part.component)
                .map_or(0, |c| u64::from(c.blocks.0) * u64::from(c.blocks.1)),
            _ => u64::from(frame.units.0) * u64::from(frame.units.1),
        };
        let unit = (!frame.progressive).then(|| Unit::new(frame, scan, tables)).transpose()?;
        let step = match tables.restart_interval() {
            0 => total,
            interval => u64::from(interval),
        };
        let mut first = 0u64;
        let mut number = 0u8;
        while first < total {
            if first > 0 {
                self.expect_restart(number)?;
                self.out.extend_from_slice(&[0xff, 0xd0 | number]);
                number = (number + 1) & 7;
            }
            let coded = until_marker(self.bytes.get(self.at..).unwrap_or_default());
            self.at = self.at.saturating_add(coded.len());
            let units = step.min(total - first);
            let (used, bits) = match &unit {
                Some(unit) => unit.follow(coded, units)?,
                None => follow(frame, scan, tables, coded, (first, units))?,
            };
            self.copy_interval(coded, used, bits);
            first = first.saturating_add(units);
        }
        Ok(())
    }

    fn expect_restart(&mut self, number: u8) -> Result<(), Refusal> {
        while slice(self.bytes, self.at, 2) == Some(&[0xff, 0xff]) {
            self.at = self.at.saturating_add(1);
        }
        if slice(self.bytes, self.at, 2) != Some(&[0xff, 0xd0 | number]) {
            return Err(Refusal::malformed("a restart marker is missing"));
        }
        self.at = self.at.saturating_add(2);
        Ok(())
    }

    /// Writes the used bytes as they are coded, the unused bits of the last one set to 1 as
    /// encoders do.
    fn copy_interval(&mut self, coded: &'a [u8], used: usize, bits: u32) {
        let (used, unused) = coded.split_at_checked(used).unwrap_or((coded, &[]));
        if !unused.is_empty() {
            let detail = format!("{} bytes", plain_len(unused));
            self.findings.removed(Class::Trailing, "bytes after the last block of a scan", &detail);
        }
        let (most, last) = match used {
            [most @ .., last @ 0xff, 0] | [most @ .., last] => (most, *last),
            [] => return,
        };
        if most.len() < SHORT {
            self.out.extend_from_slice(most);
        } else {
            self.done.push(Cow::Owned(std::mem::take(&mut self.out)));
            self.done.push(Cow::Borrowed(most));
        }
        let last = if bits > 0 { last | 0xff >> bits } else { last };
        self.out.push(last);
        if last == 0xff {
            self.out.push(0);
        }
    }

    fn finish(mut self) -> Result<Walked<'a>, Refusal> {
        let frame = self.frame.ok_or_else(|| Refusal::malformed("no picture in the file"))?;
        if !frame.is_complete() {
            return Err(Refusal::malformed("the picture is not whole"));
        }
        if self.tables.left_over() > 0 {
            let detail = self.tables.left_over().to_string();
            self.findings.removed(Class::Unknown, "tables that no scan uses", &detail);
        }
        self.done.push(Cow::Owned(self.out));
        Ok(Walked {
            meaning: self.meaning,
            findings: self.findings,
            body: self.done,
            width: frame.width,
            height: frame.height,
            colours: u8::try_from(frame.components.len()).unwrap_or(0),
        })
    }
}

fn unsupported(marker: u8) -> Refusal {
    match marker {
        0xc3 | 0xc7 | 0xcb | 0xcf => Refusal::unsupported("lossless JPEG"),
        0xc5 | 0xc6 | 0xcd | 0xce | 0xde | 0xdf => Refusal::unsupported("hierarchical JPEG"),
        0xc9 | 0xca | 0xcc => Refusal::unsupported("JPEG with arithmetic coding"),
        0xdc => Refusal::unsupported("JPEG that says its height only at the end (DNL)"),
        0xf7 => Refusal::unsupported("JPEG-LS"),
        _ => Refusal::unsupported(format!("JPEG marker 0xff{marker:02x}")),
    }
}
