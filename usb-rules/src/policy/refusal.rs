//! Why a device may not take part.

use sd_fs::Escaped;

use crate::interface::Interface;

/// Why a device may not take part: one variant a reason.
///
/// Displayed it goes on from the device's name: `/dev/sdb: it has no medium in it`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The running system needs it.
    #[error("this computer is running from it")]
    SystemDisk,
    /// It is a Tails stick, though not the running one.
    #[error("it is a Tails stick, and using it would destroy it")]
    TailsStick,
    /// It is not attached by USB.
    #[error("it is not a USB device")]
    NotUsb,
    /// One interface is something else than storage, so the whole device is refused.
    #[error("it is not only storage: it is also {what} ({it})", what = .0.meaning(), it = .0)]
    NotOnlyStorage(Interface),
    /// It, or a part of it, poses as a CD.
    #[error("it shows itself as a CD drive")]
    Optical,
    /// It is not a plain disk.
    #[error("it is not a plain disk")]
    NotADisk,
    /// What must be known could not be read, or makes no sense.
    #[error("it could not be read well enough to judge it")]
    Unreadable,
    /// No card in the slot, or a dead stick.
    #[error("it has no medium in it")]
    NoMedium,
    /// It shows more than one disk, or several cards are in the reader.
    #[error("it shows {0} disks at once, and which one is meant is not clear")]
    SeveralDisks(usize),
    /// Less than 8 MiB.
    #[error("it is smaller than 8 MiB")]
    TooSmall,
    /// More than 2 TiB.
    #[error("it claims more than 2 TiB")]
    TooLarge,
    /// A sector size that no stick has.
    #[error("its sectors have {0} bytes, where 512 or 4096 are usual")]
    Sector(u32),
    /// Somebody else than the desktop mounted it.
    #[error("it is in use: mounted at {0}")]
    Mounted(Escaped),
    /// The kernel refuses to write on it, and writing was asked for.
    #[error("it is write-protected")]
    WriteProtected,
    /// A partition table without partitions.
    #[error("it has a partition table, but no partition")]
    NoPartition,
    /// Several partitions that could be meant.
    #[error("it has {0} partitions, and which one is meant is not clear")]
    SeveralPartitions(usize),
    /// A file system on the whole disk, and partitions too.
    #[error("it can be read in two ways: as one volume and as several partitions")]
    TwoReadings,
    /// Something on it that is not opened here.
    #[error("it holds {0}, which is not opened here")]
    Content(Escaped),
    /// It carries the label of the other role.
    #[error("it is labelled {0}, so it is for something else")]
    OtherRole(&'static str),
}

impl Refusal {
    /// Every word, in the order of the checks.
    pub const WORDS: [&str; 19] = [
        "SYSTEM_DISK",
        "TAILS_STICK",
        "NOT_USB",
        "NOT_ONLY_STORAGE",
        "CD_DRIVE",
        "NOT_A_DISK",
        "UNREADABLE",
        "NO_MEDIUM",
        "SEVERAL_DISKS",
        "TOO_SMALL",
        "TOO_LARGE",
        "SECTOR_SIZE",
        "IN_USE",
        "WRITE_PROTECTED",
        "NO_PARTITION",
        "SEVERAL_PARTITIONS",
        "TWO_READINGS",
        "CONTENT",
        "OTHER_ROLE",
    ];

    /// A stable word for JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SystemDisk => "SYSTEM_DISK",
            Self::TailsStick => "TAILS_STICK",
            Self::NotUsb => "NOT_USB",
            Self::NotOnlyStorage(_) => "NOT_ONLY_STORAGE",
            Self::Optical => "CD_DRIVE",
            Self::NotADisk => "NOT_A_DISK",
            Self::Unreadable => "UNREADABLE",
            Self::NoMedium => "NO_MEDIUM",
            Self::SeveralDisks(_) => "SEVERAL_DISKS",
            Self::TooSmall => "TOO_SMALL",
            Self::TooLarge => "TOO_LARGE",
            Self::Sector(_) => "SECTOR_SIZE",
            Self::Mounted(_) => "IN_USE",
            Self::WriteProtected => "WRITE_PROTECTED",
            Self::NoPartition => "NO_PARTITION",
            Self::SeveralPartitions(_) => "SEVERAL_PARTITIONS",
            Self::TwoReadings => "TWO_READINGS",
            Self::Content(_) => "CONTENT",
            Self::OtherRole(_) => "OTHER_ROLE",
        }
    }

    /// What a person can do about it.
    pub fn next(&self) -> &'static str {
        match self {
            Self::SystemDisk => "leave it where it is and plug in the stick for the transfer",
            Self::TailsStick => "take it out and plug in the stick for the transfer",
            Self::NotUsb => "use a USB stick",
            Self::NotOnlyStorage(_) => {
                "take it out; do not use it again until your administrator has looked at it"
            }
            Self::Optical | Self::NotADisk => "use a plain USB stick",
            Self::Unreadable => {
                "take it out and plug it in again; if that changes nothing, use another stick"
            }
            Self::NoMedium => "put the card in, or use another stick",
            Self::SeveralDisks(_) => "leave one card in the reader, or use a plain USB stick",
            Self::TooSmall | Self::TooLarge | Self::Sector(_) => "use another stick",
            Self::Mounted(_) => "unmount it there, or take it out and plug it in again",
            Self::WriteProtected => {
                "check its write-protect switch; on the Secure Viewing Station only an Export Device can be written"
            }
            Self::NoPartition
            | Self::SeveralPartitions(_)
            | Self::TwoReadings
            | Self::Content(_) => {
                "use the stick that was prepared for this, or have this one prepared anew"
            }
            Self::OtherRole(_) => {
                "use the stick that was prepared for this, and keep the two apart"
            }
        }
    }
}

impl Interface {
    /// What the class means, in plain words.
    pub fn meaning(&self) -> &'static str {
        match (self.class, self.subclass, self.protocol) {
            (0x01, ..) => "a sound device",
            (0x02 | 0x0a, ..) => "a modem or network device",
            (0x03, _, 0x01) => "a keyboard",
            (0x03, _, 0x02) => "a mouse",
            (0x03, ..) => "an input device",
            (0x06, ..) => "a camera or phone",
            (0x07, ..) => "a printer",
            (0x08, 0x06, 0x50 | 0x62) => "storage",
            (0x08, ..) => "storage of an unusual kind",
            (0x09, ..) => "a hub",
            (0x0b, ..) => "a smart card reader",
            (0x0e, ..) => "a video camera",
            (0xe0, 0x01, 0x03) | (0xef, 0x04, _) => "a network device",
            (0xe0, ..) => "a radio",
            (0xfe, 0x01, _) => "a device whose firmware can be replaced",
            (0xff, ..) => "something only its maker knows",
            _ => "something else",
        }
    }
}
