//! `sd-fetch delete`

use sd_fs::{Progress as _, escape};
use sd_term::{Failure, PromptError, Status, Ui, count};

use super::select::SourceArgs;
use super::server::{self, ServerArgs};
use crate::addresses::Station;
use crate::deeds::one_by_one;
use crate::failures::{Step, who_failure};
use crate::holdings::Holdings;
use crate::inventory::Inventory;
use crate::read_back::Asked;
use crate::report::{DeedsReport, DeleteReport, SourceItems};
use crate::selection::{Who, args_of};
use crate::still_there::StillThere;
use crate::visit::Visit;

/// Delete delivered items on the server, one by one
///
/// This cannot be undone. Only items whose receipt came back from the Secure Viewing Station, and
/// that the server still lists as they were delivered. All of them are shown by source, and a
/// person types how many there are. Afterwards the server is asked once more what it has: what it
/// still lists has failed. The source itself, and what it sends later, stays. Nothing changes on
/// this station or on the Secure Viewing Station.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  sd-fetch delete --dry-run\n  \
    sd-fetch delete --source \"focal ghost\"\n  \
    sd-fetch delete --confirm 12")]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    from: SourceArgs,
    /// Show what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask: delete if there are exactly so many items, and nothing otherwise
    #[arg(long, value_name = "N", conflicts_with = "dry_run")]
    confirm: Option<usize>,
}

/// What to delete, understood.
pub(crate) struct Request {
    base: server::Request,
    from: Vec<Who>,
    consent: Consent,
}

/// How the number of items is known to the person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consent {
    Ask,
    Number(usize),
    OnlyShow,
}

const INSTEAD: &str = "use --confirm N, with the number of items that --dry-run shows";

impl Args {
    pub(crate) fn into_request(self, station: &Station) -> Result<Request, Failure> {
        let consent = match (self.dry_run, self.confirm) {
            (true, _) => Consent::OnlyShow,
            (false, Some(number)) => Consent::Number(number),
            (false, None) => Consent::Ask,
        };
        let base = self.server.into_request(station)?;
        Ok(Request { base, from: self.from.source, consent })
    }
}

/// Runs it.
pub(crate) fn run(request: Request, ui: &mut Ui) -> Result<DeleteReport, Failure> {
    let Request { base, from, consent } = request;
    let holdings = Holdings::look(&base.home)?;
    if holdings.shipments.delivered().is_empty() {
        return Ok(DeleteReport(DeedsReport::default()));
    }
    if consent == Consent::Ask && !ui.can_ask() {
        return Err(PromptError::NoTerminal(INSTEAD).into());
    }
    let same_server = base.same_server();
    let mut report = base.with_visit(ui, |visit, ui| {
        let inventory = Inventory::of(visit.session())?;
        let still = StillThere::new(inventory, &holdings.shipments.delivered(), &from)
            .map_err(who_failure)?;
        delete(visit, still, consent, ui)
    })?;
    let DeleteReport(deeds) = &mut report;
    if deeds.dry_run && !deeds.is_empty() {
        let number = ["--confirm".to_owned(), deeds.items().to_string()];
        let flags = args_of(&from).into_iter().chain(number).chain(same_server);
        deeds.hint = Some(server::hint("delete", flags));
    }
    Ok(report)
}

fn delete(
    visit: &Visit<'_>,
    still: StillThere,
    consent: Consent,
    ui: &mut Ui,
) -> Result<DeleteReport, Failure> {
    let StillThere { same, changed } = still;
    let planned = DeleteReport(DeedsReport {
        dry_run: true,
        sources: SourceItems::of(&same),
        changed,
        ..DeedsReport::default()
    });
    if consent == Consent::OnlyShow || same.is_empty() {
        return Ok(planned);
    }
    ui.say(planned.to_string().trim_end());
    consent.get(same.len(), ui)?;
    let mut bar = ui.bar();
    bar.begin("deleting", Some(same.iter().map(|i| i.size).sum()));
    let deeds =
        one_by_one(same, |item| visit.session().delete(item), |item| bar.advance(item.size));
    drop(bar);
    let deeds = deeds.read_back(Asked::Delete, || Inventory::of(visit.session()));
    DeedsReport::of(deeds, planned.0.changed, Step::Deleting).map(DeleteReport)
}

impl Consent {
    /// The person knows the number, or nothing is deleted.
    fn get(self, number: usize, ui: &mut Ui) -> Result<(), Failure> {
        let items = count(number, "item");
        let (typed, told) = match self {
            Self::Number(n) => (Some(n), n.to_string()),
            Self::Ask | Self::OnlyShow => {
                let question = format!("Type the number of items to delete {items} for good: ");
                let line = ui.line(&question, INSTEAD)?;
                (line.trim().parse().ok(), escape(line.trim().as_bytes()).to_string())
            }
        };
        if typed == Some(number) {
            return Ok(());
        }
        let what = format!("{items} would be deleted, not \"{told}\"; nothing was deleted");
        Err(Failure::new(Status::Refused, what))
    }
}
