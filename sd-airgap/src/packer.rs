//! Writing bundles: what fits, nameless until everything is written and read back.
//!
//! ```text
//! waiting items --how_many--> write, flush (nameless) ... --all written--> read back each
//!                                                --all good--> outbox record, name, "packed"
//! ```

use std::io::BufWriter;
use std::path::Path;

use sd_bundle::{
    Attested, Bundle, BundleId, Discard, Home, Inbox, Item, ItemState, Limits, Manifest, Nonce,
    Note, Outbox, PackState, Role, Timestamp, WriteError, bundle_length, random, write_bundle,
};
use sd_fs::{Blake3, Dir, MediumReader, NewFile, Progress as _};
use sd_term::{Failure, Status, Ui};

use crate::commands::pack::{PackReport, Written};
use crate::commands::{ENDING, bundle_failure, inbox_failure, outbox_failure, random_failure};
use crate::station::Station;
use crate::vault::WorkstationKey;

/// No bundle is larger: the largest file that every file system takes (vfat: 4 GiB less one).
const MAX_BUNDLE: u64 = (4 << 30) - (1 << 20);

/// Members of one bundle: keeps its manifest near 10 MB.
const MAX_MEMBERS: usize = 20_000;

/// Left free on the medium for its own records.
const RESERVE: u64 = 1 << 20;

/// Room for the sealed manifest, per member: measured 170 bytes, compressed and encrypted.
const MANIFEST_PER_MEMBER: u64 = 256;

/// How many of the items, in order, fit into one bundle and into this much room.
fn how_many(items: &[Item], room: u64) -> usize {
    let limit = room.saturating_sub(RESERVE).min(MAX_BUNDLE);
    let fits = |n: &usize| {
        let sealed = 4096 + *n as u64 * MANIFEST_PER_MEMBER;
        bundle_length(1, sealed, items[..*n].iter().map(|i| i.size)) <= limit
    };
    // Lengths grow with n, so the first that does not fit ends the search.
    let most = items.len().min(MAX_MEMBERS);
    let (mut low, mut high) = (0, most);
    while low < high {
        let mid = (low + high).div_ceil(2);
        if fits(&mid) { low = mid } else { high = mid - 1 }
    }
    low
}

/// A workstation ready to write.
pub(crate) struct Packer {
    station: Station,
    key: WorkstationKey,
    inbox: Inbox,
    outbox: Outbox,
    target: Dir,
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
    pub(crate) fn open(home: &Home, to: &Path) -> Result<Self, Failure> {
        let station = Station::load_as(home, Role::Workstation)?;
        let key = WorkstationKey::load(&station.keys)?;
        let inbox = Inbox::open(home.part("inbox")?).map_err(inbox_failure)?;
        let outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
        let (sequence, previous) = (outbox.next_sequence(), outbox.previous());
        let target = Dir::open(to)?;
        Ok(Self { station, key, inbox, outbox, target, system: system(), sequence, previous })
    }

    /// An interrupted pack either reached its final name, whole, or left nothing.
    pub(crate) fn settle_interrupted(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        for index in 0..self.outbox.bundles().len() {
            let bundle = &self.outbox.bundles()[index];
            if bundle.state != PackState::Prepared {
                continue;
            }
            let whole = match self.target.read_medium(&bundle.file) {
                Ok(medium) => {
                    check(medium, &bundle.manifest, &bundle.sealed, &mut ui.bar()).is_ok()
                }
                Err(e) if e.is_not_found() => false,
                Err(e) => return Err(e.into()),
            };
            let state = if whole { PackState::Packed } else { PackState::Abandoned };
            if whole {
                ui.say(format_args!("{}: an interrupted pack had finished it", bundle.file));
            }
            self.outbox.mark(index, state).map_err(outbox_failure)?;
        }
        self.previous = self.outbox.previous();
        Ok(())
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

    pub(crate) fn plan_all(
        &self,
        waiting: &[Item],
        report: &mut PackReport,
    ) -> Result<(), Failure> {
        let mut room = self.target.free_bytes()?;
        let mut left = waiting;
        loop {
            let n = how_many(left, room);
            if n == 0 {
                break;
            }
            let sealed = 4096 + n as u64 * MANIFEST_PER_MEMBER;
            let bytes = bundle_length(1, sealed, left[..n].iter().map(|i| i.size));
            let number = report.bundles.len() as u64;
            report.bundles.push(Written {
                file: format!("bundle {}", number + 1),
                sequence: self.sequence + number,
                items: n,
                bytes,
            });
            room = room.saturating_sub(bytes);
            left = &left[n..];
        }
        report.left = left.len();
        Ok(())
    }

    /// Writes bundle after bundle, nameless, until everything is written, the medium is full
    /// or something fails. Nothing is read back yet: a counterfeit stick shows its true size
    /// only after all is written.
    pub(crate) fn write_all(
        &mut self,
        mut waiting: Vec<Item>,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> WrittenAll {
        let mut all = WrittenAll { bundles: Vec::new(), failure: None };
        while !waiting.is_empty() {
            let wrote = self.target.free_bytes().map_err(Failure::from).and_then(|room| {
                let n = how_many(&waiting, room);
                if n == 0 { Ok(None) } else { self.write(&waiting[..n], ui).map(Some) }
            });
            match wrote {
                Ok(None) => break,
                Ok(Some(Ok(bundle))) => {
                    waiting.drain(..bundle.manifest.members.len());
                    all.bundles.push(bundle);
                }
                Ok(Some(Err(damaged))) => {
                    waiting.retain(|i| i.item != damaged.item);
                    report.damaged.push(damaged.item.to_string());
                    // Out of the inbox, so that the next sync fetches it again.
                    if let Err(e) = self.inbox.remove(&damaged) {
                        all.failure = Some(inbox_failure(e));
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

    /// Reads every bundle back and only then gives them their names. One that does not read
    /// back spoils the rest: the medium lies.
    pub(crate) fn commit_all(
        &mut self,
        written: WrittenAll,
        report: &mut PackReport,
        ui: &mut Ui,
    ) -> Result<(), Failure> {
        let WrittenAll { bundles, failure } = written;
        for bundle in &bundles {
            let medium = bundle.out.read_back()?;
            check(medium, &bundle.manifest, &Blake3::of(&bundle.sealed), &mut ui.bar())?;
        }
        for bundle in bundles {
            report.bundles.push(self.commit(bundle)?);
        }
        match failure {
            Some(failure) if report.bundles.is_empty() => Err(failure),
            failure => {
                report.ended_early = failure;
                Ok(())
            }
        }
    }

    fn commit(&mut self, bundle: Unnamed) -> Result<Written, Failure> {
        let Unnamed { out, manifest, sealed, bytes } = bundle;
        let file = format!("{:06}-{}{ENDING}", manifest.sequence, manifest.bundle);
        self.outbox.prepare(&manifest, &sealed, &file, None).map_err(outbox_failure)?;
        out.commit(&file)?;
        let last = self.outbox.bundles().len() - 1;
        self.outbox.mark(last, PackState::Packed).map_err(outbox_failure)?;
        Ok(Written { file, sequence: manifest.sequence, items: manifest.members.len(), bytes })
    }

    /// Writes one bundle. The inner error is an item whose ciphertext is not what was fetched.
    fn write(&mut self, items: &[Item], ui: &mut Ui) -> Result<Result<Unnamed, Item>, Failure> {
        let manifest = self.manifest(items.to_vec())?;
        let json = manifest.to_json().map_err(|e| Failure::new(Status::Bug, e))?;
        let sealed = self.seal(&json)?;
        let mut out = self.target.new_file()?;
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
