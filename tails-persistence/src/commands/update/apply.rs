//! `sd-station update apply`
//!
//! ```text
//! verify -> counter, Tails, floor -> stage, hashed while it is copied once -> tried out
//!        -> apt's own simulation -> read back, named -> installed -> current -> receipt
//! ```
//! Cut anywhere: after the next start the old version is in use, or the new one, whole.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use sd_fs::{Dir, Progress as _, Sha256};
use sd_release::{
    Highest, Hook, Limits, Manifest, Mode, Part, Release, Shelf, Slot, Staging, Verified,
    may_install, unpack,
};
use sd_term::{Failure, Hint, Report, Status, Ui};
use serde::Serialize;
use tempfile::TempDir;

use super::{About, IntoFailure, Known, as_root, open, warn_of_test_keys};
use crate::machine::{Machine, Older};
use crate::self_test::Passed;

/// Where the programs are in a package.
const PROGRAMS: &str = "usr/bin";

/// An update that was asked for.
pub struct Apply {
    /// The release file.
    pub file: PathBuf,
    /// The shelf.
    pub shelf: PathBuf,
    /// Everything but installing it.
    pub dry_run: bool,
    /// Without a question.
    pub yes: bool,
    /// For tests: called before each step.
    pub hook: Option<Hook>,
}

/// The receipt of an update.
#[derive(Debug, Serialize)]
pub struct Applied {
    #[serde(flatten)]
    about: About,
    from: String,
    to: String,
    kept: Option<String>,
    dry_run: bool,
    tried: Vec<Passed>,
    /// The first eight digits of the signed part's hash: to read out on the telephone.
    receipt: String,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.about)?;
        self.tried.iter().try_for_each(|Passed(what)| writeln!(f, "  tried out     {what}"))?;
        if self.dry_run {
            return writeln!(f, "It can be installed. Nothing was changed.");
        }
        writeln!(f, "Updated from {} to {}.", self.from, self.to)?;
        if let Some(kept) = &self.kept {
            writeln!(f, "{kept} is kept: sd-station update back returns to it.")?;
        }
        writeln!(f, "Receipt {}", self.receipt)
    }
}

impl Report for Applied {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        (!self.dry_run).then(next)
    }
}

/// What to do after an update.
pub(super) fn next() -> Hint {
    Hint::new(["sd-station", "doctor"])
}

impl Apply {
    /// Does it.
    pub fn run(mut self, machine: &mut dyn Machine, ui: &mut Ui) -> Result<Applied, Failure> {
        if self.dry_run {
            return self.try_only(machine, ui);
        }
        let mut kept = Shelf::open(&self.shelf)
            .map_err(|e| as_root(e, &["apply", &self.file.to_string_lossy()]))?;
        if let Some(hook) = self.hook.take() {
            kept.on_step(hook);
        }
        let known = Known::of(&kept)?;
        let from = known.current;
        let (release, about) = self.verified(&known, machine, ui)?;
        self.agree(&about, from, ui)?;
        // Keys that were changed count from now on, whatever becomes of the rest.
        let mut trust = known.trust;
        trust.root = release.root().clone();
        if trust.root != kept.trust().root {
            kept.remember(trust).map_err(IntoFailure::into_failure)?;
        }
        let (manifest, identity) = (release.manifest().clone(), release.identity());
        let (slot, tried) = staged_and_installed(&mut kept, release, machine, ui)?;
        let seen = Highest { counter: manifest.counter, signed: Some(identity) };
        kept.switch(slot, seen).map_err(IntoFailure::into_failure)?;
        Ok(receipt(about, from, slot, kept.previous(), tried, identity))
    }

    /// Verifies the file and judges it for this station.
    fn verified(
        &self,
        known: &Known,
        machine: &dyn Machine,
        ui: &mut Ui,
    ) -> Result<(Release<Verified, File>, About), Failure> {
        warn_of_test_keys(&known.trust, ui);
        let release = open(&self.file, &known.trust)?;
        let here = known.installed(machine, None);
        may_install(release.manifest(), release.identity(), &here)
            .map_err(IntoFailure::into_failure)?;
        let about = About::of(&release, &known.trust);
        Ok((release, about))
    }

    fn agree(&self, about: &About, from: Option<Slot>, ui: &mut Ui) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        ui.say(about);
        let from = from.map_or_else(|| "nothing".to_owned(), |slot| slot.to_string());
        let question = format!("Install it in place of {from}?");
        if ui.confirm(&question, "use --yes")? {
            Ok(())
        } else {
            Err(Failure::new(Status::Refused, "not agreed to"))
        }
    }

    /// Everything that can be tried without changing anything here.
    fn try_only(&self, machine: &mut dyn Machine, ui: &mut Ui) -> Result<Applied, Failure> {
        let known = Known::look(&self.shelf)?;
        let (release, about) = self.verified(&known, machine, ui)?;
        let (manifest, identity) = (release.manifest().clone(), release.identity());
        let vectors = release.vectors().to_vec();
        let scratch = scratch()?;
        let dir = Dir::open(scratch.path())?;
        let mut copy = dir.new_file()?;
        let mut bar = ui.bar();
        bar.begin("copying", Some(manifest.package.size));
        release.check_package(&mut copy, &mut bar).map_err(IntoFailure::into_failure)?;
        bar.end();
        copy.set_mode(0o644)?;
        copy.commit(Part::Package.name())?;
        let package = scratch.path().join(Part::Package.name());
        let tree = dir.make_sub("tree")?;
        tree.set_mode(0o755)?;
        let tried = try_out(&package, &tree, &manifest, &vectors, machine)?;
        if known.station.is_some_and(|s| s.mode == Mode::System) {
            machine.simulate(&package).map_err(IntoFailure::into_failure)?;
        }
        let slot = Slot { counter: manifest.counter, version: manifest.release };
        let done = receipt(about, known.current, slot, None, tried, identity);
        Ok(Applied { dry_run: true, ..done })
    }
}

/// Stages the release and, in system mode, installs it. What comes of no use is not kept.
fn staged_and_installed(
    shelf: &mut Shelf,
    release: Release<Verified, File>,
    machine: &mut dyn Machine,
    ui: &mut Ui,
) -> Result<(Slot, Vec<Passed>), Failure> {
    let from = shelf.current();
    let done = stage(shelf, release, machine, ui).and_then(|(slot, tried)| {
        if shelf.station().mode == Mode::System {
            install(shelf, slot, from, machine)?;
        }
        Ok((slot, tried))
    });
    done.inspect_err(|_| {
        // The next run tidies up too; why this one failed matters more.
        let _ = shelf.tidy();
    })
}

/// Puts the release onto the shelf and tries it out there; it is not current yet.
fn stage(
    shelf: &mut Shelf,
    mut release: Release<Verified, File>,
    machine: &mut dyn Machine,
    ui: &mut Ui,
) -> Result<(Slot, Vec<Passed>), Failure> {
    let manifest = release.manifest().clone();
    let slot = Slot { counter: manifest.counter, version: manifest.release };
    let mode = shelf.station().mode;
    let vectors = release.vectors().to_vec();
    let mut staging = shelf.stage(slot).map_err(IntoFailure::into_failure)?;
    put_parts(&mut staging, &mut release, &manifest, ui)?;
    release.finish().map_err(IntoFailure::into_failure)?;
    let package = staging.dir().path().join(Part::Package.name());
    // In system mode the programs are tried out in a directory that is gone afterwards: the user
    // without rights who runs them cannot look into the Persistent Storage.
    let (scratch, tree) = match mode {
        Mode::User => (None, staging.tree().map_err(IntoFailure::into_failure)?),
        Mode::System => {
            let scratch = scratch()?;
            let tree = Dir::open(scratch.path())?;
            (Some(scratch), tree)
        }
    };
    let tried = try_out(&package, &tree, &manifest, &vectors, machine)?;
    drop(scratch);
    if mode == Mode::System {
        machine.simulate(&package).map_err(IntoFailure::into_failure)?;
    }
    let slot = staging.finish().map_err(IntoFailure::into_failure)?;
    Ok((slot, tried))
}

fn put_parts(
    staging: &mut Staging<'_>,
    release: &mut Release<Verified, File>,
    manifest: &Manifest,
    ui: &mut Ui,
) -> Result<(), Failure> {
    let limits = Limits::default();
    let mut put = |part, bytes: &[u8]| {
        let mut bytes = bytes;
        let limit = bytes.len() as u64;
        staging.put(part, &mut bytes, limit, None).map(drop).map_err(IntoFailure::into_failure)
    };
    put(Part::Signed, release.signed())?;
    put(Part::Signatures, release.signatures())?;
    put(Part::Roots, release.roots())?;
    put(Part::Changelog, release.changelog())?;
    put(Part::Vectors, release.vectors())?;
    let mut bar = ui.bar();
    bar.begin("staging", None);
    let expected = manifest.package.digests();
    let package = &mut release.package();
    let copied = staging.put(Part::Package, package, limits.package, Some(&expected));
    bar.end();
    copied.map(drop).map_err(IntoFailure::into_failure)
}

/// A directory that everybody may look into, gone when dropped.
fn scratch() -> Result<TempDir, Failure> {
    let failed = |e| Failure::new(Status::FileError, e);
    let scratch = tempfile::Builder::new().prefix("sd-update-").tempdir().map_err(failed)?;
    Dir::open(scratch.path())?.set_mode(0o755)?;
    Ok(scratch)
}

/// The package is what the signed part says, and its programs do their work.
fn try_out(
    package: &Path,
    tree: &Dir,
    manifest: &Manifest,
    vectors: &[u8],
    machine: &mut dyn Machine,
) -> Result<Vec<Passed>, Failure> {
    let about = sd_release::about(package).map_err(IntoFailure::into_failure)?;
    if (about.version, about.counter) != (manifest.release, manifest.counter) {
        let why = format!(
            "the package calls itself {}, number {}; the signed part says {}, number {}",
            about.version, about.counter, manifest.release, manifest.counter
        );
        return Err(Failure::new(Status::UpdateNotGenuine, why));
    }
    unpack(package, tree).map_err(IntoFailure::into_failure)?;
    let programs = tree.path().join(PROGRAMS);
    machine.try_out(&programs, manifest.release, vectors).map_err(|e| {
        let why =
            format!("the new version does not do its work here, so it was not installed: {e}");
        Failure::new(Status::UpdateFailed, why)
    })
}

/// Installs what is on the shelf in the running system; if that fails, what was there before.
fn install(
    shelf: &Shelf,
    slot: Slot,
    from: Option<Slot>,
    machine: &mut dyn Machine,
) -> Result<(), Failure> {
    let package = |slot| package_of(shelf, slot);
    let (new, old) = (package(slot)?, from.map(package).transpose()?);
    let done = installed_as(&new, slot, Older::Refuse, machine);
    let Err(why) = done else { return Ok(()) };
    let restored = match (&old, from) {
        (Some(old), Some(from)) => installed_as(old, from, Older::Take, machine),
        _ => Ok(()),
    };
    let what = match restored {
        Ok(()) => "the version before was put back".to_owned(),
        Err(e) => format!(
            "and putting the version before back failed too ({}): start this station anew, which brings it back",
            e.message
        ),
    };
    Err(Failure::new(Status::UpdateFailed, format!("{}; {what}", why.message)))
}

/// Installs a package and asks the system what it has now.
pub(super) fn installed_as(
    package: &Path,
    slot: Slot,
    older: Older,
    machine: &mut dyn Machine,
) -> Result<(), Failure> {
    machine.install(package, older).map_err(IntoFailure::into_failure)?;
    let now = machine.installed().map_err(IntoFailure::into_failure)?;
    if now.as_deref() == Some(slot.version.to_string().as_str()) {
        return Ok(());
    }
    let now = now.unwrap_or_else(|| "nothing".to_owned());
    let now = sd_fs::escape(now.as_bytes());
    let why = format!("apt said it installed {}, and dpkg has {now}", slot.version);
    Err(Failure::new(Status::UpdateFailed, why))
}

pub(super) fn package_of(shelf: &Shelf, slot: Slot) -> Result<PathBuf, Failure> {
    let dir = shelf.release(slot).map_err(IntoFailure::into_failure)?;
    Ok(dir.path().join(Part::Package.name()))
}

fn receipt(
    about: About,
    from: Option<Slot>,
    to: Slot,
    kept: Option<Slot>,
    tried: Vec<Passed>,
    identity: Sha256,
) -> Applied {
    let digits = identity.to_string();
    Applied {
        about,
        from: from.map_or_else(|| "nothing".to_owned(), |slot| slot.to_string()),
        to: to.to_string(),
        kept: kept.map(|slot| slot.to_string()),
        dry_run: false,
        tried,
        receipt: format!("{}-{}", &digits[..4], &digits[4..8]),
    }
}
