//! One verb a file.

mod inspect;
mod preview;
mod scrub;
mod write;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use sd_sandbox::{ProbeError, WorkerError};
use sd_term::{Failure, Hint, Report, Status, Ui};

/// Most files a hint lists by name.
const MAX_HINTED: usize = 20;

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Inspect(inspect::Args),
    Preview(preview::Args),
    Scrub(scrub::Args),
    Write(write::Args),
}

/// Runs one verb to its end.
pub(crate) fn run(command: Command, ui: &mut Ui) -> ExitCode {
    match command {
        Command::Inspect(args) => end(ui, "inspect", |ui| Ok(inspect::run(&args, ui))),
        Command::Preview(args) => end(ui, "preview", |ui| preview::run(&args.request(), ui)),
        Command::Scrub(args) => end(ui, "scrub", |ui| scrub::run(&args.request(), ui)),
        Command::Write(args) => end(ui, "write", |ui| write::run(&args.request(), ui)),
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
fn hint(verb: &str, paths: &[PathBuf], options: &[&OsStr]) -> Option<Hint> {
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

/// Where Tails mounts the encrypted stick that `SecureDrop`'s guide calls Export Device.
fn export_device() -> &'static Path {
    Path::new("/media/amnesia/Export")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hint_parses() {
        let odd = ["-rf.jpg", "a b.pdf", "x\u{202e}.txt"].map(PathBuf::from);
        let to = [OsStr::new("--to"), export_device().as_os_str()];
        let clear = [OsStr::new("--clear"), to[0], to[1]];
        assert!(crate::parses(hint("preview", &[], &clear).expect("text").args()));
        for hint in [hint("inspect", &odd, &[]), hint("scrub", &odd, &[]), hint("write", &odd, &to)]
        {
            assert!(crate::parses(hint.expect("text").args()));
        }
    }
}
