//! Words become a request. Only this file reads the environment.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use sd_bundle::Home;
use sd_term::{Face, Failure, Report, Status, Ui};
use serde::Serialize;

use crate::addresses::Station;
use crate::commands::{delete, forget, list, seen, status, sync};

/// Fetch what is new from the Journalist Interface, still encrypted, every hash checked
///
/// Nothing is decrypted. What was fetched waits in the inbox of this station until `sd-airgap pack`
/// takes it to the Secure Viewing Station. What arrived there can then be marked as seen, removed
/// here, or deleted on the server. Without a command you are guided through a sync.
#[derive(Parser)]
#[command(name = "sd-fetch", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Args)]
struct Global {
    /// This station's directory [default: ~/Persistent/sneakernet]
    #[arg(long, value_name = "DIR", global = true)]
    home: Option<PathBuf>,
    /// Report as one JSON object on standard output
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Verb {
    Sync(sync::Args),
    List(list::Args),
    Status(status::Args),
    Forget(forget::Args),
    Seen(seen::Args),
    Delete(delete::Args),
}

/// The face a command line asks for, even one that cannot be understood otherwise.
pub(crate) fn face(args: &[OsString]) -> Face {
    let before_dashes = args.iter().skip(1).take_while(|a| *a != "--");
    if before_dashes.into_iter().any(|a| a == "--json") { Face::Json } else { Face::Human }
}

/// Whether `NO_COLOR` is set to anything.
#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
pub(crate) fn no_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "this file reads the environment")]
fn user_home() -> Option<PathBuf> {
    std::env::var_os("HOME").filter(|h| !h.is_empty()).map(PathBuf::from)
}

pub(crate) fn command() -> clap::Command {
    Cli::command()
}

pub(crate) fn parses(args: &[String]) -> bool {
    Cli::try_parse_from(args).is_ok()
}

pub(crate) fn run(args: impl IntoIterator<Item = OsString>, ui: &mut Ui) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(e) => return not_a_command(&e, ui),
    };
    let user = user_home();
    let Some(home) = Home::choose(cli.global.home, user.clone()) else {
        let failure = Failure::new(Status::Usage, "HOME is not set: say --home DIR");
        return ui.finish::<HelpText>("sd-fetch", Err(failure));
    };
    let station = Station { home, user };
    let Some(verb) = cli.verb.or_else(|| guided(ui)) else {
        let help = Cli::command().render_help().to_string();
        return ui
            .finish::<HelpText>("sd-fetch", Err(Failure::new(Status::Usage, help.trim_end())));
    };
    match verb {
        Verb::Sync(args) => {
            let result = args.into_request(&station).and_then(|request| sync::run(request, ui));
            ui.finish("sd-fetch sync", result)
        }
        Verb::List(args) => {
            let result = args.into_request(&station).and_then(|request| list::run(request, ui));
            ui.finish("sd-fetch list", result)
        }
        Verb::Seen(args) => {
            let result = args.into_request(&station).and_then(|request| seen::run(request, ui));
            ui.finish("sd-fetch seen", result)
        }
        Verb::Delete(args) => {
            let result = args.into_request(&station).and_then(|request| delete::run(request, ui));
            ui.finish("sd-fetch delete", result)
        }
        Verb::Forget(args) => {
            let result = forget::run(args.into_request(&station), ui);
            ui.finish("sd-fetch forget", result)
        }
        Verb::Status(args) => {
            let result = status::run(args, &station);
            ui.finish("sd-fetch status", result)
        }
    }
}

/// What is done for a person who named no command.
fn guided(ui: &mut Ui) -> Option<Verb> {
    if !ui.guide() {
        return None;
    }
    ui.heading("Fetch submissions");
    ui.say("Everything new is fetched from the Journalist Interface, still encrypted. Have your");
    ui.say("passphrase and your phone ready. Ctrl-C stops; what was fetched is kept.\n");
    // Whoever starts this by a click may not have opened Tor Connection yet.
    let words = ["sd-fetch", "sync", "--wait", "600"];
    Cli::try_parse_from(words).ok().and_then(|cli| cli.verb)
}

/// Help and version are data; everything else is a usage error.
fn not_a_command(error: &clap::Error, ui: &mut Ui) -> ExitCode {
    let text = error.render().to_string();
    let result = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(HelpText { text }),
        _ => {
            let message = text.strip_prefix("error: ").unwrap_or(&text).trim_end().to_owned();
            Err(Failure::new(Status::Usage, message))
        }
    };
    ui.finish("sd-fetch", result)
}

/// What `--help` and `--version` print.
#[derive(Serialize)]
struct HelpText {
    text: String,
}

impl fmt::Display for HelpText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Report for HelpText {
    fn status(&self) -> Status {
        Status::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    const ONION: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";

    #[test]
    fn the_command_definition_holds() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_server_is_named_once_at_most() {
        assert!(parses(&words(&format!("sd-fetch sync --server {ONION}"))));
        assert!(parses(&words("sd-fetch sync")));
        assert!(parses(&words("sd-fetch list --insecure-loopback 127.0.0.1:8081 --json")));
        for bad in [
            format!("sd-fetch sync --server {ONION} --insecure-loopback 127.0.0.1:1"),
            "sd-fetch sync --server localhost".to_owned(),
            "sd-fetch sync --insecure-loopback 10.0.0.1:80".to_owned(),
            "sd-fetch sync --insecure-loopback localhost:80".to_owned(),
            "sd-fetch sync --insecure-loopback 127.0.0.1:80 --tor-socks 127.0.0.1:9050".to_owned(),
            format!("sd-fetch sync --server {ONION} --username a --credentials-fd 3"),
        ] {
            assert!(!parses(&words(&bad)), "{bad}");
        }
    }

    #[test]
    fn json_is_asked_for_before_anything_else_is_understood() {
        let args = |line: &str| words(line).into_iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(face(&args("sd-fetch nonsense --json")), Face::Json);
        assert_eq!(face(&args("sd-fetch sync -- --json")), Face::Human);
    }

    #[test]
    fn help_is_data_and_a_wrong_word_is_a_usage_error() {
        let (mut ui, out, talk) = Ui::captured(Face::Human);
        run(["sd-fetch", "--help"].map(OsString::from), &mut ui);
        assert!(out.text().contains("sync") && talk.text().is_empty());
        let (mut ui, out, talk) = Ui::captured(Face::Human);
        run(["sd-fetch", "snyc"].map(OsString::from), &mut ui);
        assert!(out.text().is_empty() && talk.text().starts_with("error: USAGE: unrecognized"));
    }
}
