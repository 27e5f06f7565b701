//! `sd-airgap pair`

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use sd_bundle::{Home, KeySource, Role};
use sd_fs::{Dir, Fingerprint};
use sd_pgp::{CertError, Certificate};
use sd_term::{Failure, Hint, Report, Status, Ui};
use serde::Serialize;

use crate::station::{self, Station};
use crate::vault::{KeyFile, WorkstationKey};

/// The name under which the workstation's certificate travels.
const CARRIED: &str = "sneakernet-workstation.asc";

const MAX_CERT: u64 = 1 << 20;

/// Introduce the workstation and the Secure Viewing Station to each other
///
/// First on the workstation, which makes its signing key and writes a certificate to carry;
/// then on the SVS, where a person compares the fingerprint shown on both screens.
#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    #[command(subcommand)]
    station: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// On the networked workstation: make the signing key and learn the submission key
    Workstation(WorkstationArgs),
    /// On the Secure Viewing Station: learn the workstation's certificate
    Svs(SvsArgs),
}

#[derive(Debug, Args)]
struct WorkstationArgs {
    /// The submission key's public certificate (SecureDrop.asc)
    #[arg(long, value_name = "FILE")]
    submission_key: PathBuf,
    /// Its fingerprint, instead of the question
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<Fingerprint>,
    /// Where to write the certificate to carry to the SVS
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

#[derive(Debug, Args)]
struct SvsArgs {
    /// The workstation's certificate, as carried here
    #[arg(long, value_name = "FILE")]
    workstation: PathBuf,
    /// The workstation's fingerprint, instead of the question
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<Fingerprint>,
    /// The submission key's public certificate; its secret key is in gpg-agent
    #[arg(long, value_name = "FILE", required_unless_present = "key_file")]
    submission_key: Option<PathBuf>,
    /// The `GnuPG` home directory, if it is not ~/.gnupg
    #[arg(long, value_name = "DIR", conflicts_with = "key_file")]
    gnupg_home: Option<PathBuf>,
    /// The secret submission key in a file, instead of gpg-agent
    #[arg(long, value_name = "FILE", conflicts_with = "submission_key")]
    key_file: Option<PathBuf>,
}

/// What was paired.
#[derive(Debug, Serialize)]
struct Paired {
    role: Role,
    workstation: Fingerprint,
    submission: Fingerprint,
    submission_rests_on_sha1: bool,
    carry: Option<String>,
    #[serde(skip)]
    next: Option<Hint>,
}

impl fmt::Display for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Paired as the {}.", station::name(self.role))?;
        writeln!(f, "  workstation     {}", self.workstation.spaced())?;
        writeln!(f, "  submission key  {}", self.submission.spaced())?;
        if self.submission_rests_on_sha1 {
            writeln!(
                f,
                "  The submission key's signatures rest on SHA-1. It works; plan a new one."
            )?;
        }
        if let Some(carry) = &self.carry {
            writeln!(f, "Carry {carry} to the Secure Viewing Station,")?;
            writeln!(f, "and keep this screen open: compare the workstation's fingerprint there.")?;
        }
        Ok(())
    }
}

impl Report for Paired {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        self.next.clone()
    }
}

impl PairArgs {
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = match &self.station {
            Which::Workstation(args) => args.pair(home, ui),
            Which::Svs(args) => args.pair(home, ui),
        };
        ui.finish("sd-airgap pair", result)
    }
}

impl WorkstationArgs {
    fn pair(&self, home: &Home, ui: &mut Ui) -> Result<Paired, Failure> {
        let keys = unpaired(home)?;
        let submission = read_certificate(&self.submission_key, Certificate::parse_public)?;
        can_be_encrypted_to(&submission, &self.submission_key)?;
        agree("submission key", &submission, self.fingerprint.as_ref(), ui)?;
        let target = Dir::open(&self.to)?;
        let key = WorkstationKey::generate()?;
        key.save(&keys)?;
        let workstation = key.certificate()?;
        target.replace(CARRIED, &armored(&workstation)?)?;
        Station::save(&keys, Role::Workstation, &submission, &workstation, None)?;
        let carried = self.to.join(CARRIED).to_string_lossy().into_owned();
        let public = self.submission_key.to_string_lossy().into_owned();
        let next =
            ["sd-airgap", "pair", "svs", "--workstation", &carried, "--submission-key", &public];
        Ok(Paired {
            role: Role::Workstation,
            workstation: workstation.fingerprint(),
            submission: submission.fingerprint(),
            submission_rests_on_sha1: submission.rests_on_sha1(),
            carry: Some(
                sd_fs::escape(self.to.join(CARRIED).as_os_str().as_encoded_bytes()).to_string(),
            ),
            next: Some(Hint::new(next)),
        })
    }
}

impl SvsArgs {
    fn pair(&self, home: &Home, ui: &mut Ui) -> Result<Paired, Failure> {
        let keys = unpaired(home)?;
        let workstation = read_certificate(&self.workstation, Certificate::parse)?;
        agree("workstation", &workstation, self.fingerprint.as_ref(), ui)?;
        let (submission, source) = match (&self.key_file, &self.submission_key) {
            (Some(path), _) => {
                let path =
                    std::path::absolute(path).map_err(|e| Failure::new(Status::Refused, e))?;
                (KeyFile::certificate_in(&path)?, KeySource::File { path })
            }
            (None, Some(public)) => {
                let home = self.gnupg_home.clone();
                let submission = read_certificate(public, Certificate::parse)?;
                can_be_encrypted_to(&submission, public)?;
                (submission, KeySource::Agent { home })
            }
            (None, None) => {
                return Err(Failure::new(Status::Usage, "no submission key was named"));
            }
        };
        if submission.fingerprint() == workstation.fingerprint() {
            let words = "one and the same certificate was given for the workstation and as the \
                         submission key; nothing was paired";
            return Err(Failure::new(Status::Refused, words));
        }
        Station::save(&keys, Role::Svs, &submission, &workstation, Some(source))?;
        // Where Tails mounts the documented Transfer Device.
        let next = ["sd-airgap", "unpack", "/media/amnesia/Transfer Device"];
        let next = next.map(str::to_owned).into_iter().chain(home.args());
        Ok(Paired {
            role: Role::Svs,
            workstation: workstation.fingerprint(),
            submission: submission.fingerprint(),
            submission_rests_on_sha1: submission.rests_on_sha1(),
            carry: None,
            next: Some(Hint::new(next)),
        })
    }
}

fn unpaired(home: &Home) -> Result<Dir, Failure> {
    let keys = home.part("keys")?;
    if Station::exists(&keys)? {
        let what = format!(
            "{}: this station is paired",
            sd_fs::escape(keys.path().as_os_str().as_encoded_bytes())
        );
        return Err(Failure::new(Status::AlreadyPaired, what));
    }
    Ok(keys)
}

/// Nothing is believed because it came on a stick: a person compares, or a script knows.
fn agree(
    what: &str,
    certificate: &Certificate,
    expected: Option<&Fingerprint>,
    ui: &mut Ui,
) -> Result<(), Failure> {
    let found = certificate.fingerprint();
    let message = match expected {
        Some(expected) if *expected == found => return Ok(()),
        Some(_) => format!("the {what}'s fingerprint {found} is not the expected one"),
        None => {
            ui.say(format_args!("The {what}'s fingerprint is\n\n    {}\n", found.spaced()));
            let question = "Does the other station's screen show the same digits?";
            if ui.confirm(question, "use --fingerprint FINGERPRINT")? {
                return Ok(());
            }
            format!(
                "you did not confirm the {what}'s fingerprint; if the digits differ, do not go on"
            )
        }
    };
    Err(Failure::new(Status::Refused, format_args!("{message}; nothing was paired")))
}

/// A certificate that nothing can be encrypted to is no submission key.
fn can_be_encrypted_to(certificate: &Certificate, path: &Path) -> Result<(), Failure> {
    certificate.is_recipient().map_err(|e| {
        Failure::new(Status::KeyUnavailable, format_args!("{}: {e}", super::shown(path)))
    })
}

fn read_certificate(
    path: &Path,
    parse: fn(&[u8]) -> Result<Certificate, CertError>,
) -> Result<Certificate, Failure> {
    let (dir, name) = Dir::containing(path)?;
    let bytes = dir.read_small(&name, MAX_CERT)?;
    parse(&bytes).map_err(|e| {
        Failure::new(Status::KeyUnavailable, format_args!("{}: {e}", super::shown(path)))
    })
}

fn armored(certificate: &Certificate) -> Result<Vec<u8>, Failure> {
    certificate.armored().map_err(|e| Failure::new(Status::KeyUnavailable, e))
}
