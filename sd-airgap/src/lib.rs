//! Carries submissions across the air gap.
//!
//! ```text
//! workstation:  inbox --pack--> bundle on a stick --read back--> outbox <--confirm-- receipt
//! SVS:          stick --verify, ledger, copy once--> store --vault + worker--> plaintext
//! ```
//! Started as a worker it opens one message and ends. Started as a program it first gives up
//! the network, on either station.

mod cli;
mod commands;
mod conversations;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod media;
mod opener;
mod packer;
mod station;
mod store;
mod vault;
mod view;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use sd_doctor::Place;
use sd_sandbox::{Netlink, deny_network, leave_no_core, with_workers};
use sd_term::{Face, Failure, Status, Ui};

/// The program.
pub fn main() -> ExitCode {
    with_workers(worker::JOBS, start)
}

fn start() -> ExitCode {
    let (face, no_colour) = cli::face();
    let mut ui = Ui::stdio(face, no_colour);
    if let Err(e) = deny_network(Netlink::Deny).and_then(|()| leave_no_core()) {
        let failure = Failure::new(Status::SandboxUnavailable, e);
        return ui.fail("sd-airgap", &failure);
    }
    if let Some(code) = sd_stick::guardian_main() {
        return code;
    }
    run(std::env::args_os(), &mut ui)
}

/// Everything the program does, with a terminal that a test can watch.
pub fn run(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> ExitCode {
    match Place::real() {
        Ok(place) => run_on(&place, args, ui),
        Err(e) => ui.fail("sd-airgap", &e.into()),
    }
}

/// The same, with the air gap of this place: for tests, which have no Tails.
pub fn run_on(place: &Place, args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> ExitCode {
    cli::run(place, args, ui)
}

/// Whether these arguments (program name first) are a command line of this program.
pub fn parses(args: &[String]) -> bool {
    cli::parses(args)
}

/// Its command line, for the pages that are made from it.
pub fn command() -> clap::Command {
    cli::command()
}

/// Which face the arguments ask for, before they are parsed in full.
pub(crate) fn wants_json(args: impl IntoIterator<Item = OsString>) -> Face {
    if args.into_iter().any(|a| a == "--json") { Face::Json } else { Face::Human }
}
