//! The clock of the test server: the real one, or one a test holds in its hand.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

use super::lock;

/// A clock that server and test share; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Reading>>);

#[derive(Clone, Copy, Debug)]
enum Reading {
    /// The computer's clock, this much ahead (or behind).
    System(SignedDuration),
    /// Stands still until somebody moves it.
    Held(Timestamp),
}

impl Clock {
    /// The computer's clock.
    pub fn system() -> Self {
        Self::ahead(SignedDuration::ZERO)
    }

    /// The computer's clock moved forward (or, negative, back): a server whose time is wrong.
    pub fn ahead(offset: SignedDuration) -> Self {
        Self(Arc::new(Mutex::new(Reading::System(offset))))
    }

    /// A clock that stands at this moment until it is moved.
    pub fn held_at(moment: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Reading::Held(moment))))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        match *lock(&self.0) {
            Reading::System(offset) => Timestamp::now() + offset,
            Reading::Held(moment) => moment,
        }
    }

    /// Moves it forward; a system clock keeps running from there.
    pub fn advance(&self, by: SignedDuration) {
        let mut reading = lock(&self.0);
        *reading = match *reading {
            Reading::System(offset) => Reading::System(offset + by),
            Reading::Held(moment) => Reading::Held(moment + by),
        };
    }

    /// Holds it at this moment.
    pub fn hold_at(&self, moment: Timestamp) {
        *lock(&self.0) = Reading::Held(moment);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

/// A moment as the headers spell it: `Mon, 23 Nov 2026 14:13:23 GMT`.
pub(super) fn http_date(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A moment as the API spells it: `2026-11-23T16:14:31.672744Z`.
pub(super) fn api_date(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}
