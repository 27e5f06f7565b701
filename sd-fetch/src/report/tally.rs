//! Items counted by source.

use std::collections::BTreeMap;
use std::fmt;

use sd_bundle::{Designation, Kind, SourceId};
use sd_term::size;
use serde::Serialize;

/// Designations wider than this have a line of their own.
const COLUMN: usize = 26;

/// How many items of one source, and how large they are.
#[derive(Debug, Serialize)]
pub(crate) struct SourceLine {
    source: SourceId,
    designation: Designation,
    messages: usize,
    documents: usize,
    replies: usize,
    bytes: u64,
}

impl SourceLine {
    /// Counts items by source.
    pub(crate) fn tally<'a>(
        items: impl IntoIterator<Item = (&'a SourceId, &'a Designation, Kind, u64)>,
    ) -> Vec<Self> {
        let mut lines: BTreeMap<&SourceId, Self> = BTreeMap::new();
        for (source, words, kind, bytes) in items {
            let line = lines.entry(source).or_insert_with(|| Self {
                source: source.clone(),
                designation: words.clone(),
                messages: 0,
                documents: 0,
                replies: 0,
                bytes: 0,
            });
            match kind {
                Kind::Message => line.messages += 1,
                Kind::Document => line.documents += 1,
                Kind::Reply => line.replies += 1,
            }
            line.bytes = line.bytes.saturating_add(bytes);
        }
        let mut lines: Vec<Self> = lines.into_values().collect();
        lines.sort_by(|a, b| (&a.designation, &a.source).cmp(&(&b.designation, &b.source)));
        lines
    }

    /// Items of all these sources.
    pub(super) fn items(lines: &[Self]) -> usize {
        lines.iter().map(|l| l.messages + l.documents + l.replies).sum()
    }

    /// Bytes of all these sources.
    pub(super) fn bytes(lines: &[Self]) -> u64 {
        lines.iter().fold(0, |sum, l| sum.saturating_add(l.bytes))
    }

    /// A line for each source.
    pub(super) fn write(f: &mut fmt::Formatter<'_>, lines: &[Self]) -> fmt::Result {
        for line in lines {
            let words = line.designation.as_str();
            let column = if words.chars().count() <= COLUMN { words } else { "" };
            if column.is_empty() {
                writeln!(f, "{words}")?;
            }
            writeln!(f, "{column:<COLUMN$}  {:<40} {:>9}", line.counts(), size(line.bytes))?;
        }
        Ok(())
    }

    fn counts(&self) -> String {
        let parts = [
            (self.messages, "message", "messages"),
            (self.documents, "document", "documents"),
            (self.replies, "reply", "replies"),
        ];
        let some = parts.into_iter().filter(|(n, ..)| *n > 0);
        let words = some.map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }));
        words.collect::<Vec<_>>().join(", ")
    }
}
