//! The public part of `keys/station.json`: what this station is, and for which submission key.
//!
//! `sd-airgap pair` writes it beside what concerns that program alone; this is what others may
//! know. No key is read here.

use std::path::PathBuf;

use sd_fs::{Dir, DirError, Escaped, Fingerprint, escape};
use serde::{Deserialize, Serialize};

use crate::home::{Home, Role};

/// The record's name in `keys/`.
const STATION: &str = "station.json";

/// It has less than 1 kB, however long a path in it may be.
const MAX: u64 = 64 * 1024;

/// Where the submission key's secret part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum KeySource {
    /// In gpg-agent, as `gpg` on the SVS keeps it; `home` if not `~/.gnupg`.
    Agent {
        /// The `GnuPG` home directory.
        home: Option<PathBuf>,
    },
    /// In a file.
    File {
        /// The file.
        path: PathBuf,
    },
}

/// What a paired station is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Pairing {
    /// Which of the two.
    pub role: Role,
    /// The submission key it was paired with. Older records do not say it.
    #[serde(default)]
    pub submission: Option<Fingerprint>,
    /// Where the secret submission key is, on the SVS.
    #[serde(default)]
    pub key: Option<KeySource>,
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
        assert_eq!(pairing.key, Some(KeySource::File { path: "/x".into() }));
        assert_eq!(pairing.submission.map(|f| f.to_string()).as_deref(), Some(DIGITS));
    }

    #[test]
    fn an_older_record_has_no_fingerprint_and_no_record_is_no_pairing() {
        let old = read(Some(r#"{"version":1,"role":"svs","key":null}"#)).expect("read");
        assert_eq!(old, Some(Pairing { role: Role::Svs, submission: None, key: None }));
        assert_eq!(read(None).expect("looked"), None);
        for bad in ["", "{}", r#"{"role":"svs","submission":"65A1"}"#] {
            assert!(matches!(read(Some(bad)), Err(PairingError::Record { .. })), "{bad}");
        }
    }
}
