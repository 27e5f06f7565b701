//! Addresses: what leads to the web stays, what leads to a place inside is numbered like its
//! target, everything else goes.

use std::collections::BTreeSet;

use crate::Refusal;
use crate::link;
use crate::xml::Names;

/// Ends of addresses of things in a text, with the kind of name that such a thing has.
const THINGS: [(&str, &str); 5] = [
    ("|region", "Section"),
    ("|table", "Table"),
    ("|frame", "F"),
    ("|graphic", "F"),
    ("|ole", "F"),
];

/// Where an address leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// To the web or to a mailbox.
    Web,
    /// To a place in the document, written like this.
    Inside(String),
    /// To somewhere else.
    Outside,
}

/// Judges an address in a document whose content stands in `body`.
pub(super) fn judge(
    address: &str,
    body: &str,
    tables: &BTreeSet<String>,
    names: &Names,
) -> Result<Address, Refusal> {
    if link::is_kept(address) {
        return Ok(Address::Web);
    }
    let Some(place) = address.strip_prefix('#').filter(|place| !place.is_empty()) else {
        return Ok(Address::Outside);
    };
    let inside = match body {
        "spreadsheet" if is_cell(place, tables) => place.to_owned(),
        "spreadsheet" => return Ok(Address::Outside),
        "presentation" | "drawing" => names.map("Slide", place)?,
        _ => match thing(place) {
            Some((name, end, kind)) => names.map(kind, name)? + end,
            // A heading is named by its words: the words stay, the link goes.
            None if place.contains('|') => return Ok(Address::Outside),
            None => names.map("b", place)?,
        },
    };
    Ok(Address::Inside(format!("#{inside}")))
}

fn thing(place: &str) -> Option<(&str, &'static str, &'static str)> {
    let mut found = THINGS.iter().filter_map(|(end, kind)| {
        let name = place.strip_suffix(end)?;
        Some((name, *end, *kind))
    });
    found.next()
}

/// Whether this names a sheet that there is, or cells of it.
fn is_cell(place: &str, tables: &BTreeSet<String>) -> bool {
    let plain = |name: &str| name.trim_start_matches('$').trim_matches('\'').replace("''", "'");
    let sheet = place.rsplit_once('.').map_or(place, |(sheet, _)| sheet);
    tables.contains(&plain(place)) || tables.contains(&plain(sheet))
}

/// Whether an address in a clean document is one that [`judge`] gives for a place inside.
pub(super) fn is_inside(address: &str, body: &str) -> bool {
    let Some(place) = address.strip_prefix('#') else { return false };
    if body == "spreadsheet" {
        return !place.contains("//") && !place.contains(":/");
    }
    let numbered = |kind: &str, name: &str| {
        let digits = name.strip_prefix(kind);
        digits.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    match thing(place) {
        Some((name, _, kind)) => numbered(kind, name),
        None => numbered("b", place) || numbered("Slide", place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let names = Names::default();
        let tables = BTreeSet::from(["Sheet1".to_owned()]);
        let inside = |text: &str| Address::Inside(text.to_owned());
        for (address, body, wanted) in [
            ("https://example.org/a", "text", Address::Web),
            ("file:///home/jane", "text", Address::Outside),
            ("../jane.odt", "text", Address::Outside),
            ("#", "text", Address::Outside),
            ("#__RefHeading___Toc1_2", "text", inside("#b1")),
            ("#Jane's table|table", "text", inside("#Table1|table")),
            ("#1.Jane's heading|outline", "text", Address::Outside),
            ("#Sheet1.A1", "spreadsheet", inside("#Sheet1.A1")),
            ("#Sheet1", "spreadsheet", inside("#Sheet1")),
            ("#Jane.A1", "spreadsheet", Address::Outside),
            ("#Jane's page", "presentation", inside("#Slide1")),
        ] {
            assert_eq!(judge(address, body, &tables, &names), Ok(wanted), "{address}");
        }
        assert!(is_inside("#Table1|table", "text") && !is_inside("#Jane|table", "text"));
        assert!(is_inside("#Slide12", "drawing") && !is_inside("#", "drawing"));
    }
}
