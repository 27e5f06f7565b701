//! `sd-airgap prepare`

use std::fmt;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use sd_bundle::{Home, Outbox, PackState, Packed, Role};
use sd_term::{Failure, Hint, Report, Secret, Status, Ui};
use serde::Serialize;

use super::outbox_failure;
use super::stick::StickArgs;
use crate::media::Erasing;
use crate::station::Station;
use sd_stick::{LetGo, passphrase};

/// Bytes of a passphrase that is worth asking for.
const SHORTEST: usize = 12;

/// Make a stick a Transfer Device: everything on it is erased
///
/// The stick is shown first, and nothing happens before its name was typed. Its true size is
/// tried out, so that a counterfeit is found before it costs a submission.
#[derive(Debug, Args)]
pub(crate) struct PrepareArgs {
    #[command(flatten)]
    stick: StickArgs,
    /// What it becomes
    #[arg(long, value_enum, default_value_t = Media::Luks)]
    media: Media,
    /// A name for it, to write on its sticker
    #[arg(long, value_name = "NAME", default_value = "Transfer")]
    name: String,
}

/// What a stick becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Media {
    /// Encrypted (LUKS2) with ext4 in it, as SecureDrop's guide has it
    Luks,
    /// The bare device without a file system: one bundle at a time, nothing hidden beside it
    Raw,
}

#[derive(Debug, Serialize)]
struct Prepared {
    media: Media,
    label: String,
    name: String,
    stick: LetGo,
}

impl fmt::Display for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.media {
            Media::Luks => "an encrypted Transfer Device",
            Media::Raw => "a bare Transfer Device",
        };
        writeln!(f, "\"{}\" is {what} of this station now.", self.name)?;
        write!(f, "{}", self.stick)
    }
}

impl Report for Prepared {
    fn status(&self) -> Status {
        if self.stick.is_safe() { Status::Done } else { Status::StickBusy }
    }

    fn hint(&self) -> Option<Hint> {
        Some(Hint::new(["sd-airgap", "pack"]))
    }
}

impl PrepareArgs {
    pub(crate) fn run(self, home: &Home, ui: &mut Ui) -> ExitCode {
        let result = self.prepare(home, ui);
        ui.finish("sd-airgap prepare", result)
    }

    fn prepare(&self, home: &Home, ui: &mut Ui) -> Result<Prepared, Failure> {
        if Station::load_as(home, Role::Svs).is_ok() {
            let what = "Transfer Devices are prepared on the workstation";
            return Err(Failure::new(Status::WrongStation, what));
        }
        let stick = Erasing::choose(&self.stick.wanted(), ui)?;
        let mut outbox = Outbox::open(home.part("outbox")?).map_err(outbox_failure)?;
        let lost = unconfirmed_on(&stick, &outbox, ui)?;
        agree(&stick, ui)?;
        if let Some(index) = lost {
            // Before the first byte is written over: its items wait again.
            outbox.mark(index, PackState::Abandoned).map_err(outbox_failure)?;
        }
        let (label, stick) = match self.media {
            Media::Luks => {
                let passphrase = self.new_passphrase(ui)?;
                stick.make_luks(home, &self.name, &passphrase, ui)?
            }
            Media::Raw => stick.make_raw(home, &self.name, ui)?,
        };
        let (label, name) = (label.id(), label.name().to_owned());
        Ok(Prepared { media: self.media, label, name, stick })
    }

    fn new_passphrase(&self, ui: &mut Ui) -> Result<Secret, Failure> {
        let fd = self.stick.stick_passphrase_fd;
        let first = passphrase(fd, "New passphrase for the stick: ", ui)?;
        if first.expose().len() < SHORTEST {
            let what = format!("a passphrase has at least {SHORTEST} characters; nothing was done");
            return Err(Failure::new(Status::Refused, what));
        }
        if fd.is_none() {
            let second = passphrase(None, "The same again: ", ui)?;
            if second.expose() != first.expose() {
                let what = "the two passphrases differ; nothing was done";
                return Err(Failure::new(Status::Refused, what));
            }
        }
        Ok(first)
    }
}

/// The bundle on a bare stick whose receipt code has not come back, named to the person.
fn unconfirmed_on(stick: &Erasing, outbox: &Outbox, ui: &mut Ui) -> Result<Option<usize>, Failure> {
    let on_its_way = |b: &Packed| b.state == PackState::Packed;
    let here = stick.bundle()?;
    let is_here = |b: &Packed| on_its_way(b) && Some(&b.manifest.bundle) == here.as_ref();
    let index = outbox.bundles().iter().position(is_here);
    let count = outbox.bundles().iter().filter(|b| on_its_way(b)).count();
    if let Some(index) = index {
        let sequence = outbox.bundles()[index].manifest.sequence;
        ui.warn(format_args!(
            "bundle {sequence} is on this stick and its receipt code has not come back; its items \
             will wait to be packed again"
        ));
    } else if count > 0 {
        ui.warn(format_args!(
            "{count} packed and not confirmed: if one is on this stick, pack it again afterwards \
             with --again"
        ));
    }
    Ok(index)
}

/// Shows what will be lost, and takes nothing but the stick's name for a yes.
fn agree(stick: &Erasing, ui: &mut Ui) -> Result<(), Failure> {
    ui.say(format_args!("This stick will be ERASED: {}", stick.title()));
    for line in stick.holds() {
        ui.say(format_args!("  it holds {line}"));
    }
    let name = stick.name_to_type();
    let question = format!("To erase it, type its name, {name}: ");
    let typed = ui.line(&question, "prepare is never done without a person at the keyboard")?;
    if typed.trim() == name {
        return Ok(());
    }
    Err(Failure::new(Status::Refused, "that is not its name; nothing was done"))
}
