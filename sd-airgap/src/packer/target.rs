//! Where bundles are written: a directory, on a stick of ours or anywhere.

use std::path::Path;

use sd_fs::{Dir, DirError};
use sd_term::{Failure, Status};
use usb_rules::Access;

use sd_stick::MountedStick;

/// A directory that bundles are written to. If a stick was mounted for it, it can be mounted
/// anew, so that not only the files but also the names and tables that lead to them are read
/// from the stick and not from memory.
pub(crate) struct Target<'a> {
    dir: Option<Dir>,
    stick: Option<&'a mut MountedStick>,
}

impl<'a> Target<'a> {
    /// A directory that somebody else mounted.
    pub(crate) fn directory(path: &Path) -> Result<Self, DirError> {
        Ok(Self { dir: Some(Dir::open(path)?), stick: None })
    }

    /// A stick that this run mounted.
    pub(crate) fn stick(stick: &'a mut MountedStick) -> Result<Self, DirError> {
        Ok(Self { dir: Some(Dir::open(stick.path())?), stick: Some(stick) })
    }

    /// The directory.
    pub(crate) fn dir(&self) -> Result<&Dir, Failure> {
        let gone = || Failure::new(Status::StickBusy, "the stick could not be mounted again");
        self.dir.as_ref().ok_or_else(gone)
    }

    /// Bytes that are free.
    pub(crate) fn free_bytes(&self) -> Result<u64, Failure> {
        Ok(self.dir()?.free_bytes()?)
    }

    /// Forgets what the system remembers of the stick, and goes on reading only.
    pub(crate) fn afresh(&mut self) -> Result<(), Failure> {
        self.mount_again(Access::Read)
    }

    /// Goes on writing.
    pub(crate) fn writable(&mut self) -> Result<(), Failure> {
        self.mount_again(Access::Write)
    }

    fn mount_again(&mut self, access: Access) -> Result<(), Failure> {
        let Some(stick) = &mut self.stick else { return Ok(()) };
        // An open directory keeps the file system busy.
        self.dir = None;
        stick.mount_again(access)?;
        self.dir = Some(Dir::open(stick.path())?);
        Ok(())
    }
}
