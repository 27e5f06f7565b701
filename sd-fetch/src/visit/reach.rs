//! The first knock: Tor may still be closed, or connecting, or just restarting.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sd_term::{Failure, Ui};

use crate::failures::Step;
use crate::journalist_interface::{Client, ClientError};

/// The pauses between two knocks; the last one is repeated.
const PAUSES: [u64; 4] = [1, 2, 3, 5];

/// A clock further off than this is worth a word: Tor needs a right one within hours, one-time
/// codes within a minute.
const CLOCK: SignedDuration = SignedDuration::from_secs(90);

/// Knocks until a Journalist Interface answers, for as long as `wait` and only while waiting
/// can help. It also makes Tor build the circuit before anybody types a code.
pub(super) fn reach(client: &Client, wait: Duration, ui: &mut Ui) -> Result<(), Failure> {
    let until = Instant::now() + wait;
    let mut said = String::new();
    let mut pauses = PAUSES.iter();
    let mut pause = Duration::ZERO;
    loop {
        let e = match client.knock() {
            Ok(server_time) => {
                if let Some(time) = server_time {
                    compare_clocks(time, ui);
                }
                return Ok(());
            }
            Err(e) => e,
        };
        pause = pauses.next().map_or(pause, |s| Duration::from_secs(*s));
        if !may_pass(&e) || Instant::now() + pause > until {
            return Err(Step::Reaching.failed(&e));
        }
        let why = e.to_string();
        if why != said {
            ui.say(format_args!("{why}; waiting up to {} s", wait.as_secs()));
            said = why;
        }
        ui.count_down("trying again in", pause);
    }
}

/// Whether the same knock may be answered a little later.
fn may_pass(e: &ClientError) -> bool {
    match e {
        ClientError::Connect(e) => e.may_pass(),
        ClientError::Stalled | ClientError::Cut(_) => true,
        _ => false,
    }
}

/// In the largest unit of which there are at least two.
fn rounded(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..7_200 => format!("{} minutes", seconds.div_ceil(60)),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn compare_clocks(server: Timestamp, ui: &mut Ui) {
    let off = Timestamp::now().duration_since(server);
    if off.abs() > CLOCK {
        let side = if off.is_positive() { "ahead of" } else { "behind" };
        ui.warn(format_args!(
            "this computer's clock is {} {side} the server's; if logging in fails, set the clock",
            rounded(off.unsigned_abs())
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_in_words_that_fit_it() {
        for (seconds, words) in [(91, "2 minutes"), (3_600 * 3, "3 hours"), (86_400 * 3, "3 days")]
        {
            assert_eq!(rounded(Duration::from_secs(seconds)), words);
        }
    }
}
