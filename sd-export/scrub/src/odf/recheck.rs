//! The second reader of a document: every part once more by the other scanner, and every address.

use std::collections::BTreeSet;

use super::clean::Clean;
use super::kind::Kind;
use super::{TABLE, links, settings};
use crate::link;
use crate::{Choices, Refusal, xml};

/// Checks that the clean document holds nothing but what is on the list.
pub(super) fn check(clean: &Clean, kind: &Kind, choices: Choices) -> Result<(), Refusal> {
    let mut reached = BTreeSet::new();
    for (name, part) in &clean.parts {
        let Some(root) = part.root else { continue };
        let text = std::str::from_utf8(&part.bytes);
        let text = text.map_err(|_| Refusal::not_clean("a part that is not UTF-8"))?;
        // Only sheets are called what a person called them; objects may be spreadsheets.
        let object = name.is_empty() || name.contains('/');
        if kind.body != "spreadsheet" && !object {
            values(text, " table:name=\"", '"', &is_table)?;
        }
        let addresses = xml::check(text, root, &TABLE, false, choices)?;
        let directory = name.rsplit_once('/').map(|(directory, _)| format!("{directory}/"));
        let directory = directory.unwrap_or_default();
        for address in addresses {
            let bodies = [kind.body, if object { "spreadsheet" } else { kind.body }];
            if !leads(clean, bodies, &directory, address, &mut reached) {
                return Err(Refusal::not_clean("an address that leads outside or nowhere"));
            }
        }
        values(text, "<office:binary-data>", '<', &|data| clean.inline.contains(data))?;
        values(text, " config:name=\"", '"', &settings::is_kept)?;
    }
    let foreign = clean.parts.iter().filter(|(_, part)| part.root.is_none());
    if foreign.map(|(name, _)| name).chain(clean.objects.keys()).any(|n| !reached.contains(n)) {
        return Err(Refusal::not_clean("a part that nothing names"));
    }
    Ok(())
}

/// Whether an address leads to the web, to a place inside, or to a part that is there.
fn leads(
    clean: &Clean,
    bodies: [&str; 2],
    directory: &str,
    address: &str,
    reached: &mut BTreeSet<String>,
) -> bool {
    let plain = address.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    let plain = plain.replace("&amp;", "&");
    if link::is_kept(&plain) || bodies.iter().any(|body| links::is_inside(&plain, body)) {
        return true;
    }
    let (path, there) = if let Some(object) = plain.strip_prefix("./") {
        let path = format!("{directory}{object}/");
        let there = clean.objects.contains_key(&path);
        (path, there)
    } else {
        let path = format!("{directory}{plain}");
        let there = clean.parts.get(&path).is_some_and(|part| part.root.is_none());
        (path, there)
    };
    reached.insert(path);
    there
}

/// Whether this is a number for the name of a table.
fn is_table(name: &str) -> bool {
    let number = name.strip_prefix("Table");
    name == "local-table" || number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

/// Checks each value that stands between a start and an end.
fn values(text: &str, start: &str, end: char, fits: &dyn Fn(&str) -> bool) -> Result<(), Refusal> {
    let mut pieces = text.split(start).skip(1).map(|rest| rest.split(end).next());
    if pieces.all(|value| value.is_some_and(fits)) {
        return Ok(());
    }
    Err(Refusal::not_clean("a setting or a picture that was not cleaned"))
}
