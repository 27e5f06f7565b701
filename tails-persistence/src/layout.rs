//! Where everything is on a Tails stick: the one home of these paths.
//!
//! ```text
//! /live/persistence/TailsData_unlocked   root's, 0770, and the desktop user may pass through
//!   persistence.conf                     which features are on       tails-persistent-storage, 0600
//!   live-additional-software.conf        what is installed at login  tails-persistent-storage, 0644
//!   sneakernet/                          our shelf, system mode      root, 0755
//!   dotfiles/                            linked into the home        the desktop user
//!   Persistent/ = ~/Persistent           our shelf, user mode: sneakernet-programs/
//! ```

/// The Persistent Storage while it is unlocked.
pub const STORAGE: &str = "/live/persistence/TailsData_unlocked";

/// Our shelf in it, in system mode: root's alone.
pub const SHELF: &str = "/live/persistence/TailsData_unlocked/sneakernet";

/// What Tails installs at each login. The link says which version is meant.
pub(crate) const PACKAGE_LINE: &str =
    "/live/persistence/TailsData_unlocked/sneakernet/current/sneakernet.deb";

/// Our package.
pub(crate) const PACKAGE: &str = "sneakernet";

/// The desktop user of Tails, and their home.
pub(crate) const PERSON: &str = "amnesia";
/// The home.
pub(crate) const HOME: &str = "/home/amnesia";
/// The shelf of user mode, in the home.
pub(crate) const USER_SHELF: &str = "Persistent/sneakernet-programs";

/// Whose `persistence.conf` and `live-additional-software.conf` are.
pub(crate) const STORAGE_USER: &str = "tails-persistent-storage";

/// Where the desktop looks for a user's launchers, in the home and so in the dotfiles.
pub(crate) const LAUNCHERS: [&str; 3] = [".local", "share", "applications"];

/// What a shelf has in it. Whatever else is there was put there by somebody else.
pub(crate) const ON_A_SHELF: [&str; 11] = [
    ".current.next",
    ".lock",
    ".previous.next",
    "added.toml",
    "current",
    "history.jsonl",
    "previous",
    "releases",
    "root.json",
    "station.toml",
    "switching.json",
];

/// The launchers of a workstation.
pub const WORKSTATION_LAUNCHERS: &[&str] = &["fetch", "check"];
/// The launchers of a Secure Viewing Station.
pub const SVS_LAUNCHERS: &[&str] = &["open", "export", "check"];
