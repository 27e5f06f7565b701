//! These programs, and what they take this station for.

use serde::Deserialize;

use super::system::RELEASE;
use crate::answers::{Answer, Answers, Role};
use crate::finding::{Judged, fail, ok, warn};
use crate::place::{Place, Unseen};

/// Where an installation in system mode says what the station is. Root's alone.
const SYSTEM: &str = "/live/persistence/TailsData_unlocked/sneakernet/station.toml";

/// How these programs were installed, by the record that the installation left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// As which station.
    pub role: Role,
    /// How.
    pub mode: Mode,
}

/// Who these programs belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Root, as a package of the system.
    System,
    /// The desktop's user.
    User,
    /// It says root, and somebody else can change the record.
    Spoilt,
}

#[derive(Deserialize)]
struct Record {
    role: String,
}

/// Reads the record of the installation; nothing if there is none. The error is in words.
pub fn installed(place: &Place, home: &str) -> Result<Option<Installed>, String> {
    let user = format!("{home}/Persistent/sneakernet-programs/station.toml");
    for path in [SYSTEM, user.as_str()] {
        let Some(text) = place.file(path).map_err(|e| e.to_string())? else { continue };
        let record: Record =
            toml::from_str(&text).map_err(|_| format!("{path}: not the record of a station"))?;
        let role = match record.role.as_str() {
            "svs" => Role::Svs,
            "workstation" => Role::Workstation,
            _ => return Err(format!("{path}: an unknown role")),
        };
        let look = place.stands(path).map_err(|e| e.to_string())?;
        let by_root = look.is_some_and(|look| place.is_roots(&look));
        let mode = match (path == SYSTEM, by_root) {
            (true, true) => Mode::System,
            (true, false) => Mode::Spoilt,
            (false, _) => Mode::User,
        };
        return Ok(Some(Installed { role, mode }));
    }
    Ok(None)
}

pub(super) fn station(place: &Place, answers: &Answers) -> Judged {
    let paired = answers.pairing.told()?.as_ref().map(|p| p.role);
    let installed = installed(place, &answers.home).map_err(Unseen::new)?;
    if installed.as_ref().is_some_and(|i| i.mode == Mode::Spoilt) {
        return fail("somebody but root can change the record of the installation");
    }
    let installed = installed.map(|i| i.role);
    let wrong =
        [("paired", paired), ("installed", installed)].into_iter().find_map(|(how, role)| {
            let role = role.filter(|role| *role != answers.role)?;
            Some(format!("{how} as {}, examined as {}", role.word(), answers.role.word()))
        });
    match (wrong, paired) {
        (Some(wrong), _) => fail(wrong),
        (None, None) => warn("not paired"),
        (None, Some(role)) => ok(format_args!("paired as {}", role.word())),
    }
}

pub(super) fn programs(place: &Place, answers: &Answers) -> Judged {
    let program = answers.program.told()?;
    let (dir, _) = program.rsplit_once('/').ok_or_else(|| Unseen::new("no path is known"))?;
    let mut paths = vec![program.clone()];
    for name in place.names(if dir.is_empty() { "/" } else { dir })?.unwrap_or_default() {
        if matches!(name.as_str(), "sd-fetch" | "sd-airgap" | "sd-export" | "sd-station") {
            paths.push(format!("{dir}/{name}"));
        }
    }
    // Whoever may write in a directory may replace what is in it.
    let ends: Vec<usize> = dir.match_indices('/').map(|(at, _)| at).collect();
    paths.extend(ends.into_iter().map(|at| dir[..at.max(1)].to_owned()));
    paths.push(if dir.is_empty() { "/".to_owned() } else { dir.to_owned() });
    for path in &paths {
        let look = place.look(path)?.ok_or_else(|| Unseen::new(format_args!("{path}: gone")))?;
        if !place.is_roots(&look) {
            return warn("in user mode: your user, and whatever runs as it, can change them");
        }
    }
    ok("in system mode: root alone can change them")
}

pub(super) fn release(place: &Place, answers: &Answers) -> Judged {
    let version = answers.version;
    let unknown = || Unseen::new(format_args!("version {version}; no signed release is recorded"));
    let look = place.look(RELEASE)?.ok_or_else(unknown)?;
    if !place.is_roots(&look) {
        return fail("somebody but root can change the record of the release");
    }
    let bytes = place.bytes(RELEASE)?.unwrap_or_default();
    let record: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|_| Unseen::new("the record of the release cannot be read"))?;
    let recorded = record.get("version").and_then(|v| v.as_str());
    match recorded {
        Some(recorded) if recorded != version => {
            warn(format_args!("this is version {version}; the release on record is {recorded}"))
        }
        Some(_) | None => ok(format_args!("version {version}, with a record that root left")),
    }
}

/// An answer, if there is one.
pub(super) fn told<T: Copy>(answer: &Answer<T>) -> Option<T> {
    match answer {
        Answer::Told(answer) => Some(*answer),
        Answer::NotTold(_) => None,
    }
}
