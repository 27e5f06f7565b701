//! `sd-station update check`

use std::fmt;
use std::path::Path;

use sd_fs::{Progress as _, escape};
use sd_release::{Mode, Refusal, Role, Station, may_carry, may_install};
use sd_term::{Failure, Hint, Report, Status, Ui};
use serde::Serialize;

use super::{About, IntoFailure as _, Known, Place, hint, open, root_s_hint, warn_of_test_keys};
use crate::machine::Machine;
use crate::seen;

/// What a release file is, and what would happen.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    file: String,
    #[serde(flatten)]
    about: About,
    installed: Option<String>,
    highest_seen: Option<u32>,
    here: String,
    changelog: String,
    #[serde(skip)]
    status: Status,
    #[serde(skip)]
    next: Option<Hint>,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.about)?;
        let installed = self.installed.as_deref().unwrap_or("nothing");
        writeln!(f, "  installed     {installed}")?;
        match self.highest_seen {
            Some(seen) => writeln!(f, "  newest seen   number {seen}")?,
            None => writeln!(f, "  newest seen   none before this one")?,
        }
        writeln!(f, "The file is genuine. {}", self.here)?;
        writeln!(
            f,
            "Whether a newer release exists cannot be told from a file: ask whoever publishes them."
        )?;
        writeln!(f, "What changed:")?;
        self.changelog.lines().try_for_each(|line| writeln!(f, "  {}", escape(line.as_bytes())))
    }
}

impl Report for Checked {
    fn status(&self) -> Status {
        self.status
    }

    fn hint(&self) -> Option<Hint> {
        self.next.clone()
    }
}

pub(super) fn check(
    file: &Path,
    place: &Place,
    machine: &dyn Machine,
    ui: &mut Ui,
) -> Result<Checked, Failure> {
    let known = Known::look(&place.path)?;
    warn_of_test_keys(&known.trust, ui);
    let release = open(file, &known.trust)?;
    let about = About::of(&release, &known.trust);
    let (manifest, identity) = (release.manifest().clone(), release.identity());
    let changelog = String::from_utf8_lossy(release.changelog()).into_owned();
    let mut bar = ui.bar();
    bar.begin("reading the package", Some(manifest.package.size));
    release
        .check_package(&mut std::io::sink(), &mut bar)
        .map_err(super::IntoFailure::into_failure)?;
    bar.end();

    let here = known.installed(machine, seen::read(&place.home));
    let shown = file.to_string_lossy();
    let (verdict, status) = match may_install(&manifest, identity, &here) {
        Ok(()) => ("It would be installed here.".to_owned(), Status::Done),
        Err(refusal) => {
            let status = match refusal {
                Refusal::NotInstalled => Status::Done,
                other => other.into_failure().status,
            };
            (format!("It would not be installed here: {refusal}."), status)
        }
    };
    let next = match known.role() {
        Some(Role::Svs) if status == Status::Done => Some(match known.station {
            Some(Station { mode: Mode::System, .. }) => root_s_hint(&["apply", &shown]),
            _ => hint(&["apply", &shown]),
        }),
        Some(Role::Workstation) | None if may_carry(&manifest, identity, &here).is_ok() => {
            Some(hint(&["carry", &shown, "--to", "/media/amnesia/Transfer Device"]))
        }
        _ => None,
    };
    Ok(Checked {
        file: escape(file.as_os_str().as_encoded_bytes()).to_string(),
        about,
        installed: known.current.map(|slot| slot.to_string()),
        highest_seen: here.highest.map(|h| h.counter.get()),
        here: verdict,
        changelog,
        status,
        next,
    })
}
