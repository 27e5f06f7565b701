//! The command line. The only file that reads the environment.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use sd_term::{Report, Status, Ui};
use serde::Serialize;

use crate::commands::{install, remove};
use crate::interfaces::{Interface, Verdict, list};

/// Install the programs into this station, remove them, and check it.
#[derive(Debug, Parser)]
#[command(name = "sd-station", version, max_term_width = 80)]
struct Cli {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look at what a Secure Viewing Station must not have: so far, network interfaces
    Doctor,
    Install(install::InstallArgs),
    Remove(remove::RemoveArgs),
}

#[derive(Debug, Serialize)]
struct Findings {
    interfaces: Vec<Interface>,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Interface { name, state, verdict } in &self.interfaces {
            let (word, meaning) = match verdict {
                Verdict::Ok => ("ok  ", "leads nowhere outside this machine"),
                Verdict::Warn => {
                    ("warn", "network hardware: take it out or switch it off in the BIOS")
                }
                Verdict::Fail => {
                    ("FAIL", "a network is in use: this is not an air-gapped station now")
                }
            };
            writeln!(f, "{word}  {name} ({state}): {meaning}")?;
        }
        writeln!(f, "This is what software can see. It cannot prove an air gap.")
    }
}

impl Report for Findings {
    fn status(&self) -> Status {
        if self.interfaces.iter().any(|i| i.verdict == Verdict::Fail) {
            Status::StationUnsafe
        } else {
            Status::Done
        }
    }
}

pub(crate) fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

pub(crate) fn no_colour() -> bool {
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

pub(crate) fn run(args: Vec<OsString>, ui: &mut Ui) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) if e.use_stderr() => return ui.usage("sd-station", &e.render().to_string()),
        Err(e) => return ui.page(e.render()),
    };
    match cli.command {
        Command::Doctor => doctor(ui),
        Command::Install(args) => args.run(ui),
        Command::Remove(args) => args.run(ui),
    }
}

fn doctor(ui: &mut Ui) -> ExitCode {
    let found = list(Path::new("/sys/class/net")).map(|interfaces| Findings { interfaces });
    ui.finish("sd-station doctor", found.map_err(Into::into))
}
