//! `sd-fetch list`

use std::collections::{BTreeMap, BTreeSet};

use sd_bundle::{Designation, Inbox, Item, ItemId, SourceId};
use sd_term::{Failure, Ui};

use super::server::{self, ServerArgs};
use crate::addresses::Station;
use crate::failures::inbox_failure;
use crate::inventory::Inventory;
use crate::journalist_interface::Submission;
use crate::plan::Plan;
use crate::report::{ListReport, Row, SourceRows};

/// Show, by source, what is on the server and what is here
///
/// Nothing is fetched.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
}

impl Args {
    pub(crate) fn into_request(self, station: Station) -> Result<server::Request, Failure> {
        self.server.into_request(station)
    }
}

/// Runs it.
pub(crate) fn run(base: server::Request, ui: &mut Ui) -> Result<ListReport, Failure> {
    let inbox = Inbox::open(base.home.part("inbox")?).map_err(inbox_failure)?;
    let (sync, pack) = (base.sync_hint(), base.pack_hint());
    let inventory = base.with_visit(ui, |visit, _| Inventory::of(visit.session()))?;
    let here = inbox.items().map_err(inbox_failure)?;
    let on_server = inventory.items.iter().map(|i| i.item.clone()).collect();
    let plan = Plan::new(inventory, &here);
    let mut report = report(plan, &on_server, &here);
    report.hint = match (report.new_items(), report.items_here()) {
        (1.., _) => Some(sync),
        (0, 1..) => Some(pack),
        (0, 0) => None,
    };
    Ok(report)
}

fn report(plan: Plan, on_server: &BTreeSet<ItemId>, here: &[Item]) -> ListReport {
    let mut sources: BTreeMap<SourceId, SourceRows> = BTreeMap::new();
    let mut add = |source: &SourceId, words: &Designation, row: Option<Row>| {
        let rows = sources.entry(source.clone()).or_insert_with(|| SourceRows {
            source: source.clone(),
            designation: words.clone(),
            items: Vec::new(),
        });
        rows.items.extend(row);
    };
    for (source, words) in &plan.sources {
        add(source, words, None);
    }
    for item in &plan.new {
        let Submission { number, kind, size, .. } = *item;
        let id = item.item.clone();
        let row = Row { item: id, number, kind, size, on_server: true, here: false };
        add(&item.source, &item.designation, Some(row));
    }
    for item in here {
        let on_server = on_server.contains(&item.item);
        let Item { number, kind, size, .. } = *item;
        let row = Row { item: item.item.clone(), number, kind, size, on_server, here: true };
        add(&item.source, &item.designation, Some(row));
    }
    let mut sources: Vec<SourceRows> = sources.into_values().collect();
    sources.sort_by(|a, b| (&a.designation, &a.source).cmp(&(&b.designation, &b.source)));
    for source in &mut sources {
        source.items.sort_by(|a, b| (a.number, &a.item).cmp(&(b.number, &b.item)));
    }
    ListReport { sources, refused: plan.refused, hint: None }
}
