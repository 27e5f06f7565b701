//! `sd-station update carry`

use std::fmt;
use std::path::Path;

use sd_fs::{Dir, Progress as _, Quiet, copy_bounded, escape};
use sd_release::{Highest, Installed, Limits, Manifest, Release, Role, Trust, may_carry};
use sd_term::{Failure, Hint, Report, Status, Ui};
use serde::Serialize;

use super::{About, Known, Place, believe, hint, open, warn_of_test_keys};
use crate::seen;

/// What was put onto the Transfer Device.
#[derive(Debug, Serialize)]
pub(crate) struct Carried {
    #[serde(flatten)]
    about: About,
    to: String,
    was_there: bool,
    #[serde(skip)]
    next: Hint,
}

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.about)?;
        let how = if self.was_there {
            "was there already, and is right"
        } else {
            "was written and read back"
        };
        writeln!(f, "{} {how}.", self.to)?;
        writeln!(f, "Eject the stick in Files, then take it to the Secure Viewing Station.")
    }
}

impl Report for Carried {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        Some(self.next.clone())
    }
}

pub(super) fn carry(
    file: &Path,
    to: &Path,
    place: &Place,
    ui: &mut Ui,
) -> Result<Carried, Failure> {
    let known = Known::look(&place.path)?;
    if known.role() == Some(Role::Svs) {
        let why = "the Transfer Device is only read on the Secure Viewing Station";
        return Err(Failure::new(Status::WrongStation, why));
    }
    warn_of_test_keys(&known.trust, ui);
    let release = open(file, &known.trust)?;
    let about = About::of(&release, &known.trust);
    let (manifest, identity) = (release.manifest().clone(), release.identity());
    let highest = seen::higher(known.trust.highest, seen::read(&place.home));
    let here = Installed { counter: None, highest, tails: None };
    may_carry(&manifest, identity, &here).map_err(super::IntoFailure::into_failure)?;
    let length = length_of(file)?;
    let mut bar = ui.bar();
    bar.begin("verifying", Some(manifest.package.size));
    release
        .check_package(&mut std::io::sink(), &mut bar)
        .map_err(super::IntoFailure::into_failure)?;
    bar.end();

    let target = Dir::open(to)?;
    let name = format!("sneakernet-{}.sdupdate", manifest.release);
    let was_there = target.has(&name)?;
    if was_there {
        already_there(&target, &name, &manifest, &known.trust)?;
    } else {
        copy(file, length, &target, &name, &manifest, &known.trust)?;
    }
    seen::note(&place.home, Highest { counter: manifest.counter, signed: Some(identity) })?;
    let to = to.join(&name);
    Ok(Carried {
        about,
        to: escape(to.as_os_str().as_encoded_bytes()).to_string(),
        was_there,
        next: hint(&["apply", &to.to_string_lossy()]),
    })
}

fn length_of(file: &Path) -> Result<u64, Failure> {
    let (dir, name) = Dir::containing(file)?;
    Ok(dir.size_of(&name)?)
}

/// Copies it; it gets its name once what the stick holds was verified from its first byte.
fn copy(
    file: &Path,
    length: u64,
    target: &Dir,
    name: &str,
    manifest: &Manifest,
    trust: &Trust,
) -> Result<(), Failure> {
    let (dir, from) = Dir::containing(file)?;
    if target.free_bytes()? < length {
        let path = escape(target.path().as_os_str().as_encoded_bytes());
        return Err(sd_fs::DirError::NoSpace { path }.into());
    }
    let mut new = target.new_file()?;
    let copied = copy_bounded(&mut dir.open_file(&from)?, &mut new, length, &mut Quiet);
    copied.map_err(|e| match e {
        sd_fs::CopyError::TooLong(_) => Failure::new(Status::UpdateNotGenuine, "the file grew"),
        sd_fs::CopyError::Read(e) => sd_fs::DirError::new("reading", file, e).into(),
        sd_fs::CopyError::Write(e) => sd_fs::DirError::new("writing in", target.path(), e).into(),
    })?;
    let medium = new.read_back()?;
    let length = medium.remaining();
    same(Release::open(medium, length, Limits::default()), manifest, trust)?;
    Ok(new.commit(name)?)
}

/// A file of that name is there: it must be this release, to the last byte.
fn already_there(
    target: &Dir,
    name: &str,
    manifest: &Manifest,
    trust: &Trust,
) -> Result<(), Failure> {
    let medium = target.read_medium(name)?;
    let length = medium.remaining();
    same(Release::open(medium, length, Limits::default()), manifest, trust).map_err(|failure| {
        let path = escape(target.path().join(name).as_os_str().as_encoded_bytes());
        let why = format!("{path} is there already and is not this release: {}", failure.message);
        Failure::new(Status::Refused, why)
    })
}

fn same<R: std::io::Read>(
    opened: Result<Release<sd_release::Unverified, R>, sd_release::ReleaseError>,
    manifest: &Manifest,
    trust: &Trust,
) -> Result<(), Failure> {
    let release = believe(opened, trust)?;
    if release.manifest() != manifest {
        let why = format!("it is release number {}", release.manifest().counter);
        return Err(Failure::new(Status::UpdateNotGenuine, why));
    }
    let checked = release.check_package(&mut std::io::sink(), &mut Quiet);
    checked.map_err(super::IntoFailure::into_failure)
}
