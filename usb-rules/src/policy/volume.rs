//! Which part of a disk can be used.

use super::{Access, Refusal, Role};
use crate::facts::{Content, UntrustedDevice, Volume};
use crate::table;

/// The one volume that can be used, or why there is none.
///
/// - Without partitions it is the whole disk: LUKS, a file system of the table, or nothing.
///   A partition table without partitions can be written over, but there is nothing to read.
/// - One partition is the volume, by the same measure.
/// - Of several, exactly one may hold LUKS or a file system; each other must be empty and no
///   larger than the gap that Windows leaves. A larger "empty" one may be a `VeraCrypt` volume,
///   and then it is not for us to guess which was meant.
/// - A disk that is a file system *and* has partitions can be read in two ways, so in none.
pub(super) fn choose(device: &UntrustedDevice, access: Access) -> Result<&Volume, Refusal> {
    let (disk, partitions) = device.volumes.split_first().ok_or(Refusal::Unreadable)?;
    match partitions {
        [] if disk.content == Content::PartitionTable => match access {
            Access::Read => Err(Refusal::NoPartition),
            Access::Write | Access::Erase => Ok(disk),
        },
        [] => usable(disk),
        _ if disk.content != Content::PartitionTable => {
            usable(disk)?;
            Err(Refusal::TwoReadings)
        }
        [one] => usable(one),
        several => used(several),
    }
}

fn used(partitions: &[Volume]) -> Result<&Volume, Refusal> {
    let is_gap = |v: &&Volume| v.content == Content::Empty && v.size <= table::LARGEST_GAP;
    let mut others = partitions.iter().filter(|v| !is_gap(v));
    match (others.next(), others.next()) {
        (Some(one), None) if one.content != Content::Empty => usable(one),
        _ => Err(Refusal::SeveralPartitions(partitions.len())),
    }
}

/// The volume, if what is on it may be opened here.
fn usable(volume: &Volume) -> Result<&Volume, Refusal> {
    let unknown = |what: &str| Refusal::Content(sd_fs::escape(what.as_bytes()));
    match &volume.content {
        Content::Empty | Content::Luks { .. } => Ok(volume),
        Content::FileSystem { kind, .. } if table::FILE_SYSTEMS.contains(&kind.as_str()) => {
            Ok(volume)
        }
        Content::FileSystem { kind, .. } => Err(unknown(kind)),
        Content::Other(what) => Err(unknown(what)),
        Content::PartitionTable => Err(unknown("a partition table within a partition")),
    }
}

/// Refuses a device that carries the label of the other role. Without a label it may be either.
pub(super) fn is_for<R: Role>(volumes: &[Volume]) -> Result<(), Refusal> {
    if volumes.iter().flat_map(Volume::labels).any(|label| label == R::OTHER_LABEL) {
        return Err(Refusal::OtherRole(R::OTHER_LABEL));
    }
    Ok(())
}

/// Whether it is a part of a Tails stick, running or not: to write on one is to lose it.
pub(super) fn is_of_tails(volume: &Volume) -> bool {
    volume.labels().into_iter().any(|label| {
        let label = label.to_ascii_uppercase();
        table::TAILS_LABELS.contains(&label.as_str()) || label.starts_with(table::TAILS_IMAGE)
    })
}
