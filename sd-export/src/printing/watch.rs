//! What one look at a job tells, and how long a job may take.

use std::time::{Duration, Instant};

use ipp::model::JobState;
use sd_fs::{Escaped, escape};

use super::message::Group;
use super::outcome::Trouble;
use super::reason::Reason;

/// What is asked of CUPS about a job.
pub(super) const WANTED: &[&str] = &[
    "job-state",
    "job-state-reasons",
    "job-printer-state-reasons",
    "job-printer-state-message",
    "job-impressions-completed",
];

/// A job as CUPS describes it.
#[derive(Clone, Debug)]
pub(super) struct View {
    state: JobState,
    reasons: Vec<String>,
    printer: Vec<Reason>,
    /// The last complaint of the driver; CUPS empties it when all is well.
    message: Option<Escaped>,
    /// Pages that the drivers counted, also those of an attempt that failed.
    counted: i32,
}

/// What a look at a job tells.
#[derive(Debug)]
pub(super) enum Look {
    /// It is at work, or waits for these.
    Going(Vec<Reason>),
    /// CUPS handed all of it to the printer.
    Printed,
    /// It is over.
    Over(Trouble),
}

impl View {
    /// Reads a job of an answer.
    pub(super) fn read(job: Group<'_>) -> Option<Self> {
        Some(Self {
            state: state(job.number("job-state")?)?,
            reasons: job.texts("job-state-reasons"),
            printer: Reason::all(&job.texts("job-printer-state-reasons")),
            message: job
                .text("job-printer-state-message")
                .filter(|text| !text.trim().is_empty())
                .map(|text| escape(text.as_bytes())),
            counted: job.number("job-impressions-completed").unwrap_or(0),
        })
    }

    fn has(&self, word: &str) -> bool {
        self.reasons.iter().any(|r| r.contains(word))
    }

    /// Whether nothing more will happen to it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, JobState::Completed | JobState::Canceled | JobState::Aborted)
    }

    /// What it tells. `ranged`: only some of the pages were asked for; `known`: what was said of the
    /// printer before.
    pub(super) fn look(&self, ranged: bool, known: &[Reason]) -> Look {
        match self.state {
            JobState::Completed => self.completed(ranged),
            JobState::Canceled => Look::Over(Trouble::Cancelled),
            JobState::Aborted => Look::Over(self.aborted(known)),
            JobState::PendingHeld if self.has("authentication") => Look::Over(Trouble::Password),
            JobState::PendingHeld if !self.has("job-incoming") && !self.has("insufficient") => {
                Look::Over(Trouble::Held)
            }
            // What CUPS does when a filter fails; it begins this job no more by itself.
            JobState::ProcessingStopped if !self.is_paused() => {
                Look::Over(Trouble::Failed(self.message.clone()))
            }
            JobState::Pending
            | JobState::PendingHeld
            | JobState::Processing
            | JobState::ProcessingStopped => Look::Going(self.waits_for(known)),
        }
    }

    fn is_paused(&self) -> bool {
        self.has("printer-stopped") || self.printer.contains(&Reason::Paused)
    }

    /// The gravest first, without what was known before the job: CUPS keeps what a driver said last
    /// until another job's driver says otherwise.
    fn waits_for(&self, known: &[Reason]) -> Vec<Reason> {
        let mut reasons = self.printer.clone();
        reasons.retain(|reason| !known.contains(reason));
        if self.is_paused() && !reasons.contains(&Reason::Paused) {
            reasons.push(Reason::Paused);
        }
        reasons
    }

    /// Why it is over if it waited too long.
    pub(super) fn out_of_time(&self, known: &[Reason]) -> Trouble {
        if let Some(reason) = self.waits_for(known).first() {
            return Trouble::Waited(*reason);
        }
        Trouble::Silent { driver: self.message.clone(), before: self.printer.first().copied() }
    }

    /// CUPS's IPP driver calls a job done whose document the printer did not take: what it
    /// leaves behind then is its complaint.
    fn completed(&self, ranged: bool) -> Look {
        if let Some(message) = &self.message {
            return Look::Over(Trouble::Doubt(message.clone()));
        }
        if self.has("with-errors") {
            return Look::Over(Trouble::Failed(None));
        }
        if ranged && self.counted == 0 {
            return Look::Over(Trouble::NoPages);
        }
        Look::Printed
    }

    fn aborted(&self, known: &[Reason]) -> Trouble {
        if self.has("document-format") || self.has("unprintable") {
            return Trouble::Unprintable;
        }
        match self.waits_for(known).first() {
            Some(reason) => Trouble::Waited(*reason),
            None => Trouble::Failed(self.message.clone()),
        }
    }
}

fn state(number: i32) -> Option<JobState> {
    use JobState as S;
    let all = [
        S::Pending,
        S::PendingHeld,
        S::Processing,
        S::ProcessingStopped,
        S::Canceled,
        S::Aborted,
        S::Completed,
    ];
    all.into_iter().find(|s| *s as i32 == number)
}

/// Runs out when nothing moves for too long.
#[derive(Debug)]
pub(super) struct Clock {
    patience: Duration,
    moved: Instant,
    counted: i32,
    worked: bool,
    again: bool,
}

impl Clock {
    /// A clock for a job that was just given to CUPS.
    pub(super) fn start(patience: Duration, now: Instant) -> Self {
        Self { patience, moved: now, counted: 0, worked: false, again: false }
    }

    /// Whether it ran out. Pages that are counted set it back, but not once CUPS began anew:
    /// it counts the same pages in each attempt.
    pub(super) fn ran_out(&mut self, view: &View, now: Instant) -> bool {
        let working = view.state == JobState::Processing;
        self.again |= self.worked && view.state == JobState::Pending;
        let moves = view.counted > self.counted || (working && !self.worked);
        if moves && !self.again {
            self.moved = now;
        }
        self.worked |= working;
        self.counted = self.counted.max(view.counted);
        now.saturating_duration_since(self.moved) >= self.patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(state: JobState, reasons: &[&str], printer: &[&str], message: &str) -> View {
        let own = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        View {
            state,
            reasons: own(reasons),
            printer: Reason::all(&own(printer)),
            message: (!message.is_empty()).then(|| escape(message.as_bytes())),
            counted: 1,
        }
    }

    fn look(view: &View) -> String {
        format!("{:?}", view.look(false, &[]))
    }

    #[test]
    fn each_end_of_a_job_is_told_apart() {
        use JobState::{Aborted, Canceled, Completed, PendingHeld, ProcessingStopped};
        for (view, seen) in [
            (view(Completed, &["job-completed-successfully"], &[], ""), "Printed"),
            (view(Completed, &["processing-to-stop-point"], &["toner-low"], ""), "Printed"),
            (view(Completed, &[], &[], "Unable to add document"), "Over(Doubt("),
            (view(Completed, &["job-completed-with-errors"], &[], ""), "Over(Failed("),
            (view(Canceled, &["job-canceled-by-user"], &[], ""), "Over(Cancelled)"),
            (view(Canceled, &["job-canceled-at-device"], &["media-empty"], ""), "Over(Cancelled)"),
            (view(Aborted, &["aborted-by-system"], &[], "Filter failed"), "Over(Failed(Some("),
            (view(Aborted, &["aborted-by-system"], &["media-jam"], ""), "Over(Waited(Jam))"),
            (view(Aborted, &["document-format-error"], &["offline"], ""), "Over(Unprintable)"),
            (view(ProcessingStopped, &["job-stopped"], &[], "Filter failed"), "Over(Failed("),
            (view(PendingHeld, &["cups-held-for-authentication"], &[], ""), "Over(Password)"),
            (view(PendingHeld, &["job-hold-until-specified"], &[], ""), "Over(Held)"),
        ] {
            assert!(look(&view).starts_with(seen), "{view:?}: {}", look(&view));
        }
    }

    #[test]
    fn a_job_that_waits_says_for_what() {
        use JobState::{Pending, PendingHeld, Processing, ProcessingStopped};
        for (view, seen) in [
            (view(Processing, &["job-printing"], &[], ""), "Going([])"),
            (view(Processing, &["job-printing"], &["media-empty-error"], ""), "Going([Paper])"),
            (view(Pending, &["printer-stopped"], &[], ""), "Going([Paused])"),
            (view(Pending, &["printer-stopped"], &["media-jam"], ""), "Going([Jam, Paused])"),
            (view(ProcessingStopped, &["printer-stopped"], &[], ""), "Going([Paused])"),
            (view(PendingHeld, &["job-incoming"], &[], ""), "Going([])"),
        ] {
            assert_eq!(look(&view), seen, "{view:?}");
        }
    }

    #[test]
    fn what_was_known_before_the_job_is_not_taken_for_its_fault() {
        let known = [Reason::Jam];
        let mut going = view(JobState::Processing, &[], &["media-jam", "offline-report"], "no");
        let seen = format!("{:?}", going.look(false, &known));
        assert_eq!(seen, "Going([Offline])");
        assert!(matches!(going.out_of_time(&known), Trouble::Waited(Reason::Offline)));
        going.printer = known.to_vec();
        let silent = going.out_of_time(&known).to_string();
        assert!(silent.contains("its driver says: no") && silent.contains("stuck"), "{silent}");
        let aborted = view(JobState::Aborted, &[], &["media-jam"], "no");
        assert!(matches!(aborted.look(false, &known), Look::Over(Trouble::Failed(Some(_)))));
    }

    #[test]
    fn pages_that_do_not_exist_are_not_printed() {
        let mut none = view(JobState::Completed, &[], &[], "");
        none.counted = 0;
        assert!(matches!(none.look(true, &[]), Look::Over(Trouble::NoPages)));
        assert!(matches!(none.look(false, &[]), Look::Printed));
    }

    #[test]
    fn pages_set_the_clock_back_until_cups_begins_anew() {
        let start = Instant::now();
        let mut clock = Clock::start(Duration::from_mins(1), start);
        let mut at = |seconds, state, counted| {
            let view = View { counted, ..view(state, &[], &[], "") };
            clock.ran_out(&view, start + Duration::from_secs(seconds))
        };
        assert!(!at(50, JobState::Processing, 0), "it began");
        assert!(!at(100, JobState::Processing, 1), "a page");
        assert!(!at(150, JobState::Processing, 2), "another");
        assert!(!at(200, JobState::Pending, 2));
        assert!(at(211, JobState::Processing, 3), "the first page once more");
    }
}
