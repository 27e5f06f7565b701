//! `sd-fetch seen`

use sd_term::{Failure, Ui, count};

use super::consent::{Consent, ConsentArgs};
use super::select::SourceArgs;
use super::server::{self, ServerArgs};
use crate::addresses::Station;
use crate::deeds::{Deeds, in_batches};
use crate::failures::{Step, who_failure};
use crate::holdings::Holdings;
use crate::inventory::{Inventory, Refused};
use crate::read_back::Asked;
use crate::report::{DeedsReport, SeenReport, SourceItems};
use crate::selection::{Who, args_of};
use crate::still_there::StillThere;
use crate::visit::Visit;

/// Mark delivered items as seen on the server
///
/// Other journalists then see there what was taken care of. Only items whose receipt came back
/// from the Secure Viewing Station, that the server still lists as they were delivered, and that
/// nobody has seen yet. Shown by source before anything is marked, and looked for once more
/// afterwards: what the server does not list as seen then has failed.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  sd-fetch seen --dry-run\n  \
    sd-fetch seen --source \"focal ghost\"")]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    from: SourceArgs,
    #[command(flatten)]
    consent: ConsentArgs,
}

/// What to mark, understood.
pub(crate) struct Request {
    base: server::Request,
    from: Vec<Who>,
    consent: Consent,
}

impl Args {
    pub(crate) fn into_request(self, station: &Station) -> Result<Request, Failure> {
        let (from, consent) = (self.from.source, self.consent.into_consent());
        Ok(Request { base: self.server.into_request(station)?, from, consent })
    }
}

/// Runs it.
pub(crate) fn run(request: Request, ui: &mut Ui) -> Result<SeenReport, Failure> {
    let Request { base, from, consent } = request;
    let holdings = Holdings::look(&base.home)?;
    if holdings.shipments.delivered().is_empty() {
        return Ok(SeenReport { seen_before: 0, deeds: DeedsReport::default() });
    }
    consent.can_be_had(ui)?;
    let same_server = base.same_server();
    let mut report = base.with_visit(ui, |visit, ui| {
        let inventory = Inventory::of(visit.session())?;
        let still = StillThere::new(inventory, &holdings.shipments.delivered(), &from)
            .map_err(who_failure)?;
        mark(visit, still, consent, ui)
    })?;
    if report.deeds.dry_run && !report.deeds.is_empty() {
        let flags = args_of(&from).into_iter().chain(same_server);
        report.deeds.hint = Some(server::hint("seen", flags));
    }
    Ok(report)
}

fn mark(
    visit: &Visit<'_>,
    still: StillThere,
    consent: Consent,
    ui: &mut Ui,
) -> Result<SeenReport, Failure> {
    let StillThere { same, changed } = still;
    let (seen, unseen): (Vec<_>, Vec<_>) = same.into_iter().partition(|item| item.seen);
    let deeds = DeedsReport {
        dry_run: true,
        sources: SourceItems::of(&unseen),
        changed,
        ..DeedsReport::default()
    };
    let planned = SeenReport { seen_before: seen.len(), deeds };
    if consent == Consent::OnlyShow || unseen.is_empty() {
        return Ok(planned);
    }
    let question = format!("Mark {} as seen?", count(unseen.len(), "item"));
    consent.get(&planned, &question, ui)?;
    let deeds = in_batches(&unseen, |batch| visit.session().mark_seen(batch))
        .read_back(Asked::MarkSeen, || Inventory::of(visit.session()));
    let deeds = DeedsReport::of(deeds, planned.deeds.changed, Step::Marking)?;
    Ok(SeenReport { deeds, ..planned })
}

impl DeedsReport {
    /// The report of what was done. If it ended before anything was, it is a failure.
    pub(super) fn of(deeds: Deeds, changed: Vec<Refused>, step: Step) -> Result<Self, Failure> {
        let Deeds { done, gone, failed, ended, unchecked, left } = deeds;
        let nothing = done.is_empty() && gone.is_empty() && failed.is_empty();
        if let (Some(e), true) = (&ended, nothing) {
            return Err(step.failed(e));
        }
        Ok(Self {
            dry_run: false,
            sources: SourceItems::of(&done),
            gone: SourceItems::of(&gone),
            failed,
            changed,
            ended_early: ended.map(|e| step.explained(&e)).or(unchecked),
            left: left.len(),
            hint: None,
        })
    }
}
