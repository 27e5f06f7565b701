//! Which control words and destinations stay.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What becomes of a control word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It stays, with its number.
    Keep,
    /// It names a font.
    Font,
    /// It stands for a letter, or ends a paragraph, a cell, a row, a page.
    Symbol,
    /// It goes: a number that ties copies together.
    Id,
    /// It goes: who or when of a change.
    Who,
    /// It goes: known, and nothing is lost.
    Gone,
}

/// What becomes of a group that is more than text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is written anew by rules of its own.
    Keep,
    /// It goes: said of the document.
    Info,
    /// It goes.
    Gone,
}

type Table<T> = BTreeMap<&'static str, T>;

static WORDS: LazyLock<Table<Word>> = LazyLock::new(|| {
    read(include_str!("tables/words.txt"), |kind| match kind {
        "keep" => Some(Word::Keep),
        "font" => Some(Word::Font),
        "symbol" => Some(Word::Symbol),
        "id" => Some(Word::Id),
        "who" => Some(Word::Who),
        "gone" => Some(Word::Gone),
        _ => None,
    })
});

static PLACES: LazyLock<Table<Place>> = LazyLock::new(|| {
    read(include_str!("tables/destinations.txt"), |kind| match kind {
        "keep" => Some(Place::Keep),
        "info" => Some(Place::Info),
        "gone" => Some(Place::Gone),
        _ => None,
    })
});

fn read<T: Copy>(text: &'static str, kind: fn(&str) -> Option<T>) -> Table<T> {
    let mut table = Table::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let Some(kind) = words.next().and_then(kind) else { continue };
        table.extend(words.map(|word| (word, kind)));
    }
    table
}

/// What becomes of a control word; `None` when nobody knows it.
pub(super) fn word(name: &str) -> Option<Word> {
    WORDS.get(name).copied()
}

/// What becomes of a group that starts with this word; `None` when it is no destination.
pub(super) fn place(name: &str) -> Option<Place> {
    PLACES.get(name).copied()
}

/// Words with rules of their own in the text.
const OWN: &[&str] = &[
    "u", "uc", "v", "deleted", "revised", "mvf", "mvt", "s", "cs", "ds", "ts", "ls", "chatn",
    "chdate", "chtime", "chdpl", "chdpa", "rtf", "ansi", "mac", "pc", "pca", "ansicpg",
];

/// Whether a control word has a meaning that is known here.
pub(super) fn is_known(name: &str) -> bool {
    word(name).is_some() || OWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_a_destination_too_and_every_line_is_read() {
        assert!(WORDS.len() > 1000 && PLACES.len() > 200);
        for name in PLACES.keys() {
            assert_eq!(word(name), None, "{name}");
        }
        for text in [include_str!("tables/words.txt"), include_str!("tables/destinations.txt")] {
            let kinds = ["#", "keep ", "font ", "symbol ", "id ", "who ", "gone ", "info "];
            let odd = |l: &&str| !l.is_empty() && !kinds.iter().any(|kind| l.starts_with(kind));
            assert_eq!(text.lines().find(odd), None);
        }
    }
}
