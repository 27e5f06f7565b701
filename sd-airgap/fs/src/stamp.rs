//! Whether a directory is the one that was read before.

use std::time::{Duration, SystemTime};

use rustix::fs::{self as sys, AtFlags};
use serde::{Deserialize, Serialize};

use crate::dir::{Dir, component};
use crate::error::DirError;

/// Changes this near to each other may bear the same time: kernels count it in ticks.
const BLUR: Duration = Duration::from_secs(2);

/// A directory at one moment: which one it is, and when the kernel last changed it. Every name that
/// comes or goes in it gives another stamp; no program can set this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    inode: u64,
    seconds: i64,
    nanoseconds: u64,
}

impl Stamp {
    /// Whether it is old enough to tell: a change that follows now gives another stamp.
    pub fn is_settled(&self) -> bool {
        let seconds = u64::try_from(self.seconds).unwrap_or_default();
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        // A time in the future is not settled: somebody set the clock back.
        changed.elapsed().is_ok_and(|age| age > BLUR)
    }
}

impl Dir {
    /// The stamp of a directory in this one.
    pub fn stamp_of(&self, name: &str) -> Result<Stamp, DirError> {
        let found = sys::statat(self.fd(), component(name)?, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|e| self.error("looking at", name, e))?;
        Ok(Stamp { inode: found.st_ino, seconds: found.st_ctime, nanoseconds: found.st_ctime_nsec })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_more_or_less_is_another_stamp_and_a_fresh_one_is_not_settled() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        let sub = dir.make_sub("d").expect("made");
        let empty = dir.stamp_of("d").expect("there");
        assert!(!empty.is_settled());
        assert_eq!(dir.stamp_of("d").expect("there"), empty);
        // Until the kernel's clock has ticked, a change may not show: that is what `is_settled` is for.
        let changed = |before| {
            std::iter::repeat_with(|| {
                sub.make_sub("a").expect("made");
                sub.remove_tree("a", 0).expect("removed");
                dir.stamp_of("d").expect("there")
            })
            .find(|now| *now != before)
        };
        assert!(changed(empty).is_some());
        assert!(dir.stamp_of("nothing").expect_err("not there").is_not_found());
    }

    #[test]
    fn a_clock_that_was_set_back_settles_nothing() {
        let at = |seconds| Stamp { inode: 1, seconds, nanoseconds: 0 };
        assert!(at(1_000_000).is_settled());
        assert!(!at(32_000_000_000).is_settled());
    }
}
