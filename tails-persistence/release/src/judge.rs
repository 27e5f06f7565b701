//! Whether a release that is believed may be installed here.
//!
//! Nothing is decided by a clock. A station that is given an old release for ever cannot know: the
//! day, the counter and the newest counter seen are shown, and a person judges.

use sd_fs::Sha256;

use crate::manifest::Manifest;
use crate::shelf::Highest;
use crate::words::{Counter, TailsVersion};

/// What a station has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The counter of the version in use.
    pub counter: Option<Counter>,
    /// The newest release it has taken or carried.
    pub highest: Option<Highest>,
    /// Its Tails; nothing: it is no Tails.
    pub tails: Option<TailsVersion>,
}

/// Why a release is not for this station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is what is installed.
    #[error("release {0} is installed already")]
    Same(Counter),
    /// It is older than what is installed.
    #[error("release {found} is older than release {have}, which is installed here")]
    Older {
        /// Its counter.
        found: Counter,
        /// The installed one.
        have: Counter,
    },
    /// It is older than what was seen here.
    #[error("release {found} is older than release {seen}, which was seen here before")]
    OlderThanSeen {
        /// Its counter.
        found: Counter,
        /// The highest.
        seen: Counter,
    },
    /// Another release of the same number.
    #[error(
        "another release {0} than the one that was seen here before; two that bear one number are an alarm"
    )]
    Fork(Counter),
    /// What is installed is too old for it.
    #[error(
        "release {found} updates from release {need} and later, and here is release {have}: update to one in between first"
    )]
    Jump {
        /// Its counter.
        found: Counter,
        /// Its floor.
        need: Counter,
        /// The installed one.
        have: Counter,
    },
    /// Nothing is installed.
    #[error("the programs are not installed here, so there is nothing to update")]
    NotInstalled,
    /// This Tails is too old for it.
    #[error("it needs Tails {need} or later, and this is Tails {have}: update Tails first")]
    TailsTooOld {
        /// The oldest it runs on.
        need: TailsVersion,
        /// This one.
        have: TailsVersion,
    },
    /// This Tails is too new for it.
    #[error(
        "it is made for Tails {need} and earlier, and this is Tails {have}: get a later release"
    )]
    TailsTooNew {
        /// The newest it runs on.
        need: TailsVersion,
        /// This one.
        have: TailsVersion,
    },
    /// No Tails at all.
    #[error("this system is not Tails, or does not say which")]
    NotTails,
}

/// Whether it may be installed.
pub fn may_install(manifest: &Manifest, identity: Sha256, here: &Installed) -> Result<(), Refusal> {
    let found = manifest.counter;
    let have = here.counter.ok_or(Refusal::NotInstalled)?;
    if found == have {
        // Two releases of one number are worse than one that is here already.
        not_forked(manifest, identity, here)?;
        return Err(Refusal::Same(found));
    }
    if found < have {
        return Err(Refusal::Older { found, have });
    }
    may_carry(manifest, identity, here)?;
    if have < manifest.update_from {
        return Err(Refusal::Jump { found, need: manifest.update_from, have });
    }
    runs_on(manifest, here.tails)
}

/// Whether it may be carried to the other station: it is no older than what was seen here.
pub fn may_carry(manifest: &Manifest, identity: Sha256, here: &Installed) -> Result<(), Refusal> {
    let found = manifest.counter;
    match here.highest {
        Some(Highest { counter: seen, .. }) if found < seen => {
            Err(Refusal::OlderThanSeen { found, seen })
        }
        _ => not_forked(manifest, identity, here),
    }
}

fn not_forked(manifest: &Manifest, identity: Sha256, here: &Installed) -> Result<(), Refusal> {
    let same = here.highest.filter(|h| h.counter == manifest.counter).and_then(|h| h.signed);
    match same {
        Some(signed) if signed != identity => Err(Refusal::Fork(manifest.counter)),
        _ => Ok(()),
    }
}

/// Whether it runs on that Tails.
pub fn runs_on(manifest: &Manifest, tails: Option<TailsVersion>) -> Result<(), Refusal> {
    let have = tails.ok_or(Refusal::NotTails)?;
    let range = manifest.tails;
    if have < range.min {
        return Err(Refusal::TailsTooOld { need: range.min, have });
    }
    match range.max {
        Some(need) if !have.is_within(need) => Err(Refusal::TailsTooNew { need, have }),
        _ => Ok(()),
    }
}
