//! A look at the raw bytes before the reader crate is called: encryption, revisions, bombs.

use crate::bytes::{count, find};
use crate::deflate::{self, InflateError};
use crate::report::{Class, Findings};
use crate::{Limits, Refusal};

/// What the raw bytes tell.
pub(super) struct Found {
    before: usize,
    after: usize,
    ends: usize,
    linearized: bool,
    identifier: bool,
}

/// Looks over the raw bytes; refuses encrypted documents and decompression bombs.
pub(super) fn scan(bytes: &[u8], limits: &Limits) -> Result<Found, Refusal> {
    if is_encrypted(bytes) {
        return Err(Refusal::Encrypted);
    }
    bombs(bytes, limits)?;
    let before = find(bytes, b"%PDF-").unwrap_or(0);
    let last = bytes.windows(5).rposition(|window| window == b"%%EOF");
    let tail = last.and_then(|at| bytes.get(at.saturating_add(5)..)).unwrap_or_default();
    Ok(Found {
        before,
        after: tail.trim_ascii().len(),
        ends: count(bytes, b"%%EOF"),
        linearized: find(bytes, b"/Linearized").is_some(),
        identifier: find(bytes, b"/ID[").is_some() || find(bytes, b"/ID [").is_some(),
    })
}

/// Notes what the raw bytes told.
pub(super) fn note(found: &Found, findings: &mut Findings) {
    if found.before > 0 {
        let detail = format!("{} bytes", found.before);
        findings.removed(Class::Trailing, "bytes before the document", &detail);
    }
    if found.after > 0 {
        let detail = format!("{} bytes", found.after);
        findings.removed(Class::Trailing, "bytes after the document", &detail);
    }
    // A document laid out for the web has two ends from the start.
    let revisions = found.ends.saturating_sub(usize::from(found.linearized)).saturating_sub(1);
    if revisions > 0 {
        findings.removed(Class::TrackedChange, "earlier revisions", &revisions.to_string());
    }
    if found.identifier {
        findings.removed(Class::Identifier, "file identifier (ID)", "");
    }
}

/// Whether any trailer names an encryption dictionary.
fn is_encrypted(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = find(rest, b"/Encrypt") {
        rest = rest.get(at.saturating_add(8)..).unwrap_or_default();
        let value = rest.trim_ascii_start();
        let reference = value.first().is_some_and(u8::is_ascii_digit);
        if value.starts_with(b"<<") || (reference && is_reference(value)) {
            return true;
        }
    }
    false
}

fn is_reference(value: &[u8]) -> bool {
    let head = value.get(..value.len().min(24)).unwrap_or_default();
    let mut words = head.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let numeric = |word: Option<&[u8]>| word.is_some_and(|w| w.iter().all(u8::is_ascii_digit));
    numeric(words.next())
        && numeric(words.next())
        && words.next().is_some_and(|w| w.starts_with(b"R"))
}

/// Keys of object streams and cross-reference streams.
const WORDS: [&str; 7] = ["/First", "XRef", "ObjStm", "/W[", "/W ", "/W\n", "/W\r"];

/// The reader crate inflates object streams and cross-reference streams without a bound. They are
/// found here by their keys and inflated first, with one.
fn bombs(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let limit = super::filters::object_stream_limit(limits);
    let too_large = || Refusal::TooLarge {
        what: "inflated object streams in bytes".into(),
        limit: limit as u64,
    };
    let mut total = 0usize;
    let mut from = 0usize;
    while let Some(step) = bytes.get(from..).and_then(|rest| find(rest, b"stream")) {
        let at = from.saturating_add(step);
        let before = bytes.get(from..at).unwrap_or_default();
        from = at.saturating_add(6);
        if before.ends_with(b"end") || !is_structure(before)? {
            continue;
        }
        let data = bytes.get(from..).unwrap_or_default();
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        match deflate::inflate(data, limit) {
            Ok(inflated) => total = total.saturating_add(inflated.data.len()),
            Err(InflateError::TooLong) => return Err(too_large()),
            Err(InflateError::Broken) => {}
        }
        if total > limit {
            return Err(too_large());
        }
    }
    Ok(())
}

/// Whether the text before a stream has the keys of a stream of objects; one with other filters
/// than Flate is refused.
fn is_structure(before: &[u8]) -> Result<bool, Refusal> {
    let keys = unescaped(before);
    let keyed = |text: &[u8]| WORDS.iter().any(|word| find(text, word.as_bytes()).is_some());
    // What stands before the object's own start is the last stream, where anything may stand.
    let dict = own_dictionary(&keys);
    if keyed(dict) && !has_plain_filter(dict) {
        return Err(Refusal::unsupported("an object stream with unusual filters"));
    }
    Ok(keyed(&keys))
}

/// Names with their `#xx` spelt out.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0usize;
    while let Some(byte) = text.get(at) {
        let digit = |n: usize| {
            let digit = text.get(at.saturating_add(n)).map(|b| char::from(*b))?;
            u8::try_from(digit.to_digit(16)?).ok()
        };
        if let (b'#', Some(high), Some(low)) = (byte, digit(1), digit(2)) {
            out.push((high << 4) | low);
            at = at.saturating_add(3);
        } else {
            out.push(*byte);
            at = at.saturating_add(1);
        }
    }
    out
}

/// The text from the last start of an object on.
fn own_dictionary(keys: &[u8]) -> &[u8] {
    let start = keys.windows(4).rposition(|window| window == b" obj" || window == b"\nobj");
    keys.get(start.unwrap_or(0)..).unwrap_or_default()
}

/// Whether `/Filter` names Flate alone; without one nothing is inflated at all.
fn has_plain_filter(dict: &[u8]) -> bool {
    if count(dict, b"/F ") > 0 || count(dict, b"/F/") > 0 || count(dict, b"/F[") > 0 {
        return false;
    }
    let Some(at) = find(dict, b"/Filter") else {
        return true;
    };
    let value = dict.get(at.saturating_add(7)..).unwrap_or_default().trim_ascii_start();
    let (list, value) = match value.strip_prefix(b"[") {
        Some(rest) => (true, rest.trim_ascii_start()),
        None => (false, value),
    };
    let Some(rest) = value.strip_prefix(b"/FlateDecode") else {
        return false;
    };
    let once = count(dict, b"/Filter") == 1;
    once && (!list || rest.trim_ascii_start().starts_with(b"]"))
}
