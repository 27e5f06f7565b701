//! The verbs.

pub(crate) mod assemble;
pub(crate) mod keygen;
pub(crate) mod make;
pub(crate) mod root;
pub(crate) mod show;
pub(crate) mod sign;

use std::fmt;

use sd_term::{Report, Status};
use serde::Serialize;

/// What was made, line by line.
#[derive(Debug, Serialize)]
pub(crate) struct Made {
    pub(crate) lines: Vec<String>,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Report for Made {
    fn status(&self) -> Status {
        Status::Done
    }
}
