//! A whole system below one directory, looked at and never written.

use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{self as sys, Mode, OFlags, ResolveFlags};

use crate::copy::{CopyError, read_bounded};
use crate::error::DirError;
use crate::escape::escape;

/// A system: the real one at `/`, or a directory that stands for one.
///
/// Links are followed, for the kernel's own files are full of them, as if that directory were `/`:
/// none leads out of it, whatever it holds. Magic links, such as `/proc/self/fd/0`, are refused.
#[derive(Debug)]
pub struct Tree {
    fd: rustix::fd::OwnedFd,
    path: PathBuf,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// A regular file.
    pub is_file: bool,
    /// A directory.
    pub is_dir: bool,
    /// A block device.
    pub is_block: bool,
    /// Whose.
    pub uid: u32,
    /// Which group's.
    pub gid: u32,
    /// The permission bits.
    pub mode: u32,
    /// Bytes, of a regular file.
    pub size: u64,
}

impl Tree {
    /// Opens the directory that stands for `/`.
    pub fn open(root: &Path) -> Result<Self, DirError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = sys::open(root, flags, Mode::empty())
            .map_err(|e| DirError::new("opening the directory", root, e))?;
        Ok(Self { fd, path: root.to_owned() })
    }

    /// Reads a small file whole.
    pub fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, DirError> {
        // NONBLOCK: a pipe must not make us wait.
        let fd = self.openat2(path, OFlags::RDONLY | OFlags::NONBLOCK, "opening")?;
        let stat = sys::fstat(&fd).map_err(|e| self.error("looking at", path, e))?;
        let shown = || escape(self.at(path).as_os_str().as_encoded_bytes());
        if !sys::FileType::from_raw_mode(stat.st_mode).is_file() {
            return Err(DirError::NotRegular { path: shown() });
        }
        read_bounded(&mut File::from(fd), limit).map_err(|e| match e {
            CopyError::TooLong(limit) => DirError::TooLong { path: shown(), limit },
            CopyError::Read(e) | CopyError::Write(e) => self.error("reading", path, e),
        })
    }

    /// The names in a directory, sorted.
    pub fn names(&self, path: &str) -> Result<Vec<String>, DirError> {
        let fd = self.openat2(path, OFlags::RDONLY | OFlags::DIRECTORY, "opening")?;
        let listing = |e| self.error("listing", path, e);
        let mut names = Vec::new();
        for item in sys::Dir::read_from(&fd).map_err(listing)? {
            let name = item.map_err(listing)?.file_name().to_string_lossy().into_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// What stands at a path, at the end of its links; nothing of it is opened.
    pub fn look(&self, path: &str) -> Result<Look, DirError> {
        let fd = self.openat2(path, OFlags::PATH, "looking at")?;
        let stat = sys::fstat(&fd).map_err(|e| self.error("looking at", path, e))?;
        let kind = sys::FileType::from_raw_mode(stat.st_mode);
        Ok(Look {
            is_file: kind.is_file(),
            is_dir: kind.is_dir(),
            is_block: kind.is_block_device(),
            uid: stat.st_uid,
            gid: stat.st_gid,
            mode: stat.st_mode & 0o7777,
            size: u64::try_from(stat.st_size).unwrap_or_default(),
        })
    }

    /// Where a link points to, as it says itself.
    pub fn link(&self, path: &str) -> Result<PathBuf, DirError> {
        let fd = self.openat2(path, OFlags::PATH | OFlags::NOFOLLOW, "looking at")?;
        let target = sys::readlinkat(&fd, "", Vec::new())
            .map_err(|e| self.error("reading the link", path, e))?;
        Ok(PathBuf::from(std::ffi::OsStr::from_bytes(target.as_bytes())))
    }

    /// Bytes a user may still write at a path.
    pub fn free_bytes(&self, path: &str) -> Result<u64, DirError> {
        let fd = self.openat2(path, OFlags::PATH, "looking at")?;
        let s = sys::fstatvfs(&fd).map_err(|e| self.error("asking", path, e))?;
        Ok(s.f_bavail.saturating_mul(s.f_frsize))
    }

    fn openat2(
        &self,
        path: &str,
        flags: OFlags,
        doing: &'static str,
    ) -> Result<rustix::fd::OwnedFd, DirError> {
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        sys::openat2(&self.fd, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve)
            .map_err(|e| self.error(doing, path, e))
    }

    fn at(&self, path: &str) -> PathBuf {
        self.path.join(path.trim_start_matches('/'))
    }

    fn error(&self, doing: &'static str, path: &str, e: impl Into<std::io::Error>) -> DirError {
        DirError::new(doing, &self.at(path), e)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test makes the tree it looks at")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree() -> (tempfile::TempDir, Tree) {
        let tmp = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(tmp.path().join("etc")).expect("made");
        std::fs::create_dir_all(tmp.path().join("usr/lib")).expect("made");
        std::fs::write(tmp.path().join("usr/lib/os-release"), "ID=x\n").expect("written");
        let tree = Tree::open(tmp.path()).expect("opened");
        (tmp, tree)
    }

    #[test]
    fn links_are_followed_inside_and_none_leads_out() {
        let (tmp, tree) = tree();
        symlink("../usr/lib/os-release", tmp.path().join("etc/a")).expect("a link");
        symlink("/usr/lib/os-release", tmp.path().join("etc/b")).expect("a link");
        symlink("../../../../../../usr/lib/os-release", tmp.path().join("etc/c")).expect("a link");
        symlink("/etc/passwd", tmp.path().join("etc/d")).expect("a link");
        symlink("../../../../../../etc/passwd", tmp.path().join("etc/e")).expect("a link");
        for inside in ["etc/a", "/etc/b", "/etc/c"] {
            assert_eq!(tree.read(inside, 10).expect("inside"), b"ID=x\n", "{inside}");
        }
        for outside in ["/etc/d", "etc/e", "../../../../../etc/passwd"] {
            assert!(tree.read(outside, 1 << 20).expect_err("not here").is_not_found(), "{outside}");
        }
        assert_eq!(tree.link("/etc/d").expect("a link"), Path::new("/etc/passwd"));
        assert!(tree.link("/usr/lib/os-release").is_err());
    }

    #[test]
    fn a_magic_link_is_refused() {
        let system = Tree::open(Path::new("/")).expect("opened");
        assert!(system.read("/proc/self/fd/0", 10).is_err());
        assert!(system.names("/proc/self/cwd").is_err());
        assert!(system.read("/proc/self/stat", 1 << 16).is_ok());
    }

    #[test]
    fn a_file_that_is_too_long_is_none_and_a_directory_is_no_file() {
        let (_tmp, tree) = tree();
        assert!(matches!(tree.read("usr/lib/os-release", 4), Err(DirError::TooLong { .. })));
        assert!(matches!(tree.read("usr/lib", 4), Err(DirError::NotRegular { .. })));
        let look = tree.look("/usr/lib/os-release").expect("there");
        assert!(look.is_file && !look.is_dir && look.size == 5);
        assert_eq!(tree.names("/").expect("listed"), ["etc", "usr"]);
        assert!(tree.names("/nowhere").expect_err("not there").is_not_found());
        assert!(tree.free_bytes("/usr").is_ok());
    }
}
