//! `sd-fetch list`

use sd_bundle::Home;
use sd_term::{Failure, Ui};

use super::server::{self, ServerArgs, pack_hint};
use crate::addresses::Station;
use crate::holdings::Holdings;
use crate::inventory::Inventory;
use crate::overview::{Listed, Overview, Show};
use crate::plan::Plan;
use crate::report::ListReport;

/// Show, by source, what is on the server and what is here
///
/// Each item is new (on the server only), here (in the inbox, waiting to be packed), packed, or
/// delivered. Nothing is fetched.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  sd-fetch list\n  sd-fetch list --offline")]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// Ask no server: show what is known here
    #[arg(long, conflicts_with_all = ["server", "tor_socks", "insecure_loopback", "username",
        "credentials_fd", "wait", "patience"])]
    offline: bool,
    /// Show also what was delivered and is neither in the inbox nor on the server
    #[arg(long)]
    all: bool,
}

/// A list, understood.
pub(crate) struct Request {
    from: From,
    show: Show,
}

enum From {
    Server(Box<server::Request>),
    Here(Home),
}

impl Args {
    pub(crate) fn into_request(self, station: &Station) -> Result<Request, Failure> {
        let show = if self.all { Show::All } else { Show::Present };
        let from = if self.offline {
            From::Here(station.home.clone())
        } else {
            From::Server(Box::new(self.server.into_request(station)?))
        };
        Ok(Request { from, show })
    }
}

/// Runs it.
pub(crate) fn run(request: Request, ui: &mut Ui) -> Result<ListReport, Failure> {
    match request.from {
        From::Server(base) => online(*base, request.show, ui),
        From::Here(home) => {
            let overview = Overview::new(None, &Holdings::look(&home)?, request.show);
            let mut report = ListReport::new(overview, None);
            report.hint = (report.waiting() > 0).then(|| pack_hint(&home));
            Ok(report)
        }
    }
}

fn online(base: server::Request, show: Show, ui: &mut Ui) -> Result<ListReport, Failure> {
    let (home, sync, pack) = (base.home.clone(), base.sync_hint(), base.pack_hint());
    let inventory = base.with_visit(ui, |visit, _| Inventory::of(visit.session()))?;
    let holdings = Holdings::look(&home)?;
    let listed = Listed { sources: &inventory.sources, items: &inventory.items };
    let overview = Overview::new(Some(&listed), &holdings, show);
    let plan = Plan::new(inventory, &holdings.inbox, &holdings.shipments.delivered());
    let mut report = ListReport::new(overview, Some(plan.refused));
    report.hint = match (report.new_items(), report.waiting()) {
        (1.., _) => Some(sync),
        (0, 1..) => Some(pack),
        (0, 0) => None,
    };
    Ok(report)
}
