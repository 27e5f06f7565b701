//! `sd-export preview`.

use std::ffi::OsStr;
use std::path::PathBuf;

use sd_fs::Dir;
use sd_scrub::Limits;
use sd_term::{Failure, Hint, Ui};

use super::GateArgs;
use crate::batch::{self, Weigh};
use crate::cli;
use crate::inputs::{Inputs, Source, gather};
use crate::names::ending_note;
use crate::preview::{self, Place, Preview};
use crate::report::{Batch, Item, Outcome, Verb};
use crate::worker;

/// Show what files look like, as pictures made in a locked-down process.
///
/// Makes a new directory that only you can read, with a PNG picture a page and index.html, which
/// shows all of them. Nothing of the documents is in these but pixels. Pictures, PDFs and plain
/// text are shown; everything else is named by its content and opened by nothing. Pages with a QR
/// code are pointed out: do not scan one.
///
/// Without --to the directory is in memory, in the session's own directory, and gone when the
/// computer is switched off. --clear removes all previews there, or in DIR.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files; of a directory, every regular file in it.
    #[arg(required_unless_present = "clear", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to make the directory; DIR must be there.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Remove all previews.
    #[arg(long, conflicts_with = "files")]
    clear: bool,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Request {
    to: Option<PathBuf>,
    wish: Wish,
}

#[derive(Debug)]
enum Wish {
    Show(Vec<PathBuf>),
    Clear,
}

impl Args {
    /// Whether a document is opened.
    pub(super) fn opens(&self) -> bool {
        !self.clear
    }

    pub(super) fn request(self) -> Request {
        let wish = if self.clear { Wish::Clear } else { Wish::Show(self.files) };
        Request { to: self.to, wish }
    }
}

/// One file with its number.
struct Task<'a> {
    source: &'a Source,
    number: usize,
}

impl Weigh for Task<'_> {
    fn weight(&self) -> u64 {
        self.source.weight()
    }
}

pub(super) fn run(request: &Request, ui: &mut Ui) -> Result<Preview, Failure> {
    let base = preview::base(request.to.as_deref(), cli::runtime_dir())?;
    match &request.wish {
        Wish::Clear => preview::clear(&base).map(Preview::Cleared),
        Wish::Show(files) => show(gather(files), base, request, ui),
    }
}

fn show(inputs: Inputs, base: Dir, request: &Request, ui: &mut Ui) -> Result<Preview, Failure> {
    let place = Place::make(base)?;
    let tasks = (1..).zip(&inputs.sources).map(|(number, source)| Task { source, number });
    let tasks: Vec<_> = tasks.collect();
    let limits = Limits::default();
    let mut bar = ui.bar();
    let items = batch::each(&tasks, "drawing", &mut bar, |t| look(t, &place.dir, &limits));
    drop(bar);
    let batch = Batch::new(Verb::Preview, items, inputs.skipped);
    if batch.done == 0 {
        place.remove()?;
        return Ok(Preview::Made { batch, sheet: None, in_memory: false, hint: None });
    }
    if let Err(failure) = preview::write_sheet(&place.dir, &batch.files) {
        place.remove()?;
        return Err(failure);
    }
    Ok(Preview::Made {
        batch,
        sheet: Some(place.sheet()),
        in_memory: place.is_in_memory(),
        hint: next(request),
    })
}

fn look(task: &Task<'_>, dir: &Dir, limits: &Limits) -> Item {
    let source = task.source;
    let opened = match source.open() {
        Ok(opened) => opened,
        Err(e) => return Item::refused(source, None, e),
    };
    let size = Some(opened.size);
    let name = |page| preview::picture_name(task.number, page);
    match worker::show(&opened.file, dir, limits.max_input, name) {
        Ok(shown) => Item {
            note: ending_note(&opened.name, shown.format),
            outcome: Outcome::Shown { shown },
            ..Item::of(source, size)
        },
        Err(e) => Item::refused(source, size, e),
    }
}

fn next(request: &Request) -> Option<Hint> {
    let clear = OsStr::new("--clear");
    match &request.to {
        Some(to) => super::hint("preview", &[], &[clear, OsStr::new("--to"), to.as_os_str()]),
        None => super::hint("preview", &[], &[clear]),
    }
}
