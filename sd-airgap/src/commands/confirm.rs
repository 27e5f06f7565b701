//! `sd-airgap confirm`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, Outbox, PackState, Receipt, Role};
use sd_term::{Failure, Report, Status, Ui, count};
use serde::Serialize;

use super::outbox_failure;
use crate::station::Station;

/// On the workstation: type the receipt code that the SVS showed
///
/// It proves that the Secure Viewing Station verified and stored the whole bundle.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    /// The code, such as 7K3M-Q9XD
    #[arg(value_name = "CODE")]
    pub(crate) code: Receipt,
}

#[derive(Debug, Serialize)]
struct Confirmed {
    sequence: u64,
    items: usize,
    file: String,
    already: bool,
}

impl fmt::Display for Confirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = count(self.items, "item");
        if self.already {
            return writeln!(f, "Bundle {} was confirmed before: {what} delivered.", self.sequence);
        }
        writeln!(f, "Bundle {} is delivered: the Secure Viewing Station has {what}.", self.sequence)
    }
}

impl Report for Confirmed {
    fn status(&self) -> Status {
        Status::Done
    }
}

impl ConfirmArgs {
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = self.confirm(home);
        ui.finish("sd-airgap confirm", result)
    }

    fn confirm(&self, home: &Home) -> Result<Confirmed, Failure> {
        Station::load_as(home, Role::Workstation)?;
        let mut outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
        let Some(index) = outbox.find(&self.code) else {
            let what = format!("{}: no bundle packed here has this code", self.code);
            return Err(Failure::new(Status::WrongCode, what));
        };
        let already = outbox.bundles()[index].state == PackState::Delivered;
        outbox.mark(index, PackState::Delivered).map_err(outbox_failure)?;
        let bundle = &outbox.bundles()[index];
        Ok(Confirmed {
            sequence: bundle.manifest.sequence,
            items: bundle.manifest.members.len(),
            file: bundle.file.clone(),
            already,
        })
    }
}
