//! What this station is, in a file that a person can read.

use sd_fs::Dir;
use serde::{Deserialize, Serialize};

use super::{STATION, ShelfError, shown};

/// Far above what two words take.
const MAX_STATION: u64 = 4096;

/// Which of the two stations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The Secure Viewing Station.
    Svs,
    /// The networked workstation.
    Workstation,
}

/// How the programs were installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// As a package, by root.
    System,
    /// In the home directory, by the desktop's user.
    User,
}

/// Role and mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Which of the two stations.
    pub role: Role,
    /// How it was installed.
    pub mode: Mode,
}

impl Station {
    pub(super) fn read(dir: &Dir) -> Result<Self, ShelfError> {
        let bytes = dir.read_small(STATION, MAX_STATION)?;
        let bad = |why: &str| ShelfError::Station {
            path: shown(dir, STATION),
            why: sd_fs::escape(why.as_bytes()),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| bad("not text"))?;
        toml::from_str(text).map_err(|e| bad(e.message()))
    }

    pub(super) fn to_toml(self) -> Vec<u8> {
        // Two words, which TOML always holds.
        toml::to_string(&self).unwrap_or_default().into_bytes()
    }
}
