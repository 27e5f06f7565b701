//! Directories that nobody else can exchange or write: what root runs must lie in one.
//!
//! ```text
//! / --open beneath, no link--> component --whose? who may write?--> component --> ... --> Dir
//! ```

use std::path::{Component, Path, PathBuf};

use rustix::fs::{self as sys, Mode, OFlags};

use crate::dir::Dir;
use crate::error::DirError;
use crate::escape::{Escaped, escape};

/// Why a directory is not taken.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// It cannot be opened.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// The path is relative, or holds `..`.
    #[error("{0}: not an absolute path")]
    NotAbsolute(Escaped),
    /// A component of the path is a link.
    #[error("{0}: a link, or not a directory")]
    Link(Escaped),
    /// Somebody else owns it, and could put another in its place.
    #[error("{path}: belongs to user {owner}")]
    Owner {
        /// The directory.
        path: Escaped,
        /// Whose it is.
        owner: u32,
    },
    /// Others may write in it.
    #[error("{0}: others may write in it")]
    Writable(Escaped),
}

/// Who owns a directory, and what its mode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The user.
    pub owner: u32,
    /// The group.
    pub group: u32,
    /// Permission bits, with set-id and sticky bits.
    pub mode: u32,
}

impl Dir {
    /// Opens an absolute path without following a link in any component; each component belongs
    /// to root or to this process's user, and others may write in none of them (a sticky
    /// directory such as `/tmp` may be above it: there nobody renames what is not theirs).
    pub fn open_guarded(path: &Path) -> Result<Self, GuardError> {
        let shown = |p: &Path| escape(p.as_os_str().as_encoded_bytes());
        let mut so_far = PathBuf::from("/");
        let open = |at: &rustix::fd::OwnedFd, name: &std::ffi::OsStr, so_far: &Path, last: bool| {
            // A directory on the way need only be passed through, not listed.
            let access = if last { OFlags::RDONLY } else { OFlags::PATH };
            let flags = access | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            sys::openat(at, name, flags, Mode::empty()).map_err(|e| match e {
                rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR => {
                    GuardError::Link(shown(so_far))
                }
                e => DirError::new("opening the directory", so_far, e).into(),
            })
        };
        let mut names = Vec::new();
        let mut components = path.components();
        if components.next() != Some(Component::RootDir) {
            return Err(GuardError::NotAbsolute(shown(path)));
        }
        for component in components {
            let Component::Normal(name) = component else {
                return Err(GuardError::NotAbsolute(shown(path)));
            };
            names.push(name);
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut fd = sys::open("/", flags, Mode::empty())
            .map_err(|e| DirError::new("opening the directory", &so_far, e))?;
        for (n, name) in names.iter().enumerate() {
            so_far.push(name);
            let last = n + 1 == names.len();
            fd = open(&fd, name, &so_far, last)?;
            judge(standing(&fd, &so_far)?, last, &shown(&so_far))?;
        }
        Ok(Self::from_fd(fd, path))
    }

    /// Whose it is, and who may do what in it.
    pub fn standing(&self) -> Result<Standing, DirError> {
        standing(self.fd(), self.path())
    }

    /// Gives it another mode, whatever the umask is.
    pub fn set_mode(&self, mode: u32) -> Result<(), DirError> {
        sys::fchmod(self.fd(), Mode::from_raw_mode(mode))
            .map_err(|e| DirError::new("changing the mode of", self.path(), e))
    }
}

fn standing(fd: &rustix::fd::OwnedFd, path: &Path) -> Result<Standing, DirError> {
    let stat = sys::fstat(fd).map_err(|e| DirError::new("looking at", path, e))?;
    Ok(Standing { owner: stat.st_uid, group: stat.st_gid, mode: stat.st_mode & 0o7777 })
}

/// A group of one's own, or root's, is nobody else; a sticky directory does for one on the way.
fn judge(standing: Standing, last: bool, path: &Escaped) -> Result<(), GuardError> {
    let Standing { owner, group, mode } = standing;
    let (user, own_group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid());
    if owner != 0 && owner != user {
        return Err(GuardError::Owner { path: path.clone(), owner });
    }
    let sticky = mode & 0o1000 != 0 && !last;
    let group_is_us = group == 0 || group == own_group.as_raw();
    let others = mode & 0o002 != 0 || (mode & 0o020 != 0 && !group_is_us);
    if others && !sticky { Err(GuardError::Writable(path.clone())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> (tempfile::TempDir, PathBuf) {
        let tmp = tempfile::tempdir().expect("a directory");
        let path = tmp.path().canonicalize().expect("a path without links");
        (tmp, path)
    }

    #[test]
    fn a_directory_of_our_own_is_opened() {
        let (_tmp, path) = scratch();
        let dir = Dir::open_guarded(&path).expect("ours");
        dir.write_new("a", b"1").expect("usable");
        assert_eq!(dir.standing().expect("asked").owner, rustix::process::geteuid().as_raw());
    }

    #[test]
    fn a_link_anywhere_in_the_path_is_refused() {
        let (_tmp, path) = scratch();
        Dir::open(&path).and_then(|d| d.make_sub("real")?.make_sub("in")).expect("made");
        std::os::unix::fs::symlink(path.join("real"), path.join("link")).expect("a link");
        for bad in ["link", "link/in"] {
            let refused = Dir::open_guarded(&path.join(bad));
            assert!(matches!(refused, Err(GuardError::Link(_))), "{bad}");
        }
        assert!(Dir::open_guarded(&path.join("real/in")).is_ok());
    }

    #[test]
    fn what_others_may_write_is_refused_as_the_last_or_on_the_way() {
        let (_tmp, path) = scratch();
        let open = Dir::open(&path).and_then(|d| d.make_sub("open")).expect("made");
        open.make_sub("in").expect("made");
        open.set_mode(0o777).expect("ours");
        for bad in ["open", "open/in"] {
            let refused = Dir::open_guarded(&path.join(bad));
            assert!(matches!(refused, Err(GuardError::Writable(_))), "{bad}");
        }
        open.set_mode(0o1777).expect("ours");
        assert!(Dir::open_guarded(&path.join("open/in")).is_ok(), "nobody renames it there");
        assert!(Dir::open_guarded(&path.join("open")).is_err());
    }

    #[test]
    fn a_path_that_depends_on_where_one_stands_is_refused() {
        for bad in ["x", "../x", "/tmp/../tmp"] {
            let refused = Dir::open_guarded(Path::new(bad));
            assert!(matches!(refused, Err(GuardError::NotAbsolute(_))), "{bad}");
        }
    }
}
