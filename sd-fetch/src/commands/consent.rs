//! Plan, show, confirm, apply: how a person agrees to a plan.

use std::fmt::Display;

use clap::Args;
use sd_term::{Failure, PromptError, Status, Ui};

/// The flags of verbs that ask before they do something.
#[derive(Args)]
pub(crate) struct ConsentArgs {
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

/// What was agreed to beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// Nothing: ask.
    Ask,
    /// Everything.
    Given,
    /// Nothing, and do not ask either.
    OnlyShow,
}

impl ConsentArgs {
    pub(super) fn into_consent(self) -> Consent {
        match (self.dry_run, self.yes) {
            (true, _) => Consent::OnlyShow,
            (false, true) => Consent::Given,
            (false, false) => Consent::Ask,
        }
    }
}

impl Consent {
    /// Fails where a question would have to be asked and cannot be: nobody types a one-time code
    /// to learn that.
    pub(super) fn can_be_had(self, ui: &Ui) -> Result<(), Failure> {
        match self {
            Self::Ask if !ui.can_ask() => Err(PromptError::NoTerminal("use --yes").into()),
            _ => Ok(()),
        }
    }

    /// Shows the plan, and asks if nobody has agreed yet.
    pub(super) fn get(
        self,
        plan: &impl Display,
        question: &str,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        ui.say(plan.to_string().trim_end());
        if self == Self::Given || ui.confirm(question, "use --yes")? {
            return Ok(());
        }
        Err(Failure::new(Status::Refused, "not confirmed; nothing was done"))
    }
}
