//! Word: fields, names of styles, settings of compatibility.

use super::fields::{Field, is_removed, judge};
use super::guide::{PartGuide, field_words};
use crate::Changes;
use crate::report::Class;
use crate::xml::{Name, Tag, Verdict};

/// A field that is open.
struct OpenField {
    field: Field,
    in_code: bool,
    /// The new code, until it is written.
    code: Option<String>,
}

/// What the walk through a part of Word remembers.
#[derive(Default)]
pub(super) struct State {
    fields: Vec<OpenField>,
}

impl State {
    /// Whether what is met now is not shown, or not to be shown.
    pub(super) fn hides(&self) -> bool {
        self.fields.iter().any(|open| open.in_code || open.field == Field::Remove)
    }

    /// Whether a field inside the code of another one is met.
    fn inside_code(&self) -> bool {
        let outer = self.fields.len().saturating_sub(1);
        self.fields.iter().take(outer).any(|open| open.in_code || open.field == Field::Remove)
    }
}

/// What stands in runs and is shown.
const SHOWN: [&str; 14] = [
    "t",
    "delText",
    "tab",
    "br",
    "cr",
    "sym",
    "drawing",
    "pict",
    "object",
    "noBreakHyphen",
    "softHyphen",
    "ptab",
    "ruby",
    "pgNum",
];

pub(super) fn open(
    guide: &mut PartGuide<'_, '_>,
    name: &str,
    parent: Option<Name>,
    tag: &Tag<'_>,
) -> Verdict {
    match name {
        "fldChar" => field_character(guide, tag),
        "fldSimple" => simple_field(guide, tag),
        "delText" | "delInstrText" if guide.changes() == Changes::Reject && !guide.word.hides() => {
            Verdict::As(if name == "delText" { "t" } else { "instrText" })
        }
        "name" if parent.is_some_and(|parent| parent.1 != "style") => {
            Verdict::Drop(Class::Identifier, "name of a list or a form field")
        }
        // Before the separator only the code stands; what is shown there is no text of the page.
        name if SHOWN.contains(&name) && guide.word.hides() => {
            let removed = guide.word.fields.iter().any(|open| open.field == Field::Remove);
            let words = "text of a field that says who, when or where";
            if removed {
                Verdict::Drop(Class::Person, words)
            } else {
                Verdict::Drop(Class::HiddenContent, "what stood in the code of a field")
            }
        }
        _ => Verdict::Table,
    }
}

fn field_character(guide: &mut PartGuide<'_, '_>, tag: &Tag<'_>) -> Verdict {
    match tag.get("fldCharType").unwrap_or_default() {
        "begin" => {
            let met = guide.survey.fields.get(&tag.number);
            if met.is_none_or(|met| !met.ended) {
                guide.note(Class::Link, "field without an end: its text stays", "");
                return Verdict::Skip;
            }
            let found = met.filter(|_| !guide.word.hides());
            let judged = found.filter(|f| !f.nested).map(|f| judge(&f.code, guide.walk.names));
            let removed = found.is_some_and(|f| is_removed(&f.code));
            let field = match judged {
                Some(Ok(field)) => field,
                _ if removed => Field::Remove,
                _ => Field::Flatten,
            };
            let code = match &field {
                Field::Keep(code) => Some(code.clone()),
                other => {
                    let (class, words) = field_words(other);
                    let code = found.map(|f| f.code.clone()).unwrap_or_default();
                    guide.note(class, words, &code);
                    None
                }
            };
            guide.word.fields.push(OpenField { field, in_code: true, code });
        }
        "separate" => {
            if let Some(open) = guide.word.fields.last_mut() {
                open.in_code = false;
            }
        }
        _ => {}
    }
    let kept = !guide.word.inside_code()
        && matches!(guide.word.fields.last(), Some(OpenField { field: Field::Keep(_), .. }));
    if tag.get("fldCharType") == Some("end") {
        guide.word.fields.pop();
    }
    if kept { Verdict::Table } else { Verdict::Skip }
}

fn simple_field(guide: &mut PartGuide<'_, '_>, tag: &Tag<'_>) -> Verdict {
    let code = tag.get("instr").unwrap_or_default();
    if guide.word.hides() {
        return Verdict::Drop(Class::HiddenContent, "what stood in the code of a field");
    }
    match judge(code, guide.walk.names) {
        Ok(Field::Keep(_)) => Verdict::Table,
        Ok(Field::Remove) => Verdict::Drop(Class::Person, "field with its result"),
        _ => {
            guide.note(Class::Link, "code of a field: its result stays as text", code);
            Verdict::Unwrap
        }
    }
}

/// The code of the field that is open, once.
pub(super) fn code(guide: &mut PartGuide<'_, '_>) -> Option<String> {
    if guide.word.inside_code() {
        return None;
    }
    let open = guide.word.fields.last_mut()?;
    // With a space on both sides, as Word writes it.
    open.code.take().map(|code| format!(" {code} "))
}

pub(super) fn attribute(
    guide: &mut PartGuide<'_, '_>,
    element: &str,
    attr: &str,
    value: &str,
) -> Option<String> {
    let word = value.len() <= 48 && value.bytes().all(|b| b.is_ascii_alphanumeric());
    match (element, attr) {
        ("fldSimple", _) => match judge(value, guide.walk.names) {
            Ok(Field::Keep(code)) => Some(format!(" {code} ")),
            _ => None,
        },
        ("name", _) => style_name(value).or_else(|| guide.walk.names.map("Style ", value).ok()),
        ("compatSetting", "uri") => {
            (value == "http://schemas.microsoft.com/office/word").then(|| value.to_owned())
        }
        ("compatSetting", _) => word.then(|| value.to_owned()),
        ("decimalSymbol" | "listSeparator", _) => {
            (value.chars().count() == 1).then(|| value.to_owned())
        }
        _ => None,
    }
}

/// Words that the names of built-in styles are made of.
const STYLE_WORDS: &[&str] = &[
    "normal",
    "heading",
    "toc",
    "index",
    "indent",
    "footnote",
    "text",
    "annotation",
    "header",
    "footer",
    "caption",
    "table",
    "of",
    "figures",
    "envelope",
    "address",
    "return",
    "reference",
    "line",
    "number",
    "page",
    "endnote",
    "authorities",
    "macro",
    "toa",
    "list",
    "bullet",
    "title",
    "closing",
    "signature",
    "default",
    "paragraph",
    "font",
    "body",
    "continue",
    "message",
    "subtitle",
    "salutation",
    "date",
    "first",
    "note",
    "block",
    "hyperlink",
    "followedhyperlink",
    "strong",
    "emphasis",
    "document",
    "map",
    "plain",
    "e-mail",
    "html",
    "top",
    "bottom",
    "of",
    "form",
    "(web)",
    "acronym",
    "cite",
    "code",
    "definition",
    "keyboard",
    "preformatted",
    "sample",
    "typewriter",
    "variable",
    "subject",
    "no",
    "balloon",
    "grid",
    "placeholder",
    "spacing",
    "light",
    "shading",
    "medium",
    "dark",
    "colorful",
    "accent",
    "revision",
    "quote",
    "intense",
    "subtle",
    "book",
    "bibliography",
    "simple",
    "classic",
    "columns",
    "contemporary",
    "elegant",
    "professional",
    "3d",
    "effects",
    "theme",
    "web",
    "outline",
    "character",
    "char",
    "standard",
    "contents",
    "internet",
    "link",
    "visited",
    "bullets",
    "numbering",
    "symbols",
    "visible",
    "unresolved",
    "mention",
    "smart",
    "hashtag",
    "drawing",
    "object",
    "hanging",
    "marginalia",
    "sender",
    "addressee",
    "horizontal",
    "comment",
    "quotations",
    "illustration",
    "frame",
    "user",
    "entry",
    "main",
    "label",
    "anchor",
    "and",
    "with",
    "without",
    "fill",
    "filled",
    "gray",
    "blue",
    "green",
    "red",
    "yellow",
    "orange",
    "shapes",
    "lines",
    "dash",
    "graphic",
    "autotext",
    "full",
    "width",
    "page",
    "left",
    "right",
    "hf",
    "section",
    "symbol",
    "page",
    "to",
    "placeholder",
    "tabular",
    "-",
    "a",
    "figure",
    "ww8num",
    "1z0",
    "zeichen",
    "drop",
    "caps",
    "teletype",
    "example",
];

/// The name of a style, if it is one of the words' that every program knows.
fn style_name(value: &str) -> Option<String> {
    let known = |word: &str| {
        let word = word.to_ascii_lowercase();
        STYLE_WORDS.contains(&word.as_str())
            || (word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()))
    };
    (value.len() <= 64 && value.split([' ', '/']).all(known)).then(|| value.to_owned())
}
