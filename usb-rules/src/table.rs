//! The one policy table: whatever the programs, the udev rules and the pages say about devices
//! comes from here.

use crate::interface::Interface;

const fn interface(class: u8, subclass: u8, protocol: u8) -> Interface {
    Interface { class, subclass, protocol }
}

/// What may take part: mass storage with SCSI commands, bulk-only or UAS transport. A UAS stick
/// shows both, as alternate settings of one interface.
pub(crate) const STORAGE: [Interface; 2] = [interface(8, 6, 0x50), interface(8, 6, 0x62)];

/// The smallest disk, in bytes: a bundle's head and pad take 1 MiB, a LUKS2 header 16 MiB less
/// what a small one can do with. Less than 8 MiB is a token, a boot ROM or a broken stick.
pub(crate) const SMALLEST: u64 = 8 << 20;

/// The largest disk, in bytes: 2 TiB is what an MBR and 32-bit sector numbers reach, and more
/// than any flash stick honestly holds. A "stick" above it is a counterfeit or a disk that was
/// meant for something else, and reading it back whole would take a day.
pub(crate) const LARGEST: u64 = 2 << 40;

/// Logical sector sizes in bytes that direct reads and writes are aligned for.
pub(crate) const SECTORS: [u32; 2] = [512, 4096];

/// File systems whose drivers a stick may reach. Each one more is a parser in the kernel that
/// reads what a stranger wrote.
pub(crate) const FILE_SYSTEMS: [&str; 3] = ["vfat", "exfat", "ext4"];

/// The most an unused partition beside the used one may hold, in bytes: Windows puts 16 to 128
/// MiB of reserved space before its own.
pub(crate) const LARGEST_GAP: u64 = 128 << 20;

/// The label that says "Transfer Device", on a LUKS header, a file system or a GPT partition.
pub(crate) const TRANSFER_LABEL: &str = "SD-TRANSFER";

/// The label that says "Export Device".
pub(crate) const EXPORT_LABEL: &str = "SD-EXPORT";

/// Labels of a Tails stick, in upper case: its system partition, its Persistent Storage, and the
/// beginning of its ISO image's volume name.
pub(crate) const TAILS_LABELS: [&str; 2] = ["TAILS", "TAILSDATA"];
/// How the volume name of a Tails ISO image begins.
pub(crate) const TAILS_IMAGE: &str = "TAILS ";

/// What every mount of a USB disk gets: no set-user-id, no device files, no programs, no links
/// that lead out.
pub(crate) const MOUNT_OPTIONS: [&str; 4] = ["nosuid", "nodev", "noexec", "nosymfollow"];

/// What may be asked for beyond that; `noload` reads ext4 without touching its journal.
pub(crate) const MOUNT_CHOICES: [&str; 6] =
    ["noatime", "relatime", "nodiratime", "sync", "dirsync", "noload"];

/// The program that makes a disk read-only or writable, root's.
pub(crate) const ACCESS_HELPER: &str = "/usr/lib/sneakernet/block-access";

/// It exists while the ports of the Secure Viewing Station are closed.
pub(crate) const CLOSED_FLAG: &str = "/run/sneakernet/usb-closed";

/// The class of a hub.
pub(crate) const HUB_CLASS: u8 = 9;

/// Lists of interfaces that only print: one to three ways to talk to one printer. A device that
/// also scans or reads cards must be there before the ports are closed.
pub(crate) const PRINTERS: [&str; 3] = [":0701??:", ":0701??:0701??:", ":0701??:0701??:0701??:"];

/// Classes that make a stick an attack: modem, input device, network data, radio.
pub(crate) const NEVER_WITH_STORAGE: [u8; 4] = [0x02, 0x03, 0x0a, 0xe0];

/// What `USBGuard` blocks, by class and subclass: the same, and network cards that call
/// themselves miscellaneous (RNDIS).
pub(crate) const BLOCKED: [(u8, Option<u8>); 5] =
    [(0x02, None), (0x03, None), (0x0a, None), (0xe0, None), (0xef, Some(0x04))];
