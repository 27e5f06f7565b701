//! `sd-station doctor`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sd_bundle::{Home, Timestamp};
use sd_doctor::{Answers, Place, Role, examine, installed};
use sd_fs::Dir;
use sd_term::{Failure, Status, Ui};

use crate::asking::{self, Programs, Whose};
use crate::cli;
use crate::doctor::{Checkup, Facts, Show, hand_over};

/// Check this station: what is wrong, what it means, and how to mend it
///
/// Nothing is changed, and no network connection is opened. Which station this is, is known from
/// its pairing or its installation.
#[derive(Debug, Default, Args)]
#[command(after_help = "Example:\n  sd-station doctor --all")]
pub(crate) struct DoctorArgs {
    /// Which station this should be [default: as it was paired or installed]
    #[arg(long, value_enum)]
    role: Option<Which>,
    /// This station's directory [default: ~/Persistent/sneakernet]
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Show what is ok too
    #[arg(long)]
    all: bool,
    /// Write a copy for your technologist, without secrets; FILE must not be there
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// The networked computer that fetches
    Workstation,
    /// The Secure Viewing Station
    Svs,
}

impl From<Which> for Role {
    fn from(which: Which) -> Self {
        match which {
            Which::Workstation => Self::Workstation,
            Which::Svs => Self::Svs,
        }
    }
}

impl DoctorArgs {
    pub(crate) fn run(self, ui: &mut Ui) -> ExitCode {
        let result = self.check();
        ui.finish("sd-station doctor", result)
    }

    fn check(self) -> Result<Checkup, Failure> {
        let place = Place::real()?;
        let programs = Programs::of_the_system();
        let unknown = || Failure::new(Status::Usage, "no home directory is known: use --home DIR");
        let user = cli::user_home();
        let home = Home::choose(self.home, user.clone()).ok_or_else(unknown)?;
        let user = user.unwrap_or_else(|| PathBuf::from("/home/amnesia"));
        let role = match self.role {
            Some(which) => which.into(),
            None => found(&place, &home, &user)?,
        };
        let whose = Whose { role, home: &home, user: &user, proxies: cli::proxies() };
        let answers = asking::ask(&programs, whose);
        let show = if self.all { Show::All } else { Show::Wrong };
        let mut checkup = checkup(&place, &answers, show);
        if let Some(path) = &self.report {
            let facts =
                Facts { role: role.word(), home: answers.home, now: Timestamp::now().to_string() };
            let text = hand_over(&place, &programs, &facts, checkup.findings());
            write(path, &text)?;
            checkup.written = Some(sd_fs::escape(path.as_os_str().as_encoded_bytes()).to_string());
        }
        Ok(checkup)
    }
}

fn checkup(place: &Place, answers: &Answers, show: Show) -> Checkup {
    Checkup::new(answers.role, examine(place, answers), show)
}

/// Which station this is, by its pairing, else by its installation. Where the two differ, the
/// check named `station` fails.
fn found(place: &Place, home: &Home, user: &Path) -> Result<Role, Failure> {
    let ask = |why: &str| {
        let ask = "say which: --role workstation, or --role svs";
        Failure::new(Status::Usage, format_args!("{why}; {ask}"))
    };
    // A record that cannot be read is a finding of the checkup, which needs a role first.
    let paired = asking::paired(home).map_err(|e| ask(&e.to_string()))?;
    if let Some(paired) = paired {
        return Ok(paired.role);
    }
    let installed = installed(place, &user.to_string_lossy()).map_err(|e| ask(&e))?;
    let role = installed.map(|installed| installed.role);
    role.ok_or_else(|| ask("this station was neither paired nor installed"))
}

/// Written whole under a name that must be free, and read again.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let (dir, name) = Dir::containing(path)?;
    dir.write_new(&name, text.as_bytes())?;
    let read = dir.read_small(&name, text.len() as u64)?;
    if read == text.as_bytes() {
        return Ok(());
    }
    let path = sd_fs::escape(path.as_os_str().as_encoded_bytes());
    Err(Failure::new(Status::FileError, format_args!("{path}: read back otherwise than written")))
}

#[cfg(test)]
mod tests;
