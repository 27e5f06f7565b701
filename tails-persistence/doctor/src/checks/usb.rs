//! What holds USB devices back.

use crate::answers::Answers;
use crate::finding::{Judged, fail, ok, several, warn};
use crate::place::{Place, Unseen};

/// As an installation names them: they must sort after Tails's own.
pub(crate) const RULES: [&str; 2] =
    ["/etc/udev/rules.d/90-sd-storage.rules", "/etc/udev/rules.d/91-sd-usb.rules"];

pub(super) fn usb_protection(answers: &Answers) -> Judged {
    if *answers.usb_protection.told()? { ok("on") } else { warn("off") }
}

pub(super) fn usbguard(answers: &Answers) -> Judged {
    if *answers.usbguard.told()? { ok("it runs") } else { warn("it does not run") }
}

pub(super) fn automount(place: &Place, answers: &Answers) -> Judged {
    if !*answers.automount.told()? {
        return ok("off");
    }
    if missing(place)?.is_empty() {
        ok("on, and our rules for USB devices keep it from sticks")
    } else {
        warn("on")
    }
}

pub(super) fn udev_rules(place: &Place) -> Judged {
    let missing = missing(place)?;
    if !missing.is_empty() {
        return warn(format_args!("not there: {}", several(&missing)));
    }
    for path in RULES {
        let look = place.look(path)?;
        if !look.is_some_and(|look| place.is_roots(&look)) {
            return fail(format_args!("{path} can be changed by somebody but root"));
        }
    }
    ok("there, and root's")
}

/// Rules that are not there, lead nowhere or are empty.
fn missing(place: &Place) -> Result<Vec<&'static str>, Unseen> {
    let mut missing = Vec::new();
    for path in RULES {
        if !place.look(path)?.is_some_and(|look| look.is_file && look.size > 0) {
            missing.push(path);
        }
    }
    Ok(missing)
}
