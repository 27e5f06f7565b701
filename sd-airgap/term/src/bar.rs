//! Drawn progress: only for what takes longer than a quarter of a second, only on a terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sd_fs::Progress;

/// Shorter work than this draws nothing.
const PATIENCE: Duration = Duration::from_millis(250);

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
            Some(total) => ProgressBar::new(total).with_style(style(
                "{msg:24!} {bar:18} {percent:>3}% {bytes:>10} {bytes_per_sec:>12} {eta:>4} left",
            )),
            None => ProgressBar::no_length()
                .with_style(style("{msg:24!} {bytes:>10} {bytes_per_sec:>12} {elapsed:>4}")),
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

fn style(template: &str) -> ProgressStyle {
    // A template of ours that did not parse would be a plain bar, not a failed transfer.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
