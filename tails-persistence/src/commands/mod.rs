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
use sd_term::{Consent, Failure, Report, Status, Ui};
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

/// Shows the plan, asks, does it.
pub(crate) fn carry_out<J: Job>(
    job: &mut J,
    consent: Consent,
    notes: Vec<String>,
    ui: &mut Ui,
) -> Result<Changes, Failure> {
    let steps = plan(job)?;
    let changes = Changes { dry_run: consent == Consent::OnlyShow, steps, notes };
    if changes.status() == Status::NothingToDo {
        return Ok(changes);
    }
    if !consent.given(&changes, "Do this?", "nothing was changed", ui)? {
        return Ok(changes);
    }
    Ok(Changes { steps: apply(job)?, dry_run: false, notes: changes.notes })
}
