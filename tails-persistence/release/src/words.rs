//! The small words of a release: counters, versions, dates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The largest counter and root number: what six digits hold.
const MAX_NUMBER: u32 = 999_999;

/// Text or a number that is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct WordError(pub(crate) &'static str);

/// Counts releases, from 1; it never goes back, whatever the version is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Counter(u32);

/// Counts the lists of keys, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RootNumber(u32);

/// The version of this toolkit: three numbers, such as `1.2.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version([u32; 3]);

/// A version of Tails: two or three numbers, such as `7.3.1`; `7.3` is before `7.3.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TailsVersion {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

/// A day, such as `2026-11-26`. It is shown; nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

/// A line for people: printable ASCII, 80 characters at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

macro_rules! number {
    ($name:ident, $what:literal) => {
        impl $name {
            /// From a number between 1 and 999,999.
            pub const fn new(number: u32) -> Result<Self, WordError> {
                if number == 0 || number > MAX_NUMBER {
                    return Err(WordError($what));
                }
                Ok(Self(number))
            }

            /// The number.
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl TryFrom<u32> for $name {
            type Error = WordError;

            fn try_from(number: u32) -> Result<Self, WordError> {
                Self::new(number)
            }
        }

        impl From<$name> for u32 {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                decimal(text, 6).ok_or(WordError($what)).and_then(Self::new)
            }
        }
    };
}

number!(Counter, "a release counter, 1 to 999999");
number!(RootNumber, "a root number, 1 to 999999");

macro_rules! text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = WordError;

            fn try_from(text: String) -> Result<Self, WordError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.to_string()
            }
        }
    )*};
}

text!(Version TailsVersion Date Note);

/// A decimal number in its one spelling, of so many digits at most.
fn decimal(text: &str, digits: usize) -> Option<u32> {
    let plain =
        !text.is_empty() && text.len() <= digits && text.bytes().all(|b| b.is_ascii_digit());
    if !plain || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok()
}

impl FromStr for Version {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let bad = WordError("a version of three numbers, such as 1.2.0");
        let numbers: Option<Vec<u32>> = text.split('.').map(|n| decimal(n, 4)).collect();
        numbers.ok_or(bad)?.try_into().map(Self).map_err(|_| bad)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        f.pad(&format!("{major}.{minor}.{patch}"))
    }
}

impl FromStr for TailsVersion {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let numbers: Option<Vec<u32>> = text.split('.').map(|n| decimal(n, 4)).collect();
        match numbers.as_deref() {
            Some(&[major, minor]) => Ok(Self { major, minor, patch: None }),
            Some(&[major, minor, patch]) => Ok(Self { major, minor, patch: Some(patch) }),
            _ => Err(WordError("a version of Tails, such as 7.3.1")),
        }
    }
}

impl TailsVersion {
    /// Whether it is `max` or earlier; `7.3` as `max` takes in `7.3.1`.
    pub fn is_within(self, max: Self) -> bool {
        match max.patch {
            None => (self.major, self.minor) <= (max.major, max.minor),
            Some(_) => self <= max,
        }
    }
}

impl fmt::Display for TailsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl FromStr for Date {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let bad = WordError("a date, such as 2026-11-26");
        let parts: Vec<&str> = text.split('-').collect();
        let &[year, month, day] = parts.as_slice() else { return Err(bad) };
        let number = |text: &str, length: usize| {
            let plain = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
            if plain { text.parse::<u32>().map_err(|_| bad) } else { Err(bad) }
        };
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if (1..=days).contains(&day) { Ok(Self { year, month, day }) } else { Err(bad) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Note {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let plain = |b: u8| (0x20..=0x7e).contains(&b);
        if text.is_empty() || text.len() > 80 || !text.bytes().all(plain) {
            return Err(WordError("a line of printable ASCII, 80 characters at most"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_one_spelling_and_an_order() {
        for good in ["0.0.0", "1.2.0", "10.20.3000"] {
            assert_eq!(good.parse::<Version>().expect("a version").to_string(), good);
        }
        for bad in
            ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1.2.3-rc1", "+1.2.3", "1.2.99999"]
        {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
        let at = |text: &str| text.parse::<Version>().expect("a version");
        assert!(at("1.9.0") < at("1.10.0"));
    }

    #[test]
    fn a_later_patch_of_tails_is_within_its_minor_version() {
        let at = |text: &str| text.parse::<TailsVersion>().expect("a version");
        assert!(at("7.3") < at("7.3.1") && at("7.3.1") < at("7.4"));
        assert!(at("7.3.1").is_within(at("7.3")) && !at("7.4").is_within(at("7.3")));
        assert!(!at("7.3.2").is_within(at("7.3.1")) && at("6.19").is_within(at("7.3.1")));
        for bad in ["7", "7.x", "7.3.1.2", "7.3~rc1"] {
            assert!(bad.parse::<TailsVersion>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_date_is_a_day_that_was() {
        for good in ["2026-11-26", "2024-02-29"] {
            assert_eq!(good.parse::<Date>().expect("a day").to_string(), good);
        }
        for bad in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-11-26",
            "2026-11-26Z",
            "2100-02-29",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn counters_count_from_one_to_six_digits() {
        assert!(Counter::new(0).is_err() && Counter::new(1_000_000).is_err());
        assert_eq!("12".parse::<Counter>(), Counter::new(12));
        assert!("012".parse::<Counter>().is_err() && "+1".parse::<Counter>().is_err());
    }
}
