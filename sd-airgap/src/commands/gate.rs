//! What the verbs that open something of a source have in common.

use clap::Args;
use sd_bundle::Home;
use sd_doctor::Place;
use sd_gate::{Deed, Reason};
use sd_term::{Failure, Ui};

/// Past the air gap's checks.
#[derive(Debug, Default, Args)]
pub(crate) struct GateArgs {
    /// Go on although the air gap fails a check, and say why: the ledger keeps it
    #[arg(long, value_name = "REASON")]
    despite: Option<Reason>,
}

impl GateArgs {
    /// Before anything is opened.
    pub(crate) fn pass(
        &self,
        place: &Place,
        command: &'static str,
        home: &Home,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        sd_gate::pass(place, &Deed { command, home, despite: self.despite.as_ref() }, ui)
    }
}

#[cfg(test)]
mod tests;
