//! Installing and removing, step by step.
//!
//! ```text
//! look (refuse) --> plan: each step done already, or to do --> show --> confirm
//!       --> each: do, look again --> a step that the second look does not find is no success
//! ```
//! A step is found done or not by looking, never by remembering. So a run that was cut is repaired
//! by the next: it finds what is done and does the rest.

mod into_system;
mod into_user;
mod out;
#[cfg(test)]
mod tests;

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use sd_fs::Dir;
use sd_release::{Highest, Mode, Role, Shelf, ShelfError, Slot, Station, shelf_path};
use serde::Serialize;

pub(crate) use into_system::IntoSystem;
pub(crate) use into_user::IntoUser;
pub(crate) use out::{Out, is_there};

use crate::layout;
use crate::package::{MAX, Package};
use crate::refusal::Refusal;
use crate::tails::Tails;

/// One thing to do, and whether it is done.
pub(crate) trait Job {
    /// Which steps there are.
    type Step: Copy;

    /// The steps, in order.
    fn steps(&self) -> Vec<Self::Step>;
    /// A step in plain words.
    fn words(&self, step: Self::Step) -> String;
    /// Whether it is done, by looking.
    fn is_done(&self, step: Self::Step) -> Result<bool, Refusal>;
    /// Does it.
    fn apply(&mut self, step: Self::Step) -> Result<(), Refusal>;
}

/// A step in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    /// What it is.
    pub(crate) step: String,
    /// How it stands.
    pub(crate) state: State,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It was done before.
    Already,
    /// It is to be done.
    ToDo,
    /// It was done now, and found by a second look.
    Done,
}

/// What would be done.
pub(crate) fn plan<J: Job>(job: &J) -> Result<Vec<Shown>, Refusal> {
    let shown = |step: J::Step| {
        let state = if job.is_done(step)? { State::Already } else { State::ToDo };
        Ok(Shown { step: job.words(step), state })
    };
    job.steps().into_iter().map(shown).collect()
}

/// Does what is not done, and looks at each again.
pub(crate) fn apply<J: Job>(job: &mut J) -> Result<Vec<Shown>, Refusal> {
    let mut all = Vec::new();
    for step in job.steps() {
        let words = job.words(step);
        let mut state = State::Already;
        if !job.is_done(step)? {
            job.apply(step)?;
            if !job.is_done(step)? {
                return Err(Refusal::NotVerified(words));
            }
            state = State::Done;
        }
        all.push(Shown { step: words, state });
    }
    Ok(all)
}

/// Where the shelf of a mode is.
pub(crate) fn shelf_at(tails: &Tails, mode: Mode) -> PathBuf {
    let path = shelf_path(mode, std::path::Path::new(layout::HOME));
    tails.at(&path.to_string_lossy())
}

/// The shelf of a mode, to look at; nothing if there is none, or only the beginning of one.
pub(crate) fn look(tails: &Tails, mode: Mode) -> Result<Option<Shelf>, Refusal> {
    let path = shelf_at(tails, mode);
    let owner = if mode == Mode::System { tails.ids.root } else { tails.ids.person };
    let seen = match std::fs::symlink_metadata(&path) {
        Ok(seen) => seen,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(sd_fs::DirError::new("looking at", &path, e).into()),
    };
    if !seen.is_dir() || seen.uid() != owner.user {
        return Err(Refusal::NotOurs(sd_fs::escape(path.as_os_str().as_encoded_bytes())));
    }
    only_ours(&Dir::open(&path)?)?;
    match Shelf::look(&path) {
        Ok(shelf) => Ok(Some(shelf)),
        // A run was cut before the shelf was whole.
        Err(ShelfError::NotInstalled(_)) => Ok(None),
        Err(ShelfError::Dir(e)) if e.is_not_found() => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// Whether a directory that has the name of a shelf has anything else in it: that is not touched.
fn only_ours(dir: &Dir) -> Result<(), Refusal> {
    for entry in dir.entries()? {
        let part = entry
            .name
            .strip_prefix('.')
            .is_some_and(|rest| rest.split('.').next_back() == Some("part"));
        if !part && !layout::ON_A_SHELF.contains(&entry.name.as_str()) {
            let name = sd_fs::escape(entry.name.as_bytes());
            let path = sd_fs::escape(dir.path().as_os_str().as_encoded_bytes());
            return Err(Refusal::Foreign { path, name });
        }
    }
    Ok(())
}

/// The package to install: the one that was given, else the one that is there. What is there must
/// let it in.
fn chosen(given: Option<Package>, here: Option<&Shelf>, role: Role) -> Result<Package, Refusal> {
    let Some(here) = here else { return given.ok_or(Refusal::NoPackage) };
    let package = match given {
        Some(package) => package,
        None => Package::installed(here)?,
    };
    fits(here, role, &package)?;
    Ok(package)
}

/// Whether what is there lets this role and this package in.
fn fits(shelf: &Shelf, role: Role, package: &Package) -> Result<(), Refusal> {
    let is = shelf.station().role;
    if is != role {
        return Err(Refusal::OtherRole { is, asked: role });
    }
    let Some(installed) = shelf.current() else { return Ok(()) };
    if installed.counter > package.slot.counter {
        return Err(Refusal::Older { installed, asked: package.slot });
    }
    if installed == package.slot && !package.is_on(shelf)? {
        return Err(Refusal::OtherBytes(installed));
    }
    Ok(())
}

/// Puts the package on the shelf, unpacked if asked, and makes it the one in use.
fn shelve(shelf: &mut Shelf, package: &Package, tree: bool) -> Result<(), Refusal> {
    let part = sd_release::Part::Package;
    let mut staging = shelf.stage(package.slot)?;
    let failed = |e| sd_fs::DirError::new("reading", std::path::Path::new(part.name()), e);
    let mut bytes = package.reader().map_err(failed)?;
    staging.put(part, &mut bytes, MAX, Some(&package.digests))?;
    if tree {
        let file = staging.dir().path().join(part.name());
        let into = staging.tree()?;
        sd_release::unpack(&file, &into).map_err(Refusal::Unpack)?;
    }
    let slot: Slot = staging.finish()?;
    Ok(shelf.switch(slot, Highest { counter: slot.counter, signed: None })?)
}

/// Whether there is room for this many bytes, and may be written at all.
fn has_room(storage: &Dir, need: u64) -> Result<(), Refusal> {
    if storage.is_read_only()? {
        return Err(Refusal::ReadOnly);
    }
    let have = storage.free_bytes()?;
    if have < need { Err(Refusal::NoRoom { need, have }) } else { Ok(()) }
}

/// A shelf for this station, made or opened to be changed.
fn shelf_for(tails: &Tails, role: Role, mode: Mode) -> Result<Shelf, Refusal> {
    let root = sd_release::compiled_in()?;
    Ok(Shelf::create(&shelf_at(tails, mode), Station { role, mode }, &root)?)
}
