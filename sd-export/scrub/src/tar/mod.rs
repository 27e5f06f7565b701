//! TAR: read strictly, each member cleaned by the module of its own format, all written anew.
//!
//! ```text
//! heads of any age: names from pax, GNU or the head itself, but not two of them
//!        '--> Entry --Nest::member--> clean bytes --write: 0644, nobody, 1970--> check
//! ```

mod check;
mod field;
mod pax;
mod read;
mod write;

pub(crate) use read::is_tar;

use crate::archive::{is_system_litter, note_directories, note_names};
use crate::member_name::Kind;
use crate::nest::Nest;
use crate::report::Findings;
use crate::{Cleaned, Refusal};
use check::Written;

/// Writes an archive anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut entries = read::read(bytes, nest, &mut findings)?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    note_directories(entries.iter().map(|entry| (&entry.name, entry.kind)), &mut findings);
    let (mut out, mut written) = (Vec::new(), Vec::new());
    for entry in entries.into_iter().filter(|entry| entry.kind == Kind::File) {
        let place = entry.name.as_str();
        let data = match entry.data {
            Ok(data) => data,
            Err(what) => {
                nest.leave_out(place, Refusal::unsupported(what), &mut findings)?;
                continue;
            }
        };
        nest.admit_bytes(data.len() as u64)?;
        if is_system_litter(place, data, &mut findings) {
            continue;
        }
        if let Some(inner) = nest.member(data, place, &mut findings)? {
            write::add(&mut out, &entry.name, &inner.bytes)?;
            nest.limits().admit_output(out.len())?;
            let (len, sum) = (inner.bytes.len(), crc32fast::hash(&inner.bytes));
            written.push(Written { name: entry.name, len, sum });
        }
    }
    note_names(written.len(), &mut findings)?;
    write::end(&mut out);
    check::check(&out, &written)?;
    Ok((out, findings))
}
