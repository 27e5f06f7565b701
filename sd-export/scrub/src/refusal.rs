//! Why a file is not cleaned. A refusal names the fault, never the content.

use serde::{Deserialize, Serialize};

/// A reason not to give out a clean copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The content is of a kind this crate does not clean; the kind is one of ours, in words.
    #[error("cannot clean this kind of file: {0}")]
    UnknownType(String),
    /// The document is encrypted or protected.
    #[error("the document is encrypted")]
    Encrypted,
    /// The file breaks the rules of its own format.
    #[error("malformed: {what}")]
    Malformed {
        /// Which rule, in our words.
        what: String,
    },
    /// The file asks for more than the [`crate::Limits`] allow.
    #[error("too large: {what} (limit {limit})")]
    TooLarge {
        /// What was counted.
        what: String,
        /// The limit it went over.
        limit: u64,
    },
    /// The file is well formed, but uses a construct that cannot be cleaned safely.
    #[error("not supported: {what}")]
    Unsupported {
        /// The construct, in our words.
        what: String,
    },
    /// The second reader found something in the clean copy that should not be there.
    #[error("the clean copy did not pass its check: {what}")]
    NotClean {
        /// What it found, in our words.
        what: String,
    },
    /// Something inside the file is not cleaned.
    #[error("{place}: {why}")]
    Inside {
        /// The member or part, escaped; a place further in stands behind `: `.
        place: String,
        /// Why it is not cleaned.
        why: Box<Refusal>,
    },
}

impl Refusal {
    /// The refusal itself, without its place.
    pub fn reason(&self) -> &Self {
        match self {
            Self::Inside { why, .. } => why.reason(),
            other => other,
        }
    }

    /// The place inside the file, when the refusal is not about the file as a whole.
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Inside { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The refusal of something that stands at `place`, which is escaped already.
    pub(crate) fn inside(self, place: &str) -> Self {
        match self {
            Self::Inside { place: deeper, why } => {
                Self::Inside { place: format!("{place}: {deeper}"), why }
            }
            why => Self::Inside { place: place.to_owned(), why: Box::new(why) },
        }
    }

    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    pub(crate) fn not_clean(what: impl Into<String>) -> Self {
        Self::NotClean { what: what.into() }
    }
}
