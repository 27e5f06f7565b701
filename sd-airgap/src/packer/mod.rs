//! Writing bundles: what fits, nameless until everything is written, read back afresh.
//!
//! ```text
//! waiting items --how_many--> write, flush (nameless) ... --all written--> outbox record, name
//!                  --stick: unmount, mount anew, read-only--> read back each --> "packed"
//! ```

mod plan;
mod raw;
mod target;
mod verify;

use std::io::BufWriter;

use sd_bundle::{
    BundleId, Home, Inbox, Item, ItemState, Manifest, Nonce, Note, Outbox, PackState, Role,
    Timestamp, WriteError, random, write_bundle,
};
use sd_fs::{Blake3, Dir, NewFile, Progress as _};
use sd_term::{Failure, Status, Ui};

use crate::commands::pack::PackReport;
use crate::commands::{ENDING, inbox_failure, outbox_failure, random_failure};
use crate::station::Station;
use crate::vault::WorkstationKey;
use plan::how_many;
pub(crate) use raw::compare_failure;
pub(crate) use target::Target;

/// A workstation ready to write.
pub(crate) struct Packer {
    station: Station,
    key: WorkstationKey,
    inbox: Inbox,
    outbox: Outbox,
    system: Note,
    /// The number and the predecessor of the next bundle.
    sequence: u64,
    previous: Option<Blake3>,
}

/// A bundle that is written and flushed, and has no name yet.
struct Unnamed {
    out: NewFile,
    manifest: Manifest,
    sealed: Vec<u8>,
    bytes: u64,
}

/// What writing came to: whole bundles, and what ended it early.
pub(crate) struct WrittenAll {
    bundles: Vec<Unnamed>,
    failure: Option<Failure>,
}

impl Packer {
    pub(crate) fn open(home: &Home) -> Result<Self, Failure> {
        let station = Station::load_as(home, Role::Workstation)?;
        let key = WorkstationKey::load(&station.keys)?;
        let inbox = Inbox::open(home.part("inbox")?).map_err(inbox_failure)?;
        let outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
        let (sequence, previous) = (outbox.next_sequence(), outbox.previous());
        Ok(Self { station, key, inbox, outbox, system: system(), sequence, previous })
    }

    /// What is in the inbox and not on its way, small things first: a full stick should cost
    /// documents and not messages.
    pub(crate) fn waiting(&self, again: bool) -> Result<Vec<Item>, Failure> {
        let states = self.outbox.item_states();
        let mut items = self.inbox.items().map_err(inbox_failure)?;
        items.retain(|i| match states.get(&i.item) {
            None | Some(ItemState::Waiting) => true,
            Some(ItemState::Packed) => again,
            Some(ItemState::Delivered) => false,
        });
        items.sort_by_key(|i| (i.kind == sd_bundle::Kind::Document).then_some(i.size));
        Ok(items)
    }

    /// What was packed.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Whether an interrupted pack waits to be settled.
    pub(crate) fn has_unsettled(&self) -> bool {
        self.outbox.bundles().iter().any(|b| b.state == PackState::Prepared)
    }

    /// Writes bundle after bundle, nameless, until everything is written, the medium is full
    /// or something fails. Nothing is read back yet: a counterfeit stick shows its true size
    /// only after all is written.
    pub(crate) fn write_all(
        &mut self,
        target: &Target<'_>,
        mut waiting: Vec<Item>,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> WrittenAll {
        let mut all = WrittenAll { bundles: Vec::new(), failure: None };
        while !waiting.is_empty() {
            let wrote = target.free_bytes().and_then(|room| {
                let n = how_many(&waiting, room);
                if n == 0 { Ok(None) } else { self.write(target, &waiting[..n], ui).map(Some) }
            });
            match wrote {
                Ok(None) => break,
                Ok(Some(Ok(bundle))) => {
                    waiting.drain(..bundle.manifest.members.len());
                    all.bundles.push(bundle);
                }
                Ok(Some(Err(damaged))) => {
                    waiting.retain(|i| i.item != damaged.item);
                    if let Err(failure) = self.take_out(&damaged, report) {
                        all.failure = Some(failure);
                        break;
                    }
                }
                Err(failure) => {
                    all.failure = Some(failure);
                    break;
                }
            }
        }
        report.left = waiting.len();
        all
    }

    /// Takes an item that is not what was fetched out of the inbox, so that the next sync
    /// fetches it again.
    fn take_out(&self, damaged: &Item, report: &mut PackReport) -> Result<(), Failure> {
        report.damaged.push(damaged.item.to_string());
        self.inbox.remove(damaged).map_err(inbox_failure)
    }

    /// Writes one bundle. The inner error is an item whose ciphertext is not what was fetched.
    fn write(
        &mut self,
        target: &Target<'_>,
        items: &[Item],
        ui: &mut Ui,
    ) -> Result<Result<Unnamed, Item>, Failure> {
        let manifest = self.manifest(items.to_vec())?;
        let json = manifest.to_json().map_err(|e| Failure::new(Status::Bug, e))?;
        let sealed = self.seal(&json)?;
        let mut out = target.dir()?.new_file()?;
        match self.fill(&mut out, &manifest, &sealed, ui) {
            Ok(bytes) => {
                self.sequence += 1;
                self.previous = Some(Blake3::of(&json));
                out.sync()?;
                Ok(Ok(Unnamed { out, manifest, sealed, bytes }))
            }
            Err(WriteError::Changed(id)) => {
                let damaged = items.iter().find(|i| i.item == id).cloned();
                damaged.map(Err).ok_or_else(|| Failure::new(Status::Bug, id))
            }
            Err(e) => Err(write_failure(e)),
        }
    }

    fn fill(
        &self,
        out: &mut NewFile,
        manifest: &Manifest,
        sealed: &[u8],
        ui: &Ui,
    ) -> Result<u64, WriteError> {
        let mut bar = ui.bar();
        bar.begin("packing", Some(manifest.members.iter().map(|m| m.item.size).sum()));
        let open = |item: &Item| self.inbox.ciphertext(item).map_err(std::io::Error::other);
        let mut out = BufWriter::with_capacity(1 << 20, out);
        write_bundle(&mut out, manifest, sealed, open, &mut bar)
    }

    fn manifest(&self, items: Vec<Item>) -> Result<Manifest, Failure> {
        let toolkit = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Manifest::new(
            BundleId::from_bytes(random().map_err(random_failure)?),
            self.sequence,
            self.previous,
            Timestamp::now(),
            (toolkit.try_into().unwrap_or_else(|_| self.system.clone()), self.system.clone()),
            Nonce::new().map_err(random_failure)?,
            items,
        ))
    }

    fn seal(&self, json: &[u8]) -> Result<Vec<u8>, Failure> {
        let packed = zstd::encode_all(json, 3).map_err(|e| Failure::new(Status::Bug, e))?;
        let signer = self.key.signer()?;
        sd_pgp::seal(&packed, signer, &self.station.submission, self.key.now())
            .map_err(|e| Failure::new(Status::KeyUnavailable, e))
    }
}

fn write_failure(e: WriteError) -> Failure {
    use std::io::ErrorKind as K;
    let status = match &e {
        WriteError::Write(io) if matches!(io.kind(), K::StorageFull | K::QuotaExceeded) => {
            Status::NoSpace
        }
        WriteError::Write(_) | WriteError::Read { .. } => Status::FileError,
        WriteError::Changed(_) => Status::VerifyFailed,
    };
    Failure::new(status, e)
}

/// The system's name and version, such as `Tails 7.4`, for the manifest.
fn system() -> Note {
    // /etc/os-release is a link to the other on Debian, and no link is followed.
    let read =
        |dir: &str| Dir::open(dir.as_ref()).and_then(|d| d.read_small("os-release", 64 << 10));
    let release = read("/etc").or_else(|_| read("/usr/lib"));
    let text = String::from_utf8(release.unwrap_or_default()).unwrap_or_default();
    let field = |key: &str| {
        let line = text.lines().find_map(|l| l.strip_prefix(key));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let words = [field("NAME="), field("VERSION=")].join(" ");
    #[expect(clippy::expect_used, reason = "the empty text is a note")]
    Note::try_from(words.trim().to_owned())
        .unwrap_or_else(|_| Note::try_from(String::new()).expect("empty"))
}
