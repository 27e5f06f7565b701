//! The one door to the disk.
//!
//! ```text
//! bytes of a stranger --RawName--> SafeName --.
//!                                             v
//! Read --copy_bounded--> NewFile (unnamed) --commit--> Dir (handle, openat2 beneath)
//!            '--> Digests                       '--> a name only when the file is whole
//! ```
//!
//! Nothing outside this crate calls `std::fs` on a path that a stranger could have chosen:
//! every file is opened relative to a directory handle, without following links, and every
//! read has a limit.

mod aligned;
mod block;
mod capacity;
mod copy;
mod digest;
mod dir;
mod error;
mod escape;
mod fingerprint;
mod guarded;
mod hashed;
mod medium;
mod name;
mod new_file;
mod owned;
mod part_file;
mod pointer;
mod progress;
mod stamp;
mod stream;
mod tree;

pub use aligned::Aligned;
pub use block::{BlockDevice, Sectors};
pub use capacity::{Capacity, try_capacity};
pub use copy::{CopyError, copy_bounded, read_bounded};
pub use digest::{Blake3, Digests, Hasher, HexError, Sha256};
pub use dir::{Dir, Entry, Kind, Lock};
pub use error::DirError;
pub use escape::{Escaped, escape};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use guarded::{GuardError, Standing};
pub use hashed::{Hashed, hash_file, hash_growing};
pub use medium::MediumReader;
pub use name::{NameError, RawName, SafeName};
pub use new_file::NewFile;
pub use owned::{Attributes, Owner};
pub use part_file::PartFile;
pub use progress::{Progress, Quiet};
pub use stamp::Stamp;
pub use stream::{Ahead, write_through};
pub use tree::{Look, Tree};
