//! Which of the new items are wanted: from whom, of what kind, up to what size.

use std::collections::BTreeSet;

use sd_bundle::{Designation, ItemId, Kind, SourceId};
pub(crate) use sd_bundle::{Who, WhoError};
use serde::Serialize;

use crate::byte_size::ByteSize;
use crate::journalist_interface::{Sources, Submission};

/// What a person asked for. Nothing asked means everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// From whom.
    pub(crate) from: Vec<Who>,
    /// Of which kinds.
    pub(crate) kinds: BTreeSet<Kind>,
    /// Up to which size.
    pub(crate) max_size: Option<ByteSize>,
}

/// What a selection left on the server.
#[derive(Debug, Default, Serialize)]
pub(crate) struct LeftOut {
    /// How many items.
    pub(crate) items: usize,
    /// The flags that left any out.
    pub(crate) by: BTreeSet<Filter>,
    /// Those that were asked for, but for their size.
    pub(crate) too_large: Vec<TooLarge>,
}

/// A flag that leaves items out, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum Filter {
    /// Other sources.
    #[serde(rename = "--source")]
    Source,
    /// Other kinds.
    #[serde(rename = "--only")]
    Only,
    /// Larger ones.
    #[serde(rename = "--max-size")]
    MaxSize,
}

/// An item that was left because of its size.
#[derive(Debug, Serialize)]
pub(crate) struct TooLarge {
    /// Whose.
    pub(crate) source: SourceId,
    /// The words for them.
    pub(crate) designation: Designation,
    /// The item.
    pub(crate) item: ItemId,
    /// Its number in the conversation.
    pub(crate) number: u32,
    /// What it is.
    pub(crate) kind: Kind,
    /// Bytes of ciphertext.
    pub(crate) size: u64,
}

/// The sources that are meant; nothing if nobody was named.
pub(crate) fn sources_named(
    who: &[Who],
    sources: &Sources,
) -> Result<Option<BTreeSet<SourceId>>, WhoError> {
    if who.is_empty() {
        return Ok(None);
    }
    who.iter().map(|who| who.find(sources)).collect::<Result<_, _>>().map(Some)
}

impl Selection {
    /// Takes from `items` what is not asked for.
    pub(crate) fn apply(
        &self,
        sources: &Sources,
        items: &mut Vec<Submission>,
    ) -> Result<LeftOut, WhoError> {
        let from = sources_named(&self.from, sources)?;
        let mut left = LeftOut::default();
        items.retain(|item| {
            let Some(filter) = self.filter(from.as_ref(), item) else { return true };
            left.items += 1;
            left.by.insert(filter);
            if filter == Filter::MaxSize {
                left.too_large.push(TooLarge::new(item));
            }
            false
        });
        Ok(left)
    }

    fn filter(&self, from: Option<&BTreeSet<SourceId>>, item: &Submission) -> Option<Filter> {
        if from.is_some_and(|from| !from.contains(&item.source)) {
            Some(Filter::Source)
        } else if !self.kinds.is_empty() && !self.kinds.contains(&item.kind) {
            Some(Filter::Only)
        } else if self.max_size.is_some_and(|max| item.size > max.bytes()) {
            Some(Filter::MaxSize)
        } else {
            None
        }
    }

    /// Whether everything is asked for.
    pub(crate) fn is_everything(&self) -> bool {
        self.from.is_empty() && self.kinds.is_empty() && self.max_size.is_none()
    }

    /// The flags that say the same, for a hint.
    pub(crate) fn args(&self) -> Vec<String> {
        let from = args_of(&self.from);
        let only = self.kinds.iter().flat_map(|kind| ["--only".to_owned(), plural(*kind)]);
        let size = self.max_size.iter().flat_map(|m| ["--max-size".to_owned(), m.to_string()]);
        from.into_iter().chain(only).chain(size).collect()
    }
}

/// The flags that name these sources.
pub(crate) fn args_of(who: &[Who]) -> Vec<String> {
    who.iter().flat_map(|who| ["--source".to_owned(), who.to_string()]).collect()
}

fn plural(kind: Kind) -> String {
    match kind {
        Kind::Message => "messages",
        Kind::Document => "documents",
        Kind::Reply => "replies",
    }
    .to_owned()
}

impl TooLarge {
    fn new(item: &Submission) -> Self {
        let Submission { number, kind, size, .. } = *item;
        let (source, designation) = (item.source.clone(), item.designation.clone());
        Self { source, designation, item: item.item.clone(), number, kind, size }
    }
}

impl Filter {
    /// The flag.
    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::Source => "--source",
            Self::Only => "--only",
            Self::MaxSize => "--max-size",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GHOST: &str = "7c5a4ca2-4817-48c7-8397-b7cab2cc0b8c";
    const LEMUR: &str = "7c5a4ca2-d2da-4b97-8368-f0b6c0a699d0";

    fn sources() -> Sources {
        [(GHOST, "focal ghost"), (LEMUR, "curious lemur")]
            .map(|(id, words)| {
                (id.parse().expect("a UUID"), words.to_owned().try_into().expect("words"))
            })
            .into()
    }

    fn item(source: &str, number: u32, kind: Kind, size: u64) -> Submission {
        let item = format!("8d4aa076-59d8-44e8-80ca-{number:012x}").parse().expect("a UUID");
        let source = source.parse().expect("a UUID");
        let designation = sources()[&source].clone();
        Submission { source, item, number, kind, designation, size, seen: false }
    }

    fn apply(selection: &Selection) -> (Vec<u32>, LeftOut) {
        let mut items = vec![
            item(GHOST, 1, Kind::Message, 600),
            item(GHOST, 2, Kind::Document, 5_000),
            item(GHOST, 3, Kind::Document, 5_001),
            item(LEMUR, 4, Kind::Document, 9_000),
            item(GHOST, 5, Kind::Reply, 600),
        ];
        let left = selection.apply(&sources(), &mut items).expect("known sources");
        (items.iter().map(|i| i.number).collect(), left)
    }

    #[test]
    fn what_is_left_is_counted_and_what_is_too_large_is_named() {
        let selection = Selection {
            from: vec!["focal ghost".parse().expect("a name")],
            kinds: [Kind::Message, Kind::Document].into(),
            max_size: Some("5kB".parse().expect("a size")),
        };
        let (taken, left) = apply(&selection);
        assert_eq!((taken, left.items), (vec![1, 2], 3));
        assert_eq!(left.by, [Filter::Source, Filter::Only, Filter::MaxSize].into());
        let named: Vec<_> = left.too_large.iter().map(|t| (t.number, t.size)).collect();
        assert_eq!(named, [(3, 5_001)]);
        let words = "--source|focal ghost|--only|messages|--only|documents|--max-size|5000";
        assert_eq!(selection.args().join("|"), words);
    }

    #[test]
    fn nothing_asked_means_everything() {
        let (taken, left) = apply(&Selection::default());
        assert_eq!((taken.len(), left.items, left.by.len()), (5, 0, 0));
        assert!(Selection::default().is_everything() && Selection::default().args().is_empty());
    }
}
