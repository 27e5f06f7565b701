//! What a check found.

use std::fmt;

use sd_fs::{Escaped, escape};
use serde::{Serialize, Serializer};

use crate::place::Unseen;
use crate::table::Check;

/// How a check ended. The order is that of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Not as it should be; work can go on.
    Warn,
    /// It could not be asked. Never taken for good.
    Unknown,
    /// Do not go on.
    Fail,
}

/// One check with its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen. Nothing in it is a secret or names a person.
    pub seen: Escaped,
    /// More, for the screen of this station alone: labels, names of keys.
    pub detail: Option<Escaped>,
}

/// What one check says.
pub(crate) struct Seen {
    pub(crate) verdict: Verdict,
    words: String,
    detail: Option<String>,
}

pub(crate) type Judged = Result<Seen, Unseen>;

impl Seen {
    fn new(verdict: Verdict, seen: impl fmt::Display) -> Self {
        Self { verdict, words: seen.to_string(), detail: None }
    }

    /// Foreign words that must not leave the station.
    pub(crate) fn detail(mut self, detail: impl fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the end of a check, which may as well be unseen")]
pub(crate) fn ok(seen: impl fmt::Display) -> Judged {
    Ok(Seen::new(Verdict::Ok, seen))
}

#[expect(clippy::unnecessary_wraps, reason = "the end of a check, which may as well be unseen")]
pub(crate) fn warn(seen: impl fmt::Display) -> Judged {
    Ok(Seen::new(Verdict::Warn, seen))
}

#[expect(clippy::unnecessary_wraps, reason = "the end of a check, which may as well be unseen")]
pub(crate) fn fail(seen: impl fmt::Display) -> Judged {
    Ok(Seen::new(Verdict::Fail, seen))
}

/// Several things in a sentence, each once; of many the first.
pub(crate) fn several<S: AsRef<str>>(things: impl IntoIterator<Item = S>) -> String {
    const SHOWN: usize = 6;
    let mut shown: Vec<String> = Vec::new();
    for thing in things {
        if !shown.iter().any(|s| s == thing.as_ref()) {
            shown.push(thing.as_ref().to_owned());
        }
    }
    let more = shown.len().saturating_sub(SHOWN);
    shown.truncate(SHOWN);
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl Finding {
    pub(crate) fn of(check: Check, judged: Judged) -> Self {
        let seen = judged.unwrap_or_else(|unseen| Seen::new(Verdict::Unknown, unseen));
        Self {
            check,
            verdict: seen.verdict,
            seen: escape(seen.words.as_bytes()),
            detail: seen.detail.map(|d| escape(d.as_bytes())),
        }
    }
}

impl Verdict {
    /// The word that people read. What could not be asked is a warning.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn | Self::Unknown => "warn",
            Self::Fail => "FAIL",
        }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            id: &'static str,
            verdict: Verdict,
            seen: &'a Escaped,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a Escaped>,
            means: &'static str,
            mend: &'static str,
        }
        Shown {
            id: self.check.id(),
            verdict: self.verdict,
            seen: &self.seen,
            detail: self.detail.as_ref(),
            means: self.check.means(),
            mend: self.check.mend(),
        }
        .serialize(to)
    }
}
