//! Code pages of one byte a letter, as old documents and mails name them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The letters of the bytes 0x80 to 0xff; U+FFFD where there is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page(Vec<char>);

static PAGES: LazyLock<BTreeMap<&str, Page>> = LazyLock::new(|| read(include_str!("pages.txt")));

fn read(text: &'static str) -> BTreeMap<&'static str, Page> {
    let mut pages = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((names, letters)) = line.split_once(' ') else { continue };
        for name in names.split(',') {
            pages.insert(name, Page(spelt_out(letters)));
        }
    }
    pages
}

/// Letters, of which some are written as `\u{a0}`.
fn spelt_out(text: &str) -> Vec<char> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let number = rest.strip_prefix("\\u{").and_then(|behind| behind.split_once('}'));
        let spelt = number.and_then(|(digits, behind)| {
            let code = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(code)?, behind))
        });
        let (letter, behind) = spelt.unwrap_or((c, rest.get(c.len_utf8()..).unwrap_or_default()));
        out.push(letter);
        rest = behind;
    }
    out
}

impl Page {
    /// The page of this name or number, in small letters.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        PAGES.get(name)
    }

    /// The letter of a byte; `None` when it has none.
    pub(crate) fn letter(&self, byte: u8) -> Option<char> {
        match byte.checked_sub(0x80) {
            None => Some(char::from(byte)),
            Some(at) => self.0.get(usize::from(at)).copied().filter(|c| *c != '\u{fffd}'),
        }
    }

    /// All of it as text; `None` when a byte is no letter.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Option<String> {
        bytes.iter().map(|b| self.letter(*b)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_letter_for_every_place() {
        assert!(PAGES.len() > 60);
        for (name, page) in PAGES.iter() {
            assert_eq!(page.0.len(), 128, "{name}");
        }
    }

    #[test]
    fn pages_are_found_by_name_and_number() {
        let say = |name: &str, bytes: &[u8]| Page::named(name).and_then(|page| page.decode(bytes));
        assert_eq!(say("1252", b"\x80\xe4").as_deref(), Some("€ä"));
        assert_eq!(say("windows-1251", b"\xcf\xf0").as_deref(), Some("Пр"));
        assert_eq!(say("koi8-r", b"\xd0\xd2").as_deref(), Some("пр"));
        assert_eq!(say("iso-8859-15", b"a\xa4").as_deref(), Some("a€"));
        assert_eq!(say("1252", b"\x81"), None);
        assert_eq!(say("932", b"a"), None);
    }
}
