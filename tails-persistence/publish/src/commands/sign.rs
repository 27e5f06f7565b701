//! `sd-publish sign`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sd_release::{Context, Limits, Manifest, Root, Signatures};
use sd_term::{Failure, Status};

use super::Made;
use crate::files::{read, refused, shown, signature_path, write};
use crate::key_file::{Source, read_secret};

/// Sign a root, or the signed part of a release, with one key
///
/// The file is read and shown before it is signed; the signature is written beside it. Nothing
/// else is needed, so this is done on a machine without a network.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// What the file is
    #[arg(value_enum)]
    what: What,
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The secret key
    #[arg(long, value_name = "FILE", required_unless_present = "key_fd")]
    key: Option<PathBuf>,
    /// Read the secret key from this file descriptor
    #[arg(long, value_name = "N", conflicts_with = "key")]
    key_fd: Option<i32>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Root,
    Release,
}

impl SignArgs {
    pub(crate) fn run(&self) -> Result<Made, Failure> {
        let bytes = read(&self.file)?;
        let (context, mut lines) = match self.what {
            What::Root => {
                let root = Root::parse(&bytes).map_err(|e| refused(&self.file, e))?;
                let line = format!(
                    "Root {}, {}: {} of {} keys",
                    root.number,
                    root.name,
                    root.threshold,
                    root.keys.len()
                );
                (Context::Root, vec![line])
            }
            What::Release => {
                let release = Manifest::parse(&bytes, &Limits::default())
                    .map_err(|e| refused(&self.file, e))?;
                let line = format!(
                    "Release {}, number {}, of {}, under root {}",
                    release.release, release.counter, release.date, release.root
                );
                let package = format!("  package SHA-256 {}", release.package.sha256);
                (Context::Release, vec![line, package])
            }
        };
        let source = match (&self.key, self.key_fd) {
            (Some(path), _) => Source::File(path),
            (None, Some(fd)) => Source::Fd(fd),
            (None, None) => return Err(Failure::new(Status::Usage, "no key was named")),
        };
        let signature = read_secret(&source)?.sign(context, &bytes);
        let one = Signatures::new(vec![signature]).map_err(|e| refused(&self.file, e))?;
        let path = signature_path(&self.file, &signature);
        write(&path, &one.to_bytes())?;
        lines.push(format!("Signed by key {}: {}", signature.key, shown(&path)));
        Ok(Made { lines })
    }
}
