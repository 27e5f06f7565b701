//! What stands beside exported files, for the person who receives them.
//!
//! ```text
//! export-0001/ photo.clean.jpg ...   the files
//!              SHA256SUMS, B3SUMS    for `sha256sum -c` and `b3sum -c`
//!              MANIFEST.json         written last: without it the directory is not an export
//! ```
//! Nothing here names a source, a path, a person or a time.

use std::fmt::Display;

use sd_fs::{Blake3, Digests, SafeName, Sha256};
use serde::Serialize;

/// The manifest's name.
pub(crate) const MANIFEST: &str = "MANIFEST.json";
/// SHA-256 of each file.
pub(crate) const SHA256SUMS: &str = "SHA256SUMS";
/// BLAKE3 of each file.
pub(crate) const B3SUMS: &str = "B3SUMS";
/// Names no exported file may take.
pub(crate) const RESERVED: &[&str] = &[MANIFEST, SHA256SUMS, B3SUMS];

/// How a file was treated before it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    version: u32,
    toolkit: &'static str,
    files: &'a [Entry],
}

/// The manifest's bytes.
pub(crate) fn manifest(files: &[Entry]) -> Result<Vec<u8>, serde_json::Error> {
    let toolkit = env!("CARGO_PKG_VERSION");
    let manifest = Manifest { format: "sneakernet-export", version: 1, toolkit, files };
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(bytes)
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
        let bytes = manifest(&[entry]).expect("plain data");
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
