//! The tables: text files beside the code that say, element by element, what is kept.
//!
//! ```text
//! keep: g rect                         kept, with the attributes below
//! text: tspan                          kept, and so is the text in it
//! void: br                             kept, never with anything in it
//! style: style                         kept; its text is a style sheet
//! unwrap: form                         the element goes, what is in it stays
//! drop person: author                  it goes with all that is in it, reported as a person
//! words: auto none                     words that attributes may hold, beside those of CSS
//! attribute num: x y                   attributes of any element, and what they may hold
//! element a link:href                  attributes of one element
//! needs img src                        without this attribute the element goes
//! ```
//!
//! An indented line belongs to the line before it.

use std::collections::{HashMap, HashSet};

use crate::report::Class;

/// What becomes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Keep,
    Text,
    Void,
    Style,
    Unwrap,
    Drop(Class),
}

/// What an attribute may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Numbers with units, and what stands between them.
    Numbers,
    /// Words of the vocabulary and numbers.
    Words,
    /// The letters and numbers of a path.
    Path,
    /// A value as CSS has it, of the property of the attribute's name.
    Value,
    /// What an animation goes through: values or paths.
    Steps,
    /// The name of an attribute that an animation may change.
    Changes,
    /// A name, which becomes a number.
    Id,
    /// The name of the result of a filter, or one of the words.
    Result,
    /// Names of ids.
    Ids,
    /// Names of classes.
    Classes,
    /// An id of the same document behind `#`.
    Local,
    /// Where a link leads.
    Link,
    /// The address of something that is shown.
    Show,
    /// Declarations of CSS.
    Style,
    /// A colour, by name or number.
    Colour,
    Language,
    /// The name of a font.
    Font,
    /// There or not.
    Flag,
    /// Text that is shown.
    Text,
    /// It goes, and this is what it is.
    Drop(Class),
}

/// The table of one family of elements.
#[derive(Default)]
pub(crate) struct Table {
    acts: HashMap<&'static str, Act>,
    attrs: HashMap<&'static str, Kind>,
    own: HashMap<&'static str, Vec<(&'static str, Kind)>>,
    words: HashSet<&'static str>,
    needs: HashMap<&'static str, &'static str>,
}

impl Table {
    /// Reads a table. Lines that cannot be read are given back: a test holds that there are none.
    pub(crate) fn read(file: &'static str) -> (Self, Vec<&'static str>) {
        let mut table = Self::default();
        let mut faults = Vec::new();
        let mut head = "";
        for line in file.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            let words = if line.starts_with(' ') {
                line
            } else if let Some((start, rest)) = line.split_once(": ") {
                head = start;
                rest
            } else {
                let len = line.match_indices(' ').nth(1).map_or(line.len(), |(at, _)| at);
                let (start, rest) = line.split_at_checked(len).unwrap_or((line, ""));
                head = start;
                rest
            };
            let read = words.split_whitespace().try_for_each(|word| table.word(head, word));
            if read.is_none() {
                faults.push(line);
            }
        }
        (table, faults)
    }

    fn word(&mut self, head: &'static str, word: &'static str) -> Option<()> {
        let act = match head {
            "keep" => Some(Act::Keep),
            "text" => Some(Act::Text),
            "void" => Some(Act::Void),
            "style" => Some(Act::Style),
            "unwrap" => Some(Act::Unwrap),
            _ => head.strip_prefix("drop ").and_then(class).map(Act::Drop),
        };
        if let Some(act) = act {
            return self.acts.insert(word, act).is_none().then_some(());
        }
        if head == "words" {
            self.words.insert(word);
        } else if let Some(kind) = head.strip_prefix("attribute ") {
            self.attrs.insert(word, kind_of(kind)?);
        } else if let Some(element) = head.strip_prefix("element ") {
            let (kind, name) = word.split_once(':')?;
            self.acts.get(element)?;
            self.own.entry(element).or_default().push((name, kind_of(kind)?));
        } else {
            let element = head.strip_prefix("needs ")?;
            self.acts.get(element)?;
            self.needs.insert(element, word);
        }
        Some(())
    }

    pub(crate) fn act(&self, element: &str) -> Option<(&'static str, Act)> {
        self.acts.get_key_value(element).map(|(name, act)| (*name, *act))
    }

    /// What an attribute may hold, and its name in the table's spelling.
    pub(crate) fn kind(&self, element: &str, attr: &str) -> Option<(&'static str, Kind)> {
        let own = self.own.get(element).and_then(|own| own.iter().find(|(name, _)| *name == attr));
        own.copied().or_else(|| self.attrs.get_key_value(attr).map(|(name, kind)| (*name, *kind)))
    }

    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    pub(crate) fn needs(&self, element: &str) -> Option<&'static str> {
        self.needs.get(element).copied()
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "num" => Kind::Numbers,
        "word" => Kind::Words,
        "path" => Kind::Path,
        "value" => Kind::Value,
        "steps" => Kind::Steps,
        "changes" => Kind::Changes,
        "id" => Kind::Id,
        "ids" => Kind::Ids,
        "results" => Kind::Result,
        "classes" => Kind::Classes,
        "local" => Kind::Local,
        "link" => Kind::Link,
        "show" => Kind::Show,
        "style" => Kind::Style,
        "colour" => Kind::Colour,
        "lang" => Kind::Language,
        "font" => Kind::Font,
        "flag" => Kind::Flag,
        "text" => Kind::Text,
        word => Kind::Drop(class(word.strip_prefix("drop=")?)?),
    })
}

fn class(word: &str) -> Option<Class> {
    Some(match word {
        "location" => Class::Location,
        "person" => Class::Person,
        "software" => Class::Software,
        "time" => Class::Time,
        "identifier" => Class::Identifier,
        "hidden" => Class::HiddenContent,
        "comment" => Class::Comment,
        "link" => Class::Link,
        "unknown" => Class::Unknown,
        _ => return None,
    })
}
