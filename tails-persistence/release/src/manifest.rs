//! The signed part: everything that is believed about a release.

use sd_fs::{Blake3, Digests, Sha256};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, JsonError};
use crate::limits::Limits;
use crate::root::PRODUCT;
use crate::words::{Counter, Date, RootNumber, TailsVersion, Version};

const FORMAT: &str = "sneakernet-release";
const VERSION: u32 = 1;

/// What the release keys sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    version: u32,
    product: String,
    /// The version of the programs.
    pub release: Version,
    /// Counts releases.
    pub counter: Counter,
    /// The day it was made, by the publisher's clock. Shown; nothing is decided by it.
    pub date: Date,
    /// The root whose keys sign it: the last of the chain.
    pub root: RootNumber,
    /// The lowest counter from which it may be installed.
    pub update_from: Counter,
    /// The Tails it runs on.
    pub tails: TailsRange,
    /// The newest Tails that was known on that day.
    pub newest_tails: NewestTails,
    /// The chain of roots, as it stands in the file.
    pub roots: Content,
    /// What changed, for people.
    pub changelog: Content,
    /// Self-test vectors.
    pub vectors: Content,
    /// The Debian package.
    pub package: Content,
}

/// From which version of Tails to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TailsRange {
    /// The oldest.
    pub min: TailsVersion,
    /// The newest; nothing: not known to end.
    pub max: Option<TailsVersion>,
}

/// A release of Tails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewestTails {
    /// Its version.
    pub version: TailsVersion,
    /// The day it came out.
    pub date: Date,
}

/// What some bytes must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// How many.
    pub size: u64,
    /// Their BLAKE3.
    pub blake3: Blake3,
    /// Their SHA-256.
    pub sha256: Sha256,
}

/// What a publisher says of a release; the rest follows from the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Claims {
    /// The version of the programs.
    pub release: Version,
    /// Counts releases.
    pub counter: Counter,
    /// The day.
    pub date: Date,
    /// The root whose keys will sign it.
    pub root: RootNumber,
    /// The lowest counter from which it may be installed.
    pub update_from: Counter,
    /// The Tails it runs on.
    pub tails: TailsRange,
    /// The newest Tails known.
    pub newest_tails: NewestTails,
}

/// Why bytes are not the signed part of a release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not its JSON.
    #[error("the signed part: {0}")]
    Json(#[from] JsonError),
    /// Of another product.
    #[error("a release of another product")]
    Product,
    /// A part larger than it may be.
    #[error("its {part} has {size} bytes, more than the {limit} it may have")]
    TooLarge {
        /// Which.
        part: &'static str,
        /// What it says.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// It would not even replace the release before it.
    #[error("it updates from counter {from}, which is not before its own, {own}")]
    UpdateFrom {
        /// The floor.
        from: Counter,
        /// Its own.
        own: Counter,
    },
    /// A range of Tails that holds none.
    #[error("it runs on Tails {min} and later, and on {max} and earlier: on none")]
    Tails {
        /// The oldest.
        min: TailsVersion,
        /// The newest.
        max: TailsVersion,
    },
}

impl Content {
    /// What these bytes are.
    pub fn of(bytes: &[u8]) -> Self {
        Self { size: bytes.len() as u64, blake3: Blake3::of(bytes), sha256: Sha256::of(bytes) }
    }

    /// As a pass over a file finds it.
    pub fn digests(&self) -> Digests {
        let Self { size, blake3, sha256 } = *self;
        Digests { size, sha256, blake3 }
    }
}

impl From<Digests> for Content {
    fn from(Digests { size, sha256, blake3 }: Digests) -> Self {
        Self { size, blake3, sha256 }
    }
}

impl Manifest {
    /// The signed part for these contents.
    pub fn new(
        claims: Claims,
        roots: Content,
        changelog: Content,
        vectors: Content,
        package: Content,
    ) -> Result<Self, ManifestError> {
        let Claims { release, counter, date, root, update_from, tails, newest_tails } = claims;
        let manifest = Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            product: PRODUCT.to_owned(),
            release,
            counter,
            date,
            root,
            update_from,
            tails,
            newest_tails,
            roots,
            changelog,
            vectors,
            package,
        };
        manifest.check(&Limits::default())?;
        Ok(manifest)
    }

    /// Reads it, once its signatures are good.
    pub fn parse(json: &[u8], limits: &Limits) -> Result<Self, ManifestError> {
        let manifest: Self = canonical::parse(json, FORMAT, VERSION, limits.signed)?;
        manifest.check(limits)?;
        Ok(manifest)
    }

    /// The exact bytes that are signed.
    pub fn to_json(&self) -> Vec<u8> {
        canonical::to_json(self)
    }

    /// Bytes behind the signatures.
    pub fn payload(&self) -> u64 {
        self.changelog.size + self.vectors.size + self.package.size
    }

    fn check(&self, limits: &Limits) -> Result<(), ManifestError> {
        if self.product != PRODUCT {
            return Err(ManifestError::Product);
        }
        let parts = [
            ("chain of roots", self.roots.size, limits.roots as u64),
            ("changelog", self.changelog.size, limits.changelog),
            ("set of vectors", self.vectors.size, limits.vectors),
            ("package", self.package.size, limits.package),
        ];
        for (part, size, limit) in parts {
            if size > limit {
                return Err(ManifestError::TooLarge { part, size, limit });
            }
        }
        // The first release has nothing before it.
        if self.update_from >= self.counter && self.counter.get() != 1 {
            let (from, own) = (self.update_from, self.counter);
            return Err(ManifestError::UpdateFrom { from, own });
        }
        match self.tails {
            TailsRange { min, max: Some(max) } if !min.is_within(max) => {
                Err(ManifestError::Tails { min, max })
            }
            _ => Ok(()),
        }
    }
}
