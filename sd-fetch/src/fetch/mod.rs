//! A plan, done: two lanes fetch, one thread decides.
//!
//! ```text
//!           Order (item, session)         Session::download, Inbox::admit
//! Run ---------------------------> lane 0 ----------------------------------> inbox
//!  ^ \---------------------------> lane 1 ---'
//!  |   Tidings (bytes so far; over: whole, or why not)
//!  '----------------------------------'
//!  Queue: what is next, what waits for another attempt, what has had enough
//! ```
//! Every item is checked to its last byte before it is in the inbox, whatever happened on the
//! way. What is not whole stays in the inbox's `.partial`, for the next attempt or the next run.

mod fate;
mod lane;
mod queue;
mod run;

use sd_bundle::{Inbox, InboxError, Item};
use sd_term::{Failure, Ui};

use crate::inventory::Refused;
use crate::journalist_interface::DownloadError;
use crate::plan::Plan;
use crate::visit::Visit;

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
    pub(crate) why: EndError,
    /// Items that were begun, each with what the last attempt ended with.
    pub(crate) unfinished: Vec<Refused>,
    /// Items that were not begun.
    pub(crate) left: usize,
}

/// Why a run ended early.
pub(crate) enum EndError {
    /// What went wrong with one item would go wrong with all.
    Fetch(FetchError),
    /// The server ended the session, and nobody logged in again.
    Login(Failure),
}

/// Why an item is not in the inbox.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// The download failed.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// There is no place to put it.
    #[error(transparent)]
    Begin(InboxError),
    /// The inbox failed.
    #[error(transparent)]
    Inbox(#[from] InboxError),
}

/// Fetches what is planned.
pub(crate) fn fetch(plan: &Plan, visit: &mut Visit<'_>, inbox: &Inbox, ui: &mut Ui) -> Outcome {
    std::thread::scope(|scope| {
        let (tell, tidings) = std::sync::mpsc::channel();
        let lanes = visit.clients().iter().enumerate().map(|(number, client)| {
            let (order, orders) = std::sync::mpsc::channel();
            let lane = lane::Lane { number, client, plan, inbox, tell: tell.clone() };
            scope.spawn(move || lane.work(&orders));
            order
        });
        let lanes = lanes.collect();
        run::Run::new(plan, visit, ui, lanes).run_to_the_end(&tidings)
    })
}
