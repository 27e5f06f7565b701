//! `sd-export print`.

use std::path::PathBuf;
use std::time::Duration;

use sd_bundle::{Home, Way};
use sd_term::{Consent, Failure, Hint, Status, Ui, count};

use super::GateArgs;
use crate::inputs::gather;
use crate::journal::Journal;
use crate::manifest::State;
use crate::plan::{self, Admitted, Carry, NotAdmitted};
use crate::print_report::{Done, PrintPlan, Printing};
use crate::printing::{
    Choice, Colour, Cups, Interrupt, Job, Outcome, Pages, Press, Printer, SOCKET, SPOOL, Settings,
    Traces, choose, mime_type,
};
use crate::report::Item;

/// Print clean copies on a printer that is on a cable.
///
/// Takes only files that cleaning would not change any more, and prints them grey. Each job is
/// watched to its end; then the printing system's copy is removed. No file name travels. That a
/// file was printed means that the printing system handed all of it to the printer: look at the
/// pages.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags; `request` makes choices of them")]
pub(crate) struct Args {
    /// Files; of a directory, every regular file in it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The printer, where more than one would fit; `sd-export printers` lists them.
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// Print in colour: colour lasers add yellow dots that name the printer and the time.
    #[arg(long, visible_alias = "color")]
    colour: bool,
    /// How often each file is printed.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=99))]
    copies: i32,
    /// Only these pages of each file: 3, or 2-5.
    #[arg(long, value_name = "FIRST-LAST")]
    pages: Option<Pages>,
    /// The paper, such as A4 or letter; otherwise the printer's own.
    #[arg(long, value_name = "NAME")]
    paper: Option<String>,
    /// Seconds without any progress after which a job is cancelled.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86400))]
    patience: u64,
    /// Print files that are not clean too.
    #[arg(long)]
    as_is: bool,
    /// Show what would be printed, and stop.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Where CUPS listens; for tests.
    #[arg(long, value_name = "SOCKET", default_value = SOCKET, hide = true)]
    cups: PathBuf,
    /// Where CUPS keeps documents; for tests.
    #[arg(long, value_name = "DIR", default_value = SPOOL, hide = true)]
    spool: PathBuf,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Request {
    files: Vec<PathBuf>,
    printer: Option<String>,
    settings: Settings,
    patience: Duration,
    carry: Carry,
    consent: Consent,
    cups: Cups,
    spool: PathBuf,
}

impl Args {
    pub(super) fn request(self) -> Request {
        Request {
            files: self.files,
            printer: self.printer,
            settings: Settings {
                colour: if self.colour { Colour::Colour } else { Colour::Grey },
                copies: self.copies,
                pages: self.pages,
                paper: self.paper,
            },
            patience: Duration::from_secs(self.patience),
            carry: if self.as_is { Carry::AsIs } else { Carry::OnlyClean },
            consent: Consent::of(self.dry_run, self.yes),
            cups: Cups::at(self.cups),
            spool: self.spool,
        }
    }
}

pub(super) fn run(request: Request, home: &Home, ui: &mut Ui) -> Result<Printing, Failure> {
    let journal = Journal::open(home)?;
    let inputs = gather(&request.files);
    let skipped = inputs.skipped;
    if inputs.sources.is_empty() {
        return Ok(Printing::Nothing { skipped });
    }
    let printer = find(request.cups.printers()?, request.printer.as_deref())?;
    let settings = request.settings.on(&printer)?;
    let files = match plan::admit_all(&inputs.sources, request.carry, ui) {
        Ok(files) => files,
        Err(NotAdmitted { files, unclean }) => return Ok(Printing::Refused { files, unclean }),
    };
    let plan = PrintPlan::new(&printer, &settings, &files);
    let jobs = match jobs(files, &printer) {
        Ok(jobs) => jobs,
        Err(files) => return Ok(Printing::Refused { files, unclean: Vec::new() }),
    };
    plan.warn(&printer, ui);
    let question = format!("print {} on {}?", count(plan.files.len(), "file"), plan.printer);
    if !request.consent.given(&plan, &question, "nothing was printed", ui)? {
        return Ok(Printing::Planned { plan, skipped });
    }
    let documents = jobs.iter().map(|job| (job.source.path(), job.expected, job.as_is));
    let departure = journal.leaving(Way::Print, documents)?;
    let interrupt = Interrupt::watch().map_err(|e| Failure::new(Status::Bug, e))?;
    let (cups, patience, spool) = (request.cups, request.patience, request.spool);
    let press = Press { cups, printer, settings, patience, interrupt, spool };
    let files = print_all(&press, &jobs, ui);
    departure.ended(Ok(Printing::Ended { printer: plan.printer, files, skipped }))
}

/// The printer that is meant, if its queue is open: a job in a closed one would stay in the spool.
fn find(choices: Vec<Choice>, wanted: Option<&str>) -> Result<Printer, Failure> {
    let printer = choose(choices, wanted).map_err(|failure| match failure.status {
        Status::PrinterUnclear => failure.hint(printers()),
        _ => failure,
    })?;
    if printer.is_paused() {
        let why = format_args!("{}: its queue takes no jobs; nothing was sent", printer.shown());
        return Err(Failure::new(Status::PrinterPaused, why));
    }
    Ok(printer)
}

/// To see which printers there are.
pub(super) fn printers() -> Hint {
    Hint::new(["sd-export", "printers"])
}

/// Makes a job of each file, or says which ones this printer cannot be given.
fn jobs(files: Vec<Admitted>, printer: &Printer) -> Result<Vec<Job>, Vec<Item>> {
    let (mut jobs, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        let mime = file.format.map(mime_type).filter(|mime| printer.takes(mime));
        let Admitted { source, size, expected, kind, state, .. } = file;
        if let Some(mime) = mime {
            jobs.push(Job { source, size, expected, as_is: state == State::AsIs, mime });
        } else {
            let why = format_args!("{kind}: {} cannot be given this type", printer.shown());
            let why = Failure::new(Status::Unprintable, why);
            refused.push(Item::refused(&source, Some(size), why));
        }
    }
    if refused.is_empty() { Ok(jobs) } else { Err(refused) }
}

/// One after the other; a printer that fails is given nothing more.
fn print_all(press: &Press, jobs: &[Job], ui: &mut Ui) -> Vec<Done> {
    let mut stopped = false;
    let mut done = Vec::new();
    for job in jobs {
        let file = job.source.shown();
        let (outcome, traces) = if stopped {
            (Outcome::NotSent, Traces::NeverThere)
        } else {
            ui.say(format_args!("{file}: printing"));
            press.print(job, ui)
        };
        stopped |= outcome.ends_the_run();
        done.push(Done { file, outcome, traces });
    }
    done
}
