//! A directory for one preview, which nobody but the user can read.
//!
//! ```text
//! --to DIR, else $XDG_RUNTIME_DIR/sneakernet     in memory, the user's own, gone with the session
//!    '--mkdir 0700, mode looked at--> preview-NNNN/
//! ```

use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use sd_fs::{Dir, DirError, Escaped, Kind, escape};
use sd_term::{Failure, Status};

use super::is_ours;
use super::report::Shelf;
use crate::names;

/// Before the number of a preview.
const PREFIX: &str = "preview-";

/// What `statfs` says of a file system that is in memory only.
const TMPFS: i64 = 0x0102_1994;

/// The directory of one preview.
#[derive(Debug)]
pub(crate) struct Place {
    base: Dir,
    name: String,
    pub(crate) dir: Dir,
}

/// The directory that previews stand in. One that was named is never made: a stick that is not
/// plugged in must not become a directory on the station.
pub(crate) fn base(to: Option<&Path>, runtime: Option<PathBuf>) -> Result<Dir, Failure> {
    match (to, runtime) {
        (Some(to), _) => Ok(Dir::open(to)?),
        (None, Some(runtime)) => Ok(Dir::create(&runtime.join("sneakernet"))?),
        (None, None) => {
            let why = "this session has no directory of its own in memory; name one with --to DIR";
            Err(Failure::new(Status::Usage, why))
        }
    }
}

impl Place {
    /// Makes the next free directory; refuses where other users could read it.
    pub(crate) fn make(base: Dir) -> Result<Self, Failure> {
        let numbers = previews(&base)?.into_iter().map(|(number, _)| number);
        let next = numbers.max().unwrap_or(0).checked_add(1);
        let next = next.ok_or_else(|| Failure::new(Status::Refused, "no number is left"))?;
        let name = format!("{PREFIX}{next:04}");
        let dir = names::make_new(&base, &name)?;
        let place = Self { base, name, dir };
        if place.is_private()? {
            return Ok(place);
        }
        let why = "other users could read previews there: name another directory with --to";
        let failure = Failure::new(Status::Refused, format_args!("{}: {why}", shown(&place.base)));
        place.remove()?;
        Err(failure)
    }

    fn is_private(&self) -> Result<bool, DirError> {
        let path = self.dir.path();
        let stat = rustix::fs::stat(path).map_err(|e| DirError::new("looking at", path, e))?;
        Ok(!Mode::from_raw_mode(stat.st_mode).intersects(Mode::RWXG | Mode::RWXO))
    }

    /// Whether it is in memory only.
    pub(crate) fn is_in_memory(&self) -> bool {
        rustix::fs::statfs(self.dir.path()).is_ok_and(|s| s.f_type == TMPFS)
    }

    /// The contact sheet, as a person would type it.
    pub(crate) fn sheet(&self) -> Escaped {
        escape(self.dir.path().join(super::SHEET).as_os_str().as_encoded_bytes())
    }

    /// Takes it away again.
    pub(crate) fn remove(self) -> Result<(), DirError> {
        self.base.remove_tree(&self.name, 0)
    }
}

fn shown(dir: &Dir) -> Escaped {
    escape(dir.path().as_os_str().as_encoded_bytes())
}

/// The previews in a directory.
fn previews(base: &Dir) -> Result<Vec<(u32, String)>, DirError> {
    let numbered = base.entries()?.into_iter().filter_map(|entry| {
        names::number_of(PREFIX, &entry.name, entry.kind).map(|number| (number, entry.name))
    });
    Ok(numbered.collect())
}

/// Removes all previews; a directory that holds something else is left alone and named.
pub(crate) fn clear(base: &Dir) -> Result<Shelf, Failure> {
    let mut shelf = Shelf::default();
    for (_, name) in previews(base)? {
        let entries = base.sub(&name)?.entries()?;
        let path = escape(base.path().join(&name).as_os_str().as_encoded_bytes());
        if entries.iter().all(|e| e.kind == Kind::File && is_ours(&e.name)) {
            base.remove_tree(&name, 0)?;
            shelf.removed.push(path);
        } else {
            shelf.left.push(path);
        }
    }
    base.sync()?;
    Ok(shelf)
}
