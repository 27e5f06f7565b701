//! Which devices may be used, and for what.
//!
//! ```text
//! UntrustedDevice --> system? USB? only storage? one medium? size? in use? --> one volume --> Device<R>
//!                          '--> the first check that fails is the Refusal
//! ```

mod device;
mod refusal;
mod volume;

pub use device::{Device, Export, Role, Transfer};
pub use refusal::Refusal;

use crate::facts::{DiskKind, UntrustedDevice, Usb, Volume};
use crate::table;

/// What is going to be done with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read only. A write-protected device is welcome.
    Read,
    /// Write too.
    Write,
    /// Make it anew: what is on it does not matter, for all of it will be lost.
    Erase,
}

impl UntrustedDevice {
    /// Admits the device for a role, or says why not.
    ///
    /// A desktop's mount does not stand in the way: it is taken away before the device is used.
    pub fn admit<R: Role>(&self, access: Access) -> Result<Device<R>, Refusal> {
        self.is_foreign_to_the_system()?;
        self.is_only_storage()?;
        self.is_one_plain_disk()?;
        self.is_not_in_use()?;
        if access != Access::Read && self.read_only {
            return Err(Refusal::WriteProtected);
        }
        if access == Access::Erase {
            let disk = self.volumes.first().ok_or(Refusal::Unreadable)?;
            return Ok(Device::new(self.clone(), disk.clone()));
        }
        let volume = volume::choose(self, access)?;
        volume::is_for::<R>(&self.volumes)?;
        if access == Access::Write && volume.read_only {
            return Err(Refusal::WriteProtected);
        }
        Ok(Device::new(self.clone(), volume.clone()))
    }

    fn is_foreign_to_the_system(&self) -> Result<(), Refusal> {
        if self.boot {
            return Err(Refusal::SystemDisk);
        }
        if self.volumes.iter().any(volume::is_of_tails) { Err(Refusal::TailsStick) } else { Ok(()) }
    }

    fn is_only_storage(&self) -> Result<(), Refusal> {
        let usb = self.usb()?;
        match usb.interfaces.iter().find(|i| !table::STORAGE.contains(i)) {
            Some(other) => Err(Refusal::NotOnlyStorage(*other)),
            None if usb.interfaces.is_empty() => Err(Refusal::Unreadable),
            None => Ok(()),
        }
    }

    fn is_one_plain_disk(&self) -> Result<(), Refusal> {
        let usb = self.usb()?;
        if usb.optical || self.kind == DiskKind::Optical {
            return Err(Refusal::Optical);
        }
        if self.kind == DiskKind::Other {
            return Err(Refusal::NotADisk);
        }
        if !self.is_well_formed() {
            return Err(Refusal::Unreadable);
        }
        match (self.size, usb.disks) {
            (0, _) => return Err(Refusal::NoMedium),
            (_, 1) => {}
            (_, n) => return Err(Refusal::SeveralDisks(n)),
        }
        if self.size < table::SMALLEST {
            return Err(Refusal::TooSmall);
        }
        if self.size > table::LARGEST {
            return Err(Refusal::TooLarge);
        }
        if table::SECTORS.contains(&self.sector) {
            Ok(())
        } else {
            Err(Refusal::Sector(self.sector))
        }
    }

    fn is_not_in_use(&self) -> Result<(), Refusal> {
        let mounts = self.volumes.iter().flat_map(|v| &v.mounts);
        match mounts.into_iter().find(|m| !m.by_desktop) {
            Some(mount) => {
                Err(Refusal::Mounted(sd_fs::escape(mount.at.as_os_str().as_encoded_bytes())))
            }
            None => Ok(()),
        }
    }

    fn usb(&self) -> Result<&Usb, Refusal> {
        self.usb.as_ref().ok_or(Refusal::NotUsb)
    }

    /// Whether the record can be one of a real disk: plain nodes, the disk itself first, each
    /// partition its own and within the disk.
    fn is_well_formed(&self) -> bool {
        let Some((disk, partitions)) = self.volumes.split_first() else { return false };
        let of_disk = |v: &Volume| {
            v.partition
                && is_plain_node(&v.node)
                && v.node.len() > self.node.len()
                && v.node.starts_with(&self.node)
                && v.size <= self.size
        };
        is_plain_node(&self.node)
            && self.sector != 0
            && !disk.partition
            && disk.node == self.node
            && partitions.iter().all(of_disk)
    }
}

/// `/dev/` and one word of small letters and digits, as the kernel names disks.
fn is_plain_node(node: &str) -> bool {
    node.strip_prefix("/dev/").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests;
