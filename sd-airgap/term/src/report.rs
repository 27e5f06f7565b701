//! What a command has to say when it ends.

use std::fmt;

use serde::Serialize;

use crate::hint::Hint;
use crate::status::Status;

/// The result of a command: `Display` is its human face, `Serialize` its JSON face.
pub trait Report: fmt::Display + Serialize {
    /// How it ended.
    fn status(&self) -> Status;

    /// The next command, if there is one.
    fn hint(&self) -> Option<Hint> {
        None
    }
}

/// A command that was refused: why, and what to do next.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The status word.
    pub status: Status,
    /// What happened, to which item. Never content, never a secret.
    pub message: String,
    /// A command that helps.
    #[serde(skip)]
    pub hint: Option<Hint>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(status: Status, message: impl fmt::Display) -> Self {
        Self { status, message: message.to_string(), hint: None }
    }

    /// With a command that helps.
    #[must_use]
    pub fn hint(mut self, hint: Hint) -> Self {
        self.hint = Some(hint);
        self
    }
}

impl From<sd_fs::DirError> for Failure {
    fn from(e: sd_fs::DirError) -> Self {
        use sd_fs::DirError as E;
        let status = match &e {
            E::NotFound { .. } => Status::NotFound,
            E::Locked { .. } => Status::InUse,
            E::NoSpace { .. } => Status::NoSpace,
            E::NotAName(_) | E::Exists { .. } | E::NotRegular { .. } | E::TooLong { .. } => {
                Status::Refused
            }
            E::Io { .. } => Status::FileError,
        };
        Self::new(status, e)
    }
}
