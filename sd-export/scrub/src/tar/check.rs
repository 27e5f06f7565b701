//! The second reader: takes the archive block by block against the heads it must have.

use super::read::BLOCK;
use super::write;
use crate::Refusal;
use crate::bytes::{Cursor, slice};
use crate::member_name::MemberName;

/// What must be in the archive.
pub(super) struct Written {
    pub(super) name: MemberName,
    pub(super) len: usize,
    pub(super) sum: u32,
}

/// Every member is there, once, in order; nothing else is.
pub(super) fn check(clean: &[u8], written: &[Written]) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("the archive is not what was written");
    let mut from = Cursor::new(clean);
    for member in written {
        let mut head = from.take(BLOCK).ok_or_else(fault)?;
        let mut name = whole_name(head);
        if head.get(156) == Some(&b'x') {
            let body = from.take(BLOCK.saturating_mul(blocks(octal(head)))).ok_or_else(fault)?;
            let record = body.get(..octal(head)).ok_or_else(fault)?;
            let at = crate::bytes::find(record, b" path=").ok_or_else(fault)?;
            let value = record.get(at.saturating_add(6)..record.len().saturating_sub(1));
            name = value.unwrap_or_default().to_vec();
            head = from.take(BLOCK).ok_or_else(fault)?;
        }
        let data = from.take(octal(head)).ok_or_else(fault)?;
        let padding = BLOCK.saturating_mul(blocks(data.len())).saturating_sub(data.len());
        let zeros = from.take(padding).ok_or_else(fault)?;
        let fixed = slice(head, 100, 24) == Some(b"0000644\x000000000\x000000000\0")
            && slice(head, 136, 12) == Some(b"00000000000\0")
            && slice(head, 156, 1) == Some(b"0")
            && slice(head, 157, 100).is_some_and(|link| link.iter().all(|b| *b == 0))
            && slice(head, 257, 8) == Some(b"ustar\x0000")
            && slice(head, 265, 64).is_some_and(|names| names.iter().all(|b| *b == 0))
            && slice(head, 500, 12).is_some_and(|rest| rest.iter().all(|b| *b == 0));
        let same = name == member.name.as_str().as_bytes()
            && data.len() == member.len
            && crc32fast::hash(data) == member.sum;
        if !fixed || !same || zeros.iter().any(|b| *b != 0) {
            return Err(fault());
        }
    }
    let mut end = Vec::new();
    write::end(&mut end);
    if from.rest() == end { Ok(()) } else { Err(fault()) }
}

fn blocks(len: usize) -> usize {
    len.div_ceil(BLOCK)
}

fn octal(head: &[u8]) -> usize {
    let digits = slice(head, 124, 11).unwrap_or_default();
    digits.iter().fold(0, |sum, digit| sum << 3 | usize::from(digit & 7))
}

fn whole_name(head: &[u8]) -> Vec<u8> {
    let part = |at, len| {
        let field = slice(head, at, len).unwrap_or_default();
        field.split(|b| *b == 0).next().unwrap_or_default()
    };
    match part(345, 155) {
        [] => part(0, 100).to_vec(),
        prefix => [prefix, b"/", part(0, 100)].concat(),
    }
}
