//! What is inside a stick: cells, a size that may be a lie, and faults.
//!
//! ```text
//! guest --USB--> QEMU --NBD--> Chip: counts, log, faults --> Flash
//! ```
//! A chip is a value. It goes into a stick, comes out when the stick is unplugged, and can be
//! plugged in elsewhere: that is how it is carried over the air gap.

use std::time::Duration;

use super::fault::{Armed, Fault, Refusal, Request, When, count};
use super::flash::Flash;

/// Where addresses beyond the real end of a counterfeit chip lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fake {
    /// Back to its beginning.
    #[default]
    Wraps,
    /// Nowhere: writes vanish, reads bring zeros.
    Drops,
}

/// What was asked of a chip, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many bytes were read.
    Read(u64, usize),
    /// These bytes were written.
    Write(u64, Vec<u8>),
    /// What had been written was to be kept.
    Flush,
}

/// How often a chip was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reads that were answered.
    pub reads: u64,
    /// Writes that landed, or were said to.
    pub writes: u64,
    /// Flushes that were answered.
    pub flushes: u64,
}

/// How a chip answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Done, after this long.
    Done(Duration),
    Refused(Refusal),
    /// Not now.
    Stuck,
}

/// The inside of a stick.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    flash: Flash,
    claimed: Option<(u64, Fake)>,
    lied: bool,
    faults: Vec<Armed>,
    counts: Counts,
    log: Option<Vec<Event>>,
    /// What the cells held before each write that was not flushed yet.
    unflushed: Option<Vec<(u64, Vec<u8>)>>,
    gone: bool,
    stuck: bool,
}

impl Chip {
    /// An empty one of so many bytes.
    pub fn blank(size: u64) -> Self {
        Self::of_flash(Flash::blank(size))
    }

    /// One with these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_flash(Flash::of(bytes))
    }

    /// One with these cells.
    pub fn of_flash(flash: Flash) -> Self {
        Self { flash, ..Self::default() }
    }

    /// One that says it is larger than it is.
    #[must_use]
    pub fn claiming(mut self, size: u64, fake: Fake) -> Self {
        self.claimed = Some((size, fake));
        self
    }

    /// One that keeps what it was given only from the next flush on, if its power goes.
    #[must_use]
    pub fn volatile(mut self) -> Self {
        self.unflushed = Some(Vec::new());
        self
    }

    /// One that keeps a log from now on.
    #[must_use]
    pub fn logged(mut self) -> Self {
        self.log = Some(Vec::new());
        self
    }

    /// One with this fault.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.arm(fault);
        self
    }

    /// Adds a fault; it counts requests from now on.
    pub fn arm(&mut self, fault: Fault) {
        self.faults.push(Armed::new(fault));
    }

    /// Takes all faults away, and puts a pulled stick back together.
    pub fn heal(&mut self) {
        self.faults.clear();
        self.gone = false;
    }

    /// The size it tells.
    pub fn size(&self) -> u64 {
        self.claimed.map_or(self.flash.size(), |(size, _)| size)
    }

    /// What is in its cells.
    pub fn flash(&self) -> &Flash {
        &self.flash
    }

    /// Its cells, to tamper with.
    pub fn flash_mut(&mut self) -> &mut Flash {
        &mut self.flash
    }

    /// How often it was asked.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What it was asked, if it keeps a log.
    pub fn log(&self) -> &[Event] {
        self.log.as_deref().unwrap_or_default()
    }

    /// Whether [`Fault::Pulled`] has struck.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whether a request waits for [`Fault::Sticks`] to end.
    pub fn is_stuck(&self) -> bool {
        self.stuck
    }

    pub(super) fn set_stuck(&mut self, stuck: bool) {
        self.stuck = stuck;
    }

    /// As if nothing were wrong with it.
    pub(super) fn without_faults<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let faults = std::mem::take(&mut self.faults);
        let done = act(self);
        self.faults = faults;
        done
    }

    /// Its power goes: what a volatile chip was not told to keep is lost.
    pub fn lose_power(&mut self) {
        for (at, before) in self.unflushed.iter_mut().flat_map(|u| u.drain(..).rev()) {
            self.flash.write(at, &before);
        }
    }

    pub(super) fn read(&mut self, at: u64, into: &mut [u8]) -> Reply {
        let reply = self.judge(Request::Read, at, into.len());
        if let Reply::Done(_) = reply {
            self.counts.reads += 1;
            self.note(|| Event::Read(at, into.len()));
            for (n, sector) in into.chunks_mut(512).enumerate() {
                let at = at + n as u64 * 512;
                match self.place(at) {
                    Some(place) => self.flash.read(place, sector),
                    None => sector.fill(0),
                }
            }
            self.swap(at, into);
        }
        reply
    }

    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> Reply {
        if let Some(torn) = self.pulled() {
            self.store(at, &bytes[..torn.min(bytes.len())]);
            return Reply::Refused(Refusal::Broken);
        }
        let reply = self.judge(Request::Write, at, bytes.len());
        if let Reply::Done(_) = reply {
            self.counts.writes += 1;
            self.note(|| Event::Write(at, bytes.to_vec()));
            if !self.meets(|f| matches!(f, Fault::LosesWrites)) {
                self.store(at, bytes);
            }
        }
        reply
    }

    pub(super) fn flush(&mut self) -> Reply {
        let reply = self.judge(Request::Flush, 0, 0);
        if let Reply::Done(_) = reply {
            self.counts.flushes += 1;
            self.note(|| Event::Flush);
            let lost = self.meets(|f| matches!(f, Fault::LosesFlushes));
            if let (false, Some(unflushed)) = (lost, &mut self.unflushed) {
                unflushed.clear();
            }
        }
        reply
    }

    /// The first fault that strikes decides.
    fn judge(&mut self, request: Request, at: u64, length: usize) -> Reply {
        if self.gone {
            return Reply::Refused(Refusal::Broken);
        }
        let mut pause = Duration::ZERO;
        for armed in &mut self.faults {
            let (about, when, reply) = match armed.fault {
                Fault::Fails(about, when, refusal) => (about, when, Reply::Refused(refusal)),
                Fault::Sticks(about, when) => (about, when, Reply::Stuck),
                Fault::Slow(rate) if length > 0 => {
                    armed.meet();
                    pause += Duration::from_secs(length as u64) / rate.max(1);
                    continue;
                }
                _ => continue,
            };
            if about == request && armed.strikes(when, at, length) {
                return reply;
            }
        }
        Reply::Done(pause)
    }

    /// How many bytes of this write land, if it is the one at which the stick is pulled.
    fn pulled(&mut self) -> Option<usize> {
        if self.gone {
            return None;
        }
        let struck = self.faults.iter_mut().find_map(|armed| match armed.fault {
            Fault::Pulled { after, torn } => {
                armed.strikes(When::Nth(after + 1), 0, 0).then_some(torn)
            }
            _ => None,
        });
        self.gone = struck.is_some();
        struck
    }

    /// Whether there is such a fault; then it has taken effect.
    fn meets(&mut self, such: impl Fn(&Fault) -> bool) -> bool {
        let found = self.faults.iter_mut().find(|armed| such(&armed.fault));
        found.map(Armed::meet).is_some()
    }

    /// Puts other bytes over what was read, where a fault wants that.
    fn swap(&mut self, at: u64, into: &mut [u8]) {
        for armed in &mut self.faults {
            let Fault::Swaps { at: first, honest, with } = &armed.fault else { continue };
            let (first, honest, with) = (*first, u64::from(*honest), with.clone());
            let (from, to) =
                (first.max(at), (first + with.len() as u64).min(at + into.len() as u64));
            if from >= to || armed.next() <= honest {
                continue;
            }
            armed.meet();
            let index =
                |address: u64, base: u64| usize::try_from(address - base).unwrap_or_default();
            into[index(from, at)..index(to, at)]
                .copy_from_slice(&with[index(from, first)..index(to, first)]);
        }
    }

    fn store(&mut self, at: u64, bytes: &[u8]) {
        for (n, sector) in bytes.chunks(512).enumerate() {
            let Some(place) = self.place(at + n as u64 * 512) else { continue };
            if let Some(unflushed) = &mut self.unflushed {
                unflushed.push((place, self.flash.get(place, sector.len())));
            }
            self.flash.write(place, sector);
        }
    }

    /// Which cells an address means. The first that a counterfeit does not have is its fault.
    fn place(&mut self, at: u64) -> Option<u64> {
        if at < self.flash.size() {
            return Some(at);
        }
        if !std::mem::replace(&mut self.lied, true) {
            count();
        }
        match self.claimed {
            Some((_, Fake::Wraps)) => Some(at % self.flash.size().max(1)),
            _ => None,
        }
    }

    fn note(&mut self, event: impl FnOnce() -> Event) {
        if let Some(log) = &mut self.log {
            log.push(event());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: Reply = Reply::Done(Duration::ZERO);
    const BROKEN: Reply = Reply::Refused(Refusal::Broken);

    fn sector(chip: &mut Chip, at: u64) -> u8 {
        let mut bytes = [0; 512];
        assert_eq!(chip.read(at, &mut bytes), DONE);
        bytes[0]
    }

    #[test]
    fn a_pulled_chip_keeps_the_writes_before_and_answers_no_more() {
        let mut chip = Chip::blank(4096).with(Fault::Pulled { after: 1, torn: 5 });
        assert_eq!(chip.write(0, &[1; 512]), DONE);
        assert_eq!(chip.write(512, &[2; 512]), BROKEN);
        assert_eq!(chip.write(1024, &[3; 512]), BROKEN);
        assert_eq!(chip.read(0, &mut [0; 512]), BROKEN);
        assert!(chip.is_gone());
        assert_eq!(chip.flash().get(511, 8), [1, 2, 2, 2, 2, 2, 0, 0]);
        assert_eq!(chip.flash().get(1024, 1), [0]);
        chip.heal();
        assert_eq!(sector(&mut chip, 0), 1);
    }

    #[test]
    fn a_counterfeit_wraps_or_drops_beyond_its_real_end() {
        let mut chip = Chip::blank(1024).claiming(1 << 20, Fake::Wraps);
        assert_eq!(chip.write(2048, &[7; 512]), DONE);
        assert_eq!((sector(&mut chip, 0), chip.size()), (7, 1 << 20));
        let mut chip = Chip::blank(1024).claiming(1 << 20, Fake::Drops);
        assert_eq!(chip.write(2048, &[7; 512]), DONE);
        assert_eq!((sector(&mut chip, 0), sector(&mut chip, 2048)), (0, 0));
    }

    #[test]
    fn a_volatile_chip_loses_what_was_not_flushed() {
        let mut chip = Chip::blank(4096).volatile();
        chip.write(0, &[1; 512]);
        chip.flush();
        chip.write(0, &[2; 512]);
        chip.write(0, &[3; 512]);
        chip.lose_power();
        assert_eq!(sector(&mut chip, 0), 1);
        chip.arm(Fault::LosesFlushes);
        chip.write(0, &[2; 512]);
        assert_eq!(chip.flush(), DONE);
        chip.lose_power();
        assert_eq!(sector(&mut chip, 0), 1);
    }

    #[test]
    fn a_swap_shows_from_the_second_read_of_any_part_of_it() {
        let swap = Fault::Swaps { at: 510, honest: 1, with: vec![9; 4] };
        let mut chip = Chip::blank(4096).with(swap);
        assert_eq!(sector(&mut chip, 1024), 0);
        assert_eq!(sector(&mut chip, 512), 0);
        assert_eq!(sector(&mut chip, 512), 9);
        let mut first = [0; 512];
        chip.read(0, &mut first);
        assert_eq!(first[508..], [0, 0, 9, 9]);
    }

    #[test]
    fn a_bad_sector_fails_and_its_neighbours_do_not() {
        let bad = Fault::Fails(Request::Read, When::At(700), Refusal::Broken);
        let full = Fault::Fails(Request::Write, When::From(2), Refusal::Full);
        let mut chip = Chip::blank(4096).with(bad).with(full);
        assert_eq!(chip.read(512, &mut [0; 512]), BROKEN);
        assert_eq!((sector(&mut chip, 0), sector(&mut chip, 1024)), (0, 0));
        assert_eq!(chip.write(0, &[1; 512]), DONE);
        assert_eq!(chip.write(0, &[1; 512]), Reply::Refused(Refusal::Full));
    }

    #[test]
    fn a_fault_is_counted_when_it_is_met_and_only_once() {
        let before = super::super::faults_injected();
        let mut chip = Chip::blank(4096).with(Fault::LosesWrites).with(Fault::LosesFlushes);
        chip.write(0, &[1; 512]);
        chip.write(0, &[1; 512]);
        assert_eq!(sector(&mut chip, 0), 0);
        // Other tests count at the same time, so at least this one.
        assert!(super::super::faults_injected() > before);
        assert_eq!(
            chip.faults.iter().filter(|f| format!("{f:?}").contains("met: true")).count(),
            1
        );
    }
}
