//! What a person does in a guided session, counted.

use std::fmt;
use std::time::{Duration, Instant};

/// The hands of somebody at a station.
#[derive(Debug)]
pub struct Hands {
    actions: u32,
    keys: usize,
    secrets: u32,
    since: Instant,
    thinking: Duration,
}

impl Default for Hands {
    fn default() -> Self {
        Self { actions: 0, keys: 0, secrets: 0, since: Instant::now(), thinking: Duration::ZERO }
    }
}

impl Hands {
    /// Something without keys: a launcher is clicked, a stick is plugged in or taken out.
    pub fn acts(&mut self) {
        self.actions += 1;
    }

    /// A line is typed and ended with Enter.
    pub fn types<'t>(&mut self, line: &'t str) -> &'t str {
        self.actions += 1;
        self.keys += line.chars().count() + 1;
        line
    }

    /// One key is pressed.
    pub fn presses<'t>(&mut self, key: &'t str) -> &'t str {
        self.actions += 1;
        self.keys += 1;
        key
    }

    /// A secret is typed and ended with Enter.
    pub fn types_secret<'t>(&mut self, secret: &'t str) -> &'t str {
        self.secrets += 1;
        self.types(secret)
    }

    /// Time in which the stations were made ready, which no person spends.
    pub fn waits_behind_the_scenes<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let since = Instant::now();
        let done = work();
        self.thinking += since.elapsed();
        done
    }

    /// How many actions there were.
    pub fn actions(&self) -> u32 {
        self.actions
    }

    /// How many secrets were typed.
    pub fn secrets(&self) -> u32 {
        self.secrets
    }
}

impl fmt::Display for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.since.elapsed().saturating_sub(self.thinking).as_secs();
        write!(
            f,
            "{} actions, {} keys pressed, {} secrets typed, {seconds} s",
            self.actions, self.keys, self.secrets
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_key_and_secret_counts() {
        let mut hands = Hands::default();
        hands.acts();
        assert_eq!(hands.types("abc"), "abc");
        assert_eq!(hands.presses("x"), "x");
        hands.types_secret("12");
        let shown = hands.to_string();
        assert!(shown.starts_with("4 actions, 8 keys pressed, 1 secrets typed"), "{shown}");
    }
}
