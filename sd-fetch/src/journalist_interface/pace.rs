//! Bodies must keep coming: a trickle is as good as silence.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::limits::Limits;

/// A reader that gives up when a whole window passes with fewer bytes than are worth waiting for.
pub(super) struct Paced<R> {
    inner: R,
    window: Duration,
    least: u64,
    since: Instant,
    came: u64,
}

impl<R: Read> Paced<R> {
    /// Watches `inner` from now on.
    pub(super) fn new(inner: R, limits: &Limits) -> Self {
        let least = limits.idle.as_secs().saturating_mul(limits.slowest);
        Self { inner, window: limits.idle, least, since: Instant::now(), came: 0 }
    }
}

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.came = self.came.saturating_add(n as u64);
        // The end is the end, however late it comes.
        if n > 0 && self.since.elapsed() >= self.window {
            if self.came < self.least {
                return Err(ureq::Error::Timeout(ureq::Timeout::RecvBody).into_io());
            }
            (self.since, self.came) = (Instant::now(), 0);
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::ClientError;
    use super::*;

    /// One byte at a time, so slowly that no window is ever full.
    struct Trickle(Duration);

    impl Read for Trickle {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            std::thread::sleep(self.0);
            buf[0] = b'x';
            Ok(1)
        }
    }

    #[test]
    fn a_trickle_is_not_read_to_its_end() {
        let limits = Limits { idle: Duration::from_secs(1), slowest: 1000, ..Limits::default() };
        let mut paced = Paced::new(Trickle(Duration::from_millis(100)), &limits);
        let error = io::copy(&mut paced, &mut io::sink()).expect_err("too slow");
        assert!(matches!(ClientError::from(error), ClientError::Stalled));
    }

    #[test]
    fn a_short_body_that_ends_is_never_too_slow() {
        let limits = Limits { idle: Duration::ZERO, slowest: 1000, ..Limits::default() };
        let mut out = Vec::new();
        Paced::new(&b"short"[..], &limits).read_to_end(&mut out).expect("read");
        assert_eq!(out, b"short");
    }
}
