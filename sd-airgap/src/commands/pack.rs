//! `sd-airgap pack`

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use sd_bundle::Home;
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;

use crate::packer::Packer;

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
pub(crate) struct Written {
    pub(crate) file: String,
    pub(crate) sequence: u64,
    pub(crate) items: usize,
    pub(crate) bytes: u64,
}

/// What was packed.
#[derive(Debug, Serialize)]
pub(crate) struct PackReport {
    pub(crate) dry_run: bool,
    pub(crate) bundles: Vec<Written>,
    /// Items that did not fit.
    pub(crate) left: usize,
    /// Items whose ciphertext changed in the inbox: taken out, to be fetched again.
    pub(crate) damaged: Vec<String>,
    /// What ended the run before everything was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_early: Option<Failure>,
    #[serde(skip)]
    pub(crate) to: String,
    #[serde(skip)]
    pub(crate) next: Option<Hint>,
}

impl fmt::Display for PackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for b in &self.bundles {
            let done = if self.dry_run { "would hold" } else { "written and read back:" };
            writeln!(f, "{}\n  {done} {}, {}", b.file, count(b.items, "item"), size(b.bytes))?;
        }
        for item in &self.damaged {
            writeln!(f, "item {item}: changed in the inbox since it was fetched; fetch it again")?;
        }
        if let Some(failure) = &self.ended_early {
            writeln!(f, "ended early: {}: {}", failure.status.word(), failure.message)?;
        }
        if self.left > 0 {
            writeln!(f, "{} left: take another stick and pack again", count(self.left, "item"))?;
        }
        match (self.bundles.is_empty(), self.dry_run) {
            (true, _) => writeln!(f, "Nothing to pack."),
            (false, true) => Ok(()),
            (false, false) => {
                writeln!(
                    f,
                    "Unmount {} before you unplug it. Carry it to the Secure Viewing",
                    self.to
                )?;
                writeln!(f, "Station, unpack it there, and bring back the receipt code.")
            }
        }
    }
}

impl Report for PackReport {
    fn status(&self) -> Status {
        if self.ended_early.is_some() {
            return Status::CutShort;
        }
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
        let mut report = PackReport {
            dry_run: self.dry_run,
            bundles: Vec::new(),
            left: 0,
            damaged: Vec::new(),
            ended_early: None,
            to: sd_fs::escape(self.to.as_os_str().as_encoded_bytes()).to_string(),
            next: None,
        };
        if self.dry_run {
            let waiting = packer.waiting(self.again)?;
            packer.plan_all(&waiting, &mut report)?;
        } else {
            packer.settle_interrupted(ui)?;
            let waiting = packer.waiting(self.again)?;
            let written = packer.write_all(waiting, &mut report, ui);
            packer.commit_all(written, &mut report, ui)?;
        }
        report.next = next_step(&report, home, &self.to);
        Ok(report)
    }
}

/// After packing, the next command is the SVS's: the stick is mounted there as it is here.
fn next_step(report: &PackReport, home: &Home, to: &Path) -> Option<Hint> {
    let to = to.to_string_lossy().into_owned();
    if report.bundles.is_empty() {
        return None;
    }
    if report.dry_run {
        let pack = ["sd-airgap", "pack", "--to", &to].map(str::to_owned);
        return Some(Hint::new(pack.into_iter().chain(home.args())));
    }
    Some(Hint::new(["sd-airgap", "unpack", &to]))
}
