//! The Source Interface's address: from the settings, or from the file that SecureDrop's setup puts
//! beside the key file of the same Journalist Interface.

use std::path::Path;

use sd_fs::{Dir, DirError, Escaped};

use super::{KEY_FILE, Known, Origin, Settings, SettingsError, Station, read_key_file, shown};
use crate::holdings::there;
use crate::journalist_interface::{AddressError, OnionAddress};

const FILE: &str = "app-sourcev3-ths";

/// An address and what may stand around it.
const MAX: u64 = 1024;

/// Why the Source Interface's address is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The file cannot be read.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// It does not hold an address.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: Escaped,
        /// What is wrong.
        why: AddressError,
    },
    /// Nothing says it.
    #[error("the Source Interface's address is not known here")]
    Unknown,
}

impl Station {
    /// The Source Interface that belongs to this Journalist Interface.
    ///
    /// A file beside a key file counts only if that key file is for the same Journalist
    /// Interface: another newsroom's submission key would be compared otherwise.
    pub(crate) fn source_interface(&self, of: &OnionAddress) -> Result<Known, SourceError> {
        if let Some(address) = Settings::read(&self.home)?.source_interface {
            return Ok(Known { address, origin: Origin::File(Settings::path(&self.home)) });
        }
        for place in self.places() {
            // A key file that cannot be used was an error before, unless --server was given.
            if !matches!(read_key_file(&place.join(KEY_FILE)), Ok(Some(address)) if address == *of)
            {
                continue;
            }
            let path = place.join(FILE);
            if let Some(address) = read(&path)? {
                return Ok(Known { address, origin: Origin::File(path) });
            }
        }
        Err(SourceError::Unknown)
    }
}

fn read(path: &Path) -> Result<Option<OnionAddress>, SourceError> {
    let Some((dir, name)) = there(Dir::containing(path))? else { return Ok(None) };
    let Some(bytes) = there(dir.read_small(&name, MAX))? else { return Ok(None) };
    let wrong = |why| SourceError::File { path: shown(path), why };
    parse(&String::from_utf8_lossy(&bytes)).map(Some).map_err(wrong)
}

/// A bare address, or a URL of nothing but it.
fn parse(text: &str) -> Result<OnionAddress, AddressError> {
    let text = text.trim();
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let host = host.unwrap_or(text);
    host.strip_suffix('/').unwrap_or(host).parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_or_a_bare_onion_is_an_address_and_nothing_else_is() {
        let name = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
        for good in [name.to_owned(), format!("http://{name}/\n"), format!("https://{name}\r\n")] {
            assert_eq!(parse(&good).expect("an address").host(), name);
        }
        for bad in [
            format!("http://{name}/metadata"),
            format!("http://user@{name}"),
            format!("{name}\n{name}"),
            "http://example.org".to_owned(),
            String::new(),
        ] {
            assert!(parse(&bad).is_err(), "{bad}");
        }
    }
}
