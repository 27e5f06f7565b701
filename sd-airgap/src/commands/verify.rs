//! `sd-airgap verify`

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Authentic, Bundle, BundleId, Discard, Home, Role, Standing};
use sd_doctor::Place;
use sd_fs::{Ahead, Progress as _};
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use super::bundles::Bundles;
use super::gate::GateArgs;
use super::stick::StickArgs;
use super::{Svs, bundle_failure};
use crate::station::Station;
use crate::store::Store;

/// On the SVS: check bundles to the last byte without storing anything
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A bundle file, or a directory with bundles [default: the stick]
    #[arg(value_name = "PATH", conflicts_with_all = ["device", "stick_passphrase_fd"])]
    path: Option<PathBuf>,
    #[command(flatten)]
    stick: StickArgs,
    /// Read the passphrase of a locked key file from this file descriptor
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<i32>,
    #[command(flatten)]
    gate: GateArgs,
}

#[derive(Debug, Serialize)]
struct Good {
    file: String,
    bundle: BundleId,
    sequence: u64,
    created: String,
    items: usize,
    bytes: u64,
    standing: Standing,
}

#[derive(Debug, Serialize)]
struct VerifyReport {
    bundles: Vec<Good>,
    refused: Vec<(String, Failure)>,
    #[serde(skip)]
    next: Hint,
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for b in &self.bundles {
            writeln!(f, "{}", b.file)?;
            writeln!(
                f,
                "  good: {}, {}, packed {}",
                count(b.items, "item"),
                size(b.bytes),
                b.created
            )?;
            writeln!(f, "  number {}, {}", b.sequence, b.standing)?;
        }
        for (file, failure) in &self.refused {
            writeln!(f, "{file}\n  {}: {}", failure.status.word(), failure.message)?;
        }
        Ok(())
    }
}

impl Report for VerifyReport {
    fn status(&self) -> Status {
        match self.refused.first() {
            None => Status::Done,
            Some((_, failure)) if self.bundles.is_empty() => failure.status,
            Some(_) => Status::PartDone,
        }
    }

    fn hint(&self) -> Option<Hint> {
        (!self.bundles.is_empty()).then(|| self.next.clone())
    }
}

impl VerifyArgs {
    pub(crate) fn run(self, place: &Place, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = self.verify(place, home, ui);
        ui.finish("sd-airgap verify", result)
    }

    fn verify(&self, place: &Place, home: &Home, ui: &mut Ui) -> Result<VerifyReport, Failure> {
        let station = Station::load_as(home, Role::Svs)?;
        self.gate.pass(place, "sd-airgap verify", home, ui)?;
        // Before anybody types the passphrase of the key.
        let mut bundles = Bundles::find(self.path.as_deref(), home, &self.stick.wanted(), ui)?;
        let svs = Svs::open(station, self.passphrase_fd, ui)?;
        let store = Store::open(home)?;
        let given = self.path.iter().map(|p| p.to_string_lossy().into_owned());
        let words = ["sd-airgap", "unpack"].map(str::to_owned).into_iter().chain(given);
        let mut report = VerifyReport {
            bundles: Vec::new(),
            refused: Vec::new(),
            next: Hint::new(words.chain(home.args())),
        };
        for found in bundles.take() {
            let file = bundles.shown(&found);
            let opened = bundles.open(&found).and_then(|bundle| svs.authenticate(bundle));
            match opened.and_then(|bundle| verify_one(&svs, &store, &file, bundle, ui)) {
                Ok(good) => report.bundles.push(good),
                Err(failure) => report.refused.push((file, failure)),
            }
        }
        bundles.close(ui);
        Ok(report)
    }
}

fn verify_one(
    svs: &Svs,
    store: &Store,
    file: &str,
    bundle: Bundle<Authentic, Ahead>,
    ui: &mut Ui,
) -> Result<Good, Failure> {
    let standing = store.ledger.standing(&svs.from(), bundle.manifest(), bundle.manifest_hash());
    let bytes: u64 = bundle.manifest().members.iter().map(|m| m.item.size).sum();
    let mut bar = ui.bar();
    bar.begin("verifying", Some(bytes + bundle.tail_length()));
    let verified = bundle.copy_members(&mut Discard, &mut bar).map_err(bundle_failure)?;
    let manifest = verified.manifest();
    Ok(Good {
        file: file.to_owned(),
        bundle: manifest.bundle.clone(),
        sequence: manifest.sequence,
        created: manifest.created.to_string(),
        items: verified.entries().len(),
        bytes,
        standing,
    })
}
