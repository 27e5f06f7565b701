//! Identities, parsed once.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that is not an identifier of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 8-4-4-4-12 lower-case hexadecimal digits.
    #[error("not a UUID in lower case")]
    Uuid,
    /// Not 32 lower-case hexadecimal digits.
    #[error("not a bundle id")]
    Bundle,
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $length:literal, $check:path, $error:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        // In place, not on the heap: a station holds a hundred thousand of them.
        pub struct $name([u8; $length]);

        impl $name {
            /// The text, which is a safe file name.
            pub fn as_str(&self) -> &str {
                // Always text: the check took nothing but ASCII.
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bytes = text.as_bytes().try_into().map_err(|_| $error)?;
                if $check(text) { Ok(Self(bytes)) } else { Err($error) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
    };
}

id_type! {
    /// A source's UUID, as the server gave it.
    SourceId, 36, is_uuid, IdError::Uuid
}
id_type! {
    /// A submission's or reply's UUID, as the server gave it.
    ItemId, 36, is_uuid, IdError::Uuid
}
id_type! {
    /// A bundle's random 128 bits, in hexadecimal.
    BundleId, 32, is_bundle_id, IdError::Bundle
}

impl BundleId {
    /// From 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let nibble = |i: usize| (bytes[i / 2] >> (4 * (1 - i % 2))) & 15;
        Self(std::array::from_fn(|i| b"0123456789abcdef"[usize::from(nibble(i))]))
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    [8, 4, 4, 4, 12].iter().all(|&n| groups.next().is_some_and(|g| g.len() == n && is_hex(g)))
        && groups.next().is_none()
}

fn is_bundle_id(text: &str) -> bool {
    text.len() == 32 && is_hex(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_id_is_its_bytes_in_hexadecimal() {
        let bytes = std::array::from_fn(|i| u8::try_from(i * 17).unwrap_or_default());
        let id = BundleId::from_bytes(bytes);
        assert_eq!(id.as_str(), "00112233445566778899aabbccddeeff");
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn only_a_lower_case_uuid_is_one() {
        assert!("8d4aa076-59d8-44e8-80ca-d2794c81507f".parse::<ItemId>().is_ok());
        for bad in [
            "",
            "8D4AA076-59d8-44e8-80ca-d2794c81507f",
            "8d4aa07659d844e880cad2794c81507f",
            "8d4aa076-59d8-44e8-80ca-d2794c81507f-",
            "8d4aa076-59d8-44e8-80ca-d2794c81507",
            "../../../../../../../../../../etc/pas",
        ] {
            assert_eq!(bad.parse::<SourceId>(), Err(IdError::Uuid), "{bad}");
        }
    }
}
