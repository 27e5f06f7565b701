//! What is mounted.

use crate::place::{Place, Unseen};

/// One line of mountinfo.
pub(super) struct Mount {
    /// `major:minor` of the device.
    pub(super) device: String,
    /// Where.
    pub(super) at: String,
    /// From what, such as `/dev/sda1`.
    pub(super) source: String,
}

pub(super) fn list(place: &Place) -> Result<Vec<Mount>, Unseen> {
    let text = place.must("/proc/self/mountinfo")?;
    let mount = |line: &str| {
        let (left, right) = line.split_once(" - ")?;
        let left: Vec<&str> = left.split(' ').collect();
        let device = (*left.get(2)?).to_owned();
        Some(Mount { device, at: plain(left.get(4)?), source: plain(right.split(' ').nth(1)?) })
    };
    let mounts = text.lines().map(mount).collect::<Option<Vec<_>>>();
    mounts.ok_or_else(|| Unseen::new("/proc/self/mountinfo has an unknown form"))
}

/// The kernel writes a space as `\040`.
fn plain(field: &str) -> String {
    field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

/// The disk that Tails was started from, such as `sda`.
pub(super) fn boot_disk(place: &Place) -> Result<Option<String>, Unseen> {
    const MEDIUM: [&str; 2] = ["/run/live/medium", "/lib/live/mount/medium"];
    // Tails's own udev rules make this link.
    let named = place.points("/dev/TailsBootDev").map_err(Unseen::from)?;
    let mounts = list(place)?;
    let medium = mounts.iter().find(|m| MEDIUM.contains(&m.at.as_str()));
    let part = named.as_deref().or(medium.map(|m| m.source.as_str()));
    let Some(part) = part.and_then(|p| p.rsplit('/').next()) else { return Ok(None) };
    disk_of(place, part).map(Some)
}

/// The disk that a partition is on; what is no partition is its own disk.
pub(super) fn disk_of(place: &Place, part: &str) -> Result<String, Unseen> {
    for disk in place.names("/sys/block")?.unwrap_or_default() {
        if place.has(&format!("/sys/block/{disk}/{part}"))? {
            return Ok(disk);
        }
    }
    Ok(part.to_owned())
}
