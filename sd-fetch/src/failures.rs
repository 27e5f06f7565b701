//! What went wrong, in the words of the status table.

use sd_bundle::{InboxError, OutboxError};
use sd_term::{Failure, Status};

use crate::addresses::AddressesError;
use crate::fetch::{EndError, FetchError};
use crate::holdings::HoldingsError;
use crate::journalist_interface::{ClientError, DownloadError};
use crate::selection::WhoError;

/// What was being done when the conversation failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Reaching,
    LoggingIn,
    /// Asking for the list of these.
    Listing(&'static str),
    Fetching,
    Marking,
    Deleting,
}

impl Step {
    pub(crate) fn failed(self, e: &ClientError) -> Failure {
        let doing = match self {
            Self::Reaching => "reaching the Journalist Interface",
            Self::LoggingIn => "logging in",
            Self::Listing(what) => &format!("asking for the list of {what}"),
            Self::Fetching => "fetching",
            Self::Marking => "marking as seen",
            Self::Deleting => "deleting",
        };
        Failure::new(self.status(e), format_args!("{doing}: {}", self.explained(e)))
    }

    /// The error, and what may be behind a 403: the server itself never says.
    pub(crate) fn explained(self, e: &ClientError) -> String {
        match (e, self) {
            (ClientError::Forbidden(_), Self::LoggingIn) => format!(
                "{}; the user name or the passphrase may be wrong, the one-time code wrong, old \
                 or used before, or there were too many attempts",
                e.to_string().trim_end_matches('.')
            ),
            (
                ClientError::Forbidden(_),
                Self::Listing(_) | Self::Fetching | Self::Marking | Self::Deleting,
            ) => {
                format!("{e}: the session may have ended")
            }
            _ => e.to_string(),
        }
    }

    fn status(self, e: &ClientError) -> Status {
        match e {
            ClientError::Connect(_) | ClientError::Stalled | ClientError::Cut(_) => {
                Status::ServerUnreachable
            }
            ClientError::Forbidden(_) if self == Self::LoggingIn => Status::LoginRefused,
            ClientError::Forbidden(_) if self != Self::Reaching => Status::SessionEnded,
            ClientError::Forbidden(_)
            | ClientError::Redirect(_)
            | ClientError::Status(..)
            | ClientError::Encoded(_)
            | ClientError::NotJson(_)
            | ClientError::TooLong(_)
            | ClientError::Shape(_)
            | ClientError::Protocol(_) => Status::ServerError,
        }
    }
}

pub(crate) fn inbox_failure(e: InboxError) -> Failure {
    match e {
        InboxError::Dir(e) => e.into(),
        InboxError::Record { .. } => Failure::new(Status::Refused, e),
    }
}

pub(crate) fn outbox_failure(e: OutboxError) -> Failure {
    match e {
        OutboxError::Dir(e) => e.into(),
        OutboxError::Record { .. } | OutboxError::Manifest(_) => Failure::new(Status::Refused, e),
    }
}

pub(crate) fn who_failure(e: WhoError) -> Failure {
    Failure::new(Status::Refused, e)
}

impl From<AddressesError> for Failure {
    fn from(e: AddressesError) -> Self {
        match e {
            AddressesError::Dir(e) => e.into(),
            e => Self::new(Status::Refused, e),
        }
    }
}

impl From<HoldingsError> for Failure {
    fn from(e: HoldingsError) -> Self {
        match e {
            HoldingsError::Dir(e) => e.into(),
            HoldingsError::Inbox(e) => inbox_failure(e),
            HoldingsError::Outbox(e) => outbox_failure(e),
        }
    }
}

/// The failure of a run that ended before its first item.
pub(crate) fn end_failure(why: EndError) -> Failure {
    let e = match why {
        EndError::Login(failure) => {
            return Failure::new(Status::SessionEnded, session_ended(&failure));
        }
        EndError::Fetch(FetchError::Begin(e) | FetchError::Inbox(e)) => return inbox_failure(e),
        EndError::Fetch(FetchError::Download(e)) => e,
    };
    match e {
        DownloadError::Client(e) => Step::Fetching.failed(&e),
        DownloadError::Place(e) => e.into(),
        DownloadError::Store(e) => {
            let full = e.kind() == std::io::ErrorKind::StorageFull;
            Failure::new(if full { Status::NoSpace } else { Status::FileError }, e)
        }
        e @ (DownloadError::Etag(_)
        | DownloadError::NoLength
        | DownloadError::OtherLength { .. }
        | DownloadError::OtherSize { .. }
        | DownloadError::OtherHash
        | DownloadError::OtherPieces) => Failure::new(Status::VerifyFailed, e),
    }
}

/// The same in the report of a run that did something.
pub(crate) fn end_words(why: &EndError) -> String {
    match why {
        EndError::Login(failure) => session_ended(failure),
        EndError::Fetch(FetchError::Download(DownloadError::Client(e))) => {
            Step::Fetching.explained(e)
        }
        EndError::Fetch(e) => e.to_string(),
    }
}

fn session_ended(failure: &Failure) -> String {
    format!("the session ended, and nobody logged in again: {}", failure.message)
}
