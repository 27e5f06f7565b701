//! Secret keys, and nothing but secret keys.
//!
//! ```text
//! worker --PKESK packet--> Vault::unwrap --> session key --> worker
//!                            |  KeyFile: the key is in this process, RSA by AWS-LC
//!                            '- Agent:   gpg-agent or a card does the one operation
//! ```
//! The vault sees no ciphertext but the wrapped session key, and never a plaintext. Keys are
//! chosen without asking a policy: expired, revoked and SHA-1-bound submission keys must open
//! old mail for ever.

mod agent;
mod key_file;
mod rsa;
mod session_key;
mod workstation;

use openpgp::Packet;
use openpgp::packet::key::{PublicParts, SecretParts, UnspecifiedRole};
use openpgp::packet::{Key, PKESK};
use openpgp::parse::Parse as _;
use sd_bundle::KeySource;
use sd_pgp::{Certificate, PkeskBytes, SessionKeyBytes};
use sd_term::{Failure, Secret, Status};
use sequoia_openpgp as openpgp;

pub(crate) use key_file::KeyFile;
pub(crate) use workstation::WorkstationKey;

type PublicKey = Key<PublicParts, UnspecifiedRole>;
type SecretKey = Key<SecretParts, UnspecifiedRole>;

/// Whoever can turn a wrapped session key into a session key.
pub(crate) trait Vault: Sync {
    /// Tries every key that may fit.
    fn unwrap(&self, pkesk: &PKESK) -> Unwrapped;
}

/// What became of a wrapped session key.
pub(crate) enum Unwrapped {
    /// Here it is.
    Key(SessionKeyBytes),
    /// It is for somebody else's key.
    NotOurs,
    /// It is ours, and could not be unwrapped.
    Failed(VaultError),
}

/// Why secret keys could not be used.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum VaultError {
    /// The file holds no secret encryption key.
    #[error("{0}: holds no secret key for decryption")]
    NoKey(sd_fs::Escaped),
    /// The passphrase is wrong.
    #[error("the passphrase did not unlock the key")]
    Passphrase,
    /// The key has a passphrase, and none was given.
    #[error("the key is locked by a passphrase")]
    Locked,
    /// gpg-agent cannot be reached.
    #[error("gpg-agent cannot be reached: {0}")]
    AgentUnreachable(String),
    /// gpg-agent refused: no such key, or the passphrase prompt was closed.
    #[error("gpg-agent did not unwrap the session key: {0}")]
    AgentRefused(String),
    /// A file could not be read.
    #[error("{0}")]
    File(String),
    /// The worker sent something that is no wrapped session key.
    #[error("not a wrapped session key")]
    Malformed,
    /// A signing key could not be made or used.
    #[error("the workstation's signing key: {0}")]
    Signing(String),
}

impl From<VaultError> for Failure {
    fn from(e: VaultError) -> Self {
        let status = match &e {
            VaultError::Passphrase | VaultError::Locked => Status::WrongPassphrase,
            VaultError::NoKey(_)
            | VaultError::AgentUnreachable(_)
            | VaultError::AgentRefused(_)
            | VaultError::File(_)
            | VaultError::Malformed
            | VaultError::Signing(_) => Status::KeyUnavailable,
        };
        Self::new(status, e)
    }
}

/// Opens the vault that the station was paired with. `passphrase` is asked only if the key
/// file is locked.
pub(crate) fn open(
    source: &KeySource,
    certificate: &Certificate,
    passphrase: impl FnOnce() -> Result<Secret, Failure>,
) -> Result<Box<dyn Vault>, Failure> {
    match source {
        KeySource::File { path } => Ok(Box::new(KeyFile::open(path, passphrase)?)),
        KeySource::Agent { home } => {
            Ok(Box::new(agent::Agent::connect(home.as_deref(), certificate)?))
        }
    }
}

/// Parses what a worker sent and asks the vault.
pub(crate) fn answer(vault: &dyn Vault, question: &PkeskBytes) -> Unwrapped {
    match Packet::from_bytes(&question.packet) {
        Ok(Packet::PKESK(pkesk)) => vault.unwrap(&pkesk),
        _ => Unwrapped::Failed(VaultError::Malformed),
    }
}
