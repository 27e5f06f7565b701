//! One file per verb, and what several verbs share.

pub(crate) mod browse;
pub(crate) mod bundles;
pub(crate) mod confirm;
pub(crate) mod devices;
pub(crate) mod gate;
pub(crate) mod guided;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod pack;
pub(crate) mod pair;
pub(crate) mod prepare;
pub(crate) mod return_check;
pub(crate) mod show;
pub(crate) mod stick;
pub(crate) mod unpack;
pub(crate) mod verify;

use std::path::Path;

use sd_bundle::{
    Attested, Authentic, Bundle, BundleError, InboxError, KeySource, Limits, OutboxError,
    RandomError, Unverified,
};
use sd_fs::{Ahead, Dir, Fingerprint, read_bounded};
use sd_sandbox::ProbeError;
use sd_term::{Failure, Secret, SecretError, Status, Ui};

use crate::opener;
use crate::station::Station;
use crate::store::{Marks, Shelves, StoreError};
use crate::vault::{self, Vault};
use crate::worker::{Order, Refusal, Task};

/// The ending of a bundle's file name.
pub(crate) const ENDING: &str = ".sdbundle";

/// The SVS with its vault open and its sandbox tried.
pub(crate) struct Svs {
    pub(crate) station: Station,
    pub(crate) vault: Box<dyn Vault>,
}

/// How often the passphrase of the submission key may be typed.
const TRIES: usize = 3;

impl Svs {
    /// Tries the sandbox and opens the vault (asking for a passphrase only if the key is in a
    /// locked file).
    pub(crate) fn open(
        station: Station,
        passphrase_fd: Option<i32>,
        ui: &mut Ui,
    ) -> Result<Self, Failure> {
        sd_sandbox::self_test().map_err(probe_failure)?;
        if station.submission.rests_on_sha1() {
            ui.warn("the submission key's signatures rest on SHA-1: it opens its mail, but plan a new key");
        }
        let source = station.key.clone().unwrap_or(KeySource::Agent { home: None });
        let vault = Self::unlock(&source, &station, passphrase_fd, ui)?;
        Ok(Self { station, vault })
    }

    /// Opens the vault. At a terminal a passphrase that is mistyped is asked for again.
    fn unlock(
        source: &KeySource,
        station: &Station,
        passphrase_fd: Option<i32>,
        ui: &mut Ui,
    ) -> Result<Box<dyn Vault>, Failure> {
        let mut left = TRIES;
        loop {
            left -= 1;
            match vault::open(source, &station.submission, || passphrase(passphrase_fd, ui)) {
                Err(e)
                    if e.status == Status::WrongPassphrase
                        && passphrase_fd.is_none()
                        && left > 0 =>
                {
                    ui.say("That is not its passphrase. Try again.");
                }
                other => return other,
            }
        }
    }

    /// The workstation whose bundles are believed here.
    pub(crate) fn from(&self) -> Fingerprint {
        self.station.workstation.fingerprint()
    }

    /// Opens a bundle up to its authentic manifest.
    pub(crate) fn authenticate(
        &self,
        bundle: Bundle<Unverified, Ahead>,
    ) -> Result<Bundle<Authentic, Ahead>, Failure> {
        let limits = Limits::default();
        let scratch = Dir::open(self.station.keys.path())?;
        let json = self.manifest(&scratch, bundle.sealed(), &limits)?;
        bundle.authenticate(Attested::vouch(json)).map_err(bundle_failure)
    }

    /// The manifest's JSON, after a worker decrypted it and found the signature good.
    fn manifest(&self, scratch: &Dir, sealed: &[u8], limits: &Limits) -> Result<Vec<u8>, Failure> {
        // The format is binary; the library would take armor off without a word.
        if sealed.first().is_none_or(|b| b & 0x80 == 0) {
            return Err(opener::OpenFailure::Message(Refusal::NotAMessage).into());
        }
        let mut input = scratch.new_file()?;
        input.write_all(sealed)?;
        let input = input.reopen()?;
        let output = scratch.new_file()?;
        let signer = self
            .station
            .workstation
            .armored()
            .map_err(|e| Failure::new(Status::KeyUnavailable, e))?;
        let signer = String::from_utf8_lossy(&signer).into_owned();
        let order = Order { task: Task::Manifest { signer }, limit: limits.manifest };
        let opened = opener::open(self.vault.as_ref(), &order, &input, output.file())?;
        let json = read_bounded(&mut output.reopen()?, limits.manifest)
            .map_err(|e| Failure::new(Status::FileError, e))?;
        if sd_fs::Blake3::of(&json) != opened.blake3 {
            return Err(opener::OpenFailure::Report.into());
        }
        Ok(json)
    }
}

/// The passphrase of a locked key file.
fn passphrase(fd: Option<i32>, ui: &mut Ui) -> Result<Secret, Failure> {
    match fd {
        Some(fd) => {
            let [secret] = Secret::lines_from_fd(fd, ["passphrase"])
                .map_err(|e: SecretError| Failure::new(Status::Usage, e))?;
            Ok(secret)
        }
        None => Ok(ui.secret("Passphrase of the submission key: ", "use --passphrase-fd N")?),
    }
}

/// The marks, for somebody who only shows them: damaged ones hide no submission.
pub(crate) fn marks(shelves: &Shelves, ui: &mut Ui) -> Result<Marks, Failure> {
    match Marks::read(shelves) {
        Err(StoreError::Record { path, why }) => {
            ui.warn(format_args!("{path} cannot be read ({why}): everything counts as new"));
            Ok(Marks::default())
        }
        read => Ok(read?),
    }
}

/// What to say about items whose record cannot be read; their ciphertext is not touched.
pub(crate) fn unreadable(items: usize) -> String {
    let items = sd_term::count(items, "item");
    format!(
        "{items} cannot be shown: the record is damaged. Unpack the bundle again; nothing is lost."
    )
}

/// A file's name for a report.
pub(crate) fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    sd_fs::escape(name.as_encoded_bytes()).to_string()
}

pub(crate) fn bundle_failure(e: BundleError) -> Failure {
    let status = match &e {
        BundleError::Read { .. } => Status::FileError,
        BundleError::Truncated(_)
        | BundleError::Damaged(_)
        | BundleError::NotABundle
        | BundleError::Length { .. }
        | BundleError::TooLarge(_)
        | BundleError::Manifest(_)
        | BundleError::Swapped => Status::VerifyFailed,
        BundleError::Sink(_) => {
            let BundleError::Sink(e) = e else { return Failure::new(Status::Bug, e) };
            return e.into();
        }
    };
    Failure::new(status, e)
}

pub(crate) fn probe_failure(e: ProbeError) -> Failure {
    Failure::new(Status::SandboxUnavailable, e)
}

pub(crate) fn inbox_failure(e: InboxError) -> Failure {
    match e {
        InboxError::Dir(e) => e.into(),
        e @ InboxError::Record { .. } => Failure::new(Status::VerifyFailed, e),
    }
}

pub(crate) fn outbox_failure(e: OutboxError) -> Failure {
    match e {
        OutboxError::Dir(e) => e.into(),
        e @ (OutboxError::Record { .. } | OutboxError::Manifest(_)) => {
            Failure::new(Status::VerifyFailed, e)
        }
    }
}

pub(crate) fn random_failure(e: RandomError) -> Failure {
    Failure::new(Status::FileError, e)
}
