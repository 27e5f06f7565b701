//! Goes over the blocks of a sequential picture, several codes at a time.
//!
//! ```text
//! bits:  first | value value value | value end first | value ...
//!              '------look---------'------look-------'
//! ```
//! All that matters of a block is where it ends. So one look at the next bits passes every code that
//! is whole in them, each with the bits of its value; a look that passes the end of a block passes
//! the first code of the next block too.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::entropy::Scan;
use super::frame::Frame;
use super::huffman::{AHEAD, NO_CODE, PLACES, Table, ended};
use super::stuffing::{stuffed_len, unstuff};
use super::tables::Tables;
use crate::Refusal;
use crate::bits::Bits;

/// Values in a block.
const BLOCK: u16 = 64;

/// What one look passes: in the low byte how many bits, in the high one how many values of a block,
/// and [`BLOCK`] more with its end and the first code of the next; [`UNKNOWN`] where one look does
/// not tell.
type Step = u16;
const UNKNOWN: Step = 0xff00;

/// The steps by the next bits, from a block with codes of one table to a block that starts with a
/// code of another.
struct Steps(Box<[Step; PLACES]>);

impl Steps {
    fn new(codes: &Table, first_codes: &Table) -> Self {
        let mut steps = Box::new([UNKNOWN; PLACES]);
        for (place, step) in (0u16..).zip(steps.iter_mut()) {
            *step = step_at(place << (16 - AHEAD), codes, first_codes);
        }
        Self(steps)
    }

    #[inline]
    fn find(&self, next: u16) -> Step {
        self.0.get(usize::from(next >> (16 - AHEAD))).copied().unwrap_or(UNKNOWN)
    }
}

fn step_at(next: u16, codes: &Table, first_codes: &Table) -> Step {
    let (mut bits, mut values) = (0, 0);
    while let Some((end, symbol)) = whole_code(codes, next, bits) {
        let further = match (symbol >> 4, symbol & 15) {
            (15, 0) => 16,
            (_, 0) => match whole_code(first_codes, next, end) {
                Some((end, size @ 0..=11)) => {
                    return (values + BLOCK) << 8 | (end + u16::from(size));
                }
                _ => break,
            },
            (run, _) => u16::from(run) + 1,
        };
        if values + further >= BLOCK {
            break;
        }
        values += further;
        bits = end + u16::from(symbol & 15);
    }
    if bits == 0 { UNKNOWN } else { values << 8 | bits }
}

/// Where a code ends that starts after some bits, if it ends among those that are looked at, and
/// its symbol.
fn whole_code(codes: &Table, next: u16, bits: u16) -> Option<(u16, u8)> {
    let [length, symbol] = codes.find_short(next.checked_shl(bits.into())?).to_be_bytes();
    let end = bits + u16::from(length);
    (length > 0 && end <= AHEAD).then_some((end, symbol))
}

/// One block of a unit.
struct Block<'t> {
    codes: &'t Table,
    /// For the first code of this block, and of the one behind it.
    first: &'t Table,
    next_first: &'t Table,
    steps: Rc<Steps>,
}

/// The blocks of one unit of a scan.
pub(super) struct Unit<'t>(Vec<Block<'t>>);

impl<'t> Unit<'t> {
    pub(super) fn new(frame: &Frame, scan: &Scan, tables: &'t Tables) -> Result<Self, Refusal> {
        let mut numbers = Vec::new();
        for part in &scan.parts {
            let component = frame.components.get(part.component);
            let component = component.ok_or_else(|| Refusal::malformed("scan header"))?;
            let count = if scan.parts.len() == 1 { 1 } else { component.h * component.v };
            numbers.extend((0..count).map(|_| (part.dc, part.ac)));
        }
        let mut known: BTreeMap<(u8, u8), Rc<Steps>> = BTreeMap::new();
        let nexts = numbers.iter().cycle().skip(1);
        let blocks = numbers.iter().zip(nexts).map(|((dc, ac), (next, _))| {
            let (codes, first) = (tables.code(1, *ac)?, tables.code(0, *dc)?);
            let next_first = tables.code(0, *next)?;
            let steps = known.entry((*ac, *next));
            let steps = steps.or_insert_with(|| Rc::new(Steps::new(codes, next_first)));
            Ok(Block { codes, first, next_first, steps: Rc::clone(steps) })
        });
        blocks.collect::<Result<_, _>>().map(Self)
    }

    /// Goes over one interval of so many units, and tells how many of the coded bytes they took,
    /// and how many bits of the last one.
    pub(super) fn follow(&self, coded: &[u8], units: u64) -> Result<(usize, u32), Refusal> {
        let Some((last, most)) = self.0.split_last() else { return Ok((0, 0)) };
        let mut window = Window::new(coded);
        let mut bits = first(window.bits(), most.first().unwrap_or(last).first)?;
        for _ in 1..units {
            if window.is_short_for(&bits) {
                let place = bits.position();
                window.move_on(place);
                bits = window.bits();
            }
            for block in &self.0 {
                bits = to_next(bits, block)?;
            }
            if !bits.is_within() {
                return Err(ended());
            }
        }
        if window.is_short_for(&bits) {
            let place = bits.position();
            window.move_on(place);
            bits = window.bits();
        }
        for block in most {
            bits = to_next(bits, block)?;
        }
        // Nothing may be passed behind the last one.
        bits = to_end(bits, last)?;
        if !bits.is_within() {
            return Err(ended());
        }
        let (used, odd) = bits.position();
        Ok((window.coded_len(coded, used), odd))
    }
}

/// Bytes of a unit at most: ten blocks of 64 codes with 16 bits and 15 more, and some read ahead.
const LONGEST: usize = 4096;

/// Coded bytes without their stuffing, so many at a time that they stay in the nearer memory.
struct Window<'a> {
    held: Vec<u8>,
    /// Bits of the first byte that were passed.
    odd: u32,
    rest: &'a [u8],
}

impl<'a> Window<'a> {
    const MOST: usize = 1 << 16;

    fn new(coded: &'a [u8]) -> Self {
        let held = Vec::with_capacity(coded.len().min(Self::MOST));
        let mut window = Self { held, odd: 0, rest: coded };
        unstuff(&mut window.rest, &mut window.held, Self::MOST);
        window
    }

    /// The bits from where the window starts.
    fn bits(&self) -> Bits<'_> {
        let mut bits = Bits::new(&self.held);
        bits.fill();
        bits.pass_held(self.odd);
        bits.fill();
        bits
    }

    /// Whether a unit may need bytes that are not in the window yet.
    fn is_short_for(&self, bits: &Bits<'_>) -> bool {
        bits.unread() < LONGEST && !self.rest.is_empty()
    }

    /// Moves on to where so many bytes were passed or begun, and so many bits of the last one.
    fn move_on(&mut self, (bytes, odd): (usize, u32)) {
        let whole = bytes.saturating_sub(usize::from(odd > 0));
        self.held.drain(..whole.min(self.held.len()));
        self.odd = odd;
        unstuff(&mut self.rest, &mut self.held, Self::MOST);
    }

    /// How long the first `used` bytes of the window are, and all before it, as they are coded.
    fn coded_len(&self, coded: &[u8], used: usize) -> usize {
        let unused = stuffed_len(self.held.get(used..).unwrap_or_default());
        coded.len().saturating_sub(self.rest.len()).saturating_sub(unused)
    }
}

/// Goes over the first code of a block, and its value. Here as below more bits than one look passes
/// are held before and after.
#[cold]
fn first<'a>(mut bits: Bits<'a>, codes: &Table) -> Result<Bits<'a>, Refusal> {
    bits.fill();
    let [length, size] = codes.find(bits.ahead()).to_be_bytes();
    if length == 0 {
        return Err(wrong(&bits, NO_CODE));
    }
    if size > 11 {
        return Err(wrong(&bits, "a brightness step that is too large"));
    }
    bits.pass_held(u32::from(length) + u32::from(size));
    bits.fill();
    Ok(bits)
}

/// Goes over the rest of a block and the first code of the next.
#[inline]
fn to_next<'a>(mut bits: Bits<'a>, block: &Block<'_>) -> Result<Bits<'a>, Refusal> {
    let mut at = 1;
    loop {
        let step = loop {
            let step = block.steps.find(bits.ahead());
            if at + (step >> 8) >= BLOCK {
                break step;
            }
            at += step >> 8;
            bits.pass_held(step.into());
            // Enough for a second look is still held.
            let step = block.steps.find(bits.ahead());
            if at + (step >> 8) >= BLOCK {
                break step;
            }
            at += step >> 8;
            bits.pass_held(step.into());
            bits.fill();
        };
        let values = step >> 8;
        if values >= BLOCK && at + values < 2 * BLOCK {
            bits.pass_held(step.into());
            bits.fill();
            return Ok(bits);
        }
        bits.fill();
        (bits, at) = one(bits, block.codes, at)?;
        if at == BLOCK {
            return first(bits, block.next_first);
        }
    }
}

/// Goes over the rest of a block, and no further.
fn to_end<'a>(mut bits: Bits<'a>, block: &Block<'_>) -> Result<Bits<'a>, Refusal> {
    let mut at = 1;
    while at < BLOCK {
        let step = block.steps.find(bits.ahead());
        if at + (step >> 8) < BLOCK {
            at += step >> 8;
            bits.pass_held(step.into());
            bits.fill();
        } else {
            (bits, at) = one(bits, block.codes, at)?;
        }
    }
    Ok(bits)
}

/// Goes over one code and its value at a place in a block; gives the next place, which is [`BLOCK`]
/// at the end.
#[cold]
fn one<'a>(mut bits: Bits<'a>, codes: &Table, at: u16) -> Result<(Bits<'a>, u16), Refusal> {
    let [length, symbol] = codes.find(bits.ahead()).to_be_bytes();
    if length == 0 {
        return Err(wrong(&bits, NO_CODE));
    }
    bits.pass_held(u32::from(length) + u32::from(symbol & 15));
    bits.fill();
    let at = match (symbol >> 4, symbol & 15) {
        (15, 0) => at + 16,
        (_, 0) => BLOCK,
        (run, _) => at + u16::from(run) + 1,
    };
    // Some encoders let the last run of zeros reach past the block; it must not be a value.
    if at > BLOCK {
        return Err(wrong(&bits, "a block with more than 64 values"));
    }
    Ok((bits, at))
}

/// What is behind the end of the data is zeros, and no fault of theirs counts.
fn wrong(bits: &Bits<'_>, what: &str) -> Refusal {
    if bits.is_within() { Refusal::malformed(what) } else { ended() }
}

#[cfg(test)]
mod tests {
    use super::super::huffman::Bits as Single;
    use super::*;

    /// Made-up numbers, always the same.
    struct Noise(u64);

    impl Noise {
        fn below(&mut self, most: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(self.0 >> 33).expect("31 bits") % most
        }

        /// A table in which every row of bits is a code.
        fn table(&mut self, mut symbols: Vec<u8>, count: usize) -> Table {
            for at in (1..symbols.len()).rev() {
                symbols.swap(at, self.below(at + 1));
            }
            let mut lengths = vec![1usize, 1];
            while lengths.len() < count {
                let at = self.below(lengths.len());
                if lengths[at] < 16 {
                    lengths[at] += 1;
                    lengths.push(lengths[at]);
                }
            }
            let counts: Vec<u8> = (1..=16)
                .map(|length| lengths.iter().filter(|l| **l == length).count())
                .map(|count| u8::try_from(count).expect("few"))
                .collect();
            Table::new(&counts, &symbols[..count]).expect("a table")
        }

        /// Coded data, in which 0xff is not rare.
        fn coded(&mut self, len: usize) -> Vec<u8> {
            let mut out = Vec::new();
            while out.len() < len {
                let byte = self.below(300).min(255);
                out.push(u8::try_from(byte).expect("a byte"));
                if byte == 255 {
                    out.push(0);
                }
            }
            out
        }
    }

    /// The same, one code at a time.
    fn singly(
        unit: &[(&Table, &Table)],
        coded: &[u8],
        units: u64,
    ) -> Result<(usize, u32), Refusal> {
        let (mut rest, mut data) = (coded, Vec::new());
        unstuff(&mut rest, &mut data, usize::MAX);
        let mut bits = Single::new(&data);
        for _ in 0..units {
            for (first, codes) in unit {
                if bits.value(first)? > 11 {
                    return Err(Refusal::malformed("first"));
                }
                let mut at = 1;
                while at < 64 {
                    let symbol = bits.value(codes)?;
                    match (symbol / 16, symbol % 16) {
                        (15, 0) => at += 16,
                        (_, 0) => break,
                        (run, _) => at += usize::from(run) + 1,
                    }
                }
                if at > 64 {
                    return Err(Refusal::malformed("at"));
                }
            }
        }
        let (used, odd) = bits.position();
        Ok((coded.len() - stuffed_len(&data[used..]), odd))
    }

    fn unit<'t>(tables: &[(&'t Table, &'t Table)]) -> Unit<'t> {
        let nexts = tables.iter().cycle().skip(1);
        let blocks = tables.iter().zip(nexts).map(|((first, codes), (next_first, _))| Block {
            codes,
            first,
            next_first,
            steps: Rc::new(Steps::new(codes, next_first)),
        });
        Unit(blocks.collect())
    }

    #[test]
    fn many_codes_at_a_time_end_where_one_at_a_time_does() {
        let mut noise = Noise(1);
        let mut whole = 0;
        for _ in 0..400 {
            let mut tables = Vec::new();
            for _ in 0..=noise.below(2) {
                let firsts = 2 + noise.below(9);
                let first = noise.table((0..13).collect(), firsts);
                let (runs, count) = (1 + noise.below(3), 2 + noise.below(14));
                let runs = u8::try_from(runs).expect("few");
                let symbols = (0..16 * runs).filter(|s| *s == 0 || s & 15 > 0).chain([0xf0]);
                tables.push((first, noise.table(symbols.collect(), count)));
            }
            let tables: Vec<_> = tables.iter().map(|(first, codes)| (first, codes)).collect();
            let unit = unit(&tables);
            let len = noise.below(300);
            let coded = noise.coded(len);
            for units in 1..6 {
                let (ours, theirs) = (unit.follow(&coded, units), singly(&tables, &coded, units));
                whole += usize::from(ours.is_ok());
                assert_eq!(ours.ok(), theirs.ok(), "{units} of {coded:?}");
            }
        }
        assert!(whole > 100, "only {whole} were whole");
    }

    #[test]
    fn data_that_do_not_fit_into_the_window_end_where_they_end() {
        let counts = |few: [u8; 3]| [&few[..], &[0; 13]].concat();
        let first = Table::new(&counts([0, 4, 0]), &[0, 1, 2, 3]).expect("a table");
        let codes = Table::new(&counts([1, 1, 2]), &[0, 1, 0x12, 3]).expect("a table");
        let data = Noise(2).coded(5 * Window::MOST);
        let tables = [(&first, &codes), (&first, &codes)];
        for units in [1, 40_000, 60_000, 100_000] {
            let found = unit(&tables).follow(&data, units);
            assert!(found.is_ok(), "{units}");
            assert_eq!(found, singly(&tables, &data, units), "{units}");
        }
        assert!(unit(&tables).follow(&data, 1_000_000).is_err(), "more than there is");
    }
}
