//! One lane: a circuit of its own, one item at a time.

use std::sync::mpsc::{Receiver, Sender};

use sd_bundle::{Inbox, Item};

use super::FetchError;
use super::fate::Fate;
use super::queue::Job;
use crate::journalist_interface::{Client, DownloadError, Session, Submission};
use crate::plan::Plan;

/// An item to fetch, and the right to ask for it.
pub(super) struct Order<'c> {
    pub(super) job: Job,
    pub(super) session: Session<'c>,
}

/// What a lane tells.
pub(super) enum Tidings {
    /// So many bytes of its item are here now.
    Here { lane: usize, bytes: u64 },
    /// Its item is in the inbox, or why not; the lane is free.
    /// `kept` bytes of what is not whole are there for the next attempt.
    Over { lane: usize, job: Job, result: Box<Result<Item, FetchError>>, kept: u64 },
}

/// Everything a lane works with.
pub(super) struct Lane<'a> {
    pub(super) number: usize,
    pub(super) client: &'a Client,
    pub(super) plan: &'a Plan,
    pub(super) inbox: &'a Inbox,
    pub(super) tell: Sender<Tidings>,
}

impl Lane<'_> {
    /// Works until there are no more orders.
    pub(super) fn work(&self, orders: &Receiver<Order<'_>>) {
        for Order { job, session } in orders {
            let session = session.by_way_of(self.client);
            let mut kept = 0;
            let result = self.fetch(&self.plan.new[job.index], &session, &mut kept);
            if matches!(&result, Err(e) if e.fate() == Fate::Again) {
                self.client.another_circuit();
            }
            let (lane, result) = (self.number, Box::new(result));
            if self.tell.send(Tidings::Over { lane, job, result, kept }).is_err() {
                return;
            }
        }
    }

    fn fetch(
        &self,
        listed: &Submission,
        session: &Session<'_>,
        kept: &mut u64,
    ) -> Result<Item, FetchError> {
        let begin = || self.inbox.incoming(&listed.source, &listed.item, listed.size);
        let mut incoming = begin().map_err(FetchError::Begin)?;
        let mut watch = |bytes| {
            // A run that ended hears nothing any more; the attempt ends by itself.
            let _ = self.tell.send(Tidings::Here { lane: self.number, bytes });
        };
        match session.download(listed, &mut incoming, &mut watch) {
            Ok(digests) => {
                let item = item(listed, &digests);
                self.inbox.admit(&item, incoming)?;
                Ok(item)
            }
            Err(e) if e.is_proven() => {
                incoming.discard().map_err(DownloadError::Place)?;
                Err(e.into())
            }
            Err(e) => {
                *kept = incoming.kept();
                Err(e.into())
            }
        }
    }
}

fn item(listed: &Submission, digests: &sd_fs::Digests) -> Item {
    Item {
        source: listed.source.clone(),
        item: listed.item.clone(),
        number: listed.number,
        kind: listed.kind,
        designation: listed.designation.clone(),
        size: digests.size,
        sha256: digests.sha256,
        blake3: digests.blake3,
    }
}
