//! One-time codes as the server checks them: RFC 6238 with SHA-1, six digits, steps of 30 seconds.
//!
//! HMAC is written out over `OpenPGP`'s hash, because no HMAC crate is needed anywhere else.

use std::io;

use jiff::Timestamp;
use sequoia_openpgp::types::HashAlgorithm;

/// Seconds one code is good for.
pub const STEP_SECONDS: i64 = 30;

/// The block length of SHA-1, which HMAC pads its key to.
const BLOCK: usize = 64;

/// The secret an authenticator app and the server share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    /// Takes the raw bytes of a secret.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Reads the base32 text shown below the QR code; spaces and letter case do not matter.
    pub fn from_base32(text: &str) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let (mut held, mut bits) = (0_u32, 0_u32);
        for letter in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
            let value = match letter.to_ascii_uppercase() {
                upper @ b'A'..=b'Z' => upper - b'A',
                digit @ b'2'..=b'7' => digit - b'2' + 26,
                _ => return Err(io::Error::other("the secret is not base32")),
            };
            held = (held << 5 | u32::from(value)) & 0xfff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push((held >> bits & 0xff) as u8);
            }
        }
        Ok(Self(bytes))
    }

    /// The six digits an authenticator app shows at this moment.
    pub fn code(&self, at: Timestamp) -> io::Result<String> {
        let step = at.as_second().div_euclid(STEP_SECONDS);
        self.digits(step.cast_unsigned(), 6)
    }

    /// The last `width` decimal digits of the truncated HMAC of one step (RFC 4226, section 5.3).
    fn digits(&self, step: u64, width: usize) -> io::Result<String> {
        let mac = hmac_sha1(&self.0, &step.to_be_bytes())?;
        let at = usize::from(mac[19] & 15);
        let word = u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]]);
        let all = format!("{word:010}");
        Ok(all[all.len() - width..].to_owned())
    }
}

/// SHA-1 of several pieces, one after the other.
fn sha1(pieces: &[&[u8]]) -> io::Result<[u8; 20]> {
    let mut hash = HashAlgorithm::SHA1.context().map_err(io::Error::other)?.for_digest();
    for piece in pieces {
        hash.update(piece);
    }
    let mut digest = [0; 20];
    hash.digest(&mut digest).map_err(io::Error::other)?;
    Ok(digest)
}

/// HMAC (RFC 2104) over SHA-1.
fn hmac_sha1(key: &[u8], text: &[u8]) -> io::Result<[u8; 20]> {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..20].copy_from_slice(&sha1(&[key])?);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = sha1(&[&block.map(|b| b ^ 0x36), text])?;
    sha1(&[&block.map(|b| b ^ 0x5c), &inner])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        let vectors = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (second, code) in vectors {
            assert_eq!(secret.digits(second / 30, 8).unwrap(), code, "at {second}");
        }
    }

    #[test]
    fn the_recorded_login_used_the_code_of_its_half_minute() {
        let secret = TotpSecret::from_base32("JHCO GO7V CER3 EJ4L").unwrap();
        let at: Timestamp = "2026-11-23T14:14:31Z".parse().unwrap();
        assert_eq!(secret.code(at).unwrap(), "564529");
    }

    #[test]
    fn a_key_longer_than_a_block_is_hashed_first() {
        // RFC 2202, test case 6.
        let mac = hmac_sha1(&[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(mac.unwrap()[..4], [0xaa, 0x4a, 0xe5, 0xe1]);
    }

    #[test]
    fn a_secret_that_is_not_base32_is_refused() {
        assert!(TotpSecret::from_base32("JHCO1").is_err());
    }
}
