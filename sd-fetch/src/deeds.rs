//! Marking and deleting, item after item, whatever the server makes of each.
//!
//! What is sent is a function, so that the rules here are tested without a server.

use crate::inventory::Refused;
use crate::journalist_interface::{ClientError, Submission};

/// Items in one request to mark as seen.
const BATCH: usize = 100;

/// Connections that break, in a row, after which the next would fare no better.
const PATIENCE: u32 = 3;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Deeds {
    /// Marked or deleted: the server said so, and its lists too once they were read back.
    pub(crate) done: Vec<Submission>,
    /// The server has no such item (404).
    pub(crate) gone: Vec<Submission>,
    /// It did not work for these.
    pub(crate) failed: Vec<Refused>,
    /// Why the run ended early.
    pub(crate) ended: Option<ClientError>,
    /// Why nobody could look whether it is done.
    pub(crate) unchecked: Option<String>,
    /// Not tried, or without an answer, because it ended.
    pub(crate) left: Vec<Submission>,
}

/// What an answer means for the next request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Means {
    Gone,
    Broken,
    End,
    Failed,
}

fn meaning(e: &ClientError) -> Means {
    match e {
        ClientError::Status(404, _) => Means::Gone,
        ClientError::Connect(_) | ClientError::Forbidden(_) => Means::End,
        ClientError::Stalled | ClientError::Cut(_) => Means::Broken,
        ClientError::Redirect(_)
        | ClientError::Status(..)
        | ClientError::Encoded(_)
        | ClientError::NotJson(_)
        | ClientError::TooLong(_)
        | ClientError::Shape(_)
        | ClientError::Protocol(_) => Means::Failed,
    }
}

/// Sends again, once, what got no answer: doing it twice does no more than doing it once. Also
/// says whether it was sent twice.
fn twice(mut send: impl FnMut() -> Result<(), ClientError>) -> (Result<(), ClientError>, bool) {
    match send() {
        Err(e) if meaning(&e) == Means::Broken => (send(), true),
        answer => (answer, false),
    }
}

/// Does it to one item after the other; `heard` is told of each.
pub(crate) fn one_by_one(
    items: Vec<Submission>,
    mut send: impl FnMut(&Submission) -> Result<(), ClientError>,
    mut heard: impl FnMut(&Submission),
) -> Deeds {
    let mut deeds = Deeds::default();
    let mut broken = 0;
    let mut rest = items.into_iter();
    while let Some(item) = rest.next() {
        let (answer, sent_twice) = twice(|| send(&item));
        heard(&item);
        let e = match answer {
            // The first request had done it, and only its answer was lost.
            Err(ClientError::Status(404, _)) if sent_twice => None,
            answer => answer.err(),
        };
        let Some(e) = e else {
            broken = 0;
            deeds.done.push(item);
            continue;
        };
        let means = meaning(&e);
        broken = if means == Means::Broken { broken + 1 } else { 0 };
        if means == Means::End || broken == PATIENCE {
            deeds.ended = Some(e);
            deeds.left = std::iter::once(item).chain(rest).collect();
            break;
        }
        match means {
            Means::Gone => deeds.gone.push(item),
            Means::Broken | Means::Failed | Means::End => {
                deeds.failed.push(Refused::item(&item).because(e));
            }
        }
    }
    deeds
}

/// Does it in batches. The server refuses a whole batch for one item that it does not know, and
/// does nothing: then it is asked for each half, until the unknown one stands alone.
pub(crate) fn in_batches(
    items: &[Submission],
    mut send: impl FnMut(&[&Submission]) -> Result<(), ClientError>,
) -> Deeds {
    let mut deeds = Deeds::default();
    // The last one is the next one.
    let mut todo: Vec<&[Submission]> = items.chunks(BATCH).rev().collect();
    while let Some(batch) = todo.pop() {
        let all: Vec<&Submission> = batch.iter().collect();
        let e = match twice(|| send(&all)).0 {
            Ok(()) => {
                deeds.done.extend_from_slice(batch);
                continue;
            }
            Err(e) => e,
        };
        match (meaning(&e), batch) {
            (Means::Gone, [item]) => deeds.gone.push(item.clone()),
            (Means::Gone, _) => {
                let (first, second) = batch.split_at(batch.len() / 2);
                todo.extend([second, first]);
            }
            (Means::Broken | Means::End | Means::Failed, _) => {
                deeds.ended = Some(e);
                let rest = std::iter::once(batch).chain(todo.into_iter().rev());
                deeds.left = rest.flatten().cloned().collect();
                break;
            }
        }
    }
    deeds
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sd_bundle::Kind;

    use super::*;
    use crate::journalist_interface::Said;

    fn items(n: u32) -> Vec<Submission> {
        let one = |number: u32| Submission {
            source: "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c".parse().expect("a UUID"),
            item: format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID"),
            number,
            kind: Kind::Message,
            designation: "focal ghost".to_owned().try_into().expect("words"),
            size: 616,
            seen: false,
        };
        (1..=n).map(one).collect()
    }

    fn numbers(items: &[Submission]) -> Vec<u32> {
        items.iter().map(|i| i.number).collect()
    }

    fn status(code: u16) -> ClientError {
        ClientError::Status(code, Said::default())
    }

    #[test]
    fn an_unknown_item_stands_alone_in_the_end_and_all_others_are_marked() {
        for bad in [&[][..], &[1], &[250], &[100, 101], &[7, 8, 9, 130, 199]] {
            let mut marked = BTreeSet::new();
            let mut asked = 0;
            let deeds = in_batches(&items(250), |batch| {
                asked += 1;
                assert!(batch.len() <= BATCH);
                if batch.iter().any(|i| bad.contains(&i.number)) {
                    return Err(status(404));
                }
                marked.extend(batch.iter().map(|i| i.number));
                Ok(())
            });
            assert_eq!(numbers(&deeds.gone), bad);
            assert_eq!((deeds.done.len(), marked.len()), (250 - bad.len(), 250 - bad.len()));
            assert!(deeds.ended.is_none() && deeds.left.is_empty());
            assert!(asked <= 3 + 14 * bad.len(), "{asked} requests for {bad:?}");
        }
    }

    #[test]
    fn a_batch_without_an_answer_ends_it_with_everything_that_is_left() {
        let mut asked = 0;
        let deeds = in_batches(&items(250), |_| {
            asked += 1;
            if asked == 2 { Err(ClientError::Forbidden(Said::default())) } else { Ok(()) }
        });
        assert_eq!((deeds.done.len(), deeds.left.len()), (100, 150));
        assert_eq!(numbers(&deeds.left)[0], 101);
        assert!(matches!(deeds.ended, Some(ClientError::Forbidden(_))));
    }

    #[test]
    fn one_item_s_answer_says_nothing_about_the_next() {
        let mut heard = 0;
        let send = |i: &Submission| match i.number {
            2 => Err(status(404)),
            3 => Err(status(500)),
            4 | 6 => Err(ClientError::Stalled),
            _ => Ok(()),
        };
        let deeds = one_by_one(items(7), send, |_| heard += 1);
        assert_eq!((numbers(&deeds.done), numbers(&deeds.gone)), (vec![1, 5, 7], vec![2]));
        assert_eq!((deeds.failed.len(), deeds.left.len(), heard), (3, 0, 7));
    }

    #[test]
    fn a_lost_answer_is_asked_for_once_more() {
        for (second, done) in [(None, 1), (Some(404), 1), (Some(500), 0)] {
            let mut asked = 0;
            let deeds = one_by_one(
                items(1),
                |_| {
                    asked += 1;
                    match (asked, second) {
                        (1, _) => Err(ClientError::Stalled),
                        (_, Some(code)) => Err(status(code)),
                        (_, None) => Ok(()),
                    }
                },
                |_| {},
            );
            assert_eq!((asked, deeds.done.len(), deeds.gone.len()), (2, done, 0));
        }
        let mut asked = 0;
        let deeds = in_batches(&items(3), |_| {
            asked += 1;
            if asked == 1 { Err(ClientError::Stalled) } else { Ok(()) }
        });
        assert_eq!((asked, deeds.done.len()), (2, 3));
    }

    #[test]
    fn an_ended_session_and_a_dead_line_end_it() {
        let deeds = one_by_one(
            items(5),
            |i| if i.number == 3 { Err(ClientError::Forbidden(Said::default())) } else { Ok(()) },
            |_| {},
        );
        assert_eq!((deeds.done.len(), numbers(&deeds.left)), (2, vec![3, 4, 5]));
        let deeds = one_by_one(items(9), |_| Err(ClientError::Stalled), |_| {});
        assert_eq!((deeds.failed.len(), deeds.left.len()), (2, 7));
        assert!(deeds.ended.is_some());
    }
}
