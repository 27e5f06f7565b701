//! Where the programs stand, and which version of them is meant.
//!
//! ```text
//! sneakernet/ (0755, nobody else writes)
//!   station.toml          role and mode
//!   root.json             the pinned root, the highest counter ever installed
//!   releases/000012-1.2.0/  sneakernet.deb, signed.json, signatures, roots, changelog, vectors, tree/
//!   current -> releases/000012-1.2.0      previous -> releases/000011-1.1.0
//!   switching.json        only while it changes: what from, what to
//!   history.jsonl         each change, a line
//! ```
//! A change is written down first, then done, then struck off. Cut anywhere, the next
//! [`Shelf::open`] finds the old version or the new one whole, and finishes or forgets the rest.

mod slot;
mod staging;
mod station;
mod switch;
mod trust;

use std::path::{Path, PathBuf};

use sd_fs::{Dir, DirError, Escaped, GuardError, Lock};

pub use slot::Slot;
pub use staging::{Part, Staging};
pub use station::{Mode, Role, Station};
pub use trust::{Highest, Trust};

use crate::canonical::JsonError;
use crate::root::{Root, RootError};
use crate::words::Counter;
use switch::Switching;

/// Called with the name of each step that changes the disk, before it; tests end the program there.
pub type Hook = Box<dyn FnMut(&'static str)>;

const STATION: &str = "station.toml";
const TRUST: &str = "root.json";
const RELEASES: &str = "releases";
const CURRENT: &str = "current";
const PREVIOUS: &str = "previous";
const LOCK: &str = ".lock";

/// Everybody may read it: what checks the station runs as the desktop's user.
const DIR_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;

/// Where the shelf of a mode is; `home` is the home directory of the desktop's user.
pub fn shelf_path(mode: Mode, home: &Path) -> PathBuf {
    match mode {
        Mode::System => PathBuf::from("/live/persistence/TailsData_unlocked/sneakernet"),
        Mode::User => home.join("Persistent/sneakernet-programs"),
    }
}

/// The versions of the programs that this station has.
pub struct Shelf {
    dir: Dir,
    releases: Dir,
    station: Station,
    trust: Trust,
    current: Option<Slot>,
    previous: Option<Slot>,
    /// Held by whoever may change it.
    lock: Option<Lock>,
    hook: Option<Hook>,
}

/// Why a shelf cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// No shelf there.
    #[error("{0}: the programs are not installed here")]
    NotInstalled(Escaped),
    /// A directory that others could change, or a link.
    #[error(transparent)]
    Guard(GuardError),
    /// A shelf of somebody else.
    #[error("{path}: belongs to user {owner}; only that user may change it")]
    NotOurs {
        /// The shelf.
        path: Escaped,
        /// Whose it is.
        owner: u32,
    },
    /// The file system.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// `station.toml` is not understood.
    #[error("{path}: {why}")]
    Station {
        /// The file.
        path: Escaped,
        /// The parser's words, escaped.
        why: Escaped,
    },
    /// `root.json` or `switching.json` is not understood.
    #[error("{path}: {why}")]
    Json {
        /// The file.
        path: Escaped,
        /// What is wrong.
        why: JsonError,
    },
    /// The pinned root is none.
    #[error("{path}: {why}")]
    Root {
        /// The file.
        path: Escaped,
        /// What is wrong.
        why: Box<RootError>,
    },
    /// Another role or mode than it was made for.
    #[error("{0}: made for another role or mode")]
    OtherStation(Escaped),
    /// It is not in any state that a cut could leave.
    #[error("{path}: {what}; nothing was changed")]
    Damaged {
        /// The shelf.
        path: Escaped,
        /// What does not fit.
        what: &'static str,
    },
    /// What was staged reads back as other bytes.
    #[error("{0}: reads back as other bytes than were written")]
    ReadBack(Escaped),
    /// More bytes than announced, or others.
    #[error("{0}: other bytes than were announced")]
    NotAsAnnounced(Escaped),
    /// Nothing to go back to.
    #[error("no earlier version is kept here")]
    NothingKept,
    /// That version is the current one.
    #[error("{0} is the current version already")]
    IsCurrent(Slot),
    /// The shelf was opened only to look.
    #[error("{0}: opened only for reading")]
    ReadOnly(Escaped),
}

impl From<GuardError> for ShelfError {
    fn from(e: GuardError) -> Self {
        Self::Guard(e)
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf")
            .field("path", &self.dir.path())
            .field("station", &self.station)
            .field("current", &self.current)
            .field("previous", &self.previous)
            .finish_non_exhaustive()
    }
}

impl Shelf {
    /// Makes a shelf, or opens the one that is there if it is for this role and mode. Its parent
    /// directory must be there. `root` is the one compiled into the program that makes it.
    pub fn create(path: &Path, station: Station, root: &Root) -> Result<Self, ShelfError> {
        let parent = path.parent().unwrap_or(path);
        let parent = Dir::open_guarded(parent)?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let dir = parent.make_sub(&name)?;
        let fresh = !dir.has(STATION)?;
        if fresh {
            // A cut here leaves a directory that the next run goes on with.
            dir.set_mode(DIR_MODE)?;
            dir.make_sub(RELEASES)?.set_mode(DIR_MODE)?;
            readable(&dir, TRUST, &Trust::new(root.clone()).to_json())?;
            readable(&dir, STATION, &station.to_toml())?;
            parent.sync()?;
        }
        let shelf = Self::open(path)?;
        if shelf.station != station {
            return Err(ShelfError::OtherStation(shown(&shelf.dir, STATION)));
        }
        Ok(shelf)
    }

    /// Opens a shelf to change it: nobody else may be changing it, and what a cut left is repaired.
    pub fn open(path: &Path) -> Result<Self, ShelfError> {
        let dir = guarded(path)?;
        let owner = dir.standing()?.owner;
        if owner != rustix::process::geteuid().as_raw() {
            let path = sd_fs::escape(path.as_os_str().as_encoded_bytes());
            return Err(ShelfError::NotOurs { path, owner });
        }
        let lock = dir.lock(LOCK)?;
        let mut shelf = Self::read(dir, Some(lock))?;
        shelf.repair()?;
        Ok(shelf)
    }

    /// Opens a shelf to look at it; it may be root's.
    pub fn look(path: &Path) -> Result<Self, ShelfError> {
        Self::read(guarded(path)?, None)
    }

    fn read(dir: Dir, lock: Option<Lock>) -> Result<Self, ShelfError> {
        let station = Station::read(&dir)?;
        let trust = Trust::read(&dir)?;
        let releases = dir.sub(RELEASES)?;
        let mut shelf =
            Self { dir, releases, station, trust, current: None, previous: None, lock, hook: None };
        shelf.current = shelf.pointed(CURRENT)?;
        shelf.previous = shelf.pointed(PREVIOUS)?;
        Ok(shelf)
    }

    /// What a pointer points at: a whole release of this shelf, or nothing.
    fn pointed(&self, name: &str) -> Result<Option<Slot>, ShelfError> {
        let Some(target) = self.dir.pointer(name)? else { return Ok(None) };
        let slot = target.strip_prefix("releases/").and_then(|s| s.parse::<Slot>().ok());
        let slot = slot.ok_or(self.damaged("current or previous points elsewhere"))?;
        if !self.releases.has_dir(&slot.to_string())? {
            return Err(self.damaged("current or previous points at nothing"));
        }
        Ok(Some(slot))
    }

    /// Role and mode.
    pub fn station(&self) -> Station {
        self.station
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The version in use.
    pub fn current(&self) -> Option<Slot> {
        self.current
    }

    /// The version that is kept to go back to.
    pub fn previous(&self) -> Option<Slot> {
        self.previous
    }

    /// The counter of the version in use.
    pub fn installed(&self) -> Option<Counter> {
        self.current.map(|slot| slot.counter)
    }

    /// The pinned root and the highest counter.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Whether a change was cut and waits for [`Shelf::open`] to finish or forget it.
    pub fn was_cut(&self) -> Result<bool, ShelfError> {
        Ok(Switching::read(&self.dir)?.is_some())
    }

    /// The directory of a release.
    pub fn release(&self, slot: Slot) -> Result<Dir, ShelfError> {
        Ok(self.releases.sub(&slot.to_string())?)
    }

    /// Writes down a root that was followed from the pinned one, and the highest counter seen.
    pub fn remember(&mut self, trust: Trust) -> Result<(), ShelfError> {
        self.may_change()?;
        self.step("remember the root");
        readable(&self.dir, TRUST, &trust.to_json())?;
        self.trust = trust;
        Ok(())
    }

    /// Calls `hook` before each step that changes the disk.
    #[doc(hidden)]
    pub fn on_step(&mut self, hook: Hook) {
        self.hook = Some(hook);
    }

    fn step(&mut self, name: &'static str) {
        if let Some(hook) = &mut self.hook {
            hook(name);
        }
    }

    fn may_change(&self) -> Result<(), ShelfError> {
        let path = || sd_fs::escape(self.dir.path().as_os_str().as_encoded_bytes());
        if self.lock.is_some() { Ok(()) } else { Err(ShelfError::ReadOnly(path())) }
    }

    fn damaged(&self, what: &'static str) -> ShelfError {
        let path = sd_fs::escape(self.dir.path().as_os_str().as_encoded_bytes());
        ShelfError::Damaged { path, what }
    }
}

fn guarded(path: &Path) -> Result<Dir, ShelfError> {
    match Dir::open_guarded(path) {
        Err(GuardError::Dir(e)) if e.is_not_found() => {
            Err(ShelfError::NotInstalled(sd_fs::escape(path.as_os_str().as_encoded_bytes())))
        }
        other => Ok(other?),
    }
}

fn shown(dir: &Dir, name: &str) -> Escaped {
    sd_fs::escape(dir.path().join(name).as_os_str().as_encoded_bytes())
}

/// Writes a small file that everybody may read, in place of an older one.
fn readable(dir: &Dir, name: &str, bytes: &[u8]) -> Result<(), DirError> {
    dir.replace_with_mode(name, bytes, FILE_MODE)
}
