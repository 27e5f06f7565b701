//! One tor process.

use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::control::Control;
use super::wait::wait_for;

/// A node that was asked to end and does not is killed after this long.
const GRACE: Duration = Duration::from_secs(5);

/// A tor process with its directory. It is killed when this is dropped.
#[derive(Debug)]
pub struct Node {
    name: String,
    dir: PathBuf,
    control: u16,
    process: Option<Child>,
}

impl Node {
    /// A node that is not started yet, with a directory of its own below `root`.
    pub(super) fn new(root: &Path, name: &str, control: u16) -> io::Result<Self> {
        let dir = root.join(name);
        for part in [&dir, &dir.join("data"), &dir.join("data/keys")] {
            private_dir(part)?;
        }
        Ok(Self { name: name.to_owned(), dir, control, process: None })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its directory.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its control port's number.
    pub(super) fn control_port(&self) -> u16 {
        self.control
    }

    /// Writes what it is told.
    pub(super) fn configure(&self, torrc: &str) -> io::Result<()> {
        std::fs::write(self.dir.join("torrc"), torrc)
    }

    /// Starts it, unless it runs.
    pub fn start(&mut self) -> io::Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let log = File::create(self.dir.join("stdout.log"))?;
        let process = tor(&self.dir)
            .arg("-f")
            .arg(self.dir.join("torrc"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A group of its own: if this process dies, the kernel wakes a stopped member, so
            // that it can see for itself that its owner is gone.
            .process_group(0)
            .spawn()
            .map_err(|e| io::Error::new(e.kind(), format!("tor (Debian package tor): {e}")))?;
        self.process = Some(process);
        Ok(())
    }

    /// Whether the process is there.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|p| matches!(p.try_wait(), Ok(None)))
    }

    /// Ends it as its administrator would, by force if it takes too long.
    pub fn stop(&mut self) -> io::Result<()> {
        self.signal(Signal::INT)?;
        let ended = wait_for("its end", GRACE, || (!self.is_running()).then_some(()));
        ended.or_else(|_| self.kill())?;
        self.process = None;
        Ok(())
    }

    /// Ends it at once.
    pub fn kill(&mut self) -> io::Result<()> {
        match self.process.take() {
            Some(mut process) => process.kill().and_then(|()| process.wait()).map(drop),
            None => Ok(()),
        }
    }

    /// Stops the process without ending it, as long as the result is kept.
    pub fn freeze(&self) -> io::Result<Frozen<'_>> {
        self.signal(Signal::STOP)?;
        Ok(Frozen(self))
    }

    /// Closes its ports for users, as Tails does until somebody connects to Tor.
    pub fn offline(&self) -> io::Result<Offline> {
        let mut control = self.control()?;
        control.command("SETCONF DisableNetwork=1")?;
        Ok(Offline(control))
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        let id = self.process.as_ref().map_or(0, Child::id);
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other(format!("{} does not run", self.name)))?;
        Ok(kill_process(pid, signal)?)
    }

    /// Its control port.
    pub fn control(&self) -> io::Result<Control> {
        Control::connect(self.control, &self.dir.join("data/control_auth_cookie"))
    }

    /// Whether it can build circuits. A node that does not answer yet cannot.
    pub(super) fn is_ready(&self) -> bool {
        self.control().and_then(|mut c| c.bootstrapped()).is_ok_and(|percent| percent == 100)
    }

    /// The last lines of its log, for a report of what went wrong.
    pub fn last_words(&self) -> String {
        let read = |name| std::fs::read_to_string(self.dir.join(name)).unwrap_or_default();
        let log = [read("stdout.log"), read("notice.log")].concat();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(3)..];
        last.iter().fold(String::new(), |text, line| format!("{text}{}: {line}\n", self.name))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// A stopped process; it goes on when this is dropped.
#[derive(Debug)]
pub struct Frozen<'n>(&'n Node);

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        let _ = self.0.signal(Signal::CONT);
    }
}

/// A node without a network; it has one again when this is dropped.
#[derive(Debug)]
pub struct Offline(Control);

impl Offline {
    /// Gives it its network back.
    pub fn end(mut self) -> io::Result<()> {
        self.restore()
    }

    fn restore(&mut self) -> io::Result<()> {
        self.0.command("SETCONF DisableNetwork=0").map(drop)
    }
}

impl Drop for Offline {
    fn drop(&mut self) {
        let _ = self.restore();
    }
}

/// `tor`, without the configuration of the system's own.
pub(super) fn tor(dir: &Path) -> Command {
    let mut command = Command::new("tor");
    // A file that does not exist is an empty one for the defaults.
    command.arg("--defaults-torrc").arg(dir.join("no-defaults"));
    command
}

/// A directory for this user alone; Tor refuses others.
pub(super) fn private_dir(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(path)
}
