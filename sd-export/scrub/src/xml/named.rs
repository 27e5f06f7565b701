//! Names that every program knows, told from those that a person gave.

use std::collections::HashSet;

/// Longest name that is looked at.
const MAX_NAME: usize = 64;

/// A name as a person reads it: `OpenDocument` writes `Heading_20_1` for `Heading 1`.
pub(super) fn decode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('_') {
        out.push_str(before);
        let code = behind.split_once('_').and_then(|(code, behind)| {
            let short = matches!(code.len(), 2..=4);
            let hex =
                short && code.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
            let c = u32::from_str_radix(code, 16).ok().filter(|_| hex).and_then(char::from_u32)?;
            Some((c, behind))
        });
        if let Some((c, behind)) = code {
            out.push(c);
            rest = behind;
        } else {
            out.push('_');
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// Whether a name is made of such words, with numbers of up to three digits.
pub(super) fn is_known(name: &str, words: &HashSet<&'static str>) -> bool {
    let known = |word: &str| {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = word.len().saturating_sub(stem.len());
        digits <= 3 && (stem.is_empty() || words.contains(stem.to_ascii_lowercase().as_str()))
    };
    name.len() <= MAX_NAME && name.split([' ', '/', '-', '(', ')']).all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_a_person_reads_them() {
        assert_eq!(decode("Heading_20_1"), "Heading 1");
        assert_eq!(decode("a_b_20_c_"), "a_b c_");
        assert_eq!(decode("_5f_x"), "_x");
        let words = HashSet::from(["heading", "default", "title"]);
        for known in ["Heading 1", "Default-title", "heading10", ""] {
            assert!(is_known(known, &words), "{known}");
        }
        for other in ["Jane", "Heading Jane", "Heading 2026", "heading_1"] {
            assert!(!is_known(other, &words), "{other}");
        }
    }
}
