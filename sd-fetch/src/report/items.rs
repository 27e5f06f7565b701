//! Items by source, each on a line of its own.

use std::fmt;

use sd_bundle::{Designation, ItemId, Kind, SourceId};
use sd_term::size;
use serde::Serialize;

use crate::journalist_interface::Submission;

/// One source's items.
#[derive(Debug, Serialize)]
pub(crate) struct SourceItems {
    source: SourceId,
    designation: Designation,
    items: Vec<ItemLine>,
}

#[derive(Debug, Serialize)]
struct ItemLine {
    item: ItemId,
    number: u32,
    kind: Kind,
    size: u64,
}

impl SourceItems {
    /// Sorts items by source; they come sorted by it.
    pub(crate) fn of(items: &[Submission]) -> Vec<Self> {
        let same = |a: &Submission, b: &Submission| a.source == b.source;
        let line = |item: &Submission| ItemLine {
            item: item.item.clone(),
            number: item.number,
            kind: item.kind,
            size: item.size,
        };
        let source = |items: &[Submission]| Self {
            source: items[0].source.clone(),
            designation: items[0].designation.clone(),
            items: items.iter().map(line).collect(),
        };
        items.chunk_by(same).map(source).collect()
    }

    /// How many items of all these sources.
    pub(super) fn count(sources: &[Self]) -> usize {
        sources.iter().map(|s| s.items.len()).sum()
    }

    /// A heading for each source and a line for each item; `end` says what became of it.
    pub(super) fn write(f: &mut fmt::Formatter<'_>, sources: &[Self], end: &str) -> fmt::Result {
        for source in sources {
            writeln!(f, "{}\n  source {}", source.designation, source.source)?;
            for ItemLine { number, kind, size: bytes, .. } in &source.items {
                let line = format!("  {number:>6}  {kind:<8}  {:>9}  {end}", size(*bytes));
                writeln!(f, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }
}
