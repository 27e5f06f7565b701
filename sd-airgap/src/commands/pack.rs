//! `sd-airgap pack`

use std::fmt;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{
    Attested, Bundle, BundleId, Discard, Home, Inbox, Item, ItemState, Limits, Manifest, Nonce,
    Note, Outbox, PackState, Role, Timestamp, WriteError, bundle_length, random, write_bundle,
};
use sd_fs::{Blake3, Dir, NewFile, Progress as _};
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use super::{ENDING, bundle_failure, inbox_failure, outbox_failure, random_failure};
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

/// Pack what was fetched into signed bundles on a stick, and read them back
#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// The mounted stick, or any directory
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Pack also what was packed before but not confirmed
    #[arg(long)]
    again: bool,
    /// Show what would be packed, and stop
    #[arg(long)]
    dry_run: bool,
}

/// One bundle in the report.
#[derive(Debug, Serialize)]
struct Written {
    file: String,
    sequence: u64,
    items: usize,
    bytes: u64,
}

/// What was packed.
#[derive(Debug, Serialize)]
struct PackReport {
    dry_run: bool,
    bundles: Vec<Written>,
    /// Items that did not fit.
    left: usize,
    /// Items whose ciphertext changed in the inbox: taken out, to be fetched again.
    damaged: Vec<String>,
    #[serde(skip)]
    to: String,
    #[serde(skip)]
    next: Option<Hint>,
}

impl fmt::Display for PackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for b in &self.bundles {
            let done = if self.dry_run { "would hold" } else { "written and read back:" };
            writeln!(f, "{}  {done} {}, {}", b.file, count(b.items, "item"), size(b.bytes))?;
        }
        for item in &self.damaged {
            writeln!(f, "item {item}: changed in the inbox since it was fetched; fetch it again")?;
        }
        if self.left > 0 {
            writeln!(f, "{} did not fit: take another stick and pack again", count(self.left, "item"))?;
        }
        match (self.bundles.is_empty(), self.dry_run) {
            (true, _) => writeln!(f, "Nothing to pack."),
            (false, true) => Ok(()),
            (false, false) => {
                writeln!(f, "Unmount {} before you unplug it. Carry it to the Secure Viewing", self.to)?;
                writeln!(f, "Station, unpack it there, and bring back the receipt code.")
            }
        }
    }
}

impl Report for PackReport {
    fn status(&self) -> Status {
        match (self.bundles.is_empty(), self.left + self.damaged.len()) {
            (true, 0) => Status::NothingToDo,
            (_, 0) => Status::Done,
            (true, _) if self.left > 0 => Status::NoSpace,
            _ => Status::PartDone,
        }
    }

    fn hint(&self) -> Option<Hint> {
        self.next.clone()
    }
}

impl PackArgs {
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = self.pack(home, ui);
        ui.finish("sd-airgap pack", result)
    }

    fn pack(&self, home: &Home, ui: &mut Ui) -> Result<PackReport, Failure> {
        let mut packer = Packer::open(home, &self.to)?;
        packer.settle_interrupted(ui)?;
        let mut report = PackReport {
            dry_run: self.dry_run,
            bundles: Vec::new(),
            left: 0,
            damaged: Vec::new(),
            to: sd_fs::escape(self.to.as_os_str().as_encoded_bytes()).to_string(),
            next: None,
        };
        let mut waiting = packer.waiting(self.again)?;
        while !waiting.is_empty() {
            let room = packer.target.free_bytes()?;
            let planned = report.bundles.iter().map(|b| b.bytes).sum::<u64>();
            let room = if self.dry_run { room.saturating_sub(planned) } else { room };
            let n = how_many(&waiting, room);
            if n == 0 {
                break;
            }
            if self.dry_run {
                report.bundles.push(packer.plan(&waiting[..n], report.bundles.len()));
            } else {
                match packer.write(&waiting[..n], ui)? {
                    Ok(written) => report.bundles.push(written),
                    Err(damaged) => {
                        // Out of the inbox, so that the next sync fetches it again.
                        packer.inbox.remove(&damaged).map_err(inbox_failure)?;
                        report.damaged.push(damaged.item.to_string());
                        waiting.retain(|i| i.item != damaged.item);
                        continue;
                    }
                }
            }
            waiting.drain(..n);
        }
        report.left = waiting.len();
        report.next = next_step(&report, home);
        Ok(report)
    }
}

/// After packing, the next command is the SVS's: the stick is mounted there as it is here.
fn next_step(report: &PackReport, home: &Home) -> Option<Hint> {
    if !report.damaged.is_empty() {
        let sync = ["sd-fetch", "sync"].map(str::to_owned);
        return Some(Hint::new(sync.into_iter().chain(home.args())));
    }
    let packed = !report.dry_run && !report.bundles.is_empty();
    packed.then(|| Hint::new(["sd-airgap", "unpack", &report.to]))
}

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
struct Packer {
    station: Station,
    key: WorkstationKey,
    inbox: Inbox,
    outbox: Outbox,
    target: Dir,
    system: Note,
}

impl Packer {
    fn open(home: &Home, to: &std::path::Path) -> Result<Self, Failure> {
        let station = Station::load_as(home, Role::Workstation)?;
        let key = WorkstationKey::load(&station.keys)?;
        let inbox = Inbox::open(home.part("inbox")?).map_err(inbox_failure)?;
        let outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
        Ok(Self { station, key, inbox, outbox, target: Dir::open(to)?, system: system() })
    }

    /// An interrupted pack either reached its final name, whole, or left nothing.
    fn settle_interrupted(&mut self, ui: &mut Ui) -> Result<(), Failure> {
        for index in 0..self.outbox.bundles().len() {
            let bundle = &self.outbox.bundles()[index];
            if bundle.state != PackState::Prepared {
                continue;
            }
            let whole = match self.target.open_file(&bundle.file) {
                Ok(file) => check(file, &bundle.manifest, &bundle.sealed, &mut ui.bar()).is_ok(),
                Err(e) if e.is_not_found() => false,
                Err(e) => return Err(e.into()),
            };
            let state = if whole { PackState::Packed } else { PackState::Abandoned };
            if whole {
                ui.say(format_args!("{}: an interrupted pack had finished it", bundle.file));
            }
            self.outbox.mark(index, state).map_err(outbox_failure)?;
        }
        Ok(())
    }

    /// What is in the inbox and not on its way, messages first within each source's order.
    fn waiting(&self, again: bool) -> Result<Vec<Item>, Failure> {
        let states = self.outbox.item_states();
        let mut items = self.inbox.items().map_err(inbox_failure)?;
        items.retain(|i| match states.get(&i.item) {
            None | Some(ItemState::Waiting) => true,
            Some(ItemState::Packed) => again,
            Some(ItemState::Delivered) => false,
        });
        // Small things first, so that a full stick costs documents and not messages.
        items.sort_by_key(|i| (i.kind == sd_bundle::Kind::Document).then_some(i.size));
        Ok(items)
    }

    fn plan(&self, items: &[Item], after: usize) -> Written {
        let sealed = 4096 + items.len() as u64 * MANIFEST_PER_MEMBER;
        Written {
            file: format!("bundle {}", after + 1),
            sequence: self.outbox.next_sequence() + after as u64,
            items: items.len(),
            bytes: bundle_length(1, sealed, items.iter().map(|i| i.size)),
        }
    }

    /// Writes one bundle, reads it back, and only then gives it its name. The inner error is
    /// an item whose ciphertext is not what was fetched.
    fn write(&mut self, items: &[Item], ui: &mut Ui) -> Result<Result<Written, Item>, Failure> {
        let manifest = self.manifest(items.to_vec())?;
        let json = manifest.to_json().map_err(|e| Failure::new(Status::Bug, e))?;
        let sealed = self.seal(&json)?;
        let file = format!("{:06}-{}{ENDING}", manifest.sequence, manifest.bundle);
        let mut out = self.target.new_file()?;
        let bytes = match self.fill(&mut out, &manifest, &sealed, ui) {
            Ok(bytes) => bytes,
            Err(WriteError::Changed(id)) => {
                let damaged = items.iter().find(|i| i.item == id).cloned();
                return damaged.map(Err).ok_or_else(|| Failure::new(Status::Bug, id));
            }
            Err(e) => return Err(write_failure(e)),
        };
        let back = out.read_back()?;
        check(back, &manifest, &Blake3::of(&sealed), &mut ui.bar())?;
        self.outbox.prepare(&manifest, &sealed, &file).map_err(outbox_failure)?;
        out.commit(&file)?;
        let last = self.outbox.bundles().len() - 1;
        self.outbox.mark(last, PackState::Packed).map_err(outbox_failure)?;
        Ok(Ok(Written { file, sequence: manifest.sequence, items: items.len(), bytes }))
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
            self.outbox.next_sequence(),
            self.outbox.previous(),
            Timestamp::now(),
            (toolkit.try_into().unwrap_or_else(|_| self.system.clone()), self.system.clone()),
            Nonce::new().map_err(random_failure)?,
            items,
        ))
    }

    fn seal(&self, json: &[u8]) -> Result<Vec<u8>, Failure> {
        let packed = zstd::encode_all(json, 3).map_err(|e| Failure::new(Status::Bug, e))?;
        let signer = self.key.signer()?;
        sd_pgp::seal(&packed, signer, &self.station.submission)
            .map_err(|e| Failure::new(Status::KeyUnavailable, e))
    }
}

/// Reads a bundle back with the strict reader, against the manifest this station made.
fn check(
    file: File,
    manifest: &Manifest,
    sealed: &Blake3,
    bar: &mut sd_term::Bar,
) -> Result<(), Failure> {
    let length = file.metadata().map_err(|e| Failure::new(Status::FileError, e))?.len();
    let bundle = Bundle::open(file, length, Limits::default()).map_err(bundle_failure)?;
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
    let release = Dir::open("/usr/lib".as_ref()).and_then(|d| d.read_small("os-release", 64 << 10));
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
