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

/// The launchers of a workstation.
pub const WORKSTATION_LAUNCHERS: &[&str] = &["fetch", "check"];
/// The launchers of a Secure Viewing Station.
pub const SVS_LAUNCHERS: &[&str] = &["open", "export", "check"];
