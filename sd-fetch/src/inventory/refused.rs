//! Things that were not taken, each with its name and its reason.

use std::fmt::{self, Display};
use std::sync::Arc;

use sd_fs::{Escaped, escape};
use serde::{Serialize, Serializer};

use crate::journalist_interface::{Refusal, Submission};

/// The longest identifiers and names shown, in bytes once they are escaped. Real ones have 52
/// (a source's address), 36, and less than 124.
const MOST: Lengths = Lengths { source: 60, item: 40, name: 124 };

struct Lengths {
    source: usize,
    item: usize,
    name: usize,
}

/// Something that was not taken: who it is said to be from, what it calls itself, and why.
///
/// A server can make us refuse as many things as a list may have entries, so a refusal is kept
/// in one small piece, and clones share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The source, the item and the name, escaped, one behind the other.
    words: Arc<str>,
    /// How much of the words is the source.
    source: Option<u8>,
    /// How much of the rest is the item.
    item: Option<u8>,
    why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    Listed(Refusal),
    Source(Refusal),
    Said(Arc<str>),
}

impl Refused {
    /// Something that calls itself so. What is too long is cut.
    pub(crate) fn named(source: Option<&str>, item: Option<&str>, name: &str) -> Self {
        let source = source.map(|text| cut(text, MOST.source));
        let item = item.map(|text| cut(text, MOST.item));
        let length = |part: &Escaped| u8::try_from(part.as_str().len()).unwrap_or_default();
        let lengths = (source.as_ref().map(length), item.as_ref().map(length));
        let name = cut(name, MOST.name);
        let parts = [source.as_ref(), item.as_ref(), Some(&name)].into_iter().flatten();
        let words = parts.map(Escaped::as_str).collect::<String>().into();
        Self { words, source: lengths.0, item: lengths.1, why: Why::Said("".into()) }
    }

    /// An item that was listed properly and could not be fetched.
    pub(crate) fn item(item: &Submission) -> Self {
        Self::named(Some(item.source.as_str()), Some(item.item.as_str()), &item.shown())
    }

    /// The same with its reason.
    pub(crate) fn because(self, why: impl Display) -> Self {
        Self { why: Why::Said(why.to_string().into()), ..self }
    }

    /// The same, refused for what is listed.
    pub(super) fn because_listed(self, why: Refusal) -> Self {
        Self { why: Why::Listed(why), ..self }
    }

    /// The same, a source refused for what is listed.
    pub(super) fn because_source(self, why: Refusal) -> Self {
        Self { why: Why::Source(why), ..self }
    }

    fn part(&self, from: usize, length: Option<u8>) -> Option<&str> {
        self.words.get(from..from + usize::from(length?))
    }

    fn behind(length: Option<u8>) -> usize {
        usize::from(length.unwrap_or_default())
    }

    /// The source's UUID as it was given, escaped.
    pub(crate) fn source(&self) -> Option<&str> {
        self.part(0, self.source)
    }

    /// The item's UUID as it was given, escaped; none if the source itself was refused.
    pub(crate) fn item_id(&self) -> Option<&str> {
        self.part(Self::behind(self.source), self.item)
    }

    /// The file name or designation as it was given, escaped.
    pub(crate) fn name(&self) -> &str {
        let from = Self::behind(self.source) + Self::behind(self.item);
        self.words.get(from..).unwrap_or_default()
    }

    /// Why.
    pub(crate) fn why(&self) -> impl Display + '_ {
        &self.why
    }
}

impl Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(why) => why.fmt(f),
            Self::Source(why) => write!(f, "source refused: {why}"),
            Self::Said(why) => f.write_str(why),
        }
    }
}

impl Serialize for Refused {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            source: Option<&'a str>,
            item: Option<&'a str>,
            name: &'a str,
            why: String,
        }
        let (source, item) = (self.source(), self.item_id());
        Shown { source, item, name: self.name(), why: self.why.to_string() }.serialize(to)
    }
}

/// A foreign name, escaped, and cut to so many bytes.
fn cut(text: &str, most: usize) -> Escaped {
    let start = &text[..text.floor_char_boundary(most)];
    let shown = escape(start.as_bytes());
    if start.len() == text.len() && shown.as_str().len() <= most {
        return shown;
    }
    let mut room = most;
    let fits = |(_, c): &(usize, char)| {
        let length = escape(c.encode_utf8(&mut [0; 4]).as_bytes()).as_str().len();
        room.checked_sub(length).map(|left| room = left).is_some()
    };
    let end = start.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
    escape(format!("{}…", &start[..end]).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_what_was_given_and_what_was_not_given_is_none() {
        for (source, item) in
            [(Some("s"), Some("i")), (Some(""), None), (None, Some("")), (None, None)]
        {
            let refused = Refused::named(source, item, "a name").because("so");
            assert_eq!((refused.source(), refused.item_id()), (source, item));
            assert_eq!((refused.name(), refused.why().to_string().as_str()), ("a name", "so"));
        }
    }

    #[test]
    fn the_longest_names_that_the_server_gives_are_not_cut() {
        let source = format!("/api/v1/sources/{}", "8d4aa076-59d8-44e8-80ca-d2794c81507f");
        let item = "8d4aa076-59d8-44e8-80ca-d2794c81507f";
        let name = format!("1234567-{}-doc.gz.gpg", "x".repeat(90));
        let refused = Refused::named(Some(&source), Some(item), &name);
        assert_eq!(refused.source(), Some(source.as_str()));
        assert_eq!((refused.item_id(), refused.name()), (Some(item), name.as_str()));
    }

    #[test]
    fn whatever_a_name_is_made_of_it_takes_little_room_and_ends_with_a_sign() {
        for letter in ["x", "ü", "\u{10ffff}", "日", "\u{0}", "\\"] {
            let refused = Refused::named(None, None, &letter.repeat(500));
            let length = refused.name().len();
            assert!((114..=127).contains(&length), "{letter:?}: {length}");
            assert!(refused.name().ends_with('…'));
        }
        // Short as it came, long once it is escaped.
        assert!(Refused::named(None, None, &"\u{1b}".repeat(40)).name().ends_with('…'));
    }
}
