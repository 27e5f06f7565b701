//! The Secure Viewing Station, beyond its air gap.

use super::os::{Os, Version, day};
use super::programs::told;
use super::storage::is_mounted;
use super::system::made;
use crate::answers::{Answer, Answers, KeyPlace, Paired, SecretKey};
use crate::finding::{Judged, fail, ok, warn};
use crate::place::{Place, Unseen};

pub(super) fn network_manager(answers: &Answers) -> Judged {
    let state = answers.network_manager.told()?;
    // "connected:full", "connected (site only):limited", "disconnected:none", "not running".
    if state.starts_with("connected") || state.starts_with("connecting") {
        warn(state)
    } else {
        ok(state)
    }
}

fn paired(answers: &Answers) -> Result<&Paired, Unseen> {
    answers.pairing.told()?.as_ref().ok_or_else(|| Unseen::new("this station is not paired"))
}

pub(super) fn gnupg_folder(place: &Place, answers: &Answers) -> Judged {
    match &paired(answers)?.key {
        KeyPlace::File(_) => return ok("not needed: the key is in a file"),
        KeyPlace::OtherGnuPg(_) => return ok("not needed: the key is in another directory"),
        KeyPlace::GnuPg => {}
    }
    if !is_mounted(place, &format!("{}/.gnupg", answers.home))? {
        return fail("~/.gnupg is in memory only");
    }
    match told(&answers.gnupg) {
        Some(false) => fail("the GnuPG feature of the Persistent Storage is off"),
        Some(true) | None => ok("in the Persistent Storage"),
    }
}

pub(super) fn submission_key(place: &Place, answers: &Answers) -> Judged {
    let paired = paired(answers)?;
    if let KeyPlace::File(path) = &paired.key {
        return match place.look(path)? {
            Some(look) if look.is_file && look.mode & 0o077 != 0 => {
                fail("in a file that others can read")
            }
            Some(look) if look.is_file => ok("in a file"),
            Some(_) | None => fail("the file that it was paired with is not there"),
        };
    }
    match here(answers, paired)? {
        Some(_) => ok("in GnuPG, with the fingerprint that was paired"),
        None => fail("GnuPG does not have it"),
    }
}

/// The secret submission key, if GnuPG has it.
fn here<'a>(answers: &'a Answers, paired: &Paired) -> Result<Option<&'a SecretKey>, Unseen> {
    let wanted = paired.submission.as_ref();
    let wanted =
        wanted.ok_or_else(|| Unseen::new("the pairing is of an older version: pair anew"))?;
    Ok(answers.keys.told()?.iter().find(|key| key.fingerprints.contains(wanted)))
}

pub(super) fn key_expiry(place: &Place, answers: &Answers) -> Judged {
    let paired = paired(answers)?;
    if matches!(paired.key, KeyPlace::File(_)) {
        return Err(Unseen::new("a key in a file is not looked into"));
    }
    let key = here(answers, paired)?.ok_or_else(|| Unseen::new("the key is not here"))?;
    let Some(expires) = key.expires else { return ok("it does not expire") };
    let last = match &answers.manifest {
        Answer::Told(Some(last)) => last.created,
        Answer::Told(None) | Answer::NotTold(_) => 0,
    };
    let certain = made(place).unwrap_or(0).max(last);
    let (expiry, now) = (day(expires), day(answers.now));
    if expires < certain {
        warn(format_args!("it expired on {expiry}; it is {} at least", day(certain)))
    } else if expires < answers.now {
        warn(format_args!("it expired on {expiry}, if this station's clock is right: {now}"))
    } else {
        ok(format_args!("it expires on {expiry}; this station's clock says {now}"))
    }
}

pub(super) fn staleness(place: &Place, answers: &Answers) -> Judged {
    let own = Os::read(place)?.version()?;
    let last = answers.manifest.told()?.as_ref();
    let last = last.ok_or_else(|| Unseen::new("no bundle has told the workstation's Tails yet"))?;
    let theirs = last.system.strip_prefix("Tails ");
    let theirs = theirs.ok_or_else(|| Unseen::new("the workstation did not name its Tails"))?;
    let theirs: Version = theirs.parse()?;
    let seen = format!("SVS {own}, workstation {theirs} on {}", day(last.created));
    if own < theirs { warn(seen) } else { ok(seen) }
}
