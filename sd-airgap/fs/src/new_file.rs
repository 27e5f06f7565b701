//! Files that have no name until they are whole.
//!
//! ```text
//! create --write--> (unnamed inode) --fsync--> link, never over another --fsync dir--> there
//!                        '--drop, crash--> gone
//! ```
//! Where the file system has no unnamed files (vfat, exFAT), the stand-in is `.<random>.part`,
//! renamed without replacing. A reader of a directory ignores `.part` files.

use std::fs::File;
use std::io::{self, Seek, Write};

use rustix::fs::{self as sys, AtFlags, FallocateFlags, OFlags, RenameFlags};

use crate::dir::{Dir, FILE_MODE, component};
use crate::error::DirError;
use crate::medium::MediumReader;

/// A file being written.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    dir: Dir,
    part: Option<String>,
}

impl NewFile {
    pub(crate) fn create(dir: &Dir) -> Result<Self, DirError> {
        let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
        match sys::openat(dir.fd(), ".", flags, FILE_MODE) {
            Ok(fd) => Ok(Self { file: File::from(fd), dir: dir.again()?, part: None }),
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::ISDIR) => {
                Self::create_part(dir, &format!(".{:016x}.part", random()))
            }
            Err(e) => Err(DirError::new("making a file in", dir.path(), e)),
        }
    }

    /// A file with a stand-in name; what an earlier crash left under it is replaced.
    pub(crate) fn create_part(dir: &Dir, name: &str) -> Result<Self, DirError> {
        dir.remove_file(name)?;
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = sys::openat(dir.fd(), component(name)?, flags, FILE_MODE)
            .map_err(|e| dir.error("making", name, e))?;
        Ok(Self { file: File::from(fd), dir: dir.again()?, part: Some(name.to_owned()) })
    }

    /// The open file, to hand to a worker or to read back.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Writes all bytes.
    pub fn write_all(&mut self, bytes: &[u8]) -> Result<(), DirError> {
        self.file.write_all(bytes).map_err(|e| DirError::new("writing in", self.dir.path(), e))
    }

    /// Asks the file system to keep room for so many bytes: writing them is less work then. It may
    /// have none, or not know how. [`NewFile::release`] gives back what is left of it.
    pub fn reserve(&self, bytes: u64) {
        // What fails here fails again where it counts.
        let _ = sys::fallocate(&self.file, FallocateFlags::KEEP_SIZE, 0, bytes);
    }

    /// Gives back the room behind its last byte.
    pub fn release(&self) -> io::Result<()> {
        self.file.set_len(self.file.metadata()?.len())
    }

    /// Throws the bytes away; what is written next begins it anew.
    pub fn clear(&mut self) -> Result<(), DirError> {
        let cleared = self.file.set_len(0).and_then(|()| self.file.rewind());
        cleared.map_err(|e| DirError::new("cutting in", self.dir.path(), e))
    }

    /// Gives it another mode than 0600, whatever the umask is.
    pub fn set_mode(&self, mode: u32) -> Result<(), DirError> {
        sys::fchmod(&self.file, sys::Mode::from_raw_mode(mode))
            .map_err(|e| DirError::new("changing the mode in", self.dir.path(), e))
    }

    /// Makes the bytes durable.
    pub fn sync(&self) -> Result<(), DirError> {
        self.file.sync_all().map_err(|e| DirError::new("flushing", self.dir.path(), e))
    }

    /// Flushes it and opens it anew from its first byte, past the page cache.
    pub fn read_back(&self) -> Result<MediumReader, DirError> {
        self.sync()?;
        let failed = |e| DirError::new("reading back in", self.dir.path(), e);
        MediumReader::new(self.reopen()?).map_err(failed)
    }

    /// The same inode under a descriptor of its own, for reading from the first byte.
    pub fn reopen(&self) -> Result<File, DirError> {
        self.open_anew(OFlags::RDONLY)
    }

    /// The same for a worker, which may only put more behind what is there: what it has written
    /// it cannot change any more.
    pub fn appending(&self) -> Result<File, DirError> {
        self.open_anew(OFlags::WRONLY | OFlags::APPEND)
    }

    fn open_anew(&self, flags: OFlags) -> Result<File, DirError> {
        use std::os::fd::AsRawFd as _;
        let magic = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        let opened = sys::open(magic, flags | OFlags::CLOEXEC, sys::Mode::empty());
        let failed = |e| DirError::new("opening anew in", self.dir.path(), e);
        Ok(File::from(opened.map_err(failed)?))
    }

    /// Flushes, gives it its name (which must be free) and makes the name durable.
    pub fn commit(self, name: &str) -> Result<(), DirError> {
        let dir = self.dir.again()?;
        self.commit_to(&dir, name)
    }

    /// The same, in another directory of the same file system.
    pub fn commit_to(self, to: &Dir, name: &str) -> Result<(), DirError> {
        self.sync()?;
        self.link_to(to, name)?;
        to.sync()
    }

    /// Gives it its name (which must be free). The caller has flushed it and will flush the
    /// directory: one `syncfs` before and one after serve a whole batch.
    pub fn link_to(mut self, to: &Dir, name: &str) -> Result<(), DirError> {
        let name = component(name)?;
        let done = match self.part.take() {
            Some(part) => {
                let moved =
                    sys::renameat_with(self.dir.fd(), &part, to.fd(), name, RenameFlags::NOREPLACE);
                if moved.is_err() {
                    self.part = Some(part);
                }
                moved
            }
            None => link_unnamed(&self.file, to, name),
        };
        done.map_err(|e| to.error("naming", name, e))
    }

    /// Flushes and takes the place of `name`, atomically. Only for a file with a stand-in name.
    pub(crate) fn commit_over(mut self, name: &str) -> Result<(), DirError> {
        self.sync()?;
        if let Some(part) = self.part.take() {
            sys::renameat(self.dir.fd(), &part, self.dir.fd(), component(name)?)
                .map_err(|e| self.dir.error("naming", name, e))?;
        }
        self.dir.sync()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(part) = self.part.take() {
            // A leftover `.part` is ignored by every reader and replaced by the next writer.
            let _ = self.dir.remove_file(&part);
        }
    }
}

/// `AT_EMPTY_PATH` needs a capability; the magic link in /proc needs none.
fn link_unnamed(file: &File, dir: &Dir, name: &str) -> rustix::io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let magic = format!("/proc/self/fd/{}", file.as_raw_fd());
    sys::linkat(sys::CWD, magic, dir.fd(), name, AtFlags::SYMLINK_FOLLOW)
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    // A name need not be secret: a failed call leaves zeros, and EXCL still protects.
    let _ = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    u64::from_ne_bytes(bytes)
}
