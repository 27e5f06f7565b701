//! What went wrong, in the words of the status table.

use sd_bundle::{InboxError, OutboxError};
use sd_term::{Failure, Status};

use crate::addresses::AddressesError;
use crate::fetch::FetchError;
use crate::holdings::HoldingsError;
use crate::journalist_interface::{ClientError, DownloadError};

/// What was being done when the conversation failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Reaching,
    LoggingIn,
    Listing,
    Fetching,
}

impl Step {
    pub(super) fn failed(self, e: &ClientError) -> Failure {
        let doing = match self {
            Self::Reaching => "reaching the Journalist Interface",
            Self::LoggingIn => "logging in",
            Self::Listing => "asking for the lists",
            Self::Fetching => "fetching",
        };
        Failure::new(self.status(e), format_args!("{doing}: {}", self.explained(e)))
    }

    /// The error, and what may be behind a 403: the server itself never says.
    pub(super) fn explained(self, e: &ClientError) -> String {
        match (e, self) {
            (ClientError::Forbidden(_), Self::LoggingIn) => format!(
                "{}; the user name or the passphrase may be wrong, the one-time code wrong, old \
                 or used before, or there were too many attempts",
                e.to_string().trim_end_matches('.')
            ),
            (ClientError::Forbidden(_), Self::Listing | Self::Fetching) => {
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

pub(super) fn inbox_failure(e: InboxError) -> Failure {
    match e {
        InboxError::Dir(e) => e.into(),
        InboxError::Record { .. } => Failure::new(Status::Refused, e),
    }
}

pub(super) fn outbox_failure(e: OutboxError) -> Failure {
    match e {
        OutboxError::Dir(e) => e.into(),
        OutboxError::Record { .. } | OutboxError::Manifest(_) => Failure::new(Status::Refused, e),
    }
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
pub(super) fn fetch_failure(e: FetchError) -> Failure {
    match e {
        FetchError::Inbox(e) => inbox_failure(e),
        FetchError::Download(DownloadError::Client(e)) => Step::Fetching.failed(&e),
        FetchError::Download(DownloadError::Store(e)) => {
            let full = e.kind() == std::io::ErrorKind::StorageFull;
            Failure::new(if full { Status::NoSpace } else { Status::FileError }, e)
        }
        FetchError::Download(
            e @ (DownloadError::Etag(_)
            | DownloadError::NoLength
            | DownloadError::OtherLength { .. }
            | DownloadError::OtherSize { .. }
            | DownloadError::OtherHash),
        ) => Failure::new(Status::VerifyFailed, e),
    }
}
