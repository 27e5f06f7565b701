//! Files that outlive an interruption, so that the next run can go on where this one was cut.
//!
//! ```text
//! open or go on --append--> NAME.part --fsync, rename, never over another--> the final name
//!                               '--drop, crash--> still there; what it holds is not trusted
//! ```
//! What stands in such a file is a stranger's bytes of unknown worth: whoever goes on with it
//! hashes it from its first byte.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use rustix::fs::{self as sys, RenameFlags};

use crate::digest::Hasher;
use crate::dir::{Dir, component};
use crate::error::DirError;

/// One read while hashing.
const CHUNK: usize = 256 * 1024;

/// A file under a stand-in name, written at its end.
#[derive(Debug)]
pub struct PartFile {
    file: File,
    dir: Dir,
    name: String,
}

impl PartFile {
    pub(crate) fn new(file: File, dir: &Dir, name: &str) -> Result<Self, DirError> {
        Ok(Self { file, dir: dir.again()?, name: name.to_owned() })
    }

    /// Hashes what is there; what lies beyond `limit` bytes cannot belong to it and is cut off.
    pub fn rehash(&mut self, limit: u64) -> Result<Hasher, DirError> {
        let failed = |e| DirError::new("reading in", self.dir.path(), e);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; CHUNK];
        let mut limited = file.take(limit);
        loop {
            match limited.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => hasher.update(&buffer[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(failed(e)),
            }
        }
        if limited.limit() == 0 {
            self.truncate(limit)?;
        }
        Ok(hasher)
    }

    /// Cuts it to its first `length` bytes.
    pub fn truncate(&mut self, length: u64) -> Result<(), DirError> {
        self.file.set_len(length).map_err(|e| DirError::new("cutting in", self.dir.path(), e))
    }

    /// Flushes it and gives it a final name (which must be free), in another directory of the
    /// same file system; the name is durable.
    pub fn commit_to(self, to: &Dir, name: &str) -> Result<(), DirError> {
        self.file.sync_all().map_err(|e| DirError::new("flushing", self.dir.path(), e))?;
        let (from, flags) = (self.dir.fd(), RenameFlags::NOREPLACE);
        sys::renameat_with(from, &self.name, to.fd(), component(name)?, flags)
            .map_err(|e| to.error("naming", name, e))?;
        to.sync()
    }

    /// Throws it away.
    pub fn remove(self) -> Result<(), DirError> {
        self.dir.remove_file(&self.name)
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Opened for appending: every write goes to the end.
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> (tempfile::TempDir, Dir) {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        (tmp, dir)
    }

    #[test]
    fn it_is_gone_on_with_after_a_drop_and_named_when_whole() {
        let (_tmp, dir) = scratch();
        let mut part = dir.part_file("x.part").expect("made");
        part.write_all(b"one, ").expect("written");
        drop(part);
        let mut part = dir.part_file("x.part").expect("there");
        assert_eq!(part.rehash(100).expect("read").finish().size, 5);
        part.write_all(b"two").expect("written");
        part.commit_to(&dir, "x").expect("free");
        assert_eq!(dir.read_small("x", 10).expect("there"), b"one, two");
        assert!(!dir.has("x.part").expect("asked"));
    }

    #[test]
    fn it_never_takes_the_place_of_another_file() {
        let (_tmp, dir) = scratch();
        dir.write_new("x", b"mine").expect("free");
        let part = dir.part_file("x.part").expect("made");
        assert!(part.commit_to(&dir, "x").expect_err("taken").is_exists());
        assert_eq!(dir.read_small("x", 10).expect("there"), b"mine");
    }

    #[test]
    fn what_is_longer_than_it_may_be_is_cut() {
        let (_tmp, dir) = scratch();
        let mut part = dir.part_file("x.part").expect("made");
        part.write_all(b"0123456789").expect("written");
        let digests = part.rehash(4).expect("read").finish();
        assert_eq!((digests.size, digests.sha256), (4, crate::Sha256::of(b"0123")));
        part.write_all(b"x").expect("written");
        assert_eq!(part.rehash(100).expect("read").finish().size, 5);
    }

    #[test]
    fn a_planted_link_is_not_gone_on_with() {
        let (tmp, dir) = scratch();
        std::os::unix::fs::symlink("/etc/passwd", tmp.path().join("x.part")).expect("a link");
        assert!(matches!(dir.part_file("x.part"), Err(DirError::NotRegular { .. })));
    }
}
