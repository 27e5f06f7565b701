//! What the lists say once more: an answer alone is not believed, whatever it is.
//!
//! ```text
//! done, gone --lists, once more--> as it was asked for: stays where it is
//!                    |             still there, or unseen: failed
//!                    '--not to be had: failed, all of it
//! ```

use std::collections::BTreeMap;

use sd_term::Failure;

use crate::deeds::Deeds;
use crate::inventory::{Inventory, Refused};
use crate::journalist_interface::Submission;

/// What the server was asked to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Delete,
    MarkSeen,
}

/// What it answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Done,
    NotThere,
}

/// How an item is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Seen,
    /// Or in a way that nothing can be read from.
    Unseen,
}

impl Deeds {
    /// Leaves as done and as gone only what the lists show to be so.
    pub(crate) fn read_back(
        mut self,
        asked: Asked,
        lists: impl FnOnce() -> Result<Inventory, Failure>,
    ) -> Self {
        let done = std::mem::take(&mut self.done).into_iter().map(|i| (i, Answer::Done));
        let gone = std::mem::take(&mut self.gone).into_iter().map(|i| (i, Answer::NotThere));
        let answered: Vec<_> = done.chain(gone).collect();
        if answered.is_empty() {
            return self;
        }
        match lists() {
            Ok(inventory) => {
                let listed = listed(&inventory);
                for (item, answer) in answered {
                    let now = listed.get(item.item.as_str()).copied();
                    self.judge(asked, item, answer, now);
                }
            }
            Err(e) => {
                for (item, answer) in answered {
                    let said = said(asked, answer);
                    self.fail(&item, &format!("{said}; that could not be checked"));
                }
                self.unchecked = Some(format!("what was done could not be checked: {}", e.message));
            }
        }
        self
    }

    fn judge(&mut self, asked: Asked, item: Submission, answer: Answer, now: Option<Listed>) {
        match (asked, now, answer) {
            (Asked::Delete, None, Answer::Done) | (Asked::MarkSeen, Some(Listed::Seen), _) => {
                self.done.push(item);
            }
            (Asked::Delete, None, Answer::NotThere) | (Asked::MarkSeen, None, _) => {
                self.gone.push(item);
            }
            (Asked::Delete, Some(_), _) => {
                self.fail(&item, &format!("{}, but still lists it", said(asked, answer)));
            }
            (Asked::MarkSeen, Some(Listed::Unseen), _) => {
                self.fail(&item, &format!("{}, but lists it as unseen", said(asked, answer)));
            }
        }
    }

    fn fail(&mut self, item: &Submission, why: &str) {
        self.failed.push(Refused::item(item).because(why));
    }
}

fn said(asked: Asked, answer: Answer) -> &'static str {
    match (answer, asked) {
        (Answer::NotThere, _) => "the server said that it is not there",
        (Answer::Done, Asked::Delete) => "the server said that it is deleted",
        (Answer::Done, Asked::MarkSeen) => "the server said that it is marked as seen",
    }
}

/// Everything that the lists name, taken or refused.
fn listed(inventory: &Inventory) -> BTreeMap<&str, Listed> {
    let refused = inventory.refused.iter().filter_map(Refused::item_id);
    let state = |i: &Submission| if i.seen { Listed::Seen } else { Listed::Unseen };
    let items = inventory.items.iter().map(|i| (i.item.as_str(), state(i)));
    refused.map(|id| (id, Listed::Unseen)).chain(items).collect()
}

#[cfg(test)]
mod tests {
    use sd_bundle::Kind;
    use sd_term::Status;

    use super::*;
    use crate::journalist_interface::Sources;

    fn item(number: u32) -> Submission {
        Submission {
            source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID"),
            number,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("words"),
            size: 616,
            seen: false,
        }
    }

    fn answered() -> Deeds {
        let [done, gone] = [[1, 2, 3], [4, 5, 6]].map(|n| n.map(item).to_vec());
        Deeds { done, gone, ..Deeds::default() }
    }

    /// 1 and 4 listed as unseen, 2 and 5 as seen, 3 and 6 not at all.
    fn lists() -> Inventory {
        let seen = |number| Submission { seen: true, ..item(number) };
        let items = vec![item(1), seen(2), item(4), seen(5)];
        Inventory { sources: Sources::new(), items, refused: Vec::new() }
    }

    fn numbers(items: &[Submission]) -> Vec<u32> {
        items.iter().map(|i| i.number).collect()
    }

    fn reasons(deeds: &Deeds) -> Vec<String> {
        deeds.failed.iter().map(|r| r.why().to_string()).collect()
    }

    #[test]
    fn deleted_is_what_is_not_listed_any_more_whatever_was_answered() {
        let deeds = answered().read_back(Asked::Delete, || Ok(lists()));
        assert_eq!((numbers(&deeds.done), numbers(&deeds.gone)), (vec![3], vec![6]));
        let deleted = "the server said that it is deleted, but still lists it";
        let gone = "the server said that it is not there, but still lists it";
        assert_eq!(reasons(&deeds), [deleted, deleted, gone, gone]);
        assert!(deeds.unchecked.is_none());
    }

    #[test]
    fn seen_is_what_is_listed_as_seen_whatever_was_answered() {
        let deeds = answered().read_back(Asked::MarkSeen, || Ok(lists()));
        assert_eq!((numbers(&deeds.done), numbers(&deeds.gone)), (vec![2, 5], vec![3, 6]));
        let [marked, gone] = ["marked as seen", "not there"]
            .map(|w| format!("the server said that it is {w}, but lists it as unseen"));
        assert_eq!(reasons(&deeds), [marked, gone]);
    }

    #[test]
    fn what_is_listed_and_refused_is_still_there() {
        let refused = vec![Refused::item(&item(3)).because("its size is odd")];
        let lists = || Ok(Inventory { refused, ..lists() });
        let deeds = answered().read_back(Asked::Delete, lists);
        assert_eq!((numbers(&deeds.done), deeds.failed.len()), (vec![], 5));
    }

    #[test]
    fn without_the_lists_nothing_is_done() {
        for asked in [Asked::Delete, Asked::MarkSeen] {
            let silent = || Err(Failure::new(Status::ServerUnreachable, "silence"));
            let deeds = answered().read_back(asked, silent);
            assert!(deeds.done.is_empty() && deeds.gone.is_empty() && deeds.failed.len() == 6);
            assert!(deeds.unchecked.is_some_and(|why| why.ends_with("silence")));
        }
    }

    #[test]
    fn nothing_is_asked_where_nothing_was_answered() {
        let asked = || Err(Failure::new(Status::Bug, "asked"));
        assert!(Deeds::default().read_back(Asked::Delete, asked).unchecked.is_none());
    }
}
