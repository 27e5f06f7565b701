//! The cells of a chip. What was never written costs no memory.

use std::collections::BTreeMap;

const PAGE: usize = 4096;

/// Bytes with addresses from zero up to a size.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    size: u64,
    pages: BTreeMap<u64, Box<[u8]>>,
}

impl Flash {
    /// So many bytes of zero.
    pub fn blank(size: u64) -> Self {
        Self { size, pages: BTreeMap::new() }
    }

    /// These bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut flash = Self::blank(bytes.len() as u64);
        flash.write(0, bytes);
        flash
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Reads at an address; beyond the end there are zeros.
    pub fn read(&self, at: u64, into: &mut [u8]) {
        for (start, range) in pieces(at, into.len()) {
            let within = offset(start);
            let piece = &mut into[range];
            match self.pages.get(&(start / PAGE as u64)) {
                Some(page) => piece.copy_from_slice(&page[within..within + piece.len()]),
                None => piece.fill(0),
            }
        }
    }

    /// Writes at an address; what lies beyond the end is dropped.
    pub fn write(&mut self, at: u64, bytes: &[u8]) {
        let room = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let bytes = &bytes[..bytes.len().min(room)];
        for (start, range) in pieces(at, bytes.len()) {
            let (number, within, piece) = (start / PAGE as u64, offset(start), &bytes[range]);
            if !self.pages.contains_key(&number) && piece.iter().all(|b| *b == 0) {
                continue;
            }
            let page = self.pages.entry(number).or_insert_with(|| vec![0; PAGE].into());
            page[within..within + piece.len()].copy_from_slice(piece);
        }
    }

    /// Some of its bytes.
    pub fn get(&self, at: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.read(at, &mut bytes);
        bytes
    }

    /// All of its bytes.
    pub fn image(&self) -> Vec<u8> {
        self.get(0, usize::try_from(self.size).unwrap_or(usize::MAX))
    }
}

fn offset(at: u64) -> usize {
    usize::try_from(at % PAGE as u64).unwrap_or_default()
}

/// A range of addresses, cut where pages end: the address, and where that is in the buffer.
fn pieces(at: u64, length: usize) -> impl Iterator<Item = (u64, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let start = at + done as u64;
        let step = (PAGE - offset(start)).min(length - done);
        let range = done..done + step;
        done += step;
        (step > 0).then_some((start, range))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_across_pages_is_read() {
        let mut flash = Flash::blank(1 << 40);
        let bytes: Vec<u8> = (0..10_000).map(|n| u8::try_from(n % 251).unwrap()).collect();
        flash.write(4000, &bytes);
        assert_eq!(flash.get(4000, 10_000), bytes);
        assert_eq!(flash.get(3999, 2), [0, bytes[0]]);
        assert_eq!(flash.get(1 << 39, 3), [0, 0, 0]);
    }

    #[test]
    fn a_write_over_the_end_is_cut() {
        let mut flash = Flash::blank(6);
        flash.write(4, b"abcd");
        assert_eq!(flash.image(), b"\0\0\0\0ab");
    }
}
