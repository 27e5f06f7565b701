//! `sd-export wipe`.

use std::fmt;
use std::path::PathBuf;

use sd_fs::{Dir, Entry, Escaped, escape};
use sd_stick::LetGo;
use sd_term::{Consent, Failure, Report, Status, Ui, count};
use serde::Serialize;

use super::stick::StickArgs;
use crate::names::number_of;
use crate::target::{Place, Target};

/// An export has no directories in it.
const DEPTH: u32 = 0;

/// Remove exports from an Export Device, once they were copied where they belong.
///
/// Removes the directories export-NNNN and nothing else; what else lies there is named and stays.
/// Then the stick is mounted anew and looked at, locked and switched off.
///
/// Removed is not erased: a flash stick keeps old copies in places that no program reaches.
/// What protects them is the encryption of the stick, and nothing else does. A stick that held
/// documents without encryption should be destroyed when it is not needed any more.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// In this directory instead of on a stick.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["device", "stick_passphrase_fd", "pim"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    stick: StickArgs,
    /// Show what would be removed, and stop.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Request {
    place: Place,
    consent: Consent,
}

impl Args {
    pub(super) fn request(self) -> Request {
        Request {
            place: self.from.map_or_else(|| Place::Stick(self.stick.wanted()), Place::Directory),
            consent: Consent::of(self.dry_run, self.yes),
        }
    }
}

/// What lies on an Export Device.
#[derive(Debug, Serialize)]
struct Found {
    /// Exports, whole or not.
    exports: Vec<String>,
    /// Everything else.
    others: Vec<Escaped>,
}

/// How it went.
#[derive(Debug, Serialize)]
pub(super) struct Wiped {
    #[serde(flatten)]
    found: Found,
    removed: bool,
    /// How the stick was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    stick: Option<LetGo>,
}

impl Found {
    fn on(dir: &Dir) -> Result<Self, Failure> {
        let ours = |e: &Entry| number_of("export-", &e.name, e.kind).is_some();
        let (exports, others): (Vec<_>, Vec<_>) = dir.entries()?.into_iter().partition(ours);
        let others = others.iter().filter(|e| !belongs_to_the_stick(&e.name));
        Ok(Self {
            others: others.map(|e| escape(e.name.as_bytes())).collect(),
            exports: exports.into_iter().map(|e| e.name).collect(),
        })
    }
}

/// What formatting and preparing a stick leaves on it.
fn belongs_to_the_stick(name: &str) -> bool {
    ["lost+found", "System Volume Information", usb_rules::LABEL_FILE].contains(&name)
}

pub(super) fn run(request: &Request, ui: &mut Ui) -> Result<Wiped, Failure> {
    let mut target = Target::open(&request.place, ui)?;
    let found = Found::on(&target.dir()?)?;
    if found.exports.is_empty() {
        return Ok(Wiped { found, removed: false, stick: target.let_go() });
    }
    let question = format!("remove {}?", count(found.exports.len(), "export"));
    if !request.consent.given(&found, &question, "nothing was removed", ui)? {
        return Ok(Wiped { found, removed: false, stick: None });
    }
    target.make_writable()?;
    let dir = target.dir()?;
    for export in &found.exports {
        dir.remove_tree(export, DEPTH)?;
    }
    dir.sync()?;
    drop(dir);
    target.look_again()?;
    let left = Found::on(&target.dir()?)?.exports;
    if let Some(export) = left.first() {
        let what = format!("{export} is still there; do not give the stick away");
        return Err(Failure::new(Status::DeviceFailed, what));
    }
    Ok(Wiped { found, removed: true, stick: target.let_go() })
}

impl Report for Wiped {
    fn status(&self) -> Status {
        match &self.stick {
            Some(stick) if !stick.is_safe() => Status::StickBusy,
            _ if self.found.exports.is_empty() => Status::NothingToDo,
            _ => Status::Done,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exports.iter().try_for_each(|name| writeln!(f, "{name}: is removed"))?;
        self.others.iter().try_for_each(|name| writeln!(f, "{name}: is no export, and stays"))
    }
}

impl fmt::Display for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exports = count(self.found.exports.len(), "export");
        match (self.removed, self.found.exports.is_empty()) {
            (true, _) => {
                writeln!(f, "{exports} removed, and not there any more when looked at again.")?;
                writeln!(
                    f,
                    "Removed is not erased: flash keeps old copies that no program reaches. Only the"
                )?;
                writeln!(f, "encryption of the stick protects them. Keep its passphrase secret.")?;
            }
            (false, true) => {
                self.found.fmt(f)?;
                writeln!(f, "There is no export on it.")?;
            }
            (false, false) => {
                self.found.fmt(f)?;
                writeln!(f, "Nothing was removed.")?;
            }
        }
        self.stick.as_ref().map_or(Ok(()), |stick| stick.fmt(f))
    }
}

#[cfg(test)]
mod tests {
    use sd_term::Face;

    use super::*;

    fn wipe(dir: &std::path::Path, yes: bool) -> Result<Wiped, Failure> {
        let consent = Consent::of(!yes, yes);
        let request = Request { place: Place::Directory(dir.to_owned()), consent };
        run(&request, &mut Ui::captured(Face::Human).0)
    }

    #[test]
    fn exports_go_and_everything_else_stays() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        for name in ["export-0001", "export-0002", "export-x", "export-0003.bak"] {
            dir.make_sub(name).expect("made").write_new("file", b"x").expect("written");
        }
        dir.write_new("export-0009", b"a file").expect("written");
        std::os::unix::fs::symlink("/etc", tmp.path().join("export-0004")).expect("a link");

        let shown = wipe(tmp.path(), false).expect("looked");
        assert_eq!((shown.status(), shown.removed), (Status::Done, false));
        assert!(dir.has("export-0001").expect("looked"));

        let done = wipe(tmp.path(), true).expect("wiped");
        assert_eq!(done.found.exports, ["export-0001", "export-0002"]);
        assert!(done.removed && done.to_string().contains("Removed is not erased"));
        let names: Vec<String> = dir.entries().expect("read").into_iter().map(|e| e.name).collect();
        for left in ["export-0003.bak", "export-0004", "export-0009", "export-x"] {
            assert!(names.iter().any(|name| name == left), "{left}: {names:?}");
        }
        assert_eq!(names.len(), 4);
        assert_eq!(wipe(tmp.path(), true).expect("looked").status(), Status::NothingToDo);
    }

    #[test]
    fn an_export_with_a_directory_in_it_is_no_export_of_ours() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        let inner = dir.make_sub("export-0001").expect("made").make_sub("a").expect("made");
        inner.write_new("deep", b"x").expect("written");
        assert!(wipe(tmp.path(), true).is_err(), "nothing is called removed that is not");
    }
}
