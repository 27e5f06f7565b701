//! `sd-airgap verify`

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{BundleId, Discard, Home, Role};
use sd_fs::Progress as _;
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use super::{Svs, bundle_failure, bundles_at, shown};
use crate::station::Station;
use crate::store::{Standing, Store};

/// On the SVS: check bundles to the last byte without storing anything
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A bundle file, or a directory with bundles
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Read the passphrase of a locked key file from this file descriptor
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<i32>,
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
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = self.verify(home, ui);
        ui.finish("sd-airgap verify", result)
    }

    fn verify(&self, home: &Home, ui: &mut Ui) -> Result<VerifyReport, Failure> {
        let station = Station::load_as(home, Role::Svs)?;
        // Before anybody types a passphrase.
        let paths = bundles_at(&self.path)?;
        let svs = Svs::open(station, self.passphrase_fd, ui)?;
        let store = Store::open(home)?;
        let path = self.path.to_string_lossy().into_owned();
        let words = ["sd-airgap".to_owned(), "unpack".to_owned(), path];
        let mut report = VerifyReport {
            bundles: Vec::new(),
            refused: Vec::new(),
            next: Hint::new(words.into_iter().chain(home.args())),
        };
        for path in paths {
            match verify_one(&svs, &store, &path, ui) {
                Ok(good) => report.bundles.push(good),
                Err(failure) => report.refused.push((shown(&path), failure)),
            }
        }
        Ok(report)
    }
}

fn verify_one(svs: &Svs, store: &Store, path: &Path, ui: &mut Ui) -> Result<Good, Failure> {
    let bundle = svs.authenticate(path)?;
    let standing = store.ledger.standing(&svs.from(), bundle.manifest(), bundle.manifest_hash());
    let bytes = bundle.manifest().members.iter().map(|m| m.item.size).sum();
    let mut bar = ui.bar();
    bar.begin("verifying", Some(bytes));
    let verified = bundle.copy_members(&mut Discard, &mut bar).map_err(bundle_failure)?;
    let manifest = verified.manifest();
    Ok(Good {
        file: shown(path),
        bundle: manifest.bundle.clone(),
        sequence: manifest.sequence,
        created: manifest.created.to_string(),
        items: verified.entries().len(),
        bytes,
        standing,
    })
}
