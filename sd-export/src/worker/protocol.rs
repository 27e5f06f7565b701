//! The words between parent and worker.

use sd_fs::Blake3;
use sd_scrub::{Choices, Fate, Format, Limits, Refusal, Report};
use serde::{Deserialize, Serialize};

/// The longest order.
pub(super) const MAX_ORDER: u32 = 4096;

/// The longest answer: a report of every finding fits, a flood does not.
pub(super) const MAX_ANSWER: u32 = 1 << 20;

/// What the worker is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Mode {
    /// Report what is there.
    Inspect,
    /// Write the clean copy.
    Scrub,
    /// Say what the clean copy would be, and write nothing.
    Check,
}

/// One order: what to do, within which limits, by which choices.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) mode: Mode,
    /// Bytes of the input to map; none: it is to be read.
    pub(super) map: Option<u64>,
    pub(super) limits: Limits,
    pub(super) choices: Choices,
}

impl Order {
    pub(super) fn new(mode: Mode, map: Option<u64>, limits: &Limits, choices: Choices) -> Self {
        Self { mode, map, limits: limits.clone(), choices }
    }
}

/// The one answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Inspected { report: Report },
    Cleaned { report: Report, size: u64, blake3: Blake3 },
    Refused { format: Option<Format>, refusal: Refusal },
    Failed(Trouble),
}

/// What can go wrong with the two open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(crate) enum Trouble {
    /// The order made no sense.
    #[error("the worker did not understand its order")]
    Order,
    /// The original could not be read.
    #[error("reading the file failed")]
    Read,
    /// The copy could not be written.
    #[error("writing the copy failed")]
    Write,
    /// There is no room for the copy.
    #[error("no room for the copy")]
    NoSpace,
}

/// The refusal of a file that is too long to be read.
pub(super) fn too_long(limit: u64) -> Refusal {
    Refusal::TooLarge { what: "the file in bytes".to_owned(), limit }
}

/// Makes every text of an answer safe to show, whoever wrote it.
pub(super) fn escaped(mut answer: Answer) -> Answer {
    match &mut answer {
        Answer::Inspected { report } | Answer::Cleaned { report, .. } => {
            report.cannot_remove.iter_mut().for_each(tame);
            for finding in &mut report.findings {
                tame(&mut finding.place);
                tame(&mut finding.detail);
                if let Fate::Kept { why } = &mut finding.fate {
                    tame(why);
                }
            }
        }
        Answer::Refused { refusal, .. } => tame_refusal(refusal),
        Answer::Failed(_) => {}
    }
    answer
}

/// Makes the text of a refusal safe to show.
pub(super) fn tame_refusal(refusal: &mut Refusal) {
    match refusal {
        Refusal::UnknownType(what)
        | Refusal::Malformed { what }
        | Refusal::TooLarge { what, .. }
        | Refusal::Unsupported { what }
        | Refusal::NotClean { what } => tame(what),
        Refusal::Encrypted => {}
        Refusal::Inside { place, why } => {
            tame(place);
            tame_refusal(why);
        }
    }
}

/// An honest worker has escaped its texts already: its backslashes stay single.
fn tame(text: &mut String) {
    let parts: Vec<_> = text.split('\\').map(|p| sd_fs::escape(p.as_bytes()).to_string()).collect();
    *text = parts.join("\\");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_once_whoever_wrote_it() {
        let mut honest = r"a\u{202e}b".to_owned();
        tame(&mut honest);
        assert_eq!(honest, r"a\u{202e}b");
        let mut hostile = "a\\\u{1b}[2J\u{202e}".to_owned();
        tame(&mut hostile);
        assert_eq!(hostile, r"a\\u{1b}[2J\u{202e}");
    }
}
