//! What can go wrong at the door.

use std::io;
use std::path::Path;

use crate::escape::{Escaped, escape};

/// A file operation that failed: what was tried, on which path, and why.
#[derive(Debug, thiserror::Error)]
pub enum DirError {
    /// The name is not one path component.
    #[error("\"{0}\" is not a plain file name")]
    NotAName(Escaped),
    /// Nothing of that name is there.
    #[error("{path}: not found")]
    NotFound {
        /// What was looked for.
        path: Escaped,
    },
    /// Something of that name is there already, and nothing is ever replaced by accident.
    #[error("{path}: already there")]
    Exists {
        /// What stood in the way.
        path: Escaped,
    },
    /// Another run holds the lock.
    #[error("{path}: in use by another run")]
    Locked {
        /// The lock file.
        path: Escaped,
    },
    /// A link, a device or a directory where a regular file must be.
    #[error("{path}: not a regular file")]
    NotRegular {
        /// What was opened.
        path: Escaped,
    },
    /// More bytes than this kind of file may have.
    #[error("{path}: larger than {limit} bytes")]
    TooLong {
        /// The file.
        path: Escaped,
        /// The most it may hold.
        limit: u64,
    },
    /// No room left, or a quota was reached.
    #[error("{path}: no space left on the device")]
    NoSpace {
        /// Where it was written.
        path: Escaped,
    },
    /// Everything else, with the system's own words.
    #[error("{path}: {doing} failed: {source}")]
    Io {
        /// The operation.
        doing: &'static str,
        /// The path.
        path: Escaped,
        /// The system's error.
        source: io::Error,
    },
}

impl DirError {
    /// Sorts a system error on a path into its kind.
    pub fn new(doing: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        let path = escape(path.as_os_str().as_encoded_bytes());
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { path },
            _ => Self::Io { doing, path, source },
        }
    }

    /// Whether it says that nothing is there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether it says that something is there already.
    pub fn is_exists(&self) -> bool {
        matches!(self, Self::Exists { .. })
    }
}
