//! Which server: what was typed, else what this station's settings say, else what SecureDrop's own
//! setup left on this stick.
//!
//! ```text
//! --server ---------------------------------------------.
//! settings.toml (journalist_interface) ------------------+--> Known (address, origin)
//! app-journalist.auth_private, in three places ----------'
//!        '--the key beside the address: checked for its shape, wiped, never kept
//! ```
//! Each is asked only if the one above says nothing. A file that is there and wrong is an error and
//! not skipped: whoever wrote it meant something.

mod key_file;
mod settings;
mod source;

use std::fmt;
use std::path::{Path, PathBuf};

use sd_bundle::Home;
use sd_fs::{Dir, DirError, Escaped, escape};

use crate::holdings::there;
use crate::journalist_interface::OnionAddress;
pub(crate) use settings::Settings;

use key_file::KeyFileError;
use settings::SettingsError;

/// This station, and the home of whoever uses it.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    /// The station's directory.
    pub(crate) home: Home,
    /// The user's own, where SecureDrop's setup keeps its files.
    pub(crate) user: Option<PathBuf>,
}

/// An address, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The address.
    pub(crate) address: OnionAddress,
    /// Where it is from.
    pub(crate) origin: Origin,
}

/// Where an address is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line.
    Flag,
    /// A file: the settings, or one of SecureDrop's.
    File(PathBuf),
}

/// Why no address is known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressesError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file of SecureDrop's setup.
    #[error("{path}: {why}; mend it with securedrop-admin localconfig, or use --server")]
    KeyFile {
        /// The file.
        path: Escaped,
        /// What is wrong with it. Never what it holds.
        why: KeyFileError,
    },
    /// Two files, two addresses.
    #[error("{}; which is right cannot be known here: use --server ADDRESS", two(.0))]
    Differ(Box<[Known; 2]>),
    /// No file.
    #[error(
        "the address of the Journalist Interface is not known here: run securedrop-admin \
         localconfig, or ask your administrator for the address and use --server"
    )]
    Unknown,
    /// A file or directory that cannot be read.
    #[error(transparent)]
    Dir(#[from] DirError),
}

/// Where SecureDrop's setup keeps the workstation's files: since 2.13, before, and for a while in
/// between.
const PLACES: [&str; 3] = [
    ".config/securedrop-admin",
    "Persistent/securedrop/install_files/ansible-base",
    "Persistent/.securedrop-admin",
];
const KEY_FILE: &str = "app-journalist.auth_private";

impl Station {
    /// The Journalist Interface of this station.
    pub(crate) fn journalist_interface(
        &self,
        given: Option<OnionAddress>,
    ) -> Result<Known, AddressesError> {
        if let Some(address) = given {
            return Ok(Known { address, origin: Origin::Flag });
        }
        let settings = Settings::read(&self.home)?;
        if let Some(address) = settings.journalist_interface {
            return Ok(Known { address, origin: Origin::File(Settings::path(&self.home)) });
        }
        self.key_files()?.ok_or(AddressesError::Unknown)
    }

    /// What is written down here.
    pub(crate) fn settings(&self) -> Result<Settings, AddressesError> {
        Ok(Settings::read(&self.home)?)
    }

    /// What the key files say: all of them the same, or it is an error.
    fn key_files(&self) -> Result<Option<Known>, AddressesError> {
        let mut found: Option<Known> = None;
        for path in self.places().map(|place| place.join(KEY_FILE)) {
            let Some(address) = read_key_file(&path)? else { continue };
            let known = Known { address, origin: Origin::File(path) };
            match &found {
                None => found = Some(known),
                Some(first) if first.address == known.address => {}
                Some(first) => {
                    return Err(AddressesError::Differ(Box::new([first.clone(), known])));
                }
            }
        }
        Ok(found)
    }

    fn places(&self) -> impl Iterator<Item = PathBuf> {
        self.user.iter().flat_map(|user| PLACES.map(|place| user.join(place)))
    }
}

fn read_key_file(path: &Path) -> Result<Option<OnionAddress>, AddressesError> {
    let Some((dir, name)) = there(Dir::containing(path))? else { return Ok(None) };
    let Some(mut file) = there(dir.open_file(&name))? else { return Ok(None) };
    let wrong = |why| AddressesError::KeyFile { path: shown(path), why };
    key_file::address(&mut file).map(Some).map_err(wrong)
}

/// A path for a message.
pub(crate) fn shown(path: &Path) -> Escaped {
    escape(path.as_os_str().as_encoded_bytes())
}

fn two(known: &[Known; 2]) -> String {
    known.each_ref().map(|k| format!("{} says {}", k.origin, k.address.host())).join(", ")
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--server"),
            Self::File(path) => shown(path).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
