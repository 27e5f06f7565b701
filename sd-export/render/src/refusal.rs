//! Why a document is not drawn. A refusal names the fault, never the content.

/// A reason not to draw a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The document wants a password.
    #[error("the document is encrypted")]
    Encrypted,
    /// The document breaks the rules of its format.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// The document asks for more than the [`crate::Limits`] allow.
    #[error("too large: {what} (limit {limit})")]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// The limit it went over.
        limit: u64,
    },
}

impl Refusal {
    pub(crate) const fn malformed(what: &'static str) -> Self {
        Self::Malformed(what)
    }

    pub(crate) const fn too_large(what: &'static str, limit: u64) -> Self {
        Self::TooLarge { what, limit }
    }
}
