//! Links that we make ourselves, to say which of several directories is meant.
//!
//! Everywhere else a link is refused. A pointer is read, never followed by the kernel, and what it
//! says is parsed by whoever asks.

use rustix::fs::{self as sys, AtFlags};

use crate::dir::{Dir, component};
use crate::error::DirError;

impl Dir {
    /// What a link of that name says; nothing if nothing is there.
    pub fn pointer(&self, name: &str) -> Result<Option<String>, DirError> {
        match sys::readlinkat(self.fd(), component(name)?, Vec::new()) {
            Ok(target) => Ok(Some(target.to_string_lossy().into_owned())),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(rustix::io::Errno::INVAL) => {
                let path = self.path().join(name);
                let path = crate::escape(path.as_os_str().as_encoded_bytes());
                Err(DirError::NotRegular { path })
            }
            Err(e) => Err(self.error("reading the link", name, e)),
        }
    }

    /// Makes a link under a name that must be free.
    pub fn make_pointer(&self, name: &str, target: &str) -> Result<(), DirError> {
        sys::symlinkat(target, self.fd(), component(name)?)
            .map_err(|e| self.error("making the link", name, e))
    }

    /// Renames in place of whatever has the name `to`, atomically: a reader finds the one or the
    /// other. Durable only after [`Dir::sync`].
    pub fn rename_over(&self, name: &str, to: &str) -> Result<(), DirError> {
        let (from, to) = (component(name)?, component(to)?);
        sys::renameat(self.fd(), from, self.fd(), to).map_err(|e| self.error("naming", to, e))
    }

    /// Whether a name stands for a directory, and not for a link to one.
    pub fn has_dir(&self, name: &str) -> Result<bool, DirError> {
        match sys::statat(self.fd(), component(name)?, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(sys::FileType::from_raw_mode(stat.st_mode).is_dir()),
            Err(rustix::io::Errno::NOENT) => Ok(false),
            Err(e) => Err(self.error("looking at", name, e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_read_exchanged_and_never_taken_for_a_file() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        assert_eq!(dir.pointer("now").expect("asked"), None);
        dir.make_pointer("now", "a").expect("free");
        assert!(dir.make_pointer("now", "b").expect_err("taken").is_exists());
        dir.make_pointer("next", "b").expect("free");
        dir.rename_over("next", "now").expect("renamed");
        assert_eq!(dir.pointer("now").expect("asked").as_deref(), Some("b"));
        dir.write_new("file", b"").expect("free");
        assert!(matches!(dir.pointer("file"), Err(DirError::NotRegular { .. })));
        assert!(dir.pointer("../x").is_err() && dir.rename_over("file", "../x").is_err());
        dir.make_sub("b").expect("made");
        assert!(dir.has_dir("b").expect("asked") && !dir.has_dir("now").expect("asked"));
    }
}
