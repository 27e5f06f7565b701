//! The system itself, on both stations.

use super::os::{Os, Version, day};
use crate::answers::{Answer, Answers, Role};
use crate::finding::{Judged, fail, ok, several, warn};
use crate::place::{Place, Unseen};

/// Tails is renewed about each month; four have passed.
const OLD_DAYS: i64 = 120;
const DAY: i64 = 86_400;

/// An installed release says which Tails was the newest when it was made.
pub(super) const RELEASE: &str = "/usr/share/sneakernet/release.json";

pub(super) fn tails(place: &Place) -> Judged {
    let os = Os::read(place)?;
    match os.id.as_str() {
        "tails" => ok(format_args!("{} {}", os.name, os.version)),
        _ => fail(format_args!("this is {} {}", os.name, os.version)),
    }
}

pub(super) fn tails_version(place: &Place, answers: &Answers) -> Judged {
    let os = Os::read(place)?;
    let (own, floor): (Version, &[u32]) = match answers.role {
        Role::Workstation => (os.version()?, &[7]),
        Role::Svs => (os.version()?, &[6]),
    };
    if own.is_before(floor) {
        return fail(format_args!("{own}, below what SecureDrop needs"));
    }
    match newest_known(place)? {
        Some(newest) if own < newest => {
            return warn(format_args!("{own}; {newest} or a later one is there"));
        }
        Some(_) | None => {}
    }
    // Before 7.4, Kleopatra opens no message at a click (SecureDrop's guide).
    if answers.role == Role::Svs && own.is_before(&[7, 4]) {
        return warn(format_args!("{own}; SecureDrop's guide asks for 7.4 or later"));
    }
    ok(own)
}

fn newest_known(place: &Place) -> Result<Option<Version>, Unseen> {
    let Some(bytes) = place.bytes(RELEASE)? else { return Ok(None) };
    let record: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|_| Unseen::new("release.json cannot be read"))?;
    record.get("newest_tails").and_then(|v| v.as_str()).map(str::parse).transpose()
}

pub(super) fn tails_age(place: &Place, answers: &Answers) -> Judged {
    let made = made(place)?;
    let days = (answers.now - made) / DAY;
    let seen = format!("made on {}", day(made));
    if days > OLD_DAYS {
        warn(format_args!("{seen}, {days} days ago by this station's clock"))
    } else {
        ok(seen)
    }
}

/// When this Tails was made.
pub(super) fn made(place: &Place) -> Result<i64, Unseen> {
    let unknown = || Unseen::new("this system does not say when it was made");
    Os::read(place)?.made.ok_or_else(unknown)
}

pub(super) fn virtual_machine(answers: &Answers) -> Judged {
    match (answers.machine.told()?.as_str(), answers.role) {
        ("none", _) => ok("none"),
        (kind, Role::Svs) => fail(kind),
        (kind, Role::Workstation) => warn(kind),
    }
}

pub(super) fn boot_options(place: &Place) -> Judged {
    let line = place.must("/proc/cmdline")?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let is = |word: &&&str, name: &str| word.split('=').next() == Some(name);
    if words.iter().any(|w| w.starts_with("autotest")) {
        return fail("started for Tails's automatic tests");
    }
    if words.iter().any(|w| is(&w, "debug")) {
        return warn("started with debug");
    }
    if words.contains(&"module=Tails") {
        ok("as they should be")
    } else {
        warn("module=Tails is not among them")
    }
}

pub(super) fn memory(place: &Place) -> Judged {
    const LITTLE_KB: u64 = 500_000;
    let text = place.must("/proc/meminfo")?;
    let kb = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"));
    let kb = kb.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    let kb = kb.ok_or_else(|| Unseen::new("/proc/meminfo has an unknown form"))?;
    let seen = format!("{} MB available", kb / 1000);
    if kb < LITTLE_KB { warn(seen) } else { ok(seen) }
}

pub(super) fn swap(place: &Place) -> Judged {
    let text = place.text("/proc/swaps")?.unwrap_or_default();
    let swaps = text.lines().skip(1).filter_map(|l| l.split_whitespace().next());
    let kept: Vec<&str> = swaps.filter(|s| !s.starts_with("/dev/zram")).collect();
    if kept.is_empty() { ok("in memory only") } else { fail(several(&kept)) }
}

pub(super) fn administration_password(answers: &Answers) -> Judged {
    if *answers.password.told()? { warn("one is set") } else { ok("none is set") }
}

pub(super) fn user(answers: &Answers) -> Judged {
    match answers.uid {
        0 => fail("root"),
        uid => ok(format_args!("user {uid}")),
    }
}

pub(super) fn clock(place: &Place, answers: &Answers) -> Judged {
    let (now, made) = (day(answers.now), made(place)?);
    if answers.now < made {
        return warn(format_args!("it says {now}; this Tails was made on {}", day(made)));
    }
    match &answers.manifest {
        Answer::Told(Some(last)) if answers.now < last.created => {
            let packed = day(last.created);
            warn(format_args!("it says {now}; the last bundle was packed on {packed}"))
        }
        Answer::Told(_) | Answer::NotTold(_) => ok(format_args!("{now}, which is possible")),
    }
}
