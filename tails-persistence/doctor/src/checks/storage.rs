//! What stays over a restart.

use super::mounts;
use crate::answers::Answers;
use crate::finding::{Judged, fail, ok, warn};
use crate::place::{Place, Unseen};

const MB: u64 = 1_000_000;

pub(super) fn persistent_storage(answers: &Answers) -> Judged {
    if *answers.storage.told()? { ok("unlocked") } else { fail("locked, or there is none") }
}

pub(super) fn persistent_folder(place: &Place, answers: &Answers) -> Judged {
    let folder = format!("{}/Persistent", answers.home);
    if is_mounted(place, &folder)? {
        ok("in the Persistent Storage")
    } else {
        fail("not in the Persistent Storage")
    }
}

pub(super) fn is_mounted(place: &Place, at: &str) -> Result<bool, Unseen> {
    Ok(mounts::list(place)?.iter().any(|mount| mount.at == at))
}

pub(super) fn room(place: &Place, answers: &Answers) -> Judged {
    let folder = format!("{}/Persistent", answers.home);
    let free = place.free(&folder)?;
    judge_room(free.ok_or_else(|| Unseen::new(format_args!("{folder} is not there")))?)
}

fn judge_room(free: u64) -> Judged {
    let seen = format!("{} MB free", free / MB);
    match free / MB {
        0..200 => fail(seen),
        200..2000 => warn(seen),
        _ => ok(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Verdict;

    #[test]
    fn room_is_judged_by_what_a_batch_takes() {
        let verdict = |mb: u64| judge_room(mb * MB).map(|seen| seen.verdict).ok();
        assert_eq!(verdict(199), Some(Verdict::Fail));
        assert_eq!(verdict(1999), Some(Verdict::Warn));
        assert_eq!(verdict(2000), Some(Verdict::Ok));
    }
}
