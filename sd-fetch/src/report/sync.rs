//! What a sync did, or would do.

use std::fmt;

use sd_term::{Hint, Report, Status, count, size};
use serde::Serialize;

use super::{SourceLine, write_refused, write_wrapped};
use crate::inventory::Refused;
use crate::key_check::KeyCheck;
use crate::selection::{LeftOut, TooLarge};

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
    /// Items on the server that are not in the inbox, because they were delivered.
    pub(crate) delivered_before: usize,
    /// Items that are new and were not asked for.
    pub(crate) left_on_server: LeftOut,
    /// Items that wait in the inbox now.
    pub(crate) waiting: usize,
    /// Why the run ended early.
    pub(crate) ended_early: Option<String>,
    /// Items that were begun when the run ended early; what came of them is kept.
    pub(crate) unfinished: Vec<Refused>,
    /// Items that were not begun because the run ended early.
    pub(crate) left: usize,
    /// Whether sources are given the submission key that this station was paired with.
    pub(crate) submission_key: KeyCheck,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

impl SyncReport {
    /// What the flags left on the server: nobody shall believe that this was everything.
    fn write_left(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LeftOut { items, by, too_large } = &self.left_on_server;
        for left in too_large {
            let TooLarge { designation, kind, number, item, .. } = left;
            writeln!(f, "too large: {designation}, {kind} {number}: {}", size(left.size))?;
            writeln!(f, "           item {item}")?;
        }
        if *items > 0 {
            let flags: Vec<&str> = by.iter().map(|filter| filter.flag()).collect();
            let items = count(*items, "item");
            writeln!(f, "{items} left on the server by {}", flags.join(", "))?;
        }
        Ok(())
    }

    fn new_items(&self) -> usize {
        SourceLine::items(&self.sources)
    }
}

impl fmt::Display for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SourceLine::write(f, &self.sources)?;
        write_refused(f, "refused: ", &self.refused)?;
        write_refused(f, "unfinished: ", &self.unfinished)?;
        let verb = if self.dry_run { "to fetch" } else { "fetched and checked" };
        let bytes = size(SourceLine::bytes(&self.sources));
        writeln!(f, "{} {verb}, {bytes}", count(self.new_items(), "new item"))?;
        if !self.refused.is_empty() {
            writeln!(f, "{} refused", self.refused.len())?;
        }
        self.write_left(f)?;
        writeln!(f, "{} already here", count(self.already_here, "item"))?;
        if self.delivered_before > 0 {
            writeln!(f, "{} delivered before", count(self.delivered_before, "item"))?;
        }
        if let Some(why) = &self.ended_early {
            write_wrapped(f, "ended early: ", why)?;
            let not_fetched = self.left + self.unfinished.len();
            writeln!(f, "{} not fetched", count(not_fetched, "item"))?;
        }
        writeln!(f, "{} waiting in the inbox", count(self.waiting, "item"))?;
        write_key(f, &self.submission_key)
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, check: &KeyCheck) -> fmt::Result {
    match check {
        KeyCheck::Agrees { .. } => {
            writeln!(f, "submission key: the Source Interface shows the one of this station")
        }
        KeyCheck::NotCompared { why } => write_wrapped(f, "submission key: not compared: ", why),
        KeyCheck::Differs { paired, announced } => {
            writeln!(f, "THE SUBMISSION KEY DIFFERS")?;
            writeln!(f, "  of this station   {}", paired.spaced())?;
            writeln!(f, "  given to sources  {}", announced.spaced())?;
            let words = "Tell your administrator before you pack anything. Either the newsroom has a \
                         new key and the stations must be paired anew, or somebody put another key \
                         in its place, and mail to it can be read by them and not by you.";
            write_wrapped(f, "  ", words)
        }
    }
}

impl Report for SyncReport {
    fn status(&self) -> Status {
        if self.submission_key.differs() {
            Status::KeyDiffers
        } else if self.ended_early.is_some() {
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

    use sd_bundle::{Designation, Kind, SourceId};
    use sd_fs::Fingerprint;

    use super::*;
    use crate::selection::Filter;

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
            delivered_before: 9,
            left_on_server: LeftOut {
                items: 12,
                by: [Filter::MaxSize, Filter::Only].into(),
                too_large: vec![TooLarge {
                    source: SOURCE.parse().expect("a UUID"),
                    designation: "focal ghost".to_owned().try_into().expect("words"),
                    item: ITEM.parse().expect("a UUID"),
                    number: 6,
                    kind: Kind::Document,
                    size: 210_000_000,
                }],
            },
            waiting: 7,
            ended_early: Some("refused (403): the session may have ended".to_owned()),
            unfinished: vec![item("focal ghost, document 6").because("the server fell silent")],
            left: 2,
            submission_key: KeyCheck::Agrees { fingerprint: key('A') },
            hint: None,
        }
    }

    fn key(digit: char) -> Fingerprint {
        digit.to_string().repeat(40).parse().expect("a fingerprint")
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
too large: focal ghost, document 6: 210 MB
           item 952bab4d-260c-4136-b774-39eaacf9b912
12 items left on the server by --only, --max-size
4 items already here
9 items delivered before
ended early: refused (403): the session may have ended
3 items not fetched
7 items waiting in the inbox
submission key: the Source Interface shows the one of this station
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
            "delivered_before": 9,
            "left_on_server": {"items": 12, "by": ["--only", "--max-size"], "too_large": [
                {"source": SOURCE, "designation": "focal ghost", "item": ITEM, "number": 6,
                    "kind": "document", "size": 210_000_000}]},
            "waiting": 7,
            "ended_early": "refused (403): the session may have ended",
            "unfinished": [{"source": SOURCE, "item": ITEM, "name": "focal ghost, document 6",
                "why": "the server fell silent"}],
            "left": 2,
            "submission_key": {"outcome": "agrees", "fingerprint": "A".repeat(40)},
        });
        assert_eq!(value, wanted);
    }

    #[test]
    fn another_key_is_said_last_and_outweighs_everything() {
        let submission_key = KeyCheck::Differs { paired: key('A'), announced: key('B') };
        let report = SyncReport { submission_key, ..report() };
        assert_eq!(report.status(), Status::KeyDiffers);
        let text = report.to_string();
        let end = "\
THE SUBMISSION KEY DIFFERS
  of this station   AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA
  given to sources  BBBB BBBB BBBB BBBB BBBB BBBB BBBB BBBB BBBB BBBB
  Tell your administrator before you pack anything. Either the newsroom has a
  new key and the stations must be paired anew, or somebody put another key in
  its place, and mail to it can be read by them and not by you.
";
        assert!(text.ends_with(end), "{text}");
        let value = serde_json::to_value(&report).expect("JSON");
        let wanted = json!({"outcome": "differs", "paired": "A".repeat(40),
            "announced": "B".repeat(40)});
        assert_eq!(value["submission_key"], wanted);
        let unknown = KeyCheck::NotCompared { why: "nobody is there".to_owned() };
        let report = SyncReport { submission_key: unknown, ..self::report() };
        assert!(report.to_string().ends_with("submission key: not compared: nobody is there\n"));
        assert_eq!(report.status(), Status::CutShort, "that is a note and no more");
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
