//! Why nothing is installed or removed, each with what to do about it.

use sd_fs::{DirError, Escaped};
use sd_release::{Mode, PackageError, Role, RootError, ShelfError, Slot};
use sd_term::{Failure, Hint, Status};

use crate::persistence_conf::ConfError;
use crate::software_conf::SoftwareError;
use crate::tools::ToolError;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this is not Tails, and sneakernet is installed into Tails only")]
    NotTails,
    #[error("this Tails has no user {0}, so it is not understood")]
    NoUser(&'static str),
    #[error(
        "there is no unlocked Persistent Storage: make one, or start Tails anew and unlock it in the Welcome Screen"
    )]
    NoStorage,
    #[error(
        "the Persistent Storage is mounted for reading only: start Tails anew, and if it stays so, the stick is failing"
    )]
    ReadOnly,
    #[error("the Persistent Storage has {have} bytes left and {need} are needed: make room there")]
    NoRoom { need: u64, have: u64 },
    #[error(
        "system mode needs the administration password: set one in the Welcome Screen and use sudo, or say --mode user"
    )]
    NeedsRoot,
    #[error("user mode is for the desktop user: run it without sudo")]
    IsRoot,
    #[error(
        "{0} is not a directory of the desktop user on the Persistent Storage: switch the Persistent Folder on in its settings"
    )]
    NoPersistentFolder(Escaped),
    #[error(
        "the Dotfiles feature is off, and without it the launchers are gone at the next start: switch it on in the settings of the Persistent Storage, start Tails anew and install again"
    )]
    DotfilesOff,
    #[error("no package is named and none is installed here: say --package FILE.deb")]
    NoPackage,
    #[error("this station was installed as {}, not as {}: run sd-station remove first if that was wrong", words(*is), words(*asked))]
    OtherRole { is: Role, asked: Role },
    #[error("sneakernet is installed here in the other mode ({}): run sd-station remove in that mode first", mode_words(*.0))]
    OtherMode(Mode),
    #[error("{path}: {name} is none of ours: look what it is, and move it elsewhere")]
    Foreign { path: Escaped, name: Escaped },
    #[error("{0} is there and belongs to somebody else: look what it is, and move it elsewhere")]
    NotOurs(Escaped),
    #[error("{0} is here already as another file with other bytes: run sd-station remove first")]
    OtherBytes(Slot),
    #[error(
        "{installed} is installed here and {asked} is older: go back with sd-station update, or remove first"
    )]
    Older { installed: Slot, asked: Slot },
    #[error("{0} stands where a launcher belongs and is none of ours: move it elsewhere")]
    LauncherInTheWay(Escaped),
    #[error(
        "the root that this program was built with is damaged ({0}): use the package that sneakernet publishes"
    )]
    Root(#[from] RootError),
    #[error("{0}: a line that is not understood: run sd-station remove, then install again")]
    Note(Escaped),
    #[error(
        "the step \"{0}\" was done and a second reading does not show it: run the command again"
    )]
    NotVerified(String),
    #[error(transparent)]
    Conf(#[from] ConfError),
    #[error(transparent)]
    Software(#[from] SoftwareError),
    #[error("{path}: {why}: use the package that sneakernet publishes")]
    Package { path: Escaped, why: PackageError },
    #[error("unpacking: {0}")]
    Unpack(PackageError),
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error(transparent)]
    Dir(#[from] DirError),
}

/// A role in a sentence.
pub(crate) const fn words(role: Role) -> &'static str {
    match role {
        Role::Workstation => "the workstation",
        Role::Svs => "the Secure Viewing Station",
    }
}

/// A mode in a sentence.
pub(crate) const fn mode_words(mode: Mode) -> &'static str {
    match mode {
        Mode::System => "system mode",
        Mode::User => "user mode",
    }
}

impl Refusal {
    fn status(&self) -> Status {
        match self {
            Self::NoRoom { .. } => Status::NoSpace,
            Self::NoStorage | Self::NoPackage => Status::NotFound,
            Self::NotVerified(_) | Self::ReadOnly | Self::Tool(_) => Status::FileError,
            _ => Status::Refused,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(e: Refusal) -> Self {
        match e {
            Refusal::Dir(e) | Refusal::Shelf(ShelfError::Dir(e)) => e.into(),
            Refusal::OtherRole { .. } => {
                let hint = Hint::new(["sd-station", "remove", "--dry-run"]);
                Self::new(Status::Refused, e).hint(hint)
            }
            e => Self::new(e.status(), e),
        }
    }
}
