//! CSV: plain text whose tabs can be empty cells, and whose cells can be programs.

use crate::report::{Class, Findings};
use crate::text::{self, Tabs};
use crate::{Cleaned, Format, Limits, Refusal};

/// How much of a file is looked at to tell whether it is a table, in characters.
const SAMPLE: usize = 8192;

/// Writes the visible characters anew, points out what a spreadsheet would run, and tells whether
/// the copy is a table still.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<(Cleaned, Format), Refusal> {
    let ((clean, mut findings), _) = text::scrub(bytes, Tabs::Cells, limits)?;
    let words = std::str::from_utf8(&clean).unwrap_or_default();
    let Some(delimiter) = delimiter(words) else {
        // It looked like a table only with its marks: the copy must stay what it is when it is
        // cleaned once more.
        return text_or_table(bytes, limits);
    };
    point_out(words, delimiter, &mut findings);
    Ok(((clean, findings), Format::Csv))
}

/// A text; marks that cannot be seen may have kept a table from being known as one.
pub(crate) fn text_or_table(bytes: &[u8], limits: &Limits) -> Result<(Cleaned, Format), Refusal> {
    let ((text, mut findings), seen) = text::scrub(bytes, Tabs::Blank, limits)?;
    if seen != Format::Csv {
        return Ok(((text, findings), seen));
    }
    // What is clean is seen as it was detected, so this ends.
    let ((table, met), format) = scrub(&text, limits)?;
    findings.absorb("table", met);
    Ok(((table, findings), format))
}

/// What separates the cells of a table; `None` when the text is none: every line of it has the
/// same number of cells, and there are enough of both that prose does not look like that.
pub(crate) fn delimiter(text: &str) -> Option<char> {
    let end = text.char_indices().nth(SAMPLE).map(|(at, _)| at);
    let sample = match end.and_then(|end| text.get(..end)) {
        // The last line of the sample may be cut.
        Some(sample) => sample.rsplit_once('\n').map_or(sample, |(whole, _)| whole),
        None => text,
    };
    [',', ';', '\t', '|'].into_iter().find(|delimiter| is_table(sample, *delimiter))
}

fn is_table(text: &str, delimiter: char) -> bool {
    let mut widths: Vec<usize> = Vec::new();
    let (mut cells_in_all, mut spaced, mut named) = (0usize, 0usize, false);
    cells(text, delimiter, |row, column, cell| {
        widths.resize(row.saturating_add(1), 0);
        if let Some(width) = widths.get_mut(row) {
            *width = column.saturating_add(1);
        }
        named |= row == 0 && column == 0 && !cell.is_empty();
        cells_in_all = cells_in_all.saturating_add(1);
        // In prose a comma stands before a blank.
        spaced = spaced.saturating_add(usize::from(column > 0 && cell.starts_with(' ')));
    });
    let width = widths.first().copied().unwrap_or_default();
    let enough = widths.len() >= 2 && width >= 2 && (width >= 3 || widths.len() >= 3);
    let prose = spaced.saturating_mul(2) >= cells_in_all.saturating_sub(widths.len());
    named && enough && !prose && widths.iter().all(|w| *w == width)
}

/// Calls `each` with row, column and content of every cell; empty lines are no rows. Quotes are
/// taken off, double ones inside stay double.
fn cells(text: &str, delimiter: char, mut each: impl FnMut(usize, usize, &str)) {
    let (mut row, mut column, mut rest) = (0usize, 0usize, text);
    loop {
        let is_end = |c: char| c == delimiter || c == '\n' || c == '\r';
        let (cell, behind) = match rest.strip_prefix('"').and_then(quoted) {
            Some((cell, behind)) => (cell, behind.trim_start_matches(|c| !is_end(c))),
            None => {
                rest.split_at_checked(rest.find(is_end).unwrap_or(rest.len())).unwrap_or((rest, ""))
            }
        };
        let mut signs = behind.chars();
        let sign = signs.next();
        let is_row_end = sign != Some(delimiter);
        if !(is_row_end && column == 0 && cell.is_empty()) {
            each(row, column, cell);
            column = column.saturating_add(1);
            if is_row_end {
                (row, column) = (row.saturating_add(1), 0);
            }
        }
        if sign.is_none() {
            return;
        }
        rest = signs.as_str();
    }
}

/// A quoted cell from behind its first quote, and what stands behind its last.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut from = 0usize;
    loop {
        let at = from.checked_add(text.get(from..)?.find('"')?)?;
        let behind = text.get(at.checked_add(1)?..)?;
        if !behind.starts_with('"') {
            return Some((text.get(..at)?, behind));
        }
        from = at.checked_add(2)?;
    }
}

/// Names the cells that a spreadsheet takes for formulas: they can fetch, send and start things.
fn point_out(text: &str, delimiter: char, findings: &mut Findings) {
    let mut count = 0usize;
    let mut first = None;
    cells(text, delimiter, |row, column, cell| {
        if is_formula(cell) {
            count = count.saturating_add(1);
            first.get_or_insert_with(|| {
                let place = (row.saturating_add(1), column.saturating_add(1));
                (place, cell.chars().take(100).collect::<String>())
            });
        }
    });
    if let Some(((row, column), cell)) = first {
        let detail = format!("{cell} (first of {count}, row {row}, column {column})");
        let why = "cells are content; open the table as text, not in a spreadsheet";
        findings.kept(Class::Link, "cells that a spreadsheet takes for formulas", &detail, why);
    }
}

fn is_formula(cell: &str) -> bool {
    let cell = cell.trim_start_matches([' ', '\t', '"', '\'']);
    let is_number =
        |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || " .,:/()%-+eE€$£".contains(c));
    match cell.chars().next() {
        Some('=' | '@') => true,
        Some('+' | '-') => !is_number(cell),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_from_prose() {
        for (table, by) in [
            ("name,age,place\nAnn,5,Oslo\n", ','),
            ("a;b\n1,5;2\n3;4", ';'),
            ("a\tb\tc\n\t\t\n", '\t'),
            ("\"x, y\",b,c\r\n\r\n\"1 \"\"2\"\"\nline\",2,3\r\n", ','),
        ] {
            assert_eq!(delimiter(table), Some(by), "{table}");
        }
        for prose in [
            "Dear Ann, Bob, all,\nwell, yes, no,\nbye, now, then,\n",
            "a,b\n1,2\n",
            "one line, only",
            "",
            "\tindented\n\tcode\n\there\n",
            "a,b,c\n1,2\n",
        ] {
            assert_eq!(delimiter(prose), None, "{prose}");
        }
    }

    #[test]
    fn formulas_are_told_from_numbers() {
        for formula in ["=1+1", "@SUM(A1)", "+A1", "-cmd|' /C calc'!A0", " =x", "'=x"] {
            assert!(is_formula(formula), "{formula}");
        }
        for plain in ["-5", "+49 30 123", "- 1,5 %", "a=b", "", "-", "1=2"] {
            assert!(!is_formula(plain), "{plain}");
        }
    }
}
