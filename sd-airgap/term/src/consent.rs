//! Whether somebody agreed to a plan.

use std::fmt::Display;

use crate::report::Failure;
use crate::status::Status;
use crate::ui::Ui;

/// How far a command that shows its plan first may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Show the plan and ask.
    Ask,
    /// It was given on the command line.
    Given,
    /// Show the plan and stop.
    OnlyShow,
}

impl Consent {
    /// What `--dry-run` and `--yes` say.
    pub fn of(dry_run: bool, yes: bool) -> Self {
        match (dry_run, yes) {
            (true, _) => Self::OnlyShow,
            (false, true) => Self::Given,
            (false, false) => Self::Ask,
        }
    }

    /// Shows a plan and asks, unless it was agreed to already; `false` if it was only to be
    /// shown, which its report does. `left` says how things stand if nobody agrees.
    pub fn given(
        self,
        plan: &impl Display,
        question: &str,
        left: &str,
        ui: &mut Ui,
    ) -> Result<bool, Failure> {
        if self == Self::OnlyShow {
            return Ok(false);
        }
        ui.say(plan.to_string().trim_end());
        if self == Self::Given || ui.confirm(question, "use --yes")? {
            return Ok(true);
        }
        Err(Failure::new(Status::Refused, format_args!("not confirmed; {left}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Face;

    #[test]
    fn a_plan_is_shown_and_nobody_agrees_by_silence() {
        let (mut ui, _, talk) = Ui::captured(Face::Human);
        let mut ask =
            |consent: Consent| consent.given(&"the plan\n", "Do it?", "as before", &mut ui);
        assert!(!ask(Consent::of(true, true)).expect("only shown"));
        assert!(ask(Consent::of(false, true)).expect("agreed"));
        assert!(ask(Consent::of(false, false)).is_err(), "nobody is there");
        assert_eq!(talk.text(), "the plan\n".repeat(2));
    }
}
