//! `sd-airgap pack`

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, Packed};
use sd_term::{Failure, Hint, Report, Status, Ui, count, size};
use serde::Serialize;
use usb_rules::Access;

use super::stick::StickArgs;
use crate::media::{RawStick, Stick};
use crate::packer::{Packer, Target};
use sd_stick::LetGo;

/// Pack what was fetched into signed bundles on a stick, and read them back
///
/// Without --to the stick is found, unlocked and mounted, and at the end locked and switched off.
#[derive(Debug, Default, Args)]
pub(crate) struct PackArgs {
    /// A directory instead of a stick; whoever mounted it unmounts it
    #[arg(long, value_name = "DIR", conflicts_with_all = ["device", "stick_passphrase_fd"])]
    to: Option<PathBuf>,
    #[command(flatten)]
    stick: StickArgs,
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
    /// An interrupted run had written it; this one read it back.
    pub(crate) finished_before: bool,
}

impl Written {
    /// One that an interrupted run had finished.
    pub(crate) fn of(bundle: &Packed, bytes: u64) -> Self {
        let (file, sequence) = (bundle.file.clone(), bundle.manifest.sequence);
        Self { file, sequence, items: bundle.manifest.members.len(), bytes, finished_before: true }
    }
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
    /// How the stick was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stick: Option<LetGo>,
    /// The directory that was given.
    #[serde(skip)]
    pub(crate) to: Option<String>,
    #[serde(skip)]
    pub(crate) next: Option<Hint>,
}

impl fmt::Display for PackReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for b in &self.bundles {
            let done = match (self.dry_run, b.finished_before) {
                (true, _) => "would hold",
                (false, true) => "an interrupted pack had written it; read back:",
                (false, false) => "written and read back:",
            };
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
        if self.bundles.is_empty() {
            writeln!(f, "Nothing to pack.")?;
        }
        if let Some(stick) = &self.stick {
            write!(f, "{stick}")?;
        }
        if self.bundles.is_empty() || self.dry_run {
            return Ok(());
        }
        if let Some(to) = &self.to {
            writeln!(f, "Unmount {to} before you unplug it.")?;
        }
        writeln!(f, "Carry it to the Secure Viewing Station, unpack it there, and bring back the")?;
        writeln!(f, "receipt code.")
    }
}

impl Report for PackReport {
    fn status(&self) -> Status {
        if self.ended_early.is_some() {
            return Status::CutShort;
        }
        if self.stick.as_ref().is_some_and(|s| !s.is_safe()) {
            return Status::StickBusy;
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
        let mut packer = Packer::open(home)?;
        let mut report = match &self.to {
            Some(dir) => self.pack_into(&mut packer, &mut Target::directory(dir)?, ui)?,
            None => self.pack_stick(packer, home, ui)?,
        };
        report.next = self.next_step(&report, home);
        Ok(report)
    }

    fn pack_stick(
        &self,
        mut packer: Packer,
        home: &Home,
        ui: &mut Ui,
    ) -> Result<PackReport, Failure> {
        if packer.waiting(self.again)?.is_empty() && !packer.has_unsettled() {
            // No passphrase is asked for nothing.
            return Ok(self.empty_report());
        }
        let access = if self.dry_run { Access::Read } else { Access::Write };
        let mut stick = Stick::open(home, &self.stick.wanted(), access, ui)?;
        let result = match &mut stick {
            Stick::Mounted(mounted) => Target::stick(mounted)
                .map_err(Failure::from)
                .and_then(|mut target| self.pack_into(&mut packer, &mut target, ui)),
            Stick::Raw(raw) => self.pack_raw(&mut packer, raw, ui),
        };
        if self.dry_run {
            stick.close(ui);
            return result;
        }
        let let_go = stick.let_go();
        match result {
            Ok(report) => Ok(PackReport { stick: Some(let_go), ..report }),
            Err(failure) => {
                match let_go {
                    LetGo::SafeToRemove { stick } => {
                        ui.say(format_args!("{stick}: it is locked and switched off."));
                    }
                    held @ LetGo::Held { .. } => ui.warn(held),
                }
                ui.say("What counts as packed: sd-airgap list");
                Err(failure)
            }
        }
    }

    fn pack_into(
        &self,
        packer: &mut Packer,
        target: &mut Target<'_>,
        ui: &mut Ui,
    ) -> Result<PackReport, Failure> {
        let mut report = self.empty_report();
        if self.dry_run {
            let waiting = packer.waiting(self.again)?;
            packer.plan_all(target, &waiting, &mut report)?;
            return Ok(report);
        }
        packer.settle_interrupted(target, &mut report, ui)?;
        let waiting = packer.waiting(self.again)?;
        let written = packer.write_all(target, waiting, &mut report, ui);
        packer.commit_all(target, written, &mut report, ui)?;
        Ok(report)
    }

    fn pack_raw(
        &self,
        packer: &mut Packer,
        stick: &mut RawStick,
        ui: &mut Ui,
    ) -> Result<PackReport, Failure> {
        let mut report = self.empty_report();
        if !self.dry_run {
            packer.settle_raw(stick, &mut report, ui)?;
        }
        if !report.bundles.is_empty() {
            // It is whole and fills the stick: carry it.
            report.left = packer.waiting(false)?.len();
            return Ok(report);
        }
        packer.guard_raw(stick, self.again)?;
        let waiting = packer.waiting(self.again)?;
        if self.dry_run {
            packer.plan_raw(stick, &waiting, &mut report);
        } else {
            packer.pack_raw(stick, waiting, &mut report, ui)?;
        }
        Ok(report)
    }

    fn empty_report(&self) -> PackReport {
        let shown = |dir: &PathBuf| sd_fs::escape(dir.as_os_str().as_encoded_bytes()).to_string();
        PackReport {
            dry_run: self.dry_run,
            bundles: Vec::new(),
            left: 0,
            damaged: Vec::new(),
            ended_early: None,
            stick: None,
            to: self.to.as_ref().map(shown),
            next: None,
        }
    }

    /// After packing, the next command is the SVS's; a directory is mounted there as it is here.
    fn next_step(&self, report: &PackReport, home: &Home) -> Option<Hint> {
        if report.bundles.is_empty() {
            return None;
        }
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        if !report.dry_run {
            let unpack = ["sd-airgap", "unpack"].map(str::to_owned).into_iter();
            return Some(Hint::new(unpack.chain(self.to.as_ref().map(text))));
        }
        let mut pack = vec!["sd-airgap".to_owned(), "pack".to_owned()];
        for (flag, path) in [("--to", &self.to), ("--device", &self.stick.device)] {
            pack.extend(path.iter().flat_map(|p| [flag.to_owned(), text(p)]));
        }
        pack.extend(self.again.then(|| "--again".to_owned()));
        Some(Hint::new(pack.into_iter().chain(home.args())))
    }
}
