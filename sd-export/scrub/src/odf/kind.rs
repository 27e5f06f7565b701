//! The kinds of documents, by the type that a package or a flat file says it has.

use crate::Format;

/// What every type starts with.
pub(crate) const TYPE: &str = "application/vnd.oasis.opendocument.";

/// A kind of document.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) format: Format,
    /// The same in one XML file.
    pub(crate) flat: Option<Format>,
    /// The end of its type.
    pub(crate) ending: &'static str,
    /// The element that its content stands in.
    pub(super) body: &'static str,
}

const KINDS: &[Kind] = &[
    Kind { format: Format::Odt, flat: Some(Format::Fodt), ending: "text", body: "text" },
    Kind {
        format: Format::Ods,
        flat: Some(Format::Fods),
        ending: "spreadsheet",
        body: "spreadsheet",
    },
    Kind {
        format: Format::Odp,
        flat: Some(Format::Fodp),
        ending: "presentation",
        body: "presentation",
    },
    Kind { format: Format::Odg, flat: Some(Format::Fodg), ending: "graphics", body: "drawing" },
    Kind { format: Format::Odf, flat: None, ending: "formula", body: "math" },
];

/// The kind that a type names, and whether it names a template of it.
pub(crate) fn of_type(name: &str) -> Option<(&'static Kind, bool)> {
    let ending = name.strip_prefix(TYPE)?;
    let (ending, template) = match ending.strip_suffix("-template") {
        Some(ending) => (ending, true),
        None => (ending, false),
    };
    KINDS.iter().find(|kind| kind.ending == ending).map(|kind| (kind, template))
}

/// The kind that a format is, in a package or flat.
pub(super) fn of_format(format: Format) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.format == format || kind.flat == Some(format))
}

/// The type of a document whose content stands in this element.
pub(super) fn type_of(body: &str) -> String {
    let found = KINDS.iter().find(|kind| kind.body == body);
    format!("{TYPE}{}", found.map_or("chart", |kind| kind.ending))
}
