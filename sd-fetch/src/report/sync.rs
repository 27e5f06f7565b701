//! What a sync did, or would do.

use std::collections::BTreeMap;
use std::fmt;

use sd_bundle::{Designation, Kind, SourceId};
use sd_term::{Hint, Report, Status, count, size};
use serde::Serialize;

use super::{write_refused, write_wrapped};
use crate::inventory::Refused;

/// Designations wider than this have a line of their own.
const COLUMN: usize = 26;

/// The report of `sd-fetch sync`.
#[derive(Debug, Serialize)]
pub(crate) struct SyncReport {
    /// Nothing was fetched: this is the plan.
    pub(crate) dry_run: bool,
    /// New items of each source.
    pub(crate) sources: Vec<SourceLine>,
    /// What was refused.
    pub(crate) refused: Vec<Refused>,
    /// Items on the server that were in the inbox before.
    pub(crate) already_here: usize,
    /// Items that wait in the inbox now.
    pub(crate) waiting: usize,
    /// Why the run ended early.
    pub(crate) ended_early: Option<String>,
    /// Items that were begun when the run ended early; what came of them is kept.
    pub(crate) unfinished: Vec<Refused>,
    /// Items that were not begun because the run ended early.
    pub(crate) left: usize,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

/// What is new from one source.
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

    fn items(&self) -> usize {
        self.messages + self.documents + self.replies
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

impl SyncReport {
    fn new_items(&self) -> usize {
        self.sources.iter().map(SourceLine::items).sum()
    }
}

impl fmt::Display for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.sources {
            let words = line.designation.as_str();
            let column = if words.chars().count() <= COLUMN { words } else { "" };
            if column.is_empty() {
                writeln!(f, "{words}")?;
            }
            writeln!(f, "{column:<COLUMN$}  {:<40} {:>9}", line.counts(), size(line.bytes))?;
        }
        write_refused(f, "refused: ", &self.refused)?;
        write_refused(f, "unfinished: ", &self.unfinished)?;
        let verb = if self.dry_run { "to fetch" } else { "fetched and checked" };
        let bytes = self.sources.iter().map(|l| l.bytes).sum();
        writeln!(f, "{} {verb}, {}", count(self.new_items(), "new item"), size(bytes))?;
        if !self.refused.is_empty() {
            writeln!(f, "{} refused", self.refused.len())?;
        }
        writeln!(f, "{} already here", count(self.already_here, "item"))?;
        if let Some(why) = &self.ended_early {
            write_wrapped(f, "ended early: ", why)?;
            let not_fetched = self.left + self.unfinished.len();
            writeln!(f, "{} not fetched", count(not_fetched, "item"))?;
        }
        writeln!(f, "{} waiting in the inbox", count(self.waiting, "item"))
    }
}

impl Report for SyncReport {
    fn status(&self) -> Status {
        if self.ended_early.is_some() {
            Status::CutShort
        } else if !self.refused.is_empty() {
            Status::PartDone
        } else if self.new_items() == 0 {
            Status::NothingToDo
        } else {
            Status::Done
        }
    }

    fn hint(&self) -> Option<Hint> {
        self.hint.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const ITEM: &str = "952bab4d-260c-4136-b774-39eaacf9b912";

    fn report() -> SyncReport {
        let source: SourceId = SOURCE.parse().expect("a UUID");
        let words: Designation = "focal ghost".to_owned().try_into().expect("words");
        let items = [(Kind::Message, 616), (Kind::Reply, 1143), (Kind::Message, 20)];
        let items = items.iter().map(|(kind, bytes)| (&source, &words, *kind, *bytes));
        let item = |name| Refused::named(Some(SOURCE), Some(ITEM), name);
        SyncReport {
            dry_run: false,
            sources: SourceLine::tally(items),
            refused: vec![
                item("focal ghost, document 4")
                    .because("the content does not match the server's own hash"),
            ],
            already_here: 4,
            waiting: 7,
            ended_early: Some("refused (403): the session may have ended".to_owned()),
            unfinished: vec![item("focal ghost, document 6").because("the server fell silent")],
            left: 2,
            hint: None,
        }
    }

    #[test]
    fn both_faces_tell_the_same() {
        let text = "\
focal ghost                 2 messages, 1 reply                         1.8 kB
refused: focal ghost, document 4: the content does not match the server's own
         hash
         item 952bab4d-260c-4136-b774-39eaacf9b912
unfinished: focal ghost, document 6: the server fell silent
            item 952bab4d-260c-4136-b774-39eaacf9b912
3 new items fetched and checked, 1.8 kB
1 refused
4 items already here
ended early: refused (403): the session may have ended
3 items not fetched
7 items waiting in the inbox
";
        assert_eq!(report().to_string(), text);
        let value = serde_json::to_value(report()).expect("JSON");
        let wanted = json!({
            "dry_run": false,
            "sources": [{"source": SOURCE, "designation": "focal ghost", "messages": 2,
                "documents": 0, "replies": 1, "bytes": 1779}],
            "refused": [{"source": SOURCE, "item": ITEM, "name": "focal ghost, document 4",
                "why": "the content does not match the server's own hash"}],
            "already_here": 4,
            "waiting": 7,
            "ended_early": "refused (403): the session may have ended",
            "unfinished": [{"source": SOURCE, "item": ITEM, "name": "focal ghost, document 6",
                "why": "the server fell silent"}],
            "left": 2,
        });
        assert_eq!(value, wanted);
    }

    #[test]
    fn the_status_is_never_better_than_the_worst_of_it() {
        assert_eq!(report().status(), Status::CutShort);
        let refused = SyncReport { ended_early: None, ..report() };
        assert_eq!(refused.status(), Status::PartDone);
        let whole = SyncReport { refused: Vec::new(), ended_early: None, ..report() };
        assert_eq!(whole.status(), Status::Done);
        let nothing = SyncReport { sources: Vec::new(), ..whole };
        assert_eq!(nothing.status(), Status::NothingToDo);
        let cut = SyncReport { refused: Vec::new(), sources: Vec::new(), ..report() };
        assert_eq!(cut.status(), Status::CutShort);
    }
}
