//! Fields of Word: code that makes text, such as a page number or the author's name.
//!
//! ```text
//! begin, code, separate, result, end --judge--> kept with a code written anew
//!                                         |---> the result stays as plain text
//!                                         '---> code and result go (they name people and files)
//! ```

use crate::Refusal;
use crate::xml::Names;

/// What becomes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// It stays, with this code.
    Keep(String),
    /// Its result stays as text.
    Flatten,
    /// All of it goes.
    Remove,
}

/// Results that say who, when or where: with names of properties that fields can ask for.
const REMOVED: &[&str] = &[
    "AUTHOR",
    "LASTSAVEDBY",
    "USERNAME",
    "USERINITIALS",
    "USERADDRESS",
    "FILENAME",
    "TEMPLATE",
    "CREATEDATE",
    "SAVEDATE",
    "PRINTDATE",
    "EDITTIME",
    "REVNUM",
    "COMMENTS",
    "KEYWORDS",
    "FILESIZE",
    "XE",
    "TC",
    "TA",
    "RD",
    "PRIVATE",
    "DATA",
    "MANAGER",
    "COMPANY",
    "CATEGORY",
    "HYPERLINKBASE",
    "LASTAUTHOR",
    "LASTSAVEDTIME",
    "CREATETIME",
    "LASTPRINTED",
    "NAMEOFAPPLICATION",
];

/// Fields that stay, with the switches they may have.
const KEPT: &[(&str, &str)] = &[
    ("PAGE", ""),
    ("NUMPAGES", ""),
    ("SECTION", ""),
    ("SECTIONPAGES", ""),
    ("TOC", "ohzuwxncal"),
    ("REF", "hnprtw"),
    ("PAGEREF", "hp"),
    ("NOTEREF", "fhp"),
    ("SEQ", "cnrhs"),
    ("LISTNUM", "sl"),
    ("AUTONUM", "s"),
    ("AUTONUMLGL", "e"),
    ("AUTONUMOUT", ""),
    ("FORMTEXT", ""),
    ("FORMCHECKBOX", ""),
    ("FORMDROPDOWN", ""),
    ("HYPERLINK", "l"),
];

/// Whether the result of a field says who, when or where.
pub(super) fn is_removed(code: &str) -> bool {
    let mut tokens = tokens(code).into_iter().map(|word| word.to_ascii_uppercase());
    let name = tokens.next().unwrap_or_default();
    let property = matches!(name.as_str(), "INFO" | "DOCPROPERTY");
    let asked = tokens.next().unwrap_or_default();
    REMOVED.contains(&name.as_str()) || (property && REMOVED.contains(&asked.as_str()))
}

/// Judges a field by its code.
pub(crate) fn judge(code: &str, names: &Names) -> Result<Field, Refusal> {
    if is_removed(code) {
        return Ok(Field::Remove);
    }
    let tokens = tokens(code);
    let Some((first, rest)) = tokens.split_first() else { return Ok(Field::Flatten) };
    let name = first.to_ascii_uppercase();
    let Some((name, switches)) = KEPT.iter().find(|(kept, _)| *kept == name) else {
        return Ok(Field::Flatten);
    };
    match *name {
        "HYPERLINK" => hyperlink(rest, names),
        name => kept(name, switches, rest, names),
    }
}

/// Writes the code of a field anew, from what is known of it.
fn kept(name: &str, switches: &str, rest: &[String], names: &Names) -> Result<Field, Refusal> {
    let mut out = String::new();
    let place = matches!(name, "REF" | "PAGEREF" | "NOTEREF");
    let mut first = None;
    let mut tokens = rest.iter().peekable();
    while let Some(token) = tokens.next() {
        if let Some(switch) = token.strip_prefix('\\') {
            let general = matches!(switch, "*" | "#" | "@");
            let known = general || (switch.len() == 1 && switches.contains(switch));
            let value = tokens.next_if(|next| !next.starts_with('\\'));
            let fits = value.is_none_or(|value| general_value(switch, value));
            if known && fits {
                out.push_str(&[" \\", switch].concat());
                if let Some(value) = value {
                    out.push_str(&[" \"", value, "\""].concat());
                }
            }
        } else if first.is_none() && (place || (name != "TOC" && is_word(token))) {
            first = Some(token);
        } else {
            return Ok(Field::Flatten);
        }
    }
    let first = match first {
        Some(token) if place => [" ", &names.map("b", token)?].concat(),
        Some(token) => [" ", token].concat(),
        None if place => return Ok(Field::Flatten),
        None => String::new(),
    };
    Ok(Field::Keep([name, &first, &out].concat()))
}

fn hyperlink(rest: &[String], names: &Names) -> Result<Field, Refusal> {
    let mut tokens = rest.iter().peekable();
    let (mut address, mut place) = (None, None);
    while let Some(token) = tokens.next() {
        if let Some(switch) = token.strip_prefix('\\') {
            let takes = matches!(switch, "l" | "o" | "t");
            let value = if takes { tokens.next() } else { None };
            if switch == "l" {
                place = value;
            }
        } else if address.is_none() {
            address = Some(token);
        }
    }
    let mut out = "HYPERLINK".to_owned();
    match address {
        Some(address) if crate::link::is_kept(address) => {
            out.push_str(&[" \"", address, "\""].concat());
        }
        Some(_) => return Ok(Field::Flatten),
        None if place.is_none() => return Ok(Field::Flatten),
        None => {}
    }
    if let (Some(place), None) = (place, address) {
        out.push_str(&[" \\l \"", &names.map("b", place)?, "\""].concat());
    }
    Ok(Field::Keep(out))
}

fn is_word(token: &str) -> bool {
    token.len() <= 24 && token.chars().all(char::is_alphanumeric)
}

fn general_value(switch: &str, value: &str) -> bool {
    let all = |fits: fn(char) -> bool| value.len() <= 40 && value.chars().all(fits);
    match switch {
        "*" | "c" | "s" | "f" => is_word(value),
        "#" => all(|c| "0#x.,;+-%$€£ ".contains(c)),
        "@" => all(|c| "dDMyYhHmsAaPp/.,:- ".contains(c)),
        _ => all(|c| c.is_ascii_digit() || c == '-'),
    }
}

/// The words of a code; what stands in quotes is one.
fn tokens(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in code.chars() {
        match c {
            '"' | '\u{201c}' | '\u{201d}' => {
                if quoted {
                    out.push(std::mem::take(&mut word));
                }
                quoted = !quoted;
            }
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_anew_or_go() {
        let names = Names::default();
        let keep = |code: &str| Field::Keep(code.to_owned());
        for (code, field) in [
            (" PAGE  \\* MERGEFORMAT ", keep("PAGE \\* \"MERGEFORMAT\"")),
            ("TOC \\o \"1-3\" \\h \\z \\u", keep("TOC \\o \"1-3\" \\h \\z \\u")),
            ("TOC \\t \"CANARY,1\"", keep("TOC")),
            ("PAGEREF _Toc1234567 \\h", keep("PAGEREF b1 \\h")),
            ("SEQ Figure \\* ARABIC", keep("SEQ Figure \\* \"ARABIC\"")),
            (
                "HYPERLINK \"https://example.org/a\" \\o \"CANARY\"",
                keep("HYPERLINK \"https://example.org/a\""),
            ),
            ("HYPERLINK \\l \"_Toc1234567\"", keep("HYPERLINK \\l \"b1\"")),
            ("HYPERLINK \"file:///home/jane\"", Field::Flatten),
            ("INCLUDETEXT \"C:\\\\x\"", Field::Flatten),
            ("ADDIN ZOTERO_ITEM {}", Field::Flatten),
            ("author \\* Upper", Field::Remove),
            ("DOCPROPERTY  Company", Field::Remove),
            ("DOCPROPERTY Version", Field::Flatten),
            ("FILENAME \\p", Field::Remove),
            ("", Field::Flatten),
        ] {
            assert_eq!(judge(code, &names), Ok(field), "{code}");
        }
    }
}
