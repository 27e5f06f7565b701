//! One lane: a circuit of its own, one item at a time.

use std::sync::mpsc::{Receiver, Sender};

use sd_bundle::{Inbox, Item};

use super::FetchError;
use super::queue::Job;
use crate::journalist_interface::{Client, DownloadError, Session, Submission};
use crate::plan::Plan;

/// Less than this is no progress: a server must not be able to go on for ever, a byte at a time.
const WORTH: u64 = 64 * 1024;

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
    Over { lane: usize, job: Job, result: Box<Result<Item, FetchError>>, here: u64, gained: bool },
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
            let mut done = Attempt::default();
            let session = session.by_way_of(self.client);
            let result = self.fetch(&self.plan.new[job.index], &session, &mut done);
            let here = done.here;
            let gained = here.saturating_sub(done.begun.unwrap_or(here)) >= WORTH;
            let (lane, result) = (self.number, Box::new(result));
            if self.tell.send(Tidings::Over { lane, job, result, here, gained }).is_err() {
                return;
            }
        }
    }

    fn fetch(
        &self,
        listed: &Submission,
        session: &Session<'_>,
        attempt: &mut Attempt,
    ) -> Result<Item, FetchError> {
        let mut incoming = self.inbox.incoming(&listed.source, &listed.item, listed.size)?;
        let mut watch = |bytes| {
            attempt.is_at(bytes);
            // A run that ended hears nothing any more; the attempt ends by itself.
            let _ = self.tell.send(Tidings::Here { lane: self.number, bytes });
        };
        match session.download(listed, &mut incoming, &mut watch) {
            Ok(digests) => {
                let item = item(listed, &digests);
                self.inbox.admit(&item, incoming)?;
                Ok(item)
            }
            Err(e) => {
                if e.is_final() {
                    incoming.discard().map_err(DownloadError::Place)?;
                }
                Err(e.into())
            }
        }
    }
}

/// How far one attempt came.
#[derive(Default)]
struct Attempt {
    begun: Option<u64>,
    here: u64,
}

impl Attempt {
    fn is_at(&mut self, bytes: u64) {
        // The first word is where it starts; going back means that it starts anew.
        if self.begun.is_none() || bytes < self.here {
            self.begun = Some(bytes);
        }
        self.here = bytes;
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
