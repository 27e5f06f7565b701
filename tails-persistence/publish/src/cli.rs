//! The command line. The only file that reads the environment.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use sd_term::Ui;

use crate::commands::{assemble, keygen, make, root, show, sign};

/// Make releases of this toolkit: keys, roots, signatures, the file that is carried.
#[derive(Debug, Parser)]
#[command(name = "sd-publish", version, max_term_width = 80)]
struct Cli {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Keygen(keygen::KeygenArgs),
    Root(root::RootArgs),
    Make(make::MakeArgs),
    Sign(sign::SignArgs),
    Assemble(assemble::AssembleArgs),
    Show(show::ShowArgs),
}

pub(crate) fn no_colour() -> bool {
    #[expect(clippy::disallowed_methods, reason = "cli.rs reads the environment")]
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

pub(crate) fn run(args: Vec<OsString>, ui: &mut Ui) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) if e.use_stderr() => return ui.usage("sd-publish", &e.render().to_string()),
        Err(e) => return ui.page(e.render()),
    };
    match cli.command {
        Command::Keygen(args) => ui.finish("sd-publish keygen", args.run()),
        Command::Root(args) => ui.finish("sd-publish root", args.run()),
        Command::Make(args) => ui.finish("sd-publish make", args.run()),
        Command::Sign(args) => ui.finish("sd-publish sign", args.run()),
        Command::Assemble(args) => ui.finish("sd-publish assemble", args.run()),
        Command::Show(args) => ui.finish("sd-publish show", args.run()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
