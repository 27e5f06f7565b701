//! Reports: `Display` is the human face, `Serialize` the one for scripts.

mod deeds;
mod forget;
mod items;
mod list;
mod status;
mod sync;
mod tally;

pub(crate) use deeds::{DeedsReport, DeleteReport, SeenReport};
pub(crate) use forget::ForgetReport;
pub(crate) use items::SourceItems;
pub(crate) use list::ListReport;
pub(crate) use status::{InboxFacts, Partials, ServerFacts, StatusReport};
pub(crate) use sync::SyncReport;
pub(crate) use tally::SourceLine;

use std::fmt;

use sd_term::Wrapped;

use crate::inventory::Refused;

/// A list of items that are not here, each with its reason after `lead`.
fn write_refused(f: &mut fmt::Formatter<'_>, lead: &str, refused: &[Refused]) -> fmt::Result {
    let below = " ".repeat(lead.len());
    for entry in refused {
        write_wrapped(f, lead, &format!("{}: {}", entry.name(), entry.why()))?;
        let (what, id) = match (entry.item_id(), entry.source()) {
            (Some(item), _) => ("item", item),
            (None, Some(source)) => ("source", source),
            (None, None) => continue,
        };
        write_wrapped(f, &format!("{below}{what} "), id)?;
    }
    Ok(())
}

/// Text after a lead, on lines that fit.
fn write_wrapped(f: &mut fmt::Formatter<'_>, lead: &str, text: &str) -> fmt::Result {
    writeln!(f, "{}", Wrapped::new(lead, text))
}
