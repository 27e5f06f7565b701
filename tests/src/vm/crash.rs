//! The states in which a power cut can leave a stick, from the log of its chip.

use super::chip::Event;
use super::flash::Flash;

/// A log, and what was in the cells before.
#[derive(Debug)]
pub struct Crashes<'l> {
    before: &'l Flash,
    log: &'l [Event],
}

impl<'l> Crashes<'l> {
    /// For a chip that had these cells when its log began.
    pub fn new(before: &'l Flash, log: &'l [Event]) -> Self {
        Self { before, log }
    }

    /// How many writes there were.
    pub fn writes(&self) -> usize {
        self.log.iter().filter(|event| matches!(event, Event::Write(..))).count()
    }

    /// The cells when the first so many writes have landed, in order.
    pub fn after(&self, writes: usize) -> Flash {
        self.replay(writes, |_| true)
    }

    /// The same, but of the writes since the last flush each has landed or not, as the seed
    /// decides: nothing but a flush keeps a stick from doing things in its own order.
    pub fn reordered(&self, writes: usize, seed: u64) -> Flash {
        let mut state = seed;
        self.replay(writes, |flushed| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            flushed || state >> 63 == 1
        })
    }

    fn replay(&self, writes: usize, mut lands: impl FnMut(bool) -> bool) -> Flash {
        let mut flash = self.before.clone();
        let mut cut = self.log.len();
        let numbered = self.log.iter().enumerate();
        let nth = numbered.filter(|(_, event)| matches!(event, Event::Write(..))).nth(writes);
        cut = nth.map_or(cut, |(at, _)| at);
        let flushed = self.log[..cut].iter().rposition(|event| *event == Event::Flush).unwrap_or(0);
        for (at, event) in self.log[..cut].iter().enumerate() {
            if let Event::Write(place, bytes) = event
                && lands(at < flushed)
            {
                flash.write(*place, bytes);
            }
        }
        flash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Vec<Event> {
        let write = |at| Event::Write(at, vec![1]);
        vec![write(0), Event::Flush, Event::Read(0, 1), write(1), write(2), write(3)]
    }

    #[test]
    fn writes_land_in_order() {
        let (before, log) = (Flash::blank(4), log());
        let crashes = Crashes::new(&before, &log);
        let states: Vec<Vec<u8>> = (0..=4).map(|n| crashes.after(n).image()).collect();
        assert_eq!(states, [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]);
        assert_eq!(crashes.writes(), 4);
    }

    #[test]
    fn what_was_flushed_has_landed_and_the_rest_in_any_order() {
        let (before, log) = (Flash::blank(4), log());
        let crashes = Crashes::new(&before, &log);
        let states: std::collections::BTreeSet<Vec<u8>> =
            (0..200).map(|seed| crashes.reordered(4, seed * 7919).image()).collect();
        assert_eq!(states.len(), 8);
        assert!(states.iter().all(|state| state[0] == 1));
    }
}
