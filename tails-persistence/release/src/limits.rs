//! How large anything in a release may be.

use crate::key::{MAX_SIGNATURES, SIGNATURE_SIZE};
use crate::root::MAX_CHAIN_BYTES;

/// The limits of a reader. Each default says its reason.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the chain of roots, read before anything is authentic: 64 full roots.
    pub roots: usize,
    /// Bytes of the signed part: it has about 1,200.
    pub signed: usize,
    /// Bytes of signatures: 16.
    pub signatures: usize,
    /// Bytes of the changelog: a novel.
    pub changelog: u64,
    /// Bytes of the vectors: they have a few kilobytes.
    pub vectors: u64,
    /// Bytes of the package: it has tens of megabytes; more would not fit a station's memory twice.
    pub package: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            roots: MAX_CHAIN_BYTES,
            signed: 16 << 10,
            signatures: MAX_SIGNATURES * SIGNATURE_SIZE,
            changelog: 1 << 20,
            vectors: 4 << 20,
            package: 256 << 20,
        }
    }
}
