//! How it went with one document, in words and with a status.

use std::fmt;

use sd_fs::Escaped;
use sd_term::{Failure, Status};
use serde::Serialize;

use super::cups::CupsError;
use super::reason::Reason;

/// How it went with one document.
#[derive(Debug)]
#[must_use]
pub(crate) enum Outcome {
    /// CUPS says that it handed all of it to the printer.
    Printed,
    /// It did not come to that.
    Failed(Trouble),
    /// It was never given to CUPS.
    NotSent,
}

/// Why a document was not printed, or not for certain.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// It waited for this until the limit, or CUPS gave up because of it.
    #[error("the printer did not go on: {}: {}", .0.says(), .0.todo())]
    Waited(Reason),
    /// Nothing moved, and no reason came up since the job began.
    #[error("nothing happened until the limit{}", silence(driver.as_ref(), *before))]
    Silent {
        /// The last words of the driver.
        driver: Option<Escaped>,
        /// What was the matter before the job, and may still be.
        before: Option<Reason>,
    },
    /// Ctrl-C.
    #[error("you stopped it")]
    Stopped,
    /// At the printer's own panel, or in the queue.
    #[error("somebody cancelled it, at the printer or in the queue")]
    Cancelled,
    /// The printer wants a login.
    #[error("the printer asks for a password")]
    Password,
    /// Somebody holds jobs back.
    #[error("the queue holds jobs back until somebody releases them")]
    Held,
    /// The document cannot be made into pages.
    #[error("the printing system cannot make pages of this document")]
    Unprintable,
    /// None of the pages exists.
    #[error("no page was counted: the document may not have these pages")]
    NoPages,
    /// Something on the way failed.
    #[error("the printer's driver failed{}", .0.as_ref().map(|m| format!(": {m}")).unwrap_or_default())]
    Failed(Option<Escaped>),
    /// CUPS calls it done and complains.
    #[error("CUPS calls it done, but its driver complained: {0}")]
    Doubt(Escaped),
    /// CUPS said no, or nothing.
    #[error(transparent)]
    Cups(#[from] CupsError),
    /// The file could not be opened again.
    #[error("{}", .0.message)]
    File(Failure),
}

fn silence(driver: Option<&Escaped>, before: Option<Reason>) -> String {
    let driver = driver.map(|words| format!("; its driver says: {words}")).unwrap_or_default();
    let before = before.map(|r| format!("; before this job: {}: {}", r.says(), r.todo()));
    driver + &before.unwrap_or_default()
}

impl Trouble {
    /// The status word.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Waited(reason) => reason.status(),
            Self::Silent { .. } => Status::PrinterOffline,
            Self::Stopped | Self::Cancelled => Status::PrintCancelled,
            Self::Password => Status::PrinterRefused,
            Self::Held => Status::PrinterPaused,
            Self::Unprintable | Self::NoPages => Status::Unprintable,
            Self::Failed(_) | Self::Doubt(_) => Status::PrintFailed,
            Self::Cups(e) => e.status(),
            Self::File(failure) => failure.status,
        }
    }

    /// Whether another document could fare better.
    fn is_about_the_document(&self) -> bool {
        matches!(self, Self::Unprintable | Self::NoPages | Self::Failed(_) | Self::File(_))
            || matches!(self, Self::Cups(e) if e.is_about_the_document())
    }
}

impl Outcome {
    /// Whether what comes after it would fare no better.
    pub(crate) fn ends_the_run(&self) -> bool {
        match self {
            Self::Printed => false,
            Self::Failed(trouble) => !trouble.is_about_the_document(),
            Self::NotSent => true,
        }
    }

    /// The status of a document that was not printed.
    pub(crate) fn trouble(&self) -> Option<Status> {
        match self {
            Self::Printed => None,
            Self::Failed(trouble) => Some(trouble.status()),
            Self::NotSent => Some(Status::CutShort),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Printed => f.write_str("printed: CUPS handed all of it to the printer"),
            Self::Failed(trouble) => write!(f, "NOT printed, or not all of it: {trouble}"),
            Self::NotSent => f.write_str("not sent"),
        }
    }
}

/// The JSON face of an outcome.
#[derive(Serialize)]
struct Shown<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let message = self.to_string();
        let (outcome, reason) = match self {
            Self::Printed => ("printed", None),
            Self::Failed(Trouble::Waited(reason)) => ("failed", Some(*reason)),
            Self::Failed(_) => ("failed", None),
            Self::NotSent => ("not_sent", None),
        };
        let status = self.trouble();
        Shown { outcome, status, reason, message: status.map(|_| message.as_str()) }.serialize(to)
    }
}
