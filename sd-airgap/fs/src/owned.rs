//! Files of the system that we change: whose they are, and changing them where they lie.
//!
//! A file that another program checks for its owner and mode is never exchanged for a new one: it
//! grows by one write, or is cut to a length. What stood before that point is not touched, so a
//! crash leaves the old bytes, perhaps with a part of the new ones behind them.

use std::fs::File;
use std::io::Write as _;

use rustix::fs::{self as sys, AtFlags, Gid, Mode, OFlags, StatVfsMountFlags, Uid};

use crate::dir::{Dir, Kind, component};
use crate::error::DirError;
use crate::new_file::NewFile;

/// A user and a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user's number.
    pub user: u32,
    /// The group's number.
    pub group: u32,
}

/// Whose something is, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// What it is; a link is [`Kind::Other`].
    pub kind: Kind,
    /// Whose it is.
    pub owner: Owner,
    /// Permission bits.
    pub mode: u32,
    /// Bytes in it.
    pub size: u64,
}

impl Dir {
    /// What a name stands for; no link is followed. Nothing if nothing is there.
    pub fn attributes(&self, name: &str) -> Result<Option<Attributes>, DirError> {
        match sys::statat(self.fd(), component(name)?, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(attributes(&stat))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(e) => Err(self.error("looking at", name, e)),
        }
    }

    /// Whether a regular file has an access list beyond its mode.
    pub fn has_access_list(&self, name: &str) -> Result<bool, DirError> {
        let file = self.open_file(name)?;
        let mut none = [0_u8; 0];
        match sys::fgetxattr(&file, "system.posix_acl_access", &mut none) {
            Ok(_) => Ok(true),
            Err(rustix::io::Errno::NODATA | rustix::io::Errno::OPNOTSUPP) => Ok(false),
            Err(e) => Err(self.error("looking at", name, e)),
        }
    }

    /// Writes a small file whole in place of an older one, as [`Dir::replace`] does, for this
    /// owner and with this mode.
    pub fn replace_for(
        &self,
        name: &str,
        bytes: &[u8],
        owner: Owner,
        mode: u32,
    ) -> Result<(), DirError> {
        let mut file = NewFile::create_part(self, &format!(".{}.part", component(name)?))?;
        file.write_all(bytes)?;
        let failed = |e| self.error("changing the owner of", name, e);
        let (user, group) = (Uid::from_raw(owner.user), Gid::from_raw(owner.group));
        sys::fchown(file.file(), Some(user), Some(group)).map_err(failed)?;
        sys::fchmod(file.file(), Mode::from_raw_mode(mode)).map_err(failed)?;
        file.commit_over(name)
    }

    /// Adds bytes behind the end of a file that has `size` bytes, in one write, durably.
    pub fn grow(&self, name: &str, size: u64, bytes: &[u8]) -> Result<(), DirError> {
        let mut file = self.open_in_place(name, size)?;
        let failed = |e| self.error("writing in", name, e);
        let written = file.write(bytes).map_err(failed)?;
        if written < bytes.len() {
            file.set_len(size).map_err(failed)?;
            return Err(self.error("writing in", name, rustix::io::Errno::NOSPC));
        }
        file.sync_all().map_err(failed)
    }

    /// Cuts a file that has `size` bytes to its first `keep`, durably.
    pub fn cut(&self, name: &str, size: u64, keep: u64) -> Result<(), DirError> {
        let file = self.open_in_place(name, size)?;
        file.set_len(keep.min(size))
            .and_then(|()| file.sync_all())
            .map_err(|e| self.error("cutting", name, e))
    }

    /// Opens a file that is there and has the size it was seen with.
    fn open_in_place(&self, name: &str, size: u64) -> Result<File, DirError> {
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::NONBLOCK;
        let file = self.open_existing(name, flags)?;
        let now = file.metadata().map_err(|e| self.error("looking at", name, e))?.len();
        if now == size {
            return Ok(file);
        }
        Err(self.error("writing in", name, std::io::Error::other("it is being changed")))
    }

    /// Whether the file system is mounted for reading only.
    pub fn is_read_only(&self) -> Result<bool, DirError> {
        let asked = sys::fstatvfs(self.fd());
        let asked = asked.map_err(|e| DirError::new("asking", self.path(), e))?;
        Ok(asked.f_flag.contains(StatVfsMountFlags::RDONLY))
    }
}

fn attributes(stat: &sys::Stat) -> Attributes {
    let kind = match sys::FileType::from_raw_mode(stat.st_mode) {
        sys::FileType::RegularFile => Kind::File,
        sys::FileType::Directory => Kind::Dir,
        _ => Kind::Other,
    };
    let owner = Owner { user: stat.st_uid, group: stat.st_gid };
    Attributes { kind, owner, mode: stat.st_mode & 0o7777, size: stat.st_size.unsigned_abs() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn scratch() -> (tempfile::TempDir, Dir) {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        (tmp, dir)
    }

    #[test]
    fn a_file_grows_and_is_cut_in_place() {
        let (tmp, dir) = scratch();
        dir.write_new("f", b"old\n").expect("free");
        let inode = || std::fs::metadata(tmp.path().join("f")).expect("there").ino();
        let before = inode();
        dir.grow("f", 4, b"new\n").expect("grown");
        assert_eq!(dir.read_small("f", 99).expect("there"), b"old\nnew\n");
        dir.cut("f", 8, 4).expect("cut");
        assert_eq!(dir.read_small("f", 99).expect("there"), b"old\n");
        assert_eq!(inode(), before);
    }

    #[test]
    fn a_file_that_was_changed_meanwhile_is_left_alone() {
        let (_tmp, dir) = scratch();
        dir.write_new("f", b"old\n").expect("free");
        assert!(dir.grow("f", 3, b"new\n").is_err() && dir.cut("f", 9, 1).is_err());
        assert_eq!(dir.read_small("f", 99).expect("there"), b"old\n");
        assert!(dir.grow("none", 0, b"x").expect_err("not there").is_not_found());
        assert!(!dir.has("none").expect("asked"));
    }

    #[test]
    fn owner_mode_and_kind_are_told_and_kept() {
        let (tmp, dir) = scratch();
        let standing = dir.standing().expect("asked");
        let me = Owner { user: standing.owner, group: standing.group };
        dir.replace_for("f", b"1", me, 0o644).expect("written");
        let seen = dir.attributes("f").expect("asked").expect("there");
        assert_eq!(seen, Attributes { kind: Kind::File, owner: me, mode: 0o644, size: 1 });
        assert!(!dir.has_access_list("f").expect("asked"));
        std::os::unix::fs::symlink("f", tmp.path().join("l")).expect("a link");
        assert_eq!(dir.attributes("l").expect("asked").expect("there").kind, Kind::Other);
        assert_eq!(dir.attributes("none").expect("asked"), None);
    }
}
