//! One verb a file.

mod check;
mod guided;
mod inspect;
mod preview;
mod print;
mod printers;
mod scrub;
mod wipe;
mod write;

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use sd_bundle::Home;
use sd_fs::Escaped;
use sd_sandbox::{ProbeError, WorkerError};
use sd_term::{Failure, Hint, Report, Status, Ui};

/// Most files a hint lists by name.
const MAX_HINTED: usize = 20;

/// Whether somebody agreed to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consent {
    Ask,
    Given,
    OnlyShow,
}

impl Consent {
    fn of(dry_run: bool, yes: bool) -> Self {
        match (dry_run, yes) {
            (true, _) => Self::OnlyShow,
            (false, true) => Self::Given,
            (false, false) => Self::Ask,
        }
    }

    /// Shows a plan and asks, unless it was agreed to already; `false` if it was only to be
    /// shown, which its report does. `left` says how things stand if nobody agrees.
    fn given(
        self,
        plan: &impl fmt::Display,
        question: &str,
        left: &str,
        ui: &mut Ui,
    ) -> Result<bool, Failure> {
        if self == Self::OnlyShow {
            return Ok(false);
        }
        ui.say(plan.to_string().trim_end());
        if self == Self::Given || ui.confirm(question, "use --yes")? {
            return Ok(true);
        }
        Err(Failure::new(Status::Refused, format_args!("not confirmed; {left}")))
    }
}

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
pub(crate) fn guide(home: &Home, ui: &mut Ui) -> ExitCode {
    guided::run(home, ui)
}

/// Runs one verb to its end.
pub(crate) fn run(command: Command, home: &Home, ui: &mut Ui) -> ExitCode {
    match command {
        Command::Check(args) => {
            let result = check::run(&args, ui);
            ui.finish("sd-export check", result)
        }
        Command::Inspect(args) => end(ui, "inspect", |ui| Ok(inspect::run(&args, ui))),
        Command::Preview(args) => end(ui, "preview", |ui| preview::run(&args.request(), ui)),
        Command::Scrub(args) => end(ui, "scrub", |ui| scrub::run(&args.request(), home, ui)),
        Command::Write(args) => end(ui, "write", |ui| write::run(&args.request(), home, ui)),
        Command::Print(args) => end(ui, "print", |ui| print::run(args.request(), home, ui)),
        Command::Wipe(args) => {
            let result = wipe::run(&args.request(), ui);
            ui.finish("sd-export wipe", result)
        }
        Command::Printers(args) => end(ui, "printers", |_| printers::run(args)),
    }
}

/// No sandbox, no run: the walls are tried before the first file is opened.
fn end<R: Report>(
    ui: &mut Ui,
    name: &str,
    verb: impl FnOnce(&mut Ui) -> Result<R, Failure>,
) -> ExitCode {
    let result = sd_sandbox::self_test().map_err(no_walls).and_then(|()| verb(ui));
    ui.finish(&format!("sd-export {name}"), result)
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
