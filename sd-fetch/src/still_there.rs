//! Delivered items that the server still has, just as they were delivered.
//!
//! ```text
//! server's lists --identifier delivered?--no--> none of our business
//!                        '--yes--> source, kind, number and size as in the delivered manifest?
//!                                        |--yes--> may be marked or deleted
//!                                        '--no---> named, and left alone
//! ```

use sd_bundle::Delivered;

use crate::inventory::{Inventory, Refused};
use crate::journalist_interface::Submission;
use crate::plan::{CHANGED_SINCE, is_same};
use crate::selection::{Who, WhoError, sources_named};

/// What may be acted on, and what may not.
#[derive(Debug)]
pub(crate) struct StillThere {
    /// By designation, source and number.
    pub(crate) same: Vec<Submission>,
    /// Delivered identifiers that now stand for something else.
    pub(crate) changed: Vec<Refused>,
}

impl StillThere {
    /// Compares the server with what was delivered. Whoever is named in `who` must be a source
    /// that the server lists.
    pub(crate) fn new(
        inventory: Inventory,
        delivered: &Delivered<'_>,
        who: &[Who],
    ) -> Result<Self, WhoError> {
        let from = sources_named(who, &inventory.sources)?;
        let chosen = |i: &Submission| from.as_ref().is_none_or(|from| from.contains(&i.source));
        let (mut same, mut changed) = (Vec::new(), Vec::new());
        for item in inventory.items.into_iter().filter(chosen) {
            let versions = delivered.versions(&item.item);
            if versions.iter().any(|copy| is_same(copy, &item)) {
                same.push(item);
            } else if !versions.is_empty() {
                changed.push(Refused::item(&item).because(CHANGED_SINCE));
            }
        }
        same.sort_by(|a, b| {
            (&a.designation, &a.source, a.number).cmp(&(&b.designation, &b.source, b.number))
        });
        Ok(Self { same, changed })
    }
}
