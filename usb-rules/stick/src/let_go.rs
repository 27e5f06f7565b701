//! How a stick was left.

use std::fmt;

use serde::Serialize;

/// What became of a stick at the end of a command.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LetGo {
    /// Unmounted, locked, flushed and switched off.
    SafeToRemove {
        /// The stick, as shown.
        stick: String,
    },
    /// Still in use.
    Held {
        /// The stick, as shown.
        stick: String,
        /// What did not work.
        why: String,
    },
}

impl LetGo {
    /// Whether it may be pulled out.
    pub fn is_safe(&self) -> bool {
        matches!(self, Self::SafeToRemove { .. })
    }
}

impl fmt::Display for LetGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SafeToRemove { stick } => {
                writeln!(f, "Safe to remove: {stick}")?;
                writeln!(f, "  It is unmounted, locked and switched off.")
            }
            Self::Held { stick, why } => {
                writeln!(f, "NOT safe to remove yet: {stick}")?;
                writeln!(f, "  {why}")
            }
        }
    }
}
