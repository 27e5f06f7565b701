//! Windows Media (ASF): streams of pictures and sound; nothing else.
//!
//! ```text
//! header, data, indexes --read--> streams of codings on the list, packets with payloads of those
//!   header(file, extension, rates, streams) data(packets) index --> check: once more, by place
//! ```
//! Packets keep their length, order and times; everything in them that is not a payload of a stream
//! that is kept is written anew. Payloads are borrowed, not copied.

mod check;
mod header;
mod id;
mod notes;
mod packet;
mod stream;
mod write;

use crate::bytes::Cursor;
use crate::report::{Class, Findings};
use crate::rope::Rope;
use crate::wording::foreign;
use crate::{Limits, Refusal};
use header::Header;
use packet::Packets;

/// One object: its name and what is in it.
#[derive(Clone, Copy)]
struct Object<'a> {
    id: [u8; 16],
    body: &'a [u8],
}

/// Writes a file of pictures and sound anew.
pub(crate) fn scrub<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(Rope<'a>, Findings), Refusal> {
    let mut findings = Findings::default();
    let mut from = Cursor::new(bytes);
    let broken = |what: &str| Refusal::malformed(what.to_owned());
    let head = object(&mut from).filter(|found| found.id == id::HEADER);
    let header = Header::read(head.ok_or_else(|| broken("the header"))?, limits, &mut findings)?;
    let data = object(&mut from).filter(|found| found.id == id::DATA);
    let data = data.ok_or_else(|| broken("the data"))?;
    let packets = Packets::read(data.body, &header, &mut findings)?;
    while !from.is_empty() {
        let rest = from.rest();
        let Some(found) = object(&mut from) else {
            let detail = foreign(rest.get(..rest.len().min(60)).unwrap_or_default());
            findings.removed(Class::Trailing, "bytes after the end", &detail);
            break;
        };
        if found.id != id::INDEX && !id::OTHER_INDEXES.contains(&found.id) {
            notes::dropped(&found, &mut findings);
        }
    }
    let out = write::write(&header, &packets)?;
    limits.admit_output(out.len())?;
    check::check(&out)?;
    Ok((out, findings))
}

/// Whether there are pictures in a file, or sound alone.
pub(crate) fn has_pictures(bytes: &[u8]) -> bool {
    let mut from = Cursor::new(bytes);
    let head = object(&mut from).and_then(|head| head.body.get(6..)).unwrap_or_default();
    let streams = objects(head).unwrap_or_default();
    streams.iter().any(|found| found.id == id::STREAM && found.body.starts_with(&id::PICTURES))
}

fn object<'a>(from: &mut Cursor<'a>) -> Option<Object<'a>> {
    let id = from.take(16)?.try_into().ok()?;
    let len = usize::try_from(from.le64()?.checked_sub(24)?).ok()?;
    Some(Object { id, body: from.take(len)? })
}

/// All objects of a body, to its last byte.
fn objects(body: &[u8]) -> Result<Vec<Object<'_>>, Refusal> {
    let mut from = Cursor::new(body);
    let mut out = Vec::new();
    while !from.is_empty() {
        let found = object(&mut from);
        out.push(found.ok_or_else(|| Refusal::malformed("an object that is cut off"))?);
    }
    Ok(out)
}

fn put(out: &mut Vec<u8>, id: [u8; 16], parts: &[&[u8]]) {
    let len = parts.iter().fold(24u64, |sum, part| sum.saturating_add(part.len() as u64));
    out.extend_from_slice(&id);
    out.extend_from_slice(&len.to_le_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
}
