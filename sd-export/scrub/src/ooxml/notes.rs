//! What the parts that go have said, for the report.

use crate::report::Class;
use crate::xml::{Event, Reader, Tally, decode};

/// Parts that go: a word of their name, what they are, and what to call them.
pub(crate) type Dropped = (&'static str, Class, &'static str);

/// What a part that goes is, by the first line whose word fits.
pub(crate) fn dropped(table: &[Dropped], fits: impl Fn(&str) -> bool) -> (Class, &'static str) {
    let found = table.iter().find(|(word, _, _)| fits(word));
    found.map_or((Class::Unknown, "part that is not on the list"), |(_, class, words)| {
        (*class, *words)
    })
}

/// Notes each property of a document with its value.
pub(crate) fn properties(bytes: &[u8], tally: &Tally) {
    tally.removed(Class::Software, "properties of the document", "");
    let _ = walk(bytes, &mut |name, text| {
        let class = match name {
            "creator" | "lastModifiedBy" | "Manager" | "Company" | "initial-creator"
            | "printed-by" => Class::Person,
            "created" | "modified" | "lastPrinted" | "TotalTime" | "creation-date" | "date"
            | "print-date" | "editing-duration" | "filetime" => Class::Time,
            "Application" | "AppVersion" | "generator" => Class::Software,
            "Template" | "HyperlinkBase" | "template" => Class::Location,
            _ => Class::Identifier,
        };
        tally.removed(class, &format!("property {name}"), text);
    });
}

/// The first words that stand in a part.
pub(crate) fn words(bytes: &[u8]) -> String {
    let mut out = String::new();
    let _ = walk(bytes, &mut |_, text| {
        if out.len() < 200 {
            out.push_str(&[" ", text].concat());
        }
    });
    out.trim().to_owned()
}

/// Calls for every text with the name of the element it stands in. What cannot be read is left:
/// the part goes anyway.
fn walk(bytes: &[u8], each: &mut dyn FnMut(&str, &str)) -> Option<()> {
    let text = decode(bytes).ok()?;
    let mut reader = Reader::new(&text);
    let mut open: Vec<String> = Vec::new();
    while let Some(event) = reader.next().ok()? {
        match event {
            Event::Open(tag) => {
                let plain = tag.name.len() <= 40 && tag.name.is_ascii();
                open.push(if plain { tag.name.to_owned() } else { "?".to_owned() });
            }
            Event::Text(text) if !text.trim().is_empty() => {
                each(open.last().map_or("", String::as_str), text.trim());
            }
            Event::Text(_) => {}
            Event::Close => drop(open.pop()),
        }
    }
    Some(())
}
