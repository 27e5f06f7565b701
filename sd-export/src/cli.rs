//! Words from outside: arguments and the environment.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use sd_bundle::Home;
use sd_term::{Face, Failure, Report, Status, Ui};
use serde::Serialize;

use crate::commands::Command;

/// Cleans documents and carries clean copies out.
///
/// Runs on the offline station. Each file is opened in a locked-down process of its own, the
/// original is never changed, and nothing is called done before it was read again and compared.
/// Without a command you are guided, from what you selected in `sd-airgap browse` to the Export
/// Device or the printer.
#[derive(Debug, Parser)]
#[command(name = "sd-export", version, max_term_width = 80)]
struct Cli {
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
    /// The station's directory [default: ~/Persistent/sneakernet].
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Why a command line is no command: it asked for help, or it was wrong.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Help or the version.
    Text(Text),
    /// What is wrong with it.
    Wrong(String),
}

/// A text to be shown as it is.
#[derive(Debug, Serialize)]
pub(crate) struct Text {
    text: String,
}

impl Answer {
    /// As a command's end.
    pub(crate) fn into_result(self) -> Result<Text, Failure> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Wrong(message) => Err(Failure::new(Status::Usage, message)),
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Report for Text {
    fn status(&self) -> Status {
        Status::Done
    }
}

/// Makes a typed command of the words; none if no command was named.
pub(crate) fn parse(args: &[OsString]) -> Result<(Option<Command>, Home), Answer> {
    let cli = Cli::try_parse_from(args).map_err(|e| {
        let text = e.render().to_string();
        match e.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Answer::Text(Text { text }),
            _ => Answer::Wrong(shown(&text)),
        }
    })?;
    #[expect(clippy::disallowed_methods, reason = "cli.rs is where the environment is read")]
    let user = std::env::var_os("HOME").map(PathBuf::from);
    let unknown = || Answer::Wrong("no home directory is known: use --home DIR".to_owned());
    let home = Home::choose(cli.home, user).ok_or_else(unknown)?;
    Ok((cli.command, home))
}

pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// Said to a script that names no command.
pub(crate) fn help() -> Answer {
    Answer::Wrong(command().render_help().to_string())
}

/// The terminal for these words. The face is chosen before they are parsed, so that a script
/// gets a mistake as JSON too.
pub(crate) fn ui(args: &[OsString]) -> Ui {
    let json = args.iter().take_while(|a| *a != "--").any(|a| a == "--json");
    Ui::stdio(if json { Face::Json } else { Face::Human }, no_colour())
}

#[expect(clippy::disallowed_methods, reason = "cli.rs is where the environment is read")]
fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// The directory in memory that the session has for itself, if it has one.
#[expect(clippy::disallowed_methods, reason = "cli.rs is where the environment is read")]
pub(crate) fn runtime_dir() -> Option<PathBuf> {
    std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute())
}

/// The parser quotes arguments as they came: each line is escaped, the lines stay lines.
fn shown(text: &str) -> String {
    let text = text.trim_end();
    let lines = text.strip_prefix("error: ").unwrap_or(text).lines();
    lines.map(|l| sd_fs::escape(l.as_bytes()).to_string()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_mistake_is_shown_escaped() {
        let args = ["sd-export", "scrub", "--\u{202e}x"].map(OsString::from);
        match parse(&args).expect_err("no such option") {
            Answer::Wrong(text) => assert!(text.contains(r"\u{202e}"), "{text}"),
            Answer::Text(_) => panic!("a mistake is no help text"),
        }
    }
}
