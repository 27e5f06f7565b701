//! Quantisation and Huffman tables: read exactly, written when a scan needs them, once.

use std::collections::{BTreeMap, BTreeSet};

use super::frame::Frame;
use super::huffman::Table;
use super::segment;
use crate::Refusal;
use crate::bytes::slice;

/// A table that was defined, as it is written, and whether it was written since.
struct Defined<T> {
    bytes: Vec<u8>,
    table: T,
    written: bool,
}

/// The tables in force.
#[derive(Default)]
pub(super) struct Tables {
    quantisers: BTreeMap<u8, Defined<()>>,
    /// By the byte that names class and number.
    codes: BTreeMap<u8, Defined<Table>>,
    restart: u16,
    restart_written: u16,
    /// Tables that were defined and replaced, or left, without any scan using them.
    pub(super) unused: usize,
}

impl Tables {
    /// Takes over a DQT segment.
    pub(super) fn quantisation(&mut self, mut body: &[u8]) -> Result<(), Refusal> {
        let bad = || Refusal::malformed("quantisation table");
        while let Some(head) = body.first() {
            let len: usize = match head >> 4 {
                0 => 65,
                1 => 129,
                _ => return Err(bad()),
            };
            if head & 15 > 3 {
                return Err(bad());
            }
            let bytes = slice(body, 0, len).ok_or_else(bad)?.to_vec();
            let new = Defined { bytes, table: (), written: false };
            let old = self.quantisers.insert(head & 15, new);
            self.unused += usize::from(old.is_some_and(|old| !old.written));
            body = body.get(len..).unwrap_or_default();
        }
        Ok(())
    }

    /// Takes over a DHT segment.
    pub(super) fn huffman(&mut self, mut body: &[u8]) -> Result<(), Refusal> {
        let bad = || Refusal::malformed("Huffman table");
        while let Some(head) = body.first().copied() {
            if head >> 4 > 1 || head & 15 > 3 {
                return Err(bad());
            }
            let counts = slice(body, 1, 16).ok_or_else(bad)?;
            let total = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let symbols = slice(body, 17, total).ok_or_else(bad)?;
            let distinct: BTreeSet<u8> = symbols.iter().copied().collect();
            if total > 256 || distinct.len() != total {
                return Err(bad());
            }
            let table = Table::new(counts, symbols)?;
            let end = total.saturating_add(17);
            let bytes = slice(body, 0, end).ok_or_else(bad)?.to_vec();
            let old = self.codes.insert(head, Defined { bytes, table, written: false });
            self.unused += usize::from(old.is_some_and(|old| !old.written));
            body = body.get(end..).unwrap_or_default();
        }
        Ok(())
    }

    /// Takes over a DRI segment.
    pub(super) fn restart(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let bytes: [u8; 2] = body.try_into().map_err(|_| Refusal::malformed("restart interval"))?;
        self.restart = u16::from_be_bytes(bytes);
        Ok(())
    }

    /// Units between restart markers; 0 for none.
    pub(super) fn restart_interval(&self) -> u16 {
        self.restart
    }

    /// The code table of a class (0 for DC, 1 for AC) and number.
    pub(super) fn code(&self, class: u8, number: u8) -> Result<&Table, Refusal> {
        let found = self.codes.get(&((class << 4) | number));
        found.map(|d| &d.table).ok_or_else(|| Refusal::malformed("a Huffman table is missing"))
    }

    /// Writes the quantisation tables of the given colours that are new since the last scan.
    pub(super) fn write_quantisers(
        &mut self,
        frame: &Frame,
        which: &[usize],
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        for component in which.iter().filter_map(|at| frame.components.get(*at)) {
            let table = self
                .quantisers
                .get_mut(&component.quantiser)
                .ok_or_else(|| Refusal::malformed("a quantisation table is missing"))?;
            if !table.written {
                segment(out, 0xdb, &[&table.bytes])?;
                table.written = true;
            }
        }
        Ok(())
    }

    /// Writes, before the first scan, the quantisation tables of all colours that are defined by
    /// then: some readers want them before any picture data.
    pub(super) fn write_first_quantisers(
        &mut self,
        frame: &Frame,
        out: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let defined = |at: &usize| {
            let component = frame.components.get(*at);
            component.is_some_and(|c| self.quantisers.contains_key(&c.quantiser))
        };
        let which: Vec<usize> = (0..frame.components.len()).filter(defined).collect();
        self.write_quantisers(frame, &which, out)
    }

    /// Writes the code tables a scan uses, and the restart interval, where they are new.
    pub(super) fn write_codes(&mut self, used: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        if self.restart != self.restart_written {
            segment(out, 0xdd, &[&self.restart.to_be_bytes()])?;
            self.restart_written = self.restart;
        }
        for name in used {
            let table = self
                .codes
                .get_mut(name)
                .ok_or_else(|| Refusal::malformed("a Huffman table is missing"))?;
            if !table.written {
                segment(out, 0xc4, &[&table.bytes])?;
                table.written = true;
            }
        }
        Ok(())
    }

    /// How many tables no scan used.
    pub(super) fn left_over(&self) -> usize {
        let quantisers = self.quantisers.values().filter(|d| !d.written).count();
        let codes = self.codes.values().filter(|d| !d.written).count();
        self.unused + quantisers + codes
    }
}
