//! Huffman codes, and the bits they are read from.

use crate::Refusal;

/// A code table as one look-up of sixteen bits.
#[derive(Clone)]
pub(super) struct Table {
    /// Code length in the high byte, symbol in the low one; 0 where no code starts so.
    lookup: Vec<u16>,
}

impl Table {
    /// Builds the table from its counts per length and its symbols.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, Refusal> {
        let bad = || Refusal::malformed("Huffman table");
        let mut lookup = vec![0u16; 1 << 16];
        let mut at = 0usize;
        let mut symbols = symbols.iter();
        for (length, count) in (1u16..=16).zip(counts) {
            let span = 1usize << (16 - length);
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                let end = at.checked_add(span).ok_or_else(bad)?;
                let entry = (length << 8) | u16::from(*symbol);
                lookup.get_mut(at..end).ok_or_else(bad)?.fill(entry);
                at = end;
            }
        }
        Ok(Self { lookup })
    }
}

/// The bits of one restart interval, stuffing already taken out.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    next: usize,
    window: u64,
    held: u32,
    /// Bits read so far.
    read: u64,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, next: 0, window: 0, held: 0, read: 0 }
    }

    fn fill(&mut self) {
        while self.held <= 48 {
            // Past the end a code may be looked up in zeros, but `take` does not give them out.
            let byte = self.data.get(self.next).copied().unwrap_or(0);
            self.next = self.next.saturating_add(1);
            self.window = (self.window << 8) | u64::from(byte);
            self.held += 8;
        }
    }

    fn take(&mut self, count: u32) -> Option<u32> {
        if self.held < count {
            self.fill();
        }
        self.read = self.read.saturating_add(u64::from(count));
        if self.read > (self.data.len() as u64).saturating_mul(8) {
            return None;
        }
        self.held = self.held.checked_sub(count)?;
        let mask = (1u64 << count).checked_sub(1)?;
        u32::try_from((self.window >> self.held) & mask).ok()
    }

    /// The next `count` bits, at most 16.
    pub(super) fn bits(&mut self, count: u32) -> Result<u32, Refusal> {
        self.take(count).ok_or_else(|| Refusal::malformed("picture data end early"))
    }

    /// The next symbol.
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Refusal> {
        if self.held < 16 {
            self.fill();
        }
        let index = usize::try_from((self.window >> self.held.saturating_sub(16)) & 0xffff);
        let entry = index.ok().and_then(|at| table.lookup.get(at)).copied().unwrap_or(0);
        let [length, symbol] = entry.to_be_bytes();
        if length == 0 {
            return Err(Refusal::malformed("a code that is in no Huffman table"));
        }
        self.bits(u32::from(length))?;
        Ok(symbol)
    }

    /// How many whole or begun bytes were read, and how many bits of the last one.
    pub(super) fn position(&self) -> (usize, u32) {
        let bytes = usize::try_from(self.read.div_ceil(8)).unwrap_or(usize::MAX);
        let rest = u32::try_from(self.read % 8).unwrap_or(0);
        (bytes, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_come_out_by_code_length() {
        let mut counts = [0u8; 16];
        counts[0] = 1;
        counts[1] = 1;
        let table = Table::new(&counts, &[7, 9]).expect("two codes fit");
        let mut bits = Bits::new(&[0b0100_1111]);
        assert_eq!(bits.symbol(&table), Ok(7));
        assert_eq!(bits.symbol(&table), Ok(9));
        assert_eq!(bits.bits(2), Ok(1));
        assert_eq!(bits.position(), (1, 5));
        assert!(bits.symbol(&table).is_err(), "a code that the table does not have");
    }

    #[test]
    fn too_many_codes_are_refused() {
        let mut counts = [0u8; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_err());
    }
}
