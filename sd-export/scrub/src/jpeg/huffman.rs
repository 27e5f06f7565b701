//! Huffman codes, and the bits they are read from.

use crate::Refusal;

/// The length of a code in the high byte, its symbol in the low one; 0 where no code starts so.
type Entry = u16;

/// A code table as two look-ups: nearly every code is found in the small one, which stays in the
/// processor's nearest memory.
#[derive(Clone)]
pub(super) struct Table {
    /// By the first ten bits.
    short: Vec<Entry>,
    /// By sixteen bits.
    long: Vec<Entry>,
}

/// Bits that the small look-up leaves out.
const LEFT_OUT: u32 = 6;

impl Table {
    /// Builds the table from its counts per length and its symbols.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, Refusal> {
        let bad = || Refusal::malformed("Huffman table");
        let mut long = vec![0; 1 << 16];
        let mut at = 0usize;
        let mut symbols = symbols.iter();
        for (length, count) in (1u16..=16).zip(counts) {
            let span = 1usize << (16 - length);
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                let end = at.checked_add(span).ok_or_else(bad)?;
                let entry = (length << 8) | u16::from(*symbol);
                long.get_mut(at..end).ok_or_else(bad)?.fill(entry);
                at = end;
            }
        }
        // Where longer codes start so, the first of them is not the only one.
        let alone = |entry: &Entry| if entry >> 8 <= 10 { *entry } else { 0 };
        let short = long.iter().step_by(1 << LEFT_OUT).map(alone).collect();
        Ok(Self { short, long })
    }

    #[inline]
    fn find(&self, next: usize) -> Entry {
        match self.short.get(next >> LEFT_OUT) {
            Some(entry) if *entry != 0 => *entry,
            _ => self.long.get(next).copied().unwrap_or(0),
        }
    }
}

/// The bits of one restart interval, stuffing already taken out.
pub(super) struct Bits<'a>(crate::bits::Bits<'a>);

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self(crate::bits::Bits::new(data))
    }

    /// The next `count` bits, at most 16.
    #[inline]
    pub(super) fn bits(&mut self, count: u32) -> Result<u32, Refusal> {
        self.0.take(count).ok_or_else(ended)
    }

    /// The next symbol.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Refusal> {
        self.pass_symbol(table, |_| 0)
    }

    /// The next symbol of a value, and goes over the value: its size is the symbol's lower half.
    #[inline]
    pub(super) fn value(&mut self, table: &Table) -> Result<u8, Refusal> {
        self.pass_symbol(table, |symbol| u32::from(symbol & 15))
    }

    /// A code takes 16 bits at most and what is passed with it 15, so one look ahead is enough.
    #[inline]
    fn pass_symbol(&mut self, table: &Table, more: impl Fn(u8) -> u32) -> Result<u8, Refusal> {
        let [length, symbol] = table.find((self.0.peek32() >> 16) as usize).to_be_bytes();
        if length == 0 {
            return Err(no_code());
        }
        self.0.pass(u32::from(length) + more(symbol)).ok_or_else(ended)?;
        Ok(symbol)
    }

    /// How many whole or begun bytes were read, and how many bits of the last one.
    pub(super) fn position(&self) -> (usize, u32) {
        self.0.position()
    }
}

#[cold]
fn ended() -> Refusal {
    Refusal::malformed("picture data end early")
}

#[cold]
fn no_code() -> Refusal {
    Refusal::malformed("a code that is in no Huffman table")
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
