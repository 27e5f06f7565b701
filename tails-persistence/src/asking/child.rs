//! A question to another program, which must answer soon and shortly.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// On a slow stick GnuPG takes two seconds to start its agent; nobody waits longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// A key ring of a newsroom has some kB.
const MAX_ANSWER: u64 = 1 << 20;

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) code: Option<i32>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    #[error("{0} is not there")]
    Missing(String),
    #[error("{0} could not be started: {1}")]
    Start(String, std::io::Error),
    #[error("{0} did not answer in time")]
    Time(String),
    #[error("{0} said too much")]
    TooLong(String),
    #[error("{program} failed")]
    Failed { program: String },
    #[error("{0} gave an answer that is not understood")]
    Odd(String),
}

/// Where the system's programs are.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    dir: PathBuf,
    patience: Duration,
}

impl Programs {
    /// The system's own, and not what the user's `PATH` finds.
    pub(crate) fn of_the_system() -> Self {
        Self { dir: PathBuf::from("/usr/bin"), patience: PATIENCE }
    }

    #[cfg(test)]
    pub(crate) fn in_dir(dir: &Path, patience: Duration) -> Self {
        Self { dir: dir.to_owned(), patience }
    }

    /// Asks one of them.
    pub(crate) fn ask(&self, program: &str, args: &[&str]) -> Result<Said, AskError> {
        self.ask_at(&self.dir.join(program), args)
    }

    /// Asks a program at a place of its own.
    pub(crate) fn ask_at(&self, path: &Path, args: &[&str]) -> Result<Said, AskError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        #[expect(clippy::disallowed_methods, reason = "the one place that asks other programs")]
        let mut command = Command::new(path);
        command.args(args).env("LC_ALL", "C").process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => AskError::Missing(name.clone()),
            _ => AskError::Start(name.clone(), e),
        })?;
        let said = self.listen(&mut child, &name);
        if said.is_err() {
            end(&mut child);
        }
        said
    }

    fn listen(&self, child: &mut Child, name: &str) -> Result<Said, AskError> {
        let late = || AskError::Time(name.to_owned());
        let until = Instant::now() + self.patience;
        let stdout = child.stdout.take().ok_or_else(|| AskError::Odd(name.to_owned()))?;
        let (tell, told) = mpsc::channel();
        // It ends with the pipe: `end` closes its other end.
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(MAX_ANSWER + 1).read_to_end(&mut bytes);
            // Nobody may listen any more.
            let _ = tell.send(read.map(|_| bytes));
        });
        let bytes = told.recv_timeout(self.patience).map_err(|_| late())?;
        let bytes = bytes.map_err(|e| AskError::Start(name.to_owned(), e))?;
        if bytes.len() as u64 > MAX_ANSWER {
            return Err(AskError::TooLong(name.to_owned()));
        }
        loop {
            match child.try_wait().map_err(|e| AskError::Start(name.to_owned(), e))? {
                Some(status) => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    return Ok(Said { text, code: status.code() });
                }
                None if Instant::now() > until => return Err(late()),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

/// Ends one that nobody waited for yet, with everything that is in its group.
fn end(child: &mut Child) {
    // Its number is its own, and its group's, until somebody waited for it.
    if let Some(group) = Pid::from_raw(child.id().cast_signed()) {
        // It may be gone already.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

impl Said {
    /// The text of a program that ended well.
    pub(crate) fn well(self, program: &str) -> Result<String, AskError> {
        match self.code {
            Some(0) => Ok(self.text),
            _ => Err(AskError::Failed { program: program.to_owned() }),
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test writes the programs that are asked")]
pub(super) mod tests {
    use super::*;

    /// A program that is a script. Another process writes it: while this one has it open for
    /// writing, a fork of another test would hold it open, and nobody could start it.
    pub(crate) fn script_at(path: &Path, text: &str) {
        let write = "printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\" && chmod 755 \"$0\"";
        let mut shell = Command::new("/bin/sh");
        let done = shell.arg("-c").arg(write).arg(path).arg(text).status().expect("a shell");
        assert!(done.success());
    }

    fn script(text: &str) -> (tempfile::TempDir, Programs) {
        let tmp = tempfile::tempdir().expect("a directory");
        script_at(&tmp.path().join("it"), text);
        let programs = Programs::in_dir(tmp.path(), Duration::from_millis(700));
        (tmp, programs)
    }

    #[test]
    fn an_answer_is_text_and_an_exit_code() {
        let (_tmp, programs) = script("echo \"$1 $LC_ALL\"; echo lost >&2; exit 8");
        let said = programs.ask("it", &["a"]).expect("an answer");
        assert_eq!((said.text.as_str(), said.code), ("a C\n", Some(8)));
        assert!(said.well("it").is_err());
        assert!(matches!(programs.ask("nothing", &[]), Err(AskError::Missing(_))));
    }

    #[test]
    fn one_that_hangs_is_ended_with_everything_it_started() {
        for text in ["sleep 60", "exec >&-; sleep 60", "sleep 60 & wait", "sleep 60 & exit 0"] {
            let (_tmp, programs) = script(text);
            let start = Instant::now();
            assert!(matches!(programs.ask("it", &[]), Err(AskError::Time(_))), "{text}");
            assert!(start.elapsed() < Duration::from_secs(20), "{text}");
        }
    }

    #[test]
    fn one_that_talks_without_end_is_ended() {
        let (_tmp, mut programs) = script("exec cat /dev/zero");
        programs.patience = Duration::from_secs(30);
        assert!(matches!(programs.ask("it", &[]), Err(AskError::TooLong(_))));
    }
}
