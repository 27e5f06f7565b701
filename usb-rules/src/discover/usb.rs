//! USB devices that are no disks.

use serde::Serialize;

use super::snapshot::{Snapshot, Unit};
use crate::interface::Interface;
use crate::table;

/// A USB device that is no disk, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// Where it is plugged in, such as `2-1.4`.
    pub port: String,
    /// Its maker's and its own name. Foreign text.
    pub product: String,
    /// Every interface it shows; empty: they could not be read.
    pub interfaces: Vec<Interface>,
    /// What its interfaces say it is.
    pub what: &'static str,
}

/// Every USB device without a block device. Hubs are left out: what is behind them is listed.
pub(super) fn others(snapshot: &Snapshot) -> Vec<Other> {
    let is_disk = |u: &Unit| snapshot.blocks.iter().any(|b| b.port.as_ref() == Some(&u.port));
    let is_hub = |u: &Unit| {
        !u.interfaces.is_empty() && u.interfaces.iter().all(|i| i.class == table::HUB_CLASS)
    };
    let units = snapshot.units.iter().filter(|u| !is_disk(u) && !is_hub(u));
    let mut others: Vec<_> = units.map(other).collect();
    others.sort_by(|a, b| a.port.cmp(&b.port));
    others
}

fn other(unit: &Unit) -> Other {
    Other {
        port: unit.port.clone(),
        product: format!("{} {}", unit.vendor, unit.product).trim().to_owned(),
        interfaces: unit.interfaces.clone(),
        // An interface of the maker's own says less than any other, one without a protocol less
        // than one with it.
        what: unit
            .interfaces
            .iter()
            .min_by_key(|i| (i.class == 0xff, i.protocol == 0))
            .map_or("a device that could not be read", Interface::meaning),
    }
}
