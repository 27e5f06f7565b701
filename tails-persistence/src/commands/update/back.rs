//! `sd-station update back`

use std::fmt;
use std::path::Path;

use sd_release::{Mode, Shelf, compare};
use sd_term::{Failure, Report, Status, Ui};
use serde::Serialize;

use super::apply::{installed_as, package_of};
use super::{IntoFailure, as_root};
use crate::machine::{Machine, Older};

/// Where it went back to.
#[derive(Debug, Serialize)]
pub struct WentBack {
    from: String,
    to: String,
    /// Nothing with a lower number is taken.
    floor: Option<u32>,
}

impl fmt::Display for WentBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Went back from {} to {}. This was recorded.", self.from, self.to)?;
        match self.floor {
            Some(floor) => writeln!(f, "The next update must have number {floor} or a later one."),
            None => Ok(()),
        }
    }
}

impl Report for WentBack {
    fn status(&self) -> Status {
        Status::Done
    }
}

/// Goes back to the one version that is kept.
pub fn back(
    path: &Path,
    yes: bool,
    machine: &mut dyn Machine,
    ui: &mut Ui,
) -> Result<WentBack, Failure> {
    let mut shelf = Shelf::open(path).map_err(|e| as_root(e, &["back"]))?;
    let nothing = || sd_release::ShelfError::NothingKept.into_failure();
    let to = shelf.previous().ok_or_else(nothing)?;
    let from = shelf.current().ok_or_else(nothing)?;
    // It has lain there for months.
    shelf.check(to).map_err(IntoFailure::into_failure)?;
    if shelf.station().mode == Mode::User {
        let tree = shelf.release(to).map_err(IntoFailure::into_failure)?.sub("tree")?;
        compare(&package_of(&shelf, to)?, &tree).map_err(IntoFailure::into_failure)?;
    }
    let question = format!("Go back from {from} to {to}? It lacks what was mended since.");
    if !yes && !ui.confirm(&question, "use --yes")? {
        return Err(Failure::new(Status::Refused, "not agreed to"));
    }
    if shelf.station().mode == Mode::System {
        let (old, now) = (package_of(&shelf, to)?, package_of(&shelf, from)?);
        if let Err(e) = installed_as(&old, to, Older::Take, machine) {
            let again = installed_as(&now, from, Older::Take, machine);
            let what =
                if again.is_ok() { "is in use as before" } else { "comes back at the next start" };
            let why = format!("{}; {from} {what}", e.message);
            return Err(Failure::new(Status::UpdateFailed, why));
        }
    }
    shelf.back().map_err(IntoFailure::into_failure)?;
    Ok(WentBack {
        from: from.to_string(),
        to: to.to_string(),
        floor: shelf.trust().highest.map(|h| h.counter.get()),
    })
}
