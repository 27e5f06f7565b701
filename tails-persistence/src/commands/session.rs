//! `sd-station session`
//!
//! ```text
//! fetch:   sd-fetch --> sd-airgap (pack)                       on the workstation
//! open:    sd-airgap (unpack, read) --> sd-export              on the SVS
//! export:  sd-airgap browse --> sd-export                      on the SVS
//! check:   sd-station doctor                                   on both
//! ```
//! What a launcher starts: the programs of one stage, each without a command, so that it guides. A
//! stage that failed ends the session; nothing is carried on from it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use clap::{Args, ValueEnum};
use sd_bundle::{Home, selection};
use sd_term::{Failure, Status, Ui};

/// Walk through one stage, step by step: what the launchers start
#[derive(Debug, Args)]
pub(crate) struct SessionArgs {
    /// Which stage
    #[arg(value_enum)]
    stage: Stage,
    /// This station's directory [default: ~/Persistent/sneakernet]
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
}

/// What a person sits down for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// Workstation: fetch what is new and pack it onto the Transfer Device
    Fetch,
    /// SVS: open the Transfer Device, read, and go on with what was selected
    Open,
    /// SVS: read, clean and carry out
    Export,
    /// Look at this station
    Check,
}

impl Stage {
    /// The programs, in order, with their words.
    fn steps(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Fetch => &[&["sd-fetch"], &["sd-airgap"]],
            Self::Open => &[&["sd-airgap"], &["sd-export"]],
            Self::Export => &[&["sd-airgap", "browse"], &["sd-export"]],
            Self::Check => &[&["sd-station", "doctor"]],
        }
    }
}

impl SessionArgs {
    /// Runs the session; the programs stand beside this one.
    pub(crate) fn run(self, user_home: Option<PathBuf>, ui: &mut Ui) -> ExitCode {
        if !ui.guide() {
            let what = "a session needs a terminal; scripts use the commands themselves";
            return ui.fail("sd-station session", &Failure::new(Status::Usage, what));
        }
        let code = self.walk(user_home, ui).unwrap_or_else(|f| ui.fail("sd-station session", &f));
        // The window closes with the program.
        let _ = ui.wait_for_enter("\nPress Enter to close this window. ");
        code
    }

    fn walk(self, user_home: Option<PathBuf>, ui: &mut Ui) -> Result<ExitCode, Failure> {
        let Some(home) = Home::choose(self.home.clone(), user_home) else {
            return Err(Failure::new(Status::Usage, "no home directory is known: use --home DIR"));
        };
        let beside = beside_this_one()?;
        for step in self.stage.steps() {
            let Some((program, words)) = step.split_first() else { continue };
            if *program == "sd-export" && selection(&home)?.is_empty() {
                ui.say("Nothing was selected, so nothing is cleaned or carried out.");
                break;
            }
            let of_home = if *program == "sd-station" { Vec::new() } else { home.args() };
            let words = words.iter().map(OsString::from);
            let ended =
                start(&beside.join(program), words.chain(of_home.into_iter().map(Into::into)))?;
            if !goes_on(ended) {
                return Ok(exit_code(ended));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Where the programs are: together, wherever they were installed.
fn beside_this_one() -> Result<PathBuf, Failure> {
    let missing = |e| Failure::new(Status::FileError, format_args!("where this program is: {e}"));
    let this = std::env::current_exe().map_err(missing)?;
    Ok(this.parent().map(Path::to_owned).unwrap_or_default())
}

fn start(program: &Path, words: impl IntoIterator<Item = OsString>) -> Result<ExitStatus, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the stages are programs of their own")]
    let mut command = Command::new(program);
    command.args(words).status().map_err(|e| {
        let shown = sd_fs::escape(program.as_os_str().as_encoded_bytes());
        Failure::new(Status::FileError, format_args!("{shown} did not start: {e}"))
    })
}

/// What was done in part is worth going on with; its report named the rest.
fn goes_on(ended: ExitStatus) -> bool {
    let part_done = i32::from(Status::PartDone.exit());
    ended.success() || ended.code() == Some(part_done)
}

fn exit_code(ended: ExitStatus) -> ExitCode {
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(Status::CutShort.exit()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn a_session_goes_on_after_success_and_after_a_part_only() {
        for (code, on) in [(0, true), (4, true), (1, false), (10, false), (255, false)] {
            assert_eq!(goes_on(ExitStatus::from_raw(code << 8)), on, "{code}");
        }
        // Ended by a signal, such as Ctrl-C.
        assert!(!goes_on(ExitStatus::from_raw(2)));
    }

    #[test]
    fn every_stage_starts_a_program() {
        for stage in Stage::value_variants() {
            assert!(!stage.steps().is_empty());
        }
    }
}
