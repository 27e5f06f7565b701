//! `sd-export inspect`.

use std::path::PathBuf;

use sd_scrub::Limits;
use sd_term::{Failure, Hint, Status, Ui};

use super::GateArgs;
use crate::batch;
use crate::inputs::{Source, gather};
use crate::names::ending_note;
use crate::report::{Batch, Item, Outcome, Verb};
use crate::report_page::ReportPage;
use crate::worker::{self, Comparison, Crops};

/// Show what files hold; nothing is written but the page of --html.
///
/// The type is told by the content, never by the name. Shown is what `scrub` would remove, what
/// it would keep and why, and what no program removes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files; of a directory, every regular file in it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Draw pictures and PDFs too, and look for text under a box, for QR codes and for the yellow
    /// dots by which colour printers mark each page; say where they are, and what the dots say if
    /// their code is known.
    #[arg(long)]
    look: bool,
    /// Write the report as a page too, with small pictures of the files and of what --look finds,
    /// which is looked for.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Compare two versions of one document by what they show, and say where they differ: a word
    /// or a space can mark a copy.
    #[arg(long, conflicts_with_all = ["look", "html"])]
    compare: bool,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

pub(super) fn run(args: &Args, ui: &mut Ui) -> Result<Batch, Failure> {
    let page = args.html.as_deref().map(ReportPage::at).transpose()?;
    let inputs = gather(&args.files);
    let limits = Limits::default();
    let mut bar = ui.bar();
    let look = match page {
        Some(_) => Some(Crops::Small),
        None => args.look.then_some(Crops::None),
    };
    let items = batch::each(&inputs.sources, "inspecting", &mut bar, |source| {
        inspect(source, look, &limits)
    });
    drop(bar);
    let mut report = Batch::new(Verb::Inspect, items, inputs.skipped);
    report.hint = next(&report, &inputs.sources, &args.files);
    page.map_or(Ok(()), |page| page.write(&report, &inputs.sources))?;
    Ok(report)
}

impl Args {
    /// Whether two versions are to be compared.
    pub(super) fn compares(&self) -> bool {
        self.compare
    }
}

/// Where two versions of a document differ.
pub(super) fn compare(args: &Args) -> Result<Comparison, Failure> {
    let inputs = gather(&args.files);
    let [one, other] = inputs.sources.as_slice() else {
        return Err(Failure::new(Status::Usage, "--compare takes two files"));
    };
    worker::compare_documents(one, other, &Limits::default())
}

/// To scrub what could be looked at: by the words that were given if that was all of it.
fn next(report: &Batch, sources: &[Source], given: &[PathBuf]) -> Option<Hint> {
    let fine = |(item, source): (&Item, &Source)| {
        item.refusal().is_none().then(|| source.path().to_owned())
    };
    let files: Vec<_> = report.files.iter().zip(sources).filter_map(fine).collect();
    match (report.refused, files.len()) {
        (_, 0) => None,
        (1.., 1..=super::MAX_HINTED) => super::hint("scrub", &files, &[]),
        _ => super::hint("scrub", given, &[]),
    }
}

fn inspect(source: &Source, look: Option<Crops>, limits: &Limits) -> Item {
    let opened = match source.open() {
        Ok(opened) => opened,
        Err(e) => return Item::refused(source, None, e),
    };
    let size = Some(opened.size);
    match worker::inspect(&opened.file, limits) {
        Ok(mut report) => {
            let mut notes: Vec<_> = ending_note(&opened.name, report.format).into_iter().collect();
            let mut marks = Vec::new();
            if let Some(crops) = look.filter(|_| worker::may_bear_marks(report.format)) {
                match worker::look(&opened, crops, limits) {
                    Ok(seen) => {
                        report.findings.extend(seen.findings);
                        marks = seen.marks;
                    }
                    Err(why) => {
                        notes.push(format!("its pixels were not looked at: {}", why.message));
                    }
                }
            }
            let note = (!notes.is_empty()).then(|| notes.join("; "));
            Item { note, outcome: Outcome::Inspected { report, marks }, ..Item::of(source, size) }
        }
        Err(e) => Item::refused(source, size, e),
    }
}
