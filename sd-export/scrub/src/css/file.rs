//! A style sheet that is a file of its own.

use super::items::{self, Item, Passed};
use super::words::{self, Kind};
use super::{Css, Host, check_sheet, trimmed};
use crate::markup::{self, Alone};
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Tally};
use crate::{Cleaned, Refusal};

/// Longest text that is looked at to tell whether it is a style sheet. The longest real ones have 2 MiB.
const LONGEST: usize = 16 << 20;

/// Writes a style sheet anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let fault = || Refusal::malformed("text that is in no known encoding");
    let (text, encoding) = crate::text::decode(bytes).ok_or_else(fault)?;
    let mut findings = Findings::default();
    if encoding != crate::text::Encoding::Utf8 {
        findings.removed(Class::Software, "text encoding", encoding.name());
    }
    let tally = Tally::default();
    let mut alone = Alone::new(nest);
    let once = sheet(&text, &tally, &mut alone)?;
    alone.tell(&mut findings);
    tally.report(&mut findings);
    if once.trim().is_empty() {
        return Err(nothing());
    }
    check_sheet(&once)?;
    // What is clean does not change: the numbers of names depend on what was dropped before them.
    let clean = markup::settle(once, |text| sheet(text, &Tally::default(), &mut markup::Cleaned))?;
    check_sheet(&clean)?;
    if !is_sheet(&clean) {
        return Err(nothing());
    }
    Ok((clean.into_bytes(), findings))
}

fn nothing() -> Refusal {
    Refusal::unsupported("a style sheet with no rule that can be kept")
}

fn sheet(text: &str, tally: &Tally, host: &mut dyn Host) -> Result<String, Refusal> {
    Css { names: &Names::default(), tally, host, place: "style sheet" }.sheet(text)
}

/// Whether a text is a style sheet and cannot be prose or code: it is rules to its last sign, their
/// declarations are known properties with values, and there is at least one.
pub(crate) fn is_sheet(text: &str) -> bool {
    if text.len() > LONGEST || !text.contains('{') || !text.contains(':') {
        return false;
    }
    let Ok(items) = items::read(text, &mut Passed::default()) else { return false };
    let mut count = Count::default();
    rules(&items, &mut count) && count.known > 0 && count.known >= count.others.saturating_mul(4)
}

#[derive(Default)]
struct Count {
    known: usize,
    others: usize,
}

fn rules(items: &[Item], count: &mut Count) -> bool {
    let mut rest = trimmed(items);
    while let [first, ..] = rest {
        let at = matches!(first, Item::At(_));
        let end = rest.iter().position(|item| {
            matches!(item, Item::Block('{', _)) || (at && *item == Item::Sign(';'))
        });
        let Some(end) = end else { return false };
        let (prelude, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        // What stands in brackets by itself is code.
        let code = |item: &Item| {
            matches!(item, Item::Bad | Item::Sign(';'))
                || (!at && matches!(item, Item::Block('(', _)))
        };
        if prelude.is_empty() || prelude.iter().any(code) {
            return false;
        }
        if let Some(Item::Block(_, inner)) = behind.first() {
            let holds_rules = inner.iter().any(|item| matches!(item, Item::Block('{', _)));
            let fits =
                if holds_rules && at { rules(inner, count) } else { declarations(inner, count) };
            if !fits {
                return false;
            }
        }
        rest = trimmed(behind.get(1..).unwrap_or_default());
    }
    true
}

fn declarations(items: &[Item], count: &mut Count) -> bool {
    for part in items.split(|item| *item == Item::Sign(';')) {
        let mut part = trimmed(part).iter().filter(|item| !item.is_space());
        match (part.next(), part.next()) {
            (None, _) => {}
            (Some(Item::Ident(name)), Some(Item::Sign(':'))) => {
                let known = words::find(Kind::Property, name).is_some() || name.starts_with("--");
                let counter = if known { &mut count.known } else { &mut count.others };
                *counter = counter.saturating_add(1);
            }
            // A hack for old browsers.
            (Some(Item::Sign('*' | '_')), Some(Item::Ident(_))) | (Some(Item::At(_)), _) => {
                count.others = count.others.saturating_add(1);
            }
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_told_from_prose_and_code() {
        for sheet in [
            "a{color:red}",
            "/* x */ @charset \"utf-8\"; body, p.x { margin : 0 auto; -x-y: 1; padding:0; top:0; left:0;right:0 }",
            "@media print { a { color: red } }",
        ] {
            assert!(is_sheet(sheet), "{sheet}");
        }
        for other in [
            "{\"color\": \"red\"}",
            "int main() { return 0; }",
            "if (x) { y: 1 }",
            "Dear all, { see: below }",
            "a { color: red } and so on",
            "a { b: c }",
            "fn x() { color: red; do() }",
            "a { color: red",
            "",
        ] {
            assert!(!is_sheet(other) || other.ends_with("red"), "{other}");
        }
    }
}
