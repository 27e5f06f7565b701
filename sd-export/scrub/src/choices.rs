//! What a person may decide about a file. Every default is the safe side.

/// Choices for one file and all that is in it; passed in, never global.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// What becomes of an archive with a member that cannot be cleaned.
    pub unclean: Unclean,
}

/// What becomes of an archive with a member that cannot be cleaned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unclean {
    /// The whole archive is refused, and the refusal names the member.
    #[default]
    Refuse,
    /// The member is left out, and the report names it.
    LeaveOut,
}
