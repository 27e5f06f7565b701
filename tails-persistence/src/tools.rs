//! The programs of Tails that are run: dpkg's, apt's, and systemd's bus client.
//!
//! Each gets an empty environment and a fixed path, because what runs it may be root.

use std::path::Path;
use std::process::{Command, Stdio};

use sd_fs::{Escaped, read_bounded};

/// What any of them may say.
const MAX_SAID: u64 = 1 << 20;

/// Why a program of Tails did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    /// It could not be started.
    #[error("{0} could not be started: {1}")]
    Start(&'static str, std::io::Error),
    /// It failed.
    #[error("{0} failed: {1}")]
    Failed(&'static str, Escaped),
    /// It said something else than expected.
    #[error("{0} said something that is not understood")]
    NotUnderstood(&'static str),
}

/// What is asked of them.
pub(crate) trait Tools {
    /// The version of our package that is installed in this session, if it is.
    fn installed(&self) -> Result<Option<String>, ToolError>;
    /// Installs a package file now, and removes nothing for it.
    fn install(&self, package: &Path) -> Result<(), ToolError>;
    /// Takes our package away now.
    fn uninstall(&self) -> Result<(), ToolError>;
    /// Whether Tails links the dotfiles into the home at each start.
    fn dotfiles_are_on(&self) -> Result<bool, ToolError>;
}

/// The real ones.
pub(crate) struct LiveTools;

impl Tools for LiveTools {
    fn installed(&self) -> Result<Option<String>, ToolError> {
        let format = "--showformat=${db:Status-Status} ${Version}";
        let mut ask = clean("dpkg-query");
        ask.args(["--show", format, crate::layout::PACKAGE]);
        // It fails for a package it never heard of.
        let Ok(said) = run("dpkg-query", &mut ask) else { return Ok(None) };
        Ok(said.strip_prefix("installed ").map(|version| version.trim().to_owned()))
    }

    fn install(&self, package: &Path) -> Result<(), ToolError> {
        let mut apt = clean("apt-get");
        apt.args(["--quiet", "--yes", "--no-remove", "--reinstall", "--allow-downgrades"]);
        apt.args(["--option", "DPkg::Options::=--force-confold", "install"]).arg(package);
        run("apt-get", &mut apt).map(drop)
    }

    fn uninstall(&self) -> Result<(), ToolError> {
        run("dpkg", clean("dpkg").args(["--purge", crate::layout::PACKAGE])).map(drop)
    }

    fn dotfiles_are_on(&self) -> Result<bool, ToolError> {
        const PATH: &str = "/org/boum/tails/PersistentStorage/Features/Dotfiles";
        let mut ask = clean("busctl");
        ask.args(["--system", "get-property", "org.boum.tails.PersistentStorage", PATH]);
        ask.args(["org.boum.tails.PersistentStorage.Feature", "IsActive"]);
        match run("busctl", &mut ask)?.trim() {
            "b true" => Ok(true),
            "b false" => Ok(false),
            _ => Err(ToolError::NotUnderstood("busctl")),
        }
    }
}

/// A program of the system, with nothing of the caller's environment.
#[expect(clippy::disallowed_methods, reason = "the programs of dpkg, apt and systemd")]
pub(crate) fn clean(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive");
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end; what it says on standard output.
pub(crate) fn run(name: &'static str, command: &mut Command) -> Result<String, ToolError> {
    let failed = |e| ToolError::Start(name, e);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let errors = child.stderr.take().map(|mut err| {
        std::thread::spawn(move || read_bounded(&mut err, MAX_SAID).unwrap_or_default())
    });
    let said = child.stdout.take().map(|mut out| read_bounded(&mut out, MAX_SAID));
    let ended = child.wait().map_err(failed)?;
    let errors = errors.and_then(|e| e.join().ok()).unwrap_or_default();
    if !ended.success() {
        // The last line says why; those before it what led there.
        let last = errors.trim_ascii().rsplit(|b| *b == b'\n').next().unwrap_or_default();
        return Err(ToolError::Failed(name, sd_fs::escape(last)));
    }
    match said {
        Some(Ok(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        _ => Err(ToolError::NotUnderstood(name)),
    }
}
