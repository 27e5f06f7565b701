//! Programs that end with the lab, and words about how one ended.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A program in the background; it ends with this value, or with the lab if that is killed.
pub(crate) struct Service(Child);

impl Service {
    /// Starts `words`, with everything it says in `log`.
    pub(crate) fn start(words: &[&str], env: &[(&str, &str)], log: &Path) -> io::Result<Self> {
        let log = File::create(log)?;
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .args(words)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How one of our programs ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) report: Value,
    pub(crate) talk: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { code: output.status.code(), report, talk }
    }

    /// The status word.
    pub(crate) fn status(&self) -> &str {
        self.report["status"].as_str().unwrap_or_default()
    }

    /// What is said of the file with this number.
    pub(crate) fn file(&self, number: usize) -> &Value {
        &self.report["report"]["files"][number]
    }

    /// Fails unless it ended with this status.
    #[track_caller]
    pub(crate) fn expect(self, status: &str) -> Self {
        assert_eq!(self.status(), status, "{self:#?}");
        self
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) -> io::Result<()> {
    let end = Instant::now() + Duration::from_secs(20);
    while !so() {
        if Instant::now() >= end {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("waited for: {what}")));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
