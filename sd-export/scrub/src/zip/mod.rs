//! ZIP: read strictly, each member cleaned by the module of its own format, all written anew.
//!
//! ```text
//! list at the end --same?-- heads before the data      no gap, no overlap, no link, names inside
//!        '--> Entry --Nest::member--> clean bytes --Writer: 1980, no extras, one setting--> check
//! ```
//! The container itself ([`files`], [`Writer`]) also serves documents that are ZIP files.

mod check;
mod extra;
mod list;
mod noted;
mod read;
mod write;

pub(crate) use list::names;
pub(crate) use read::{files, read};
pub(crate) use write::{Packing, Writer};

use crate::archive::{is_system_litter, note_directories, note_names};
use crate::member_name::Kind;
use crate::nest::Nest;
use crate::report::Findings;
use crate::{Cleaned, Refusal};

/// Writes an archive anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut entries = read(bytes, nest, &mut findings)?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    note_directories(entries.iter().map(|entry| (&entry.name, entry.kind)), &mut findings);
    let mut writer = Writer::default();
    let mut kept = 0usize;
    for entry in entries.iter().filter(|entry| entry.kind == Kind::File) {
        let place = entry.name.as_str();
        let data = match entry.data(nest) {
            Ok(data) => data,
            Err(why) => {
                nest.leave_out(place, why, &mut findings)?;
                continue;
            }
        };
        if is_system_litter(place, &data, &mut findings) {
            continue;
        }
        if let Some(inner) = nest.member(&data, place, &mut findings)? {
            writer.add(&entry.name, &inner.bytes, Packing::of(inner.format), nest.limits())?;
            kept = kept.saturating_add(1);
        }
    }
    note_names(kept, &mut findings)?;
    Ok((writer.finish()?, findings))
}
