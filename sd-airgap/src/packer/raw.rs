//! One bundle on a bare stick, which it fills.
//!
//! ```text
//! what fits --outbox record--> write, flush --read all of it back--> "packed"
//!                                   '--fails--> "abandoned"; does the stick hold what it says?
//! ```

use std::io;

use sd_bundle::{
    CompareError, Item, ItemId, Manifest, PackState, Packed, RAW_RESERVE, RawError, RawHead,
    WriteError, compare, write_raw,
};
use sd_fs::{Ahead, Blake3, Progress as _, Sectors as _};
use sd_term::{Failure, Status, Ui};

use super::{ENDING, Packer, how_many, write_failure};
use crate::commands::outbox_failure;
use crate::commands::pack::{PackReport, Written};
use crate::media::RawStick;

/// Why a bundle did not come onto the stick.
enum Spoilt {
    /// An item is not what was fetched; without it the rest may go.
    Item(ItemId),
    /// The stick, or this station.
    Failed(Failure),
    /// The stick does not give back what was written.
    ReadBack(CompareError),
}

impl Packer {
    /// Refuses a bare stick whose bundle has not arrived, as far as this station knows: writing
    /// on it would destroy the bundle. With `again` its items are packed anew.
    pub(crate) fn guard_raw(&self, stick: &mut RawStick, again: bool) -> Result<(), Failure> {
        let RawHead::Bundle(id) = stick.head()? else { return Ok(()) };
        let on_its_way =
            |b: &&Packed| b.manifest.bundle == id && b.state == PackState::Packed && !again;
        match self.outbox.bundles().iter().find(on_its_way) {
            None => Ok(()),
            Some(bundle) => {
                let what = format!(
                    "{}: it still holds bundle {}, whose receipt code has not come back; confirm it, \
                     or pack its items anew with --again",
                    stick.title(),
                    bundle.manifest.sequence
                );
                Err(Failure::new(Status::Refused, what))
            }
        }
    }

    /// A bundle of this station that is on the stick will be on no stick from now on.
    fn give_up_what_is_on(&mut self, stick: &mut RawStick) -> Result<(), Failure> {
        let RawHead::Bundle(id) = stick.head()? else { return Ok(()) };
        let is_it = |b: &Packed| b.manifest.bundle == id && b.state == PackState::Packed;
        if let Some(index) = self.outbox.bundles().iter().position(is_it) {
            self.outbox.mark(index, PackState::Abandoned).map_err(outbox_failure)?;
        }
        Ok(())
    }

    /// An interrupted pack left the whole bundle on this stick, or nothing that counts. What is
    /// found whole counts as packed from now on.
    pub(crate) fn settle_raw(
        &mut self,
        stick: &mut RawStick,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        let head = stick.head()?;
        for index in 0..self.outbox.bundles().len() {
            let bundle = &self.outbox.bundles()[index];
            if bundle.state != PackState::Prepared {
                continue;
            }
            let here = head == RawHead::Bundle(bundle.manifest.bundle.clone());
            let sealed = self.outbox.sealed(bundle).map_err(outbox_failure)?;
            let whole = match sealed.filter(|_| here) {
                Some(sealed) => match self.compare_raw(stick, &bundle.manifest, &sealed, ui) {
                    Ok(()) => true,
                    Err(CompareError::Differs { .. } | CompareError::Size { .. }) => false,
                    // Not being able to look is no verdict.
                    Err(e) => return Err(compare_failure(stick.title(), &e)),
                },
                None => false,
            };
            if whole {
                report.bundles.push(Written::of(bundle, stick.device().size()));
            }
            let state = if whole { PackState::Packed } else { PackState::Abandoned };
            self.outbox.mark(index, state).map_err(outbox_failure)?;
        }
        self.previous = self.outbox.previous();
        Ok(())
    }

    /// What would be written.
    pub(crate) fn plan_raw(&self, stick: &mut RawStick, waiting: &[Item], report: &mut PackReport) {
        let n = how_many(waiting, stick.device().size().saturating_sub(RAW_RESERVE));
        if n > 0 {
            let (file, sequence) = ("bundle 1".to_owned(), self.sequence);
            report.bundles.push(Written {
                file,
                sequence,
                items: n,
                bytes: stick.device().size(),
                finished_before: false,
            });
        }
        report.left = waiting.len() - n;
    }

    /// Writes what fits, reads the whole stick back, and only then counts it as packed.
    pub(crate) fn pack_raw(
        &mut self,
        stick: &mut RawStick,
        mut waiting: Vec<Item>,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        let size = stick.device().size();
        self.give_up_what_is_on(stick)?;
        loop {
            let n = how_many(&waiting, size.saturating_sub(RAW_RESERVE));
            report.left = waiting.len() - n;
            if n == 0 {
                return Ok(());
            }
            match self.write_and_compare(stick, waiting[..n].to_vec(), ui)? {
                Ok(written) => {
                    report.bundles.push(written);
                    return Ok(());
                }
                Err(Spoilt::Item(damaged)) => {
                    let Some(at) = waiting.iter().position(|i| i.item == damaged) else {
                        return Err(Failure::new(Status::Bug, damaged));
                    };
                    self.take_out(&waiting.remove(at), report)?;
                }
                Err(Spoilt::Failed(failure)) => return Err(failure),
                Err(Spoilt::ReadBack(e)) => {
                    let failure = compare_failure(stick.title(), &e);
                    if !matches!(e, CompareError::Differs { .. }) {
                        return Err(failure);
                    }
                    // What it holds is worth nothing now, so it can be tried out.
                    return match stick.try_capacity() {
                        Err(e) if e.status == Status::Counterfeit => Err(e),
                        _ => Err(failure),
                    };
                }
            }
        }
    }

    /// The outer error leaves the record unfinished; the inner one has abandoned it.
    fn write_and_compare(
        &mut self,
        stick: &mut RawStick,
        items: Vec<Item>,
        ui: &mut Ui,
    ) -> Result<Result<Written, Spoilt>, Failure> {
        let (count, bytes) = (items.len(), stick.device().size());
        let manifest = self.manifest(items)?;
        let json = manifest.to_json().map_err(|e| Failure::new(Status::Bug, e))?;
        let sealed = self.seal(&json)?;
        let file = format!("{:06}-{}{ENDING}", manifest.sequence, manifest.bundle);
        self.outbox.prepare(&manifest, &sealed, &file, Some(bytes)).map_err(outbox_failure)?;
        let index = self.outbox.bundles().len() - 1;
        self.sequence += 1;
        let done = self.write_raw(stick, &manifest, &sealed, ui).and_then(|()| {
            self.compare_raw(stick, &manifest, &sealed, ui).map_err(Spoilt::ReadBack)
        });
        let state = if done.is_ok() { PackState::Packed } else { PackState::Abandoned };
        self.outbox.mark(index, state).map_err(outbox_failure)?;
        if done.is_ok() {
            self.previous = Some(Blake3::of(&json));
        }
        let sequence = manifest.sequence;
        Ok(done.map(|()| Written { file, sequence, items: count, bytes, finished_before: false }))
    }

    fn write_raw(
        &self,
        stick: &mut RawStick,
        manifest: &Manifest,
        sealed: &[u8],
        ui: &mut Ui,
    ) -> Result<(), Spoilt> {
        let mut bar = ui.bar();
        bar.begin("packing", Some(stick.device().size()));
        let open = |item: &Item| self.inbox.ciphertext(item).map_err(io::Error::other);
        let title = stick.title().to_owned();
        write_raw(stick.device(), manifest, sealed, open, &mut bar).map_err(|e| match e {
            RawError::Bundle(WriteError::Changed(id)) => Spoilt::Item(id),
            RawError::Bundle(e) => Spoilt::Failed(write_failure(e)),
            e @ RawError::TooSmall => Spoilt::Failed(Failure::new(Status::NoSpace, e)),
            e @ RawError::Device { .. } => {
                Spoilt::Failed(Failure::new(Status::DeviceFailed, format!("{title}: {e}")))
            }
        })
    }

    /// Whether the stick holds this bundle, bit for bit.
    pub(crate) fn compare_raw(
        &self,
        stick: &mut RawStick,
        manifest: &Manifest,
        sealed: &[u8],
        ui: &mut Ui,
    ) -> Result<(), CompareError> {
        let mut bar = ui.bar();
        let device = stick.device();
        bar.begin("reading back", Some(device.size()));
        let reader = device.reader().map_err(CompareError::Inbox)?;
        let open = |item: &Item| match self.inbox.ciphertext(item) {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(io::Error::other(e)),
        };
        compare(Ahead::of(reader), device.size(), manifest, sealed, open, &mut bar)
    }
}

/// What a comparison found, by its status.
pub(crate) fn compare_failure(title: &str, e: &CompareError) -> Failure {
    let status = match e {
        CompareError::Differs { .. } | CompareError::Size { .. } => Status::VerifyFailed,
        CompareError::Read { .. } => Status::DeviceFailed,
        CompareError::Inbox(_) => Status::FileError,
    };
    Failure::new(status, format!("{title}: {e}"))
}
