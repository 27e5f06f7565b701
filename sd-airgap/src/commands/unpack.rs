//! `sd-airgap unpack`

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Authentic, Bundle, Home, Item, Receipt, Role, Standing};
use sd_doctor::Place;
use sd_fs::{Ahead, Progress as _};
use sd_term::{Failure, Hint, Report, Status, Ui, count};
use serde::Serialize;

use super::Svs;
use super::bundles::Bundles;
use super::gate::GateArgs;
use super::stick::StickArgs;
use crate::station::Station;
use crate::store::{Decrypted, Outcome, Store, decrypt_pending, import};
use sd_stick::LetGo;

/// SecureDrop takes uploads of 500 MiB at most; a little more for what wraps them.
const LIMIT: u64 = 512 << 20;

/// On the SVS: verify bundles, store every item, decrypt, and show the receipt code
///
/// Without PATH the stick is found, unlocked and mounted read-only; when everything on it is
/// stored, it is locked and switched off.
#[derive(Debug, Args)]
pub(crate) struct UnpackArgs {
    /// A bundle file, or a directory with bundles [default: the stick]
    #[arg(value_name = "PATH", conflicts_with_all = ["device", "stick_passphrase_fd"])]
    path: Option<PathBuf>,
    #[command(flatten)]
    stick: StickArgs,
    /// Try again what could not be opened before
    #[arg(long)]
    retry: bool,
    /// The most bytes one item may unpack to
    #[arg(long, value_name = "BYTES", default_value_t = LIMIT, hide_default_value = true,
          value_parser = clap::value_parser!(u64).range(1..=crate::worker::MAX_OUTPUT))]
    max_size: u64,
    /// Read the passphrase of a locked key file from this file descriptor
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<i32>,
    #[command(flatten)]
    gate: GateArgs,
}

/// Without an option.
impl Default for UnpackArgs {
    fn default() -> Self {
        let (stick, gate) = (StickArgs::default(), GateArgs::default());
        Self { path: None, stick, retry: false, max_size: LIMIT, passphrase_fd: None, gate }
    }
}

/// One bundle that was stored.
#[derive(Debug, Serialize)]
struct Stored {
    file: String,
    sequence: u64,
    standing: Standing,
    new: usize,
    known: usize,
    conflicts: Vec<String>,
    receipt: Receipt,
}

impl Stored {
    /// Its receipt code, as a person writes it down.
    fn code(&self) -> String {
        format!("Receipt code for bundle {}:  {}", self.sequence, self.receipt)
    }
}

/// One item that was opened or refused now.
#[derive(Debug, Serialize)]
struct Line {
    designation: String,
    source: String,
    item: String,
    number: u32,
    kind: sd_bundle::Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
struct UnpackReport {
    bundles: Vec<Stored>,
    refused_bundles: Vec<(String, Failure)>,
    opened: Vec<Line>,
    refused: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<Failure>,
    /// How the stick was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    stick: Option<LetGo>,
    #[serde(skip)]
    next: Hint,
}

impl fmt::Display for UnpackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for b in &self.bundles {
            writeln!(f, "{}", b.file)?;
            let stored =
                if b.known == 0 { String::new() } else { format!(", {} already here", b.known) };
            writeln!(
                f,
                "  verified and stored: {}{stored}; {}",
                count(b.new, "new item"),
                b.standing
            )?;
            for item in &b.conflicts {
                writeln!(f, "  item {item}: other bytes than before; both versions are kept")?;
            }
        }
        for (file, failure) in &self.refused_bundles {
            writeln!(f, "{file}\n  {}: {}", failure.status.word(), failure.message)?;
        }
        self.show_opened(f)?;
        for line in &self.refused {
            let Outcome::Refused { why } = &line.outcome else { continue };
            writeln!(
                f,
                "{} {:>3} {}: not opened: {why}",
                line.designation, line.number, line.kind
            )?;
        }
        if let Some(failure) = &self.stopped {
            writeln!(f, "opening stopped: {}: {}", failure.status.word(), failure.message)?;
        }
        if let Some(stick) = &self.stick {
            write!(f, "{stick}")?;
        }
        for b in &self.bundles {
            writeln!(f, "{}", b.code())?;
        }
        if !self.bundles.is_empty() {
            writeln!(f, "Write it down and confirm it on the workstation.")?;
        }
        Ok(())
    }
}

impl UnpackReport {
    /// Up to this many items are listed one by one; `sd-airgap list` has them all.
    const SHOWN: usize = 40;

    fn show_opened(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.opened.is_empty() {
            writeln!(f, "Opened {}:", count(self.opened.len(), "item"))?;
        }
        let mut source = None;
        for line in self.opened.iter().take(Self::SHOWN) {
            let Outcome::Opened { name, original, size, notes, .. } = &line.outcome else {
                continue;
            };
            if source != Some(&line.source) {
                writeln!(f, "  {}", line.designation)?;
                source = Some(&line.source);
            }
            writeln!(
                f,
                "  {:>5} {:<8} {:>8}  {name}",
                line.number,
                line.kind,
                sd_term::size(*size)
            )?;
            if let Some(original) = original {
                writeln!(f, "                           sent as \"{original}\"")?;
            }
            for note in notes {
                writeln!(f, "                           {note}")?;
            }
        }
        if self.opened.len() > Self::SHOWN {
            let more = self.opened.len() - Self::SHOWN;
            writeln!(f, "  and {more} more: sd-airgap list")?;
        }
        Ok(())
    }
}

impl Report for UnpackReport {
    fn status(&self) -> Status {
        let conflicts = self.bundles.iter().any(|b| !b.conflicts.is_empty());
        let some = !self.bundles.is_empty() || !self.opened.is_empty();
        let failed = self.refused_bundles.first().map(|(_, f)| f.status);
        let failed = failed.or(self.stopped.as_ref().map(|f| f.status));
        match failed {
            Some(status) if !some => status,
            Some(_) => Status::PartDone,
            None if conflicts || !self.refused.is_empty() => Status::PartDone,
            None if self.stick.as_ref().is_some_and(|s| !s.is_safe()) => Status::StickBusy,
            None => Status::Done,
        }
    }

    fn hint(&self) -> Option<Hint> {
        (!self.opened.is_empty()).then(|| self.next.clone())
    }
}

impl UnpackArgs {
    pub(crate) fn run(self, place: &Place, home: &Home, ui: &mut Ui) -> ExitCode {
        self.run_for_codes(place, home, ui).0
    }

    /// The same, and the receipt codes that were shown.
    pub(super) fn run_for_codes(
        self,
        place: &Place,
        home: &Home,
        ui: &mut Ui,
    ) -> (ExitCode, Vec<String>) {
        let result = self.unpack(place, home, ui);
        let bundles = result.as_ref().map_or(&[][..], |report| &report.bundles);
        let codes = bundles.iter().map(Stored::code).collect();
        (ui.finish("sd-airgap unpack", result), codes)
    }

    fn unpack(&self, place: &Place, home: &Home, ui: &mut Ui) -> Result<UnpackReport, Failure> {
        let station = Station::load_as(home, Role::Svs)?;
        self.gate.pass(place, "sd-airgap unpack", home, ui)?;
        // Before anybody types the passphrase of the key.
        let mut bundles = Bundles::find(self.path.as_deref(), home, &self.stick.wanted(), ui)?;
        let svs = Svs::open(station, self.passphrase_fd, ui)?;
        let mut store = Store::open(home)?;
        let read = ["sd-airgap", "browse"].map(str::to_owned).into_iter().chain(home.args());
        let mut report = UnpackReport {
            bundles: Vec::new(),
            refused_bundles: Vec::new(),
            opened: Vec::new(),
            refused: Vec::new(),
            stopped: None,
            stick: None,
            next: Hint::new(read),
        };
        for found in bundles.take() {
            let file = bundles.shown(&found);
            let opened = bundles.open(&found).and_then(|bundle| svs.authenticate(bundle));
            match opened.and_then(|bundle| store_one(&svs, &mut store, &file, bundle, ui)) {
                Ok(stored) => report.bundles.push(stored),
                Err(failure) => report.refused_bundles.push((file, failure)),
            }
        }
        // Everything is copied: what follows does not need the stick.
        report.stick = bundles.let_go();
        let mut bar = ui.bar();
        let done =
            decrypt_pending(&mut store, svs.vault.as_ref(), self.max_size, self.retry, &mut bar);
        drop(bar);
        match done {
            Ok(done) => report.take(done),
            // What was stored has its receipt codes all the same.
            Err(e) => report.stopped = Some(e),
        }
        Ok(report)
    }
}

impl UnpackReport {
    fn take(&mut self, done: Decrypted) {
        let refused = |(item, why): (Item, String)| line(&item, Outcome::Refused { why });
        self.opened = done.opened.into_iter().map(|(item, outcome)| line(&item, outcome)).collect();
        self.refused = done.refused.into_iter().map(refused).collect();
        self.stopped = done.stopped;
        let order = |l: &Line| (l.designation.clone(), l.source.clone(), l.number, l.item.clone());
        self.opened.sort_by_key(order);
        self.refused.sort_by_key(order);
    }
}

fn line(item: &Item, outcome: Outcome) -> Line {
    let path = match &outcome {
        Outcome::Opened { name, .. } => {
            Some(format!("store/sources/{}/{}/content/{name}", item.source, item.item))
        }
        Outcome::Refused { .. } => None,
    };
    Line {
        designation: item.designation.to_string(),
        source: item.source.to_string(),
        item: item.item.to_string(),
        number: item.number,
        kind: item.kind,
        path,
        outcome,
    }
}

fn store_one(
    svs: &Svs,
    store: &mut Store,
    file: &str,
    bundle: Bundle<Authentic, Ahead>,
    ui: &mut Ui,
) -> Result<Stored, Failure> {
    let bytes: u64 = bundle.manifest().members.iter().map(|m| m.item.size).sum();
    let mut bar = ui.bar();
    bar.begin("copying and verifying", Some(bytes + bundle.tail_length()));
    let imported = import(store, &svs.from(), bundle, &mut bar)?;
    drop(bar);
    if let Some(warning) = imported.standing.warning() {
        ui.warn(format_args!("{file}: {warning}"));
    }
    let manifest = imported.verified.manifest();
    Ok(Stored {
        file: file.to_owned(),
        sequence: manifest.sequence,
        standing: imported.standing,
        new: imported.new,
        known: imported.known,
        conflicts: imported.conflicts.iter().map(|i| i.item.to_string()).collect(),
        receipt: manifest.receipt(imported.verified.manifest_hash()),
    })
}
