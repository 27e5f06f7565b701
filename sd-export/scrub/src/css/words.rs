//! The vocabulary: names of CSS itself, from `words.txt`. Names that people gave are in none of its lists.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Property,
    Word,
    Function,
    Pseudo,
    PseudoFunction,
    Element,
    Attribute,
    Unit,
}

const FILE: &str = include_str!("words.txt");

static WORDS: LazyLock<HashMap<(Kind, String), &'static str>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    let mut kind = None;
    for line in FILE.lines().filter(|line| !line.starts_with('#')) {
        let names = match line.split_once(':') {
            Some((head, names)) => {
                kind = head_kind(head);
                names
            }
            None => line,
        };
        let Some(kind) = kind else { continue };
        for name in names.split_whitespace() {
            words.insert((kind, name.to_ascii_lowercase()), name);
        }
    }
    words
});

fn head_kind(head: &str) -> Option<Kind> {
    Some(match head {
        "property" => Kind::Property,
        "word" => Kind::Word,
        "function" => Kind::Function,
        "pseudo" => Kind::Pseudo,
        "pseudo function" => Kind::PseudoFunction,
        "element" => Kind::Element,
        "attribute" => Kind::Attribute,
        "unit" => Kind::Unit,
        _ => return None,
    })
}

/// A name of this kind in its own spelling.
pub(super) fn find(kind: Kind, name: &str) -> Option<&'static str> {
    // Longer ones are none, whatever they are.
    if name.len() > 64 {
        return None;
    }
    WORDS.get(&(kind, name.to_ascii_lowercase())).copied()
}

/// A word that a value may hold: properties are named in values too.
pub(super) fn word(name: &str) -> Option<&'static str> {
    find(Kind::Word, name).or_else(|| find(Kind::Property, name))
}

/// A number, as it may be written: digits, a sign, a point, an exponent.
pub(super) fn is_number(number: &str) -> bool {
    // The second reader takes the sign in `1e+3` for one between two numbers.
    number.len() <= 40
        && !number.contains("e+")
        && !number.contains("E+")
        && number
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
}

/// A unit in its own spelling; also `n-1`, which is the end of `2n-1`.
pub(super) fn unit(unit: &str) -> Option<String> {
    if unit.is_empty() || unit == "%" {
        return Some(unit.to_owned());
    }
    if let Some(known) = find(Kind::Unit, unit) {
        return Some(known.to_owned());
    }
    let rest = unit.strip_prefix(['n', 'N'])?.strip_prefix('-')?;
    let digits = rest.len() <= 6 && rest.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("n-{rest}"))
}

/// Whether this is one of the numbers that names become.
pub(super) fn is_numbered(name: &str, start: &str) -> bool {
    name.strip_prefix(start)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_kind_and_no_name_is_one_that_people_get() {
        for line in FILE.lines().filter(|line| line.contains(':') && !line.starts_with('#')) {
            let head = line.split(':').next().unwrap_or_default();
            assert!(head_kind(head).is_some(), "{line}");
        }
        for ((_, name), _) in WORDS.iter() {
            for start in ["c", "n", "x", "--v"] {
                assert!(!is_numbered(name, start), "{name}");
            }
        }
        assert_eq!(word("CURRENTCOLOR"), Some("currentColor"));
        assert_eq!(word("canary"), None);
        assert!(find(Kind::Property, "behavior").is_none());
        assert!(find(Kind::Property, "-moz-binding").is_none());
    }
}
