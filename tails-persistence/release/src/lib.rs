//! Patching a machine without a network: one signed file, and where its programs stand.
//!
//! ```text
//! file on the Transfer Device          Release<Unverified>   lengths compared, bytes copied once
//!    | chain of roots, signatures over exact bytes
//!    v                                 Release<Verified>     parsed; counter, Tails and floors judged
//! Shelf: stage --read back--> releases/000012-1.2.0/ --switch--> current -> ..., previous -> ...
//!                                           back <--- to the one kept version, recorded
//! ```
//! The only program run here is `dpkg-deb`, on a package whose every byte is known to be good.

mod canonical;
mod compiled_in;
mod header;
mod judge;
mod key;
mod limits;
mod manifest;
mod package;
mod reader;
mod root;
mod shelf;
mod words;
mod writer;

pub use canonical::JsonError;
pub use compiled_in::{TEST_ROOT, compiled_in};
pub use header::{HEADER_SIZE, Header, HeaderError, MAGIC};
pub use judge::{Installed, Refusal, may_carry, may_install, runs_on};
pub use key::{
    Context, KeyError, KeyId, MAX_SIGNATURES, PublicKey, SIGNATURE_SIZE, SecretKey, Signature,
    SignatureError, Signatures,
};
pub use limits::Limits;
pub use manifest::{Claims, Content, Manifest, ManifestError, NewestTails, TailsRange};
pub use package::{About, MAX_TREE, PackageError, about, unpack};
pub use reader::{Release, ReleaseError, Unverified, Verified};
pub use root::{
    Link, MAX_CHAIN, MAX_KEYS, MAX_REVOKED, MAX_ROOT, MIN_THRESHOLD, Root, RootError,
    chain_to_bytes, parse_chain,
};
pub use shelf::{
    Highest, Hook, Mode, Part, Role, Shelf, ShelfError, Slot, Staging, Station, Trust, shelf_path,
};
pub use words::{Counter, Date, Note, RootNumber, TailsVersion, Version, WordError};
pub use writer::Assembled;
