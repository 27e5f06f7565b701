//! `sd-publish assemble`

use std::path::PathBuf;

use clap::Args;
use sd_fs::{Dir, Quiet};
use sd_release::{Assembled, Limits, Manifest, Release, chain_to_bytes};
use sd_term::{Failure, Status};

use super::Made;
use super::make::Parts;
use crate::files::{chain, read, refused, shown, signatures_beside};

/// Put a release together, with the signatures that stand beside its signed part
///
/// It is read back as a station would, from its first root, before it has a name.
#[derive(Debug, Args)]
pub(crate) struct AssembleArgs {
    /// The signed part
    #[arg(value_name = "FILE")]
    signed: PathBuf,
    #[command(flatten)]
    parts: Parts,
    /// The directory to write it to
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

impl AssembleArgs {
    pub(crate) fn run(&self) -> Result<Made, Failure> {
        let parts = &self.parts;
        let manifest = Manifest::parse(&read(&self.signed)?, &Limits::default())
            .map_err(|e| refused(&self.signed, e))?;
        let (links, _) = chain(&parts.roots)?;
        let assembled = Assembled {
            roots: chain_to_bytes(&links),
            signatures: signatures_beside(&self.signed)?,
            changelog: read(&parts.changelog)?,
            vectors: read(&parts.vectors)?,
            manifest,
        };
        let (dir, name) = Dir::containing(&parts.package)?;
        let mut package = dir.open_file(&name)?;
        let to = Dir::open(&self.to)?;
        let mut file = to.new_file()?;
        let failed = |e| Failure::new(Status::FileError, e);
        assembled.write(&mut package, &mut file).map_err(failed)?;
        // As a station with the first root of the chain would.
        let first = sd_release::Root::parse(&links[0].json)
            .map_err(|e| Failure::new(Status::Refused, e))?;
        let again = file.read_back()?;
        let length = again.remaining();
        let release = Release::open(again, length, Limits::default())
            .and_then(|release| release.verify(&first))
            .and_then(|release| release.check_package(&mut std::io::sink(), &mut Quiet));
        release.map_err(|e| Failure::new(Status::VerifyFailed, e))?;
        let name = format!("sneakernet-{}.sdupdate", assembled.manifest.release);
        file.set_mode(0o644)?;
        file.commit(&name)?;
        Ok(Made {
            lines: vec![
                format!("{}, {length} bytes", shown(&self.to.join(name))),
                "It was read back, and is what a station takes.".to_owned(),
            ],
        })
    }
}
