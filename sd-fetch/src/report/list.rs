//! What is on the server and what is here.

use std::fmt;

use sd_bundle::{Designation, ItemId, Kind, SourceId};
use sd_term::{Hint, Report, Status, count, size};
use serde::Serialize;

use super::write_refused;
use crate::inventory::Refused;

/// The report of `sd-fetch list`.
#[derive(Debug, Serialize)]
pub(crate) struct ListReport {
    /// Each source with its items.
    pub(crate) sources: Vec<SourceRows>,
    /// What would be refused by a sync.
    pub(crate) refused: Vec<Refused>,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

/// One source's items.
#[derive(Debug, Serialize)]
pub(crate) struct SourceRows {
    /// Who.
    pub(crate) source: SourceId,
    /// The words for them.
    pub(crate) designation: Designation,
    /// Their items, by number.
    pub(crate) items: Vec<Row>,
}

/// One item.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its identity.
    pub(crate) item: ItemId,
    /// Its number in the conversation.
    pub(crate) number: u32,
    /// What it is.
    pub(crate) kind: Kind,
    /// Bytes of ciphertext.
    pub(crate) size: u64,
    /// Whether the server has it.
    pub(crate) on_server: bool,
    /// Whether the inbox has it.
    pub(crate) here: bool,
}

impl ListReport {
    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sources.iter().flat_map(|s| &s.items)
    }

    /// Items a sync would fetch.
    pub(crate) fn new_items(&self) -> usize {
        self.rows().filter(|r| !r.here).count()
    }

    /// Items in the inbox.
    pub(crate) fn items_here(&self) -> usize {
        self.rows().filter(|r| r.here).count()
    }
}

impl Row {
    fn place(&self) -> &'static str {
        match (self.on_server, self.here) {
            (true, true) => "here",
            (false, _) => "here; no longer on the server",
            (true, false) => "new",
        }
    }
}

impl fmt::Display for ListReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for source in &self.sources {
            writeln!(f, "{}\n  source {}", source.designation, source.source)?;
            for row in &source.items {
                let Row { number, kind, size: bytes, .. } = row;
                writeln!(f, "  {number:>6}  {kind:<8}  {:>9}  {}", size(*bytes), row.place())?;
            }
        }
        write_refused(f, "refused: ", &self.refused)?;
        let on_server = self.rows().filter(|r| r.on_server).count();
        let sources = count(self.sources.len(), "source");
        writeln!(f, "{sources}, {} on the server", count(on_server, "item"))?;
        writeln!(f, "{} here, {} new", self.items_here(), self.new_items())
    }
}

impl Report for ListReport {
    fn status(&self) -> Status {
        if self.refused.is_empty() { Status::Done } else { Status::PartDone }
    }

    fn hint(&self) -> Option<Hint> {
        self.hint.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_says_where_it_is() {
        let row = |number, kind, size, on_server, here| Row {
            item: "952bab4d-260c-4136-b774-39eaacf9b912".parse().expect("a UUID"),
            number,
            kind,
            size,
            on_server,
            here,
        };
        let items = vec![
            row(1, Kind::Message, 616, true, true),
            row(3, Kind::Document, 3_147_305, true, false),
            row(5, Kind::Reply, 1143, false, true),
        ];
        let source = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID");
        let designation = "focal ghost".to_owned().try_into().expect("words");
        let sources = vec![SourceRows { source, designation, items }];
        let report = ListReport { sources, refused: Vec::new(), hint: None };
        let text = "\
focal ghost
  source 7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c
       1  message       616 B  here
       3  document     3.1 MB  new
       5  reply        1.1 kB  here; no longer on the server
1 source, 2 items on the server
2 here, 1 new
";
        assert_eq!(report.to_string(), text);
        let value = serde_json::to_value(&report).expect("JSON");
        let facts = &value["sources"][0]["items"][2];
        assert_eq!((&facts["on_server"], &facts["here"]), (&false.into(), &true.into()));
        assert_eq!((&facts["kind"], &facts["size"]), (&"reply".into(), &1143.into()));
    }
}
