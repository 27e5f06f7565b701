//! What the heads of ZIP members say of times and systems.

use super::write::{ATTRIBUTES, MADE_BY, STAMP};
use crate::archive::Noted;
use crate::report::Class;

/// A time of DOS: seconds by two, minutes, hours; then day, month, years since 1980.
pub(super) fn time(noted: &mut Noted, stamp: u32) {
    if stamp == STAMP {
        return;
    }
    noted.said(Class::Time, "times of members", || {
        let part = |from: u32, bits: u32| (stamp >> from) & ((1 << bits) - 1);
        format!(
            "{}-{:02}-{:02} {:02}:{:02}:{:02}",
            part(25, 7).saturating_add(1980),
            part(21, 4),
            part(16, 5),
            part(11, 5),
            part(5, 6),
            part(0, 5).saturating_mul(2)
        )
    });
}

/// Which system wrote a member, and the rights it had there.
pub(super) fn system(noted: &mut Noted, made_by: u16, internal: u16, attributes: u32) {
    if made_by != MADE_BY || internal > 1 {
        let system = match made_by >> 8 {
            0 => "DOS or Windows",
            3 => "Unix",
            7 | 19 => "macOS",
            10 | 11 => "Windows",
            _ => "another system",
        };
        noted.said(Class::Software, "system that made the archive", || system.to_owned());
    }
    if attributes != 0 && attributes != ATTRIBUTES {
        noted.said(Class::Device, "rights of members", || {
            format!("{:o}, {:#x}", (attributes >> 16) & 0o7777, attributes & 0xffff)
        });
    }
}
