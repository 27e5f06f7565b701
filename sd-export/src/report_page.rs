//! The report as a page: what each file held, what became of it, before and after.
//!
//! It holds pixels and escaped text; the pixels are drawn and written by workers.

use std::path::Path;

use sd_fs::{Dir, NewFile, SafeName, escape};
use sd_scrub::{Fate, Finding, Report as Findings};
use sd_term::{Failure, Status, count, size};

use crate::face::in_words;
use crate::html::Page;
use crate::inputs::Source;
use crate::report::{Batch, Item, Outcome};
use crate::worker::{self, Mark};

/// The only one that a page can have.
const ENDING: &str = ".html";

/// A page that is to be written, at a place that was free when it was asked for.
#[derive(Debug)]
pub(crate) struct ReportPage {
    dir: Dir,
    name: String,
}

impl ReportPage {
    /// Looks at the place before any work is done.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        let (dir, name) = Dir::containing(path)?;
        let shown = escape(path.as_os_str().as_encoded_bytes());
        let refuse = |why: &str| Failure::new(Status::Refused, format_args!("{shown}: {why}"));
        // A page of ours may have the ending that a stranger's file may not.
        let stem = name.strip_suffix(ENDING).ok_or_else(|| refuse("a page is named .html"))?;
        let stem = SafeName::new(stem).map_err(|e| refuse(&e.to_string()))?;
        let name = format!("{}{ENDING}", stem.as_str());
        if dir.has(&name)? {
            return Err(sd_fs::DirError::Exists { path: shown }.into());
        }
        Ok(Self { dir, name })
    }

    /// Writes it under its name, whole or not at all.
    pub(crate) fn write(self, batch: &Batch, sources: &[Source]) -> Result<(), Failure> {
        let mut out = self.dir.new_file()?;
        self.fill(&mut out, batch, sources)?;
        Ok(out.commit(&self.name)?)
    }

    fn fill(&self, out: &mut NewFile, batch: &Batch, sources: &[Source]) -> Result<(), Failure> {
        let mut page = Page::begin(out, "Report")?;
        page.text("h1", &count(batch.files.len(), "file"))?;
        page.text("p", &format!("{} done, {} refused", batch.done, batch.refused))?;
        for (item, source) in batch.files.iter().zip(sources) {
            self.one(&mut page, item, source)?;
        }
        for skipped in &batch.skipped {
            page.warning(&format!("{skipped}: no regular file; left out"))?;
        }
        page.end()
    }

    fn one(&self, page: &mut Page<'_>, item: &Item, source: &Source) -> Result<(), Failure> {
        page.text("h2", item.file.as_str())?;
        if let Some(note) = &item.note {
            page.warning(note)?;
        }
        match &item.outcome {
            Outcome::Inspected { report, marks } => {
                page.text("p", &format!("{}, {}", report.format, of_size(item.size)))?;
                self.picture(page, source, "as it is")?;
                findings(page, report)?;
                marks.iter().try_for_each(|mark| one_mark(page, mark))?;
                what_stays(page, report)
            }
            Outcome::Cleaned { copy, copy_size, report, path, .. } => {
                let (was, is) = (of_size(item.size), size(*copy_size));
                page.text("p", &format!("{}, {was}; clean copy {copy}, {is}", report.format))?;
                self.picture(page, source, "before")?;
                self.picture(page, &Source::named(path), "after")?;
                findings(page, report)?;
                what_stays(page, report)
            }
            Outcome::Refused { status, message } => {
                page.warning(&format!("{}: {message}", status.word()))
            }
            Outcome::Shown { .. } => Ok(()),
        }
    }

    /// A small picture of a file, if it can be drawn.
    fn picture(&self, page: &mut Page<'_>, of: &Source, words: &str) -> Result<(), Failure> {
        let png = of.open().ok().and_then(|opened| worker::thumbnail(&opened.file, &self.dir));
        png.map_or(Ok(()), |png| page.picture(&png, words, words))
    }
}

/// What marks a page, with a small picture of it if there is one.
fn one_mark(page: &mut Page<'_>, mark: &Mark) -> Result<(), Failure> {
    match &mark.crop {
        Some(png) => page.picture(png, &format!("page {}", mark.page), &mark.caption()),
        None => page.text("p", &mark.to_string()),
    }
}

fn of_size(bytes: Option<u64>) -> String {
    bytes.map(size).unwrap_or_default()
}

fn findings(page: &mut Page<'_>, report: &Findings) -> Result<(), Failure> {
    if report.findings.is_empty() {
        page.text("p", "Nothing was found that has to go.")
    } else {
        let head = ["what became of it", "kind", "where", "what"];
        page.table(head, report.findings.iter().map(row))
    }
}

fn what_stays(page: &mut Page<'_>, report: &Findings) -> Result<(), Failure> {
    if !report.cannot_remove.is_empty() {
        page.text("p", "What no program removes:")?;
    }
    report.cannot_remove.iter().try_for_each(|line| page.text("p", &format!("\u{2013} {line}")))
}

fn row(finding: &Finding) -> [String; 4] {
    let fate = match &finding.fate {
        Fate::Found => "would be removed".to_owned(),
        Fate::Removed => "removed".to_owned(),
        Fate::Kept { why } => format!("kept: {why}"),
    };
    [fate, in_words(finding.class).to_owned(), finding.place.clone(), finding.detail.clone()]
}
