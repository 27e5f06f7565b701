//! What a person may decide about a file. Every default is the safe side.

use serde::{Deserialize, Serialize};

/// Choices for one file and all that is in it; passed in, never global.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// What becomes of an archive with a member that cannot be cleaned.
    pub unclean: Unclean,
    /// What becomes of changes that a document has recorded.
    pub changes: Changes,
    /// What becomes of remarks in a document.
    pub comments: Comments,
}

/// What becomes of changes that a document has recorded. None is without a line in the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Changes {
    /// The document is as it was meant to become: insertions stay, deletions go.
    #[default]
    Accept,
    /// The document is as it was before: insertions go, deletions are back.
    Reject,
    /// They stay recorded, without their authors and times.
    Keep,
}

/// What becomes of remarks in a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comments {
    /// They go.
    #[default]
    Drop,
    /// They stay, without their authors and times.
    Keep,
}

/// What becomes of an archive with a member that cannot be cleaned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unclean {
    /// The whole archive is refused, and the refusal names the member.
    #[default]
    Refuse,
    /// The member is left out, and the report names it.
    LeaveOut,
}
