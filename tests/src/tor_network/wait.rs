//! Waiting for what has no handle to wait on, and never for ever.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks.
const STEP: Duration = Duration::from_millis(50);

/// Looks again and again until there is something; an error that names it when the time is up.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> io::Result<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() >= end {
            let text = format!("{what}: not in {} s", limit.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        sleep(STEP);
    }
}
