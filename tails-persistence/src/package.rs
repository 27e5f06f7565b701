//! The package that is installed: opened once, hashed, and named by what it says of itself.

use std::fs::File;
use std::io::{self, Seek as _};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};

use sd_fs::{Digests, Dir, DirError, Quiet, copy_bounded, escape};
use sd_release::{Shelf, Slot};

use crate::refusal::Refusal;

/// Some ten times what it has: no package of ours is a gigabyte.
pub(crate) const MAX: u64 = 1 << 30;

/// A package file.
#[derive(Debug)]
pub(crate) struct Package {
    file: File,
    /// Its bytes.
    pub(crate) digests: Digests,
    /// Its counter and version.
    pub(crate) slot: Slot,
}

impl Package {
    /// Opens the one that is named.
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        let (dir, name) = Dir::containing(path)?;
        Self::examine(dir.open_file(&name)?, path)
    }

    /// The one that is on the shelf and in use.
    pub(crate) fn installed(shelf: &Shelf) -> Result<Self, Refusal> {
        let slot = shelf.current().ok_or(Refusal::NoPackage)?;
        let dir = shelf.release(slot)?;
        let name = sd_release::Part::Package.name();
        Self::examine(dir.open_file(name)?, &dir.path().join(name))
    }

    /// Whether the one that is on the shelf and in use is this one, byte for byte.
    pub(crate) fn is_on(&self, place: &Shelf) -> Result<bool, Refusal> {
        let Some(slot) = place.current().filter(|slot| *slot == self.slot) else {
            return Ok(false);
        };
        let dir = place.release(slot)?;
        let name = sd_release::Part::Package.name();
        Ok(digests(&mut dir.open_file(name)?, &dir.path().join(name))? == self.digests)
    }

    fn examine(mut file: File, path: &Path) -> Result<Self, Refusal> {
        let failed = |e| DirError::new("reading", path, e);
        let digests = digests(&mut file, path)?;
        file.rewind().map_err(failed)?;
        let about = sd_release::about(&door(&file)).map_err(|why| Refusal::Package {
            path: escape(path.as_os_str().as_encoded_bytes()),
            why,
        })?;
        let slot = Slot { counter: about.counter, version: about.version };
        Ok(Self { file, digests, slot })
    }

    /// Its bytes, from the first.
    pub(crate) fn reader(&self) -> io::Result<File> {
        let mut again = self.file.try_clone()?;
        again.rewind()?;
        Ok(again)
    }
}

fn digests(file: &mut File, path: &Path) -> Result<Digests, DirError> {
    copy_bounded(file, &mut io::sink(), MAX, &mut Quiet)
        .map_err(|e| DirError::new("reading", path, io::Error::other(e)))
}

/// The same file for a program that wants a path, whatever has the name now.
fn door(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()))
}
