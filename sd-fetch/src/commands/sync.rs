//! `sd-fetch sync`

use sd_bundle::{Home, Inbox, InboxError, ItemId, ItemState};
use sd_term::{Failure, Hint, Status, Ui, size};

use super::select::SelectArgs;
use super::server::{self, ServerArgs};
use crate::addresses::Station;
use crate::failures::{end_failure, end_words, inbox_failure, who_failure};
use crate::fetch::{Ended, Outcome, fetch};
use crate::holdings::Holdings;
use crate::inventory::Inventory;
use crate::journalist_interface::LoopbackAddress;
use crate::key_check::{Checking, KeyCheck, Where};
use crate::last_sync;
use crate::plan::{NoRoom, Plan};
use crate::report::{SourceLine, SyncReport};
use crate::selection::Selection;
use crate::visit::Visit;

/// Fetch every new message, document and reply into the inbox
///
/// Each item is compared with the hash and the size that the server announces for it, and is
/// in the inbox only when they agree. What is in the inbox already is not fetched again. One
/// item that fails does not stop the others; it is named, and the exit code is 4. A whole sync
/// forgets interrupted downloads of items that the server does not list any more.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  sd-fetch sync\n  \
    sd-fetch sync --source \"focal ghost\" --only messages,replies\n  \
    sd-fetch sync --max-size 200MB")]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    select: SelectArgs,
    /// Show what would be fetched, and fetch nothing
    #[arg(long)]
    dry_run: bool,
    /// A test server's Source Interface on this very computer
    #[arg(long, value_name = "IP:PORT", requires = "insecure_loopback", conflicts_with = "server")]
    insecure_loopback_source: Option<LoopbackAddress>,
}

/// A sync, understood.
pub(crate) struct Request {
    base: server::Request,
    source: Where,
    wanted: Selection,
    mode: Mode,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Fetch,
    ShowPlan,
}

impl Args {
    pub(crate) fn into_request(self, station: &Station) -> Result<Request, Failure> {
        let mode = if self.dry_run { Mode::ShowPlan } else { Mode::Fetch };
        let wanted = self.select.into_selection();
        let base = self.server.into_request(station)?;
        let source = base.source_interface(station, self.insecure_loopback_source);
        Ok(Request { base, source, wanted, mode })
    }
}

/// Runs it.
pub(crate) fn run(request: Request, ui: &mut Ui) -> Result<SyncReport, Failure> {
    let Request { base, source, wanted, mode } = request;
    // The lock first: nobody types a code to learn that another run is busy.
    let inbox = Inbox::open(base.home.part("inbox")?).map_err(inbox_failure)?;
    let (sync, pack) = (base.sync_hint(), base.pack_hint());
    let (home, proxies) = (base.home.clone(), base.proxies().to_vec());
    let work = Work { home, inbox, wanted, mode };
    let mut report = base.with_visit(ui, |visit, ui| {
        // Beside the lists and the downloads, on a circuit of its own.
        let checking = Checking::begin(&work.home, &source, &proxies);
        let result = work.run(visit, ui);
        // A sync that fails hides no other key.
        let submission_key = checking.end();
        match result {
            Ok(report) => Ok(SyncReport { submission_key, ..report }),
            Err(failure) => Err(submission_key.beside(failure)),
        }
    })?;
    report.hint = match mode {
        _ if report.submission_key.differs() => None,
        Mode::ShowPlan if !report.sources.is_empty() => {
            Some(Hint::new(sync.args().iter().cloned().chain(work.wanted.args())))
        }
        _ => (report.waiting > 0).then_some(pack),
    };
    Ok(report)
}

/// What is done while logged in.
struct Work {
    home: Home,
    inbox: Inbox,
    wanted: Selection,
    mode: Mode,
}

impl Work {
    fn run(&self, visit: &mut Visit<'_>, ui: &mut Ui) -> Result<SyncReport, Failure> {
        let inventory = Inventory::of(visit.session())?;
        let sources = inventory.sources.clone();
        let unlisted = self.unlisted(&inventory).map_err(inbox_failure)?;
        let before = Holdings::look(&self.home)?;
        let mut plan = Plan::new(inventory, &before.inbox, &before.shipments.delivered());
        plan.select(&sources, &self.wanted).map_err(who_failure)?;
        if let Err(NoRoom { needed, free }) = plan.room(&self.inbox).map_err(inbox_failure)? {
            let message = format!("{} to fetch, {} free in the inbox", size(needed), size(free));
            return Err(Failure::new(Status::NoSpace, message));
        }
        match self.mode {
            Mode::ShowPlan => Ok(planned(plan, before.in_inbox(ItemState::Waiting))),
            Mode::Fetch => {
                let outcome = fetch(&plan, visit, &self.inbox, ui);
                if outcome.ended.is_none() && self.wanted.is_everything() {
                    self.settle(&unlisted, ui);
                }
                // The inbox is locked: what was here and what came is all there is.
                let waiting =
                    before.in_inbox(ItemState::Waiting) + before.waiting(&outcome.fetched);
                done(plan, outcome, waiting)
            }
        }
    }
}

impl Work {
    /// Interrupted downloads of items that the server does not list any more.
    fn unlisted(&self, inventory: &Inventory) -> Result<Vec<ItemId>, InboxError> {
        let names = inventory.names();
        let parts = self.inbox.interrupted()?.into_iter().map(|part| part.item);
        Ok(parts.filter(|item| !names.contains(item.as_str())).collect())
    }

    /// After a sync of everything. The items are here: nothing of this is worth a failure.
    fn settle(&self, unlisted: &[ItemId], ui: &mut Ui) {
        for item in unlisted {
            if let Err(e) = self.inbox.forget_interrupted(item) {
                ui.warn(format_args!("an interrupted download was not removed: {e}"));
            }
        }
        if let Err(e) = last_sync::record(&self.home) {
            ui.warn(format_args!("the time of this sync was not written down: {e}"));
        }
    }
}

fn planned(plan: Plan, waiting: usize) -> SyncReport {
    let items = plan.new.iter().map(|i| (&i.source, &i.designation, i.kind, i.size));
    SyncReport {
        dry_run: true,
        sources: SourceLine::tally(items),
        refused: plan.refused,
        already_here: plan.here,
        delivered_before: plan.delivered,
        left_on_server: plan.left_out,
        waiting,
        ended_early: None,
        unfinished: Vec::new(),
        left: 0,
        submission_key: KeyCheck::default(),
        hint: None,
    }
}

fn done(plan: Plan, outcome: Outcome, waiting: usize) -> Result<SyncReport, Failure> {
    let Outcome { fetched, refused, ended } = outcome;
    let (ended_early, unfinished, left) = match ended {
        // Nothing came of it at all: that is a failure with its own status word.
        Some(Ended { why, .. }) if fetched.is_empty() && refused.is_empty() => {
            return Err(end_failure(why));
        }
        Some(Ended { why, unfinished, left }) => (Some(end_words(&why)), unfinished, left),
        None => (None, Vec::new(), 0),
    };
    let items = fetched.iter().map(|i| (&i.source, &i.designation, i.kind, i.size));
    Ok(SyncReport {
        dry_run: false,
        sources: SourceLine::tally(items),
        refused,
        already_here: plan.here,
        delivered_before: plan.delivered,
        left_on_server: plan.left_out,
        waiting,
        ended_early,
        unfinished,
        left,
        submission_key: KeyCheck::default(),
        hint: None,
    })
}
