//! Why somebody goes on.

use std::fmt;
use std::str::FromStr;

/// Shorter is no reason: `yes` and `because` are typed without thinking.
const SHORTEST: usize = 10;
/// A line in the ledger that people read.
const LONGEST: usize = 200;

/// A reason in plain words: what is shown of it is what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// Why words are no reason.
#[derive(Debug, thiserror::Error)]
pub enum ReasonError {
    /// Too few characters.
    #[error("say why, in {SHORTEST} characters at least")]
    Short,
    /// Too many.
    #[error("say why, in {LONGEST} characters at most")]
    Long,
    /// Something in it does not show.
    #[error("say why in plain words, without backslashes and characters that do not show")]
    NotPlain,
}

impl FromStr for Reason {
    type Err = ReasonError;

    fn from_str(typed: &str) -> Result<Self, ReasonError> {
        let words = typed.trim();
        if sd_fs::escape(words.as_bytes()).as_str() != words {
            return Err(ReasonError::NotPlain);
        }
        match words.chars().count() {
            ..SHORTEST => Err(ReasonError::Short),
            SHORTEST..=LONGEST => Ok(Self(words.to_owned())),
            _ => Err(ReasonError::Long),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_long_enough_to_be_one_and_plain() {
        let reason = |text: &str| text.parse::<Reason>();
        assert!(matches!(reason(""), Err(ReasonError::Short)));
        assert!(matches!(reason("  because   "), Err(ReasonError::Short)));
        assert_eq!(reason(" card is dead\n").expect("a reason").to_string(), "card is dead");
        assert!(matches!(reason(&"x".repeat(201)), Err(ReasonError::Long)));
        for odd in ["a reason\u{202e} nosaer", "C:\\a reason", "a\u{1b}[2J reason"] {
            assert!(matches!(reason(odd), Err(ReasonError::NotPlain)), "{odd:?}");
        }
    }
}
