//! Names that came from somewhere else.
//!
//! ```text
//! server, stick, gzip header --bytes--> RawName --admit-----> SafeName --> disk, manifest, screen
//!                                          |        '-> NameError (the name is shown escaped)
//!                                          '--neutralise--> SafeName, whatever the bytes were
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::escape::{Escaped, escape, judged};

/// The longest name this crate creates, in bytes: NAME_MAX is 255 everywhere, and room is
/// left for `.scrubbed` and the like.
const MAX_BYTES: usize = 200;

/// The longest ending kept when a long name is cut, dot included.
const MAX_ENDING: usize = 12;

/// Characters that some file system or shell gives a meaning to.
const RESERVED: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Endings that a desktop runs, opens as a page or follows: they never stand last in a name
/// (in 2017 a submitted `.desktop` file made an air-gapped desktop sign and show data).
const ACTIVE_ENDINGS: &[&str] = &[
    "desktop",
    "directory",
    "service",
    "sh",
    "bash",
    "zsh",
    "csh",
    "fish",
    "py",
    "pyc",
    "pyw",
    "pl",
    "rb",
    "php",
    "js",
    "mjs",
    "jse",
    "vbs",
    "vbe",
    "wsf",
    "wsh",
    "hta",
    "ps1",
    "bat",
    "cmd",
    "com",
    "exe",
    "scr",
    "pif",
    "msi",
    "msix",
    "dll",
    "cpl",
    "lnk",
    "url",
    "webloc",
    "inf",
    "reg",
    "jar",
    "jnlp",
    "class",
    "apk",
    "deb",
    "rpm",
    "appimage",
    "flatpakref",
    "flatpakrepo",
    "snap",
    "run",
    "elf",
    "so",
    "ko",
    "app",
    "dmg",
    "pkg",
    "command",
    "workflow",
    "iso",
    "img",
    "vhd",
    "vhdx",
    "html",
    "htm",
    "xhtml",
    "shtml",
    "mht",
    "mhtml",
    "svg",
    "svgz",
    "xsl",
    "chm",
    "gadget",
    "application",
    "library-ms",
];

/// Names Windows keeps for devices: harmless here, a trap on the Export Device.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "clock$"];

/// A file name as a stranger wrote it.
///
/// It has no `Display`: whoever wants to show it must say [`RawName::escaped`].
#[derive(Clone, PartialEq, Eq)]
pub struct RawName(Vec<u8>);

/// A file name that is safe to create, to sign and to print.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SafeName(String);

/// Why a foreign name was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No byte at all.
    #[error("the name is empty")]
    Empty,
    /// More bytes than a name may have.
    #[error("the name is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// A control, bidi, invisible or reserved character, or bytes that are not UTF-8.
    #[error("the name holds characters that are not plain")]
    NotPlain,
    /// `.`, `..`, a leading dot or dash, a trailing dot or space, a device name.
    #[error("the name has a special meaning")]
    Special,
    /// The ending makes a desktop run or open the file.
    #[error("the ending makes a desktop act on the file")]
    Active,
}

impl fmt::Debug for RawName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawName({})", self.escaped())
    }
}

impl RawName {
    /// Keeps the bytes as they came.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The name for a person to read.
    pub fn escaped(&self) -> Escaped {
        escape(&self.0)
    }

    /// Takes the name as it is, or says why not.
    pub fn admit(&self) -> Result<SafeName, NameError> {
        let name = std::str::from_utf8(&self.0).map_err(|_| NameError::NotPlain)?;
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > MAX_BYTES {
            return Err(NameError::TooLong);
        }
        if judged(name).any(|(c, plain)| !plain || RESERVED.contains(&c)) {
            return Err(NameError::NotPlain);
        }
        if name.starts_with(['.', '-', ' ', '~']) || name.ends_with(['.', ' ']) || is_device(name) {
            return Err(NameError::Special);
        }
        if has_active_ending(name) {
            return Err(NameError::Active);
        }
        Ok(SafeName(name.to_owned()))
    }

    /// A safe name as near to this one as can be; `fallback` if nothing of it can stay.
    ///
    /// Only the last path component counts (a whole-string check let absolute paths through
    /// elsewhere), doubtful characters become `_`, the ending survives a cut, and an ending
    /// that a desktop acts on gets `.unsafe` behind it.
    pub fn neutralise(&self, fallback: &SafeName) -> SafeName {
        let text = String::from_utf8_lossy(&self.0);
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain: String = judged(last)
            .map(|(c, plain)| if !plain || RESERVED.contains(&c) { '_' } else { c })
            .collect();
        let trimmed = plain.trim_start_matches(['.', '-', ' ', '~']).trim_end_matches(['.', ' ']);
        let mut name = shorten(trimmed);
        if is_device(&name) {
            name.insert(0, '_');
        }
        if has_active_ending(&name) {
            name.push_str(".unsafe");
        }
        RawName::new(name).admit().unwrap_or_else(|_| fallback.clone())
    }
}

impl SafeName {
    /// A name of our own making.
    pub fn new(name: &str) -> Result<Self, NameError> {
        RawName::new(name).admit()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the last dot, if there is one.
    pub fn ending(&self) -> Option<&str> {
        self.0.rsplit_once('.').map(|(_, ending)| ending)
    }
}

impl fmt::Display for SafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for SafeName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        RawName::new(name).admit()
    }
}

impl From<SafeName> for String {
    fn from(name: SafeName) -> Self {
        name.0
    }
}

/// Cuts to [`MAX_BYTES`] less room for `.unsafe`, keeping a short ending.
fn shorten(name: &str) -> String {
    let max = MAX_BYTES - 8;
    if name.len() <= max {
        return name.to_owned();
    }
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if name.len() - dot <= MAX_ENDING => name.split_at(dot),
        _ => (name, ""),
    };
    let mut cut = max - ending.len();
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}{ending}", stem[..cut].trim_end_matches(['.', ' ']))
}

fn has_active_ending(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, e)| ACTIVE_ENDINGS.contains(&e.trim().to_lowercase().as_str()))
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn neutral(bytes: &[u8]) -> String {
        let fallback = SafeName::new("document").expect("a plain name");
        RawName::new(bytes).neutralise(&fallback).to_string()
    }

    #[test]
    fn a_right_to_left_mark_is_refused_and_shown_escaped() {
        let name = RawName::new("minutes\u{202e}fdp.exe");
        assert_eq!(name.escaped().as_str(), r"minutes\u{202e}fdp.exe");
        assert_eq!(name.admit(), Err(NameError::NotPlain));
    }

    #[test]
    fn only_the_last_component_of_a_path_counts() {
        assert_eq!(neutral(b"../../x"), "x");
        assert_eq!(neutral(b"/etc/passwd"), "passwd");
        assert_eq!(neutral(b"C:\\Users\\me\\doc.docx"), "doc.docx");
        assert_eq!(neutral(b"/etc/"), "document");
    }

    #[test]
    fn nothing_left_means_the_fallback() {
        for empty in [&b""[..], b".", b"..", b"...", b"   "] {
            assert_eq!(neutral(empty), "document");
        }
    }

    #[test]
    fn traps_are_disarmed_and_stay_recognisable() {
        assert_eq!(neutral(b"statement.desktop"), "statement.desktop.unsafe");
        assert_eq!(neutral(b"Invoice.PDF.EXE"), "Invoice.PDF.EXE.unsafe");
        assert_eq!(neutral(b"-rf.txt"), "rf.txt");
        assert_eq!(neutral(b".bashrc"), "bashrc");
        assert_eq!(neutral(b"CON.txt"), "_CON.txt");
        assert_eq!(neutral("a\u{202e}b.txt".as_bytes()), "a_b.txt");
        assert_eq!(neutral(b"a\x1b[2Jb.txt"), "a_[2Jb.txt");
        let tower = |marks: usize| format!("a{}", "\u{301}".repeat(marks));
        assert_eq!(neutral(tower(9).as_bytes()), format!("{}_", tower(8)));
    }

    #[test]
    fn a_long_name_is_cut_and_keeps_its_ending() {
        let long = format!("{}.txt", "a".repeat(300));
        let name = neutral(long.as_bytes());
        assert!(name.len() <= MAX_BYTES && name.ends_with("a.txt"));
        let wide = neutral("日".repeat(300).as_bytes());
        assert!(wide.len() <= MAX_BYTES && wide.chars().all(|c| c == '日'));
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_the_result_is_admissible(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let name = neutral(&bytes);
            prop_assert!(SafeName::new(&name).is_ok());
            prop_assert!(!name.contains('/') && name != ".." && name.len() <= MAX_BYTES);
        }
    }
}
