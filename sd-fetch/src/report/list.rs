//! What is on the server and what is here.

use std::fmt;

use sd_term::{Hint, Report, Status, count, size};
use serde::Serialize;

use super::write_refused;
use crate::inventory::Refused;
use crate::overview::{Overview, Row, SourceRows, Stage};

/// The report of `sd-fetch list`.
#[derive(Debug, Serialize)]
pub(crate) struct ListReport {
    /// Whether the server was asked.
    pub(crate) server_asked: bool,
    /// Each source with its items.
    pub(crate) sources: Vec<SourceRows>,
    /// What would be refused by a sync.
    pub(crate) refused: Vec<Refused>,
    /// Items not shown: delivered, and neither in the inbox nor known to be on the server.
    pub(crate) past: usize,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

impl ListReport {
    /// The report of an overview; with what the server's lists hold and cannot be taken.
    pub(crate) fn new(overview: Overview, refused: Option<Vec<Refused>>) -> Self {
        let Overview { sources, past } = overview;
        let server_asked = refused.is_some();
        Self { server_asked, sources, refused: refused.unwrap_or_default(), past, hint: None }
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sources.iter().flat_map(|s| &s.items)
    }

    /// Items a sync would fetch.
    pub(crate) fn new_items(&self) -> usize {
        self.rows().filter(|r| r.is_wanted()).count()
    }

    /// Items in the inbox that wait to be packed.
    pub(crate) fn waiting(&self) -> usize {
        self.at(Stage::Here)
    }

    fn at(&self, stage: Stage) -> usize {
        self.rows().filter(|r| r.state == stage).count()
    }
}

/// Where an item is, in words.
fn place(row: &Row) -> String {
    let stage = match (row.state, row.here) {
        (Stage::New, _) => "new",
        (Stage::Here, _) => "here",
        (Stage::Packed, true) => "packed",
        (Stage::Packed, false) => "packed, but not in the inbox any more",
        (Stage::Delivered, _) => "delivered",
    };
    let server = match (row.on_server, row.state) {
        (Some(false), _) => "; no longer on the server",
        (Some(true), Stage::Delivered) => "; still on the server",
        (Some(true) | None, _) => "",
    };
    format!("{stage}{server}")
}

impl fmt::Display for ListReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for source in &self.sources {
            writeln!(f, "{}\n  source {}", source.designation, source.source)?;
            for row in &source.items {
                let Row { number, kind, size: bytes, .. } = row;
                writeln!(f, "  {number:>6}  {kind:<8}  {:>9}  {}", size(*bytes), place(row))?;
            }
        }
        write_refused(f, "refused: ", &self.refused)?;
        let sources = count(self.sources.len(), "source");
        if self.server_asked {
            let on_server = self.rows().filter(|r| r.on_server == Some(true)).count();
            writeln!(f, "{sources}, {} on the server", count(on_server, "item"))?;
        } else {
            writeln!(f, "{sources}; the server was not asked")?;
        }
        let [new, here, packed, delivered] =
            [Stage::New, Stage::Here, Stage::Packed, Stage::Delivered].map(|s| self.at(s));
        writeln!(f, "{new} new, {here} here, {packed} packed, {delivered} delivered")?;
        match self.past {
            0 => Ok(()),
            past => {
                writeln!(
                    f,
                    "{} delivered and gone from the inbox (--all)",
                    count(past, "more item")
                )
            }
        }
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
    use serde_json::json;

    use sd_bundle::Kind;

    use super::*;

    fn row(number: u32, state: Stage, on_server: Option<bool>, here: bool) -> Row {
        let item = "952bab4d-260c-4136-b774-39eaacf9b912".parse().expect("a UUID");
        let (kind, size) = [(Kind::Message, 616), (Kind::Document, 3_147_305), (Kind::Reply, 1143)]
            [number as usize % 3];
        Row { item, number, kind, size, state, on_server, here }
    }

    fn report(items: Vec<Row>, refused: Option<Vec<Refused>>, past: usize) -> ListReport {
        let source = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID");
        let designation = "focal ghost".to_owned().try_into().expect("words");
        let sources = vec![SourceRows { source, designation, items }];
        ListReport::new(Overview { sources, past }, refused)
    }

    #[test]
    fn each_item_says_where_it_is() {
        let items = vec![
            row(1, Stage::New, Some(true), false),
            row(2, Stage::Here, Some(true), true),
            row(3, Stage::Here, Some(false), true),
            row(4, Stage::Packed, Some(true), true),
            row(5, Stage::Packed, Some(true), false),
            row(6, Stage::Delivered, Some(true), false),
            row(7, Stage::Delivered, Some(false), true),
        ];
        let report = report(items, Some(Vec::new()), 0);
        let text = "\
focal ghost
  source 7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c
       1  document     3.1 MB  new
       2  reply        1.1 kB  here
       3  message       616 B  here; no longer on the server
       4  document     3.1 MB  packed
       5  reply        1.1 kB  packed, but not in the inbox any more
       6  message       616 B  delivered; still on the server
       7  document     3.1 MB  delivered; no longer on the server
1 source, 5 items on the server
1 new, 2 here, 2 packed, 2 delivered
";
        assert_eq!(report.to_string(), text);
        assert_eq!((report.new_items(), report.waiting()), (2, 2));
        let value = serde_json::to_value(&report).expect("JSON");
        let wanted = json!({"item": "952bab4d-260c-4136-b774-39eaacf9b912", "number": 7,
            "kind": "document", "size": 3_147_305, "state": "delivered", "on_server": false,
            "here": true});
        assert_eq!(value["sources"][0]["items"][6], wanted);
        assert_eq!((&value["server_asked"], &value["past"]), (&json!(true), &json!(0)));
    }

    #[test]
    fn without_a_server_nothing_is_said_about_it() {
        let report = report(vec![row(2, Stage::Delivered, None, true)], None, 3);
        let text = "\
focal ghost
  source 7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c
       2  reply        1.1 kB  delivered
1 source; the server was not asked
0 new, 0 here, 0 packed, 1 delivered
3 more items delivered and gone from the inbox (--all)
";
        assert_eq!(report.to_string(), text);
        let value = serde_json::to_value(&report).expect("JSON");
        assert_eq!(value["server_asked"], false);
        assert_eq!(value["sources"][0]["items"][0]["on_server"], json!(null));
    }
}
