//! The eight characters that travel back.
//!
//! They are a keyed hash over a nonce that only the submission key can read, so whoever shows
//! the code has opened the manifest; the SVS shows it only after everything is stored.

use std::fmt;
use std::str::FromStr;

use sd_fs::Blake3;
use serde::{Deserialize, Serialize};

use crate::ids::BundleId;
use crate::random::{RandomError, random};

/// Crockford's alphabet: no I, L, O or U to misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const LENGTH: usize = 8;

/// The secret in the manifest that the receipt is computed from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(Blake3);

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

impl Nonce {
    /// A fresh one.
    pub fn new() -> Result<Self, RandomError> {
        Ok(Self(Blake3::new(random()?)))
    }

    /// For what else is derived from it.
    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// A fixed one, for published vectors.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Blake3::new(bytes))
    }
}

/// The receipt code of one bundle: 40 bits, shown as `XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt([u8; LENGTH]);

/// Text that is not a receipt code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a receipt code has eight letters and digits, such as 7K3M-Q9XD")]
pub struct ReceiptError;

impl Receipt {
    /// The code for a bundle whose manifest (hash of its JSON) holds this nonce.
    pub fn new(nonce: &Nonce, bundle: &BundleId, manifest: &Blake3) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("sneakernet bundle v1 receipt");
        hasher.update(nonce.0.as_bytes());
        hasher.update(bundle.as_str().as_bytes());
        hasher.update(manifest.as_bytes());
        let mut bits = [0; 8];
        bits[3..].copy_from_slice(&hasher.finalize().as_bytes()[..5]);
        let bits = u64::from_be_bytes(bits);
        let mut code = [0; LENGTH];
        for (i, c) in code.iter_mut().enumerate() {
            let five = bits >> (5 * (LENGTH - 1 - i)) & 31;
            *c = ALPHABET[usize::try_from(five).unwrap_or_default()];
        }
        Self(code)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, c) in self.0.iter().enumerate() {
            let dash = if i == LENGTH / 2 { "-" } else { "" };
            write!(f, "{dash}{}", char::from(*c))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({self})")
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    /// Lower case, spaces and the usual misreadings (O for 0, I and L for 1) are forgiven.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let mut code = [0; LENGTH];
        let mut typed = text.chars().filter(|c| !matches!(c, ' ' | '-'));
        for slot in &mut code {
            let c = match typed.next().ok_or(ReceiptError)?.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            *slot = u8::try_from(c).ok().filter(|c| ALPHABET.contains(c)).ok_or(ReceiptError)?;
        }
        if typed.next().is_some() { Err(ReceiptError) } else { Ok(Self(code)) }
    }
}

impl Serialize for Receipt {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let receipt = Receipt::new(
            &Nonce::from_bytes([7; 32]),
            &BundleId::from_bytes([1; 16]),
            &Blake3::of(b"manifest"),
        );
        let shown = receipt.to_string();
        assert_eq!(shown.len(), 9);
        assert_eq!(shown.parse(), Ok(receipt.clone()));
        assert_eq!(shown.to_lowercase().replace('-', " ").replace('0', "o").parse(), Ok(receipt));
        for bad in ["", "7K3M-Q9X", "7K3M-Q9XDD", "7K3M-Q9X!", "7K3M-Q9XU"] {
            assert_eq!(bad.parse::<Receipt>(), Err(ReceiptError), "{bad}");
        }
    }

    #[test]
    fn the_code_depends_on_nonce_bundle_and_manifest() {
        let code = |n, b, m: &[u8]| {
            Receipt::new(
                &Nonce::from_bytes([n; 32]),
                &BundleId::from_bytes([b; 16]),
                &Blake3::of(m),
            )
        };
        let base = code(1, 1, b"m");
        assert!(base != code(2, 1, b"m") && base != code(1, 2, b"m") && base != code(1, 1, b"n"));
    }
}
