//! The second reader: a scanner of its own over the one form that is written. Outside of texts there are
//! only names of the vocabulary, numbers that stand for names, and signs.

use super::words::{self, Kind, is_number, is_numbered};
use crate::Refusal;

/// The at-rules that are written.
const RULES: [&str; 10] = [
    "@media",
    "@supports",
    "@container",
    "@layer",
    "@page",
    "@starting-style",
    "@keyframes",
    "@-webkit-keyframes",
    "@-moz-keyframes",
    "@-o-keyframes",
];

/// Checks a whole sheet.
pub(crate) fn check_sheet(sheet: &str) -> Result<(), Refusal> {
    scan(sheet).ok_or_else(fault)
}

/// Checks the declarations of one element, or one value.
pub(crate) fn check_list(list: &str) -> Result<(), Refusal> {
    if list.contains(['{', '}', '@', '\n']) { Err(fault()) } else { check_sheet(list) }
}

fn fault() -> Refusal {
    Refusal::not_clean("a style that is not on the list")
}

fn scan(sheet: &str) -> Option<()> {
    let mut rest = sheet;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '"' => {
                let at = sheet.len().checked_sub(rest.len())?;
                text(rest, sheet.get(..at)?.ends_with("url("))?
            }
            _ if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') => {
                let len = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
                let (word, behind) = rest.split_at_checked(len.unwrap_or(rest.len()))?;
                // A class stands behind the point of its element.
                word.split('.')
                    .all(|part| is_known(part, behind))
                    .then_some(())
                    .or_else(|| is_plain(word))?;
                behind
            }
            '@' => {
                let len = rest.find(['{', ' ', ';'])?;
                let (name, behind) = rest.split_at_checked(len)?;
                RULES.contains(&name).then_some(behind)?
            }
            '#' | '.' | ':' | ',' | ';' | '{' | '}' | '(' | ')' | '[' | ']' | '>' | '+' | '~'
            | '*' | '/' | '%' | '!' | '=' | '^' | '$' | '|' | ' ' | '\n' => {
                let behind = rest.get(1..)?;
                // Neither a comment nor a mark of HTML or XML.
                (!rest.starts_with("/*") && !rest.starts_with("]]>")).then_some(behind)?
            }
            _ => return None,
        };
    }
    Some(())
}

/// A text in quotes: ASCII, and only escapes of our form. Behind `url(` it is an address of ours.
fn text(rest: &str, address: bool) -> Option<&str> {
    let (body, behind) = rest.strip_prefix('"')?.split_once('"')?;
    let plain = body.chars().all(|c| matches!(c, ' '..='~') && !matches!(c, '<' | '>' | '&'));
    let member = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
    let ours =
        body.starts_with("#n") || body.starts_with("data:image/") || body.chars().all(member);
    (plain && (ours || !address)).then_some(behind)
}

fn is_plain(word: &str) -> Option<()> {
    let end = word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let number = word.strip_suffix(end)?;
    (is_number(number) && (end.is_empty() || words::unit(end).is_some() || exponent(end)))
        .then_some(())
}

/// `e-5px`: what stands behind the first digits.
fn exponent(end: &str) -> bool {
    let Some(rest) = end.strip_prefix(['e', 'E']) else { return false };
    let unit =
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    unit.len() < rest.len() && words::unit(unit).is_some()
}

fn is_known(word: &str, behind: &str) -> bool {
    let hex = matches!(word.len(), 3 | 4 | 6 | 8) && word.bytes().all(|b| b.is_ascii_hexdigit());
    let numbered = ["c", "n", "x", "--v"].iter().any(|start| is_numbered(word, start));
    let kinds: &[Kind] = if behind.starts_with('(') {
        &[Kind::Function, Kind::PseudoFunction]
    } else {
        &[Kind::Property, Kind::Word, Kind::Pseudo, Kind::Element, Kind::Attribute]
    };
    let named = kinds.iter().any(|kind| words::find(*kind, word).is_some());
    let small = matches!(word, "" | "-" | "+" | "n" | "odd" | "even" | "from" | "to" | "important");
    hex || numbered || named || small || is_plain(word).is_some() || is_language(word)
}

/// The language of a selector.
fn is_language(word: &str) -> bool {
    let mut parts = word.split('-');
    let first = parts.next().unwrap_or_default();
    matches!(first.len(), 2 | 3)
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| part.len() <= 5 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
