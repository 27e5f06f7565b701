//! One verb a file.

mod check;
mod guided;
mod inspect;
mod preview;
mod print;
mod printers;
mod scrub;
mod stick;
mod wipe;
mod write;

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use sd_bundle::Home;
use sd_doctor::Place;
use sd_fs::Escaped;
use sd_gate::{Deed, Reason};
use sd_sandbox::{ProbeError, WorkerError};
use sd_term::{Failure, Hint, Report, Status, Ui};

/// Most files a hint lists by name.
const MAX_HINTED: usize = 20;

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::Args),
    Inspect(inspect::Args),
    Preview(preview::Args),
    Scrub(scrub::Args),
    Write(write::Args),
    Print(print::Args),
    Printers(printers::Args),
    Wipe(wipe::Args),
}

/// Guides whoever named no verb.
pub(crate) fn guide(place: &Place, home: &Home, ui: &mut Ui) -> ExitCode {
    guided::run(&Station { place, home }, ui)
}

/// Past the air gap's checks.
#[derive(Clone, Debug, Default, clap::Args)]
struct GateArgs {
    /// Go on although the air gap fails a check, and say why: the ledger keeps it.
    #[arg(long, value_name = "REASON")]
    despite: Option<Reason>,
}

/// Runs one verb to its end.
pub(crate) fn run(command: Command, place: &Place, home: &Home, ui: &mut Ui) -> ExitCode {
    let station = Station { place, home };
    match command {
        Command::Check(args) => {
            let result = check::run(&args, ui);
            ui.finish("sd-export check", result)
        }
        Command::Inspect(args) => {
            let gate = Some(args.gate.clone());
            if args.compares() {
                return station.end(ui, "sd-export inspect", gate, |_| inspect::compare(&args));
            }
            station.end(ui, "sd-export inspect", gate, |ui| inspect::run(&args, ui))
        }
        Command::Preview(args) => {
            // To remove previews is never wrong.
            let gate = args.opens().then(|| args.gate.clone());
            let request = args.request();
            station.end(ui, "sd-export preview", gate, |ui| preview::run(&request, ui))
        }
        Command::Scrub(args) => {
            let (gate, request) = (args.gate.clone(), args.request());
            station.end(ui, "sd-export scrub", Some(gate), |ui| scrub::run(&request, home, ui))
        }
        Command::Write(args) => {
            let (gate, request) = (args.gate.clone(), args.request());
            station.end(ui, "sd-export write", Some(gate), |ui| write::run(&request, home, ui))
        }
        Command::Print(args) => {
            let (gate, request) = (args.gate.clone(), args.request());
            station.end(ui, "sd-export print", Some(gate), |ui| print::run(request, home, ui))
        }
        Command::Printers(args) => {
            station.end(ui, "sd-export printers", None, |_| printers::run(args))
        }
        Command::Wipe(args) => {
            let result = wipe::run(&args.request(), ui);
            ui.finish("sd-export wipe", result)
        }
    }
}

/// Where a verb runs.
struct Station<'a> {
    place: &'a Place,
    home: &'a Home,
}

impl Station<'_> {
    /// No air gap, no run; no sandbox, no run: both are tried before the first file is opened.
    fn end<R: Report>(
        &self,
        ui: &mut Ui,
        command: &'static str,
        gate: Option<GateArgs>,
        verb: impl FnOnce(&mut Ui) -> Result<R, Failure>,
    ) -> ExitCode {
        let result = self
            .pass(command, gate, ui)
            .and_then(|()| sd_sandbox::self_test().map_err(no_walls))
            .and_then(|()| verb(ui));
        ui.finish(command, result)
    }

    /// The gate, for verbs that open something.
    fn pass(
        &self,
        command: &'static str,
        gate: Option<GateArgs>,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        let Some(GateArgs { despite }) = gate else { return Ok(()) };
        let deed = Deed { command, home: self.home, despite: despite.as_ref() };
        sd_gate::pass(self.place, &deed, ui)
    }
}

fn no_walls(e: ProbeError) -> Failure {
    let status = match &e {
        ProbeError::Survived(_) | ProbeError::Worker(WorkerError::NoSandbox) => {
            Status::SandboxUnavailable
        }
        // A worker that did not start, or ended some other way, proves nothing: the same end.
        ProbeError::Worker(
            WorkerError::Start(_)
            | WorkerError::Forbidden
            | WorkerError::Time
            | WorkerError::Output
            | WorkerError::Memory
            | WorkerError::Input
            | WorkerError::Ended(_)
            | WorkerError::Protocol(_),
        ) => Status::SandboxUnavailable,
    };
    Failure::new(status, e)
}

/// `sd-export VERB PATH... OPTION...`, or nothing if a path is not text: a hint must run as it
/// stands.
pub(crate) fn hint(verb: &str, paths: &[PathBuf], options: &[&OsStr]) -> Option<Hint> {
    let mut args = vec!["sd-export".to_owned(), verb.to_owned()];
    for path in paths {
        let path = path.to_str()?;
        // A leading dash would be read as an option.
        let dot = if path.starts_with('-') { "./" } else { "" };
        args.push(format!("{dot}{path}"));
    }
    for option in options {
        args.push(option.to_str()?.to_owned());
    }
    Some(Hint::new(args))
}

/// What stood in directories and was left out.
pub(crate) fn skips(f: &mut fmt::Formatter<'_>, skipped: &[Escaped]) -> fmt::Result {
    skipped.iter().try_for_each(|name| writeln!(f, "{name}: not a regular file; skipped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_parses() {
        let odd = ["-rf.jpg", "a b.pdf", "x\u{202e}.txt"].map(PathBuf::from);
        let clear = ["--clear", "--to", "/somewhere"].map(OsStr::new);
        assert!(crate::parses(hint("preview", &[], &clear).expect("text").args()));
        for verb in ["inspect", "scrub", "write"] {
            assert!(crate::parses(hint(verb, &odd, &[]).expect("text").args()));
        }
        assert!(crate::parses(print::printers().args()));
    }
}
