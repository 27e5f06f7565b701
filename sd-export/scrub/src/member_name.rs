//! Names of members of archives, as strangers wrote them.
//!
//! ```text
//! name of a member --admit--> MemberName --unique--> unique, also where case does not count
//!                    '-- climbs, is absolute, cannot be seen in full --> Refusal
//! ```

use std::fmt;

use crate::text::is_invisible;
use crate::{Limits, Refusal};

/// Longest name, in bytes: what file systems take as a path.
const MAX_NAME: usize = 4096;
/// Longest part between slashes, in bytes: what file systems take as a name.
const MAX_PART: usize = 255;

/// A name that stays inside the directory it is unpacked in, and that can be seen in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberName(String);

impl MemberName {
    /// The name of a file; with a slash at its end, of a directory. A `./` in front is nothing.
    pub(crate) fn admit(raw: &str, limits: &Limits) -> Result<Self, Refusal> {
        let mut name = raw;
        while let Some(rest) = name.strip_prefix("./") {
            name = rest;
        }
        let name = name.strip_suffix('/').unwrap_or(name);
        let fault = |what: &str| Err(Refusal::unsupported(format!("a member's name that {what}")));
        if name.starts_with('/') {
            return fault("is absolute");
        }
        if name.len() > MAX_NAME || name.split('/').any(|part| part.len() > MAX_PART) {
            return fault("is too long");
        }
        if name.split('/').count() > usize::try_from(limits.max_depth).unwrap_or(usize::MAX) {
            return fault("goes down too many directories");
        }
        if name.split('/').any(|part| part == "..") {
            return fault("climbs out of the archive");
        }
        if name.split('/').any(|part| part.is_empty() || part == ".") {
            return fault("has an empty part");
        }
        // Some programs take these for what separates directories and drives.
        if name.contains('\\') || name.chars().nth(1) == Some(':') {
            return fault("means another path on another system");
        }
        let unseen = |c: char| is_invisible(c) || (c.is_whitespace() && c != ' ');
        if name.contains(unseen) || name.split('/').any(|part| part.trim() != part) {
            return fault("cannot be seen in full");
        }
        Ok(Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    File,
    Directory,
}

/// Refuses an archive in which two members have one name, also where case does not count, or in
/// which a file stands where others want a directory.
pub(crate) fn unique<'a>(
    names: impl Iterator<Item = (&'a MemberName, Kind)>,
) -> Result<(), Refusal> {
    // No name holds a NUL, and nothing sorts before it: what is below a name stands right behind it.
    let mut all: Vec<(String, Kind)> =
        names.map(|(name, kind)| (name.0.to_lowercase().replace('/', "\0"), kind)).collect();
    all.sort_unstable();
    let clash = all.iter().zip(all.iter().skip(1)).any(|((name, kind), (next, next_kind))| {
        let below = next.strip_prefix(name.as_str()).map(|rest| rest.starts_with('\0'));
        let both_directories = [kind, next_kind] == [&Kind::Directory; 2];
        (name == next && !both_directories) || (below == Some(true) && *kind == Kind::File)
    });
    if clash {
        return Err(Refusal::malformed("two members with one name"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Kind::{Directory, File};
    use super::*;

    fn admitted(name: &str) -> Option<String> {
        MemberName::admit(name, &Limits::default()).ok().map(|n| n.to_string())
    }

    #[test]
    fn names_that_climb_hide_or_mean_two_things_are_refused() {
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "a/../b",
            "../a",
            "a//b",
            "a/./b",
            "a\\b",
            "C:x",
            "a\nb",
            "a\u{202e}b",
            "a\u{a0}b",
            " a",
            "a /b",
            "./../a",
        ] {
            assert_eq!(admitted(bad), None, "{bad:?}");
        }
        assert_eq!(admitted(&"a/".repeat(70)), None);
        assert_eq!(admitted(&"a".repeat(256)), None);
        for (good, kept) in [
            ("a b.txt", "a b.txt"),
            ("./x/y.jpg", "x/y.jpg"),
            ("d/", "d"),
            ("ümlaut:1", "ümlaut:1"),
        ] {
            assert_eq!(admitted(good).as_deref(), Some(kept));
        }
    }

    #[test]
    fn a_name_is_taken_once_whatever_its_case_and_kind() {
        let is_unique = |names: &[(&str, Kind)]| {
            let admitted: Vec<_> = names
                .iter()
                .map(|(name, kind)| (MemberName::admit(name, &Limits::default()), *kind))
                .map(|(name, kind)| (name.expect("a name"), kind))
                .collect();
            unique(admitted.iter().map(|(name, kind)| (name, *kind))).is_ok()
        };
        assert!(is_unique(&[("A/b", File), ("a", Directory), ("a!", File), ("A/", Directory)]));
        assert!(!is_unique(&[("A/b", File), ("x", File), ("a/B", File)]));
        assert!(!is_unique(&[("a", File), ("a!", File), ("A/b", File)]));
        assert!(!is_unique(&[("a", File), ("a", Directory)]));
    }
}
