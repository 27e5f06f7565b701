//! The name of a release on the shelf.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::words::{Counter, Version, WordError};

/// A release on the shelf, such as `000012-1.2.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot {
    /// Its counter.
    pub counter: Counter,
    /// What it calls itself.
    pub version: Version,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}-{}", self.counter.get(), self.version)
    }
}

impl FromStr for Slot {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let bad = WordError("the name of a release, such as 000012-1.2.0");
        let (counter, version) = text.split_once('-').ok_or(bad)?;
        let counter = counter.trim_start_matches('0').parse().map_err(|_| bad)?;
        let slot = Self { counter, version: version.parse().map_err(|_| bad)? };
        if slot.to_string() == text { Ok(slot) } else { Err(bad) }
    }
}

impl TryFrom<String> for Slot {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        text.parse()
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling() {
        for good in ["000012-1.2.0", "999999-0.0.1"] {
            assert_eq!(good.parse::<Slot>().expect("a name").to_string(), good);
        }
        for bad in ["12-1.2.0", "0000012-1.2.0", "000000-1.0.0", "000012-1.2", "000012", "../x", ""]
        {
            assert!(bad.parse::<Slot>().is_err(), "{bad}");
        }
    }
}
