//! Sticks: which one it is, open for as long as a command needs it, then let go.
//!
//! ```text
//! discover --policy--> Device<Transfer> --choose--> unlock, mount --> MountedStick --let go--> off
//!                            '--> refusal, shown                '--> RawStick
//! ```
//! On the SVS a stick is mounted read-only. "Safe to remove" is said after the stick was
//! unmounted, locked and switched off, and at no other place.

mod erase;
mod find;
mod known;
mod let_go;
mod mounted;
mod raw;

use sd_bundle::{Home, RawHead, Shipments};
use sd_term::{Failure, Hint, Secret, SecretError, Status, Ui};
use usb_rules::udisks::{Udisks, UdisksError};
use usb_rules::{Access, Content, Label, LabelError, LabelRole, UntrustedDevice};

use crate::commands::outbox_failure;

pub(crate) use erase::Erasing;
pub(crate) use find::{Chosen, Wanted, choose};
pub(crate) use known::KnownSticks;
pub(crate) use let_go::LetGo;
pub(crate) use mounted::MountedStick;
pub(crate) use raw::RawStick;

/// How often a passphrase may be typed.
const TRIES: usize = 3;

/// A stick, open.
pub(crate) enum Stick {
    /// A file system, mounted.
    Mounted(MountedStick),
    /// No file system.
    Raw(RawStick),
}

impl Stick {
    /// Finds the stick, unlocks and mounts it. A stick that is to be written and was not
    /// prepared here is used only if a person says so.
    pub(crate) fn open(
        home: &Home,
        wanted: &Wanted,
        access: Access,
        ui: &mut Ui,
    ) -> Result<Self, Failure> {
        let chosen = choose(wanted, access, ui)?;
        let device = &chosen.device;
        let udisks = Udisks::connect().map_err(stick_failure)?;
        let known = KnownSticks::open(home)?;
        match &device.volume().content {
            Content::Luks { .. } | Content::FileSystem { .. } => {
                let mut stick = mount(udisks, &chosen, wanted, access, ui)?;
                consent(&stick, &known, wanted, access, ui)?;
                if access != Access::Read {
                    // Only now that it is agreed to may the system write on it.
                    stick.mount_again(access)?;
                }
                Ok(Self::Mounted(stick))
            }
            Content::Empty if !device.volume().partition => {
                let stick = RawStick::open(udisks, device, access)?;
                raw_consent(stick, home, &known, access).map(Self::Raw)
            }
            Content::Empty | Content::PartitionTable | Content::Other(_) => {
                Err(nothing_on(&device.title()))
            }
        }
    }

    /// Unmounts and locks it, and switches it off.
    pub(crate) fn let_go(self) -> LetGo {
        match self {
            Self::Mounted(stick) => stick.let_go(),
            Self::Raw(stick) => stick.let_go(),
        }
    }

    /// Unmounts and locks it, and leaves it switched on for the next command.
    pub(crate) fn close(self, ui: &mut Ui) {
        let Self::Mounted(stick) = self else { return };
        let title = stick.title().to_owned();
        if let Err(e) = stick.close() {
            ui.warn(format_args!("{title} is still in use here: {e}"));
        }
    }
}

/// A bare stick is written only if what is on it is this station's own: an "empty" stick may be
/// a `VeraCrypt` volume, which looks like noise. Reading asks no one: the bundle shows itself.
fn raw_consent(
    mut stick: RawStick,
    home: &Home,
    known: &KnownSticks,
    access: Access,
) -> Result<RawStick, Failure> {
    if access == Access::Read {
        return Ok(stick);
    }
    let ours = match stick.head()? {
        RawHead::Bundle(id) => {
            let outbox = home.part("outbox")?;
            let shipments = Shipments::look(&outbox).map_err(outbox_failure)?;
            shipments.bundles().iter().any(|b| b.manifest.bundle == id)
        }
        RawHead::Label(label) => Label::parse(&label).is_ok_and(|l| known.holds(&l)),
        RawHead::Other => return Err(nothing_on(stick.title())),
    };
    if ours {
        return Ok(stick);
    }
    let what = format!("{}: it was prepared on another station", stick.title());
    Err(Failure::new(Status::DeviceRefused, what).hint(Hint::new(["sd-airgap", "prepare"])))
}

fn nothing_on(title: &str) -> Failure {
    let what = format!("{title}: it holds no file system and no bundle of ours");
    Failure::new(Status::DeviceRefused, what).hint(Hint::new(["sd-airgap", "prepare"]))
}

fn mount(
    udisks: Udisks,
    chosen: &Chosen,
    wanted: &Wanted,
    access: Access,
    ui: &mut Ui,
) -> Result<MountedStick, Failure> {
    let mut tries = TRIES;
    let mut ask = |again: bool, ui: &mut Ui| {
        // What comes from a descriptor does not get better by asking again.
        let spent = again && (wanted.passphrase_fd.is_some() || !ui.can_ask());
        if spent || tries == 0 {
            return Err(stick_failure(UdisksError::Passphrase));
        }
        tries -= 1;
        if again {
            ui.say("That is not its passphrase. Try again.");
        }
        let secret = passphrase(wanted.passphrase_fd, "Passphrase of the stick: ", ui)?;
        chosen.is_still_there(access)?;
        Ok(secret)
    };
    MountedStick::open(udisks, &chosen.device, access, &mut ask, ui)
}

/// A stick of this station's, or one that a person named or agrees to.
fn consent(
    stick: &MountedStick,
    known: &KnownSticks,
    wanted: &Wanted,
    access: Access,
    ui: &mut Ui,
) -> Result<(), Failure> {
    let label = match stick.label() {
        // The bundles on it show themselves.
        Err(failure) if access == Access::Read => {
            ui.warn(failure.message);
            return Ok(());
        }
        label => label?,
    };
    if label.as_ref().is_some_and(|l| l.role() == LabelRole::Export) {
        let what = format!("{}: it is an Export Device, not a Transfer Device", stick.title());
        return Err(Failure::new(Status::DeviceRefused, what));
    }
    let is_known = label.is_some_and(|l| known.holds(&l));
    if is_known || access == Access::Read || wanted.device.is_some() {
        return Ok(());
    }
    let question = format!("{} was not prepared on this station. Write to it?", stick.title());
    if ui.confirm(&question, "name it with --device")? {
        return Ok(());
    }
    Err(Failure::new(Status::Refused, "the stick was not agreed to; nothing was written"))
}

/// A stick's passphrase, from the descriptor or from the terminal.
pub(crate) fn passphrase(fd: Option<i32>, question: &str, ui: &mut Ui) -> Result<Secret, Failure> {
    match fd {
        Some(fd) => {
            let [secret] = Secret::lines_from_fd(fd, ["passphrase"])
                .map_err(|e: SecretError| Failure::new(Status::Usage, e))?;
            Ok(secret)
        }
        None => Ok(ui.secret(question, "use --stick-passphrase-fd N")?),
    }
}

/// What a device holds, volume by volume, for a person.
pub(crate) fn holds(device: &UntrustedDevice) -> Vec<String> {
    let labelled = |kind: &str, label: &str| match label {
        "" => kind.to_owned(),
        label => format!("{kind} \"{label}\""),
    };
    let words = device.volumes.iter().filter_map(|v| match &v.content {
        Content::Luks { label, .. } => Some(labelled("an encrypted volume", label)),
        Content::FileSystem { kind, label, .. } => Some(labelled(kind, label)),
        Content::Other(kind) => Some(kind.clone()),
        Content::Empty | Content::PartitionTable => None,
    });
    words.map(|w| sd_fs::escape(w.as_bytes()).to_string()).collect()
}

/// What udisks2 refused, by its status.
pub(crate) fn stick_failure(e: UdisksError) -> Failure {
    let status = match &e {
        UdisksError::Unreachable(_) | UdisksError::Failed { .. } => Status::DeviceFailed,
        UdisksError::Gone(_) => Status::NotFound,
        UdisksError::NotAllowed(_) => Status::DeviceRefused,
        UdisksError::Busy(_) => Status::StickBusy,
        UdisksError::Passphrase => Status::WrongPassphrase,
    };
    Failure::new(status, e)
}

/// A label that is none.
fn label_failure(e: LabelError) -> Failure {
    let status = match e {
        LabelError::Random(_) | LabelError::Json(_) => Status::Bug,
        LabelError::Name => Status::Usage,
        LabelError::TooLong | LabelError::Format | LabelError::Id => Status::DeviceRefused,
    };
    Failure::new(status, e)
}
