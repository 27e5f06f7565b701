//! Several works at once: a line for each, and one for all of it.
//!
//! ```text
//! focal ghost, document 3      ===>        38%   12.40 MB   310.00 kB/s  65s left
//! quiet harbour, document 1    >            4%    1.10 MB   290.00 kB/s  90s left
//! fetching                     ==>         21%   13.50 MB   600.00 kB/s   3m left
//! ```

use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};

use crate::bar::{PATIENCE, bytes_style};

/// Progress lines on the terminal; without a terminal, nothing.
pub struct Bars {
    on_terminal: bool,
    lines: MultiProgress,
    total: Option<Total>,
    lanes: Vec<Option<Lane>>,
}

struct Total {
    bar: ProgressBar,
    since: Instant,
    drawn: bool,
    /// Bytes of works that are over.
    done: u64,
}

struct Lane {
    bar: ProgressBar,
    since: Instant,
    drawn: bool,
    at: Option<u64>,
}

impl Bars {
    /// Lines that are drawn on standard error if that is a terminal.
    pub(crate) fn new(on_terminal: bool) -> Self {
        let target = if on_terminal {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let lines = MultiProgress::with_draw_target(target);
        Self { on_terminal, lines, total: None, lanes: Vec::new() }
    }

    /// All of it begins: its name, its length in bytes and how many works go on at once.
    pub fn begin(&mut self, name: &str, bytes: u64, lanes: usize) {
        let bar = line(name, bytes);
        self.total = Some(Total { bar, since: Instant::now(), drawn: false, done: 0 });
        self.lanes = (0..lanes).map(|_| None).collect();
    }

    /// One work begins in a lane.
    pub fn lane(&mut self, lane: usize, name: &str, bytes: u64) {
        if !self.on_terminal {
            return;
        }
        if let Some(place) = self.lanes.get_mut(lane) {
            let (bar, since) = (line(name, bytes), Instant::now());
            *place = Some(Lane { bar, since, drawn: false, at: None });
        }
    }

    /// So many bytes of the work in this lane are there now.
    pub fn at(&mut self, lane: usize, bytes: u64) {
        let Some(Some(place)) = self.lanes.get_mut(lane) else { return };
        let first = place.at.is_none();
        place.at = Some(bytes);
        place.bar.set_position(bytes);
        if first {
            // What was there before must not count as speed.
            place.bar.reset_eta();
        }
        self.draw(lane);
        self.sum(first && bytes > 0);
    }

    /// The work in this lane is over: `counts` of its bytes belong to the whole.
    pub fn leave(&mut self, lane: usize, counts: u64) {
        let Some(place) = self.lanes.get_mut(lane).and_then(Option::take) else { return };
        place.bar.finish_and_clear();
        self.lines.remove(&place.bar);
        if let Some(total) = &mut self.total {
            total.done = total.done.saturating_add(counts);
        }
        self.sum(false);
    }

    /// Time passes: the rate of a work that stands still goes down.
    pub fn tick(&self) {
        let lanes = self.lanes.iter().flatten().map(|l| &l.bar);
        lanes.chain(self.total.iter().map(|t| &t.bar)).for_each(ProgressBar::tick);
    }

    /// Says or asks something while no line is in the way.
    pub fn aside<T>(&self, talk: impl FnOnce() -> T) -> T {
        self.lines.suspend(talk)
    }

    /// Everything is over; the lines go away.
    pub fn end(&mut self) {
        for lane in 0..self.lanes.len() {
            self.leave(lane, 0);
        }
        if let Some(total) = self.total.take() {
            total.bar.finish_and_clear();
        }
    }

    fn draw(&mut self, lane: usize) {
        let (Some(total), Some(Some(place))) = (&mut self.total, self.lanes.get_mut(lane)) else {
            return;
        };
        if !self.on_terminal || total.since.elapsed() < PATIENCE {
            return;
        }
        if !total.drawn {
            total.bar = self.lines.add(total.bar.clone());
            total.drawn = true;
        }
        if !place.drawn && place.since.elapsed() >= PATIENCE {
            place.bar = self.lines.insert_before(&total.bar, place.bar.clone());
            place.drawn = true;
        }
    }

    fn sum(&mut self, jumped: bool) {
        let Some(total) = &self.total else { return };
        let under_way: u64 = self.lanes.iter().flatten().filter_map(|l| l.at).sum();
        total.bar.set_position(total.done.saturating_add(under_way));
        if jumped {
            total.bar.reset_eta();
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.end();
    }
}

fn line(name: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden())
        .with_style(bytes_style());
    bar.set_message(name.to_owned());
    bar
}
