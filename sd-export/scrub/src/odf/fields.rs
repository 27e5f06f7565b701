//! Fields and hidden text: what is shown stays as text, what is hidden is pointed out or named.

use crate::report::Class;
use crate::xml::{Act, Tag, Verdict};

/// What becomes of an element of the namespace `text`, before the table is asked, and what to note.
pub(super) fn open(
    name: &str,
    act: Option<Act>,
    tag: &Tag<'_>,
) -> (Verdict, Option<(Class, &'static str)>) {
    let unwraps = act == Some(Act::Unwrap);
    let hidden = tag.get("display") == Some("none");
    match name {
        "hidden-paragraph" if tag.get("is-hidden") != Some("true") => (Verdict::Unwrap, None),
        "hidden-text" => {
            (Verdict::Unwrap, Some((Class::HiddenContent, "hidden text in a field: it is gone")))
        }
        "conditional-text" => {
            let words = "text of a field that depends on something: what is shown stays";
            (Verdict::Unwrap, Some((Class::HiddenContent, words)))
        }
        _ if unwraps && hidden => {
            (Verdict::Drop(Class::HiddenContent, "field that is not shown"), None)
        }
        "date" | "time" => {
            (Verdict::Unwrap, Some((Class::Time, "field: its result stays as text")))
        }
        "meta" | "meta-field" => {
            (Verdict::Unwrap, Some((Class::Identifier, "mark of metadata: its text stays")))
        }
        _ if unwraps => {
            (Verdict::Unwrap, Some((Class::Link, "code of a field: its result stays as text")))
        }
        _ => (Verdict::Table, None),
    }
}

/// Whether a section is hidden now.
pub(super) fn is_hidden_section(tag: &Tag<'_>) -> bool {
    tag.get("display") == Some("none") || tag.get("is-hidden") == Some("true")
}
