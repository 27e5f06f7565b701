//! `sd-export scrub`.

use std::collections::HashSet;
use std::path::PathBuf;

use sd_bundle::Home;
use sd_fs::{Dir, DirError, SafeName, escape};
use sd_scrub::{Changes, Choices, Comments, Format, Limits, Unclean};
use sd_term::{Failure, Hint, Status, Ui};

use super::GateArgs;
use crate::batch::{self, Weigh};
use crate::inputs::{Opened, Source, gather};
use crate::journal::Journal;
use crate::names::{self, Method, ending_note};
use crate::report::{Batch, Item, Outcome, Verb};
use crate::report_page::ReportPage;
use crate::worker;

/// Make clean copies, without metadata.
///
/// The copy stands beside the original as NAME.clean.EXTENSION, with the extension of what the
/// file really is. The original is not changed and no file is ever replaced. What cannot be
/// cleaned is refused by name, and the other files are cleaned all the same.
///
/// With --rebuild nothing of a picture, PDF or office document is copied: it is drawn, and a fresh
/// PDF is made of the pixels, with tracking dots taken from the paper. Text, links and sharpness are
/// lost. The copy is named NAME.rebuilt.pdf. Office documents are cleaned first, then LibreOffice
/// makes pages of them, locked in and without a network.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files; of a directory, every regular file in it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The name of the clean copy, for a single file.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    output: Option<PathBuf>,
    /// Put the clean copies into this directory, which must be there.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Name the copies file-001.jpg and so on: names can tell as much as metadata.
    #[arg(long, requires = "to")]
    neutral_names: bool,
    /// Draw pictures, PDFs and office documents and make a fresh PDF of the pixels.
    #[arg(long)]
    rebuild: bool,
    #[command(flatten)]
    choices: ChoiceArgs,
    /// Write the report as a page too, with small pictures of before and after.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

/// What a person decides about documents and archives.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
struct ChoiceArgs {
    /// Changes that a document has recorded: taken as made, taken back, or kept without authors
    /// and times [default: accept].
    #[arg(long, value_enum, value_name = "WHAT", hide_default_value = true, default_value_t)]
    changes: ChangesWord,
    /// Comments in a document: dropped, or kept without authors and times [default: drop].
    #[arg(long, value_enum, value_name = "WHAT", hide_default_value = true, default_value_t)]
    comments: CommentsWord,
    /// Leave out what cannot be cleaned inside an archive or document, and say so, instead of
    /// refusing the whole file.
    #[arg(long)]
    leave_out: bool,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum ChangesWord {
    #[default]
    Accept,
    Reject,
    Keep,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum CommentsWord {
    #[default]
    Drop,
    Keep,
}

impl From<ChoiceArgs> for Choices {
    fn from(args: ChoiceArgs) -> Self {
        Self {
            unclean: if args.leave_out { Unclean::LeaveOut } else { Unclean::Refuse },
            changes: match args.changes {
                ChangesWord::Accept => Changes::Accept,
                ChangesWord::Reject => Changes::Reject,
                ChangesWord::Keep => Changes::Keep,
            },
            comments: match args.comments {
                CommentsWord::Drop => Comments::Drop,
                CommentsWord::Keep => Comments::Keep,
            },
        }
    }
}

/// Where the copies go, and under which names.
#[derive(Debug)]
enum Target {
    Beside,
    Into(PathBuf),
    Neutral(PathBuf),
    Exactly(PathBuf),
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Request {
    files: Vec<PathBuf>,
    target: Target,
    method: Method,
    choices: Choices,
    html: Option<PathBuf>,
}

impl Args {
    /// These files, each copy beside its original.
    pub(super) fn of(files: Vec<PathBuf>) -> Self {
        let gate = GateArgs::default();
        let (output, to, html, choices) = (None, None, None, ChoiceArgs::default());
        Self { files, output, to, neutral_names: false, rebuild: false, choices, html, gate }
    }

    pub(super) fn request(self) -> Request {
        let target = match (self.output, self.to) {
            (Some(file), _) => Target::Exactly(file),
            (None, Some(dir)) if self.neutral_names => Target::Neutral(dir),
            (None, Some(dir)) => Target::Into(dir),
            (None, None) => Target::Beside,
        };
        let method = if self.rebuild { Method::Rebuild } else { Method::Clean };
        Request { files: self.files, target, method, choices: self.choices.into(), html: self.html }
    }
}

/// One file with the way its copy will be named once its format is known.
struct Task<'a> {
    source: &'a Source,
    name: CopyName,
    method: Method,
}

impl Weigh for Task<'_> {
    fn weight(&self) -> u64 {
        self.source.weight()
    }
}

enum CopyName {
    /// After the original, with this mark (`-2`) to tell it from a namesake.
    After {
        mark: String,
    },
    Neutral(usize),
    Exactly(SafeName),
}

pub(super) fn run(request: &Request, home: &Home, ui: &mut Ui) -> Result<Batch, Failure> {
    let journal = Journal::open(home)?;
    let page = request.html.as_deref().map(ReportPage::at).transpose()?;
    let inputs = gather(&request.files);
    let (to, named) = open_target(&request.target)?;
    if named.is_some() && inputs.sources.len() != 1 {
        return Err(Failure::new(Status::Usage, "--output takes a single file; use --to DIR"));
    }
    let start = match (&request.target, &to) {
        (Target::Neutral(_), Some(dir)) => names::first_free_neutral(dir)?,
        _ => 1,
    };
    let tasks = tasks(&inputs.sources, request, named.as_ref(), start);
    let run = Run { to, limits: Limits::default(), choices: request.choices, journal };
    let (step, verb) = match request.method {
        Method::Clean => ("cleaning", Verb::Scrub),
        Method::Rebuild => ("rebuilding", Verb::Rebuild),
    };
    let mut bar = ui.bar();
    let items = batch::each(&tasks, step, &mut bar, |t| run.clean(t));
    drop(bar);
    let mut report = Batch::new(verb, items, inputs.skipped);
    report.hint = next(&report, &request.target);
    if let Some(page) = page {
        let unwritten = |e: Failure| {
            let message = format!("the copies were made, the page was not: {}", e.message);
            Failure { message, ..e }
        };
        page.write(&report, &inputs.sources).map_err(unwritten)?;
    }
    Ok(report)
}

/// The directory all copies go to, if there is one, and the one name if that was given.
///
/// It is never made: a stick that is not plugged in must not become a directory on the station.
fn open_target(target: &Target) -> Result<(Option<Dir>, Option<SafeName>), Failure> {
    match target {
        Target::Beside => Ok((None, None)),
        Target::Into(path) | Target::Neutral(path) => Ok((Some(Dir::open(path)?), None)),
        Target::Exactly(path) => {
            let (dir, name) = Dir::containing(path)?;
            let shown = escape(path.as_os_str().as_encoded_bytes());
            let name = SafeName::new(&name)
                .map_err(|e| Failure::new(Status::Refused, format_args!("{shown}: {e}")))?;
            if dir.has(name.as_str())? {
                return Err(DirError::Exists { path: shown }.into());
            }
            Ok((Some(dir), Some(name)))
        }
    }
}

fn tasks<'a>(
    sources: &'a [Source],
    request: &Request,
    named: Option<&SafeName>,
    start: usize,
) -> Vec<Task<'a>> {
    let (target, method) = (&request.target, request.method);
    let mut taken = HashSet::new();
    let mut name = |i: usize, source: &Source| match (target, named) {
        (_, Some(name)) => CopyName::Exactly(name.clone()),
        (Target::Neutral(_), _) => CopyName::Neutral(start.saturating_add(i)),
        (Target::Into(_) | Target::Exactly(_), _) => {
            CopyName::After { mark: names::mark(&mut taken, None, source.name()) }
        }
        (Target::Beside, _) => {
            CopyName::After { mark: names::mark(&mut taken, source.parent(), source.name()) }
        }
    };
    let task = |(i, source)| Task { source, name: name(i, source), method };
    sources.iter().enumerate().map(task).collect()
}

/// What is the same for every file.
struct Run {
    /// The directory that all copies go to, if there is one.
    to: Option<Dir>,
    limits: Limits,
    choices: Choices,
    journal: Journal,
}

impl Run {
    fn clean(&self, task: &Task<'_>) -> Item {
        let source = task.source;
        let opened = match source.open() {
            Ok(opened) => opened,
            Err(e) => return Item::refused(source, None, e),
        };
        let size = Some(opened.size);
        match self.copy(&opened, task) {
            Ok((outcome, format)) => {
                Item { note: ending_note(&opened.name, format), outcome, ..Item::of(source, size) }
            }
            Err(failure) => Item::refused(source, size, failure),
        }
    }

    /// The walk of one file: an unnamed file, a worker, the parent's own check, the ledger, and
    /// only then a name.
    fn copy(&self, opened: &Opened, task: &Task<'_>) -> Result<(Outcome, Format), Failure> {
        let to = self.to.as_ref().unwrap_or(&opened.dir);
        let unnamed = to.new_file()?;
        let cleaned = match task.method {
            Method::Clean => worker::scrub(&opened.file, &unnamed, &self.limits, self.choices)?,
            Method::Rebuild => worker::rebuild(opened, &unnamed, &self.limits, self.choices)?,
        };
        let format = cleaned.report.format;
        let name = match &task.name {
            CopyName::After { mark } => names::copy_name(&opened.name, mark, task.method, format),
            CopyName::Neutral(n) => names::neutral_name(*n, task.method.extension(format)),
            CopyName::Exactly(name) => name.clone(),
        };
        let path = to.path().join(name.as_str());
        let path = path.strip_prefix(".").unwrap_or(&path).to_owned();
        let shown = escape(path.as_os_str().as_encoded_bytes());
        self.journal.scrubbed(task.source, cleaned.blake3, task.method == Method::Rebuild)?;
        match unnamed.commit(name.as_str()) {
            Err(e) if e.is_exists() => return Err(DirError::Exists { path: shown }.into()),
            done => done?,
        }
        let outcome = Outcome::Cleaned {
            copy: shown,
            copy_size: cleaned.size,
            blake3: cleaned.blake3,
            report: cleaned.report,
            path,
        };
        Ok((outcome, format))
    }
}

fn next(report: &Batch, target: &Target) -> Option<Hint> {
    let copies = report.copies();
    match (copies.len(), target) {
        (0, _) => None,
        (1..=super::MAX_HINTED, _) => super::hint("write", &copies, &[]),
        (_, Target::Into(dir) | Target::Neutral(dir)) => {
            super::hint("write", std::slice::from_ref(dir), &[])
        }
        _ => None,
    }
}
