//! One message, document or reply, as both stations know it.

use std::fmt;
use std::sync::Arc;

use sd_fs::{Blake3, Sha256};
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, SourceId};

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text typed by the source.
    Message,
    /// A file the source uploaded.
    Document,
    /// A journalist's answer.
    Reply,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Message => "message",
            Self::Document => "document",
            Self::Reply => "reply",
        })
    }
}

/// The two words a newsroom knows a source by, such as `focal ghost`.
///
/// Lower-case words of letters, digits, hyphens and apostrophes, one space between, 100 bytes
/// at most: what SecureDrop's word lists hold, and safe to print. Clones share the words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Designation(Arc<str>);

/// A designation with other characters than SecureDrop's word lists have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a designation")]
pub struct DesignationError;

impl Designation {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Designation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Designation {
    type Error = DesignationError;

    fn try_from(text: String) -> Result<Self, DesignationError> {
        let word = |w: &str| {
            !w.is_empty()
                && w.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || "-'’".contains(c))
        };
        // Some letters cannot be seen, such as the Hangul fillers; they are shown as escapes.
        let plain = sd_fs::escape(text.as_bytes()).as_str() == text;
        if text.len() <= 100 && plain && text.split(' ').all(word) {
            Ok(Self(text.into()))
        } else {
            Err(DesignationError)
        }
    }
}

impl From<Designation> for String {
    fn from(d: Designation) -> Self {
        d.as_str().to_owned()
    }
}

/// A submission or reply, still encrypted: who it is from and what its bytes must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The source it belongs to.
    pub source: SourceId,
    /// Its own identity.
    pub item: ItemId,
    /// Its number in the source's conversation (SecureDrop's interaction count).
    pub number: u32,
    /// Message, document or reply.
    pub kind: Kind,
    /// The source's designation.
    pub designation: Designation,
    /// Bytes of ciphertext.
    pub size: u64,
    /// SHA-256 of the ciphertext, as the server's ETag said and the bytes proved.
    pub sha256: Sha256,
    /// BLAKE3 of the ciphertext.
    pub blake3: Blake3,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn designation(text: &str) -> Result<Designation, DesignationError> {
        text.to_owned().try_into()
    }

    #[test]
    fn word_list_words_are_designations() {
        for good in ["focal ghost", "curious ne'er-do-well", "x", "überaus fein"] {
            assert!(designation(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn anything_that_could_act_on_a_terminal_or_path_is_not() {
        for bad in ["", " ", "a  b", "a/b", "..", "a\x1b[2J", "a\u{202e}b", "Focal ghost", "a\nb"] {
            assert!(designation(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn letters_that_cannot_be_seen_are_not() {
        for blank in ['\u{3164}', '\u{115f}', '\u{1160}', '\u{ffa0}'] {
            assert!(designation(&format!("focal{blank} ghost")).is_err(), "{blank:?}");
        }
        assert!(designation("über geist").is_ok());
    }
}
