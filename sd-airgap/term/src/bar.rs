//! Drawn progress: only for what takes longer than a quarter of a second, only on a terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sd_fs::Progress;

/// Shorter work than this draws nothing.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

/// A progress bar on the terminal, with rate and time left.
pub struct Bar {
    on_terminal: bool,
    current: Option<Step>,
}

struct Step {
    bar: ProgressBar,
    since: Instant,
    drawn: bool,
}

impl Bar {
    /// A bar that draws on standard error if that is a terminal.
    pub(crate) fn new(on_terminal: bool) -> Self {
        Self { on_terminal, current: None }
    }
}

impl Progress for Bar {
    fn begin(&mut self, step: &str, total: Option<u64>) {
        self.end();
        if !self.on_terminal {
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total).with_style(bytes_style()),
            None => ProgressBar::no_length().with_style(style(
                "{msg:28!} {decimal_bytes:>10} {decimal_bytes_per_sec:>12} {elapsed:>4}",
            )),
        };
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_message(step.to_owned());
        self.current = Some(Step { bar, since: Instant::now(), drawn: false });
    }

    fn advance(&mut self, bytes: u64) {
        let Some(step) = &mut self.current else { return };
        if !step.drawn && step.since.elapsed() > PATIENCE {
            step.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            step.drawn = true;
        }
        step.bar.inc(bytes);
    }

    fn end(&mut self) {
        if let Some(step) = self.current.take() {
            step.bar.finish_and_clear();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits, with the seconds counted down on a terminal.
pub(crate) fn count_down(on_terminal: bool, what: &str, length: Duration) {
    let until = Instant::now() + length;
    let line = on_terminal.then(|| ProgressBar::new_spinner().with_style(style("{msg}")));
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        if let Some(line) = &line {
            // Rounded up: "0 s" would say that it is time.
            line.set_message(format!("{what} {} s", left.as_millis().div_ceil(1000)));
            line.tick();
        }
        std::thread::sleep(left.min(Duration::from_millis(250)));
    }
    if let Some(line) = line {
        line.finish_and_clear();
    }
}

/// Name, bar, share, bytes, rate and time left, within 80 columns.
pub(crate) fn bytes_style() -> ProgressStyle {
    style(
        "{msg:28!} {bar:10} {percent:>3}% {decimal_bytes:>10} {decimal_bytes_per_sec:>12} {eta:>4} left",
    )
}

fn style(template: &str) -> ProgressStyle {
    // A template of ours that did not parse would be a plain bar, not a failed transfer.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
