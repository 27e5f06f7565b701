//! `sd-fetch sync`

use sd_bundle::Inbox;
use sd_term::{Failure, Status, Ui, size};

use super::server::{self, ServerArgs};
use crate::addresses::Station;
use crate::failures::{end_failure, end_words, inbox_failure};
use crate::fetch::{Ended, Outcome, fetch};
use crate::inventory::Inventory;
use crate::plan::{NoRoom, Plan};
use crate::report::{SourceLine, SyncReport};
use crate::visit::Visit;

/// Fetch every new message, document and reply into the inbox
///
/// Each item is compared with the hash and the size that the server announces for it, and is
/// in the inbox only when they agree. What is in the inbox already is not fetched again. One
/// item that fails does not stop the others; it is named, and the exit code is 4.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// Show what would be fetched, and fetch nothing
    #[arg(long)]
    dry_run: bool,
}

/// A sync, understood.
pub(crate) struct Request {
    base: server::Request,
    mode: Mode,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Fetch,
    ShowPlan,
}

impl Args {
    pub(crate) fn into_request(self, station: Station) -> Result<Request, Failure> {
        let mode = if self.dry_run { Mode::ShowPlan } else { Mode::Fetch };
        Ok(Request { base: self.server.into_request(station)?, mode })
    }
}

/// Runs it.
pub(crate) fn run(request: Request, ui: &mut Ui) -> Result<SyncReport, Failure> {
    let Request { base, mode } = request;
    // The lock first: nobody types a code to learn that another run is busy.
    let inbox = Inbox::open(base.home.part("inbox")?).map_err(inbox_failure)?;
    let (sync, pack) = (base.sync_hint(), base.pack_hint());
    let mut report = base.with_visit(ui, |visit, ui| work(visit, &inbox, mode, ui))?;
    report.hint = match mode {
        Mode::ShowPlan if !report.sources.is_empty() => Some(sync),
        _ => (report.waiting > 0).then_some(pack),
    };
    Ok(report)
}

fn work(
    visit: &mut Visit<'_>,
    inbox: &Inbox,
    mode: Mode,
    ui: &mut Ui,
) -> Result<SyncReport, Failure> {
    let inventory = Inventory::of(visit.session())?;
    let here = inbox.items().map_err(inbox_failure)?;
    let plan = Plan::new(inventory, &here);
    if let Err(NoRoom { needed, free }) = plan.room(inbox)? {
        let message = format!("{} to fetch, {} free in the inbox", size(needed), size(free));
        return Err(Failure::new(Status::NoSpace, message));
    }
    match mode {
        Mode::ShowPlan => Ok(planned(plan, here.len())),
        Mode::Fetch => {
            let outcome = fetch(&plan, visit, inbox, ui);
            // The inbox is locked: what was here and what came is all there is.
            let waiting = here.len() + outcome.fetched.len();
            done(&plan, outcome, waiting)
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
        waiting,
        ended_early: None,
        unfinished: Vec::new(),
        left: 0,
        hint: None,
    }
}

fn done(plan: &Plan, outcome: Outcome, waiting: usize) -> Result<SyncReport, Failure> {
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
        waiting,
        ended_early,
        unfinished,
        left,
        hint: None,
    })
}
