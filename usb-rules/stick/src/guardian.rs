//! Who tidies up when a program ends in the middle.
//!
//! ```text
//! program --pipe--> guardian, in a process group of its own: Ctrl-C is not for it
//!    |-- "let go": the stick is left in order, nothing to do
//!    '-- ended without a word (Ctrl-C, a closed window, a crash): unmount, lock, switch off
//! ```
//! The guardian is the same program, started anew. What it cannot tell anybody it does all the
//! same.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitCode, Stdio};

use sd_term::{Face, Ui};
use usb_rules::udisks::{Udisks, UdisksError};

use crate::let_go::LetGo;
use crate::mounted::patiently;

/// The first argument that makes a program a guardian.
const GUARDIAN: &str = "--stick-guardian";
/// What it is told when nothing is left to do.
const LET_GO: &[u8] = b"let go";

/// A stick that must not be left open.
#[derive(Debug)]
pub(crate) struct Charge<'a> {
    /// As a person is told of it.
    pub(crate) title: &'a str,
    /// The whole disk.
    pub(crate) disk: &'a str,
    /// The node of the file system.
    pub(crate) plain: &'a str,
    /// The encrypted volume, if there is one.
    pub(crate) locked: Option<&'a str>,
}

/// A guardian at work; it is told nothing more when this is dropped.
#[derive(Debug)]
pub(crate) struct Guardian(Child);

impl Guardian {
    /// Has a stick guarded from now on. Without a guardian the stick is used all the same.
    pub(crate) fn of(charge: &Charge<'_>) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "this program, started anew")]
        let mut command = Command::new("/proc/self/exe");
        let locked = charge.locked.unwrap_or_default();
        command.args([GUARDIAN, charge.title, charge.disk, charge.plain, locked]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        if !io::stderr().is_terminal() {
            // Whoever reads a pipe of ours waits for its end, not for the guardian's.
            command.stderr(Stdio::null());
        }
        command.spawn().ok().map(Self)
    }

    /// The stick is in order: the guardian goes.
    pub(crate) fn dismiss(mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            // One that is gone already has nothing to hear.
            let _ = pipe.write_all(LET_GO);
        }
        let _ = self.0.wait();
    }
}

/// Called in `main`: `None` when this process is no guardian.
pub fn guardian_main() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    if args.next()? != GUARDIAN {
        return None;
    }
    let words: Option<Vec<String>> = args.map(|word| OsString::into_string(word).ok()).collect();
    let code = match words.as_deref() {
        Some([title, disk, plain, locked]) => {
            let locked = Some(locked.as_str()).filter(|node| !node.is_empty());
            guard(&Charge { title, disk, plain, locked })
        }
        _ => ExitCode::FAILURE,
    };
    Some(code)
}

fn guard(charge: &Charge<'_>) -> ExitCode {
    let mut said = Vec::new();
    if io::stdin().read_to_end(&mut said).is_ok() && said == LET_GO {
        return ExitCode::SUCCESS;
    }
    let stick = charge.title.to_owned();
    let left = match tidy(charge) {
        Ok(()) => LetGo::SafeToRemove { stick },
        // It was pulled out: whoever did that is told by what the program did say.
        Err(UdisksError::Gone(_)) => return ExitCode::SUCCESS,
        Err(e) => LetGo::Held { stick, why: e.to_string() },
    };
    let mut ui = Ui::stdio(Face::Human, true);
    ui.say(format_args!("\nThe program ended in the middle. Start it again to go on.\n{left}"));
    ExitCode::from(u8::from(!left.is_safe()))
}

/// What was not mounted or not unlocked any more is no failure: udisks2 switches nothing off that
/// is in use.
fn tidy(charge: &Charge<'_>) -> Result<(), UdisksError> {
    let udisks = Udisks::connect()?;
    done_or_needless(patiently(|| udisks.unmount(charge.plain)))?;
    if let Some(node) = charge.locked {
        done_or_needless(patiently(|| udisks.lock(node)))?;
    }
    patiently(|| udisks.power_off(charge.disk))
}

fn done_or_needless(result: Result<(), UdisksError>) -> Result<(), UdisksError> {
    match result {
        // The file system of a volume that is locked again is gone.
        Err(UdisksError::Failed { .. } | UdisksError::Gone(_)) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use sd_fs::escape;

    use super::*;

    #[test]
    fn only_a_stick_in_use_keeps_the_guardian_from_going_on() {
        let failed = UdisksError::Failed { what: "unmount", why: escape(b"not mounted") };
        assert!(done_or_needless(Err(failed)).is_ok());
        assert!(done_or_needless(Err(UdisksError::Gone(escape(b"/dev/dm-0")))).is_ok());
        assert!(done_or_needless(Err(UdisksError::Busy("unmount"))).is_err());
        assert!(guardian_main().is_none(), "a test is no guardian");
    }
}
