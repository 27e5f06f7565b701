//! Extended heads: records of a length, a key and a value.

use crate::Refusal;
use crate::archive::Noted;
use crate::report::Class;
use crate::wording::foreign;

/// What the records say that matters for reading.
#[derive(Default)]
pub(super) struct Records<'a> {
    pub(super) name: Option<&'a [u8]>,
    pub(super) size: Option<u64>,
}

/// Walks the records to the last byte.
pub(super) fn read<'a>(mut body: &'a [u8], noted: &mut Noted) -> Result<Records<'a>, Refusal> {
    let mut records = Records::default();
    while !body.is_empty() {
        let (key, value, rest) =
            record(body).ok_or_else(|| Refusal::malformed("an extended head"))?;
        body = rest;
        match key {
            b"path" => {
                if records.name.replace(value).is_some() {
                    return Err(Refusal::malformed("a member with two names"));
                }
            }
            b"size" => {
                let text = std::str::from_utf8(value).ok();
                let size = text.and_then(|t| t.parse().ok());
                let size = size.ok_or_else(|| Refusal::malformed("the size of a member"))?;
                if records.size.replace(size).is_some() {
                    return Err(Refusal::malformed("a member with two sizes"));
                }
            }
            // Links are refused by their own head.
            b"linkpath" => {}
            key if key.starts_with(b"GNU.sparse") => {
                return Err(Refusal::unsupported("a tar member with holes"));
            }
            key => note(key, value, noted),
        }
    }
    Ok(records)
}

/// One record, and what stands behind it.
fn record(body: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = body.iter().take(20).position(|b| *b == b' ')?;
    let len: usize = std::str::from_utf8(body.get(..blank)?).ok()?.parse().ok()?;
    let (record, rest) = body.split_at_checked(len)?;
    let (key, value) = {
        let record = record.get(blank.checked_add(1)?..)?.strip_suffix(b"\n")?;
        let equals = record.iter().position(|b| *b == b'=')?;
        (record.get(..equals)?, record.get(equals.checked_add(1)?..)?)
    };
    Some((key, value, rest))
}

fn note(key: &[u8], value: &[u8], noted: &mut Noted) {
    let (class, place) = match key {
        b"mtime" | b"atime" | b"ctime" | b"LIBARCHIVE.creationtime" => {
            (Class::Time, "times in extended heads")
        }
        b"uid" | b"gid" | b"uname" | b"gname" => (Class::Person, "owners in extended heads"),
        b"comment" => (Class::Comment, "comment in an extended head"),
        b"hdrcharset" | b"charset" => (Class::Software, "encoding in an extended head"),
        _ => (Class::Unknown, "other records of extended heads"),
    };
    noted.said(class, place, || format!("{}={}", foreign(key), foreign(value)));
}
