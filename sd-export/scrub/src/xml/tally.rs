//! What was met, counted: a document has thousands of marks of the same kind.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::report::{Class, Findings};
use crate::text;

/// Most different lines; what goes beyond is counted together.
const MAX_LINES: usize = 600;
/// Most letters of foreign text that one line quotes.
const MAX_QUOTE: usize = 120;

#[derive(Default)]
struct Line {
    count: u64,
    quote: String,
}

/// Counts by class, place and fate.
#[derive(Default)]
pub(crate) struct Tally {
    removed: RefCell<BTreeMap<(Class, String), Line>>,
    kept: RefCell<BTreeMap<(Class, String, &'static str), Line>>,
}

impl Tally {
    /// Something that is not in the clean copy; `quote` is foreign.
    pub(crate) fn removed(&self, class: Class, place: &str, quote: &str) {
        let mut removed = self.removed.borrow_mut();
        let mut key = (class, place.to_owned());
        if removed.len() >= MAX_LINES && !removed.contains_key(&key) {
            "other places".clone_into(&mut key.1);
        }
        add(removed.entry(key).or_default(), quote);
    }

    /// Something that stays, and why.
    pub(crate) fn kept(&self, class: Class, place: &str, quote: &str, why: &'static str) {
        let mut kept = self.kept.borrow_mut();
        let mut key = (class, place.to_owned(), why);
        if kept.len() >= MAX_LINES && !kept.contains_key(&key) {
            "other places".clone_into(&mut key.1);
        }
        add(kept.entry(key).or_default(), quote);
    }

    /// Points out words of a text that are not what they look like.
    pub(crate) fn point_out(&self, place: &str, text: &str) {
        for (what, word) in text::strange_words(text) {
            self.kept(Class::Identifier, &format!("{place}: {what}"), word, text::STRANGE);
        }
    }

    /// Writes the lines into a report.
    pub(crate) fn report(self, findings: &mut Findings) {
        for ((class, place, why), line) in self.kept.into_inner() {
            findings.kept(class, place, &line.words(), why);
        }
        for ((class, place), line) in self.removed.into_inner() {
            findings.removed(class, place, &line.words());
        }
    }
}

fn add(line: &mut Line, quote: &str) {
    line.count = line.count.saturating_add(1);
    let quote = quote.trim();
    let room = MAX_QUOTE.saturating_sub(line.quote.chars().count());
    if quote.is_empty() || room == 0 || line.quote.contains(quote) {
        return;
    }
    if !line.quote.is_empty() {
        line.quote.push_str(" | ");
    }
    line.quote.extend(quote.chars().take(room));
}

impl Line {
    fn words(&self) -> String {
        match (self.count, self.quote.is_empty()) {
            (1, _) => self.quote.clone(),
            (count, true) => format!("{count} times"),
            (count, false) => format!("{count} times: {}", self.quote),
        }
    }
}
