//! What an item's failure means for it, and for the others.

use sd_bundle::InboxError;
use sd_fs::DirError;

use super::FetchError;
use crate::journalist_interface::{ClientError, DownloadError};

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// This item will not come; the others may.
    Refuse,
    /// The same request may be answered better.
    Again,
    /// There is no connection for anybody just now.
    Outage,
    /// The session may be over.
    Session,
    /// The next item would fare no better.
    End,
}

impl FetchError {
    pub(super) fn fate(&self) -> Fate {
        match self {
            Self::Begin(InboxError::Dir(DirError::NoSpace { .. })) | Self::Inbox(_) => Fate::End,
            // What stands in the way of one item need not stand in the way of another.
            Self::Begin(_) => Fate::Refuse,
            Self::Download(e) => of_download(e),
        }
    }
}

fn of_download(e: &DownloadError) -> Fate {
    match e {
        DownloadError::Client(e) => of_answer(e),
        DownloadError::Store(_) | DownloadError::Place(_) => Fate::End,
        // Thrown away; from the first byte it may be right.
        DownloadError::OtherPieces => Fate::Again,
        DownloadError::Etag(_)
        | DownloadError::NoLength
        | DownloadError::OtherLength { .. }
        | DownloadError::OtherSize { .. }
        | DownloadError::OtherHash => Fate::Refuse,
    }
}

fn of_answer(e: &ClientError) -> Fate {
    match e {
        ClientError::Connect(e) if e.is_outage() => Fate::Outage,
        ClientError::Connect(_) => Fate::End,
        // The statuses are what a web front says while the server behind it restarts.
        ClientError::Stalled | ClientError::Cut(_) | ClientError::Status(502..=504, _) => {
            Fate::Again
        }
        ClientError::Forbidden(_) => Fate::Session,
        ClientError::Redirect(_)
        | ClientError::Status(..)
        | ClientError::Encoded(_)
        | ClientError::NotJson(_)
        | ClientError::TooLong(_)
        | ClientError::Shape(_)
        | ClientError::Protocol(_) => Fate::Refuse,
    }
}
