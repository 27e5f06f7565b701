//! A plan, done: each item streamed to a nameless file, checked, then taken into the inbox.

use sd_bundle::{Inbox, InboxError, Item};
use sd_fs::Progress;

use crate::inventory::Refused;
use crate::journalist_interface::{ClientError, DownloadError, Session, Submission};
use crate::plan::Plan;

/// What came of a plan.
pub(crate) struct Outcome {
    /// In the inbox, checked.
    pub(crate) fetched: Vec<Item>,
    /// Refused, the plan's own refusals included.
    pub(crate) refused: Vec<Refused>,
    /// Why the run ended before the plan did.
    pub(crate) ended: Option<Ended>,
}

/// A run that could not go on.
pub(crate) struct Ended {
    /// Why.
    pub(crate) why: FetchError,
    /// Items that were not tried, or not finished.
    pub(crate) left: usize,
}

/// Why an item is not in the inbox.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// The download failed.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The inbox failed.
    #[error(transparent)]
    Inbox(#[from] InboxError),
}

/// Broken connections in a row after which a run ends: the next item would fare no better, and
/// each may take a minute.
const PATIENCE: u32 = 3;

/// What an item's failure means for the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Nothing.
    ThisItem,
    /// Perhaps the same.
    Connection,
    /// The same.
    Run,
}

impl FetchError {
    fn reach(&self) -> Reach {
        match self {
            Self::Inbox(_) | Self::Download(DownloadError::Store(_)) => Reach::Run,
            Self::Download(DownloadError::Client(e)) => match e {
                ClientError::Connect(_) | ClientError::Forbidden(_) => Reach::Run,
                ClientError::Stalled | ClientError::Cut(_) => Reach::Connection,
                ClientError::Redirect(_)
                | ClientError::Status(..)
                | ClientError::Encoded(_)
                | ClientError::NotJson(_)
                | ClientError::TooLong(_)
                | ClientError::Shape(_)
                | ClientError::Protocol(_) => Reach::ThisItem,
            },
            Self::Download(
                DownloadError::Etag(_)
                | DownloadError::NoLength
                | DownloadError::OtherLength { .. }
                | DownloadError::OtherSize { .. }
                | DownloadError::OtherHash,
            ) => Reach::ThisItem,
        }
    }
}

/// Fetches what is planned, one after the other.
pub(crate) fn fetch(
    plan: &Plan,
    session: &Session<'_>,
    inbox: &Inbox,
    progress: &mut dyn Progress,
) -> Outcome {
    let mut outcome = Outcome { fetched: Vec::new(), refused: plan.refused.clone(), ended: None };
    let mut broken = 0;
    progress.begin("fetching", Some(plan.bytes()));
    for (i, item) in plan.new.iter().enumerate() {
        let why = match fetch_one(item, session, inbox, progress) {
            Ok(done) => {
                outcome.fetched.push(done);
                broken = 0;
                continue;
            }
            Err(why) => why,
        };
        broken = if why.reach() == Reach::Connection { broken + 1 } else { 0 };
        if why.reach() == Reach::Run || broken == PATIENCE {
            outcome.ended = Some(Ended { why, left: plan.new.len() - i });
            break;
        }
        outcome.refused.push(Refused::item(item).because(why));
    }
    progress.end();
    outcome
}

fn fetch_one(
    listed: &Submission,
    session: &Session<'_>,
    inbox: &Inbox,
    progress: &mut dyn Progress,
) -> Result<Item, FetchError> {
    let mut file = inbox.new_file()?;
    let digests = session.download(listed, &mut file, progress)?;
    let item = Item {
        source: listed.source.clone(),
        item: listed.item.clone(),
        number: listed.number,
        kind: listed.kind,
        designation: listed.designation.clone(),
        size: digests.size,
        sha256: digests.sha256,
        blake3: digests.blake3,
    };
    inbox.admit(&item, file)?;
    Ok(item)
}
