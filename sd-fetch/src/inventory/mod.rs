//! What the server has, once every entry of its lists was judged.
//!
//! ```text
//! sources --SourceJudge--> who there is --.
//! submissions, replies --------------ItemJudge--> Inventory: what can be fetched,
//!                                                 and what is refused, by name
//! ```

#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod judge;
mod refused;

use std::collections::BTreeSet;

use sd_term::Failure;

use crate::failures::Step;
use crate::journalist_interface::{Room, Session, Sources, Submission};

use judge::SourceJudge;
pub(crate) use refused::Refused;

/// Sources and items that can be fetched, and everything that cannot, by name.
pub(crate) struct Inventory {
    /// Each source's designation.
    pub(crate) sources: Sources,
    /// What can be asked for.
    pub(crate) items: Vec<Submission>,
    /// What was refused.
    pub(crate) refused: Vec<Refused>,
}

impl Inventory {
    /// Asks for the three lists and judges them as they come.
    pub(crate) fn of(session: &Session<'_>) -> Result<Self, Failure> {
        let mut judge = SourceJudge::default();
        session
            .sources(&mut |raw| judge.source(&raw))
            .map_err(|e| Step::Listing("sources").failed(&e))?;
        let mut room = Room::for_items(session.limits());
        let mut judge = judge.then_items(session.limits());
        session
            .submissions(&mut room, &mut |raw| judge.submission(&raw))
            .map_err(|e| Step::Listing("messages and documents").failed(&e))?;
        session
            .replies(&mut room, &mut |raw| judge.reply(&raw))
            .map_err(|e| Step::Listing("replies").failed(&e))?;
        Ok(judge.inventory())
    }

    /// The items that the lists name, taken or refused.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let refused = self.refused.iter().filter_map(Refused::item_id);
        self.items.iter().map(|i| i.item.as_str()).chain(refused).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, from_value, json};

    use super::*;
    use crate::journalist_interface::{Limits, Refusal};

    const ONE: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const TWO: &str = "3c3eebd6-d2da-4b97-8368-f0b6c0a699d0";
    const ITEM: &str = "952bab4d-260c-4136-b774-39eaacf9b912";

    fn source(uuid: &str, words: &str) -> Value {
        json!({"uuid": uuid, "journalist_designation": words})
    }

    fn message(source: &str, item: &str) -> Value {
        json!({"uuid": item, "filename": "1-focal_ghost-msg.gpg", "size": 616, "is_file": false,
            "is_message": true, "source_url": format!("/api/v1/sources/{source}"),
            "submission_url": format!("/api/v1/sources/{source}/submissions/{item}")})
    }

    fn reply(source: &str, item: &str) -> Value {
        json!({"uuid": item, "filename": "2-focal_ghost-reply.gpg", "size": 616,
            "source_url": format!("/api/v1/sources/{source}"),
            "reply_url": format!("/api/v1/sources/{source}/replies/{item}")})
    }

    fn entries<T: DeserializeOwned>(list: Value) -> Vec<T> {
        from_value(list).expect("entries")
    }

    fn inventory(sources: Value, submissions: Value, replies: Value) -> Inventory {
        let limits = Limits::default();
        let mut judge = SourceJudge::default();
        for raw in entries(sources) {
            judge.source(&raw);
        }
        let mut judge = judge.then_items(&limits);
        for raw in entries(submissions) {
            judge.submission(&raw);
        }
        for raw in entries(replies) {
            judge.reply(&raw);
        }
        judge.inventory()
    }

    fn reasons(inventory: &Inventory) -> Vec<String> {
        inventory.refused.iter().map(|r| r.why().to_string()).collect()
    }

    #[test]
    fn an_item_that_two_sources_claim_is_taken_from_neither() {
        let both = json!([source(ONE, "focal ghost"), source(TWO, "apocryphal liturgy")]);
        let got = inventory(both, json!([message(ONE, ITEM), message(TWO, ITEM)]), json!([]));
        assert_eq!(got.items, []);
        assert_eq!(reasons(&got), vec![Refusal::Repeated.to_string(); 2]);
        let sources: Vec<_> = got.refused.iter().filter_map(Refused::source).collect();
        assert_eq!(sources, [ONE, TWO]);
    }

    #[test]
    fn a_reply_with_a_messages_identifier_takes_both_down() {
        let one = json!([source(ONE, "focal ghost")]);
        let got = inventory(one, json!([message(ONE, ITEM)]), json!([reply(ONE, ITEM)]));
        assert_eq!((got.items.len(), got.refused.len()), (0, 2));
    }

    #[test]
    fn an_item_of_an_unlisted_or_refused_source_is_refused() {
        let got = inventory(json!([]), json!([message(ONE, ITEM)]), json!([]));
        assert_eq!(reasons(&got), [Refusal::NoSource.to_string()]);
        let got = inventory(json!([source(ONE, "Evil\u{1b}[2J")]), json!([]), json!([]));
        assert!(got.sources.is_empty() && got.refused[0].name() == r"Evil\u{1b}[2J");
    }

    #[test]
    fn a_source_listed_twice_is_refused_by_both_its_names_with_its_items() {
        for other in ["apocryphal liturgy", "Not words"] {
            let twice = json!([source(ONE, "focal ghost"), source(ONE, other)]);
            let got = inventory(twice, json!([message(ONE, ITEM)]), json!([]));
            assert!(got.sources.is_empty() && got.items.is_empty());
            assert_eq!(got.refused.len(), 3);
            let named = |name| got.refused.iter().any(|r| r.name() == name);
            assert!(named("focal ghost") && named(other));
        }
    }

    #[test]
    fn a_refused_item_takes_a_good_one_of_its_identifier_down() {
        let mut bad = message(ONE, ITEM);
        bad["size"] = json!(0);
        let one = json!([source(ONE, "focal ghost")]);
        let got = inventory(one, json!([message(ONE, ITEM), bad]), json!([]));
        assert_eq!(got.items, []);
        let both = [Refusal::Size(0).to_string(), Refusal::Repeated.to_string()];
        assert_eq!(reasons(&got), both);
    }

    #[test]
    fn only_those_whose_identifier_is_repeated_are_taken_down() {
        let id = |n: u32| format!("8d4aa076-59d8-44e8-80ca-{n:012x}");
        let all = [0, 1, 2, 1, 3, 2, 2, 4].map(|n| message(ONE, &id(n)));
        let one = json!([source(ONE, "focal ghost")]);
        let got = inventory(one, json!(all), json!([]));
        let left: Vec<_> = got.items.iter().map(|i| i.item.as_str().to_owned()).collect();
        assert_eq!(left, [id(0), id(3), id(4)]);
        assert_eq!(got.refused.len(), 5);
    }

    #[test]
    fn one_bad_item_does_not_take_the_others_with_it() {
        let mut bad = message(ONE, "8d4aa076-59d8-44e8-80ca-d2794c81507f");
        bad["filename"] = json!("../../x\u{202e}");
        let one = json!([source(ONE, "focal ghost")]);
        let got = inventory(one, json!([bad, message(ONE, ITEM)]), json!([]));
        assert_eq!(got.items.len(), 1);
        assert_eq!(got.refused[0].name(), r"../../x\u{202e}");
    }
}
