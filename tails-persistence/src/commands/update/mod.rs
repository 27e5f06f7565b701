//! `sd-station update`: patching a station, with a network or without.
//!
//! ```text
//! workstation:  check FILE -> carry FILE --to STICK    verified before and after it is written
//! SVS:          check FILE -> apply FILE               verified again, tried out, installed
//!                                 '-> back             to the one version that is kept
//! ```

mod apply;
mod back;
mod carry;
mod check;

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use sd_fs::Dir;
use sd_release::{
    HeaderError, Highest, Installed, Limits, Manifest, Mode, PackageError, Refusal, Release,
    ReleaseError, Role, Shelf, ShelfError, Slot, Station, Trust, Unverified, Verified, compiled_in,
    shelf_path,
};
use sd_term::{Failure, Hint, Status, Ui};
use serde::Serialize;

use crate::machine::{Machine, MachineError, System};
use crate::seen;

pub use apply::{Applied, Apply};
pub use back::{WentBack, back};

/// Keep the programs of a station current, also without a network
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// The directory of the installed programs [default: where they are installed]
    #[arg(long, global = true, value_name = "DIR")]
    shelf: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what a release file is, and what installing it here would do; nothing is changed
    Check {
        /// The release file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// On the workstation: verify a release file, copy it onto the Transfer Device, verify it there
    Carry {
        /// The release file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The directory of the Transfer Device
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Verify a release file, try its programs out, and install it; one old version is kept
    Apply {
        /// The release file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Do everything but install it
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Go back to the one version that is kept
    Back {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl UpdateArgs {
    /// `home` is the home directory of whoever runs this.
    pub(crate) fn run(self, home: &Path, ui: &mut Ui) -> ExitCode {
        let path = self.shelf.unwrap_or_else(|| installed_at(home));
        let place = Place { path, home: home.to_owned() };
        let machine = &mut System;
        match self.verb {
            Verb::Check { file } => {
                let checked = check::check(&file, &place, machine, ui);
                ui.finish("sd-station update check", checked)
            }
            Verb::Carry { file, to } => {
                let carried = carry::carry(&file, &to, &place, ui);
                ui.finish("sd-station update carry", carried)
            }
            Verb::Apply { file, dry_run, yes } => {
                let apply = Apply { file, shelf: place.path, dry_run, yes, hook: None };
                let applied = apply.run(machine, ui);
                ui.finish("sd-station update apply", applied)
            }
            Verb::Back { yes } => {
                let went = back(&place.path, yes, machine, ui);
                ui.finish("sd-station update back", went)
            }
        }
    }
}

/// Where this station's things are.
struct Place {
    path: PathBuf,
    home: PathBuf,
}

/// The shelf of system mode if there is one, else that of the user.
fn installed_at(home: &Path) -> PathBuf {
    let system = shelf_path(Mode::System, home);
    if Dir::open(&system).is_ok() { system } else { shelf_path(Mode::User, home) }
}

/// What is known here before a release file is opened.
struct Known {
    station: Option<Station>,
    current: Option<Slot>,
    trust: Trust,
}

impl Known {
    /// From the shelf; without one, only what this program was built with.
    fn look(path: &Path) -> Result<Self, Failure> {
        match Shelf::look(path) {
            Ok(shelf) => Self::of(&shelf),
            Err(ShelfError::NotInstalled(_)) => {
                Ok(Self { station: None, current: None, trust: Trust::new(built_with()?) })
            }
            Err(e) => Err(e.into_failure()),
        }
    }

    fn of(shelf: &Shelf) -> Result<Self, Failure> {
        let trust = shelf.trust().clone().with_compiled_in(&built_with()?);
        Ok(Self { station: Some(shelf.station()), current: shelf.current(), trust })
    }

    fn role(&self) -> Option<Role> {
        self.station.map(|s| s.role)
    }

    fn installed(&self, machine: &dyn Machine, seen: Option<Highest>) -> Installed {
        Installed {
            counter: self.current.map(|slot| slot.counter),
            highest: seen::higher(self.trust.highest, seen),
            tails: machine.tails(),
        }
    }
}

fn built_with() -> Result<sd_release::Root, Failure> {
    compiled_in().map_err(|e| Failure::new(Status::Bug, format!("the root built in: {e}")))
}

/// Says so where the keys are public.
fn warn_of_test_keys(trust: &Trust, ui: &mut Ui) {
    if trust.root.is_for_tests() {
        ui.warn("this station trusts the public TEST keys: anybody can make an update for it");
    }
}

/// Opens a release file and believes it, or says why not.
fn open(file: &Path, trust: &Trust) -> Result<Release<Verified, File>, Failure> {
    let (dir, name) = Dir::containing(file)?;
    let source = dir.open_file(&name)?;
    let length = dir.size_of(&name)?;
    believe(Release::open(source, length, Limits::default()), trust)
}

/// The same, of one that was opened.
fn believe<R: std::io::Read>(
    opened: Result<Release<Unverified, R>, ReleaseError>,
    trust: &Trust,
) -> Result<Release<Verified, R>, Failure> {
    opened.and_then(|release| release.verify(&trust.root)).map_err(IntoFailure::into_failure)
}

/// A release, as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    release: String,
    counter: u32,
    date: String,
    signed_sha256: String,
    package_sha256: String,
    package_bytes: u64,
    root: u32,
    new_keys: bool,
    update_from: u32,
    tails_min: String,
    tails_max: Option<String>,
    newest_tails: String,
    newest_tails_date: String,
}

impl About {
    fn of<R: std::io::Read>(release: &Release<Verified, R>, trust: &Trust) -> Self {
        let Manifest { release: version, counter, date, update_from, tails, .. } =
            release.manifest();
        let newest = release.manifest().newest_tails;
        let package = release.manifest().package;
        Self {
            release: version.to_string(),
            counter: counter.get(),
            date: date.to_string(),
            signed_sha256: release.identity().to_string(),
            package_sha256: package.sha256.to_string(),
            package_bytes: package.size,
            root: release.root().number.get(),
            new_keys: release.root().number > trust.root.number,
            update_from: update_from.get(),
            tails_min: tails.min.to_string(),
            tails_max: tails.max.map(|v| v.to_string()),
            newest_tails: newest.version.to_string(),
            newest_tails_date: newest.date.to_string(),
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Release {}, number {}, made on {}", self.release, self.counter, self.date)?;
        let tails = match &self.tails_max {
            Some(max) => format!("Tails {} to {max}", self.tails_min),
            None => format!("Tails {} and later", self.tails_min),
        };
        writeln!(f, "  runs on       {tails}")?;
        writeln!(f, "  updates from  number {} and later", self.update_from)?;
        writeln!(f, "  newest Tails  {}, of {}", self.newest_tails, self.newest_tails_date)?;
        let keys = if self.new_keys { "; its keys are new here and will be learnt" } else { "" };
        writeln!(f, "  signed under  root {}{keys}", self.root)?;
        writeln!(f, "  package       {}", sd_term::size(self.package_bytes))?;
        writeln!(f, "  SHA-256       {}", self.package_sha256)
    }
}

/// The next command.
fn hint(words: &[&str]) -> Hint {
    Hint::new(["sd-station", "update"].iter().chain(words).copied())
}

/// The next command, by root.
fn root_s_hint(words: &[&str]) -> Hint {
    Hint::new(["sudo", "sd-station", "update"].iter().chain(words).copied())
}

/// A shelf that is root's is changed by root.
fn as_root(e: ShelfError, words: &[&str]) -> Failure {
    let root = matches!(e, ShelfError::NotOurs { owner: 0, .. });
    let failure = e.into_failure();
    if root { failure.hint(root_s_hint(words)) } else { failure }
}

/// What an error of a library means to the person at the keyboard.
trait IntoFailure {
    fn into_failure(self) -> Failure;
}

impl IntoFailure for ReleaseError {
    fn into_failure(self) -> Failure {
        let status = match &self {
            Self::Read(_) => Status::FileError,
            Self::Header(HeaderError::LaterVersion) => Status::UpdateRefused,
            _ => Status::UpdateNotGenuine,
        };
        Failure::new(status, self)
    }
}

impl IntoFailure for Refusal {
    fn into_failure(self) -> Failure {
        let status = match self {
            Self::Same(_) => Status::NothingToDo,
            Self::Fork(_) => Status::UpdateNotGenuine,
            _ => Status::UpdateRefused,
        };
        Failure::new(status, self)
    }
}

impl IntoFailure for ShelfError {
    fn into_failure(self) -> Failure {
        let status = match self {
            Self::Dir(e) => return e.into(),
            Self::NotInstalled(_) => Status::NotFound,
            Self::NothingKept | Self::IsCurrent(_) => Status::UpdateRefused,
            Self::ReadBack(_) | Self::NotAsAnnounced(_) => Status::UpdateNotGenuine,
            Self::NotOurs { .. } | Self::ReadOnly(_) | Self::OtherStation(_) => Status::Refused,
            Self::Guard(_)
            | Self::Station { .. }
            | Self::Json { .. }
            | Self::Root { .. }
            | Self::Damaged { .. } => Status::StationUnsafe,
        };
        Failure::new(status, self)
    }
}

impl IntoFailure for PackageError {
    fn into_failure(self) -> Failure {
        match self {
            Self::Dir(e) => e.into(),
            e => Failure::new(Status::UpdateFailed, e),
        }
    }
}

impl IntoFailure for MachineError {
    fn into_failure(self) -> Failure {
        Failure::new(Status::UpdateFailed, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_is_a_command_that_parses() {
        let stick = "/media/amnesia/Transfer Device";
        for hint in [
            hint(&["apply", "x.sdupdate"]),
            hint(&["carry", "x.sdupdate", "--to", stick]),
            root_s_hint(&["apply", "x.sdupdate"]),
            root_s_hint(&["back"]),
            apply::next(),
        ] {
            let words = hint.args();
            let words = if words[0] == "sudo" { &words[1..] } else { words };
            assert!(crate::cli::parses(words), "{hint}");
        }
    }
}
