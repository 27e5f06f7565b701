//! bzip2, read by us: to the last bit of the last stream, with every sum checked.
//!
//! ```text
//! stream: BZh9, blocks, sum of sums           bits, the highest first
//! block:  sum, start, used bytes, code tables, selectors, symbols
//!           --prefix codes--> runs and places --move to front--> bytes --sorted back--> runs of four
//! ```

use super::{Unpacked, too_long};
use crate::Refusal;
use crate::bits::Bits;
use crate::sums::BZIP2_BLOCK;

/// How a block starts: pi, in two halves.
const BLOCK: (Option<u32>, Option<u32>) = (Some(0x31_4159), Some(0x26_5359));
/// How a stream ends: the square root of pi.
const END: (Option<u32>, Option<u32>) = (Some(0x17_7245), Some(0x38_5090));
/// Symbols that one table codes before the next selector is asked.
const GROUP: usize = 50;
/// Longest code.
const LONGEST: u32 = 20;

pub(super) fn unpack(bytes: &[u8], room: usize) -> Result<Unpacked, Refusal> {
    let mut unpacked = Unpacked { data: Vec::new(), used: 0, streams: 0 };
    let mut rest = bytes;
    while unpacked.streams == 0 || rest.starts_with(b"BZh") {
        let used = stream(rest, room, &mut unpacked.data)?;
        unpacked.used = unpacked.used.saturating_add(used);
        unpacked.streams = unpacked.streams.saturating_add(1);
        rest = bytes.get(unpacked.used..).unwrap_or_default();
    }
    Ok(unpacked)
}

fn broken() -> Refusal {
    Refusal::malformed("a bzip2 file that cannot be unpacked")
}

/// One stream; gives its length.
fn stream(bytes: &[u8], room: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let size = match bytes {
        [b'B', b'Z', b'h', size @ b'1'..=b'9', ..] => usize::from(size.wrapping_sub(b'0')),
        _ => return Err(broken()),
    };
    let most = size.saturating_mul(100_000);
    let mut bits = Bits::new(bytes.get(4..).unwrap_or_default());
    let mut sums = 0u32;
    loop {
        match (bits.take(24), bits.take(24)) {
            BLOCK => {
                let sum = bits.take(32).ok_or_else(broken)?;
                let from = out.len();
                block(&mut bits, most, room, out)?;
                if BZIP2_BLOCK.checksum(out.get(from..).unwrap_or_default()) != sum {
                    return Err(Refusal::malformed("a bzip2 file whose sum is wrong"));
                }
                sums = sums.rotate_left(1) ^ sum;
            }
            END => {
                if bits.take(32) != Some(sums) {
                    return Err(Refusal::malformed("a bzip2 file whose sum is wrong"));
                }
                return Ok(bits.position().0.saturating_add(4));
            }
            _ => return Err(broken()),
        }
    }
}

/// One block: everything in it is checked before it is used as a place.
fn block(bits: &mut Bits<'_>, most: usize, room: usize, out: &mut Vec<u8>) -> Result<(), Refusal> {
    if bits.take(1).ok_or_else(broken)? != 0 {
        return Err(Refusal::unsupported("a bzip2 file of a version before 0.9.5"));
    }
    let start = number(bits, 24)?;
    let mut front = used_bytes(bits)?;
    let symbols = front.len().checked_add(2).ok_or_else(broken)?;
    let (tables, selectors) = (number(bits, 3)?, number(bits, 15)?);
    if !(2..=6).contains(&tables) || selectors == 0 {
        return Err(broken());
    }
    let selectors = selected(bits, tables, selectors)?;
    let tables: Vec<Table> =
        (0..tables).map(|_| Table::read(bits, symbols)).collect::<Result<_, _>>()?;
    let last = symbols.saturating_sub(1);
    let (mut sorted, mut run, mut weight) = (Vec::new(), 0usize, 1usize);
    for selector in selectors {
        let table = tables.get(usize::from(selector)).ok_or_else(broken)?;
        for _ in 0..GROUP {
            let symbol = table.symbol(bits)?;
            if symbol < 2 {
                // Digits 1 and 2 of a number, the lowest first.
                run = run.saturating_add(weight.saturating_mul(symbol.saturating_add(1)));
                weight = weight.saturating_mul(2);
                if run > most {
                    return Err(broken());
                }
                continue;
            }
            if sorted.len().saturating_add(run) > most {
                return Err(broken());
            }
            sorted.resize(sorted.len().saturating_add(run), *front.first().ok_or_else(broken)?);
            (run, weight) = (0, 1);
            if symbol == last {
                return unsorted(&sorted, start, room, out);
            }
            let place = symbol.saturating_sub(1);
            let moved = front.get_mut(..=place).ok_or_else(broken)?;
            moved.rotate_right(1);
            sorted.push(*front.first().ok_or_else(broken)?);
        }
    }
    Err(broken())
}

/// Which bytes there are: sixteen groups of sixteen.
fn used_bytes(bits: &mut Bits<'_>) -> Result<Vec<u8>, Refusal> {
    let groups = number(bits, 16)?;
    let mut used = Vec::new();
    for group in (0..16u8).filter(|group| groups & (0x8000 >> group) != 0) {
        let members = number(bits, 16)?;
        let there = (0..16u8).filter(|member| members & (0x8000 >> member) != 0);
        used.extend(there.map(|member| group << 4 | member));
    }
    if used.is_empty() { Err(broken()) } else { Ok(used) }
}

/// Which table codes each group of symbols, as numbers that are moved to the front.
fn selected(bits: &mut Bits<'_>, tables: usize, count: usize) -> Result<Vec<u8>, Refusal> {
    let mut front: Vec<u8> = (0..6).collect();
    let mut selectors = Vec::with_capacity(count);
    for _ in 0..count {
        let mut place = 0usize;
        while number(bits, 1)? == 1 {
            place = place.saturating_add(1);
        }
        if place >= tables {
            return Err(broken());
        }
        front.get_mut(..=place).ok_or_else(broken)?.rotate_right(1);
        selectors.push(*front.first().ok_or_else(broken)?);
    }
    Ok(selectors)
}

/// A table of codes: of each length, the first code, how many there are, and their symbols.
struct Table {
    lengths: Vec<(usize, usize)>,
    symbols: Vec<usize>,
}

impl Table {
    fn read(bits: &mut Bits<'_>, symbols: usize) -> Result<Self, Refusal> {
        let mut len = bits.take(5).ok_or_else(broken)?;
        let mut of = Vec::with_capacity(symbols);
        for _ in 0..symbols {
            loop {
                if !(1..=LONGEST).contains(&len) {
                    return Err(broken());
                }
                if number(bits, 1)? == 0 {
                    break;
                }
                let down = number(bits, 1)? == 1;
                len = if down { len.saturating_sub(1) } else { len.saturating_add(1) };
            }
            of.push(len);
        }
        let (mut lengths, mut sorted, mut first) = (Vec::new(), Vec::new(), 0usize);
        for len in 1..=LONGEST {
            let before = sorted.len();
            sorted.extend(of.iter().enumerate().filter(|(_, l)| **l == len).map(|(n, _)| n));
            let count = sorted.len().saturating_sub(before);
            lengths.push((first, count));
            first = first.saturating_add(count).saturating_mul(2);
        }
        Ok(Self { lengths, symbols: sorted })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Result<usize, Refusal> {
        let next = usize::try_from(bits.peek(LONGEST)).map_err(|_| broken())?;
        let mut before = 0usize;
        for (len, (first, count)) in (1..=LONGEST).zip(&self.lengths) {
            let code = next >> LONGEST.saturating_sub(len);
            let at = code.checked_sub(*first).ok_or_else(broken)?;
            if at < *count {
                bits.take(len).ok_or_else(broken)?;
                let symbol = before.checked_add(at).and_then(|n| self.symbols.get(n));
                return symbol.copied().ok_or_else(broken);
            }
            before = before.saturating_add(*count);
        }
        Err(broken())
    }
}

/// Puts the sorted bytes back in order, and runs of four to their length.
fn unsorted(sorted: &[u8], start: usize, room: usize, out: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut place = [0usize; 256];
    for byte in sorted {
        if let Some(count) = place.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let mut sum = 0usize;
    for count in &mut place {
        sum = sum.saturating_add(std::mem::replace(count, sum));
    }
    let mut follows = vec![0u32; sorted.len()];
    for (at, byte) in (0u32..).zip(sorted) {
        let to = place.get_mut(usize::from(*byte)).ok_or_else(broken)?;
        *follows.get_mut(*to).ok_or_else(broken)? = at;
        *to = to.saturating_add(1);
    }
    let mut at = *follows.get(start).ok_or_else(broken)?;
    let (mut last, mut run) = (None, 0u8);
    for _ in 0..sorted.len() {
        let here = usize::try_from(at).map_err(|_| broken())?;
        let byte = *sorted.get(here).ok_or_else(broken)?;
        at = *follows.get(here).ok_or_else(broken)?;
        if run == 4 {
            let again = out.len().saturating_add(byte.into());
            out.resize(again, last.unwrap_or_default());
            (last, run) = (None, 0);
        } else {
            run = if last == Some(byte) { run.saturating_add(1) } else { 1 };
            last = Some(byte);
            out.push(byte);
        }
        if out.len() > room {
            return Err(too_long(room));
        }
    }
    Ok(())
}

fn number(bits: &mut Bits<'_>, len: u32) -> Result<usize, Refusal> {
    bits.take(len).and_then(|bits| usize::try_from(bits).ok()).ok_or_else(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back_and_nothing_behind_it() {
        let mut data: Vec<u8> =
            (0..300_000u32).map(|n| (n.wrapping_mul(n) >> 7).to_be_bytes()[3]).collect();
        data.extend([7; 5000]);
        let pack = |data: &[u8]| {
            let mut out = Vec::new();
            banzai::encode(data, std::io::BufWriter::new(&mut out), 1).expect("into memory");
            out
        };
        let packed = [pack(&data), pack(b""), pack(b"aaaab"), b"behind".to_vec()].concat();
        let back = unpack(&packed, 1 << 20).expect("own stream");
        assert!(back.data == [data.as_slice(), b"aaaab"].concat());
        assert_eq!((back.used, back.streams), (packed.len() - 6, 3));
        assert!(matches!(unpack(&packed, 1000), Err(Refusal::TooLarge { .. })));
    }
}
