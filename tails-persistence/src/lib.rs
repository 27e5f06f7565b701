//! The station: one check of it, and how its programs are kept current.
//!
//! `sd-station doctor` looks at the network interfaces of a Secure Viewing Station. It says
//! what was seen and what that means; it proves no air gap, since software cannot.
//! `sd-station update` installs a signed release, which a person carries to the station.

mod cli;
mod commands;
mod interfaces;
mod machine;
mod seen;
mod self_test;

use std::process::ExitCode;

use sd_term::{Face, Ui};

pub use commands::update::{Applied, Apply, WentBack, back};
pub use interfaces::{Interface, Verdict, judge};
pub use machine::{Machine, MachineError, Older};
pub use self_test::{Passed, SelfTestError, Vectors, run as self_test};

/// The program.
pub fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let face = if args.iter().any(|a| a == "--json") { Face::Json } else { Face::Human };
    let mut ui = Ui::stdio(face, cli::no_colour());
    cli::run(args, &mut ui)
}
