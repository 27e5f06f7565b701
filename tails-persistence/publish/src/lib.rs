//! The publisher's side of a release. None of it is on a station.
//!
//! ```text
//! keygen (three people, each alone) --> KEY.json (secret), KEY.pub.json
//! root --> root-1.json --sign root, by two--> root-1.json.<id>.sig
//! make --> signed.json, from the package, changelog, vectors and roots
//! sign release, by two, each on a machine without a network --> signed.json.<id>.sig
//! assemble --> sneakernet-1.2.0.sdupdate, read back with the reader of the stations
//! ```

mod cli;
mod commands;
mod files;
mod key_file;

use std::ffi::OsString;
use std::process::ExitCode;

use sd_term::{Face, Ui};

/// The program.
pub fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let face = if args.iter().any(|a| a == "--json") { Face::Json } else { Face::Human };
    let mut ui = Ui::stdio(face, cli::no_colour());
    run(args, &mut ui)
}

/// The program, with these words and on this terminal.
pub fn run(args: Vec<OsString>, ui: &mut Ui) -> ExitCode {
    cli::run(args, ui)
}
