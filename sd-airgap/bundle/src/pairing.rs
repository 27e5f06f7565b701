//! The public part of `keys/station.json`: what this station is, and for which submission key.
//!
//! `sd-airgap pair` writes it beside what concerns that program alone; this is what others may
//! know. No key is read here.

use std::fmt;
use std::str::FromStr;

use sd_fs::{Dir, DirError, Escaped, escape};
use serde::{Deserialize, Serialize};

use crate::home::{Home, Role};

/// The record's name in `keys/`.
const STATION: &str = "station.json";

/// It has less than 1 kB, however long a path in it may be.
const MAX: u64 = 64 * 1024;

/// The fingerprint of a version 4 key: 40 hexadecimal digits, in upper case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyFingerprint(String);

/// Text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint of 40 hexadecimal digits")]
pub struct KeyFingerprintError;

/// What a paired station is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Pairing {
    /// Which of the two.
    pub role: Role,
    /// The submission key it was paired with. Older records do not say it.
    #[serde(default)]
    pub submission: Option<KeyFingerprint>,
}

/// Why a pairing cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    /// A file operation failed.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// It is not what `sd-airgap pair` writes.
    #[error("{path}: not the record of a station: {why}")]
    Record {
        /// The record.
        path: Escaped,
        /// What the parser said.
        why: Escaped,
    },
}

impl Pairing {
    /// Reads a station's pairing; nothing if it was not paired.
    pub fn look(home: &Home) -> Result<Option<Self>, PairingError> {
        let keys = Dir::open(home.path()).and_then(|dir| dir.sub("keys"));
        let bytes = match keys.and_then(|keys| keys.read_small(STATION, MAX)) {
            Err(e) if e.is_not_found() => return Ok(None),
            read => read?,
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|e| PairingError::Record {
            path: escape(home.path().join("keys").join(STATION).as_os_str().as_encoded_bytes()),
            why: escape(e.to_string().as_bytes()),
        })
    }
}

impl KeyFingerprint {
    /// In groups of four, for comparing.
    pub fn spaced(&self) -> String {
        let groups: Vec<&str> = (0..self.0.len()).step_by(4).map(|i| &self.0[i..i + 4]).collect();
        groups.join(" ")
    }

    /// The 40 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyFingerprint {
    type Err = KeyFingerprintError;

    fn from_str(text: &str) -> Result<Self, KeyFingerprintError> {
        if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(KeyFingerprintError)
        }
    }
}

impl TryFrom<String> for KeyFingerprint {
    type Error = KeyFingerprintError;

    fn try_from(text: String) -> Result<Self, KeyFingerprintError> {
        text.parse()
    }
}

impl From<KeyFingerprint> for String {
    fn from(fingerprint: KeyFingerprint) -> Self {
        fingerprint.0
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFingerprint({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "65A1B5FF195B56353CC63DFFCC40EF1228271441";

    fn read(record: Option<&str>) -> Result<Option<Pairing>, PairingError> {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        if let Some(record) = record {
            let keys = home.part("keys").expect("made");
            keys.write_new(STATION, record.as_bytes()).expect("written");
        }
        Pairing::look(&home)
    }

    #[test]
    fn the_public_part_is_read_and_the_rest_is_passed_over() {
        let record = format!(
            r#"{{"version":1,"role":"workstation","key":{{"kind":"file","path":"/x"}},"submission":"{DIGITS}"}}"#
        );
        let pairing = read(Some(&record)).expect("read").expect("paired");
        assert_eq!(pairing.role, Role::Workstation);
        assert_eq!(pairing.submission.map(|f| f.to_string()).as_deref(), Some(DIGITS));
    }

    #[test]
    fn an_older_record_has_no_fingerprint_and_no_record_is_no_pairing() {
        let old = read(Some(r#"{"version":1,"role":"svs","key":null}"#)).expect("read");
        assert_eq!(old, Some(Pairing { role: Role::Svs, submission: None }));
        assert_eq!(read(None).expect("looked"), None);
        for bad in ["", "{}", r#"{"role":"svs","submission":"65A1"}"#] {
            assert!(matches!(read(Some(bad)), Err(PairingError::Record { .. })), "{bad}");
        }
    }

    #[test]
    fn a_fingerprint_is_40_digits_in_one_spelling() {
        let parsed: KeyFingerprint = DIGITS.to_lowercase().parse().expect("a fingerprint");
        assert_eq!(parsed.as_str(), DIGITS);
        assert!(parsed.spaced().starts_with("65A1 B5FF 195B"));
        for bad in ["", &DIGITS[1..], &format!("{DIGITS}0"), &DIGITS.replace('6', "G")] {
            assert_eq!(bad.parse::<KeyFingerprint>(), Err(KeyFingerprintError), "{bad}");
        }
    }
}
