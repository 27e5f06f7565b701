//! The RSA operation of a key in a file, by AWS-LC.
//!
//! ```text
//! OpenPGP key: n e, d p q u --> and d mod p-1, d mod q-1 --> AWS-LC checks them all --> RsaKey
//! PKESK --ciphertext--> RsaKey --without its padding--> PKESK: algorithm, key, checksum
//! ```
//! It takes less than half the time that Nettle needs, and every message needs one
//! (docs/decisions/0010). Each key that AWS-LC does not take stays with the library.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{
    KeyPair, KeyPairComponents, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
    PublicKeyComponents,
};
use crypto_bigint::{BoxedUint, NonZero};
use openpgp::crypto::mpi::{self, Ciphertext, ProtectedMPI};
use openpgp::crypto::{Decryptor, SessionKey};
use openpgp::packet::key::SecretKeyMaterial;
use sequoia_openpgp as openpgp;
use zeroize::Zeroizing;

use super::{PublicKey, SecretKey};

/// An RSA key whose numbers fit each other. AWS-LC wipes them when it lets them go.
pub(super) struct RsaKey {
    public: PublicKey,
    private: Pkcs1PrivateDecryptingKey,
}

impl RsaKey {
    pub(super) fn fingerprint(&self) -> openpgp::Fingerprint {
        self.public.fingerprint()
    }

    /// The same key for AWS-LC; `None` if it does not take it: not RSA, locked, fewer than 2048
    /// or more than 8192 bits, an exponent above 33 bits, or a number that does not fit.
    pub(super) fn of(key: &SecretKey) -> Option<Self> {
        let mpi::PublicKey::RSA { e, n } = key.mpis() else { return None };
        let SecretKeyMaterial::Unencrypted(secret) = key.secret() else { return None };
        let private = secret.map(|secret| match secret {
            mpi::SecretKeyMaterial::RSA { d, p, q, u } => checked([n, e], [d, p, q, u]),
            _ => None,
        })?;
        Some(Self { public: key.clone().parts_into_public(), private })
    }
}

/// AWS-LC compares each number with the others, so that none can make garbage later.
#[expect(clippy::many_single_char_names, reason = "RSA's numbers have these names everywhere")]
fn checked(
    [n, e]: [&mpi::MPI; 2],
    [d, p, q, u]: [&ProtectedMPI; 4],
) -> Option<Pkcs1PrivateDecryptingKey> {
    let (below_p, below_q) = (exponent(d, p)?, exponent(d, q)?);
    // OpenPGP keeps p^-1 mod q and AWS-LC wants q^-1 mod p: the primes change places.
    let numbers = KeyPairComponents {
        public_key: PublicKeyComponents { n: n.value(), e: e.value() },
        d: d.value(),
        p: q.value(),
        q: p.value(),
        dP: &below_q[..],
        dQ: &below_p[..],
        qInv: u.value(),
    };
    let key = KeyPair::from_components(&numbers).ok()?;
    // The type that signs is made from numbers, the type that decrypts from PKCS#8.
    let pkcs8: Pkcs8V1Der<'_> = key.as_der().ok()?;
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).ok()?;
    Pkcs1PrivateDecryptingKey::new(key).ok()
}

/// `d` modulo `prime - 1`.
fn exponent(d: &ProtectedMPI, prime: &ProtectedMPI) -> Option<Zeroizing<Box<[u8]>>> {
    let mut modulus = number(prime);
    modulus.wrapping_sub_assign(BoxedUint::one());
    let modulus = Option::from(NonZero::new(modulus)).map(Zeroizing::<NonZero<BoxedUint>>::new)?;
    let (quotient, rest) = Zeroizing::new(number(d)).div_rem(&*modulus);
    let (_wiped, rest) = (Zeroizing::new(quotient), Zeroizing::new(rest));
    Some(Zeroizing::new(rest.to_be_bytes()))
}

fn number(mpi: &ProtectedMPI) -> BoxedUint {
    // Only the length decides how long this takes, and it is no secret.
    BoxedUint::from_be_slice_vartime(mpi.value())
}

impl Decryptor for &RsaKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Takes the padding off. A wrong one is an error, as it is with Nettle, and no random key;
    /// nobody outside can ask twice and hear the difference.
    fn decrypt(
        &mut self,
        ciphertext: &Ciphertext,
        _length: Option<usize>,
    ) -> openpgp::Result<SessionKey> {
        let Ciphertext::RSA { c } = ciphertext else {
            return Err(openpgp::Error::InvalidOperation("not an RSA ciphertext".to_owned()).into());
        };
        // OpenPGP drops leading zeros, PKCS#1 counts them.
        let padded = c.value_padded(self.private.key_size_bytes())?;
        let mut room = Zeroizing::new(vec![0; self.private.min_output_size()]);
        let plain = self.private.decrypt(&padded, &mut room)?;
        Ok((&*plain).into())
    }
}
