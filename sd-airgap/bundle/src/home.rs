//! Where a station keeps its things.

use std::path::{Path, PathBuf};

use sd_fs::{Dir, DirError};

/// Which of the two stations this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The networked Tails workstation.
    Workstation,
    /// The offline Secure Viewing Station.
    Svs,
}

/// A station's directory: `inbox/`, `outbox/`, `keys/` on the workstation, `store/`, `keys/`
/// on the SVS.
#[derive(Clone, Debug)]
pub struct Home {
    path: PathBuf,
    is_default: bool,
}

impl Home {
    /// The directory given with `--home`; else `~/Persistent/sneakernet` where Tails keeps
    /// things across boots; else `~/.local/share/sneakernet`.
    pub fn choose(given: Option<PathBuf>, user_home: Option<PathBuf>) -> Option<Self> {
        if let Some(path) = given {
            return Some(Self { path, is_default: false });
        }
        let user = user_home?;
        let persistent = user.join("Persistent");
        let path = if persistent.is_dir() {
            persistent.join("sneakernet")
        } else {
            user.join(".local/share/sneakernet")
        };
        Some(Self { path, is_default: true })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it, made when missing.
    pub fn open(&self) -> Result<Dir, DirError> {
        Dir::create(&self.path)
    }

    /// Opens one part of it (`inbox`, `outbox`, `keys`, `store`), made when missing.
    pub fn part(&self, name: &str) -> Result<Dir, DirError> {
        self.open()?.make_sub(name)
    }

    /// `--home PATH` for a hint, where the default would be another place.
    pub fn args(&self) -> Vec<String> {
        if self.is_default {
            return Vec::new();
        }
        vec!["--home".to_owned(), self.path.to_string_lossy().into_owned()]
    }
}
