//! The cases, and what they share.

pub(crate) mod carrying;
pub(crate) mod devices;
pub(crate) mod exporting;
pub(crate) mod faults;
pub(crate) mod guided;
pub(crate) mod installing;
pub(crate) mod newsrooms;
pub(crate) mod packing;
pub(crate) mod policy;
pub(crate) mod rules;
pub(crate) mod stations;
pub(crate) mod sticks;

use std::io;
use std::process::Command;

use sd_tests::newsroom::Run;
use sd_tests::vm::{Chip, Flash};

pub(crate) const MIB: u64 = 1 << 20;

/// A chip of this size with an empty file system, made on this side by `mkfs.TYPE`.
pub(crate) fn formatted(kind: &str, size: u64) -> io::Result<Chip> {
    let file = tempfile::NamedTempFile::new()?;
    file.as_file().set_len(size)?;
    let mkfs = Command::new(format!("/usr/sbin/mkfs.{kind}")).arg(file.path()).output()?;
    assert!(mkfs.status.success(), "{}", String::from_utf8_lossy(&mkfs.stderr));
    Ok(Chip::of(&std::fs::read(file.path())?))
}

/// Whether a run that uses a stick says that all is well.
pub(crate) fn says_done(run: &Run) -> bool {
    run.code == Some(0) || run.stdout.contains("safe_to_remove")
}

/// What the checker of vfat says of these cells: its exit code.
pub(crate) fn fsck_vfat(flash: &Flash) -> io::Result<Option<i32>> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), flash.image())?;
    let fsck = Command::new("/usr/sbin/fsck.vfat").arg("-n").arg(file.path()).output()?;
    Ok(fsck.status.code())
}
