//! What the server has, once every line of its lists was judged.

use std::collections::BTreeSet;

use sd_fs::{Escaped, escape};
use sd_term::Failure;
use serde::Serialize;

use crate::failures::Step;
use crate::journalist_interface::{
    Limits, Listing, RawSource, Refusal, Session, Sources, Submission, source_id_of,
};

/// The longest foreign name shown: a real one has at most 70 characters.
const MAX_SHOWN: usize = 80;

/// Sources and items that can be fetched, and everything that cannot, by name.
pub(crate) struct Inventory {
    /// Each source's designation.
    pub(crate) sources: Sources,
    /// What can be asked for.
    pub(crate) items: Vec<Submission>,
    /// What was refused.
    pub(crate) refused: Vec<Refused>,
}

/// Something that was not taken: who it is said to be from, what it calls itself, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    /// The source's UUID as it was given.
    pub(crate) source: Option<Escaped>,
    /// The item's UUID as it was given; none if the source itself was refused.
    pub(crate) item: Option<Escaped>,
    /// The file name or designation as it was given.
    pub(crate) name: Escaped,
    /// Why.
    pub(crate) why: String,
}

/// One listed item before it is known whether its identifier is unique.
struct Candidate {
    raw_uuid: String,
    refused_as: Refused,
    parsed: Result<Submission, Refusal>,
}

impl Inventory {
    /// Asks for the lists and judges them.
    pub(crate) fn of(session: &Session<'_>) -> Result<Self, Failure> {
        let listing = session.listing().map_err(|e| Step::Listing.failed(&e))?;
        Ok(Self::new(&listing, session.limits()))
    }

    /// Judges the lists.
    pub(crate) fn new(listing: &Listing, limits: &Limits) -> Self {
        let (sources, mut refused) = sources(&listing.sources);
        let candidates = candidates(listing, &sources, limits);
        let repeated = repeated(&candidates);
        let mut items = Vec::new();
        for candidate in candidates {
            let unique = |item: Submission| {
                if repeated.contains(&candidate.raw_uuid) {
                    Err(Refusal::Repeated)
                } else {
                    Ok(item)
                }
            };
            match candidate.parsed.and_then(unique) {
                Ok(item) => items.push(item),
                Err(why) => refused.push(candidate.refused_as.because(why)),
            }
        }
        Self { sources, items, refused }
    }
}

impl Refused {
    /// An item that was listed properly and could not be fetched.
    pub(crate) fn item(item: &Submission) -> Self {
        Self {
            source: Some(escape(item.source.as_str().as_bytes())),
            item: Some(escape(item.item.as_str().as_bytes())),
            name: escape(item.shown().as_bytes()),
            why: String::new(),
        }
    }

    /// The same with its reason.
    pub(crate) fn because(self, why: impl std::fmt::Display) -> Self {
        Self { why: why.to_string(), ..self }
    }
}

fn sources(raw: &[RawSource]) -> (Sources, Vec<Refused>) {
    let mut seen = Sources::new();
    let mut refused = Vec::new();
    let mut twice = BTreeSet::new();
    for source in raw {
        let refuse = |why: Refusal| Refused {
            source: Some(cut(&source.uuid)),
            item: None,
            name: cut(&source.journalist_designation),
            why: format!("source refused: {why}"),
        };
        match source.parse() {
            Err(why) => refused.push(refuse(why)),
            Ok((id, words)) => {
                if seen.insert(id.clone(), words).is_some() {
                    refused.push(refuse(Refusal::Repeated));
                    twice.insert(id);
                }
            }
        }
    }
    // Which of the two is the real one cannot be known.
    seen.retain(|id, _| !twice.contains(id));
    (seen, refused)
}

fn candidates(listing: &Listing, sources: &Sources, limits: &Limits) -> Vec<Candidate> {
    let named = |uuid: &str, name: &str, url: Option<&str>| Refused {
        source: url.map(|u| source_id_of(u).map_or_else(|| cut(u), |id| cut(id.as_str()))),
        item: Some(cut(uuid)),
        name: cut(name),
        why: String::new(),
    };
    let submissions = listing.submissions.iter().map(|raw| Candidate {
        raw_uuid: raw.uuid.clone(),
        refused_as: named(&raw.uuid, &raw.filename, raw.source_url.as_deref()),
        parsed: Submission::from_submission(raw, sources, limits),
    });
    let replies = listing.replies.iter().map(|raw| Candidate {
        raw_uuid: raw.uuid.clone(),
        refused_as: named(&raw.uuid, &raw.filename, raw.source_url.as_deref()),
        parsed: Submission::from_reply(raw, sources, limits),
    });
    submissions.chain(replies).collect()
}

/// Identifiers that stand in the lists more than once, whatever else is wrong with them.
fn repeated(candidates: &[Candidate]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let again = candidates.iter().filter(|c| !seen.insert(c.raw_uuid.as_str()));
    again.map(|c| c.raw_uuid.clone()).collect()
}

/// A foreign name, cut and escaped.
fn cut(text: &str) -> Escaped {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => escape(format!("{}…", &text[..end]).as_bytes()),
        None => escape(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

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

    fn inventory(sources: Value, submissions: Value, replies: Value) -> Inventory {
        let listing = Listing {
            sources: from_value(sources).expect("sources"),
            submissions: from_value(submissions).expect("submissions"),
            replies: from_value(replies).expect("replies"),
        };
        Inventory::new(&listing, &Limits::default())
    }

    fn reasons(inventory: &Inventory) -> Vec<&str> {
        inventory.refused.iter().map(|r| r.why.as_str()).collect()
    }

    #[test]
    fn an_item_that_two_sources_claim_is_taken_from_neither() {
        let both = json!([source(ONE, "focal ghost"), source(TWO, "apocryphal liturgy")]);
        let got = inventory(both, json!([message(ONE, ITEM), message(TWO, ITEM)]), json!([]));
        assert_eq!(got.items, []);
        assert_eq!(reasons(&got), vec![Refusal::Repeated.to_string(); 2]);
        let sources: Vec<_> = got.refused.iter().flat_map(|r| &r.source).collect();
        assert_eq!(sources.iter().map(|s| s.as_str()).collect::<Vec<_>>(), [ONE, TWO]);
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
        assert!(got.sources.is_empty() && got.refused[0].name.as_str() == r"Evil\u{1b}[2J");
    }

    #[test]
    fn a_source_listed_twice_is_refused_with_its_items() {
        let twice = json!([source(ONE, "focal ghost"), source(ONE, "apocryphal liturgy")]);
        let got = inventory(twice, json!([message(ONE, ITEM)]), json!([]));
        assert!(got.sources.is_empty() && got.items.is_empty());
        assert_eq!(got.refused.len(), 2);
    }

    #[test]
    fn one_bad_item_does_not_take_the_others_with_it() {
        let mut bad = message(ONE, "8d4aa076-59d8-44e8-80ca-d2794c81507f");
        bad["filename"] = json!("../../x\u{202e}");
        let one = json!([source(ONE, "focal ghost")]);
        let got = inventory(one, json!([bad, message(ONE, ITEM)]), json!([]));
        assert_eq!(got.items.len(), 1);
        assert_eq!(got.refused[0].name.as_str(), r"../../x\u{202e}");
    }
}
