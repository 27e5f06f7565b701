//! What every vault does with what its key gave: PKESK parses and checks it.

use openpgp::crypto::mpi::Ciphertext;
use openpgp::crypto::{Decryptor, SessionKey};
use openpgp::packet::PKESK;
use openpgp::{Fingerprint, KeyHandle};
use sd_pgp::SessionKeyBytes;
use sequoia_openpgp as openpgp;

use super::PublicKey;

/// An algorithm or the first byte of a key, and the checksum.
const SHORTEST: usize = 3;

/// Whether it names this key, or hides whom it is for.
pub(super) fn may_be_for(pkesk: &PKESK, key: Fingerprint) -> bool {
    pkesk.recipient().is_none_or(|recipient| recipient.aliases(KeyHandle::from(key)))
}

/// Unwraps a session key; `None` if it is none, or not for this key.
pub(super) fn unwrap(pkesk: &PKESK, key: &mut dyn Decryptor) -> Option<SessionKeyBytes> {
    let (algorithm, key) = pkesk.decrypt(&mut LongEnough(key), None)?;
    Some(SessionKeyBytes { algorithm: algorithm.map_or(0, u8::from), key })
}

/// Hands on what can be a session key. The library looks at the first and the last two bytes
/// unasked, and panics if they are not there: anybody could end a whole run with one message.
struct LongEnough<'a>(&'a mut dyn Decryptor);

impl Decryptor for LongEnough<'_> {
    fn public(&self) -> &PublicKey {
        self.0.public()
    }

    fn decrypt(
        &mut self,
        ciphertext: &Ciphertext,
        length: Option<usize>,
    ) -> openpgp::Result<SessionKey> {
        let plain = self.0.decrypt(ciphertext, length)?;
        if plain.len() < SHORTEST {
            return Err(openpgp::Error::MalformedPacket("short session key".to_owned()).into());
        }
        Ok(plain)
    }
}
