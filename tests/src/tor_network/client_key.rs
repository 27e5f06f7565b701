//! The key pair by which an onion service knows a client (x25519, "restricted discovery").

use std::io;

use sequoia_openpgp::crypto::mpi::{PublicKey, SecretKeyMaterial};
use sequoia_openpgp::packet::key::{
    Key6, SecretKeyMaterial as Secret, SecretParts, SubordinateRole,
};

/// A client's key pair, as Tor's files spell it: 52 characters of base32 each.
#[derive(Debug)]
pub(super) struct ClientKey {
    public: String,
    secret: String,
}

impl ClientKey {
    /// A new one. OpenPGP's X25519 is the same function on the same bytes.
    pub(super) fn generate() -> io::Result<Self> {
        let key = Key6::<SecretParts, SubordinateRole>::generate_x25519();
        let key = key.map_err(io::Error::other)?;
        let secret = match key.secret() {
            Secret::Unencrypted(secret) => secret.map(|parts| match parts {
                SecretKeyMaterial::X25519 { x } => Some(base32(x)),
                _ => None,
            }),
            Secret::Encrypted(_) => None,
        };
        match (key.mpis(), secret) {
            (PublicKey::X25519 { u }, Some(secret)) => Ok(Self { public: base32(&u[..]), secret }),
            _ => Err(io::Error::other("the new key is no x25519 key")),
        }
    }

    /// The line of a file in the service's `authorized_clients`.
    pub(super) fn for_the_service(&self) -> String {
        format!("descriptor:x25519:{}\n", self.public)
    }

    /// The line of a `.auth_private` file in the client's `ClientOnionAuthDir`.
    pub(super) fn for_the_client(&self, onion: &str) -> String {
        let name = onion.strip_suffix(".onion").unwrap_or(onion);
        format!("{name}:descriptor:x25519:{}\n", self.secret)
    }
}

/// RFC 4648, without padding.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |i: usize| bytes.get(i / 8).is_some_and(|byte| byte >> (7 - i % 8) & 1 == 1);
    let groups = (0..bytes.len() * 8).step_by(5);
    let values =
        groups.map(|start| (start..start + 5).fold(0, |v, i| v << 1 | usize::from(bit(i))));
    values.map(|value| char::from(LETTERS[value])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_rfc() {
        let known = ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"];
        for (length, text) in known.into_iter().enumerate() {
            assert_eq!(base32(&b"foobar"[..length]), text);
        }
    }

    #[test]
    fn both_lines_have_the_form_that_tor_reads() {
        let key = ClientKey::generate().expect("a key");
        let other = ClientKey::generate().expect("a key");
        assert_ne!(key.for_the_service(), other.for_the_service());
        let name = "a".repeat(56);
        let client = key.for_the_client(&format!("{name}.onion"));
        let fields: Vec<&str> = client.trim_end().split(':').collect();
        assert_eq!(fields[..3], [&name, "descriptor", "x25519"]);
        assert_eq!((fields[3].len(), key.public.len()), (52, 52));
    }
}
