//! Where an export goes: a directory, or an Export Device that is unlocked for it and let go.
//!
//! ```text
//! stick --unlock, mount read-only--> agreed to? --mount anew--> written --mount read-only-->
//!                                       checked, every byte --> locked, switched off
//! ```

use std::path::PathBuf;

use sd_fs::{Dir, Progress};
use sd_stick::{LetGo, MountedStick, Wanted, choose, stick_failure};
use sd_term::{Failure, Status, Ui};
use usb_rules::udisks::Udisks;
use usb_rules::{Access, Export, Label, LabelRole, Role as _, Volume};

use crate::check::check;

/// Where to, as it was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A directory that is there.
    Directory(PathBuf),
    /// A stick.
    Stick(Wanted),
}

/// The same, open.
#[derive(Debug)]
pub(crate) enum Target {
    Directory(Dir),
    Stick(Box<MountedStick>),
}

impl Target {
    /// Opens it. A stick is not written yet, and not mounted for writing.
    pub(crate) fn open(place: &Place, ui: &mut Ui) -> Result<Self, Failure> {
        match place {
            Place::Directory(path) => Ok(Self::Directory(Dir::open(path)?)),
            Place::Stick(wanted) => {
                let chosen = choose::<Export>(wanted, Access::Write, ui)?;
                let udisks = Udisks::connect().map_err(stick_failure)?;
                let stick = MountedStick::open(udisks, &chosen, wanted, Access::Write, ui)?;
                consent(&stick, &chosen.device.facts().volumes, wanted, ui)?;
                Ok(Self::Stick(Box::new(stick)))
            }
        }
    }

    /// The directory that exports lie in.
    pub(crate) fn dir(&self) -> Result<Dir, Failure> {
        Ok(match self {
            Self::Directory(dir) => dir.again()?,
            Self::Stick(stick) => Dir::open(stick.path())?,
        })
    }

    /// Whether a person typed a stick's passphrase for this.
    pub(crate) fn was_unlocked_by_hand(&self) -> bool {
        matches!(self, Self::Stick(stick) if stick.was_unlocked_by_hand())
    }

    /// From now on it is written.
    pub(crate) fn make_writable(&mut self) -> Result<(), Failure> {
        match self {
            Self::Directory(_) => Ok(()),
            Self::Stick(stick) => stick.mount_again(Access::Write),
        }
    }

    /// A stick is mounted anew, read-only: what the system remembered of it is gone then.
    pub(crate) fn look_again(&mut self) -> Result<(), Failure> {
        match self {
            Self::Directory(_) => Ok(()),
            Self::Stick(stick) => stick.mount_again(Access::Read),
        }
    }

    /// Checks the export on a stick as the stick tells it, not as the system remembers it.
    pub(crate) fn seal(
        &mut self,
        export: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        self.look_again()?;
        if let Self::Stick(stick) = self {
            check(&Dir::open(stick.path())?.sub(export)?, progress)?;
        }
        Ok(())
    }

    /// Locks a stick and switches it off.
    pub(crate) fn let_go(self) -> Option<LetGo> {
        match self {
            Self::Directory(_) => None,
            Self::Stick(stick) => Some(stick.let_go()),
        }
    }
}

/// A stick that says it is an Export Device, or that a person named or agrees to.
fn consent(
    stick: &MountedStick,
    volumes: &[Volume],
    wanted: &Wanted,
    ui: &mut Ui,
) -> Result<(), Failure> {
    let role = stick.label()?.as_ref().map(Label::role);
    if role == Some(LabelRole::Transfer) {
        let what = format!("{}: it is a Transfer Device, not an Export Device", stick.title());
        return Err(Failure::new(Status::DeviceRefused, what));
    }
    let says_so = role == Some(LabelRole::Export)
        || volumes.iter().flat_map(Volume::labels).any(|label| label == Export::LABEL);
    if says_so || wanted.device.is_some() {
        return Ok(());
    }
    let question =
        format!("{} does not say that it is an Export Device. Write to it?", stick.title());
    if ui.confirm(&question, "name it with --device")? {
        return Ok(());
    }
    Err(Failure::new(Status::Refused, "the stick was not agreed to; nothing was written"))
}
