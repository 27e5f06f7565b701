//! `sd-publish make`

use std::path::PathBuf;

use clap::Args;
use sd_fs::{Dir, Quiet, copy_bounded};
use sd_release::{
    Claims, Content, Counter, Date, Limits, Manifest, NewestTails, TailsRange, TailsVersion, about,
    chain_to_bytes,
};
use sd_term::{Failure, Status};

use super::Made;
use crate::files::{chain, read, refused, shown, write};

/// Make the part of a release that is signed
///
/// Version, counter and the newest Tails are taken from the package itself.
#[derive(Debug, Args)]
pub(crate) struct MakeArgs {
    #[command(flatten)]
    parts: Parts,
    /// The day, such as 2026-11-26
    #[arg(long, value_name = "DAY")]
    date: Date,
    /// The lowest counter that may update to it
    #[arg(long, value_name = "N")]
    update_from: Counter,
    /// The oldest Tails it runs on
    #[arg(long, value_name = "VERSION")]
    tails_min: TailsVersion,
    /// The newest Tails it runs on, if that is known
    #[arg(long, value_name = "VERSION")]
    tails_max: Option<TailsVersion>,
    /// The day on which the newest Tails came out
    #[arg(long, value_name = "DAY")]
    newest_tails_date: Date,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// What a release is made of.
#[derive(Debug, Args)]
pub(crate) struct Parts {
    /// The Debian package
    #[arg(long, value_name = "FILE")]
    pub(crate) package: PathBuf,
    /// What changed, for people
    #[arg(long, value_name = "FILE")]
    pub(crate) changelog: PathBuf,
    /// Self-test vectors
    #[arg(long, value_name = "FILE")]
    pub(crate) vectors: PathBuf,
    /// The roots, from the oldest that stations have to the newest; several times
    #[arg(long = "root", value_name = "FILE", required = true)]
    pub(crate) roots: Vec<PathBuf>,
}

impl MakeArgs {
    pub(crate) fn run(&self) -> Result<Made, Failure> {
        let parts = &self.parts;
        let (links, root) = chain(&parts.roots)?;
        let package =
            std::path::absolute(&parts.package).map_err(|e| Failure::new(Status::FileError, e))?;
        let about = about(&package).map_err(|e| refused(&parts.package, e))?;
        let newest_tails =
            NewestTails { version: about.newest_tails, date: self.newest_tails_date };
        let claims = Claims {
            release: about.version,
            counter: about.counter,
            date: self.date,
            root: root.number,
            update_from: self.update_from,
            tails: TailsRange { min: self.tails_min, max: self.tails_max },
            newest_tails,
        };
        let manifest = Manifest::new(
            claims,
            Content::of(&chain_to_bytes(&links)),
            Content::of(&read(&parts.changelog)?),
            Content::of(&read(&parts.vectors)?),
            parts.package_content()?,
        )
        .map_err(|e| Failure::new(Status::Refused, e))?;
        write(&self.to, &manifest.to_json())?;
        Ok(Made {
            lines: vec![
                format!("Release {}, number {}", manifest.release, manifest.counter),
                format!("  under root {}, {}", root.number, root.name),
                format!("  package SHA-256 {}", manifest.package.sha256),
                format!(
                    "Written to {}: {} of its keys must sign it.",
                    shown(&self.to),
                    root.threshold
                ),
            ],
        })
    }
}

impl Parts {
    fn package_content(&self) -> Result<Content, Failure> {
        let (dir, name) = Dir::containing(&self.package)?;
        let mut file = dir.open_file(&name)?;
        let limit = Limits::default().package;
        let digests = copy_bounded(&mut file, &mut std::io::sink(), limit, &mut Quiet)
            .map_err(|e| refused(&self.package, e))?;
        Ok(digests.into())
    }
}
