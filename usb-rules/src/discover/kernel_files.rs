//! The kernel's own files, under `/sys` and `/proc`.
//!
//! Their names come from the kernel, so no link in them was planted by a stranger. They are
//! opened through the C library, as libudev does, so that a test can stand in for the kernel.
#![expect(
    clippy::disallowed_methods,
    reason = "sysfs and procfs hold no names of strangers; each read has a limit"
)]

use std::fs::File;
use std::io;
use std::path::Path;

use sd_fs::{CopyError, read_bounded};

/// The most that is read of one file: thousands of mounts, or every descriptor of a device.
const LIMIT: u64 = 4 << 20;

/// Reads a file whole.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_bounded(&mut File::open(path)?, LIMIT).map_err(|e| match e {
        CopyError::Read(e) | CopyError::Write(e) => e,
        CopyError::TooLong(_) => io::ErrorKind::FileTooLarge.into(),
    })
}

/// The names in a directory, none if it is not there.
pub(super) fn names(path: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}
