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
