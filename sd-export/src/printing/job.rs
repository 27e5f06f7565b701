//! One document from its file to paper, and out of the spool again.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use sd_fs::Blake3;
use sd_term::Ui;

use super::cups::{Cups, JobId};
use super::interrupt::Interrupt;
use super::outcome::{Outcome, Trouble};
use super::printer::Printer;
use super::reason::Reason;
use super::settings::Settings;
use super::spool::{self, Traces};
use super::vouched::Vouched;
use super::watch::{Clock, Look, View};
use crate::inputs::Source;

/// Between two looks at a job.
const STEP: Duration = Duration::from_secs(1);

/// Looks that may fail one after the other: CUPS restarts when its settings are changed.
const MISSES: u32 = 10;

/// Looks after which a reason is told: a printer that is woken up is "offline" for a moment.
const LOOKS_TO_TELL: u32 = 3;

/// How long a cancelled job may take to stop.
const STOPPING: Duration = Duration::from_secs(20);

/// A document to be printed.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) source: Source,
    /// Bytes.
    pub(crate) size: u64,
    /// What it must still be.
    pub(crate) expected: Blake3,
    /// It is not clean, and a person let it go.
    pub(crate) as_is: bool,
    pub(crate) mime: &'static str,
}

/// A printer with everything that is the same for each document.
#[derive(Debug)]
pub(crate) struct Press {
    pub(crate) cups: Cups,
    pub(crate) printer: Printer,
    pub(crate) settings: Settings,
    /// How long nothing may move.
    pub(crate) patience: Duration,
    pub(crate) interrupt: Interrupt,
    /// CUPS's directory.
    pub(crate) spool: PathBuf,
}

impl Press {
    /// Prints one document. Whatever happens, the job is over afterwards, or it is said that
    /// it may not be.
    pub(crate) fn print(&self, job: &Job, ui: &mut Ui) -> (Outcome, Traces) {
        if self.interrupt.came() {
            return (Outcome::NotSent, Traces::NeverThere);
        }
        let opened = match job.source.open() {
            Ok(opened) => opened,
            Err(e) => return (Outcome::Failed(Trouble::File(e.into())), Traces::NeverThere),
        };
        let id = match self.cups.create(&self.printer, &self.settings) {
            Ok(id) => id,
            Err(e) => return (Outcome::Failed(e.into()), Traces::NeverThere),
        };
        let mut document = Vouched::new(opened.file, job.size, job.expected);
        let sent = self.cups.send(&self.printer, id, job.mime, (&mut document, job.size));
        let outcome = match sent {
            Ok(()) => self.watch(id, ui),
            Err(e) => Outcome::Failed(e.into()),
        };
        self.end(id);
        (outcome, spool::clear(&self.cups, &self.printer, id, &self.spool))
    }

    /// Looks at a job until it is over, somebody stops it, or nothing moves for too long.
    fn watch(&self, id: JobId, ui: &mut Ui) -> Outcome {
        let mut clock = Clock::start(self.patience, Instant::now());
        let (mut teller, mut misses) = (Teller::default(), 0);
        loop {
            if self.interrupt.came() {
                return Outcome::Failed(Trouble::Stopped);
            }
            match self.cups.view(&self.printer, id) {
                Ok(view) => {
                    misses = 0;
                    if let Some(outcome) = self.seen(&view, &mut clock, &mut teller, ui) {
                        return outcome;
                    }
                }
                Err(e) if e.is_unknown() || misses == MISSES => return Outcome::Failed(e.into()),
                Err(_) => misses += 1,
            }
            thread::sleep(STEP);
        }
    }

    fn seen(
        &self,
        view: &View,
        clock: &mut Clock,
        teller: &mut Teller,
        ui: &mut Ui,
    ) -> Option<Outcome> {
        let known = &self.printer.reasons;
        match view.look(self.settings.pages.is_some(), known) {
            Look::Printed => Some(Outcome::Printed),
            Look::Over(trouble) => Some(Outcome::Failed(trouble)),
            Look::Going(reasons) => {
                teller.tell(reasons, ui);
                let out = clock.ran_out(view, Instant::now());
                out.then(|| Outcome::Failed(view.out_of_time(known)))
            }
        }
    }

    /// Stops a job that is not over, and waits until it is: only then its document can go.
    fn end(&self, id: JobId) {
        let until = Instant::now() + STOPPING;
        let mut cancelled = false;
        loop {
            match self.cups.view(&self.printer, id) {
                Ok(view) if view.is_over() => return,
                Err(e) if e.is_unknown() => return,
                // If it cannot be cancelled, clearing it says so.
                Ok(_) | Err(_) if cancelled => {}
                Ok(_) | Err(_) => cancelled = self.cups.cancel(&self.printer, id).is_ok(),
            }
            if Instant::now() >= until {
                return;
            }
            thread::sleep(STEP / 4);
        }
    }
}

/// Says what a printer waits for, once, and not before it is certain.
#[derive(Default)]
struct Teller {
    seen: Vec<Reason>,
    looks: u32,
}

impl Teller {
    fn tell(&mut self, reasons: Vec<Reason>, ui: &mut Ui) {
        if reasons != self.seen {
            (self.seen, self.looks) = (reasons, 0);
        }
        self.looks = self.looks.saturating_add(1);
        if self.looks == LOOKS_TO_TELL {
            for reason in &self.seen {
                ui.warn(format_args!("the printer waits: {}: {}", reason.says(), reason.todo()));
            }
        }
    }
}
