//! What stands beside exported files, for the person who receives them.
//!
//! ```text
//! export-0001/ photo.clean.jpg ...   the files, or files.tar.zst
//!              SHA256SUMS, B3SUMS    for `sha256sum -c` and `b3sum -c`
//!              MANIFEST.txt          the list, for a person
//!              MANIFEST.json         written last: without it the directory is not an export
//! ```
//! Nothing here names a source, a path, a person or a time, unless somebody asked for a note.

use std::fmt::{Display, Write as _};

use sd_fs::{Blake3, Digests, SafeName, Sha256, escape};
use sd_term::{count, size};
use serde::{Deserialize, Serialize};

/// The manifest's name.
pub(crate) const MANIFEST: &str = "MANIFEST.json";
/// SHA-256 of each file.
pub(crate) const SHA256SUMS: &str = "SHA256SUMS";
/// BLAKE3 of each file.
pub(crate) const B3SUMS: &str = "B3SUMS";
/// The list, for a person.
const LIST: &str = "MANIFEST.txt";
/// Names no exported file may take.
pub(crate) const RESERVED: &[&str] = &[MANIFEST, LIST, SHA256SUMS, B3SUMS];

/// The most bytes a manifest may have.
pub(crate) const MAX_MANIFEST: u64 = 64 << 20;

const FORMAT: &str = "sneakernet-export";
const VERSION: u32 = 1;

/// How a file was treated before it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Scrubbing it changes no byte.
    Cleaned,
    /// Somebody asked for it as it is.
    AsIs,
}

impl State {
    /// In words, for a plan.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Cleaned => "cleaned",
            Self::AsIs => "AS IS, not cleaned",
        }
    }
}

/// One exported file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) name: SafeName,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
    pub(crate) blake3: Blake3,
    /// What the content is, in our words.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) state: State,
}

impl Entry {
    /// Whether these are this file's bytes.
    pub(crate) fn is(&self, found: &Digests) -> bool {
        (self.size, self.sha256, self.blake3) == (found.size, found.sha256, found.blake3)
    }
}

/// What `MANIFEST.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    format: String,
    version: u32,
    toolkit: String,
    /// Words that somebody asked to be carried along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// The files of the directory.
    pub(crate) files: Vec<Entry>,
    /// What is in the archive, where the directory holds one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) archived: Vec<Entry>,
}

impl Manifest {
    pub(crate) fn new(files: Vec<Entry>, archived: Vec<Entry>, note: Option<String>) -> Self {
        let toolkit = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT.to_owned(), version: VERSION, toolkit, note, files, archived }
    }

    /// How many files were carried, in the archive or beside it.
    pub(crate) fn count(&self) -> usize {
        if self.archived.is_empty() { self.files.len() } else { self.archived.len() }
    }

    /// Bytes in the directory.
    pub(crate) fn total(&self) -> u64 {
        self.files.iter().map(|f| f.size).fold(0, u64::saturating_add)
    }

    /// What stands beside the files and follows from the manifest: names and bytes.
    pub(crate) fn beside(&self) -> [(&'static str, String); 3] {
        [
            (SHA256SUMS, sha256sums(&self.files)),
            (B3SUMS, b3sums(&self.files)),
            (LIST, self.to_text()),
        ]
    }

    /// Whether a name in the directory is one of a file, or of what stands beside the files.
    pub(crate) fn knows(&self, name: &str) -> bool {
        RESERVED.contains(&name) || self.files.iter().any(|f| f.name.as_str() == name)
    }

    /// Its bytes.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads one that may come from anywhere; `None` if it is none of ours.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        (manifest.format == FORMAT && manifest.version == VERSION).then_some(manifest)
    }

    /// The same for a person.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{}, {}\n", count(self.count(), "file"), size(self.total()));
        // Writing into a string cannot fail.
        if let Some(note) = &self.note {
            let _ = writeln!(text, "Note: {}", escape(note.as_bytes()));
        }
        if !self.archived.is_empty() {
            let inside = count(self.archived.len(), "file");
            let _ = writeln!(text, "{inside} in the archive, which are listed after it");
        }
        for file in self.files.iter().chain(&self.archived) {
            let kind = escape(file.kind.as_bytes());
            let _ = write!(
                text,
                "\n{}\n    {} bytes, {kind}, {}\n    SHA-256 {}\n    BLAKE3  {}\n",
                file.name,
                file.size,
                file.state.words(),
                file.sha256,
                file.blake3
            );
        }
        text += "\nTo check the files: sha256sum -c SHA256SUMS, or sd-export check.\n";
        text
    }
}

/// The lines `sha256sum -c` reads.
pub(crate) fn sha256sums(files: &[Entry]) -> String {
    files.iter().map(|f| line(&f.sha256, &f.name)).collect()
}

/// The lines `b3sum -c` reads.
pub(crate) fn b3sums(files: &[Entry]) -> String {
    files.iter().map(|f| line(&f.blake3, &f.name)).collect()
}

/// A [`SafeName`] holds nothing that would need these programs' escapes.
fn line(hash: &impl Display, name: &SafeName) -> String {
    format!("{hash}  {name}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_holds_these_fields_and_no_others() {
        let entry = Entry {
            name: SafeName::new("a.txt").expect("plain"),
            size: 3,
            sha256: Sha256::of(b"abc"),
            blake3: Blake3::of(b"abc"),
            kind: "plain text".to_owned(),
            state: State::AsIs,
        };
        let manifest = Manifest::new(vec![entry], Vec::new(), None);
        let bytes = manifest.to_json().expect("plain data");
        assert_eq!(Manifest::parse(&bytes).as_ref(), Some(&manifest));
        assert!(Manifest::parse(&[&bytes[..], b"{}"].concat()).is_none());
        assert!(manifest.to_text().contains("a.txt\n    3 bytes, plain text, AS IS, not cleaned"));
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let keys = |v: &serde_json::Value| -> Vec<String> {
            v.as_object().expect("an object").keys().cloned().collect()
        };
        assert_eq!(keys(&value), ["files", "format", "toolkit", "version"]);
        let fields = ["blake3", "name", "sha256", "size", "state", "type"];
        assert_eq!(keys(&value["files"][0]), fields);
        assert_eq!(value["files"][0]["state"], "as_is");
    }
}
