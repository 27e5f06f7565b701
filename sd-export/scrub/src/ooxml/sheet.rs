//! Excel: values of cells, formulas, names, texts that cells share.

use std::collections::BTreeSet;

use super::guide::PartGuide;
use crate::report::Class;
use crate::xml::{Name, Tag, Verdict};

/// What the walk through a part of Excel remembers.
#[derive(Default)]
pub(super) struct State {
    /// The type of the cell that is open.
    cell: String,
    /// How many shared texts were met.
    texts: u64,
    /// The number of the formula that is open, when cells share it.
    shares: Option<String>,
    /// Shared formulas that were dropped.
    frozen: BTreeSet<String>,
}

pub(super) fn open(
    guide: &mut PartGuide<'_, '_>,
    name: &str,
    parent: Option<Name>,
    tag: &Tag<'_>,
) -> Verdict {
    let parent = parent.map(|parent| parent.1).unwrap_or_default();
    match name {
        "c" => tag.get("t").unwrap_or("n").clone_into(&mut guide.sheet.cell),
        "f" => {
            let shares = tag.get("t") == Some("shared");
            guide.sheet.shares = tag.get("si").filter(|_| shares).map(str::to_owned);
            if guide.sheet.shares.as_ref().is_some_and(|si| guide.sheet.frozen.contains(si)) {
                return Verdict::Skip;
            }
        }
        "si" => guide.sheet.texts = guide.sheet.texts.saturating_add(1),
        _ if parent == "si" && guide.kind() == "sharedStrings" => {
            let number = guide.sheet.texts.saturating_sub(1);
            if !guide.walk.shared.contains(&number) {
                return Verdict::Drop(Class::HiddenContent, "shared text that no cell uses");
            }
        }
        _ => {}
    }
    Verdict::Table
}

pub(super) fn attribute(
    guide: &mut PartGuide<'_, '_>,
    element: &str,
    attr: &str,
    value: &str,
) -> Option<String> {
    let names = guide.walk.names;
    match (element, attr) {
        ("c", "t") => {
            ["b", "n", "e", "s", "str", "inlineStr", "d"].contains(&value).then(|| value.to_owned())
        }
        ("c", "r") => {
            let letters = value.bytes().take_while(u8::is_ascii_uppercase).count();
            let digits = value.get(letters..).unwrap_or_default();
            let fits = (1..=3).contains(&letters) && (1..=7).contains(&digits.len());
            (fits && digits.bytes().all(|b| b.is_ascii_digit())).then(|| value.to_owned())
        }
        ("cfvo", _) => (!reaches_outside(value)).then(|| value.to_owned()),
        ("definedName", _) => Some(value.to_owned()),
        ("cellStyle", _) => {
            if is_cell_style(value) {
                Some(value.to_owned())
            } else {
                names.map("Style ", value).ok()
            }
        }
        ("tableStyleInfo" | "tableStyles", _) => {
            let start = ["TableStyle", "PivotStyle"].iter().find_map(|s| value.strip_prefix(s));
            let rest = start.and_then(|rest| {
                ["Light", "Medium", "Dark"].iter().find_map(|s| rest.strip_prefix(s))
            });
            let known = rest.is_some_and(|n| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()));
            if known { Some(value.to_owned()) } else { names.map("T", value).ok() }
        }
        _ => None,
    }
}

fn is_cell_style(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "Normal",
        "Default",
        "Comma",
        "Currency",
        "Percent",
        "Heading",
        "Title",
        "Good",
        "Bad",
        "Neutral",
        "Calculation",
        "Check",
        "Cell",
        "Explanatory",
        "Text",
        "Input",
        "Linked",
        "Note",
        "Output",
        "Total",
        "Warning",
        "Accent1",
        "Accent2",
        "Accent3",
        "Accent4",
        "Accent5",
        "Accent6",
        "20%",
        "40%",
        "60%",
        "-",
        "Hyperlink",
        "Followed",
        "[0]",
        "1",
        "2",
        "3",
        "4",
        "Result",
        "Result2",
        "Heading1",
        "Status",
        "Footnote",
        "Error",
        "Accent",
        "Excel",
        "Built-in",
    ];
    name.split(' ').all(|word| WORDS.contains(&word))
}

/// The text of a cell, formula or name, if it stays.
pub(super) fn text(guide: &mut PartGuide<'_, '_>, name: &str, text: &str) -> Option<String> {
    if name == "v" {
        return value(guide, text);
    }
    if !reaches_outside(text) {
        return Some(text.to_owned());
    }
    if let Some(shared) = guide.sheet.shares.take().filter(|_| name == "f") {
        guide.sheet.frozen.insert(shared);
    }
    let words = "formula that reaches outside the workbook: the last value stays";
    guide.note(Class::Link, words, text);
    None
}

fn value(guide: &mut PartGuide<'_, '_>, text: &str) -> Option<String> {
    let trimmed = text.trim();
    let all = |fits: fn(u8) -> bool| trimmed.len() <= 40 && trimmed.bytes().all(fits);
    let fits = match guide.sheet.cell.as_str() {
        "s" => {
            let number: u64 = trimmed.parse().ok()?;
            guide.walk.shared.insert(number);
            return Some(number.to_string());
        }
        "str" | "inlineStr" => return Some(text.to_owned()),
        "e" => {
            trimmed.starts_with('#') && all(|b| b.is_ascii_uppercase() || b"#/!?0_".contains(&b))
        }
        "d" => all(|b| b.is_ascii_digit() || b"TZ:.+-".contains(&b)),
        _ => all(|b| b.is_ascii_digit() || b"eE.+-".contains(&b)),
    };
    if !fits {
        guide.note(Class::Unknown, "value of a cell that is none of its type", trimmed);
    }
    fits.then(|| trimmed.to_owned())
}

/// Whether a formula asks for something that is not in the workbook.
pub(super) fn reaches_outside(formula: &str) -> bool {
    const ASKS: [&str; 10] = [
        "file:",
        "\\\\",
        ":\\",
        "|'",
        "WEBSERVICE(",
        "RTD(",
        "CALL(",
        "REGISTER",
        "SQL.REQUEST(",
        "!_XLL",
    ];
    let upper = formula.to_ascii_uppercase();
    let book = formula.split('[').skip(1).any(|rest| {
        let inner = rest.split(']').next().unwrap_or_default();
        // `[1]` is a workbook; `[Column]` is a column of a table.
        (!inner.is_empty() && inner.bytes().all(|b| b.is_ascii_digit()) && rest.contains('!'))
            || inner.to_ascii_lowercase().contains(".xls")
            || inner.to_ascii_lowercase().contains(".ods")
    });
    book || ASKS.iter().any(|ask| upper.contains(&ask.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_that_reach_outside_are_known() {
        for inside in ["SUM(A1:B2)", "Table1[Total]", "Sheet2!A1", "HYPERLINK(\"https://x.org\")"] {
            assert!(!reaches_outside(inside), "{inside}");
        }
        for outside in [
            "[1]Sheet1!A1",
            "'[2]My Sheet'!$A$1",
            "'C:\\x\\[a.xlsx]S'!A1",
            "WebService(\"https://x.org\")",
            "cmd|' /C calc'!A0",
            "'file:///home/jane/a.ods'#$S.A1",
        ] {
            assert!(reaches_outside(outside), "{outside}");
        }
    }
}
