//! Whose turn it is, and who has had enough turns.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Growing pauses, in units of a sixtieth of the patience: 1, 2, 5, ... seconds by default.
const PAUSES: [u32; 6] = [1, 2, 5, 10, 20, 40];

/// Attempts in a row that brought an item nothing: then it is refused, and the others go on.
const FRUITLESS: u32 = 4;

/// Attempts at one item in all. A circuit that breaks every few megabytes is lived with; a
/// server that gives a little each time, for ever, is not.
const ATTEMPTS: u32 = 100;

/// Less than this is no progress: a server must not be able to go on for ever, a byte at a time.
const WORTH: u64 = 64 * 1024;

/// Attempts in a row, at whatever items, that brought nothing: then nothing works any more.
const DRY: u32 = 3 * FRUITLESS;

/// An item on its way.
#[derive(Debug)]
pub(super) struct Job {
    /// Its place in the plan.
    pub(super) index: usize,
    /// Why it is not here yet, in the words of the last attempt.
    pub(super) last: Option<String>,
    /// Refused with 403 while the session was good.
    pub(super) forbidden: bool,
    /// The most of it that was ever kept here.
    best: u64,
    fruitless: u32,
    attempts: u32,
}

/// What comes of a failed attempt.
#[derive(Debug)]
pub(super) enum Turn {
    /// It will be tried again after this pause.
    Later(Duration),
    /// It has had its attempts.
    Enough(Job),
    /// Nothing works any more.
    AllEnough(Job),
}

/// The items that are neither here nor refused.
pub(super) struct Queue {
    ready: VecDeque<Job>,
    later: Vec<(Instant, Job)>,
    unit: Duration,
    dry: u32,
    outages: usize,
    closed_until: Option<Instant>,
}

impl Queue {
    /// Items by their place in the plan, in that order.
    pub(super) fn new(items: usize, patience: Duration) -> Self {
        let job =
            |index| Job { index, last: None, forbidden: false, best: 0, fruitless: 0, attempts: 0 };
        Self {
            ready: (0..items).map(job).collect(),
            later: Vec::new(),
            unit: patience / 60,
            dry: 0,
            outages: 0,
            closed_until: None,
        }
    }

    /// The next item whose time has come.
    pub(super) fn next(&mut self, now: Instant) -> Option<Job> {
        if self.closed_until.is_some_and(|t| t > now) {
            return None;
        }
        let due = self.later.iter().position(|(at, _)| *at <= now);
        // What was begun comes before what was not.
        due.map(|i| self.later.swap_remove(i).1).or_else(|| self.ready.pop_front())
    }

    /// When to look again, if nothing else happens. What is due already waits for a lane.
    pub(super) fn wake(&self, now: Instant) -> Option<Instant> {
        let times = self.later.iter().map(|(at, _)| *at).chain(self.closed_until);
        times.filter(|at| *at > now).min()
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.later.is_empty()
    }

    /// Everything that is left.
    pub(super) fn drain(&mut self) -> Vec<Job> {
        self.later.drain(..).map(|(_, job)| job).chain(self.ready.drain(..)).collect()
    }

    /// Bytes came: there is a connection.
    pub(super) fn is_open(&mut self) {
        self.outages = 0;
    }

    /// An item is whole: the server gives what is asked of it.
    pub(super) fn is_well(&mut self) {
        self.dry = 0;
    }

    /// An attempt failed that may go better. `kept`: bytes that the next one can go on from.
    pub(super) fn again(&mut self, mut job: Job, kept: u64, now: Instant) -> Turn {
        let gained = kept >= job.best.saturating_add(WORTH);
        job.best = job.best.max(kept);
        job.attempts += 1;
        job.fruitless = if gained { 0 } else { job.fruitless + 1 };
        self.dry = if gained { 0 } else { self.dry + 1 };
        if job.fruitless >= FRUITLESS || job.attempts >= ATTEMPTS {
            return Turn::Enough(job);
        }
        if self.dry >= DRY {
            return Turn::AllEnough(job);
        }
        let pause = self.pause(job.fruitless as usize);
        self.later.push((now + pause, job));
        Turn::Later(pause)
    }

    /// There was no connection at all: nobody's fault, and nobody's turn for a while.
    pub(super) fn outage(&mut self, job: Job, now: Instant) -> Turn {
        if self.outages >= PAUSES.len() {
            return Turn::AllEnough(job);
        }
        let pause = self.pause(self.outages);
        // Two lanes that find the door closed at once are one outage.
        if self.closed_until.is_none_or(|t| t <= now) {
            self.outages += 1;
            self.closed_until = Some(now + pause);
        }
        self.ready.push_front(job);
        Turn::Later(pause)
    }

    /// Puts an item back that was interrupted through no fault of its own.
    pub(super) fn put_back(&mut self, job: Job) {
        self.ready.push_front(job);
    }

    fn pause(&self, nth: usize) -> Duration {
        self.unit * PAUSES[nth.min(PAUSES.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn order(queue: &mut Queue, now: Instant) -> Vec<usize> {
        std::iter::from_fn(|| queue.next(now)).map(|j| j.index).collect()
    }

    #[test]
    fn a_failed_item_waits_and_then_comes_before_new_ones() {
        let (mut queue, now) = (Queue::new(3, PATIENCE), Instant::now());
        let first = queue.next(now).expect("one");
        assert!(matches!(queue.again(first, WORTH, now), Turn::Later(p) if p.as_secs() == 1));
        assert_eq!(queue.next(now).expect("two").index, 1);
        assert_eq!(order(&mut queue, now + Duration::from_secs(1)), [0, 2]);
        assert!(queue.is_empty());
    }

    #[test]
    fn an_item_that_gets_nowhere_is_given_up_and_one_that_moves_is_not() {
        let (mut queue, now) = (Queue::new(1, Duration::ZERO), Instant::now());
        for n in 1..=50 {
            let job = queue.next(now).expect("there");
            assert!(matches!(queue.again(job, n * WORTH, now), Turn::Later(_)));
        }
        // As far as before, or thrown away and fetched anew: neither is progress.
        for kept in [50 * WORTH, 0, 50 * WORTH] {
            let job = queue.next(now).expect("there");
            assert!(matches!(queue.again(job, kept, now), Turn::Later(_)));
        }
        let job = queue.next(now).expect("there");
        assert!(matches!(queue.again(job, 51 * WORTH - 1, now), Turn::Enough(_)));
    }

    #[test]
    fn small_gains_do_not_go_on_for_ever() {
        let (mut queue, now) = (Queue::new(1, Duration::ZERO), Instant::now());
        let mut attempts = 1;
        while let Some(job) = queue.next(now) {
            match queue.again(job, attempts * WORTH, now) {
                Turn::Later(_) => attempts += 1,
                _ => break,
            }
        }
        assert_eq!(attempts, u64::from(ATTEMPTS));
    }

    #[test]
    fn when_nothing_works_for_anybody_the_run_ends() {
        let (mut queue, now) = (Queue::new(100, Duration::ZERO), Instant::now());
        for n in 1.. {
            let job = queue.ready.pop_front().expect("enough items");
            match queue.again(job, 0, now) {
                Turn::Later(_) => assert!(n < DRY),
                Turn::AllEnough(_) => return assert_eq!(n, DRY),
                Turn::Enough(_) => panic!("each was tried once"),
            }
        }
    }

    #[test]
    fn an_outage_closes_the_door_for_all_with_growing_pauses_and_an_end() {
        let (mut queue, mut now) = (Queue::new(2, PATIENCE), Instant::now());
        let (a, b) = (queue.next(now).expect("a"), queue.next(now).expect("b"));
        assert!(matches!(queue.outage(a, now), Turn::Later(_)));
        assert!(matches!(queue.outage(b, now), Turn::Later(_)));
        assert!(queue.next(now).is_none() && queue.outages == 1);
        assert!(queue.wake(now) > Some(now) && queue.wake(now + PATIENCE).is_none());
        for pause in &PAUSES[1..] {
            now = queue.wake(now).expect("a time");
            let job = queue.next(now).expect("open again");
            let Turn::Later(p) = queue.outage(job, now) else { panic!("too early") };
            assert_eq!(p, PATIENCE / 60 * *pause);
        }
        now = queue.wake(now).expect("a time");
        let job = queue.next(now).expect("open again");
        assert!(matches!(queue.outage(job, now), Turn::AllEnough(_)));
    }
}
