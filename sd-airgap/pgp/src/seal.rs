//! One `OpenPGP` message: signed by the workstation, encrypted to the submission key.

use std::io::Write as _;

use std::time::SystemTime;

use openpgp::crypto::Signer as SigningKey;
use openpgp::serialize::stream::{Encryptor, LiteralWriter, Message, Recipient, Signer};
use openpgp::types::{Features, HashAlgorithm, SymmetricAlgorithm};
use sequoia_openpgp as openpgp;

use crate::cert::{CertError, Certificate};

/// Why a message could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The recipient cannot be encrypted to.
    #[error(transparent)]
    Recipient(#[from] CertError),
    /// The library refused or failed.
    #[error("sealing failed: {0}")]
    Pgp(String),
}

impl SealError {
    #[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
    fn pgp(e: impl ToString) -> Self {
        Self::Pgp(e.to_string())
    }
}

/// Signs and encrypts bytes that fit in memory; the result is binary.
///
/// The encryption is SEIPDv1 with AES-256 whatever the recipient advertises: the library
/// would choose AEAD by itself, which `GnuPG` 2.2 (Tails 6) cannot read. `created` must not lie
/// before the signing key's own creation, whatever this machine's clock says.
pub fn seal(
    plaintext: &[u8],
    signer: impl SigningKey + Send + Sync,
    recipient: &Certificate,
    created: SystemTime,
) -> Result<Vec<u8>, SealError> {
    let keys = recipient.recipients()?;
    let recipients =
        keys.iter().map(|k| Recipient::new(Features::empty().set_seipdv1(), k.key_handle(), k));
    let mut sealed = Vec::with_capacity(plaintext.len() + 4096);
    let message = Message::new(&mut sealed);
    let message = Encryptor::for_recipients(message, recipients)
        .symmetric_algo(SymmetricAlgorithm::AES256)
        .build()
        .map_err(SealError::pgp)?;
    let message = Signer::new(message, signer)
        .and_then(|s| s.hash_algo(HashAlgorithm::SHA512))
        .map(|s| s.creation_time(created))
        .and_then(Signer::build)
        .map_err(SealError::pgp)?;
    let mut literal = LiteralWriter::new(message).build().map_err(SealError::pgp)?;
    literal.write_all(plaintext).map_err(SealError::pgp)?;
    literal.finalize().map_err(SealError::pgp)?;
    Ok(sealed)
}
