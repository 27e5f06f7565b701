//! The submission key in a file.

use std::path::Path;

use openpgp::crypto::Password;
use openpgp::packet::PKESK;
use openpgp::parse::Parse as _;
use openpgp::{Cert, Fingerprint};
use sd_fs::Dir;
use sd_pgp::{Certificate, SessionKeyBytes};
use sd_term::{Failure, Secret};
use sequoia_openpgp as openpgp;

use super::rsa::RsaKey;
use super::{SecretKey, Unwrapped, Vault, VaultError, session_key};

/// A secret key file is a few kilobytes.
const MAX_FILE: u64 = 1 << 20;

/// Keys tried on a message that hides its recipient.
const MAX_TRIED: usize = 8;

/// Unlocked secret keys.
pub(crate) struct KeyFile {
    keys: Vec<Unlocked>,
}

/// An unlocked secret key, with whoever works with it.
enum Unlocked {
    /// RSA of the usual make.
    ByAwsLc(RsaKey),
    /// Everything else: curves, and RSA of the early days. The library keeps it encrypted in
    /// memory.
    ByLibrary(SecretKey),
}

impl Unlocked {
    fn new(key: SecretKey) -> Self {
        RsaKey::of(&key).map_or(Self::ByLibrary(key), Self::ByAwsLc)
    }

    fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::ByAwsLc(key) => key.fingerprint(),
            Self::ByLibrary(key) => key.fingerprint(),
        }
    }

    /// The session key, if it is one for this key.
    fn unwrap(&self, pkesk: &PKESK) -> Result<Option<SessionKeyBytes>, VaultError> {
        match self {
            Self::ByAwsLc(key) => Ok(session_key::unwrap(pkesk, &mut &*key)),
            Self::ByLibrary(key) => {
                let pair = key.clone().into_keypair().map_err(|_| VaultError::Locked);
                Ok(session_key::unwrap(pkesk, &mut pair?))
            }
        }
    }
}

impl KeyFile {
    /// Reads the file, asking for a passphrase only if a key in it is locked.
    pub(crate) fn open(
        path: &Path,
        passphrase: impl FnOnce() -> Result<Secret, Failure>,
    ) -> Result<Self, Failure> {
        let cert = read(path)?;
        let locked: Vec<SecretKey> = cert
            .keys()
            .secret()
            .filter(|k| k.key().pk_algo().for_encryption())
            .map(|k| k.key().clone())
            .collect();
        if locked.is_empty() {
            return Err(VaultError::NoKey(escaped(path)).into());
        }
        let needs_passphrase = locked.iter().any(|k| k.secret().is_encrypted());
        let password =
            if needs_passphrase { Some(Password::from(passphrase()?.expose())) } else { None };
        let unlock = |key: SecretKey| match &password {
            Some(p) if key.secret().is_encrypted() => {
                // Whatever the library says here ("unexpected EOF"), it is the passphrase.
                key.decrypt_secret(p).map_err(|_| VaultError::Passphrase)
            }
            _ => Ok(key),
        };
        let keys = locked.into_iter().map(|key| unlock(key).map(Unlocked::new));
        Ok(Self { keys: keys.collect::<Result<_, _>>()? })
    }

    /// The public part of the key in a file, without unlocking anything.
    pub(crate) fn certificate_in(path: &Path) -> Result<Certificate, Failure> {
        let cert = read(path)?;
        let holds_secret = cert.keys().secret().any(|k| k.key().pk_algo().for_encryption());
        if !holds_secret {
            return Err(VaultError::NoKey(escaped(path)).into());
        }
        Certificate::of(&cert).map_err(|e| VaultError::File(e.to_string()).into())
    }
}

fn read(path: &Path) -> Result<Cert, Failure> {
    let (dir, name) = Dir::containing(path)?;
    let bytes = zeroize::Zeroizing::new(dir.read_small(&name, MAX_FILE)?);
    Cert::from_bytes(&bytes[..]).map_err(|_| VaultError::NoKey(escaped(path)).into())
}

fn escaped(path: &Path) -> sd_fs::Escaped {
    sd_fs::escape(path.as_os_str().as_encoded_bytes())
}

impl Vault for KeyFile {
    fn unwrap(&self, pkesk: &PKESK) -> Unwrapped {
        let fits = |key: &&Unlocked| session_key::may_be_for(pkesk, key.fingerprint());
        let mut tried = false;
        for key in self.keys.iter().filter(fits).take(MAX_TRIED) {
            match key.unwrap(pkesk) {
                Ok(Some(key)) => return Unwrapped::Key(key),
                Ok(None) => tried = true,
                Err(e) => return Unwrapped::Failed(e),
            }
        }
        if tried && pkesk.recipient().is_some() {
            return Unwrapped::Failed(VaultError::Malformed);
        }
        Unwrapped::NotOurs
    }
}

#[cfg(test)]
mod tests;
