//! What fits where.

use sd_bundle::{Item, bundle_length};
use sd_term::Failure;

use super::{Packer, Target};
use crate::commands::pack::{PackReport, Written};

/// No bundle is larger: the largest file that every file system takes (vfat: 4 GiB less one).
const MAX_BUNDLE: u64 = (4 << 30) - (1 << 20);

/// Members of one bundle: keeps its manifest near 10 MB.
const MAX_MEMBERS: usize = 20_000;

/// Left free on the medium for its own records.
const RESERVE: u64 = 1 << 20;

/// Room for the sealed manifest, per member: measured 170 bytes, compressed and encrypted.
const MANIFEST_PER_MEMBER: u64 = 256;

/// How many of the items, in order, fit into one bundle and into this much room.
pub(super) fn how_many(items: &[Item], room: u64) -> usize {
    let limit = room.saturating_sub(RESERVE).min(MAX_BUNDLE);
    let fits = |n: &usize| {
        let sealed = 4096 + *n as u64 * MANIFEST_PER_MEMBER;
        bundle_length(1, sealed, items[..*n].iter().map(|i| i.size)) <= limit
    };
    // Lengths grow with n, so the first that does not fit ends the search.
    let most = items.len().min(MAX_MEMBERS);
    let (mut low, mut high) = (0, most);
    while low < high {
        let mid = (low + high).div_ceil(2);
        if fits(&mid) { low = mid } else { high = mid - 1 }
    }
    low
}

impl Packer {
    /// What would be written, bundle by bundle.
    pub(crate) fn plan_all(
        &self,
        target: &Target<'_>,
        waiting: &[Item],
        report: &mut PackReport,
    ) -> Result<(), Failure> {
        let mut room = target.free_bytes()?;
        let mut left = waiting;
        loop {
            let n = how_many(left, room);
            if n == 0 {
                break;
            }
            let sealed = 4096 + n as u64 * MANIFEST_PER_MEMBER;
            let bytes = bundle_length(1, sealed, left[..n].iter().map(|i| i.size));
            let number = report.bundles.len() as u64;
            report.bundles.push(Written {
                file: format!("bundle {}", number + 1),
                sequence: self.sequence + number,
                items: n,
                bytes,
                finished_before: false,
            });
            room = room.saturating_sub(bytes);
            left = &left[n..];
        }
        report.left = left.len();
        Ok(())
    }
}
