//! The station: installed into Tails, removed from it, and checked.
//!
//! `sd-station install` and `remove` put the programs where they are there after each start of an
//! amnesic system, and take them away again ([`steps`]).
//!
//! `sd-station doctor` looks at the network interfaces of a Secure Viewing Station. It says
//! what was seen and what that means; it proves no air gap, since software cannot.

mod added;
mod cli;
mod commands;
mod interfaces;
mod launchers;
pub mod layout;
mod package;
mod persistence_conf;
mod refusal;
mod software_conf;
mod steps;
mod tails;
mod tools;

use std::process::ExitCode;

use sd_term::{Face, Ui};

pub use interfaces::{Interface, Verdict, judge};

/// The program.
pub fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let face = if args.iter().any(|a| a == "--json") { Face::Json } else { Face::Human };
    let mut ui = Ui::stdio(face, cli::no_colour());
    cli::run(args, &mut ui)
}

/// Its command line, for the pages that are made from it.
pub fn command() -> clap::Command {
    cli::command()
}
