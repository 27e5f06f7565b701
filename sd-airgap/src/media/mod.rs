//! Transfer Devices: open for as long as a command needs one, then let go.
//!
//! ```text
//! sd_stick::choose --> Device<Transfer> --file system?--> MountedStick --let go--> off
//!                                           '--none-----> RawStick -------'
//! ```
//! On the SVS a stick is mounted read-only.

mod erase;
mod known;
mod raw;

use sd_bundle::{Home, RawHead, Shipments};
use sd_stick::{LetGo, MountedStick, Wanted, choose, stick_failure};
use sd_term::{Failure, Hint, Status, Ui};
use usb_rules::udisks::Udisks;
use usb_rules::{Access, Content, Label, LabelRole, UntrustedDevice};

use crate::commands::outbox_failure;

pub(crate) use erase::Erasing;
pub(crate) use known::KnownSticks;
pub(crate) use raw::RawStick;

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
                let mut stick = MountedStick::open(udisks, &chosen, wanted, access, ui)?;
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
