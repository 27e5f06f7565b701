//! User mode: programs unpacked in the Persistent Folder, launchers by the Dotfiles feature. No
//! password is needed, and nothing protects the programs from what runs as the desktop user.

use std::os::unix::fs::MetadataExt as _;

use sd_fs::{Dir, DirError, escape};
use sd_release::{Mode, Role};

use super::{Job, chosen, has_room, look, shelf_at, shelf_for, shelve};
use crate::added::Added;
use crate::launchers::{Launcher, of};
use crate::layout;
use crate::package::Package;
use crate::refusal::{Refusal, words};
use crate::tails::Tails;

/// Packed, the programs have a third of their size.
const UNPACKED: u64 = 5;

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The shelf is there, for this role.
    Shelf,
    /// The programs are unpacked on it, and in use.
    Release,
    /// Directories that will be made are noted down.
    Note,
    /// Launchers are among the dotfiles.
    Launchers,
    /// And in the home of this session.
    Session,
}

/// Installing in user mode.
pub(crate) struct IntoUser<'a> {
    tails: &'a Tails,
    role: Role,
    pub(crate) package: Package,
}

impl<'a> IntoUser<'a> {
    /// Looks at everything first: what is odd is refused before anything is changed.
    pub(crate) fn new(
        tails: &'a Tails,
        role: Role,
        package: Option<Package>,
    ) -> Result<Self, Refusal> {
        if tails.ids.me != tails.ids.person.user {
            return Err(Refusal::IsRoot);
        }
        let folder = persistent_folder(tails)?;
        if std::fs::symlink_metadata(tails.at(layout::SHELF)).is_ok() {
            return Err(Refusal::OtherMode(Mode::System));
        }
        if !tails.tools.dotfiles_are_on()? {
            return Err(Refusal::DotfilesOff);
        }
        let here = look(tails, Mode::User)?;
        let package = chosen(package, here.as_ref(), role)?;
        let own = Self { tails, role, package };
        for launcher in own.launchers() {
            launcher.may_be_put(tails)?;
        }
        if !own.is_done(Step::Release)? {
            has_room(&folder, own.package.digests.size.saturating_mul(UNPACKED))?;
        }
        Ok(own)
    }

    fn launchers(&self) -> Vec<Launcher> {
        of(self.role)
    }

    fn shelf_dir(&self) -> Result<Dir, Refusal> {
        Ok(Dir::open(&shelf_at(self.tails, Mode::User))?)
    }

    fn dotfiles(&self) -> Result<Dir, Refusal> {
        match Dir::open(&self.tails.at(layout::STORAGE).join("dotfiles")) {
            Err(e) if e.is_not_found() => Err(Refusal::DotfilesOff),
            other => Ok(other?),
        }
    }

    /// Directories among the dotfiles that are to be made.
    fn to_add(&self) -> Result<Added, Refusal> {
        let (mut at, mut path, mut directories) =
            (Some(self.dotfiles()?), String::new(), Vec::new());
        for part in layout::LAUNCHERS {
            path = if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
            let next = match &at {
                Some(dir) if dir.has_dir(part)? => Some(dir.sub(part)?),
                _ => None,
            };
            if next.is_none() {
                directories.push(path.clone());
            }
            at = next;
        }
        Ok(Added { directories, ..Added::default() })
    }
}

/// The Persistent Folder, if it is on the Persistent Storage and the desktop user's.
fn persistent_folder(tails: &Tails) -> Result<Dir, Refusal> {
    let path = tails.home("Persistent");
    let refused = || Refusal::NoPersistentFolder(escape(path.as_os_str().as_encoded_bytes()));
    let storage = std::fs::metadata(tails.at(layout::STORAGE)).map_err(|_| Refusal::NoStorage)?;
    let folder = std::fs::symlink_metadata(&path).map_err(|_| refused())?;
    let theirs = folder.is_dir() && folder.uid() == tails.ids.person.user;
    if !theirs || folder.dev() != storage.dev() {
        return Err(refused());
    }
    Ok(Dir::open(&path)?)
}

/// A directory below another, made with those above it.
fn made(from: &Dir, parts: &[&str]) -> Result<Dir, DirError> {
    let mut at = from.again()?;
    for part in parts {
        at = at.make_sub(part)?;
    }
    Ok(at)
}

impl Job for IntoUser<'_> {
    type Step = Step;

    fn steps(&self) -> Vec<Step> {
        vec![Step::Shelf, Step::Release, Step::Note, Step::Launchers, Step::Session]
    }

    fn words(&self, step: Step) -> String {
        match step {
            Step::Shelf => format!("make ~/{} for {}", layout::USER_SHELF, words(self.role)),
            Step::Release => format!("unpack sneakernet {} there", self.package.slot),
            Step::Note => "note down there what will be added to the dotfiles".into(),
            Step::Launchers => "put the launchers among the dotfiles".into(),
            Step::Session => "show the launchers in this session too".into(),
        }
    }

    fn is_done(&self, step: Step) -> Result<bool, Refusal> {
        let here = look(self.tails, Mode::User)?;
        match step {
            Step::Shelf => Ok(here.is_some_and(|s| s.station().role == self.role)),
            Step::Release => here.map_or(Ok(false), |here| self.package.is_on(&here)),
            Step::Note => {
                if here.is_none() {
                    return Ok(false);
                }
                let noted = Added::read(&self.shelf_dir()?)?;
                Ok(noted.clone().and(self.to_add()?) == noted)
            }
            Step::Launchers => {
                let all = self.launchers();
                Ok(all.iter().all(|l| l.is_among_the_dotfiles(self.tails)))
            }
            Step::Session => Ok(self.launchers().iter().all(|l| l.is_in_the_home(self.tails))),
        }
    }

    fn apply(&mut self, step: Step) -> Result<(), Refusal> {
        match step {
            Step::Shelf => shelf_for(self.tails, self.role, Mode::User).map(drop),
            Step::Release => {
                let mut here = shelf_for(self.tails, self.role, Mode::User)?;
                shelve(&mut here, &self.package, true)
            }
            Step::Note => {
                let here = self.shelf_dir()?;
                Added::read(&here)?.and(self.to_add()?).write(&here)
            }
            Step::Launchers => {
                let dir = made(&self.dotfiles()?, &layout::LAUNCHERS)?;
                for launcher in self.launchers() {
                    dir.replace(&launcher.file(), launcher.text().as_bytes())?;
                }
                Ok(())
            }
            Step::Session => {
                let dir = made(&Dir::open(&self.tails.home(""))?, &layout::LAUNCHERS)?;
                for launcher in self.launchers() {
                    if !launcher.is_in_the_home(self.tails) {
                        dir.make_pointer(&launcher.file(), &launcher.target())?;
                    }
                }
                Ok(())
            }
        }
    }
}
