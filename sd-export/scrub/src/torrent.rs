//! Torrents: names, sizes and sums of files; who made it, when and with what is gone.
//!
//! ```text
//! bytes --read--> tree of numbers, texts, lists, dictionaries --keep by name--> written anew --> check
//! ```
//! Everybody who shares a torrent knows it by the hash of its `info`, so what is in there is kept
//! byte for byte where it is on the list, and the report says when it is not.

use crate::bytes::find;
use crate::member_name::MemberName;
use crate::report::{Class, Findings};
use crate::wording::{escape, foreign};
use crate::{Cleaned, Limits, Refusal};

/// A value as it stands in the file.
enum Value<'a> {
    Number(&'a [u8]),
    Text(&'a [u8]),
    List(Vec<Value<'a>>),
    Dictionary(Dictionary<'a>),
}

/// Keys and values, sorted by key.
type Dictionary<'a> = Vec<(&'a [u8], Value<'a>)>;

/// Whether a file is a dictionary with one called `info` in it.
pub(crate) fn is_torrent(bytes: &[u8]) -> bool {
    matches!(bytes, [b'd', b'1'..=b'9', ..]) && find(bytes, b"4:infod").is_some()
}

/// Writes a torrent anew.
pub(crate) fn scrub(bytes: &[u8], limits: &Limits) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let mut reader = Reader { rest: bytes, left: limits.max_objects, limits };
    let Value::Dictionary(tree) = reader.value(0)? else {
        return Err(broken());
    };
    if !reader.rest.is_empty() {
        let detail = format!("{} bytes", reader.rest.len());
        findings.removed(Class::Trailing, "bytes after the end", &detail);
    }
    let clean = write(&keep(tree, limits, &mut findings)?);
    check(&clean, limits)?;
    Ok((clean, findings))
}

fn broken() -> Refusal {
    Refusal::malformed("a torrent that cannot be read")
}

/// The second reader: all that is in the copy would be kept once more, as it is.
fn check(clean: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let fault = || Refusal::not_clean("the torrent is not what was written");
    let mut reader = Reader { rest: clean, left: limits.max_objects, limits };
    let Ok(Value::Dictionary(tree)) = reader.value(0) else {
        return Err(fault());
    };
    let again = write(&keep(tree, limits, &mut Findings::default())?);
    if reader.rest.is_empty() && again == clean { Ok(()) } else { Err(fault()) }
}

/// Reads values one behind the other, each in its one right form.
struct Reader<'a> {
    rest: &'a [u8],
    left: u32,
    limits: &'a Limits,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: u32) -> Result<Value<'a>, Refusal> {
        let Some(left) = self.left.checked_sub(1) else {
            let limit = self.limits.max_objects.into();
            return Err(Refusal::TooLarge { what: "the values of a torrent".to_owned(), limit });
        };
        if depth > self.limits.max_depth {
            return Err(Refusal::malformed("a torrent that is nested too deeply"));
        }
        self.left = left;
        match self.rest {
            [b'i', ..] => self.number(),
            [b'l', rest @ ..] => {
                self.rest = rest;
                let mut list = Vec::new();
                while !self.ends()? {
                    list.push(self.value(depth.saturating_add(1))?);
                }
                Ok(Value::List(list))
            }
            [b'd', rest @ ..] => {
                self.rest = rest;
                self.dictionary(depth)
            }
            _ => self.text().map(Value::Text),
        }
    }

    /// Whether a list or dictionary ends here; then its end is passed.
    fn ends(&mut self) -> Result<bool, Refusal> {
        match self.rest {
            [b'e', rest @ ..] => {
                self.rest = rest;
                Ok(true)
            }
            [] => Err(broken()),
            _ => Ok(false),
        }
    }

    fn dictionary(&mut self, depth: u32) -> Result<Value<'a>, Refusal> {
        let mut dictionary: Dictionary<'a> = Vec::new();
        while !self.ends()? {
            let key = self.text()?;
            if dictionary.last().is_some_and(|(before, _)| *before >= key) {
                return Err(Refusal::malformed("a torrent with keys out of order"));
            }
            dictionary.push((key, self.value(depth.saturating_add(1))?));
        }
        Ok(Value::Dictionary(dictionary))
    }

    fn number(&mut self) -> Result<Value<'a>, Refusal> {
        let end = self.rest.iter().take(24).position(|b| *b == b'e').ok_or_else(broken)?;
        let digits = self.rest.get(1..end).ok_or_else(broken)?;
        self.rest = self.rest.get(end.saturating_add(1)..).unwrap_or_default();
        // Nothing in a torrent is less than nothing.
        let right = digits == b"0" || digits.first().is_some_and(|b| (b'1'..=b'9').contains(b));
        if !right || !digits.iter().all(u8::is_ascii_digit) {
            return Err(Refusal::malformed("a number in a torrent"));
        }
        Ok(Value::Number(digits))
    }

    fn text(&mut self) -> Result<&'a [u8], Refusal> {
        let colon = self.rest.iter().take(12).position(|b| *b == b':').ok_or_else(broken)?;
        let digits = self.rest.get(..colon).unwrap_or_default();
        let one_form = digits == b"0" || !digits.starts_with(b"0");
        let len =
            std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let len: usize =
            len.and_then(|d| d.parse().ok()).filter(|_| one_form).ok_or_else(broken)?;
        let start = colon.saturating_add(1);
        let end = start.checked_add(len).ok_or_else(broken)?;
        let text = self.rest.get(start..end).ok_or_else(broken)?;
        self.rest = self.rest.get(end..).unwrap_or_default();
        Ok(text)
    }
}

/// What of the file is on the list.
fn keep<'a>(
    tree: Dictionary<'a>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Dictionary<'a>, Refusal> {
    let mut kept = Vec::new();
    for (key, value) in tree {
        match (key, value) {
            (b"info", Value::Dictionary(info)) => {
                kept.push((key, Value::Dictionary(keep_info(info, limits, findings)?)));
            }
            (b"piece layers", Value::Dictionary(layers)) => {
                let right = |(root, layer): &(&[u8], Value<'_>)| {
                    root.len() == 32
                        && matches!(layer, Value::Text(l) if l.len().is_multiple_of(32))
                };
                if !layers.iter().all(right) {
                    return Err(Refusal::malformed("the piece layers of a torrent"));
                }
                kept.push((key, Value::Dictionary(layers)));
            }
            (b"announce", Value::Text(url)) if is_plain_tracker(url) => {
                note_tracker(url, findings);
                kept.push((key, Value::Text(url)));
            }
            (b"announce-list", Value::List(tiers)) => {
                let tiers = keep_trackers(tiers, findings);
                if !tiers.is_empty() {
                    kept.push((key, Value::List(tiers)));
                }
            }
            (key, value) => note(key, &value, findings),
        }
    }
    if !kept.iter().any(|(key, _)| *key == b"info") {
        return Err(Refusal::malformed("a torrent without info"));
    }
    Ok(kept)
}

/// Trackers by tier, without those whose address says more than where they are.
fn keep_trackers<'a>(tiers: Vec<Value<'a>>, findings: &mut Findings) -> Vec<Value<'a>> {
    let mut kept = Vec::new();
    for tier in tiers {
        let Value::List(urls) = tier else {
            continue;
        };
        let mut plain = Vec::new();
        for url in urls {
            match url {
                Value::Text(url) if is_plain_tracker(url) => {
                    note_tracker(url, findings);
                    plain.push(Value::Text(url));
                }
                other => note(b"announce-list", &other, findings),
            }
        }
        if !plain.is_empty() {
            kept.push(Value::List(plain));
        }
    }
    kept
}

fn note_tracker(url: &[u8], findings: &mut Findings) {
    let why =
        "without it the files may not be found; it is asked by everybody who uses the torrent";
    findings.kept(Class::Link, "tracker", &foreign(url), why);
}

/// Scheme, host, port and `/announce`: an address with more in it can tell who got this copy.
fn is_plain_tracker(url: &[u8]) -> bool {
    let Ok(url) = std::str::from_utf8(url) else {
        return false;
    };
    let rest = ["http://", "https://", "udp://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let Some((host, path)) = rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    !host.is_empty()
        && host.len() <= 100
        && host.chars().all(plain)
        && matches!(path, "" | "announce")
}

fn note(key: &[u8], value: &Value<'_>, findings: &mut Findings) {
    let class = match key {
        b"created by" | b"encoding" => Class::Software,
        b"creation date" => Class::Time,
        b"comment" | b"comment.utf-8" => Class::Comment,
        b"announce" | b"announce-list" => Class::Identifier,
        b"url-list" | b"httpseeds" | b"nodes" => Class::Link,
        _ => Class::Unknown,
    };
    let detail = match value {
        Value::Text(text) | Value::Number(text) => foreign(text),
        Value::List(_) | Value::Dictionary(_) => String::new(),
    };
    findings.removed(class, escape(&foreign(key)), &detail);
}

fn keep_info<'a>(
    info: Dictionary<'a>,
    limits: &Limits,
    findings: &mut Findings,
) -> Result<Dictionary<'a>, Refusal> {
    let mut kept = Vec::new();
    let mut changed = false;
    for (key, value) in info {
        let keeps = match (key, &value) {
            (b"name", Value::Text(name)) => admit(name, limits).map(|()| true)?,
            (b"piece length" | b"length" | b"meta version", Value::Number(_))
            | (b"private", Value::Number(b"0" | b"1")) => true,
            (b"pieces", Value::Text(pieces)) => pieces.len().is_multiple_of(20),
            (b"files", Value::List(files)) => {
                files.iter().try_for_each(|file| admit_file(file, limits)).map(|()| true)?
            }
            (b"file tree", Value::Dictionary(tree)) => admit_tree(tree, limits).map(|()| true)?,
            _ => false,
        };
        if keeps {
            kept.push((key, value));
        } else {
            changed = true;
            note(key, &value, findings);
        }
    }
    let why = if changed {
        "it is another one now: something was taken out of what it is made from"
    } else {
        "it is what the torrent is found by"
    };
    findings.kept(Class::Identifier, "hash of the torrent", "", why);
    Ok(kept)
}

fn admit(name: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let name = std::str::from_utf8(name);
    let name = name.map_err(|_| Refusal::malformed("a name in a torrent, in a wrong encoding"))?;
    if name.contains('/') {
        return Err(Refusal::malformed("a name in a torrent that is a path"));
    }
    MemberName::admit(name, limits).map(|_| ())
}

/// A file of the list: its length, its path and whether it fills a gap.
fn admit_file(file: &Value<'_>, limits: &Limits) -> Result<(), Refusal> {
    let fault = || Refusal::unsupported("a file in a torrent with more than a length and a path");
    let Value::Dictionary(file) = file else {
        return Err(fault());
    };
    for (key, value) in file {
        match (*key, value) {
            (b"length", Value::Number(_)) | (b"attr", Value::Text(b"p" | b"x")) => {}
            (b"path", Value::List(parts)) => {
                for part in parts {
                    let Value::Text(part) = part else {
                        return Err(fault());
                    };
                    admit(part, limits)?;
                }
            }
            _ => return Err(fault()),
        }
    }
    Ok(())
}

/// The tree of newer torrents: names down to an empty one, which holds a length and a sum.
fn admit_tree(tree: &Dictionary<'_>, limits: &Limits) -> Result<(), Refusal> {
    let fault = || Refusal::unsupported("a file tree in a torrent with more than lengths and sums");
    for (name, below) in tree {
        let Value::Dictionary(below) = below else {
            return Err(fault());
        };
        if !name.is_empty() {
            admit(name, limits)?;
            admit_tree(below, limits)?;
            continue;
        }
        let right = |(key, value): &(&[u8], Value<'_>)| match (*key, value) {
            (b"length", Value::Number(_)) => true,
            (b"pieces root", Value::Text(root)) => root.len() == 32,
            _ => false,
        };
        if !below.iter().all(right) {
            return Err(fault());
        }
    }
    Ok(())
}

fn write(tree: &Dictionary<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_dictionary(tree, &mut out);
    out
}

fn write_dictionary(dictionary: &Dictionary<'_>, out: &mut Vec<u8>) {
    out.push(b'd');
    for (key, value) in dictionary {
        write_text(key, out);
        write_value(value, out);
    }
    out.push(b'e');
}

fn write_value(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Number(digits) => {
            out.push(b'i');
            out.extend_from_slice(digits);
            out.push(b'e');
        }
        Value::Text(text) => write_text(text, out),
        Value::List(list) => {
            out.push(b'l');
            for value in list {
                write_value(value, out);
            }
            out.push(b'e');
        }
        Value::Dictionary(dictionary) => write_dictionary(dictionary, out),
    }
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(text.len().to_string().as_bytes());
    out.push(b':');
    out.extend_from_slice(text);
}
