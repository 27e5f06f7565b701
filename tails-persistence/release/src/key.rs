//! Ed25519 keys and signatures, and how many of them it takes.
//!
//! ```text
//! context line + exact bytes --Ed25519, verify_strict--> which keys signed --threshold--> yes or no
//! ```
//! A key's id is the SHA-256 of its 32 bytes: nobody gives keys names.

use std::collections::BTreeSet;
use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sd_fs::Sha256;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The most signatures under one text: three keys and a rotation of all of them, with room.
pub const MAX_SIGNATURES: usize = 16;

/// Bytes of one signature in a file: the key's id, then the signature.
pub const SIGNATURE_SIZE: usize = 32 + 64;

/// What a signature is for. The line stands before the signed bytes, so that a signature under
/// one kind of text is none under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A list of keys.
    Root,
    /// The signed part of a release.
    Release,
}

impl Context {
    /// The line, with its newline.
    pub const fn line(self) -> &'static str {
        match self {
            Self::Root => "sneakernet-root-v1\n",
            Self::Release => "sneakernet-release-v1\n",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.line().as_bytes(), bytes].concat()
    }
}

/// A release key. Its bytes are a point of the curve, and not one of the weak ones.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(VerifyingKey);

/// Which key: the SHA-256 of its 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(Sha256);

/// One key's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Whose it says it is.
    pub key: KeyId,
    /// The signature itself.
    pub bytes: [u8; 64],
}

/// Signatures under one text: each key once, in the order of key ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatures(Vec<Signature>);

/// A key that signs. Its memory is wiped when it is dropped.
pub struct SecretKey(SigningKey);

/// Why signatures do not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Bytes that are not a whole number of signatures, or too many.
    #[error("{0} bytes of signatures: not a number of signatures from 1 to {MAX_SIGNATURES}")]
    Length(usize),
    /// One key twice.
    #[error("key {0} signed twice")]
    Duplicate(KeyId),
    /// Not in the order of key ids.
    #[error("the signatures are not in the order of their keys")]
    Order,
    /// A signature of somebody else.
    #[error("a signature of key {0}, which is no release key")]
    Unknown(KeyId),
    /// A signature of a key that was struck off.
    #[error("a signature of key {0}, which was revoked")]
    Revoked(KeyId),
    /// The signature is not one of these bytes.
    #[error("the signature of key {0} is wrong")]
    Wrong(KeyId),
    /// Too few keys.
    #[error("signed by {have} of the {need} release keys it takes")]
    Short {
        /// Keys that signed.
        have: usize,
        /// Keys it takes.
        need: usize,
    },
}

/// Bytes that are no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key of 64 lower-case hexadecimal digits")]
pub struct KeyError;

impl PublicKey {
    /// From its 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError)?;
        // A weak key has signatures that fit every text.
        if key.is_weak() || key.to_bytes() != bytes { Err(KeyError) } else { Ok(Self(key)) }
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        KeyId(Sha256::of(self.0.as_bytes()))
    }

    /// Whether it signed these bytes.
    fn signed(&self, context: Context, bytes: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(&context.message(bytes), &signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", String::from(*self))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        let bytes: Sha256 = text.parse().map_err(|_| KeyError)?;
        Self::new(*bytes.as_bytes())
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        Sha256::new(key.0.to_bytes()).to_string()
    }
}

impl KeyId {
    /// From its 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Sha256::new(bytes))
    }
}

impl fmt::Display for KeyId {
    /// The first 16 of its digits: enough to tell keys apart by eye.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string()[..16])
    }
}

impl SecretKey {
    /// From the 32 bytes it is made of.
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The 32 bytes, to be written down once.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The key that checks what this one signs.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs these bytes.
    pub fn sign(&self, context: Context, bytes: &[u8]) -> Signature {
        let signature = self.0.sign(&context.message(bytes));
        Signature { key: self.public().id(), bytes: signature.to_bytes() }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().id())
    }
}

impl Signatures {
    /// Brings signatures into order; each key once.
    pub fn new(mut all: Vec<Signature>) -> Result<Self, SignatureError> {
        all.sort_by_key(|s| s.key);
        Self::in_order(all)
    }

    /// Reads them as they stand in a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, SignatureError> {
        let (one, rest) = bytes.as_chunks::<SIGNATURE_SIZE>();
        if one.is_empty() || one.len() > MAX_SIGNATURES || !rest.is_empty() {
            return Err(SignatureError::Length(bytes.len()));
        }
        let all = one.iter().map(|chunk| {
            let (mut key, mut bytes) = ([0; 32], [0; 64]);
            key.copy_from_slice(&chunk[..32]);
            bytes.copy_from_slice(&chunk[32..]);
            Signature { key: KeyId::new(key), bytes }
        });
        Self::in_order(all.collect())
    }

    fn in_order(all: Vec<Signature>) -> Result<Self, SignatureError> {
        if all.is_empty() || all.len() > MAX_SIGNATURES {
            return Err(SignatureError::Length(all.len() * SIGNATURE_SIZE));
        }
        for pair in all.windows(2) {
            match pair[0].key.cmp(&pair[1].key) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(SignatureError::Duplicate(pair[0].key)),
                std::cmp::Ordering::Greater => return Err(SignatureError::Order),
            }
        }
        Ok(Self(all))
    }

    /// As they stand in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let one = |s: &Signature| [s.key.0.as_bytes().as_slice(), &s.bytes].concat();
        self.0.iter().flat_map(one).collect()
    }

    /// The signatures.
    pub fn iter(&self) -> impl Iterator<Item = &Signature> {
        self.0.iter()
    }

    /// Checks that `threshold` of these keys signed these bytes. Signatures of other keys are
    /// passed over here; a wrong signature of one of these keys is an error whatever the rest says.
    pub fn meet(
        &self,
        context: Context,
        bytes: &[u8],
        keys: &[PublicKey],
        threshold: usize,
    ) -> Result<BTreeSet<KeyId>, SignatureError> {
        let mut signed = BTreeSet::new();
        for signature in &self.0 {
            let Some(key) = keys.iter().find(|k| k.id() == signature.key) else { continue };
            if !key.signed(context, bytes, &signature.bytes) {
                return Err(SignatureError::Wrong(signature.key));
            }
            signed.insert(signature.key);
        }
        if signed.len() < threshold {
            return Err(SignatureError::Short { have: signed.len(), need: threshold });
        }
        Ok(signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weak_keys_are_no_keys() {
        // The neutral element and a point of order two: their signatures fit every text.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut two = [0xff; 32];
        (two[0], two[31]) = (0xec, 0x7f);
        for weak in [neutral, two, [0; 32]] {
            assert_eq!(PublicKey::new(weak).map(|k| k.id()), Err(KeyError));
        }
    }

    #[test]
    fn rfc_8032_s_first_key_has_the_public_key_printed_there() {
        let seed: Sha256 = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
            .parse()
            .expect("hex");
        let public = String::from(SecretKey::new(seed.as_bytes()).public());
        assert_eq!(public, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    #[test]
    fn a_signature_under_one_kind_of_text_is_none_under_another() {
        let key = SecretKey::new(&[7; 32]);
        let signed = Signatures::new(vec![key.sign(Context::Root, b"text")]).expect("one");
        let keys = [key.public()];
        assert!(signed.meet(Context::Root, b"text", &keys, 1).is_ok());
        let wrong = Err(SignatureError::Wrong(key.public().id()));
        assert_eq!(signed.meet(Context::Release, b"text", &keys, 1), wrong);
        assert_eq!(signed.meet(Context::Root, b"texts", &keys, 1), wrong);
    }

    #[test]
    fn one_key_counts_once_because_twice_is_refused() {
        let key = SecretKey::new(&[7; 32]);
        let signature = key.sign(Context::Root, b"text");
        let twice = Signatures::new(vec![signature, signature]);
        assert_eq!(twice, Err(SignatureError::Duplicate(key.public().id())));
    }

    #[test]
    fn a_secret_key_does_not_print_itself() {
        let key = SecretKey::new(&[7; 32]);
        assert_eq!(format!("{key:?}"), format!("SecretKey({})", key.public().id()));
    }
}
