//! `settings.toml` in the station's directory: what an administrator may write down for it.
//!
//! ```toml
//! journalist_interface = "....onion"    # 56 characters, then .onion
//! source_interface = "....onion"        # to compare the submission key's fingerprint
//! username = "..."                      # of the one journalist who uses this stick
//! tor_socks = ["127.0.0.1:9050"]        # where Tor listens, if not where Tails has it
//! ```
//! Each may be left out. Anything else in the file is an error: a misspelt field would otherwise be
//! taken for none.

use std::net::SocketAddr;
use std::path::PathBuf;

use sd_bundle::Home;
use sd_fs::{Dir, DirError, Escaped, escape};
use serde::Deserialize;
use toml::{Spanned, Value};

use super::shown;
use crate::holdings::there;
use crate::journalist_interface::{AddressError, OnionAddress};

const FILE: &str = "settings.toml";

/// Two addresses and their comments.
const MAX: u64 = 16 * 1024;

/// The settings; nothing where nothing was written down.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The Journalist Interface.
    pub(crate) journalist_interface: Option<OnionAddress>,
    /// The Source Interface.
    pub(crate) source_interface: Option<OnionAddress>,
    /// Who logs in, if that is not to be asked.
    pub(crate) username: Option<String>,
    /// Tor's SOCKS ports; none if they are where Tails has them.
    pub(crate) tor_socks: Vec<SocketAddr>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// The file cannot be read.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// It is not what it has to be.
    #[error("{path}, line {line}: {why}")]
    Line {
        /// The file.
        path: Escaped,
        /// Counted from 1.
        line: usize,
        /// The field, and what is wrong with it.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    journalist_interface: Option<Spanned<Value>>,
    source_interface: Option<Spanned<Value>>,
    username: Option<Spanned<Value>>,
    #[serde(default)]
    tor_socks: Vec<SocketAddr>,
}

impl Settings {
    /// Where a station's settings are.
    pub(crate) fn path(home: &Home) -> PathBuf {
        home.path().join(FILE)
    }

    /// Reads a station's settings.
    pub(crate) fn read(home: &Home) -> Result<Self, SettingsError> {
        let Some(dir) = there(Dir::open(home.path()))? else { return Ok(Self::default()) };
        let Some(bytes) = there(dir.read_small(FILE, MAX))? else { return Ok(Self::default()) };
        Self::parse(&bytes).map_err(|(line, why)| SettingsError::Line {
            path: shown(&Self::path(home)),
            line,
            why,
        })
    }

    /// The settings, or the line with the fault and what the fault is.
    fn parse(bytes: &[u8]) -> Result<Self, (usize, String)> {
        let text = str::from_utf8(bytes)
            .map_err(|e| (line(bytes, e.valid_up_to()), "it is not UTF-8 text".to_owned()))?;
        let raw: Raw = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            // The parser may repeat what stands in the file.
            (line(bytes, at), escape(e.message().as_bytes()).to_string())
        })?;
        let wrong = |field: &str, value: &Spanned<Value>, why: String| {
            (line(bytes, value.span().start), format!("{field}: {why}"))
        };
        let quoted = |field: &str, value: &Spanned<Value>| {
            let text = value.get_ref().as_str().map(str::to_owned);
            text.ok_or_else(|| wrong(field, value, "not in quotes".to_owned()))
        };
        let onion = |field: &str, value: Option<Spanned<Value>>| {
            let Some(value) = value else { return Ok(None) };
            let parsed = quoted(field, &value)?.parse();
            parsed.map(Some).map_err(|e: AddressError| wrong(field, &value, e.to_string()))
        };
        Ok(Self {
            journalist_interface: onion("journalist_interface", raw.journalist_interface)?,
            source_interface: onion("source_interface", raw.source_interface)?,
            username: raw.username.map(|value| quoted("username", &value)).transpose()?,
            tor_socks: raw.tor_socks,
        })
    }
}

/// The line that an offset is in.
fn line(bytes: &[u8], offset: usize) -> usize {
    bytes.iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONION: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

    #[test]
    fn each_field_may_be_there_or_not() {
        let text =
            format!("# ours\njournalist_interface = \"{ONION}\"\nusername = \"journalist\"\n");
        let settings = Settings::parse(text.as_bytes()).expect("settings");
        assert_eq!(settings.journalist_interface.map(|a| a.host().to_owned()), Some(ONION.into()));
        assert!(settings.source_interface.is_none());
        assert_eq!(settings.username.as_deref(), Some("journalist"));
        let nothing = Settings::parse(b"").expect("settings");
        assert!(nothing.journalist_interface.is_none() && nothing.source_interface.is_none());
    }

    #[test]
    fn a_fault_is_named_with_its_line_and_its_field() {
        for (text, at, words) in [
            ("\n\njournalist_interfcae = \"x\"\n", 3, "`journalist_interfcae`"),
            ("\nsource_interface = \"x.onion\"\n", 2, "source_interface: an onion address is"),
            ("tor_socks = [\"nowhere\"]\n", 1, "socket address"),
            ("username = 7\n", 1, "username: not in quotes"),
            ("journalist_interface = 3\n", 1, "journalist_interface: not in quotes"),
            ("\njournalist_interface = [\n", 2, ""),
            ("journalist_interface = \"\u{1b}[2J\"\n", 1, ""),
            ("source_interface = \"a\"\nsource_interface = \"b\"\n", 2, "duplicate"),
            ("[server]\n", 1, "`server`"),
        ] {
            let (line, why) = Settings::parse(text.as_bytes()).expect_err(text);
            assert_eq!(line, at, "{text:?}: {why}");
            assert!(why.contains(words) && !why.contains('\u{1b}'), "{why:?}");
        }
        let (line, why) = Settings::parse(b"\n# \xff\n").expect_err("not text");
        assert_eq!((line, why.as_str()), (2, "it is not UTF-8 text"));
    }
}
