//! Directory handles: every name is looked up beneath one, and no link is followed.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rustix::fs::{self as sys, AtFlags, FlockOperation, Mode, OFlags, RenameFlags, ResolveFlags};

use crate::copy::{CopyError, read_bounded};
use crate::error::DirError;
use crate::escape::escape;
use crate::medium::MediumReader;
use crate::new_file::NewFile;
use crate::part_file::PartFile;

/// Directories are for this user alone; so are files.
const DIR_MODE: Mode = Mode::RWXU;
pub(crate) const FILE_MODE: Mode = Mode::from_raw_mode(0o600);

/// An open directory.
///
/// Lookups go through `openat2` with `BENEATH | NO_SYMLINKS | NO_MAGICLINKS`: a planted link or
/// `..` is an error, not a way out.
#[derive(Debug)]
pub struct Dir {
    fd: rustix::fd::OwnedFd,
    path: PathBuf,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name; bytes that are not UTF-8 are replaced, and so never found again.
    pub name: String,
    /// What stands there.
    pub kind: Kind,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A link, a device, a pipe: nothing of ours.
    Other,
}

/// An exclusive lock, held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Dir {
    /// Opens a directory that the user named (their own links are followed).
    pub fn open(path: &Path) -> Result<Self, DirError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = sys::open(path, flags, Mode::empty())
            .map_err(|e| DirError::new("opening the directory", path, e))?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Opens a directory that the user named, made with its parents when missing.
    pub fn create(path: &Path) -> Result<Self, DirError> {
        let mut missing = Vec::new();
        let mut at = path;
        while !at.as_os_str().is_empty() && sys::stat(at).is_err() {
            missing.push(at);
            match at.parent() {
                Some(parent) => at = parent,
                None => break,
            }
        }
        for dir in missing.iter().rev() {
            match sys::mkdir(*dir, DIR_MODE) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(e) => return Err(DirError::new("making the directory", dir, e)),
            }
        }
        Self::open(path)
    }

    /// Splits a path that the user named into its open directory and its last component.
    pub fn containing(path: &Path) -> Result<(Self, String), DirError> {
        let bad = || DirError::NotAName(escape(path.as_os_str().as_encoded_bytes()));
        let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(bad)?;
        let parent = match path.parent() {
            Some(p) if !p.as_os_str().is_empty() => p,
            _ => Path::new("."),
        };
        Ok((Self::open(parent)?, name.to_owned()))
    }

    /// Where it is, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A directory beneath this one.
    pub fn sub(&self, name: &str) -> Result<Self, DirError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let fd = self.openat2(name, flags, Mode::empty(), "opening the directory")?;
        Ok(Self { fd, path: self.path.join(name) })
    }

    /// A directory beneath this one, made when missing.
    pub fn make_sub(&self, name: &str) -> Result<Self, DirError> {
        match sys::mkdirat(&self.fd, component(name)?, DIR_MODE) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => self.sub(name),
            Err(e) => Err(self.error("making the directory", name, e)),
        }
    }

    /// A new file without a name; see [`NewFile`].
    pub fn new_file(&self) -> Result<NewFile, DirError> {
        NewFile::create(self)
    }

    /// Opens a regular file for reading.
    pub fn open_file(&self, name: &str) -> Result<File, DirError> {
        // NONBLOCK: a planted pipe must not make us wait before fstat names it.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        self.regular(name, self.openat2(component(name)?, flags, Mode::empty(), "opening")?)
    }

    /// Opens a regular file for reading past the page cache.
    pub fn read_medium(&self, name: &str) -> Result<MediumReader, DirError> {
        MediumReader::new(self.open_file(name)?).map_err(|e| self.error("reading", name, e))
    }

    /// Reads a small file whole.
    pub fn read_small(&self, name: &str, limit: u64) -> Result<Vec<u8>, DirError> {
        read_bounded(&mut self.open_file(name)?, limit).map_err(|e| match e {
            CopyError::TooLong(limit) => DirError::TooLong { path: self.shown(name), limit },
            CopyError::Read(e) | CopyError::Write(e) => self.error("reading", name, e),
        })
    }

    /// The first bytes of a file, `limit` at most, and how many it has in all.
    pub fn read_beginning(&self, name: &str, limit: u64) -> Result<(Vec<u8>, u64), DirError> {
        let failed = |e| self.error("reading", name, e);
        let file = self.open_file(name)?;
        let whole = file.metadata().map_err(failed)?.len();
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        Ok((bytes, whole))
    }

    /// Writes a small file whole under a name that must be free, and makes it durable.
    pub fn write_new(&self, name: &str, bytes: &[u8]) -> Result<(), DirError> {
        let mut file = self.new_file()?;
        file.write_all(bytes)?;
        file.commit(name)
    }

    /// Writes a small file whole, in place of an older one if there is one: a reader sees
    /// the old bytes or the new, never a mixture.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), DirError> {
        // No mode is set: vfat refuses those that it cannot keep.
        self.part(name, bytes)?.commit_over(name)
    }

    /// The same, with a mode of its own: for what other users are to read.
    pub fn replace_with_mode(&self, name: &str, bytes: &[u8], mode: u32) -> Result<(), DirError> {
        let file = self.part(name, bytes)?;
        file.set_mode(mode)?;
        file.commit_over(name)
    }

    fn part(&self, name: &str, bytes: &[u8]) -> Result<NewFile, DirError> {
        let mut file = NewFile::create_part(self, &format!(".{}.part", component(name)?))?;
        file.write_all(bytes)?;
        Ok(file)
    }

    /// Opens a file to append to, made when missing.
    pub fn append(&self, name: &str) -> Result<File, DirError> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
        Ok(File::from(self.openat2(component(name)?, flags, FILE_MODE, "opening")?))
    }

    /// Opens a regular file that is there already, with flags of the caller's.
    pub(crate) fn open_existing(&self, name: &str, flags: OFlags) -> Result<File, DirError> {
        self.regular(name, self.openat2(component(name)?, flags, Mode::empty(), "opening")?)
    }

    /// Opens a file that an interrupted run may have begun, made when missing; see [`PartFile`].
    pub fn part_file(&self, name: &str) -> Result<PartFile, DirError> {
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK;
        let fd = self.openat2(component(name)?, flags, FILE_MODE, "opening")?;
        PartFile::new(self.regular(name, fd)?, self, name)
    }

    /// The names in this directory, sorted.
    pub fn entries(&self) -> Result<Vec<Entry>, DirError> {
        let listing = |e| DirError::new("listing", &self.path, e);
        let mut entries = Vec::new();
        for item in sys::Dir::read_from(&self.fd).map_err(listing)? {
            let item = item.map_err(listing)?;
            let name = item.file_name().to_string_lossy().into_owned();
            if name != "." && name != ".." {
                let kind = self.kind(item.file_type(), &name);
                entries.push(Entry { name, kind });
            }
        }
        entries.sort();
        Ok(entries)
    }

    fn kind(&self, listed: sys::FileType, name: &str) -> Kind {
        let known = match listed {
            sys::FileType::Unknown => sys::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)
                .map_or(listed, |s| sys::FileType::from_raw_mode(s.st_mode)),
            known => known,
        };
        match known {
            sys::FileType::RegularFile => Kind::File,
            sys::FileType::Directory => Kind::Dir,
            _ => Kind::Other,
        }
    }

    /// Bytes in a regular file.
    pub fn size_of(&self, name: &str) -> Result<u64, DirError> {
        let file = self.open_file(name)?;
        Ok(file.metadata().map_err(|e| self.error("looking at", name, e))?.len())
    }

    /// Whether anything of that name is there.
    pub fn has(&self, name: &str) -> Result<bool, DirError> {
        match sys::statat(&self.fd, component(name)?, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(rustix::io::Errno::NOENT) => Ok(false),
            Err(e) => Err(self.error("looking at", name, e)),
        }
    }

    /// Moves a file to a name in `to` that must be free.
    pub fn move_to(&self, name: &str, to: &Self, new_name: &str) -> Result<(), DirError> {
        let (from, target) = (component(name)?, component(new_name)?);
        sys::renameat_with(&self.fd, from, &to.fd, target, RenameFlags::NOREPLACE)
            .map_err(|e| to.error("moving", new_name, e))
    }

    /// Removes a file; that it is gone already is fine.
    pub fn remove_file(&self, name: &str) -> Result<(), DirError> {
        self.remove(name, AtFlags::empty())
    }

    /// Removes a directory with everything in it, `depth` levels at most.
    pub fn remove_tree(&self, name: &str, depth: u32) -> Result<(), DirError> {
        let sub = match self.sub(name) {
            Ok(sub) => sub,
            Err(e) if e.is_not_found() => return Ok(()),
            Err(e) => return Err(e),
        };
        for entry in sub.entries()? {
            match (entry.kind, depth) {
                (Kind::Dir, 1..) => sub.remove_tree(&entry.name, depth - 1)?,
                _ => sub.remove_file(&entry.name)?,
            }
        }
        self.remove(name, AtFlags::REMOVEDIR)
    }

    fn remove(&self, name: &str, flags: AtFlags) -> Result<(), DirError> {
        match sys::unlinkat(&self.fd, component(name)?, flags) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
            Err(e) => Err(self.error("removing", name, e)),
        }
    }

    /// Makes the names in this directory durable.
    pub fn sync(&self) -> Result<(), DirError> {
        sys::fsync(&self.fd).map_err(|e| DirError::new("flushing", &self.path, e))
    }

    /// Makes everything on this file system durable: one call for a thousand files.
    pub fn sync_filesystem(&self) -> Result<(), DirError> {
        sys::syncfs(&self.fd).map_err(|e| DirError::new("flushing", &self.path, e))
    }

    /// Bytes a user may still write here.
    pub fn free_bytes(&self) -> Result<u64, DirError> {
        let s = sys::fstatvfs(&self.fd).map_err(|e| DirError::new("asking", &self.path, e))?;
        Ok(s.f_bavail.saturating_mul(s.f_frsize))
    }

    /// Takes the exclusive lock `name`, or says that another run has it.
    pub fn lock(&self, name: &str) -> Result<Lock, DirError> {
        let file = self.append(name)?;
        match sys::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Lock { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(DirError::Locked { path: self.shown(name) }),
            Err(e) => Err(self.error("locking", name, e)),
        }
    }

    /// Locks the directory itself, and waits for whoever has it: for the time of one small write.
    pub fn lock_when_free(&self) -> Result<Lock, DirError> {
        let locking = |e| DirError::new("locking", &self.path, e);
        // A handle of its own: a second one of this handle would share its lock.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = sys::openat(&self.fd, ".", flags, Mode::empty()).map_err(locking)?;
        loop {
            match sys::flock(&fd, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Lock { _file: File::from(fd) }),
                Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(locking(e)),
            }
        }
    }

    pub(crate) fn from_fd(fd: rustix::fd::OwnedFd, path: &Path) -> Self {
        Self { fd, path: path.to_owned() }
    }

    pub(crate) fn fd(&self) -> &rustix::fd::OwnedFd {
        &self.fd
    }

    /// A second handle on the same directory.
    pub fn again(&self) -> Result<Self, DirError> {
        let fd = rustix::io::fcntl_dupfd_cloexec(&self.fd, 3)
            .map_err(|e| DirError::new("opening", &self.path, e))?;
        Ok(Self { fd, path: self.path.clone() })
    }

    pub(crate) fn error(
        &self,
        doing: &'static str,
        name: &str,
        e: impl Into<std::io::Error>,
    ) -> DirError {
        DirError::new(doing, &self.path.join(name), e)
    }

    fn shown(&self, name: &str) -> crate::Escaped {
        escape(self.path.join(name).as_os_str().as_encoded_bytes())
    }

    fn regular(&self, name: &str, fd: rustix::fd::OwnedFd) -> Result<File, DirError> {
        let stat = sys::fstat(&fd).map_err(|e| self.error("looking at", name, e))?;
        if sys::FileType::from_raw_mode(stat.st_mode).is_file() {
            Ok(File::from(fd))
        } else {
            Err(DirError::NotRegular { path: self.shown(name) })
        }
    }

    fn openat2(
        &self,
        name: &str,
        flags: OFlags,
        mode: Mode,
        doing: &'static str,
    ) -> Result<rustix::fd::OwnedFd, DirError> {
        let resolve =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        sys::openat2(&self.fd, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, mode, resolve)
            .map_err(|e| match e {
                rustix::io::Errno::LOOP => DirError::NotRegular { path: self.shown(name) },
                e => self.error(doing, name, e),
            })
    }
}

/// One path component, so that the calls without `RESOLVE_BENEATH` cannot leave the directory.
pub(crate) fn component(name: &str) -> Result<&str, DirError> {
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
        return Err(DirError::NotAName(escape(name.as_bytes())));
    }
    Ok(name)
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
    fn a_planted_link_is_refused_and_not_followed() {
        let (tmp, dir) = scratch();
        std::os::unix::fs::symlink("/etc/passwd", tmp.path().join("f")).expect("a link");
        std::os::unix::fs::symlink("/etc", tmp.path().join("d")).expect("a link");
        assert!(matches!(dir.open_file("f"), Err(DirError::NotRegular { .. })));
        assert!(dir.sub("d").is_err() && dir.make_sub("d").is_err());
        assert!(dir.append("f").is_err());
    }

    #[test]
    fn a_pipe_is_named_and_not_waited_for() {
        let (tmp, dir) = scratch();
        sys::mknodat(sys::CWD, tmp.path().join("p"), sys::FileType::Fifo, FILE_MODE, 0)
            .expect("a pipe");
        assert!(matches!(dir.open_file("p"), Err(DirError::NotRegular { .. })));
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_names() {
        let (_tmp, dir) = scratch();
        for bad in ["", ".", "..", "a/b", "/etc", "a\0b"] {
            assert!(matches!(dir.write_new(bad, b""), Err(DirError::NotAName(_))), "{bad:?}");
            assert!(matches!(dir.remove_file(bad), Err(DirError::NotAName(_))), "{bad:?}");
        }
        assert!(dir.sub("..").is_err());
    }

    #[test]
    fn a_file_appears_whole_and_never_over_another() {
        let (_tmp, dir) = scratch();
        dir.write_new("a", b"one").expect("free");
        assert!(dir.write_new("a", b"two").expect_err("taken").is_exists());
        assert_eq!(dir.read_small("a", 10).expect("there"), b"one");
        dir.replace("a", b"three").expect("asked for");
        assert_eq!(dir.read_small("a", 10).expect("there"), b"three");
        assert!(matches!(dir.read_small("a", 4), Err(DirError::TooLong { limit: 4, .. })));
        assert_eq!(dir.read_beginning("a", 2).expect("there"), (b"th".to_vec(), 5));
        assert_eq!(dir.read_beginning("a", 9).expect("there"), (b"three".to_vec(), 5));
        assert_eq!(dir.entries().expect("listed").len(), 1);
    }

    #[test]
    fn a_dropped_file_leaves_no_name() {
        let (_tmp, dir) = scratch();
        let mut file = dir.new_file().expect("made");
        file.write_all(b"half").expect("written");
        drop(file);
        let mut part = NewFile::create_part(&dir, ".x.part").expect("made");
        part.write_all(b"half").expect("written");
        drop(part);
        assert_eq!(dir.entries().expect("listed"), []);
    }

    #[test]
    fn what_is_appended_cannot_be_changed_by_who_appended_it() {
        use std::io::{Read as _, Seek as _, Write as _};
        use std::os::unix::fs::FileExt as _;
        let (_tmp, dir) = scratch();
        for mut file in [dir.new_file(), NewFile::create_part(&dir, ".x.part")].map(Result::unwrap)
        {
            file.write_all(b"one ").expect("written");
            let mut end = file.appending().expect("opened anew");
            end.write_all(b"two").expect("appended");
            end.rewind().expect("moved");
            end.write_all(b" three").expect("appended");
            end.write_at(b"!", 0).expect("appended");
            assert!(end.read(&mut [0]).is_err());
            let mut text = String::new();
            file.reopen().expect("opened anew").read_to_string(&mut text).expect("text");
            assert_eq!(text, "one two three!");
        }
    }

    #[test]
    fn room_that_was_reserved_and_is_not_used_is_given_back() {
        use std::os::unix::fs::MetadataExt as _;
        let (_tmp, dir) = scratch();
        let mut file = dir.new_file().expect("made");
        file.reserve(1 << 20);
        file.write_all(b"few").expect("written");
        file.release().expect("given back");
        file.commit("a").expect("free");
        assert_eq!(dir.read_small("a", 10).expect("there"), b"few");
        let room = dir.open_file("a").expect("there").metadata().expect("asked").blocks() * 512;
        assert!(room < 1 << 18, "{room} bytes of the disk");
    }

    #[test]
    fn a_move_does_not_replace() {
        let (_tmp, dir) = scratch();
        let other = dir.make_sub("d").expect("made");
        dir.write_new("a", b"1").expect("free");
        other.write_new("a", b"2").expect("free");
        assert!(dir.move_to("a", &other, "a").expect_err("taken").is_exists());
        dir.move_to("a", &other, "b").expect("free");
        assert!(!dir.has("a").expect("asked") && other.has("b").expect("asked"));
        dir.remove_tree("d", 1).expect("removed");
        assert!(!dir.has("d").expect("asked"));
    }

    #[test]
    fn the_second_lock_is_refused_until_the_first_is_dropped() {
        let (_tmp, dir) = scratch();
        let first = dir.lock(".lock").expect("free");
        assert!(matches!(dir.lock(".lock"), Err(DirError::Locked { .. })));
        drop(first);
        assert!(dir.lock(".lock").is_ok());
    }
}
