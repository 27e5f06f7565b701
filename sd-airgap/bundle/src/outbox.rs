//! What the workstation remembers of the bundles it packed.
//!
//! ```text
//! outbox/000007-<id>.sealed      its sealed manifest, to compare a bare device with
//! outbox/000007-<id>.json        prepared: written before the bundle gets its name
//! outbox/000007-<id>.packed      the bundle is on the medium and was read back
//! outbox/000007-<id>.delivered   its receipt code came back
//! outbox/000007-<id>.abandoned   on no medium: an interrupted pack, or written over since
//! ```
//! Files only ever appear here; nothing is rewritten, so a crash leaves a state with a name.

use std::ops::Deref;

use sd_fs::{Blake3, Dir, DirError, Lock};
use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::manifest::{Manifest, ManifestError, Timestamp};
use crate::receipt::Receipt;
use crate::shipments::Shipments;

/// How far a bundle has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PackState {
    /// An interrupted pack left nothing behind, or what it left was written over.
    Abandoned,
    /// Being packed, or interrupted.
    Prepared,
    /// On a medium, read back.
    Packed,
    /// The SVS has it: the receipt code came back.
    Delivered,
}

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemState {
    /// In the inbox only.
    Waiting,
    /// In a packed bundle.
    Packed,
    /// The SVS has it.
    Delivered,
}

/// One bundle in the outbox.
#[derive(Clone, Debug)]
pub struct Packed {
    /// Its manifest.
    pub manifest: Manifest,
    /// BLAKE3 of the manifest's JSON.
    pub hash: Blake3,
    /// The file it was written as.
    pub file: String,
    /// How far it has come.
    pub state: PackState,
    /// BLAKE3 of the sealed manifest.
    pub sealed: Blake3,
    /// On a bare device: its size in bytes.
    pub device: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    file: String,
    sealed: Blake3,
    manifest: Manifest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<u64>,
}

/// The outbox, locked for this run. What it holds is read through [`Shipments`].
#[derive(Debug)]
pub struct Outbox {
    dir: Dir,
    shipments: Shipments,
    _lock: Lock,
}

impl Deref for Outbox {
    type Target = Shipments;

    fn deref(&self) -> &Shipments {
        &self.shipments
    }
}

/// Why the outbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// A file operation failed.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// A record that is not ours, or damaged.
    #[error("{name}: not an outbox record: {why}")]
    Record {
        /// The record.
        name: sd_fs::Escaped,
        /// What the parser said.
        why: String,
    },
    /// The manifest cannot be written.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl Outbox {
    /// Opens the outbox, takes its lock and reads every record.
    pub fn open(dir: Dir) -> Result<Self, OutboxError> {
        let lock = dir.lock(".lock")?;
        let shipments = Shipments::look(&dir)?;
        Ok(Self { dir, shipments, _lock: lock })
    }

    /// The number of the next bundle. Numbers of abandoned packs are not used again.
    pub fn next_sequence(&self) -> u64 {
        self.bundles().last().map_or(1, |b| b.manifest.sequence + 1)
    }

    /// The hash of the last manifest that reached a medium.
    pub fn previous(&self) -> Option<Blake3> {
        let reached = |b: &&Packed| b.state >= PackState::Packed;
        self.bundles().iter().rfind(reached).map(|b| b.hash)
    }

    /// Remembers a bundle that is about to get its name, or to be written on a bare device of
    /// this many bytes.
    pub fn prepare(
        &mut self,
        manifest: &Manifest,
        sealed: &[u8],
        file: &str,
        device: Option<u64>,
    ) -> Result<(), OutboxError> {
        let hash = Blake3::of(&manifest.to_json()?);
        let record = Record {
            file: file.to_owned(),
            sealed: Blake3::of(sealed),
            manifest: manifest.clone(),
            device,
        };
        self.dir.write_new(&format!("{}.sealed", stem(manifest)), sealed)?;
        let name = format!("{}.json", stem(manifest));
        let json = serde_json::to_vec(&record).map_err(|e| bad(&name, &e))?;
        self.dir.write_new(&name, &json)?;
        self.shipments.bundles.push(Packed {
            manifest: record.manifest,
            hash,
            file: record.file,
            state: PackState::Prepared,
            sealed: record.sealed,
            device,
        });
        Ok(())
    }

    /// The sealed manifest of a bundle. One that was packed before they were kept has none.
    pub fn sealed(&self, bundle: &Packed) -> Result<Option<Vec<u8>>, OutboxError> {
        let name = format!("{}.sealed", stem(&bundle.manifest));
        match self.dir.read_small(&name, Limits::default().sealed) {
            Ok(bytes) if Blake3::of(&bytes) == bundle.sealed => Ok(Some(bytes)),
            Ok(_) => Err(OutboxError::Record {
                name: sd_fs::escape(name.as_bytes()),
                why: "it is not what was written".to_owned(),
            }),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Marks a bundle. Marking it again is fine.
    pub fn mark(&mut self, index: usize, state: PackState) -> Result<(), OutboxError> {
        let Some(bundle) = self.shipments.bundles.get_mut(index) else { return Ok(()) };
        let ending = match state {
            PackState::Abandoned => "abandoned",
            PackState::Packed => "packed",
            PackState::Delivered => "delivered",
            PackState::Prepared => return Ok(()),
        };
        let at = Timestamp::now();
        let name = format!("{}.{ending}", stem(&bundle.manifest));
        match self.dir.write_new(&name, format!("{at}\n").as_bytes()) {
            Ok(()) => {}
            Err(e) if e.is_exists() => {}
            Err(e) => return Err(e.into()),
        }
        bundle.state = state;
        Ok(())
    }

    /// The bundle that this receipt code belongs to.
    pub fn find(&self, receipt: &Receipt) -> Option<usize> {
        self.bundles().iter().position(|b| b.manifest.receipt(&b.hash) == *receipt)
    }
}

/// Every record, in sequence.
pub(crate) fn records(dir: &Dir) -> Result<Vec<Packed>, OutboxError> {
    let mut bundles = Vec::new();
    let entries = dir.entries()?;
    let has = |name: String| entries.iter().any(|e| e.name == name);
    for entry in &entries {
        let Some(stem) = entry.name.strip_suffix(".json") else { continue };
        let state = if has(format!("{stem}.delivered")) {
            PackState::Delivered
        } else if has(format!("{stem}.abandoned")) {
            // Also after it was packed: it was written over.
            PackState::Abandoned
        } else if has(format!("{stem}.packed")) {
            PackState::Packed
        } else {
            PackState::Prepared
        };
        bundles.push(read(dir, &entry.name, state)?);
    }
    bundles.sort_by_key(|b| b.manifest.sequence);
    Ok(bundles)
}

fn read(dir: &Dir, name: &str, state: PackState) -> Result<Packed, OutboxError> {
    let limit = Limits::default().manifest + 4096;
    let bytes = dir.read_small(name, limit)?;
    let record: Record = serde_json::from_slice(&bytes).map_err(|e| bad(name, &e))?;
    let hash = Blake3::of(&record.manifest.to_json()?);
    let Record { file, sealed, manifest, device } = record;
    Ok(Packed { manifest, hash, file, state, sealed, device })
}

fn bad(name: &str, e: &serde_json::Error) -> OutboxError {
    OutboxError::Record {
        name: sd_fs::escape(name.as_bytes()),
        why: sd_fs::escape(e.to_string().as_bytes()).to_string(),
    }
}

fn stem(manifest: &Manifest) -> String {
    format!("{:06}-{}", manifest.sequence, manifest.bundle)
}
