//! Patching a machine without a network: one signed file, and where its programs stand.
//!
//! ```text
//! file on the Transfer Device          Release<Unverified>   lengths compared, bytes copied once
//!    | chain of roots, signatures over exact bytes
//!    v                                 Release<Verified>     parsed; counter, Tails and floors judged
//! Shelf: stage --read back--> releases/000012-1.2.0/ --switch--> current -> ..., previous -> ...
//!                                           back <--- to the one kept version, recorded
//! ```
//! Nothing here runs a program or opens a connection.

mod canonical;
mod key;
mod root;
mod shelf;
mod words;

pub use canonical::JsonError;
pub use key::{
    Context, KeyError, KeyId, MAX_SIGNATURES, PublicKey, SIGNATURE_SIZE, SecretKey, Signature,
    SignatureError, Signatures,
};
pub use root::{
    Link, MAX_CHAIN, MAX_KEYS, MAX_REVOKED, MAX_ROOT, MIN_THRESHOLD, Root, RootError,
    chain_to_bytes, parse_chain,
};
pub use shelf::{
    Highest, Hook, Mode, Part, Role, Shelf, ShelfError, Slot, Staging, Station, Trust, shelf_path,
};
pub use words::{Counter, Date, Note, RootNumber, TailsVersion, Version, WordError};
