//! Who has seen an item, as far as it matters here: somebody, or nobody.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};

/// Whether the list names anybody. The names themselves are not kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeenBy(pub(super) bool);

impl<'de> Deserialize<'de> for SeenBy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = SeenBy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<SeenBy, A::Error> {
        let mut anybody = false;
        while names.next_element::<IgnoredAny>()?.is_some() {
            anybody = true;
        }
        Ok(SeenBy(anybody))
    }
}
