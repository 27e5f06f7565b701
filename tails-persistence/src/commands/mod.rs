//! One file per verb, and what those share that change the station.

pub(crate) mod doctor;
pub(crate) mod install;
pub(crate) mod remove;
pub(crate) mod self_test;
pub(crate) mod session;
pub(crate) mod update;

use std::fmt;

use clap::ValueEnum;
use sd_release::Mode;
use sd_term::{Failure, Report, Status, Ui};
use serde::Serialize;

use crate::steps::{Job, Shown, State, apply, plan};

/// How it is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeWord {
    /// By root, as Additional Software: the programs are root's at each start
    System,
    /// Without a password, in the Persistent Folder: nothing protects the programs
    User,
}

impl From<ModeWord> for Mode {
    fn from(word: ModeWord) -> Self {
        match word {
            ModeWord::System => Self::System,
            ModeWord::User => Self::User,
        }
    }
}

/// What was done, or would be.
#[derive(Debug, Serialize)]
pub(crate) struct Changes {
    pub(crate) dry_run: bool,
    pub(crate) steps: Vec<Shown>,
    /// What a person should know besides.
    pub(crate) notes: Vec<String>,
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Shown { step, state } in &self.steps {
            let word = match state {
                State::Already => "already",
                State::ToDo => "to do",
                State::Done => "done",
            };
            writeln!(f, "{word:>7}  {step}")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))?;
        if self.dry_run { writeln!(f, "Nothing was changed.") } else { Ok(()) }
    }
}

impl Report for Changes {
    fn status(&self) -> Status {
        let idle = self.steps.iter().all(|shown| shown.state == State::Already);
        if idle { Status::NothingToDo } else { Status::Done }
    }
}

/// Whether to ask before anything is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Show the plan and stop.
    DryRun,
    /// Show the plan and ask.
    Ask,
    /// It was given on the command line.
    Given,
}

impl Consent {
    pub(crate) fn new(dry_run: bool, yes: bool) -> Self {
        match (dry_run, yes) {
            (true, _) => Self::DryRun,
            (false, true) => Self::Given,
            (false, false) => Self::Ask,
        }
    }
}

/// Shows the plan, asks, does it.
pub(crate) fn carry_out<J: Job>(
    job: &mut J,
    consent: Consent,
    notes: Vec<String>,
    ui: &mut Ui,
) -> Result<Changes, Failure> {
    let steps = plan(job)?;
    let changes = Changes { dry_run: consent == Consent::DryRun, steps, notes };
    if changes.dry_run || changes.status() == Status::NothingToDo {
        return Ok(changes);
    }
    if consent == Consent::Ask {
        let shown = Changes { notes: changes.notes.clone(), steps: changes.steps, dry_run: false };
        ui.say(&shown);
        if !ui.confirm("Do this?", "use --yes")? {
            return Err(Failure::new(Status::Refused, "not confirmed; nothing was changed"));
        }
    }
    Ok(Changes { steps: apply(job)?, dry_run: false, notes: changes.notes })
}
