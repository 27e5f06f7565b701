//! Questions, asked only where somebody can answer.

use std::fmt;

/// Why a question was not answered.
#[derive(Debug)]
pub enum PromptError {
    /// Nobody is at a terminal.
    NoTerminal(&'static str),
    /// The terminal failed.
    Io(std::io::Error),
}

impl fmt::Display for PromptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTerminal(instead) => write!(f, "no terminal to ask on: {instead}"),
            Self::Io(e) => write!(f, "asking failed: {e}"),
        }
    }
}

impl From<PromptError> for crate::Failure {
    fn from(e: PromptError) -> Self {
        Self::new(crate::Status::Usage, e)
    }
}
