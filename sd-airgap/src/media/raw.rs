//! A bare stick: a bundle from its first byte to its last, and no file system.

use sd_bundle::{RawHead, look};
use sd_fs::{BlockDevice, Capacity, Sectors as _, try_capacity};
use sd_stick::{LetGo, stick_failure};
use sd_term::{Failure, Status, size};
use usb_rules::udisks::Udisks;
use usb_rules::{Access, Device, Transfer};

/// A bare stick, open.
pub(crate) struct RawStick {
    udisks: Udisks,
    title: String,
    node: String,
    device: BlockDevice,
}

impl RawStick {
    pub(super) fn open(
        udisks: Udisks,
        device: &Device<Transfer>,
        access: Access,
    ) -> Result<Self, Failure> {
        let (title, node) = (device.title(), device.node().to_owned());
        let fd = udisks.open(&node, access).map_err(stick_failure)?;
        let opened = BlockDevice::new(fd).map_err(|e| failed(&title, &e))?;
        if opened.size() != device.size() {
            let what = format!("{title}: it is another stick than before");
            return Err(Failure::new(Status::DeviceRefused, what));
        }
        let device = opened;
        Ok(Self { udisks, title, node, device })
    }

    /// The stick, as a person is told of it.
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// The device itself.
    pub(crate) fn device(&mut self) -> &mut BlockDevice {
        &mut self.device
    }

    /// What seems to be on it.
    pub(crate) fn head(&mut self) -> Result<RawHead, Failure> {
        look(&mut self.device).map_err(|e| failed(&self.title, &e))
    }

    /// Tries out how much it really holds; what it holds is destroyed. A counterfeit is refused.
    pub(crate) fn try_capacity(&mut self) -> Result<(), Failure> {
        let seed = sd_bundle::random().map_err(|e| Failure::new(Status::Bug, e))?;
        match try_capacity(&mut self.device, seed).map_err(|e| failed(&self.title, &e))? {
            Capacity::AsClaimed => Ok(()),
            Capacity::Less(real) => {
                let claimed = size(self.device.size());
                let what = format!(
                    "{}: it holds about {}, not {claimed} as it says",
                    self.title,
                    size(real)
                );
                Err(Failure::new(Status::Counterfeit, what))
            }
        }
    }

    /// Closes it, and leaves it switched on.
    pub(super) fn close(self) -> Udisks {
        self.udisks
    }

    /// Switches it off.
    pub(super) fn let_go(self) -> LetGo {
        let Self { udisks, title, node, device } = self;
        // An open descriptor would keep it busy.
        drop(device);
        match udisks.power_off(&node) {
            Ok(()) => LetGo::SafeToRemove { stick: title },
            Err(e) => LetGo::Held { stick: title, why: e.to_string() },
        }
    }
}

fn failed(title: &str, e: &std::io::Error) -> Failure {
    Failure::new(Status::DeviceFailed, format!("{title}: {e}"))
}
