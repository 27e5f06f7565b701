//! What this station is, and which keys it was paired with.
//!
//! ```text
//! keys/station.json      the role, the submission key's fingerprint, and on the SVS where that
//!                        key lives; sd_bundle::Pairing reads the public part
//! keys/submission.asc    the submission key's certificate
//! keys/workstation.asc   the workstation's certificate
//! keys/workstation.key   the workstation's signing key (workstation only)
//! ```

use sd_bundle::{Home, KeySource, Role};
use sd_fs::{Dir, DirError, Fingerprint};
use sd_pgp::{CertError, Certificate};
use sd_term::{Failure, Status};
use serde::{Deserialize, Serialize};

const STATION: &str = "station.json";
const SUBMISSION: &str = "submission.asc";
const WORKSTATION: &str = "workstation.asc";

/// Certificates and the station record are small.
const MAX_SMALL: u64 = 1 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    version: u32,
    role: Role,
    key: Option<KeySource>,
    /// What `sd-fetch` compares with the server's word; older records do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    submission: Option<Fingerprint>,
}

/// A paired station.
#[derive(Debug)]
pub(crate) struct Station {
    /// Which one.
    pub(crate) role: Role,
    /// The submission key's certificate.
    pub(crate) submission: Certificate,
    /// The workstation's certificate.
    pub(crate) workstation: Certificate,
    /// Where the secret submission key is (SVS only).
    pub(crate) key: Option<KeySource>,
    /// The `keys` directory.
    pub(crate) keys: Dir,
}

/// Why a station's pairing cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StationError {
    #[error(transparent)]
    Dir(#[from] DirError),
    #[error("{file}: {source}")]
    Cert { file: &'static str, source: CertError },
    #[error("{STATION}: {0}")]
    Record(String),
    #[error("{SUBMISSION} holds another key than the one this station was paired with, {0}")]
    OtherSubmissionKey(Fingerprint),
    #[error("this station has not been paired")]
    NotPaired,
    #[error("this is the {}", name(*.0))]
    WrongRole(Role),
}

impl From<StationError> for Failure {
    fn from(e: StationError) -> Self {
        let status = match e {
            StationError::Dir(e) => return e.into(),
            StationError::Cert { .. }
            | StationError::Record(_)
            | StationError::OtherSubmissionKey(_) => Status::KeyUnavailable,
            StationError::NotPaired => Status::NotPaired,
            StationError::WrongRole(_) => Status::WrongStation,
        };
        Self::new(status, e)
    }
}

/// A station's name in sentences.
pub(crate) fn name(role: Role) -> &'static str {
    match role {
        Role::Workstation => "workstation",
        Role::Svs => "Secure Viewing Station",
    }
}

impl Station {
    /// Reads the pairing.
    pub(crate) fn load(home: &Home) -> Result<Self, StationError> {
        let keys = home.part("keys")?;
        let record = match keys.read_small(STATION, MAX_SMALL) {
            Ok(bytes) => bytes,
            Err(e) if e.is_not_found() => return Err(StationError::NotPaired),
            Err(e) => return Err(e.into()),
        };
        let record: Record =
            serde_json::from_slice(&record).map_err(|e| StationError::Record(e.to_string()))?;
        let submission = certificate(&keys, SUBMISSION)?;
        match record.submission {
            Some(paired) if paired != submission.fingerprint() => {
                return Err(StationError::OtherSubmissionKey(paired));
            }
            _ => {}
        }
        Ok(Self {
            role: record.role,
            submission,
            workstation: certificate(&keys, WORKSTATION)?,
            key: record.key,
            keys,
        })
    }

    /// The same, on the right station only.
    pub(crate) fn load_as(home: &Home, role: Role) -> Result<Self, StationError> {
        let station = Self::load(home)?;
        if station.role == role { Ok(station) } else { Err(StationError::WrongRole(station.role)) }
    }

    /// Writes the pairing; the station record comes last, so that half a pairing is none.
    pub(crate) fn save(
        keys: &Dir,
        role: Role,
        submission: &Certificate,
        workstation: &Certificate,
        key: Option<KeySource>,
    ) -> Result<(), StationError> {
        for (file, cert) in [(SUBMISSION, submission), (WORKSTATION, workstation)] {
            let armored = cert.armored().map_err(|source| StationError::Cert { file, source })?;
            keys.replace(file, &armored)?;
        }
        let submission = Some(submission.fingerprint());
        let record = Record { version: 1, role, key, submission };
        let json = serde_json::to_vec(&record).map_err(|e| StationError::Record(e.to_string()))?;
        Ok(keys.write_new(STATION, &json)?)
    }

    /// Whether a pairing is there.
    pub(crate) fn exists(keys: &Dir) -> Result<bool, DirError> {
        keys.has(STATION)
    }
}

fn certificate(keys: &Dir, file: &'static str) -> Result<Certificate, StationError> {
    let bytes = keys.read_small(file, MAX_SMALL)?;
    Certificate::parse(&bytes).map_err(|source| StationError::Cert { file, source })
}
