//! Whether this is Tails, and which.

use std::fmt;

use crate::place::{Place, Unseen};

/// What os-release(5) says.
pub(super) struct Os {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: String,
    /// When it was made, in seconds since 1970.
    pub(super) made: Option<i64>,
}

/// `7.4.1` as numbers, to compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(Vec<u32>);

impl Os {
    pub(super) fn read(place: &Place) -> Result<Self, Unseen> {
        // The first is a link to the second on Debian.
        let text = match place.text("/etc/os-release")? {
            Some(text) => text,
            None => place.must("/usr/lib/os-release")?,
        };
        let field = |key: &str| {
            let value = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='));
            value.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        };
        Ok(Self {
            id: field("ID"),
            name: field("NAME"),
            version: field("VERSION"),
            made: field("TAILS_SOURCE_DATE_EPOCH").parse().ok(),
        })
    }

    pub(super) fn version(&self) -> Result<Version, Unseen> {
        self.version.parse()
    }
}

impl std::str::FromStr for Version {
    type Err = Unseen;

    /// The numbers at its beginning: `7.0~rc1` is 7.0.
    fn from_str(text: &str) -> Result<Self, Unseen> {
        let end = text.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(text.len());
        let mut parts = text[..end]
            .trim_end_matches('.')
            .split('.')
            .map(str::parse)
            .collect::<Result<Vec<u32>, _>>();
        // 7.0 and 7 are one.
        while let Ok(parts) = &mut parts
            && parts.last() == Some(&0)
        {
            parts.pop();
        }
        parts.map(Self).map_err(|_| Unseen::new(format_args!("no version number: \"{text}\"")))
    }
}

impl Version {
    pub(super) fn is_before(&self, numbers: &[u32]) -> bool {
        self.0.as_slice() < numbers
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        parts.resize(parts.len().max(2), "0".to_owned());
        f.write_str(&parts.join("."))
    }
}

/// Whether this is Tails, by any of its marks.
///
/// One mark is enough: the gate must not be off because a file was changed. What cannot be read
/// counts as a mark.
pub fn is_tails(place: &Place) -> bool {
    let named = |path: &str| match place.text(path) {
        Ok(text) => text.unwrap_or_default().lines().any(|l| {
            l.strip_prefix("ID=").is_some_and(|id| id.trim_matches(['"', '\'']) == "tails")
        }),
        Err(_) => true,
    };
    let booted = || match place.text("/proc/cmdline") {
        Ok(text) => text.unwrap_or_default().split_whitespace().any(|w| w == "module=Tails"),
        Err(_) => true,
    };
    let there = |path: &str| place.has(path).unwrap_or(true);
    named("/etc/os-release")
        || named("/usr/lib/os-release")
        || booted()
        || there("/var/lib/live/config/tails.network")
        || there("/live/persistence/TailsData_unlocked")
        || there("/usr/local/lib/tails-create-netns")
}

/// A date for people.
pub(super) fn day(seconds: i64) -> String {
    let day = jiff::Timestamp::from_second(seconds).map(|t| t.to_string());
    day.map_or_else(|_| "an impossible date".to_owned(), |t| t.chars().take(10).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_their_numbers() {
        let version = |t: &str| t.parse::<Version>().map_err(|e| e.to_string());
        assert!(version("7.10") > version("7.9") && version("7.3.1") > version("7.3"));
        assert_eq!(version("7.0~rc1"), version("7"));
        assert_eq!(version("7").expect("a version").to_string(), "7.0");
        assert!(version("7.4").expect("a version").is_before(&[7, 6]));
        assert!(version("").is_err() && version("unknown").is_err());
        assert_eq!(day(1_795_443_271), "2026-11-23");
    }
}
