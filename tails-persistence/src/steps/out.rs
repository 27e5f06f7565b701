//! Removing: what was added to Tails is taken back, the package is taken away, then the shelf.
//!
//! The mail, the keys and the ledger in `~/Persistent/sneakernet` stay: they are the station's.

use sd_fs::{Dir, Kind};
use sd_release::Mode;

use super::{Job, only_ours, shelf_at};
use crate::added::Added;
use crate::launchers::{Launcher, all};
use crate::layout;
use crate::refusal::Refusal;
use crate::software_conf::SoftwareConf;
use crate::tails::Tails;

/// How deep a release is: its directory, the tree, `usr/share/doc/..`.
const DEPTH: u32 = 20;

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// System: our line is no more in the list.
    List,
    /// System: `persistence.conf` is as it was.
    Feature,
    /// System: the package is gone from this session.
    Now,
    /// User: no link in the home.
    Session,
    /// User: no launcher among the dotfiles.
    Launchers,
    /// Directories that were made are gone, if they are empty.
    Directories,
    /// The shelf is gone.
    Shelf,
}

/// Removing in one mode.
pub(crate) struct Out<'a> {
    tails: &'a Tails,
    mode: Mode,
    added: Added,
    /// Why Additional Software stays on although we switched it on.
    pub(crate) stays_on: Option<&'static str>,
}

impl<'a> Out<'a> {
    /// Looks at what is there. Nothing is removed that is not ours.
    pub(crate) fn new(tails: &'a Tails, mode: Mode) -> Result<Self, Refusal> {
        let needed = if mode == Mode::System { tails.ids.root } else { tails.ids.person };
        match mode {
            Mode::System if tails.ids.me != needed.user => return Err(Refusal::NeedsRoot),
            Mode::User if tails.ids.me != needed.user => return Err(Refusal::IsRoot),
            _ => {}
        }
        let mut own = Self { tails, mode, added: Added::default(), stays_on: None };
        if let Some(shelf) = own.shelf()? {
            let seen = shelf.standing()?;
            if seen.owner != needed.user {
                let path = sd_fs::escape(shelf.path().as_os_str().as_encoded_bytes());
                return Err(Refusal::NotOurs(path));
            }
            only_ours(&shelf)?;
            // Without a readable note nothing of Tails's files is touched but our own line.
            own.added = Added::read(&shelf).unwrap_or_default();
        }
        if mode == Mode::System {
            let storage = tails.storage()?;
            if storage.is_read_only()? {
                return Err(Refusal::ReadOnly);
            }
            own.judge_feature(&storage)?;
        }
        Ok(own)
    }

    /// Additional Software stays on if somebody else uses it, or if the file was changed since.
    fn judge_feature(&mut self, storage: &Dir) -> Result<(), Refusal> {
        let Some(grown) = &self.added.grown else { return Ok(()) };
        if self.software(storage)?.lists_others() {
            self.stays_on = Some("other packages are listed in Additional Software");
        } else if !grown.can_be_taken_back(storage)? {
            self.stays_on = Some("persistence.conf was changed since");
        } else {
            return Ok(());
        }
        self.added.grown = None;
        self.added.directories.clear();
        Ok(())
    }

    fn shelf(&self) -> Result<Option<Dir>, Refusal> {
        let path = shelf_at(self.tails, self.mode);
        match std::fs::symlink_metadata(&path) {
            Ok(seen) if seen.is_dir() => Ok(Some(Dir::open(&path)?)),
            Ok(_) => {
                let path = sd_fs::escape(path.as_os_str().as_encoded_bytes());
                Err(Refusal::NotOurs(path))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(sd_fs::DirError::new("looking at", &path, e).into()),
        }
    }

    fn software(&self, storage: &Dir) -> Result<SoftwareConf, Refusal> {
        let ids = self.tails.ids;
        Ok(SoftwareConf::read(storage, ids.root, ids.storage)?)
    }

    /// Where directories that were made are counted from.
    fn base(&self) -> Result<Dir, Refusal> {
        match self.mode {
            Mode::System => self.tails.storage(),
            Mode::User => Ok(Dir::open(&self.tails.at(layout::STORAGE).join("dotfiles"))?),
        }
    }

    /// A directory that was made, as its parent and its name, if it is there.
    fn place(&self, path: &str) -> Result<Option<(Dir, String)>, Refusal> {
        let mut at = match self.base() {
            Ok(base) => base,
            Err(Refusal::Dir(e)) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(e),
        };
        let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
        for part in parents.split('/').filter(|p| !p.is_empty()) {
            if !at.has_dir(part)? {
                return Ok(None);
            }
            at = at.sub(part)?;
        }
        Ok(if at.has_dir(name)? { Some((at, name.to_owned())) } else { None })
    }

    /// A directory that was made and that can go: in system mode with apt's files in it, in user
    /// mode only if nobody put anything there.
    fn removable(&self, path: &str) -> Result<Option<(Dir, String)>, Refusal> {
        let Some((parent, name)) = self.place(path)? else { return Ok(None) };
        let kept = |entry: &sd_fs::Entry| {
            !self.added.directories.contains(&format!("{path}/{}", entry.name))
        };
        let theirs = self.mode == Mode::User && parent.sub(&name)?.entries()?.iter().any(kept);
        Ok(if theirs { None } else { Some((parent, name)) })
    }

    fn dotfile_dir(&self) -> std::path::PathBuf {
        self.tails.at(layout::STORAGE).join("dotfiles").join(layout::LAUNCHERS.join("/"))
    }

    fn home_dir(&self) -> std::path::PathBuf {
        self.tails.home(&layout::LAUNCHERS.join("/"))
    }
}

/// Does something with each launcher's name in a directory, if that is there.
fn each_launcher(
    from: &std::path::Path,
    mut each: impl FnMut(Launcher, &Dir) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match Dir::open(from) {
        Ok(dir) => all().into_iter().try_for_each(|launcher| each(launcher, &dir)),
        Err(e) if e.is_not_found() => Ok(()),
        Err(e) => Err(e.into()),
    }
}

impl Job for Out<'_> {
    type Step = Step;

    fn steps(&self) -> Vec<Step> {
        match self.mode {
            Mode::System => {
                vec![Step::List, Step::Feature, Step::Now, Step::Directories, Step::Shelf]
            }
            Mode::User => vec![Step::Session, Step::Launchers, Step::Directories, Step::Shelf],
        }
    }

    fn words(&self, step: Step) -> String {
        match step {
            Step::List => "take it off live-additional-software.conf".into(),
            Step::Feature => "have persistence.conf as it was before".into(),
            Step::Now => "remove the package from this session".into(),
            Step::Session => "take the launchers off this session".into(),
            Step::Launchers => "take the launchers off the dotfiles".into(),
            Step::Directories => "remove the directories that were made for it".into(),
            Step::Shelf => format!("remove {}", shelf_at(self.tails, self.mode).display()),
        }
    }

    fn is_done(&self, step: Step) -> Result<bool, Refusal> {
        match step {
            Step::List => Ok(!self.software(&self.tails.storage()?)?.lists_us()),
            Step::Feature => match &self.added.grown {
                Some(grown) => Ok(grown.is_gone(&self.tails.storage()?)?),
                None => Ok(true),
            },
            Step::Now => Ok(self.tails.tools.installed()?.is_none()),
            Step::Session => {
                Ok(!all().into_iter().any(|launcher| launcher.is_in_the_home(self.tails)))
            }
            Step::Launchers => {
                let dir = self.dotfile_dir();
                Ok(!all().iter().any(|l| std::fs::symlink_metadata(dir.join(l.file())).is_ok()))
            }
            Step::Directories => {
                for path in &self.added.directories {
                    if self.removable(path)?.is_some() {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Step::Shelf => Ok(self.shelf()?.is_none()),
        }
    }

    fn apply(&mut self, step: Step) -> Result<(), Refusal> {
        match step {
            Step::List => {
                let storage = self.tails.storage()?;
                let (owner, before) = (self.tails.ids.storage, self.added.software);
                Ok(self.software(&storage)?.take_back(&storage, owner, before)?)
            }
            Step::Feature => match &self.added.grown {
                Some(grown) => Ok(grown.take_back(&self.tails.storage()?).map(drop)?),
                None => Ok(()),
            },
            Step::Now => Ok(self.tails.tools.uninstall()?),
            Step::Session => {
                let tails = self.tails;
                let unlink = |l: Launcher, dir: &Dir| {
                    if l.is_in_the_home(tails) {
                        dir.remove_file(&l.file())?;
                    }
                    Ok(())
                };
                each_launcher(&self.home_dir(), unlink)
            }
            Step::Launchers => {
                let remove = |l: Launcher, dir: &Dir| Ok(dir.remove_file(&l.file())?);
                each_launcher(&self.dotfile_dir(), remove)
            }
            Step::Directories => {
                for path in self.added.directories.iter().rev() {
                    if let Some((parent, name)) = self.removable(path)? {
                        parent.remove_tree(&name, DEPTH)?;
                    }
                }
                Ok(())
            }
            Step::Shelf => {
                let path = shelf_at(self.tails, self.mode);
                let (parent, name) = Dir::containing(&path)?;
                // The note goes last: cut before that, the next run still knows what was added.
                let here = parent.sub(&name)?;
                for entry in here.entries()?.iter().filter(|e| e.name != crate::added::NAME) {
                    match entry.kind {
                        Kind::Dir => here.remove_tree(&entry.name, DEPTH)?,
                        Kind::File | Kind::Other => here.remove_file(&entry.name)?,
                    }
                }
                parent.remove_tree(&name, DEPTH)?;
                Ok(parent.sync()?)
            }
        }
    }
}

/// Whether anything of ours is there in a mode.
pub(crate) fn is_there(tails: &Tails, mode: Mode) -> bool {
    let listed = || {
        let storage = tails.storage().ok()?;
        storage.read_small(crate::software_conf::NAME, 64 << 10).ok()
    };
    let line = |bytes: Vec<u8>| {
        String::from_utf8_lossy(&bytes).lines().any(|l| l.trim() == layout::PACKAGE_LINE)
    };
    std::fs::symlink_metadata(shelf_at(tails, mode)).is_ok()
        || (mode == Mode::System && listed().is_some_and(line))
        || (mode == Mode::User && all().iter().any(|l| l.is_in_the_home(tails)))
}
