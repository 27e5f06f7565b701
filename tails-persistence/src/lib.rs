//! The station: installed into Tails, examined, kept current, removed; and the way through its
//! stages.
//!
//! ```text
//! install, remove:  a plan of steps, each found done or not by looking, each looked at again
//! doctor:   files, children --asking--> Answers --sd_doctor--> findings --> screen, JSON, report file
//! update:   signed file --verified--> shelf --tried out--> installed, the one before kept
//! session:  sd-fetch, sd-airgap, sd-export, one after the other
//! ```
//! `sd-station doctor` changes nothing. It says what was seen and what that means; it proves no
//! air gap, since software cannot. `sd-station update` installs a signed release, which a person
//! carries to the station.

mod added;
mod asking;
mod cli;
mod commands;
mod doctor;
mod launchers;
pub mod layout;
mod machine;
mod package;
mod persistence_conf;
mod refusal;
mod seen;
mod self_test;
mod software_conf;
mod steps;
mod tails;
mod tools;

use std::ffi::OsString;
use std::process::ExitCode;

use sd_term::{Face, Ui};

pub use commands::update::{Applied, Apply, WentBack, back};
pub use machine::{Machine, MachineError, Older};
pub use self_test::{Passed, SelfTestError, Vectors, run as self_test};

/// The program.
pub fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let face = if args.iter().any(|a| a == "--json") { Face::Json } else { Face::Human };
    let mut ui = Ui::stdio(face, cli::no_colour());
    run(args, &mut ui)
}

/// Everything the program does, with a terminal that a test can watch.
pub fn run(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> ExitCode {
    cli::run(args, ui)
}

/// Whether these arguments (program name first) are a command line of this program.
pub fn parses(args: &[String]) -> bool {
    cli::parses(args)
}

/// Its command line, for the pages that are made from it.
pub fn command() -> clap::Command {
    cli::command()
}
