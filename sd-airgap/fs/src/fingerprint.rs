//! Which key: the fingerprint of a version 4 `OpenPGP` key.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A fingerprint, as 40 upper-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

/// Text that is not a fingerprint of a version 4 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint of 40 hexadecimal digits")]
pub struct FingerprintError;

impl Fingerprint {
    /// From the 20 bytes of the hash itself.
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        let mut digits = String::with_capacity(40);
        for byte in bytes {
            // Writing into a string cannot fail.
            let _ = write!(digits, "{byte:02X}");
        }
        Self(digits)
    }

    /// In groups of four, for reading aloud and comparing on two screens.
    pub fn spaced(&self) -> String {
        let groups: Vec<&str> = (0..self.0.len()).step_by(4).map(|i| &self.0[i..i + 4]).collect();
        groups.join(" ")
    }

    /// The 40 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// Spaces and lower case are fine: people copy fingerprints in many shapes.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: String =
            text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        if digits.len() == 40 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            Ok(Self(digits))
        } else {
            Err(FingerprintError)
        }
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = FingerprintError;

    fn try_from(text: String) -> Result<Self, FingerprintError> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(f: Fingerprint) -> Self {
        f.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_in_the_shapes_people_type() {
        let spaced = "65a1 b5ff 195b 5635 3cc6  3dff cc40 ef12 2827 1441";
        let fingerprint: Fingerprint = spaced.parse().expect("a fingerprint");
        assert_eq!(fingerprint.spaced(), "65A1 B5FF 195B 5635 3CC6 3DFF CC40 EF12 2827 1441");
        assert!(Fingerprint::from_bytes([0x0a; 20]).spaced().starts_with("0A0A 0A0A"));
        for bad in ["", "65A1", &spaced[1..], &spaced.replace('6', "G")] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(FingerprintError), "{bad}");
        }
    }
}
