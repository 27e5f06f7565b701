//! A first walk through a part, for what cannot be decided when it is met: fields whose code comes
//! behind their start, rows of tables that were deleted, frames around objects that are not kept.

use std::collections::BTreeMap;

use crate::report::Class;
use crate::xml::{Event, Reader, Tag, decode};
use crate::{Changes, Refusal};

/// Most fields in one part.
const MAX_FIELDS: usize = 200_000;

/// A field, as it was met.
pub(super) struct Met {
    pub(super) code: String,
    /// Whether another field stands in its code.
    pub(super) nested: bool,
    /// Whether its end was met.
    pub(super) ended: bool,
}

/// What the first walk found, by the number of the element.
#[derive(Default)]
pub(super) struct Survey {
    /// Fields by their start.
    pub(super) fields: BTreeMap<u64, Met>,
    /// Elements that go with all that is in them.
    pub(super) doomed: BTreeMap<u64, (Class, &'static str)>,
}

/// Elements around a drawing; one of them goes when what it holds is not kept.
const FRAMES: [&str; 6] =
    ["drawing", "graphicFrame", "twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "oleObject"];

/// What may stand in a frame.
pub(super) const GRAPHICS: &[&str] = &[
    "picture",
    "chart",
    "table",
    "wordprocessingShape",
    "wordprocessingGroup",
    "wordprocessingCanvas",
    "lockedCanvas",
];

/// Whether a frame with content of this kind is kept.
pub(super) fn is_kept_graphic(uri: &str) -> bool {
    let known = uri.starts_with("http://schemas.openxmlformats.org/drawingml/2006/")
        || uri.starts_with("http://purl.oclc.org/ooxml/drawingml/")
        || uri.starts_with("http://schemas.microsoft.com/office/word/2010/");
    let last = uri.rsplit('/').next().unwrap_or_default();
    known && GRAPHICS.contains(&last)
}

/// An element that is open.
struct Open {
    name: &'static str,
    number: u64,
}

/// A field that is open.
struct OpenField {
    number: u64,
    code: String,
    in_code: bool,
    nested: bool,
}

/// Walks through a part.
pub(super) fn survey(bytes: &[u8], changes: Changes) -> Result<Survey, Refusal> {
    let text = decode(bytes)?;
    let mut reader = Reader::new(&text);
    let mut survey = Survey::default();
    let mut open: Vec<Option<Open>> = Vec::new();
    let mut fields: Vec<OpenField> = Vec::new();
    let mut in_code = false;
    // What is in these goes, and no part of a field in them counts.
    let dropped: &[&str] = match changes {
        Changes::Accept => &["del", "moveFrom"],
        Changes::Reject => &["ins", "moveTo"],
        Changes::Keep => &[],
    };
    while let Some(event) = reader.next()? {
        match event {
            Event::Open(tag) => {
                in_code = tag.name == "instrText" || tag.name == "delInstrText";
                look(&tag, &open, changes, &mut survey);
                let gone = || open.iter().flatten().any(|open| dropped.contains(&open.name));
                if tag.name == "fldChar" && !gone() {
                    field(&tag, &mut fields, &mut survey)?;
                }
                open.push(watched(tag.name).map(|name| Open { name, number: tag.number }));
            }
            Event::Text(text) if in_code => {
                if let Some(field) = fields.last_mut().filter(|field| field.in_code) {
                    field.code.push_str(&text);
                }
            }
            Event::Text(_) => {}
            Event::Close => {
                open.pop();
                in_code = false;
            }
        }
    }
    // A field without an end has none of its code kept.
    for field in fields {
        survey.fields.insert(field.number, Met { code: field.code, nested: true, ended: false });
    }
    Ok(survey)
}

fn watched(name: &str) -> Option<&'static str> {
    let others = ["tr", "trPr", "ins", "del", "moveFrom", "moveTo"];
    FRAMES.iter().chain(&others).find(|known| **known == name).copied()
}

fn look(tag: &Tag<'_>, open: &[Option<Open>], changes: Changes, survey: &mut Survey) {
    let above = |names: &[&str]| {
        open.iter().flatten().find(|open| names.contains(&open.name)).map(|open| open.number)
    };
    match tag.name {
        "graphicData" if !is_kept_graphic(tag.get("uri").unwrap_or_default()) => {
            let uri = tag.get("uri").unwrap_or_default();
            let why = if uri.ends_with("/diagram") {
                (Class::HiddenContent, "diagram (SmartArt): it goes with its text")
            } else {
                (Class::HiddenContent, "embedded object, with the picture that stood for it")
            };
            if let Some(number) = above(&FRAMES) {
                survey.doomed.insert(number, why);
            }
        }
        "ins" | "del" if matches!(open.last(), Some(Some(Open { name: "trPr", .. }))) => {
            let goes = match changes {
                Changes::Accept => tag.name == "del",
                Changes::Reject => tag.name == "ins",
                Changes::Keep => false,
            };
            let row = open.iter().flatten().rev().find(|open| open.name == "tr");
            if let Some(row) = row.filter(|_| goes) {
                survey.doomed.insert(row.number, (Class::TrackedChange, "row of a table"));
            }
        }
        _ => {}
    }
}

fn field(tag: &Tag<'_>, fields: &mut Vec<OpenField>, survey: &mut Survey) -> Result<(), Refusal> {
    match tag.get("fldCharType").unwrap_or_default() {
        "begin" => {
            if let Some(outer) = fields.last_mut().filter(|field| field.in_code) {
                outer.nested = true;
            }
            if survey.fields.len().saturating_add(fields.len()) >= MAX_FIELDS {
                let what = "fields in one part".to_owned();
                return Err(Refusal::TooLarge { what, limit: MAX_FIELDS as u64 });
            }
            let number = tag.number;
            fields.push(OpenField { number, code: String::new(), in_code: true, nested: false });
        }
        "separate" => {
            if let Some(field) = fields.last_mut() {
                field.in_code = false;
            }
        }
        "end" => {
            if let Some(field) = fields.pop() {
                let met = Met { code: field.code, nested: field.nested, ended: true };
                survey.fields.insert(field.number, met);
            }
        }
        _ => {}
    }
    Ok(())
}
