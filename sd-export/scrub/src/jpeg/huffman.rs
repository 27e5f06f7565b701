//! Huffman codes, and the bits they are read from.

use crate::Refusal;

/// Bits by which codes are looked up; longer codes are rare.
pub(super) const AHEAD: u16 = 12;
pub(super) const PLACES: usize = 1 << AHEAD;

/// The length of a code in the high byte, its symbol in the low one; 0 where no code starts so.
pub(super) type Entry = u16;

pub(super) const NO_CODE: &str = "a code that is in no Huffman table";

/// A code table as a look-up, and a list of the few codes that are too long for it.
pub(super) struct Table {
    short: Box<[Entry; PLACES]>,
    /// Sixteen bits with which the code starts, in rising order.
    long: Vec<(u16, Entry)>,
    /// Behind the sixteen bits with which the last code starts: there is none from here on.
    end: u32,
}

impl Table {
    /// Builds the table from its counts per length and its symbols.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, Refusal> {
        let bad = || Refusal::malformed("Huffman table");
        let (mut short, mut long) = (Box::new([0; PLACES]), Vec::new());
        let mut at = 0u32;
        let mut symbols = symbols.iter();
        for (length, count) in (1u16..=16).zip(counts) {
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                let entry = (length << 8) | u16::from(*symbol);
                let start = u16::try_from(at).map_err(|_| bad())?;
                at += 1 << (16 - length);
                if at > 1 << 16 {
                    return Err(bad());
                }
                if length > AHEAD {
                    long.push((start, entry));
                    continue;
                }
                let (first, span) = (usize::from(start >> (16 - AHEAD)), 1 << (AHEAD - length));
                short.get_mut(first..first + span).ok_or_else(bad)?.fill(entry);
            }
        }
        Ok(Self { short, long, end: at })
    }

    /// The code that starts the next sixteen bits, if it is not a long one.
    #[inline]
    pub(super) fn find_short(&self, next: u16) -> Entry {
        self.short.get(usize::from(next >> (16 - AHEAD))).copied().unwrap_or(0)
    }

    #[cold]
    fn find_long(&self, next: u16) -> Entry {
        let above = self.long.partition_point(|(start, _)| *start <= next);
        let found = above.checked_sub(1).and_then(|at| self.long.get(at));
        found.filter(|_| u32::from(next) < self.end).map_or(0, |(_, entry)| *entry)
    }

    #[inline]
    pub(super) fn find(&self, next: u16) -> Entry {
        match self.find_short(next) {
            0 => self.find_long(next),
            entry => entry,
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

    /// Goes over `count` bits, at most 64.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) -> Result<(), Refusal> {
        let half = count.min(32);
        let rest = self.0.take(half).and_then(|_| self.0.take(count.saturating_sub(half)));
        rest.map(drop).ok_or_else(ended)
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
        let [high, low, ..] = self.0.peek32().to_be_bytes();
        let [length, symbol] = table.find(u16::from_be_bytes([high, low])).to_be_bytes();
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
pub(super) fn ended() -> Refusal {
    Refusal::malformed("picture data end early")
}

#[cold]
fn no_code() -> Refusal {
    Refusal::malformed(NO_CODE)
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
