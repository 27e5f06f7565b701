//! Follows the coded data of one scan, block by block, without computing a single pixel.
//!
//! All that is asked is where the data really end: whatever stands after the last block of a
//! restart interval, in its last bits or in more intervals than there are units, is not picture.

use super::frame::{Component, Frame};
use super::huffman::{Bits, Table};
use super::stuffing::{stuffed_len, unstuff};
use super::tables::Tables;
use crate::Refusal;

/// One colour of a scan, by its place in the frame, with its two table numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) component: usize,
    pub(super) dc: u8,
    pub(super) ac: u8,
}

/// What a scan carries.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    pub(super) from: u8,
    pub(super) to: u8,
    /// Bit position of the scan before this one for the same coefficients; 0 for the first.
    pub(super) high: u8,
    pub(super) low: u8,
}

impl Scan {
    /// Names of the code tables this scan uses, as DHT writes them.
    pub(super) fn codes(&self, progressive: bool) -> Vec<u8> {
        let mut used = Vec::new();
        for part in &self.parts {
            if self.from == 0 && self.high == 0 {
                used.push(part.dc);
            }
            if !progressive || self.from > 0 {
                used.push(0x10 | part.ac);
            }
        }
        used.sort_unstable();
        used.dedup();
        used
    }
}

/// The code tables of one part of a scan.
struct Coder<'t> {
    dc: Option<&'t Table>,
    ac: Option<&'t Table>,
}

/// Reads one interval of `units` units of a progressive picture, starting with unit `first`, and
/// tells how many of the coded bytes they took, and how many bits of the last one.
pub(super) fn follow(
    frame: &mut Frame,
    scan: &Scan,
    tables: &Tables,
    mut coded: &[u8],
    (first, units): (u64, u64),
) -> Result<(usize, u32), Refusal> {
    let (len, mut data) = (coded.len(), Vec::with_capacity(coded.len()));
    unstuff(&mut coded, &mut data, usize::MAX);
    let mut state = State { bits: Bits::new(&data), end_of_band: 0 };
    let coders = scan.parts.iter().map(|part| coder(scan, part, tables));
    let coders: Vec<Coder<'_>> = coders.collect::<Result<_, _>>()?;
    let alone = scan.parts.len() == 1;
    let across = u64::from(frame.units.0);
    for unit in first..first.saturating_add(units) {
        for (part, coder) in scan.parts.iter().zip(&coders) {
            let component = frame.components.get_mut(part.component);
            let component = component.ok_or_else(|| Refusal::malformed("scan header"))?;
            let stride = u64::from(component.stride);
            if alone {
                let row = u64::from(component.blocks.0);
                state.block(component, (unit / row) * stride + unit % row, scan, coder)?;
                continue;
            }
            let (x, y) = (unit % across, unit / across);
            let (h, v) = (u64::from(component.h), u64::from(component.v));
            for n in 0..h * v {
                let at = (y * v + n / h) * stride + x * h + n % h;
                state.block(component, at, scan, coder)?;
            }
        }
    }
    let (used, bits) = state.bits.position();
    Ok((len.saturating_sub(stuffed_len(data.get(used..).unwrap_or_default())), bits))
}

fn coder<'t>(scan: &Scan, part: &Part, tables: &'t Tables) -> Result<Coder<'t>, Refusal> {
    let starts = scan.from == 0 && scan.high == 0;
    Ok(Coder {
        dc: starts.then(|| tables.code(0, part.dc)).transpose()?,
        ac: (scan.from > 0).then(|| tables.code(1, part.ac)).transpose()?,
    })
}

/// Where the reading of an interval stands.
struct State<'d> {
    bits: Bits<'d>,
    /// Blocks that are still without values.
    end_of_band: u32,
}

impl State<'_> {
    /// Reads one block of one colour.
    fn block(
        &mut self,
        component: &mut Component,
        at: u64,
        scan: &Scan,
        coder: &Coder<'_>,
    ) -> Result<(), Refusal> {
        let bits = &mut self.bits;
        if scan.from == 0 {
            match coder.dc {
                Some(table) => dc(table, bits)?,
                None => drop(bits.bits(1)?),
            }
        }
        let Some(table) = coder.ac else { return Ok(()) };
        let mask = usize::try_from(at).ok().and_then(|at| component.nonzero.get_mut(at));
        let mask = mask.ok_or_else(|| Refusal::malformed("picture size"))?;
        if scan.high == 0 {
            first_band(table, bits, scan, mask, &mut self.end_of_band)
        } else {
            refine_band(table, bits, scan, mask, &mut self.end_of_band)
        }
    }
}

fn dc(table: &Table, bits: &mut Bits<'_>) -> Result<(), Refusal> {
    if bits.value(table)? > 11 {
        return Err(Refusal::malformed("a brightness step that is too large"));
    }
    Ok(())
}

/// The length of a run of blocks without values, from its symbol.
fn band_end(run: u32, bits: &mut Bits<'_>) -> Result<u32, Refusal> {
    Ok((1u32 << run).saturating_add(bits.bits(run)?))
}

fn first_band(
    table: &Table,
    bits: &mut Bits<'_>,
    scan: &Scan,
    mask: &mut u64,
    end_of_band: &mut u32,
) -> Result<(), Refusal> {
    if *end_of_band > 0 {
        *end_of_band -= 1;
        return Ok(());
    }
    let mut k = u32::from(scan.from);
    while k <= u32::from(scan.to) {
        let symbol = bits.symbol(table)?;
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        match (run, size) {
            (15, 0) => k += 16,
            (run, 0) => {
                *end_of_band = band_end(run, bits)?.saturating_sub(1);
                return Ok(());
            }
            _ => {
                bits.bits(size)?;
                k += run;
                if k > u32::from(scan.to) {
                    return Err(Refusal::malformed("a value outside its band"));
                }
                *mask |= 1 << k;
                k += 1;
            }
        }
    }
    Ok(())
}

fn refine_band(
    table: &Table,
    bits: &mut Bits<'_>,
    scan: &Scan,
    mask: &mut u64,
    end_of_band: &mut u32,
) -> Result<(), Refusal> {
    let to = u32::from(scan.to);
    let mut k = u32::from(scan.from);
    while *end_of_band == 0 && k <= to {
        let symbol = bits.symbol(table)?;
        let (run, size) = (u32::from(symbol >> 4), symbol & 15);
        match size {
            0 if run < 15 => {
                *end_of_band = band_end(run, bits)?;
                break;
            }
            0 => {}
            1 => drop(bits.bits(1)?),
            _ => return Err(Refusal::malformed("a refinement of more than one bit")),
        }
        k = refine_run(bits, *mask, k, to, run)?;
        if size == 1 {
            if k > to {
                return Err(Refusal::malformed("a value outside its band"));
            }
            *mask |= 1 << k;
        }
        k += 1;
    }
    if *end_of_band > 0 {
        refine_run(bits, *mask, k, to, u32::MAX)?;
        *end_of_band -= 1;
    }
    Ok(())
}

/// Reads a bit for each old value on the way over `run` zeros; gives where the next zero stands.
fn refine_run(
    bits: &mut Bits<'_>,
    mask: u64,
    from: u32,
    to: u32,
    run: u32,
) -> Result<u32, Refusal> {
    let band = before(to + 1) & !before(from);
    let mut zeros = band & !mask;
    for _ in 0..run {
        if zeros == 0 {
            break;
        }
        // Without the lowest one.
        zeros &= zeros.wrapping_sub(1);
    }
    let next = if zeros == 0 { to + 1 } else { zeros.trailing_zeros() };
    let old = band & mask & before(next);
    if old != 0 {
        bits.skip(old.count_ones())?;
    }
    Ok(next.max(from))
}

/// A mask of all places before this one.
fn before(place: u32) -> u64 {
    1u64.checked_shl(place).map_or(u64::MAX, |bit| bit.wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, place by place.
    fn one_by_one(bits: &mut Bits<'_>, mask: u64, from: u32, to: u32, run: u32) -> Option<u32> {
        let (mut k, mut run) = (from, run);
        while k <= to {
            if (mask >> k) & 1 == 1 {
                bits.bits(1).ok()?;
            } else if run == 0 {
                break;
            } else {
                run -= 1;
            }
            k += 1;
        }
        Some(k)
    }

    #[test]
    fn a_run_over_zeros_reads_a_bit_for_each_value_on_the_way() {
        let data: Vec<u8> = (0..7).collect();
        let mut noise = 1u64;
        for n in 0..20_000u32 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mask = noise ^ noise.rotate_left(27) & noise.rotate_left(n % 64);
            let (to, run) = ((n / 7) % 64, n % 17);
            let run = if run == 16 { u32::MAX } else { run };
            let from = 1 + n % (to + 2);
            let (mut fast, mut slow) = (Bits::new(&data), Bits::new(&data));
            let ours = refine_run(&mut fast, mask, from, to, run).ok();
            assert_eq!(ours, one_by_one(&mut slow, mask, from, to, run), "{mask:x} {from} {to}");
            if ours.is_some() {
                assert_eq!(fast.position(), slow.position(), "{mask:x} {from} {to} {run}");
            }
        }
    }
}
