//! Fetches what is new from the Journalist Interface, still encrypted, every hash checked.
//!
//! ```text
//! words --cli--> request --journalist_interface--> RawSubmission --inventory--> Submission
//!                                                        '--> refused, by name      |
//!                            inbox <--fetch: stream, hash, compare-- Plan <--plan----'
//! ```
//! Nothing here can read a message: ciphertext, sizes and hashes are all that passes through.
//! On the server nothing is marked or deleted but what the SVS has, by its receipt.

mod addresses;
mod byte_size;
mod cli;
mod commands;
mod deeds;
mod failures;
mod fetch;
mod forget;
mod holdings;
mod inventory;
mod journalist_interface;
mod key_check;
mod last_sync;
mod overview;
mod plan;
mod read_back;
mod report;
mod selection;
mod still_there;
mod visit;

#[cfg(feature = "fuzzing")]
pub use inventory::fuzzing;

use std::ffi::OsString;
use std::process::ExitCode;

use sd_term::Ui;

/// The program: the process's own arguments and terminal.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let mut ui = Ui::stdio(cli::face(&args), cli::no_colour());
    run(args, &mut ui)
}

/// Runs one command. `args` starts with the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> ExitCode {
    cli::run(args, ui)
}

/// Whether a command line (the program's name first) is understood; nothing is run.
pub fn parses(args: &[String]) -> bool {
    cli::parses(args)
}

/// Its command line, for the pages that are made from it.
pub fn command() -> clap::Command {
    cli::command()
}
