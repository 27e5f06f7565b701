//! Bits, the highest of each byte first.

/// A walk through bits.
#[derive(Clone, Copy)]
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    /// The byte that comes into the window next; it runs on behind the end, where zeros are read.
    next: usize,
    /// What was read ahead, its first bit the highest.
    window: u64,
    /// How many bits of the window count. Below them may stand the bits that follow.
    held: u32,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, next: 0, window: 0, held: 0 }
    }

    /// Reads ahead: afterwards 56 bits or more are held.
    #[inline]
    pub(crate) fn fill(&mut self) {
        let eight = self.next.checked_add(8).and_then(|end| self.data.get(self.next..end));
        let Some(eight) = eight.and_then(|eight| eight.first_chunk()) else {
            *self = self.filled_slowly();
            return;
        };
        // At most 63 bits are held, so of the new ones not all have room, and those are read again.
        self.window |= u64::from_be_bytes(*eight) >> (self.held & 63);
        self.next += ((self.held ^ 63) >> 3) as usize;
        self.held |= 0b11_1000;
    }

    // By value: a walk whose address nobody asks for stays in registers.
    #[cold]
    fn filled_slowly(mut self) -> Self {
        while self.held <= 56 {
            let byte = self.data.get(self.next).copied().unwrap_or(0);
            self.window |= u64::from(byte) << (56 - self.held);
            self.next = self.next.saturating_add(1);
            self.held += 8;
        }
        self
    }

    /// How many bits were passed.
    fn passed(&self) -> u64 {
        (self.next as u64).saturating_mul(8).saturating_sub(u64::from(self.held))
    }

    /// How many bytes were not even read ahead.
    pub(crate) fn unread(&self) -> usize {
        self.data.len().saturating_sub(self.next)
    }

    /// The next 16 bits of those that are held.
    #[inline]
    pub(crate) fn ahead(&self) -> u16 {
        let [high, low, ..] = self.window.to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// Passes as many bits as the low six bits of `count` say, all of them held, be they there or
    /// behind the end: [`Bits::is_within`] tells.
    #[inline]
    pub(crate) fn pass_held(&mut self, count: u32) {
        self.window <<= count & 63;
        self.held = self.held.wrapping_sub(count & 63);
    }

    /// Whether no bit was passed that is not there.
    #[inline]
    pub(crate) fn is_within(&self) -> bool {
        self.next <= self.data.len() || self.passed() <= (self.data.len() as u64).saturating_mul(8)
    }

    /// Passes bits that were peeked at.
    #[inline]
    pub(crate) fn pass(&mut self, count: u32) -> Option<()> {
        self.window = self.window.checked_shl(count).unwrap_or(0);
        self.held = self.held.checked_sub(count)?;
        self.is_within().then_some(())
    }

    /// The next bits, up to 32, without passing them; behind the end there are zeros.
    #[inline]
    pub(crate) fn peek(&mut self, count: u32) -> u32 {
        self.peek32().checked_shr(32u32.saturating_sub(count)).unwrap_or(0)
    }

    /// The next 32 bits, as [`Bits::peek`].
    #[inline]
    pub(crate) fn peek32(&mut self) -> u32 {
        if self.held < 32 {
            self.fill();
        }
        let [a, b, c, d, ..] = self.window.to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// Up to 32 bits as a number.
    #[inline]
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        let value = self.peek(count);
        self.pass(count)?;
        Some(value)
    }

    /// Goes over `count` bits.
    #[inline]
    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        match u32::try_from(count) {
            Ok(count) if count <= self.held => self.pass(count),
            _ => self.go_to(self.passed().checked_add(u64::try_from(count).ok()?)?),
        }
    }

    fn go_to(&mut self, bit: u64) -> Option<()> {
        self.next = usize::try_from(bit / 8).ok().filter(|at| *at <= self.data.len())?;
        (self.window, self.held) = (0, 0);
        self.take(u32::try_from(bit % 8).ok()?).map(drop)
    }

    /// How many zero bits stand before the next one, which is taken too.
    #[inline]
    pub(crate) fn unary(&mut self) -> Option<usize> {
        let mut zeros = 0usize;
        loop {
            let some = self.window.leading_zeros();
            if some < self.held {
                self.pass(some + 1)?;
                return zeros.checked_add(some as usize);
            }
            zeros = zeros.checked_add(self.held as usize)?;
            self.pass(self.held)?;
            (self.next < self.data.len()).then_some(())?;
            self.window = 0;
            self.fill();
        }
    }

    /// Passes so many Rice codes: zeros, a one, and `low` bits behind it.
    pub(crate) fn pass_rice(&mut self, low: u32, count: u32) -> Option<()> {
        // A copy, whose address nobody asks for while codes are short, stays in registers.
        let mut walk = *self;
        for _ in 0..count {
            if walk.held < 32 {
                walk.fill();
            }
            let whole = walk.window.leading_zeros() + 1 + low;
            if whole <= walk.held {
                walk.pass_held(whole);
            } else {
                walk = walk.past_rice(low)?;
            }
        }
        *self = walk;
        self.is_within().then_some(())
    }

    /// One of them that is longer than what is held.
    #[cold]
    fn past_rice(mut self, low: u32) -> Option<Self> {
        self.unary()?;
        self.skip(usize::try_from(low).ok()?)?;
        Some(self)
    }

    /// Goes to the next whole byte; the bits on the way must be zero. Gives that byte's place.
    pub(crate) fn align(&mut self) -> Option<usize> {
        let odd = u32::try_from(self.passed() % 8).ok()?;
        if odd > 0 {
            (self.take(8 - odd)? == 0).then_some(())?;
        }
        usize::try_from(self.passed() / 8).ok()
    }

    /// How many whole or begun bytes were passed, and how many bits of the last one.
    pub(crate) fn position(&self) -> (usize, u32) {
        let bytes = usize::try_from(self.passed().div_ceil(8)).unwrap_or(usize::MAX);
        (bytes, u32::try_from(self.passed() % 8).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same answers, one bit at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Slow<'_> {
        fn bit(&mut self) -> Option<u32> {
            let byte = *self.0.get(self.1 / 8)?;
            let bit = (byte >> (7 - self.1 % 8)) & 1;
            self.1 += 1;
            Some(u32::from(bit))
        }

        fn take(&mut self, count: u32) -> Option<u32> {
            (0..count)
                .try_fold(0u64, |sum, _| Some(sum << 1 | u64::from(self.bit()?)))
                .and_then(|sum| u32::try_from(sum).ok())
        }
    }

    #[test]
    fn every_walk_is_that_of_one_bit_at_a_time() {
        let mut noise = 1u32;
        let mut random = |below: u32| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 8) % below
        };
        for len in 0..60 {
            let data: Vec<u8> = (0..len)
                .map(|_| if random(3) == 0 { 0 } else { random(256).to_be_bytes()[3] })
                .collect();
            let (mut fast, mut slow) = (Bits::new(&data), Slow(&data, 0));
            loop {
                let (ours, theirs) = match random(6) {
                    0 => {
                        let mut zeros = 0;
                        let theirs = loop {
                            match slow.bit() {
                                Some(0) => zeros += 1,
                                Some(_) => break Some(zeros),
                                None => break None,
                            }
                        };
                        (fast.unary().and_then(|n| u32::try_from(n).ok()), theirs)
                    }
                    1 => {
                        let (low, count) = (random(20), random(5));
                        let mut code = || {
                            while slow.bit()? == 0 {}
                            (0..low).try_for_each(|_| slow.bit().map(drop))
                        };
                        let theirs = (0..count).try_for_each(|_| code()).map(|()| 0);
                        (fast.pass_rice(low, count).map(|()| 0), theirs)
                    }
                    2 => {
                        let count = random(90);
                        let ours = fast.skip(count as usize).map(|()| 0);
                        (ours, (0..count).try_for_each(|_| slow.bit().map(drop)).map(|()| 0))
                    }
                    3 => {
                        let mut ahead = Slow(slow.0, slow.1);
                        let count = random(33);
                        let bits = (0..count).map(|_| u64::from(ahead.bit().unwrap_or(0)));
                        let theirs = bits.fold(0u64, |sum, bit| sum << 1 | bit);
                        (Some(fast.peek(count)), u32::try_from(theirs).ok())
                    }
                    _ => {
                        let count = random(33);
                        (fast.take(count), slow.take(count))
                    }
                };
                assert_eq!(ours, theirs, "{data:?} at {}", slow.1);
                if ours.is_none() {
                    break;
                }
                assert_eq!(
                    fast.position(),
                    (slow.1.div_ceil(8), u32::try_from(slow.1 % 8).expect("small"))
                );
            }
        }
    }
}
