//! QEMU's monitor: one JSON object a line.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::agent::late;

/// A command takes milliseconds; going back to a snapshot takes a second.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to the monitor.
#[derive(Debug)]
pub(super) struct Qmp {
    stream: BufReader<UnixStream>,
    events: Vec<Value>,
}

impl Qmp {
    pub(super) fn open(stream: UnixStream) -> io::Result<Self> {
        let mut qmp = Self { stream: BufReader::new(stream), events: Vec::new() };
        let _greeting = qmp.read(Instant::now() + PATIENCE)?;
        qmp.execute("qmp_capabilities", &json!({}))?;
        Ok(qmp)
    }

    /// Runs a command; what QEMU refuses is an error with its reason.
    pub(super) fn execute(&mut self, command: &str, arguments: &Value) -> io::Result<Value> {
        let line = json!({ "execute": command, "arguments": arguments });
        writeln!(self.stream.get_mut(), "{line}")?;
        let end = Instant::now() + PATIENCE;
        loop {
            let mut answer = self.read(end)?;
            if answer.get("event").is_some() {
                self.events.push(answer);
            } else if let Some(error) = answer.get("error") {
                return Err(io::Error::other(format!("QEMU, {command}: {error}")));
            } else {
                return Ok(answer["return"].take());
            }
        }
    }

    /// A command of the old monitor, which says something only if it failed.
    pub(super) fn old_command(&mut self, line: &str) -> io::Result<()> {
        let said = self.execute("human-monitor-command", &json!({ "command-line": line }))?;
        match said.as_str().unwrap_or_default() {
            "" => Ok(()),
            why => Err(io::Error::other(format!("QEMU, {line}: {}", why.trim()))),
        }
    }

    /// Waits until this device is gone.
    pub(super) fn wait_deleted(&mut self, device: &str) -> io::Result<()> {
        let end = Instant::now() + PATIENCE;
        let wanted = |e: &Value| e["event"] == "DEVICE_DELETED" && e["data"]["device"] == device;
        loop {
            if let Some(found) = self.events.iter().position(wanted) {
                self.events.remove(found);
                return Ok(());
            }
            let event = self.read(end)?;
            self.events.push(event);
        }
    }

    fn read(&mut self, end: Instant) -> io::Result<Value> {
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.stream.get_ref().set_read_timeout(Some(left))?;
        let mut line = String::new();
        let read = self.stream.read_line(&mut line);
        if read.map_err(|e| late(e, "QEMU's answer", left))? == 0 {
            return Err(io::Error::other("QEMU is gone"));
        }
        Ok(serde_json::from_str(&line)?)
    }
}
