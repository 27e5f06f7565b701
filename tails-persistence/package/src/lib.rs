//! Makes the Debian package of the programs that were built.
//!
//! ```text
//! binaries, rules, launchers, scripts --contents--> Tree --staged--> dpkg-deb --> sneakernet_V_amd64.deb
//! command lines --pages--^   cargo metadata --copyright--^   ELF tables --needs--> Depends
//! ```
//! The same binaries and the same date give the same bytes: order, owners, modes and times are
//! fixed. A program that wants a library nobody named here, or a newer C library than Tails 6 has,
//! is refused.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool of the building machine: it reads the repository and runs dpkg-deb"
)]

mod contents;
mod copyright;
mod deb;
mod needs;
mod pages;
mod release;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// The programs, all of them for both stations.
pub const PROGRAMS: [&str; 4] = ["sd-airgap", "sd-export", "sd-fetch", "sd-station"];

/// Makes the Debian package of the programs that were built.
#[derive(Debug, Parser)]
#[command(name = "sd-package", version)]
struct Args {
    /// Where the programs are.
    #[arg(long, value_name = "DIR")]
    binaries: PathBuf,
    /// Where the package goes.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The date of everything in it, in seconds since 1970.
    #[arg(long, value_name = "SECONDS")]
    date: u64,
    /// Pack it quickly and large, for a test.
    #[arg(long)]
    fast: bool,
}

/// How hard to pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// For a release: xz.
    Small,
    /// For a test: programs without their symbols, gzip at its fastest.
    Fast,
}

/// The program.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let packing = if args.fast { Packing::Fast } else { Packing::Small };
    match make(&args.binaries, &args.out, args.date, packing) {
        Ok(path) => say(io::stdout(), &path.display()),
        Err(e) => {
            let _ = say(io::stderr(), &format_args!("sd-package: {e}"));
            ExitCode::FAILURE
        }
    }
}

fn say(mut to: impl io::Write, words: &dyn std::fmt::Display) -> ExitCode {
    match writeln!(to, "{words}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Makes the package from the programs in `binaries`, and says where it is.
pub fn make(binaries: &Path, out: &Path, date: u64, packing: Packing) -> io::Result<PathBuf> {
    let workspace = release::Workspace::read()?;
    let needs = needs::of(binaries)?;
    let stripped = tempfile::tempdir()?;
    let binaries = match packing {
        Packing::Small => binaries,
        Packing::Fast => strip(binaries, stripped.path())?,
    };
    let tree = contents::tree(binaries, &workspace, date)?;
    deb::write(&tree, &workspace.version, &needs, out, date, packing)
}

/// Copies of the programs without what only a debugger wants.
fn strip<'a>(binaries: &Path, to: &'a Path) -> io::Result<&'a Path> {
    for program in PROGRAMS {
        let mut strip = std::process::Command::new("strip");
        let done = strip.arg("-o").arg(to.join(program)).arg(binaries.join(program)).status()?;
        if !done.success() {
            return Err(io::Error::other(format!("{program}: strip failed")));
        }
    }
    Ok(to)
}
