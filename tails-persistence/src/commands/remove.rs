//! `sd-station remove`.

use std::process::ExitCode;

use clap::Args;
use sd_release::Mode;
use sd_term::{Consent, Failure, Status, Ui};

use super::{Changes, ModeWord, carry_out};
use crate::steps::{Out, is_there};
use crate::tails::Tails;

/// Remove the programs from this Tails, and leave its files as they were before
///
/// The mail, the keys and the ledger in ~/Persistent/sneakernet stay.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// How it was installed [default: what is found here]
    #[arg(long)]
    mode: Option<ModeWord>,
    /// Show what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl RemoveArgs {
    /// Removes.
    pub(crate) fn run(self, ui: &mut Ui) -> ExitCode {
        let result = self.remove(ui);
        ui.finish("sd-station remove", result)
    }

    fn remove(self, ui: &mut Ui) -> Result<Changes, Failure> {
        let consent = Consent::of(self.dry_run, self.yes);
        let tails = Tails::live()?;
        let found = || [Mode::System, Mode::User].into_iter().find(|m| is_there(&tails, *m));
        let Some(mode) = self.mode.map(Mode::from).or_else(found) else {
            return Err(Failure::new(Status::NotFound, "sneakernet is not installed here"));
        };
        let mut job = Out::new(&tails, mode)?;
        let mut notes = vec!["What is in ~/Persistent/sneakernet stays.".to_owned()];
        if let Some(why) = job.stays_on {
            notes.push(format!("Additional Software stays switched on: {why}."));
        }
        carry_out(&mut job, consent, notes, ui)
    }
}
