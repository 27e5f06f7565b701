//! Answers must keep coming: a trickle is as good as silence.

use std::time::{Duration, Instant};

use super::limits::Limits;

/// Watches what comes over one connection, from the first byte of the answer to the last, its head,
/// chunk sizes and trailers included.
pub(super) struct Pace {
    window: Duration,
    /// Bytes that a window has to bring.
    least: u64,
    since: Option<Instant>,
    came: u64,
    /// Bytes that may still come: no answer is longer than an item.
    left: u64,
}

impl Pace {
    /// Before the first byte. How long that may take is bounded by the silence before it.
    pub(super) fn new(limits: &Limits) -> Self {
        let least = limits.idle.as_secs().saturating_mul(limits.slowest);
        let left = limits.item.saturating_mul(2);
        Self { window: limits.idle, least, since: None, came: 0, left }
    }

    /// So many bytes came; whether it is worth waiting for more.
    pub(super) fn goes_on(&mut self, bytes: usize, now: Instant) -> bool {
        let since = *self.since.get_or_insert(now);
        self.came = self.came.saturating_add(bytes as u64);
        self.left = self.left.saturating_sub(bytes as u64);
        if now.saturating_duration_since(since) < self.window {
            return self.left > 0;
        }
        let enough = self.came >= self.least;
        (self.since, self.came) = (Some(now), 0);
        enough && self.left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace(item: u64) -> Pace {
        let idle = Duration::from_secs(10);
        Pace::new(&Limits { idle, slowest: 1000, item, ..Limits::default() })
    }

    #[test]
    fn a_trickle_is_given_up_after_one_window_and_a_stream_never() {
        let start = Instant::now();
        let lasted = |bytes: usize| {
            let mut pace = pace(1_000_000);
            (0..60).take_while(|n| pace.goes_on(bytes, start + SECOND * *n)).count()
        };
        assert_eq!((lasted(1), lasted(900), lasted(1000)), (10, 10, 60));
    }

    #[test]
    fn the_time_before_the_first_byte_does_not_count() {
        let mut pace = pace(1_000_000);
        let late = Instant::now() + SECOND * 50;
        assert!(pace.goes_on(1, late) && pace.goes_on(1, late + SECOND));
    }

    #[test]
    fn what_never_ends_ends_here() {
        let (mut pace, now) = (pace(1000), Instant::now());
        assert!(pace.goes_on(1999, now));
        assert!(!pace.goes_on(1, now));
    }
}
