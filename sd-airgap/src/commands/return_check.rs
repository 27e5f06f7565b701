//! `sd-airgap return-check`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{CompareError, Home, RawHead, Role};
use sd_fs::Sectors as _;
use sd_term::{Failure, Hint, Report, Status, Ui, size};
use serde::Serialize;
use usb_rules::Access;

use super::outbox_failure;
use super::stick::StickArgs;
use crate::media::{RawStick, Stick};
use crate::packer::{Packer, compare_failure};
use crate::station::Station;

/// On the workstation: prove that a bare stick came back from the SVS as it was packed
///
/// Every byte of the stick is compared, also those that belong to no submission: nothing can have
/// come back on it, as far as the stick shows what it holds. What its firmware hides, nobody sees.
#[derive(Debug, Args)]
pub(crate) struct ReturnCheckArgs {
    #[command(flatten)]
    stick: StickArgs,
}

#[derive(Debug, Serialize)]
struct Unchanged {
    stick: String,
    sequence: u64,
    bytes: u64,
    #[serde(skip)]
    next: Hint,
}

impl fmt::Display for Unchanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.stick)?;
        writeln!(
            f,
            "  came back bit for bit as bundle {} was packed: all {} compared",
            self.sequence,
            size(self.bytes)
        )
    }
}

impl Report for Unchanged {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        Some(self.next.clone())
    }
}

impl ReturnCheckArgs {
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = self.check(home, ui);
        ui.finish("sd-airgap return-check", result)
    }

    fn check(&self, home: &Home, ui: &mut Ui) -> Result<Unchanged, Failure> {
        Station::load_as(home, Role::Workstation)?;
        let packer = Packer::open(home)?;
        match Stick::open(home, &self.stick.wanted(), Access::Read, ui)? {
            Stick::Raw(mut stick) => compare(&packer, &mut stick, home, ui),
            Stick::Mounted(stick) => {
                let what = format!(
                    "{}: it has a file system, which no two computers leave alike; only a bare \
                     stick can be checked",
                    stick.title()
                );
                Err(Failure::new(Status::Refused, what))
            }
        }
    }
}

fn compare(
    packer: &Packer,
    stick: &mut RawStick,
    home: &Home,
    ui: &mut Ui,
) -> Result<Unchanged, Failure> {
    let head = stick.head()?;
    let outbox = packer.outbox();
    let is_its = |b: &&sd_bundle::Packed| head == RawHead::Bundle(b.manifest.bundle.clone());
    let Some(bundle) = outbox.bundles().iter().find(is_its) else {
        let what = format!("{}: it does not begin with a bundle of this station", stick.title());
        return Err(Failure::new(Status::StickChanged, what));
    };
    let sealed = outbox.sealed(bundle).map_err(outbox_failure)?;
    let (Some(sealed), Some(expected)) = (sealed, bundle.device) else {
        let what = format!("bundle {} was not packed on a bare stick", bundle.manifest.sequence);
        return Err(Failure::new(Status::Refused, what));
    };
    let (title, actual) = (stick.title().to_owned(), stick.device().size());
    let compared = if actual == expected {
        packer.compare_raw(stick, &bundle.manifest, &sealed, ui)
    } else {
        Err(CompareError::Size { actual, expected })
    };
    match compared {
        Ok(()) => {
            let next = ["sd-airgap", "pack"].map(str::to_owned).into_iter().chain(home.args());
            let (sequence, next) = (bundle.manifest.sequence, Hint::new(next));
            Ok(Unchanged { stick: title, sequence, bytes: actual, next })
        }
        Err(e @ (CompareError::Differs { .. } | CompareError::Size { .. })) => {
            Err(Failure::new(Status::StickChanged, format!("{title}: {e}")))
        }
        Err(e) => Err(compare_failure(&title, &e)),
    }
}
