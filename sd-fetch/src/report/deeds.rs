//! What was marked or deleted on the server, or would be.

use std::fmt;

use sd_term::{Hint, Report, Status, count};
use serde::Serialize;

use super::{SourceItems, write_refused, write_wrapped};
use crate::inventory::Refused;

/// The report of `sd-fetch seen`.
#[derive(Debug, Serialize)]
pub(crate) struct SeenReport {
    /// Delivered items that the server says were seen before.
    pub(crate) seen_before: usize,
    /// The rest.
    #[serde(flatten)]
    pub(crate) deeds: DeedsReport,
}

/// The report of `sd-fetch delete`.
#[derive(Debug, Serialize)]
pub(crate) struct DeleteReport(pub(crate) DeedsReport);

/// What both have to say.
#[derive(Debug, Default, Serialize)]
pub(crate) struct DeedsReport {
    /// Nothing was done: this is the plan.
    pub(crate) dry_run: bool,
    /// The items it was, or would be, done to.
    pub(crate) sources: Vec<SourceItems>,
    /// Items that the server did not have, and does not list, any more.
    pub(crate) gone: Vec<SourceItems>,
    /// Items for which it did not work.
    pub(crate) failed: Vec<Refused>,
    /// Items that the server lists otherwise than they were delivered: left alone.
    pub(crate) changed: Vec<Refused>,
    /// Why the run ended early.
    pub(crate) ended_early: Option<String>,
    /// Items that were not tried, or have no answer, because it ended early.
    pub(crate) left: usize,
    /// The next command.
    #[serde(skip)]
    pub(crate) hint: Option<Hint>,
}

/// The words of one verb.
struct Words {
    /// `marked as seen`.
    done: &'static str,
    /// `to mark as seen`.
    planned: &'static str,
}

impl DeedsReport {
    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.items() == 0
    }

    /// How many items it is about.
    pub(crate) fn items(&self) -> usize {
        SourceItems::count(&self.sources)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, words: &Words) -> fmt::Result {
        SourceItems::write(f, &self.sources, "")?;
        SourceItems::write(f, &self.gone, "was not there any more")?;
        write_refused(f, "failed: ", &self.failed)?;
        write_refused(f, "left alone: ", &self.changed)?;
        let verb = if self.dry_run { words.planned } else { words.done };
        writeln!(f, "{} {verb}", count(self.items(), "delivered item"))?;
        let gone = SourceItems::count(&self.gone);
        if gone > 0 {
            writeln!(f, "{} not on the server any more", count(gone, "item"))?;
        }
        if let Some(why) = &self.ended_early {
            write_wrapped(f, "ended early: ", why)?;
        }
        if self.left > 0 {
            writeln!(f, "{} not {}", count(self.left, "item"), words.done)?;
        }
        Ok(())
    }

    /// `short`: items that were asked for and did not come to what was asked.
    fn worst(&self, short: usize) -> Status {
        if self.ended_early.is_some() {
            Status::CutShort
        } else if short + self.failed.len() + self.changed.len() > 0 {
            Status::PartDone
        } else if self.is_empty() && self.gone.is_empty() {
            Status::NothingToDo
        } else {
            Status::Done
        }
    }
}

impl fmt::Display for SeenReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Words { done: "marked as seen", planned: "to mark as seen" };
        self.deeds.write(f, &words)?;
        writeln!(f, "{} seen before", count(self.seen_before, "delivered item"))
    }
}

impl Report for SeenReport {
    fn status(&self) -> Status {
        self.deeds.worst(SourceItems::count(&self.deeds.gone))
    }

    fn hint(&self) -> Option<Hint> {
        self.deeds.hint.clone()
    }
}

impl fmt::Display for DeleteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Words { done: "deleted on the server", planned: "to delete on the server" };
        self.0.write(f, &words)?;
        if self.0.dry_run && !self.0.is_empty() {
            writeln!(f, "Deleting cannot be undone. The Secure Viewing Station keeps its copies.")?;
        }
        Ok(())
    }
}

impl Report for DeleteReport {
    fn status(&self) -> Status {
        // What was gone already is where it was to go.
        self.0.worst(0)
    }

    fn hint(&self) -> Option<Hint> {
        self.0.hint.clone()
    }
}

#[cfg(test)]
mod tests {
    use sd_bundle::Kind;
    use serde_json::json;

    use super::*;
    use crate::journalist_interface::Submission;

    const SOURCE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";

    fn item(number: u32) -> Submission {
        Submission {
            source: SOURCE.parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID"),
            number,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("words"),
            size: 616,
            seen: false,
        }
    }

    fn report() -> DeedsReport {
        DeedsReport {
            dry_run: false,
            sources: SourceItems::of(&[item(1), item(2)]),
            gone: SourceItems::of(&[item(3)]),
            failed: vec![Refused::item(&item(4)).because("the server answered 500")],
            changed: vec![Refused::item(&item(5)).because("it is another item")],
            ended_early: Some("the server fell silent".to_owned()),
            left: 7,
            hint: None,
        }
    }

    #[test]
    fn both_faces_tell_what_became_of_each_item() {
        let text = "\
focal ghost
  source 7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c
       1  message       616 B
       2  message       616 B
focal ghost
  source 7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c
       3  message       616 B  was not there any more
failed: focal ghost, message 4: the server answered 500
        item 8d4aa076-59d8-44e8-80ca-000000000004
left alone: focal ghost, message 5: it is another item
            item 8d4aa076-59d8-44e8-80ca-000000000005
2 delivered items deleted on the server
1 item not on the server any more
ended early: the server fell silent
7 items not deleted on the server
";
        assert_eq!(DeleteReport(report()).to_string(), text);
        let value = serde_json::to_value(DeleteReport(report())).expect("JSON");
        let line = json!({"item": "8d4aa076-59d8-44e8-80ca-000000000003", "number": 3,
            "kind": "message", "size": 616});
        let gone = json!([{"source": SOURCE, "designation": "focal ghost", "items": [line]}]);
        assert_eq!((&value["gone"], &value["left"]), (&gone, &json!(7)));
        assert_eq!(value["failed"][0]["why"], "the server answered 500");
        assert_eq!(value["ended_early"], "the server fell silent");
    }

    #[test]
    fn seen_says_how_many_were_seen_before() {
        let deeds = DeedsReport { sources: SourceItems::of(&[item(1)]), ..DeedsReport::default() };
        let report = SeenReport { seen_before: 3, deeds };
        let text = "\
focal ghost
  source 7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c
       1  message       616 B
1 delivered item marked as seen
3 delivered items seen before
";
        assert_eq!(report.to_string(), text);
        let value = serde_json::to_value(&report).expect("JSON");
        assert_eq!((&value["seen_before"], &value["dry_run"]), (&json!(3), &json!(false)));
    }

    #[test]
    fn the_status_is_never_better_than_the_worst_of_it() {
        let delete = |deeds| DeleteReport(deeds).status();
        let seen = |deeds| SeenReport { seen_before: 0, deeds }.status();
        assert_eq!((delete(report()), seen(report())), (Status::CutShort, Status::CutShort));
        let part = || DeedsReport { ended_early: None, ..report() };
        assert_eq!((delete(part()), seen(part())), (Status::PartDone, Status::PartDone));
        let gone = || DeedsReport { failed: Vec::new(), changed: Vec::new(), ..part() };
        assert_eq!((delete(gone()), seen(gone())), (Status::Done, Status::PartDone));
        let nothing = DeedsReport::default;
        assert_eq!(
            (delete(nothing()), seen(nothing())),
            (Status::NothingToDo, Status::NothingToDo)
        );
    }
}
