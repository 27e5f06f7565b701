//! `sd-station install`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sd_release::Role;
use sd_term::{Consent, Failure, Ui};

use super::{Changes, ModeWord, carry_out};
use crate::package::Package;
use crate::steps::{IntoSystem, IntoUser};
use crate::tails::Tails;

/// Install the programs into this Tails, so that they are there after each start
///
/// System mode needs the administration password once: start Tails with one and use sudo. Tails then
/// installs the package at each login, also without a network. Run it again whenever it was
/// interrupted: it finds what is done and does the rest.
#[derive(Debug, Args)]
pub(crate) struct InstallArgs {
    /// Which of the two stations this is
    #[arg(long)]
    role: RoleWord,
    /// How it is installed
    #[arg(long, default_value = "system")]
    mode: ModeWord,
    /// The package [default: the one that is installed here]
    #[arg(long, value_name = "FILE.deb")]
    package: Option<PathBuf>,
    /// Show what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Which of the two stations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleWord {
    /// The networked one, which fetches and packs
    Workstation,
    /// The offline one, which opens: the Secure Viewing Station
    Svs,
}

impl InstallArgs {
    /// Installs.
    pub(crate) fn run(self, ui: &mut Ui) -> ExitCode {
        let result = self.install(ui);
        ui.finish("sd-station install", result)
    }

    fn install(self, ui: &mut Ui) -> Result<Changes, Failure> {
        let role = match self.role {
            RoleWord::Workstation => Role::Workstation,
            RoleWord::Svs => Role::Svs,
        };
        let consent = Consent::of(self.dry_run, self.yes);
        let tails = Tails::live()?;
        let package = self.package.as_deref().map(Package::open).transpose()?;
        match self.mode {
            ModeWord::System => {
                let mut job = IntoSystem::new(&tails, role, package)?;
                let notes = notes(&job.package);
                carry_out(&mut job, consent, notes, ui)
            }
            ModeWord::User => {
                let mut job = IntoUser::new(&tails, role, package)?;
                let mut notes = notes(&job.package);
                notes.push(
                    "User mode: nothing protects the programs from malware that runs as you."
                        .into(),
                );
                carry_out(&mut job, consent, notes, ui)
            }
        }
    }
}

/// What to compare with what was published.
fn notes(package: &Package) -> Vec<String> {
    vec![format!("Package {}, SHA-256 {}", package.slot, package.digests.sha256)]
}
