//! The human face of the reports: 80 columns, findings grouped by what they tell.
//!
//! ```text
//! photo.jpg: JPEG picture, 412 kB
//!   removed     location        APP1 EXIF GPS: 48.1 N
//!   kept        color           APP2 ICC: canonical profile: colours would shift
//! ```

use std::collections::BTreeMap;
use std::fmt;

use sd_scrub::{Class, Fate, Finding, Format};
use sd_term::{Status, Wrapped, count, size};

use crate::report::{Batch, Item, Outcome, Verb};
use crate::worker::Mark;

/// Columns of a terminal.
const WIDTH: usize = 80;

/// Columns of the first two words of a line.
const FATE: usize = 12;
const CLASS: usize = 16;

/// Findings of one class shown before the rest is counted.
const MAX_SHOWN: usize = 12;

/// Files in a list that is read at its end: what came first has left the screen.
const LONG: usize = 12;

/// Refused files named there for one status before the rest is counted.
const MAX_REFUSED: usize = 20;

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = if self.is_long() { Detail::Classes } else { Detail::Findings };
        for item in &self.files {
            item.show(f, detail)?;
        }
        for name in &self.skipped {
            writeln!(f, "{name}: not a regular file; skipped")?;
        }
        self.what_stays(f)?;
        self.refused_again(f)?;
        let done = match self.verb {
            Verb::Inspect => "inspected",
            Verb::Scrub => "cleaned and checked",
            Verb::Rebuild => "rebuilt and checked",
            Verb::Preview => "shown",
        };
        let all = count(self.files.len(), "file");
        write!(f, "{} of {all} {done}", self.done)?;
        match self.refused {
            0 => writeln!(f),
            n => writeln!(f, ", {n} refused"),
        }
    }
}

/// How much is said of one file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Findings,
    /// Of many files: what kind of things were found. `--json` has each.
    Classes,
}

impl Batch {
    fn is_long(&self) -> bool {
        self.files.len() > LONG
    }

    /// Of many files, those that were refused once more where they are seen: by status, with what
    /// to do.
    fn refused_again(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_long() {
            return Ok(());
        }
        let mut groups: BTreeMap<&str, (Status, Vec<String>)> = BTreeMap::new();
        for item in &self.files {
            if let Outcome::Refused { status, message } = &item.outcome {
                let group = groups.entry(status.word()).or_insert((*status, Vec::new()));
                group.1.push(format!("{}: {message}", item.file));
            }
        }
        for (word, (status, lines)) in groups {
            writeln!(f, "{} refused, {word}:", count(lines.len(), "file"))?;
            for line in lines.iter().take(MAX_REFUSED) {
                writeln!(f, "{}", Wrapped::new("  - ", line))?;
            }
            if let Some(more @ 1..) = lines.len().checked_sub(MAX_REFUSED) {
                writeln!(f, "  and {more} more (--json lists them)")?;
            }
            writeln!(f, "{}", Wrapped::new("  next: ", status.next()))?;
        }
        Ok(())
    }

    /// What no program removes, once for each format, of rebuilt copies once.
    fn what_stays(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told: Vec<String> = Vec::new();
        for item in &self.files {
            let Some(report) = item.findings() else {
                continue;
            };
            let what = match self.verb {
                Verb::Rebuild => "rebuilt copy".to_owned(),
                Verb::Inspect | Verb::Scrub | Verb::Preview => report.format.to_string(),
            };
            if told.contains(&what) || report.cannot_remove.is_empty() {
                continue;
            }
            writeln!(f, "what stays in every {what}:")?;
            told.push(what);
            for sentence in &report.cannot_remove {
                writeln!(f, "{}", Wrapped::new("  - ", sentence))?;
            }
        }
        Ok(())
    }
}

impl Item {
    fn findings(&self) -> Option<&sd_scrub::Report> {
        match &self.outcome {
            Outcome::Inspected { report, .. } | Outcome::Cleaned { report, .. } => Some(report),
            Outcome::Shown { .. } | Outcome::Refused { .. } => None,
        }
    }

    fn head(&self, f: &mut fmt::Formatter<'_>, format: Format) -> fmt::Result {
        writeln!(f, "{}: {format}, {}", self.file, self.size.map(size).unwrap_or_default())
    }
}

impl Item {
    fn show(&self, f: &mut fmt::Formatter<'_>, detail: Detail) -> fmt::Result {
        match (&self.outcome, self.findings()) {
            (Outcome::Refused { status, message }, _) => {
                writeln!(f, "{}: {message}", self.file)?;
                writeln!(f, "  {:FATE$}{}", "refused", status.word())?;
            }
            (Outcome::Shown { shown }, _) => self.head(f, shown.format)?,
            (_, Some(report)) => self.head(f, report.format)?,
            (_, None) => {}
        }
        if let Outcome::Cleaned { copy, copy_size, .. } = &self.outcome {
            writeln!(f, "  {:FATE$}{copy}, {}", "copy", size(*copy_size))?;
        }
        if let Outcome::Shown { shown } = &self.outcome {
            shown.lines().iter().try_for_each(|line| writeln!(f, "  {:FATE$}{line}", "shown"))?;
            let warnings = shown.warnings();
            warnings.iter().try_for_each(|line| writeln!(f, "  {:FATE$}{line}", "warning"))?;
        }
        if let Some(note) = &self.note {
            writeln!(f, "  {:FATE$}{note}", "note")?;
        }
        match self.findings() {
            Some(report) if detail == Detail::Classes => classes(f, &report.findings),
            Some(report) => findings(f, &report.findings),
            None => Ok(()),
        }?;
        match &self.outcome {
            Outcome::Inspected { marks, .. } if detail == Detail::Findings => places(f, marks),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f, Detail::Findings)
    }
}

/// `removed     location 2, device`
fn classes(f: &mut fmt::Formatter<'_>, all: &[Finding]) -> fmt::Result {
    if all.is_empty() {
        return nothing(f);
    }
    for word in ["removed", "found", "kept"] {
        let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
        for finding in all.iter().filter(|finding| fate(&finding.fate) == word) {
            *counts.entry(finding.class).or_default() += 1;
        }
        let words = counts.into_iter().map(|(class, n)| match n {
            1 => in_words(class).to_owned(),
            n => format!("{} {n}", in_words(class)),
        });
        let words: Vec<_> = words.collect();
        if !words.is_empty() {
            let text = cut(&words.join(", "), WIDTH - 2 - FATE);
            writeln!(f, "  {word:FATE$}{text}")?;
        }
    }
    Ok(())
}

fn nothing(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "  {:FATE$}nothing to remove", "found")
}

fn findings(f: &mut fmt::Formatter<'_>, all: &[Finding]) -> fmt::Result {
    if all.is_empty() {
        return nothing(f);
    }
    let mut groups: BTreeMap<(&str, Class), Vec<&Finding>> = BTreeMap::new();
    for finding in all {
        groups.entry((fate(&finding.fate), finding.class)).or_default().push(finding);
    }
    let mut last = "";
    for fate in ["removed", "found", "kept"] {
        for ((_, class), group) in groups.iter().filter(|((f, _), _)| *f == fate) {
            let word = if last == fate { "" } else { fate };
            last = fate;
            one_class(f, word, *class, group)?;
        }
    }
    Ok(())
}

fn one_class(
    f: &mut fmt::Formatter<'_>,
    fate: &str,
    class: Class,
    group: &[&Finding],
) -> fmt::Result {
    // One line too many is better shown than counted.
    let shown = if group.len() <= MAX_SHOWN + 1 { group.len() } else { MAX_SHOWN };
    for (i, finding) in group.iter().take(shown).enumerate() {
        let (fate, class) = if i == 0 { (fate, in_words(class)) } else { ("", "") };
        let text = cut(&one_line(finding), WIDTH - 2 - FATE - CLASS);
        writeln!(f, "  {fate:FATE$}{class:CLASS$}{text}")?;
    }
    match group.len() - shown {
        0 => Ok(()),
        n => writeln!(f, "  {:FATE$}{:CLASS$}and {n} more (--json lists them)", "", ""),
    }
}

/// Where the marks are, each in as many lines as it takes.
fn places(f: &mut fmt::Formatter<'_>, marks: &[Mark]) -> fmt::Result {
    let shown = if marks.len() <= MAX_SHOWN + 1 { marks.len() } else { MAX_SHOWN };
    for (i, mark) in marks.iter().take(shown).enumerate() {
        let lead = format!("  {:FATE$}", if i == 0 { "where" } else { "" });
        writeln!(f, "{}", Wrapped::new(&lead, &mark.to_string()))?;
    }
    match marks.len() - shown {
        0 => Ok(()),
        n => writeln!(f, "  {:FATE$}and {n} more (--json lists them)", ""),
    }
}

fn one_line(finding: &Finding) -> String {
    let Finding { place, detail, fate, .. } = finding;
    let mut text = place.clone();
    if !detail.is_empty() {
        text = format!("{text}: {detail}");
    }
    match fate {
        Fate::Kept { why } => format!("{text} ({why})"),
        Fate::Removed | Fate::Found => text,
    }
}

fn fate(fate: &Fate) -> &'static str {
    match fate {
        Fate::Removed => "removed",
        Fate::Kept { .. } => "kept",
        Fate::Found => "found",
    }
}

pub(crate) fn in_words(class: Class) -> &'static str {
    match class {
        Class::Location => "location",
        Class::Person => "person",
        Class::Device => "device",
        Class::Software => "software",
        Class::Time => "time",
        Class::Identifier => "identifier",
        Class::Thumbnail => "thumbnail",
        Class::HiddenContent => "hidden content",
        Class::TrackedChange => "tracked change",
        Class::Comment => "comment",
        Class::Link => "link",
        Class::Color => "color",
        Class::Trailing => "trailing data",
        Class::Unknown => "unknown",
    }
}

/// At most `width` characters; what is missing is `...`.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let head: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{}...", head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_its_columns_and_says_so() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abc...");
    }
}
