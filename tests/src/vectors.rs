//! The test vectors of the bundle format: their file form, and how they are made.
//!
//! ```text
//! Kit (keys, good content) --Laid (byte surgery) or envelope (sealed otherwise)--> one fault
//!   cases: name, expectation, comment, how to make it --> Vector --> tests/vectors/bundle/*.vector
//! ```
//! `make-vectors` writes them, `tests/tests/vectors.rs` runs `sd-airgap` on them, and the README
//! beside them says how another implementation does.

pub mod cases;
mod device;
mod envelope;
mod expect;
mod file;
mod kit;
mod laid;

use std::path::PathBuf;

pub use expect::Expect;
pub use file::{Medium, Vector};
pub use kit::{Content, Entry, Kit, workstation_fingerprint};
use laid::once;
pub use laid::{Laid, Place};

/// Where the vectors stand.
pub fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/bundle"))
}
