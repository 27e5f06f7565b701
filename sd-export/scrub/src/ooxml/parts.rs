//! The kinds of parts that are kept: how a relation names them, what they are called in the clean
//! package, and which other parts come along without being named in their text.

use super::notes::{self, Dropped};
use crate::report::Class;

/// How a part is cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// By the table, with this root.
    Xml(&'static str),
    /// A picture, by its own module.
    Picture,
    /// Sound or a video, by its own module.
    Media,
    /// A document, by its own module; one that cannot be cleaned is left out.
    Document,
}

/// A kind of part.
#[derive(Debug)]
pub(super) struct Kind {
    /// The end of its relation's type.
    pub(super) relation: &'static str,
    /// Below which directory it is kept: that of the main part; `*`: all of them.
    pub(super) family: &'static str,
    /// Its name in the clean package; `#` is a number.
    pub(super) path: &'static str,
    /// The end of its content type.
    pub(super) content: &'static str,
    pub(super) how: How,
    /// Relations that its text does not name.
    pub(super) beside: &'static [&'static str],
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.";

/// What stands before the end of a content type.
pub(super) fn content_type(kind: &Kind) -> String {
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    let slide = "application/vnd.openxmlformats-officedocument.presentationml.";
    let other = "application/vnd.openxmlformats-officedocument.";
    let start = match kind.family {
        "word" => WORD,
        "xl" => sheet,
        "ppt" => slide,
        _ => other,
    };
    format!("{start}{}+xml", kind.content)
}

const fn xml(
    family: &'static str,
    relation: &'static str,
    path: &'static str,
    content: &'static str,
    root: &'static str,
    beside: &'static [&'static str],
) -> Kind {
    Kind { relation, family, path, content, how: How::Xml(root), beside }
}

const fn other(relation: &'static str, path: &'static str, how: How) -> Kind {
    Kind { relation, family: "*", path, content: "", how, beside: &[] }
}

/// Every kind that is kept.
#[rustfmt::skip]
pub(super) const KINDS: &[Kind] = &[
    xml("word", "officeDocument", "document.xml", "document.main", "w:document",
        &["styles", "numbering", "settings", "fontTable", "theme", "footnotes", "endnotes", "comments"]),
    xml("word", "styles", "styles.xml", "styles", "w:styles", &[]),
    xml("word", "numbering", "numbering.xml", "numbering", "w:numbering", &[]),
    xml("word", "settings", "settings.xml", "settings", "w:settings", &[]),
    xml("word", "fontTable", "fontTable.xml", "fontTable", "w:fonts", &[]),
    xml("word", "footnotes", "footnotes.xml", "footnotes", "w:footnotes", &[]),
    xml("word", "endnotes", "endnotes.xml", "endnotes", "w:endnotes", &[]),
    xml("word", "comments", "comments.xml", "comments", "w:comments", &[]),
    xml("word", "header", "header#.xml", "header", "w:hdr", &[]),
    xml("word", "footer", "footer#.xml", "footer", "w:ftr", &[]),

    xml("xl", "officeDocument", "workbook.xml", "sheet.main", "x:workbook",
        &["styles", "theme", "sharedStrings"]),
    xml("xl", "worksheet", "worksheets/sheet#.xml", "worksheet", "x:worksheet", &[]),
    xml("xl", "chartsheet", "chartsheets/sheet#.xml", "chartsheet", "x:chartsheet", &[]),
    xml("xl", "styles", "styles.xml", "styles", "x:styleSheet", &[]),
    xml("xl", "sharedStrings", "sharedStrings.xml", "sharedStrings", "x:sst", &[]),
    xml("xl", "table", "tables/table#.xml", "table", "x:table", &[]),
    xml("", "drawing", "drawings/drawing#.xml", "drawing", "xdr:wsDr", &[]),

    xml("ppt", "officeDocument", "presentation.xml", "presentation.main", "p:presentation",
        &["theme", "tableStyles"]),
    xml("ppt", "slideMaster", "slideMasters/slideMaster#.xml", "slideMaster", "p:sldMaster", &["theme"]),
    xml("ppt", "slideLayout", "slideLayouts/slideLayout#.xml", "slideLayout", "p:sldLayout", &["slideMaster", "themeOverride"]),
    xml("ppt", "slide", "slides/slide#.xml", "slide", "p:sld", &["slideLayout", "notesSlide", "themeOverride"]),
    xml("ppt", "notesMaster", "notesMasters/notesMaster#.xml", "notesMaster", "p:notesMaster", &["theme"]),
    xml("ppt", "notesSlide", "notesSlides/notesSlide#.xml", "notesSlide", "p:notes", &["notesMaster", "slide", "themeOverride"]),
    xml("ppt", "tableStyles", "tableStyles.xml", "tableStyles", "a:tblStyleLst", &[]),

    xml("", "theme", "theme/theme#.xml", "theme", "a:theme", &[]),
    xml("", "themeOverride", "theme/themeOverride#.xml", "themeOverride", "a:themeOverride", &[]),
    xml("", "chart", "charts/chart#.xml", "drawingml.chart", "c:chartSpace", &["themeOverride"]),
    xml("", "chartUserShapes", "drawings/shapes#.xml", "drawingml.chartshapes", "c:userShapes", &[]),

    other("image", "media/image#", How::Picture),
    other("video", "media/video#", How::Media),
    other("audio", "media/sound#", How::Media),
    other("package", "embeddings/document#", How::Document),
];

/// The kind of part that a relation means, in a package of this family.
pub(super) fn kind_of(relation: &str, family: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| {
        kind.relation == relation && (matches!(kind.family, "" | "*") || kind.family == family)
    })
}

/// Parts that go: words of their name, what they are, and what to call them.
const DROPPED: &[Dropped] = &[
    ("docprops/thumbnail", Class::Thumbnail, "picture of the first page"),
    ("docprops/", Class::Person, "properties of the document"),
    ("docmetadata/", Class::Identifier, "labels of an organisation"),
    ("customxml/", Class::Identifier, "custom XML"),
    ("_xmlsignatures/", Class::Person, "digital signature"),
    ("vbaproject", Class::Link, "macros"),
    ("vbadata", Class::Link, "macros"),
    ("activex", Class::Link, "active control"),
    ("ctrlprops/", Class::HiddenContent, "form control"),
    ("printersettings", Class::Device, "settings of a printer"),
    ("embeddings/", Class::HiddenContent, "embedded object"),
    ("fonts/", Class::Identifier, "embedded font: the text stays, its look may change"),
    ("glossary/", Class::HiddenContent, "building blocks"),
    ("people.xml", Class::Person, "list of persons"),
    ("persons/", Class::Person, "list of persons"),
    ("threadedcomments/", Class::Comment, "comments"),
    ("commentauthors", Class::Person, "authors of comments"),
    ("authors.xml", Class::Person, "authors of comments"),
    ("comments", Class::Comment, "comments"),
    (
        "vmldrawing",
        Class::HiddenContent,
        "drawing in an old form: comments, controls, header pictures",
    ),
    ("customui", Class::Link, "own buttons"),
    ("usercustomization", Class::Software, "own buttons"),
    ("attachedtoolbars", Class::Software, "own buttons"),
    ("websettings", Class::Software, "settings for the web"),
    ("styleswitheffects", Class::Software, "second list of styles"),
    ("viewprops", Class::Software, "how it was looked at"),
    ("presprops", Class::Software, "how it is shown"),
    ("connections.xml", Class::Link, "connections to databases"),
    ("querytables/", Class::Link, "queries of databases"),
    ("pivotcache/", Class::HiddenContent, "data behind a pivot table: the cells stay"),
    ("pivottables/", Class::HiddenContent, "pivot table: the cells stay"),
    ("slicer", Class::HiddenContent, "slicer"),
    ("timeline", Class::HiddenContent, "timeline"),
    ("externallinks/", Class::Link, "cells of other workbooks"),
    ("revisions/", Class::TrackedChange, "history of changes"),
    ("usernames", Class::Person, "users of a shared workbook"),
    ("xmlmaps", Class::Identifier, "map of XML"),
    ("calcchain", Class::Software, "order of calculation"),
    ("metadata.xml", Class::Identifier, "metadata of cells"),
    ("richdata/", Class::HiddenContent, "data behind cells"),
    ("model/", Class::HiddenContent, "data model"),
    ("charts/style", Class::Software, "style of a chart"),
    ("charts/colors", Class::Software, "colours of a chart"),
    ("diagrams/", Class::HiddenContent, "diagram (SmartArt)"),
    ("tags/", Class::Identifier, "tags of programs"),
    ("handoutmaster", Class::HiddenContent, "master of handouts"),
    ("ink/", Class::HiddenContent, "ink"),
    ("media/", Class::HiddenContent, "picture, sound or video that nothing shows"),
    ("notesslide", Class::HiddenContent, "notes that no slide has"),
    ("slidelayout", Class::HiddenContent, "layout that no master has"),
    ("slidemaster", Class::HiddenContent, "master that the presentation does not have"),
    ("slide", Class::HiddenContent, "slide that the presentation does not have"),
    ("worksheets/", Class::HiddenContent, "sheet that the workbook does not have"),
];

/// What a part that goes is.
pub(super) fn dropped(name: &str) -> (Class, &'static str) {
    notes::dropped(DROPPED, |word| name.contains(word))
}
