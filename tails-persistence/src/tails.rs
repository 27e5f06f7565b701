//! The Tails that is installed into: its paths, its users, and the programs of it that are run.

use std::path::{Path, PathBuf};

use sd_fs::{Dir, Owner};

use crate::layout;
use crate::refusal::Refusal;
use crate::tools::{LiveTools, Tools};

/// A whole system's user list is a few KiB.
const MAX_PASSWD: u64 = 1 << 20;

/// Who is who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    /// The administrator.
    pub(crate) root: Owner,
    /// `tails-persistent-storage`.
    pub(crate) storage: Owner,
    /// The desktop user.
    pub(crate) person: Owner,
    /// Whoever runs this.
    pub(crate) me: u32,
}

/// A Tails: the one that runs, or one below a directory, for tests.
pub(crate) struct Tails {
    root: PathBuf,
    pub(crate) ids: Ids,
    pub(crate) tools: Box<dyn Tools>,
}

impl Tails {
    /// The one that runs. Anything else than Tails is refused.
    pub(crate) fn live() -> Result<Self, Refusal> {
        let root = Path::new("/");
        let etc = Dir::open(&root.join("etc"))?;
        let release = etc.read_small("os-release", MAX_PASSWD).unwrap_or_default();
        if !is_tails(&release) {
            return Err(Refusal::NotTails);
        }
        let passwd = etc.read_small("passwd", MAX_PASSWD)?;
        let owner = |name: &'static str| user(&passwd, name).ok_or(Refusal::NoUser(name));
        let ids = Ids {
            root: Owner { user: 0, group: 0 },
            storage: owner(layout::STORAGE_USER)?,
            person: owner(layout::PERSON)?,
            me: rustix::process::geteuid().as_raw(),
        };
        Ok(Self { root: root.to_owned(), ids, tools: Box::new(LiveTools) })
    }

    /// One below a directory.
    #[cfg(test)]
    pub(crate) fn below(root: PathBuf, ids: Ids, tools: Box<dyn Tools>) -> Self {
        Self { root, ids, tools }
    }

    /// Where an absolute path of Tails is.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// A path in the desktop user's home.
    pub(crate) fn home(&self, path: &str) -> PathBuf {
        self.at(layout::HOME).join(path)
    }

    /// The unlocked Persistent Storage.
    pub(crate) fn storage(&self) -> Result<Dir, Refusal> {
        match Dir::open(&self.at(layout::STORAGE)) {
            Ok(dir) => Ok(dir),
            Err(e) if e.is_not_found() => Err(Refusal::NoStorage),
            Err(e) => Err(e.into()),
        }
    }
}

/// Whether an `os-release` is that of Tails.
fn is_tails(release: &[u8]) -> bool {
    let text = String::from_utf8_lossy(release);
    text.lines().any(|l| matches!(l.trim(), "ID=tails" | "ID=\"tails\""))
}

/// A user's numbers from `/etc/passwd`.
fn user(passwd: &[u8], name: &str) -> Option<Owner> {
    let text = String::from_utf8_lossy(passwd);
    let fields = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let fields = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
    Some(Owner { user: fields.get(2)?.parse().ok()?, group: fields.get(3)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_is_told_by_its_id() {
        assert!(is_tails(b"NAME=\"Tails\"\nID=\"tails\"\nVERSION=\"7.7\"\n"));
        assert!(is_tails(b"ID=tails\n"));
        assert!(!is_tails(b"ID=debian\nHOME_URL=\"https://tails.net/ID=tails\"\n"));
    }

    #[test]
    fn numbers_are_found_by_the_whole_name() {
        let passwd = b"xamnesia:x:7:7::/:\namnesia:x:1000:1001:,,,:/home/amnesia:/bin/bash\n";
        assert_eq!(user(passwd, "amnesia"), Some(Owner { user: 1000, group: 1001 }));
        assert_eq!(user(passwd, "tails-persistent-storage"), None);
    }
}
