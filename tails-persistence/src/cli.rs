//! The command line. The only file that reads the environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use sd_term::Ui;

use crate::commands::{doctor, install, remove, self_test, session, update};

/// Install the programs into this station, check it, keep it current, walk through its stages.
///
/// Without a command the station is checked.
#[derive(Debug, Parser)]
#[command(name = "sd-station", version, max_term_width = 80)]
struct Cli {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Install(install::InstallArgs),
    Remove(remove::RemoveArgs),
    Doctor(doctor::DoctorArgs),
    Session(session::SessionArgs),
    Update(update::UpdateArgs),
    SelfTest(self_test::SelfTestArgs),
}

pub(crate) fn command() -> clap::Command {
    Cli::command()
}

pub(crate) fn no_colour() -> bool {
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

/// The desktop user's home.
pub(crate) fn user_home() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute())
}

/// Names of variables that lead network programs a detour; never what they hold.
pub(crate) fn proxies() -> Vec<String> {
    const NAMES: [&str; 5] = ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"];
    let both = NAMES.into_iter().flat_map(|name| [name.to_owned(), name.to_lowercase()]);
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    both.filter(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty())).collect()
}

pub(crate) fn run(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) if e.use_stderr() => return ui.usage("sd-station", &e.render().to_string()),
        Err(e) => return ui.page(e.render()),
    };
    match cli.command.unwrap_or_else(|| Command::Doctor(doctor::DoctorArgs::default())) {
        Command::Install(args) => args.run(ui),
        Command::Remove(args) => args.run(ui),
        Command::Doctor(args) => args.run(ui),
        Command::Session(args) => args.run(user_home(), ui),
        // Without a home directory, nothing below it is found.
        Command::Update(args) => args.run(&user_home().unwrap_or_default(), ui),
        Command::SelfTest(args) => ui.finish("sd-station self-test", args.run()),
    }
}

pub(crate) fn parses(args: &[String]) -> bool {
    Cli::try_parse_from(args).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_gate_s_hint_parses() {
        assert!(parses(sd_gate::doctor().args()));
    }
}
