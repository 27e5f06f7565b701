//! The command line. The only file that reads the environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use sd_bundle::Home;
use sd_doctor::Place;
use sd_term::{Face, Failure, Status, Ui};

use crate::commands::{
    browse, confirm, devices, guided, list, log, pack, pair, prepare, return_check, show, unpack,
    verify,
};

/// Carry submissions across the air gap in signed bundles.
///
/// Without a command you are guided: on the workstation through packing, on the Secure Viewing
/// Station through opening the stick and reading.
#[derive(Debug, Parser)]
#[command(name = "sd-airgap", version, max_term_width = 80)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Global {
    /// This station's directory [default: ~/Persistent/sneakernet]
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Pair(pair::PairArgs),
    Pack(pack::PackArgs),
    Verify(verify::VerifyArgs),
    Unpack(unpack::UnpackArgs),
    Confirm(confirm::ConfirmArgs),
    List(list::ListArgs),
    Log(log::LogArgs),
    Show(show::ShowArgs),
    Browse(browse::BrowseArgs),
    Devices(devices::DevicesArgs),
    Prepare(prepare::PrepareArgs),
    ReturnCheck(return_check::ReturnCheckArgs),
}

/// What the terminal should look like, from the raw arguments and the environment.
pub(crate) fn face() -> (Face, bool) {
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    (crate::wants_json(std::env::args_os()), no_colour)
}

pub(crate) fn run(
    place: &Place,
    args: impl IntoIterator<Item = OsString>,
    ui: &mut Ui,
) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) if e.use_stderr() => return ui.usage("sd-airgap", &e.render().to_string()),
        Err(e) => return ui.page(e.render()),
    };
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    let user_home = std::env::var_os("HOME").map(PathBuf::from);
    let Some(home) = Home::choose(cli.global.home, user_home) else {
        let failure = Failure::new(Status::Usage, "no home directory is known: use --home DIR");
        return ui.fail("sd-airgap", &failure);
    };
    let Some(command) = cli.command else {
        if ui.guide() {
            return guided::run(place, &home, ui);
        }
        return ui.usage("sd-airgap", &Cli::command().render_help().to_string());
    };
    match command {
        Command::Pair(args) => args.run(&home, ui),
        Command::Pack(args) => args.run(&home, ui),
        Command::Verify(args) => args.run(place, &home, ui),
        Command::Unpack(args) => args.run(place, &home, ui),
        Command::Confirm(args) => args.run(&home, ui),
        Command::List(list::ListArgs {}) => list::run(&home, ui),
        Command::Log(log::LogArgs {}) => log::run(&home, ui),
        Command::Show(args) => args.run(&home, ui),
        Command::Browse(browse::BrowseArgs {}) => browse::run(&home, &browse::After::Commands, ui),
        Command::Devices(devices::DevicesArgs {}) => devices::run(&home, ui),
        Command::Prepare(args) => args.run(&home, ui),
        Command::ReturnCheck(args) => args.run(&home, ui),
    }
}

pub(crate) fn command() -> clap::Command {
    Cli::command()
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
}
