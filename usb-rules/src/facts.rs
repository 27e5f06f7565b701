//! What a device says about itself, and what the system does with it.
//!
//! Plain data, written and read as JSON so that a situation can be recorded and judged again.
//! Text in it is foreign: escape it before it is shown.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::interface::Interface;

/// One whole disk, as it presents itself. Nothing here is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UntrustedDevice {
    /// The block device's node, such as `/dev/sdb`.
    pub node: String,
    /// Bytes; 0: no medium, or the size could not be read.
    pub size: u64,
    /// Bytes in a logical sector; 0: it could not be read.
    pub sector: u32,
    /// The kernel refuses to write: a write-protect switch, or a rule.
    pub read_only: bool,
    /// The kernel's `removable`. A USB hard disk says no, so nothing is decided by it.
    pub removable: bool,
    /// Whether it is a disk at all.
    pub kind: DiskKind,
    /// The USB device it belongs to; `None`: not on USB.
    pub usb: Option<Usb>,
    /// The system runs from it: udev said `UDISKS_SYSTEM=1`, or it, a partition or a mapping upon
    /// it holds the root, `/boot`, the live medium, the Persistent Storage or a swap.
    pub boot: bool,
    /// The disk itself, then its partitions in order of place.
    pub volumes: Vec<Volume>,
}

/// What kind of block device it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKind {
    /// A disk behind SCSI commands, as a stick is.
    Disk,
    /// A CD or DVD reader, or what poses as one.
    Optical,
    /// Anything else: loop, zram, md, dm, nvme, mmcblk, tape.
    Other,
}

/// The USB device a disk belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usb {
    /// Where it is plugged in: the kernel's name of the USB device, such as `2-1.4`.
    pub port: String,
    /// `idVendor`.
    pub vendor_id: u16,
    /// `idProduct`.
    pub product_id: u16,
    /// The maker's name. Foreign text.
    pub vendor: String,
    /// The product's name. Foreign text.
    pub product: String,
    /// The serial number. Foreign text, and easily copied.
    pub serial: String,
    /// Every interface of every configuration; empty: they could not be read.
    pub interfaces: Vec<Interface>,
    /// Disks with a medium in this USB device: the filled slots of a card reader.
    pub disks: usize,
    /// One of its disks is a CD reader, as in a U3 stick.
    pub optical: bool,
}

/// A disk or a partition, and what udev found on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// Its node, such as `/dev/sdb1`.
    pub node: String,
    /// A partition, not the whole disk.
    pub partition: bool,
    /// The partition's name in a GPT, empty without one. Foreign text.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The kernel refuses to write here, though it may permit it elsewhere on the disk.
    pub read_only: bool,
    /// What udev found.
    pub content: Content,
    /// Where it, or a mapping upon it, is mounted.
    pub mounts: Vec<Mount>,
}

impl Volume {
    /// The names it carries: of its partition, and of what is on it. Foreign text; empty where
    /// there is none.
    pub fn labels(&self) -> [&str; 2] {
        [&self.name, self.content.label()]
    }
}

/// What udev's `blkid` found at the head of a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Content {
    /// Nothing that udev knows. That is a blank volume, a bundle on the bare device, **or a
    /// `VeraCrypt` volume**, which looks like noise: empty never means free to overwrite.
    Empty,
    /// A LUKS header.
    Luks {
        /// Its UUID.
        uuid: String,
        /// Its label; LUKS2 only. Foreign text.
        label: String,
    },
    /// A file system.
    FileSystem {
        /// `vfat`, `ext4` and so on.
        kind: String,
        /// Its label. Foreign text.
        label: String,
        /// Its UUID or serial number. Foreign text.
        uuid: String,
    },
    /// A partition table.
    PartitionTable,
    /// Something else, by `blkid`'s word for it: a swap, a RAID member, `BitLocker`, or several
    /// signatures at once.
    Other(String),
}

impl Content {
    /// Its label, empty without one. Foreign text.
    pub fn label(&self) -> &str {
        match self {
            Self::Luks { label, .. } | Self::FileSystem { label, .. } => label,
            Self::Empty | Self::PartitionTable | Self::Other(_) => "",
        }
    }
}

/// One place where a volume is mounted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// The directory, for showing: bytes that are not UTF-8 are replaced.
    pub at: PathBuf,
    /// The desktop did it: the directory is beneath `/media/<user>/` or `/run/media/<user>/`.
    pub by_desktop: bool,
}
