//! What a run said, in either face.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::case::Verdict;
use crate::scene::{Face, Measured};

/// Of a report that is longer than this, only the ends are looked at for words.
const LONG: usize = 100_000;

/// Everything that was said.
pub(crate) struct Said<'m> {
    face: Face,
    measured: &'m Measured,
    facts: Facts,
    /// All of it on one line.
    words: String,
}

/// As much of the JSON face as is needed for counting.
#[derive(Default, Deserialize)]
struct Facts {
    status: String,
    #[serde(default)]
    report: Counted,
}

#[derive(Default, Deserialize)]
struct Counted {
    refused: Vec<IgnoredAny>,
}

impl<'m> Said<'m> {
    pub(crate) fn new(face: Face, measured: &'m Measured) -> Self {
        let run = &measured.run;
        let facts = serde_json::from_str(&run.stdout).unwrap_or_default();
        let all = format!("{} {}", ends(&run.stdout), run.stderr);
        let words = all.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { face, measured, facts, words }
    }

    /// Whether it ended so.
    pub(crate) fn status(&self, word: &str, code: i32) -> Verdict {
        let got = self.measured.run.code;
        let as_wanted = match self.face {
            Face::Json => self.facts.status == word,
            // The best of all says nothing.
            Face::Human => word == "DONE" || self.words.contains(&format!("{word}:")),
        };
        if as_wanted && got == Some(code) {
            return Ok(());
        }
        Err(format!("{} with {got:?} instead of {word} with {code}", self.facts.status))
    }

    /// Whether these words were said.
    pub(crate) fn mentions(&self, words: &str) -> Verdict {
        if self.words.contains(words) { Ok(()) } else { Err(format!("no word of {words:?}")) }
    }

    /// Whether something is refused by its identifier and for this reason.
    pub(crate) fn refused(&self, id: &str, why: &str) -> Verdict {
        if self.face == Face::Human {
            return self.mentions(id).and_then(|()| self.mentions(why));
        }
        let json: Value = serde_json::from_str(&self.measured.run.stdout).unwrap_or_default();
        let refused = json["report"]["refused"].as_array().cloned().unwrap_or_default();
        let named = |entry: &Value| {
            let id_of = if entry["item"].is_null() { &entry["source"] } else { &entry["item"] };
            id_of == id && entry["why"].as_str().is_some_and(|w| w.contains(why))
        };
        if refused.iter().any(named) {
            return Ok(());
        }
        Err(format!("{id} is not refused because of {why:?}"))
    }

    /// Whether so many are refused.
    pub(crate) fn refusals(&self, count: usize) -> Verdict {
        let got = match self.face {
            Face::Json => self.facts.report.refused.len(),
            Face::Human => {
                self.mentions(&format!("{count} refused"))?;
                self.measured.run.stdout.lines().filter(|l| l.starts_with("refused: ")).count()
            }
        };
        if got == count { Ok(()) } else { Err(format!("{got} refusals instead of {count}")) }
    }
}

/// A text without its middle, if it is a long one.
fn ends(text: &str) -> String {
    if text.len() <= LONG {
        return text.to_owned();
    }
    let (start, end) = (text.floor_char_boundary(LONG / 2), text.len() - LONG / 2);
    format!("{} {}", &text[..start], &text[text.ceil_char_boundary(end)..])
}
