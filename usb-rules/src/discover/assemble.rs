//! From the snapshot to one record for each disk.

use std::collections::BTreeSet;
use std::path::Path;

use super::content::{content, text_of};
use super::mounts::{MountLine, Places, is_desktop, is_system};
use super::snapshot::{Block, Snapshot, Unit};
use crate::facts::{DiskKind, Mount, UntrustedDevice, Usb, Volume};

/// One record for each whole disk, in the order of their nodes.
pub(super) fn devices(snapshot: &Snapshot, places: &Places) -> Vec<UntrustedDevice> {
    let view = View { snapshot, places };
    let mut devices: Vec<_> =
        snapshot.blocks.iter().filter(|b| b.disk.is_none()).map(|b| view.device(b)).collect();
    devices.sort_by(|a, b| a.node.cmp(&b.node));
    devices
}

struct View<'a> {
    snapshot: &'a Snapshot,
    places: &'a Places,
}

impl<'a> View<'a> {
    fn device(&self, disk: &'a Block) -> UntrustedDevice {
        let mut partitions: Vec<_> = self.partitions(disk).collect();
        partitions.sort_by_key(|p| p.start);
        let volumes = std::iter::once(disk).chain(partitions);
        UntrustedDevice {
            node: shown(&disk.node),
            size: disk.size,
            sector: disk.sector,
            read_only: disk.read_only,
            removable: disk.removable,
            kind: kind(disk),
            usb: self.usb(disk),
            boot: volumes.clone().any(|v| self.is_system(v)),
            volumes: volumes.map(|v| self.volume(v)).collect(),
        }
    }

    fn partitions(&self, disk: &'a Block) -> impl Iterator<Item = &'a Block> + use<'a> {
        self.snapshot.blocks.iter().filter(|b| b.disk.as_ref() == Some(&disk.name))
    }

    fn usb(&self, disk: &Block) -> Option<Usb> {
        let port = disk.port.as_ref()?;
        let unknown = Unit { port: port.clone(), ..Unit::default() };
        let unit = self.snapshot.units.iter().find(|u| u.port == *port).unwrap_or(&unknown);
        let here = |b: &&Block| b.disk.is_none() && b.port.as_ref() == Some(port);
        let mut siblings = self.snapshot.blocks.iter().filter(here);
        Some(Usb {
            port: port.clone(),
            vendor_id: unit.vendor_id,
            product_id: unit.product_id,
            vendor: unit.vendor.clone(),
            product: unit.product.clone(),
            serial: unit.serial.clone(),
            interfaces: unit.interfaces.clone(),
            disks: siblings.clone().filter(|b| kind(b) != DiskKind::Optical && b.size > 0).count(),
            optical: siblings.any(|b| kind(b) == DiskKind::Optical),
        })
    }

    fn volume(&self, block: &'a Block) -> Volume {
        let mut lines: Vec<&MountLine> = self.mounts(block).collect();
        lines.dedup();
        let disk = block.disk.as_ref();
        let disk = disk.and_then(|name| self.snapshot.blocks.iter().find(|b| b.name == *name));
        let mount = |line: &MountLine| Mount {
            at: shown(&line.at).into(),
            by_desktop: is_desktop(&line.at),
        };
        Volume {
            node: shown(&block.node),
            partition: block.disk.is_some(),
            name: text_of(&block.properties, "ID_PART_ENTRY_NAME"),
            size: block.size,
            read_only: block.read_only,
            content: content(&block.properties, block.known, disk.map(|d| &d.properties)),
            mounts: lines.into_iter().map(mount).collect(),
        }
    }

    fn mounts(&self, block: &'a Block) -> impl Iterator<Item = &'a MountLine> + use<'a> {
        let stack = self.stack(block);
        self.places.mounts.iter().filter(move |line| stack.iter().any(|b| is_mounted(b, line)))
    }

    /// Whether the running system lives on this volume, or on a mapping upon it.
    fn is_system(&self, block: &'a Block) -> bool {
        let stack = self.stack(block);
        let swapped = |swap: &Path| {
            let on = self.places.holding(swap);
            stack.iter().any(|b| is_node(b, swap) || on.is_some_and(|line| is_mounted(b, line)))
        };
        let marked = |b: &&Block| b.properties.get("UDISKS_SYSTEM").is_some_and(|v| v == "1");
        stack.iter().any(marked)
            || self.mounts(block).any(|line| is_system(&line.at))
            || self.places.swaps.iter().any(|swap| swapped(swap))
    }

    /// The volume and everything upon it: LUKS mappings, LVM, RAID, loop devices on its files.
    fn stack(&self, block: &'a Block) -> Vec<&'a Block> {
        let mut names = BTreeSet::from([block.name.as_str()]);
        let mut stack = vec![block];
        let mut next = 0;
        while let Some(below) = stack.get(next).copied() {
            let above = self.snapshot.blocks.iter().filter(|b| self.lies_upon(b, below));
            stack.extend(above.filter(|b| names.insert(&b.name)));
            next += 1;
        }
        stack
    }

    fn lies_upon(&self, block: &Block, below: &Block) -> bool {
        let on_file = || {
            let line = self.places.holding(block.backing.as_ref()?)?;
            Some(is_mounted(below, line))
        };
        block.upon.contains(&below.name) || on_file().unwrap_or(false)
    }
}

/// Whether the line mounts this device. The number decides; the source speaks for file systems
/// that number their mounts themselves, as btrfs does.
fn is_mounted(block: &Block, line: &MountLine) -> bool {
    block.number == Some(line.number) || is_node(block, &line.source)
}

fn is_node(block: &Block, path: &Path) -> bool {
    path == block.node
        || block.properties.get("DM_NAME").is_some_and(|n| path == Path::new("/dev/mapper").join(n))
}

fn kind(block: &Block) -> DiskKind {
    let word = |name: &str| block.properties.get(name).map_or("", String::as_str);
    if block.name.starts_with("sr") || word("ID_CDROM") == "1" || word("ID_TYPE") == "cd" {
        DiskKind::Optical
    } else if block.name.starts_with("sd") && matches!(word("ID_TYPE"), "" | "disk") {
        DiskKind::Disk
    } else {
        DiskKind::Other
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
