//! Certificates: who may read, who has signed.

use std::time::{Duration, SystemTime};

use openpgp::Cert;
use openpgp::packet::Key;
use openpgp::packet::key::{PublicParts, UnspecifiedRole};
use openpgp::parse::Parse as _;
use openpgp::policy::{AsymmetricAlgorithm, HashAlgoSecurity, StandardPolicy};
use openpgp::serialize::SerializeInto as _;
use openpgp::types::HashAlgorithm;
use sd_fs::Fingerprint;
use sequoia_openpgp as openpgp;

/// A certificate file is a few kilobytes; one flooded with signatures is refused.
const MAX_CERT: usize = 1 << 20;

/// A certificate without any secret part.
#[derive(Clone, Debug)]
pub struct Certificate(Cert);

/// Why bytes are not a certificate that can be used.
#[derive(Debug, thiserror::Error)]
pub enum CertError {
    /// Larger than a certificate is.
    #[error("larger than {MAX_CERT} bytes")]
    TooLong,
    /// No `OpenPGP` certificate, or more than one.
    #[error("not one OpenPGP certificate")]
    NotACertificate,
    /// A version of key that the gpg on Tails cannot use.
    #[error("a key of a version that GnuPG on Tails cannot use")]
    Version,
    /// No key to encrypt to.
    #[error("the certificate {0} has no usable encryption key")]
    NoEncryptionKey(Fingerprint),
    /// The secret key too, where only a certificate may be.
    #[error(
        "it holds the SECRET key {0}, which must never be on this station: wipe that file, and \
         bring the public certificate (gpg --export)"
    )]
    Secret(Fingerprint),
    /// It could not be written out.
    #[error("the certificate could not be written out")]
    Serialize,
}

impl Certificate {
    /// Reads one certificate, binary or armored; secret parts are dropped.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertError> {
        if bytes.len() > MAX_CERT {
            return Err(CertError::TooLong);
        }
        let cert = Cert::from_bytes(bytes).map_err(|_| CertError::NotACertificate)?;
        Self::of(&cert)
    }

    /// Reads one certificate for a station on which no secret key may be, and refuses one.
    pub fn parse_public(bytes: &[u8]) -> Result<Self, CertError> {
        let certificate = Self::parse(bytes)?;
        match Cert::from_bytes(bytes) {
            Ok(cert) if cert.is_tsk() => Err(CertError::Secret(certificate.fingerprint())),
            _ => Ok(certificate),
        }
    }

    /// The public part of a key.
    pub fn of(cert: &Cert) -> Result<Self, CertError> {
        if !matches!(cert.fingerprint(), openpgp::Fingerprint::V4(_)) {
            return Err(CertError::Version);
        }
        Ok(Self(cert.clone().strip_secret_key_material()))
    }

    /// Whether anything can be encrypted to it.
    pub fn is_recipient(&self) -> Result<(), CertError> {
        self.recipients().map(drop)
    }

    /// Its fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        // `parse` takes version 4 only, whose fingerprints have 20 bytes.
        let bytes = self.0.fingerprint().as_bytes().first_chunk().copied();
        Fingerprint::from_bytes(bytes.unwrap_or_default())
    }

    /// The library's own view of it.
    pub fn as_cert(&self) -> &Cert {
        &self.0
    }

    /// ASCII armor, for files that people carry.
    pub fn armored(&self) -> Result<Vec<u8>, CertError> {
        self.0.armored().to_vec().map_err(|_| CertError::Serialize)
    }

    /// Whether its bindings rest on SHA-1 alone, as old submission keys' do.
    ///
    /// Such a key still opens its own mail and may still be encrypted to here; it should be
    /// named, and renewed when the newsroom can.
    pub fn rests_on_sha1(&self) -> bool {
        let strict = encryption_keys(&self.0, &StandardPolicy::new());
        strict.is_empty() && !encryption_keys(&self.0, &lenient()).is_empty()
    }

    /// The keys to encrypt to: by the standard policy, or, for a certificate that a person
    /// has compared and paired, with SHA-1 bindings.
    pub(crate) fn recipients(&self) -> Result<Vec<Key<PublicParts, UnspecifiedRole>>, CertError> {
        let mut keys = encryption_keys(&self.0, &StandardPolicy::new());
        if keys.is_empty() {
            keys = encryption_keys(&self.0, &lenient());
        }
        if keys.is_empty() {
            return Err(CertError::NoEncryptionKey(self.fingerprint()));
        }
        Ok(keys)
    }
}

/// The last second `OpenPGP` can name (2106). Freshness is the ledger's business, not a clock's:
/// an offline station's clock is set by hand, and mail from "the future" must still open.
pub(crate) fn end_of_time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX))
}

/// The standard policy, but SHA-1 is accepted where only a second preimage would break it
/// (bindings made by the key's owner, years ago).
fn lenient() -> StandardPolicy<'static> {
    let mut policy = StandardPolicy::new();
    policy.accept_hash_property(HashAlgorithm::SHA1, HashAlgoSecurity::SecondPreImageResistance);
    policy.accept_hash_property(HashAlgorithm::SHA1, HashAlgoSecurity::CollisionResistance);
    policy.accept_asymmetric_algo(AsymmetricAlgorithm::RSA2048);
    policy
}

fn encryption_keys(
    cert: &Cert,
    policy: &StandardPolicy<'_>,
) -> Vec<Key<PublicParts, UnspecifiedRole>> {
    // Expiry is not asked: clocks here are set by hand, and the manifest must open for ever.
    cert.keys()
        .with_policy(policy, end_of_time())
        .supported()
        .revoked(false)
        .for_storage_encryption()
        .map(|k| k.key().clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEV: &[u8] = include_bytes!("../tests/data/securedrop-dev.sec.asc");

    #[test]
    fn a_certificate_bound_with_sha1_is_named_and_still_usable() {
        let cert = Certificate::parse(DEV).expect("a certificate");
        assert_eq!(cert.fingerprint().as_str(), "65A1B5FF195B56353CC63DFFCC40EF1228271441");
        assert!(cert.rests_on_sha1());
        assert_eq!(cert.recipients().expect("one key").len(), 1);
    }

    #[test]
    fn anything_else_is_not_a_certificate() {
        assert!(matches!(Certificate::parse(b"hello"), Err(CertError::NotACertificate)));
        assert!(matches!(Certificate::parse(&vec![0; MAX_CERT + 1]), Err(CertError::TooLong)));
    }
}
