//! Scrubs metadata, writes verified copies for the Export Device, and prints.
//!
//! ```text
//! FILE --read only--> worker (no file system, no network) --bytes--> unnamed file
//!   |                     '--verdict, size, BLAKE3--> parent: read again, compared
//!   |                                                    '--> <stem>.clean.<extension>
//!   '--write: scrubbed once more, same bytes?--> plan --y--> export-NNNN/
//!   |                                             files, sums --read back--> MANIFEST.json
//!   '--print: the same --> plan --y--> CUPS, on its local socket --> paper; CUPS's copy purged
//! ```
//!
//! The program gives up the network before it does anything, and opens no file on a system
//! that cannot lock down a worker. It parses no document itself: what it knows about one is
//! what a worker said, capped and escaped.

mod archive;
mod batch;
mod check;
mod cli;
mod commands;
mod face;
mod html;
mod inputs;
mod journal;
mod manifest;
mod names;
mod plan;
mod preview;
mod print_report;
mod printing;
mod read_back;
mod report;
mod report_page;
mod target;
mod worker;
mod writing;

use std::ffi::OsString;
use std::process::ExitCode;

use sd_doctor::Place;
use sd_sandbox::{Netlink, deny_network, leave_no_core};
use sd_term::{Failure, Status, Ui};

/// Everything the program does.
pub fn main() -> ExitCode {
    sd_sandbox::with_workers(worker::JOBS, start)
}

fn start() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let mut ui = cli::ui(&args);
    if let Err(e) = deny_network(Netlink::Deny).and_then(|()| leave_no_core()) {
        let failure = Failure::new(Status::SandboxUnavailable, e);
        return ui.finish::<cli::Text>("sd-export", Err(failure));
    }
    if let Some(code) = sd_stick::guardian_main() {
        return code;
    }
    run(&args, &mut ui)
}

/// Runs one command line; the first argument is the program's name.
///
/// Called from within [`sd_sandbox::with_workers`]: workers come from this same program started
/// anew.
pub fn run(args: &[OsString], ui: &mut Ui) -> ExitCode {
    match Place::real() {
        Ok(place) => run_on(&place, args, ui),
        Err(e) => ui.finish::<cli::Text>("sd-export", Err(e.into())),
    }
}

/// The same, with the air gap of this place: for tests, which have no Tails.
pub fn run_on(place: &Place, args: &[OsString], ui: &mut Ui) -> ExitCode {
    match cli::parse(args) {
        Ok((Some(command), home)) => commands::run(command, place, &home, ui),
        Ok((None, home)) if ui.guide() => commands::guide(place, &home, ui),
        Ok((None, _)) => ui.finish("sd-export", cli::help().into_result()),
        Err(answer) => ui.finish("sd-export", answer.into_result()),
    }
}

/// Whether a command line (with the program's name) is one this program understands: tests
/// hold every hint against it.
pub fn parses(args: &[String]) -> bool {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    cli::parse(&args).is_ok()
}

/// Its command line, for the pages that are made from it.
pub fn command() -> clap::Command {
    cli::command()
}
