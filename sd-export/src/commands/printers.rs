//! `sd-export printers`.

use std::fmt;
use std::path::PathBuf;

use sd_term::{Failure, Report, Status};
use serde::Serialize;

use crate::printing::{Cups, Listed, SOCKET};

/// Show which printers may be used, and why the others may not.
///
/// Asks the printing system of this station. Printers on a cable are used; printers on a network
/// are refused, and so is everything that does not print on paper.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where CUPS listens; for tests.
    #[arg(long, value_name = "SOCKET", default_value = SOCKET, hide = true)]
    cups: PathBuf,
}

/// The printers of this station.
#[derive(Debug, Serialize)]
pub(super) struct Printers {
    printers: Vec<Listed>,
}

pub(super) fn run(args: Args) -> Result<Printers, Failure> {
    let choices = Cups::at(args.cups).printers()?;
    Ok(Printers { printers: choices.into_iter().map(Listed::from).collect() })
}

impl Report for Printers {
    fn status(&self) -> Status {
        match (self.printers.is_empty(), self.printers.iter().any(Listed::is_usable)) {
            (true, _) => Status::NoPrinter,
            (false, true) => Status::Done,
            (false, false) => Status::PrinterRefused,
        }
    }
}

impl fmt::Display for Printers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.printers.is_empty() {
            writeln!(f, "no printers")?;
        }
        self.printers.iter().try_for_each(|printer| write!(f, "{printer}"))
    }
}
