//! How much a stick really holds.
//!
//! Counterfeit sticks claim more than they have. Beyond their end they drop what is written, or
//! write it over what stands at the beginning. A block at the place in question and another at
//! the beginning, flushed and read back, tell: only if both are there does the place exist.

use std::io;

use crate::aligned::Aligned;
use crate::block::Sectors;

/// One probe; a multiple of every sector size.
const BLOCK: usize = 4096;

/// Places are told apart this finely, in bytes.
const GRAIN: u64 = 1 << 20;

/// What a stick holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// As much as it claims, as far as probes can tell.
    AsClaimed,
    /// Less: about so many bytes, to the mebibyte.
    Less(u64),
}

/// Tries out how much a stick really holds. **What it holds is destroyed** where probes fall:
/// at its beginning, at each power of two, at its end.
///
/// `seed` makes the blocks of this run unlike those of any other. About 40 blocks are written.
pub fn try_capacity<S: Sectors>(device: &mut S, seed: [u8; 32]) -> io::Result<Capacity> {
    let blocks = device.size() / BLOCK as u64;
    let Some(last) = blocks.checked_sub(1).map(|b| b * BLOCK as u64) else {
        return Ok(Capacity::AsClaimed);
    };
    let mut probe = Probe { device, seed, tries: 0 };
    let powers = (0..).map(|n| GRAIN << n).take_while(|at| *at < last);
    // Powers of two first: a counterfeit that wraps does so at one, and no other place shows it.
    let mut real = 0;
    for at in powers.chain([last]) {
        if probe.exists(at)? {
            real = at;
            continue;
        }
        let (mut low, mut high) = (real / GRAIN, at.div_ceil(GRAIN));
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if probe.exists(middle * GRAIN)? { low = middle } else { high = middle }
        }
        return Ok(Capacity::Less(high * GRAIN));
    }
    Ok(Capacity::AsClaimed)
}

struct Probe<'a, S> {
    device: &'a mut S,
    seed: [u8; 32],
    tries: u64,
}

impl<S: Sectors> Probe<'_, S> {
    /// Whether what is written there stays there, and leaves the beginning alone.
    fn exists(&mut self, at: u64) -> io::Result<bool> {
        self.tries += 1;
        let (first, there) = (self.block(0), self.block(at));
        self.device.write_at(0, &first)?;
        self.device.write_at(at, &there)?;
        self.device.flush()?;
        let mut read = Aligned::new(BLOCK);
        self.device.read_at(at, &mut read)?;
        let stays = read[..] == there[..];
        self.device.read_at(0, &mut read)?;
        Ok(stays && read[..] == first[..])
    }

    /// Noise that belongs to one place and one try.
    fn block(&self, at: u64) -> Aligned {
        let mut block = Aligned::new(BLOCK);
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        hasher.update(&self.tries.to_le_bytes());
        hasher.update(&at.to_le_bytes());
        hasher.finalize_xof().fill(&mut block);
        block
    }
}
