//! Bits, the most significant first.

/// A walk through bits.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next bit.
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Up to 32 bits as a number.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0u64;
        let mut left = usize::try_from(count).ok()?;
        (left <= 32).then_some(())?;
        while left > 0 {
            let byte = *self.bytes.get(self.at / 8)?;
            let have = 8 - self.at % 8;
            let step = have.min(left);
            let part = (byte << (8 - have)) >> (8 - step);
            value = value << step | u64::from(part);
            self.at += step;
            left -= step;
        }
        u32::try_from(value).ok()
    }

    /// Goes over `count` bits.
    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len().checked_mul(8)?).then_some(())
    }

    /// How many zero bits stand before the next one, which is taken too.
    pub(super) fn unary(&mut self) -> Option<usize> {
        let start = self.at;
        loop {
            let byte = *self.bytes.get(self.at / 8)? << (self.at % 8);
            if byte != 0 {
                self.at = self.at.checked_add(usize::try_from(byte.leading_zeros()).ok()?)?;
                let zeros = self.at - start;
                self.at += 1;
                return Some(zeros);
            }
            self.at += 8 - self.at % 8;
        }
    }

    /// Goes to the next whole byte; the bits on the way must be zero.
    pub(super) fn align(&mut self) -> Option<usize> {
        let odd = u32::try_from(self.at % 8).ok()?;
        if odd > 0 {
            (self.take(8 - odd)? == 0).then_some(())?;
        }
        Some(self.at / 8)
    }
}
