//! The workstation's signing key: made at pairing, used by `pack`.

use std::time::SystemTime;

use openpgp::cert::{CertBuilder, CipherSuite};
use openpgp::crypto::KeyPair;
use openpgp::parse::Parse as _;
use openpgp::policy::StandardPolicy;
use openpgp::serialize::SerializeInto as _;
use openpgp::{Cert, Profile};
use sd_fs::Dir;
use sd_pgp::Certificate;
use sequoia_openpgp as openpgp;
use zeroize::Zeroizing;

use super::VaultError;

const FILE: &str = "workstation.key";
const MAX_FILE: u64 = 64 << 10;

/// The signing key of this workstation.
///
/// It has no passphrase: it stands on the encrypted Persistent Storage, its theft lets
/// somebody forge bundles but opens none, and a passphrase more is a passphrase on a note.
pub(crate) struct WorkstationKey(Cert);

impl WorkstationKey {
    /// Makes a key: Ed25519 in a version 4 key, which every `GnuPG` on Tails can verify.
    pub(crate) fn generate() -> Result<Self, VaultError> {
        let made = CertBuilder::new()
            .set_profile(Profile::RFC4880)
            .and_then(|b| {
                b.set_cipher_suite(CipherSuite::Cv25519)
                    .add_userid("sneakernet workstation")
                    .add_signing_subkey()
                    .set_validity_period(None)
                    .generate()
            })
            .map_err(|e| VaultError::Signing(e.to_string()))?;
        Ok(Self(made.0))
    }

    /// Reads the key made at pairing.
    pub(crate) fn load(keys: &Dir) -> Result<Self, VaultError> {
        let bytes = keys.read_small(FILE, MAX_FILE).map_err(|e| VaultError::File(e.to_string()))?;
        let bytes = Zeroizing::new(bytes);
        Cert::from_bytes(&bytes[..]).map(Self).map_err(|e| VaultError::Signing(e.to_string()))
    }

    /// Keeps the key.
    pub(crate) fn save(&self, keys: &Dir) -> Result<(), VaultError> {
        let bytes = self.0.as_tsk().to_vec().map_err(|e| VaultError::Signing(e.to_string()))?;
        let bytes = Zeroizing::new(bytes);
        keys.replace(FILE, &bytes).map_err(|e| VaultError::File(e.to_string()))
    }

    /// Its certificate.
    pub(crate) fn certificate(&self) -> Result<Certificate, VaultError> {
        Certificate::of(&self.0).map_err(|e| VaultError::Signing(e.to_string()))
    }

    /// Now, but never before the key itself: a clock that was set back must not make
    /// signatures that nobody accepts.
    pub(crate) fn now(&self) -> SystemTime {
        SystemTime::now().max(self.0.primary_key().key().creation_time())
    }

    /// The key that signs.
    pub(crate) fn signer(&self) -> Result<KeyPair, VaultError> {
        let failed = |e: openpgp::anyhow::Error| VaultError::Signing(e.to_string());
        let policy = StandardPolicy::new();
        let key = self
            .0
            .keys()
            .with_policy(&policy, self.now())
            .supported()
            .for_signing()
            .secret()
            .next();
        let key =
            key.ok_or_else(|| VaultError::Signing("no signing key in the file".to_owned()))?;
        key.key().clone().into_keypair().map_err(failed)
    }
}
