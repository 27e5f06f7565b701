//! The records beside each stored ciphertext.

use sd_bundle::{BundleId, Item, Kind, Timestamp};
use sd_fs::{Blake3, RawName, SafeName};
use serde::{Deserialize, Serialize};

use crate::worker::{Opened, Wrapping};

pub(super) const CIPHERTEXT: &str = "ciphertext.pgp";
pub(super) const ITEM: &str = "item.json";
pub(super) const OUTCOME: &str = "outcome.json";
pub(super) const CONTENT: &str = "content";

/// An item and how it got here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredItem {
    /// As the manifest said.
    pub(crate) item: Item,
    /// The bundle that brought it.
    pub(crate) bundle: BundleId,
    /// When it was stored, by this station's clock.
    pub(crate) stored: Timestamp,
}

/// What became of an item's ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Outcome {
    /// Opened and stored whole.
    Opened {
        /// The name in `content/`.
        name: SafeName,
        /// The name the source's computer gave it, escaped, if it is another.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        original: Option<String>,
        /// Bytes.
        size: u64,
        /// BLAKE3 of the plaintext.
        blake3: Blake3,
        /// What a reader should know.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        notes: Vec<String>,
    },
    /// Refused; the ciphertext is kept.
    Refused {
        /// Why.
        why: String,
    },
}

impl Outcome {
    /// The record for a message that was opened whole.
    pub(super) fn opened(kind: Kind, opened: &Opened) -> Self {
        let mut notes = Vec::new();
        let (name, original) = match (&opened.wrapping, kind) {
            (Wrapping::Gzip { name: Some(raw) }, _) => named(raw, &mut notes),
            (Wrapping::Plain, Kind::Document) => {
                notes.push("not wrapped in gzip, as documents should be".to_owned());
                (fallback(kind), None)
            }
            (Wrapping::Gzip { name: None }, _) | (Wrapping::Plain, Kind::Message | Kind::Reply) => {
                (fallback(kind), None)
            }
        };
        if opened.leftover > 0 {
            notes.push(format!(
                "{} bytes behind the end of the document were dropped",
                opened.leftover
            ));
        }
        Self::Opened { name, original, size: opened.size, blake3: opened.blake3, notes }
    }
}

/// A safe name for what a gzip header says, and the header's own if it is another.
pub(crate) fn named(raw: &[u8], notes: &mut Vec<String>) -> (SafeName, Option<String>) {
    // RFC 1952 says Latin-1; SecureDrop writes ASCII. Bytes that are UTF-8 are read as such.
    let raw = RawName::new(raw);
    let name = raw.neutralise(&fallback(Kind::Document));
    if raw.admit().as_ref() == Ok(&name) {
        return (name, None);
    }
    notes.push("stored under another name than it was sent".to_owned());
    (name, Some(raw.escaped().to_string()))
}

/// The name of what has none.
fn fallback(kind: Kind) -> SafeName {
    let name = match kind {
        Kind::Message => "message.txt",
        Kind::Reply => "reply.txt",
        Kind::Document => "document",
    };
    #[expect(clippy::expect_used, reason = "constants, and a test holds them")]
    SafeName::new(name).expect("a plain name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(name: &[u8]) -> Outcome {
        let opened = Opened {
            size: 1,
            blake3: Blake3::of(b"x"),
            wrapping: Wrapping::Gzip { name: Some(name.to_vec()) },
            leftover: 0,
        };
        Outcome::opened(Kind::Document, &opened)
    }

    #[test]
    fn an_ordinary_name_is_kept_and_a_hostile_one_is_kept_escaped() {
        let Outcome::Opened { name, original, .. } = opened(b"report.pdf") else { panic!() };
        assert_eq!((name.as_str(), original), ("report.pdf", None));
        let Outcome::Opened { name, original, .. } = opened(b"../../x\x1b") else { panic!() };
        assert_eq!((name.as_str(), original.as_deref()), ("x_", Some(r"../../x\u{1b}")));
    }

    #[test]
    fn every_kind_has_a_name_to_fall_back_to() {
        for kind in [Kind::Message, Kind::Reply, Kind::Document] {
            assert!(!fallback(kind).as_str().is_empty());
        }
    }
}
