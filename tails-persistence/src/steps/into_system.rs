//! System mode: a package that Tails installs at each login, on a shelf that only root can write.

use sd_fs::Dir;
use sd_release::{Mode, Role};

use super::{Job, chosen, has_room, look, shelf_at, shelf_for, shelve};
use crate::added::Added;
use crate::layout;
use crate::package::Package;
use crate::persistence_conf::PersistenceConf;
use crate::refusal::{Refusal, words};
use crate::software_conf::SoftwareConf;
use crate::tails::Tails;

/// What Tails keeps packages and their lists in, once Additional Software is on.
const APT: [&str; 3] = ["apt", "apt/cache", "apt/lists"];
/// Everybody may look into these.
const DIR_MODE: u32 = 0o755;

/// Beside the package: files of the shelf, and apt's lists.
const SLACK: u64 = 8 << 20;

/// The steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The shelf is there, for this role.
    Shelf,
    /// The package is on it, and in use.
    Release,
    /// What will be added to Tails's own files is noted down.
    Note,
    /// Tails is told to install it at each login.
    List,
    /// The feature that does it is on.
    Feature,
    /// It is installed in this session too.
    Now,
}

/// Installing in system mode.
pub(crate) struct IntoSystem<'a> {
    tails: &'a Tails,
    role: Role,
    pub(crate) package: Package,
}

impl<'a> IntoSystem<'a> {
    /// Looks at everything first: what is odd is refused before anything is changed.
    pub(crate) fn new(
        tails: &'a Tails,
        role: Role,
        package: Option<Package>,
    ) -> Result<Self, Refusal> {
        if tails.ids.me != tails.ids.root.user {
            return Err(Refusal::NeedsRoot);
        }
        let storage = tails.storage()?;
        if look(tails, Mode::User)?.is_some() {
            return Err(Refusal::OtherMode(Mode::User));
        }
        let here = look(tails, Mode::System)?;
        let package = chosen(package, here.as_ref(), role)?;
        let own = Self { tails, role, package };
        own.conf(&storage)?;
        own.software(&storage)?.check()?;
        if !own.is_done(Step::Feature)?
            || !own.is_done(Step::List)?
            || !own.is_done(Step::Release)?
        {
            has_room(&storage, own.package.digests.size + SLACK)?;
        }
        Ok(own)
    }

    fn conf(&self, storage: &Dir) -> Result<PersistenceConf, Refusal> {
        let noted = self.noted()?.grown;
        Ok(PersistenceConf::read(storage, self.tails.ids.storage, noted.as_ref())?)
    }

    /// What earlier runs noted down.
    fn noted(&self) -> Result<Added, Refusal> {
        match self.shelf_dir() {
            Ok(here) => Added::read(&here),
            Err(Refusal::Dir(e)) if e.is_not_found() => Ok(Added::default()),
            Err(e) => Err(e),
        }
    }

    fn software(&self, storage: &Dir) -> Result<SoftwareConf, Refusal> {
        let ids = self.tails.ids;
        Ok(SoftwareConf::read(storage, ids.root, ids.storage)?)
    }

    fn shelf_dir(&self) -> Result<Dir, Refusal> {
        Ok(Dir::open(&shelf_at(self.tails, Mode::System))?)
    }

    /// What the steps behind the note will add.
    fn to_add(&self, storage: &Dir) -> Result<Added, Refusal> {
        let software = self.software(storage)?;
        let grown = self.conf(storage)?.growth();
        let mut directories = Vec::new();
        for path in APT {
            if grown.is_some() && !there(storage, path)? {
                directories.push(path.to_owned());
            }
        }
        let software = (!software.lists_us()).then(|| software.before());
        Ok(Added { directories, software, grown })
    }

    fn add_line(&self, storage: &Dir) -> Result<(), Refusal> {
        Ok(self.software(storage)?.add(storage, self.tails.ids.storage)?)
    }

    fn switch_on(&self, storage: &Dir) -> Result<(), Refusal> {
        for path in APT {
            let mut at = storage.again()?;
            for part in path.split('/') {
                let fresh = !at.has(part)?;
                at = at.make_sub(part)?;
                if fresh {
                    at.set_mode(DIR_MODE)?;
                }
            }
        }
        let conf = self.conf(storage)?;
        if let Some(grown) = conf.growth() {
            conf.grow(storage, &grown)?;
        }
        Ok(())
    }

    /// Whether the package of this session is this one, and its postinst saw this role.
    fn is_in_force(&self) -> Result<bool, Refusal> {
        let version = self.package.slot.version.to_string();
        if self.tails.tools.installed()? != Some(version) {
            return Ok(false);
        }
        let role = if self.role == Role::Svs { "svs" } else { "workstation" };
        let link = std::fs::read_link(self.tails.at("/etc/udev/rules.d/90-sd-storage.rules"));
        let wanted = format!("/usr/lib/sneakernet/udev/{role}/90-sd-storage.rules");
        Ok(link.is_ok_and(|link| link.as_os_str() == wanted.as_str()))
    }
}

/// Whether a directory of the storage is there.
fn there(storage: &Dir, path: &str) -> Result<bool, Refusal> {
    let mut at = storage.again()?;
    for part in path.split('/') {
        if !at.has_dir(part)? {
            return Ok(false);
        }
        at = at.sub(part)?;
    }
    Ok(true)
}

impl Job for IntoSystem<'_> {
    type Step = Step;

    fn steps(&self) -> Vec<Step> {
        vec![Step::Shelf, Step::Release, Step::Note, Step::List, Step::Feature, Step::Now]
    }

    fn words(&self, step: Step) -> String {
        match step {
            Step::Shelf => format!("make {} for {}", layout::SHELF, words(self.role)),
            Step::Release => format!("put sneakernet {} there", self.package.slot),
            Step::Note => "note down there what will be added to files of Tails".into(),
            Step::List => "list it in live-additional-software.conf".into(),
            Step::Feature => "have Additional Software switched on in persistence.conf".into(),
            Step::Now => "install it in this session too".into(),
        }
    }

    fn is_done(&self, step: Step) -> Result<bool, Refusal> {
        let storage = self.tails.storage()?;
        let here = look(self.tails, Mode::System)?;
        match step {
            Step::Shelf => Ok(here.is_some_and(|s| s.station().role == self.role)),
            Step::Release => here.map_or(Ok(false), |here| self.package.is_on(&here)),
            Step::Note => {
                if here.is_none() {
                    return Ok(false);
                }
                let noted = self.noted()?;
                Ok(noted.clone().and(self.to_add(&storage)?) == noted)
            }
            Step::List => Ok(self.software(&storage)?.lists_us()),
            Step::Feature => Ok(self.conf(&storage)?.installs()),
            Step::Now => self.is_in_force(),
        }
    }

    fn apply(&mut self, step: Step) -> Result<(), Refusal> {
        let storage = self.tails.storage()?;
        match step {
            Step::Shelf => shelf_for(self.tails, self.role, Mode::System).map(drop),
            Step::Release => {
                let mut here = shelf_for(self.tails, self.role, Mode::System)?;
                shelve(&mut here, &self.package, false)
            }
            Step::Note => self.noted()?.and(self.to_add(&storage)?).write(&self.shelf_dir()?),
            Step::List => self.add_line(&storage),
            Step::Feature => self.switch_on(&storage),
            Step::Now => Ok(self.tails.tools.install(&self.tails.at(layout::PACKAGE_LINE))?),
        }
    }
}
