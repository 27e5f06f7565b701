//! Stock GnuPG in a home of its own: the second opinion.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A GnuPG home with one secret key, and the agent that serves it.
pub struct Gnupg {
    home: TempDir,
}

impl Gnupg {
    /// Imports a secret key that has no passphrase.
    pub fn with_key(armored: &str) -> io::Result<Self> {
        // A short path: the agent's socket stands in the home, and its name has 108 bytes.
        let home = tempfile::Builder::new().prefix("gpg").tempdir_in("/tmp")?;
        let gnupg = Self { home };
        let imported = gnupg.feed(&["--import"], armored.as_bytes())?;
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        Ok(gnupg)
    }

    /// The home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// `gpg`, ready to get its arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback"])
            .args(["--trust-model", "always"])
            .env("GNUPGHOME", self.home())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// What `gpg --decrypt` makes of a file.
    pub fn decrypt(&self, path: &Path) -> io::Result<Output> {
        self.command().arg("--decrypt").arg(path).output()
    }

    /// Runs `gpg` with bytes on standard input.
    pub fn feed(&self, args: &[&str], input: &[u8]) -> io::Result<Output> {
        let mut child = self.command().args(args).stdin(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input)?;
        }
        child.wait_with_output()
    }

    /// A file in the home, for a test's own use.
    pub fn file(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }
}

impl Drop for Gnupg {
    fn drop(&mut self) {
        // The agent would outlive its home by a minute.
        let _ =
            Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", self.home()).output();
    }
}
