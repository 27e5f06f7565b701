//! `sd-fetch forget`

use sd_bundle::{Home, Inbox, Outbox};
use sd_term::{Failure, Ui, count};

use super::consent::{Consent, ConsentArgs};
use super::select::SourceArgs;
use crate::addresses::Station;
use crate::failures::{inbox_failure, outbox_failure, who_failure};
use crate::forget::{Parts, Plan};
use crate::journalist_interface::Sources;
use crate::report::{ForgetReport, SourceLine};
use crate::selection::{Who, sources_named};

/// Remove the ciphertext of delivered items from this station
///
/// Only what the Secure Viewing Station has: its receipt code came back, and the bytes here are
/// those that it confirmed. What waits, and what is packed without a receipt, stays. Nothing
/// changes on the server, and no later sync fetches these items again.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  sd-fetch forget --dry-run\n  sd-fetch forget --partial")]
pub(crate) struct Args {
    #[command(flatten)]
    from: SourceArgs,
    /// Remove also every interrupted download, of whatever source: it is only a saving, and the
    /// next sync fetches such an item from its first byte
    #[arg(long)]
    partial: bool,
    #[command(flatten)]
    consent: ConsentArgs,
}

/// What to forget, understood.
pub(crate) struct Request {
    home: Home,
    from: Vec<Who>,
    parts: Parts,
    consent: Consent,
}

impl Args {
    pub(crate) fn into_request(self, station: &Station) -> Request {
        let parts = if self.partial { Parts::Clean } else { Parts::Keep };
        let (from, consent) = (self.from.source, self.consent.into_consent());
        Request { home: station.home.clone(), from, parts, consent }
    }
}

/// Runs it.
pub(crate) fn run(request: Request, ui: &mut Ui) -> Result<ForgetReport, Failure> {
    let Request { home, from, parts, consent } = request;
    let inbox = Inbox::open(home.part("inbox")?).map_err(inbox_failure)?;
    // Its lock too: nothing may be packed or confirmed between the look and the removal.
    let outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
    let known: Sources = inbox
        .items()
        .map_err(inbox_failure)?
        .into_iter()
        .map(|item| (item.source, item.designation))
        .collect();
    let from = sources_named(&from, &known).map_err(who_failure)?;
    let plan = Plan::new(&inbox, &outbox, from.as_ref(), parts).map_err(inbox_failure)?;
    let shown = report(&plan, true);
    if consent == Consent::OnlyShow || shown.is_empty() {
        return Ok(shown);
    }
    let items = count(plan.items.len(), "delivered item");
    let question = match plan.interrupted.len() {
        0 => format!("Forget {items} here?"),
        n => format!("Forget {items} and {} here?", count(n, "interrupted download")),
    };
    consent.get(&shown, &question, ui)?;
    let (done, ended) = plan.apply(&inbox);
    let ended_early = ended.map(|e| e.to_string());
    Ok(ForgetReport { ended_early, ..report(&done, false) })
}

fn report(plan: &Plan, dry_run: bool) -> ForgetReport {
    let items = plan.items.iter().map(|i| (&i.source, &i.designation, i.kind, i.size));
    ForgetReport {
        dry_run,
        sources: SourceLine::tally(items),
        leftovers: plan.leftovers.iter().map(|left| left.bytes).collect(),
        interrupted: plan.interrupted.iter().map(|part| part.bytes).collect(),
        interrupted_kept: plan.interrupted_kept,
        waiting: plan.waiting,
        packed: plan.packed,
        other_bytes: plan.other_bytes,
        ended_early: None,
        hint: None,
    }
}
