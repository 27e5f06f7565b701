//! From nameless to packed: named, looked at afresh, read back to the last byte.

use sd_bundle::{Attested, Bundle, Discard, Limits, Manifest, PackState};
use sd_fs::{Blake3, MediumReader, Progress as _};
use sd_term::{Failure, Status, Ui};

use super::{ENDING, Packer, Target, Unnamed, WrittenAll};
use crate::commands::pack::{PackReport, Written};
use crate::commands::{bundle_failure, outbox_failure};

/// A bundle that stands under its name and has not been read back.
struct Named {
    /// Its place in the outbox.
    index: usize,
    file: String,
    manifest: Manifest,
    sealed: Blake3,
    bytes: u64,
}

impl Packer {
    /// An interrupted pack either reached its final name, whole, or left nothing: what it left
    /// besides is removed.
    pub(crate) fn settle_interrupted(
        &mut self,
        target: &Target<'_>,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        for index in 0..self.outbox.bundles().len() {
            let bundle = &self.outbox.bundles()[index];
            if bundle.state != PackState::Prepared {
                continue;
            }
            let whole = match target.dir()?.read_medium(&bundle.file) {
                Ok(medium) => {
                    match check(medium, &bundle.manifest, &bundle.sealed, &mut ui.bar()) {
                        Ok(()) => true,
                        Err(failure) if failure.status == Status::VerifyFailed => false,
                        // Not being able to look is no verdict.
                        Err(failure) => return Err(failure),
                    }
                }
                Err(e) if e.is_not_found() => false,
                Err(e) => return Err(e.into()),
            };
            let state = if whole { PackState::Packed } else { PackState::Abandoned };
            if whole {
                // Its name may be in memory only.
                target.dir()?.sync()?;
                let bytes = target.dir()?.size_of(&bundle.file)?;
                report.bundles.push(Written::of(bundle, bytes));
            } else {
                target.dir()?.remove_file(&bundle.file)?;
            }
            self.outbox.mark(index, state).map_err(outbox_failure)?;
        }
        self.previous = self.outbox.previous();
        Ok(())
    }

    /// Gives every bundle its name, reads all of them back from the medium, and only then
    /// counts them as packed. One that does not read back spoils the rest: the medium lies.
    pub(crate) fn commit_all(
        &mut self,
        target: &mut Target<'_>,
        written: WrittenAll,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        let WrittenAll { bundles, failure } = written;
        let mut named = Vec::new();
        for bundle in bundles {
            named.push(self.name(target, bundle)?);
        }
        if !named.is_empty() {
            target.afresh()?;
        }
        if let Err(failure) = read_back(target, &named, ui) {
            self.abandon(target, &named)?;
            return Err(failure);
        }
        for Named { index, file, manifest, bytes, .. } in named {
            self.outbox.mark(index, PackState::Packed).map_err(outbox_failure)?;
            let (sequence, items) = (manifest.sequence, manifest.members.len());
            report.bundles.push(Written { file, sequence, items, bytes, finished_before: false });
        }
        match failure {
            Some(failure) if report.bundles.is_empty() => Err(failure),
            failure => {
                report.ended_early = failure;
                Ok(())
            }
        }
    }

    fn name(&mut self, target: &Target<'_>, bundle: Unnamed) -> Result<Named, Failure> {
        let Unnamed { out, manifest, sealed, bytes } = bundle;
        let file = format!("{:06}-{}{ENDING}", manifest.sequence, manifest.bundle);
        self.outbox.prepare(&manifest, &sealed, &file, None).map_err(outbox_failure)?;
        out.commit_to(target.dir()?, &file)?;
        let index = self.outbox.bundles().len() - 1;
        Ok(Named { index, file, manifest, sealed: Blake3::of(&sealed), bytes })
    }

    /// Takes bundles that did not read back off the medium. If that fails too, the outbox still
    /// calls them unfinished, and the next run settles them.
    fn abandon(&mut self, target: &mut Target<'_>, named: &[Named]) -> Result<(), Failure> {
        if target.writable().is_err() {
            return Ok(());
        }
        for bundle in named {
            if target.dir()?.remove_file(&bundle.file).is_ok() {
                self.outbox.mark(bundle.index, PackState::Abandoned).map_err(outbox_failure)?;
            }
        }
        self.previous = self.outbox.previous();
        Ok(())
    }
}

fn read_back(target: &Target<'_>, named: &[Named], ui: &mut Ui) -> Result<(), Failure> {
    for bundle in named {
        let medium = target.dir()?.read_medium(&bundle.file)?;
        check(medium, &bundle.manifest, &bundle.sealed, &mut ui.bar())?;
    }
    Ok(())
}

/// Reads a bundle back with the strict reader, against the manifest this station made.
fn check(
    medium: MediumReader,
    manifest: &Manifest,
    sealed: &Blake3,
    bar: &mut sd_term::Bar,
) -> Result<(), Failure> {
    let length = medium.remaining();
    let bundle = Bundle::open(medium, length, Limits::default()).map_err(bundle_failure)?;
    if Blake3::of(bundle.sealed()) != *sealed {
        let what = "read back: the manifest on the stick is not the one written";
        return Err(Failure::new(Status::VerifyFailed, what));
    }
    let json = manifest.to_json().map_err(|e| Failure::new(Status::Bug, e))?;
    let bundle = bundle.authenticate(Attested::vouch(json)).map_err(bundle_failure)?;
    bar.begin("reading back", Some(manifest.members.iter().map(|m| m.item.size).sum()));
    bundle.copy_members(&mut Discard, bar).map(drop).map_err(bundle_failure)
}
