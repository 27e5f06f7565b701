//! The system that a new version is installed in: which Tails it is, and its package manager.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use sd_fs::{Dir, Escaped, escape};
use sd_release::{TailsVersion, Version};

use crate::self_test::{self, Passed, SelfTestError};

/// What an update asks of the system. Tests have one of their own.
pub trait Machine {
    /// Which Tails it is; nothing: none.
    fn tails(&self) -> Option<TailsVersion>;

    /// Whether the package could be installed, without installing it.
    fn simulate(&mut self, package: &Path) -> Result<(), MachineError>;

    /// Installs the package in the running system; an older one too, if it is `Older::Take`.
    fn install(&mut self, package: &Path, older: Older) -> Result<(), MachineError>;

    /// The version that is installed in the running system.
    fn installed(&mut self) -> Result<Option<String>, MachineError>;

    /// Tries the programs in a directory out: they start, and do what the vectors say.
    fn try_out(
        &mut self,
        programs: &Path,
        version: Version,
        vectors: &[u8],
    ) -> Result<Vec<Passed>, SelfTestError>;
}

/// Whether an older package may take the place of a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    /// Going back was asked for.
    Take,
    /// Never by the way.
    Refuse,
}

/// Why the system did not do it.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// A program of the system cannot be started.
    #[error("{program} does not start: {why}")]
    Start {
        /// Which.
        program: &'static str,
        /// The system's error.
        why: io::Error,
    },
    /// A program of the system says no.
    #[error("{program}: {says}")]
    Refused {
        /// Which.
        program: &'static str,
        /// Its last words.
        says: Escaped,
    },
    /// More than our own package would come or go.
    #[error("installing it would change other packages too: {0}")]
    Others(Escaped),
}

/// The real one.
#[derive(Debug)]
pub(crate) struct System;

const APT: &str = "/usr/bin/apt-get";
const DPKG_QUERY: &str = "/usr/bin/dpkg-query";

/// As Tails' own Additional Software does it. Nothing is removed; nothing is fetched either, since the
/// simulation allows no other package. (`--no-download` would break the installation of a file.) The
/// same version again is put in anew: an earlier run may have been cut behind it.
const INSTALL: [&str; 6] =
    ["--yes", "--no-remove", "--reinstall", "-o", "DPkg::Options::=--force-confold", "install"];

/// So many lines of each kind are enough.
const MAX_LINES: usize = 3;

impl Machine for System {
    fn tails(&self) -> Option<TailsVersion> {
        // In /etc it may be a link to the other one, and links are not followed.
        let read =
            |dir: &str| Dir::open(Path::new(dir)).ok()?.read_small("os-release", 64 << 10).ok();
        tails_in(&String::from_utf8_lossy(&read("/etc").or_else(|| read("/usr/lib"))?))
    }

    fn simulate(&mut self, package: &Path) -> Result<(), MachineError> {
        let said = apt(&["--simulate"], package)?;
        only_ours(&said)
    }

    fn install(&mut self, package: &Path, older: Older) -> Result<(), MachineError> {
        let downgrades: &[&str] = match older {
            Older::Take => &["--allow-downgrades"],
            Older::Refuse => &[],
        };
        apt(downgrades, package).map(drop)
    }

    fn installed(&mut self) -> Result<Option<String>, MachineError> {
        let format = "--showformat=${db:Status-Status} ${Version}";
        let said = run(DPKG_QUERY, &["--show", format, "sneakernet"]);
        match said {
            Ok(said) => Ok(said.strip_prefix("installed ").map(|v| v.trim().to_owned())),
            Err(MachineError::Refused { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn try_out(
        &mut self,
        programs: &Path,
        version: Version,
        vectors: &[u8],
    ) -> Result<Vec<Passed>, SelfTestError> {
        self_test::run(programs, Some(version), vectors)
    }
}

fn apt(more: &[&str], package: &Path) -> Result<String, MachineError> {
    let package = package.to_string_lossy();
    let arguments = [more, &INSTALL, &[&package]].concat();
    run(APT, &arguments)
}

/// Runs a program of the system to its end. It is never ended early: dpkg cut in two is worse.
#[expect(clippy::disallowed_methods, reason = "apt and dpkg are started here and nowhere else")]
fn run(program: &'static str, arguments: &[&str]) -> Result<String, MachineError> {
    let done = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .env("HOME", "/root")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .map_err(|why| MachineError::Start { program, why })?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let says = escape(complaint(&done.stdout, &done.stderr).as_bytes());
    Err(MachineError::Refused { program, says })
}

/// What is missing, and the last errors.
fn complaint(stdout: &[u8], stderr: &[u8]) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(stdout), String::from_utf8_lossy(stderr));
    let missing = stdout.lines().filter(|line| line.contains("Depends:")).take(MAX_LINES);
    let errors: Vec<&str> = stderr.lines().filter(|line| line.starts_with("E:")).collect();
    let errors = errors.iter().copied().skip(errors.len().saturating_sub(MAX_LINES));
    let lines: Vec<&str> = missing.chain(errors).map(str::trim).collect();
    if lines.is_empty() {
        "it says no more than that it failed".to_owned()
    } else {
        lines.join("; ")
    }
}

/// A simulation says `Inst` for what comes and `Remv` for what goes.
fn only_ours(said: &str) -> Result<(), MachineError> {
    let others = said.lines().find(|line| {
        let ours = line.starts_with("Inst sneakernet ");
        line.starts_with("Remv ") || (line.starts_with("Inst ") && !ours)
    });
    match others {
        Some(line) => Err(MachineError::Others(escape(line.as_bytes()))),
        None => Ok(()),
    }
}

/// `ID="tails"` and `VERSION="7.3.1"`.
fn tails_in(os_release: &str) -> Option<TailsVersion> {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim_matches('"'))
    };
    if value("ID")? == "tails" { value("VERSION")?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_says_which_it_is_and_debian_is_none() {
        let tails = "NAME=\"Tails\"\nID=\"tails\"\nID_LIKE=\"debian\"\nVERSION=\"7.3.1\"\n";
        assert_eq!(tails_in(tails), "7.3.1".parse().ok());
        assert_eq!(tails_in("ID=tails\nVERSION=6.0\n"), "6.0".parse().ok());
        for none in ["ID=debian\nVERSION=\"12 (bookworm)\"\n", "ID=tails\n", "VERSION=7.3\n", ""] {
            assert_eq!(tails_in(none), None, "{none}");
        }
    }

    #[test]
    fn another_package_that_would_come_or_go_is_found() {
        let ours = "Reading package lists...\nInst sneakernet [0.1.0] (0.2.0 local [amd64])\n\
                    Conf sneakernet (0.2.0 local [amd64])\n";
        assert!(only_ours(ours).is_ok());
        for other in ["Inst libudev1 (1.0 x)", "Remv tor [0.4]", "Inst sneakernet-extras (1 x)"] {
            assert!(only_ours(&format!("{ours}{other}\n")).is_err(), "{other}");
        }
    }
}
