//! The writer: plain heads of 1988, with one record for a name that does not fit.

use super::read::{BLOCK, sum};
use crate::Refusal;
use crate::member_name::MemberName;

/// Name and prefix of a head.
const NAME: usize = 100;
const PREFIX: usize = 155;

/// Adds one file.
pub(super) fn add(out: &mut Vec<u8>, name: &MemberName, data: &[u8]) -> Result<(), Refusal> {
    let name = name.as_str();
    if let Some((prefix, short)) = plain(name) {
        out.extend_from_slice(&head(short, prefix, data.len(), b'0')?);
    } else {
        let record = record(name);
        out.extend_from_slice(&head("PaxHeader", "", record.len(), b'x')?);
        fill(out, record.as_bytes());
        // What a reader sees that knows no records: as much as fits.
        let short = name.get(..name.floor_char_boundary(NAME)).unwrap_or_default();
        out.extend_from_slice(&head(short.trim_end_matches('/'), "", data.len(), b'0')?);
    }
    fill(out, data);
    Ok(())
}

/// Two blocks of zeros end an archive.
pub(super) fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0; 2 * BLOCK]);
}

fn fill(out: &mut Vec<u8>, data: &[u8]) {
    out.extend_from_slice(data);
    let len = out.len();
    out.resize(len.checked_next_multiple_of(BLOCK).unwrap_or(len), 0);
}

/// A name of plain letters as prefix and name, if it fits; cut at the last slash that will do.
fn plain(name: &str) -> Option<(&str, &str)> {
    if !name.is_ascii() {
        return None;
    }
    if name.len() <= NAME {
        return Some(("", name));
    }
    name.rmatch_indices('/')
        .filter_map(|(at, _)| Some((name.get(..at)?, name.get(at.checked_add(1)?..)?)))
        .find(|(prefix, rest)| prefix.len() <= PREFIX && rest.len() <= NAME)
}

/// A record counts itself, digits and all.
fn record(name: &str) -> String {
    let bare = name.len().saturating_add(" path=\n".len());
    let digits =
        (1..20usize).find(|digits| bare.saturating_add(*digits).to_string().len() == *digits);
    format!("{} path={name}\n", bare.saturating_add(digits.unwrap_or_default()))
}

fn head(name: &str, prefix: &str, len: usize, kind: u8) -> Result<[u8; BLOCK], Refusal> {
    let too_long = || Refusal::TooLarge { what: "a member in bytes".to_owned(), limit: 8 << 30 };
    if len as u64 >= 8 << 30 {
        return Err(too_long());
    }
    let mut block = [0u8; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| {
        if let Some(field) = at.checked_add(bytes.len()).and_then(|end| block.get_mut(at..end)) {
            field.copy_from_slice(bytes);
        }
    };
    put(0, name.as_bytes());
    put(100, b"0000644\x000000000\x000000000\0");
    put(124, format!("{len:011o}\x0000000000000\0").as_bytes());
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    put(329, b"0000000\x000000000\0");
    put(345, prefix.as_bytes());
    let sum = format!("{:06o}\0 ", sum(&block));
    if let Some(field) = block.get_mut(148..156) {
        field.copy_from_slice(sum.as_bytes());
    }
    Ok(block)
}
