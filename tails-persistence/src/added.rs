//! What was added to files and directories of Tails, noted down on the shelf before it is done, so
//! that `remove` takes away exactly that.

use sd_fs::{Dir, escape};
use serde::{Deserialize, Serialize};

use crate::persistence_conf::Grown;
use crate::refusal::Refusal;
use crate::software_conf::Before;

/// The note.
pub(crate) const NAME: &str = "added.toml";
/// A few lines and names.
const MAX: u64 = 16 << 10;
/// Everybody may read it.
const MODE: u32 = 0o644;

/// The note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Added {
    /// Directories that were made, below the storage (system mode) or the dotfiles (user mode), in
    /// the order in which they were made.
    #[serde(default)]
    pub(crate) directories: Vec<String>,
    /// What `live-additional-software.conf` was before.
    pub(crate) software: Option<Before>,
    /// What was put behind the end of `persistence.conf`.
    pub(crate) grown: Option<Grown>,
}

impl Added {
    /// Reads the note; without one nothing was added.
    pub(crate) fn read(dir: &Dir) -> Result<Self, Refusal> {
        let bytes = match dir.read_small(NAME, MAX) {
            Ok(bytes) => bytes,
            Err(e) if e.is_not_found() => return Ok(Self::default()),
            Err(e) => return Err(e.into()),
        };
        let text = String::from_utf8_lossy(&bytes);
        let path = dir.path().join(NAME);
        toml::from_str(&text)
            .map_err(|_| Refusal::Note(escape(path.as_os_str().as_encoded_bytes())))
    }

    /// Writes the note.
    pub(crate) fn write(&self, dir: &Dir) -> Result<(), Refusal> {
        // Text and numbers, which TOML always holds.
        let text = toml::to_string(self).unwrap_or_default();
        Ok(dir.replace_with_mode(NAME, text.as_bytes(), MODE)?)
    }

    /// With what will be added now. What an earlier run noted stays: it is still what was before.
    pub(crate) fn and(mut self, other: Self) -> Self {
        for directory in other.directories {
            if !self.directories.contains(&directory) {
                self.directories.push(directory);
            }
        }
        self.software = self.software.or(other.software);
        // A growth that did not happen was measured on a file that may have changed since.
        self.grown = other.grown.or(self.grown);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = Dir::open(tmp.path()).unwrap();
        assert_eq!(Added::read(&dir).unwrap(), Added::default());
        let grown = Grown { size: 7, sha256: sd_fs::Sha256::of(b"1"), added: "\na\tb\n".into() };
        let software = Some(Before { existed: false, ended: true });
        let added = Added { directories: vec!["apt".into()], software, grown: Some(grown) };
        added.write(&dir).unwrap();
        assert_eq!(Added::read(&dir).unwrap(), added);
        dir.replace(NAME, b"direct").unwrap();
        assert!(matches!(Added::read(&dir), Err(Refusal::Note(_))));
    }

    #[test]
    fn what_was_before_the_first_run_is_what_is_remembered() {
        let first = Added {
            software: Some(Before { existed: false, ended: true }),
            directories: vec!["apt".into()],
            grown: None,
        };
        let second = Added {
            software: Some(Before { existed: true, ended: true }),
            directories: vec!["apt/lists".into()],
            grown: None,
        };
        let both = first.clone().and(second);
        assert_eq!(both.software, first.software);
        assert_eq!(both.directories, ["apt", "apt/lists"]);
    }
}
