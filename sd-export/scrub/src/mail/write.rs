//! The one form in which parts are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Item;
use super::letters::quoted;
use super::parts::shortened;
use crate::Format;

/// What stands behind the headers of the mail: its type and its parts.
pub(super) fn body(items: Vec<Item>) -> String {
    let mut items = unique(items);
    if let [Item::Text(text)] = items.as_slice() {
        return part_of_text(text);
    }
    if items.is_empty() {
        return part_of_text("");
    }
    let boundary = boundary(&items);
    let mut out = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n");
    for item in items.drain(..) {
        out.push_str("--");
        out.push_str(&boundary);
        out.push_str("\r\n");
        out.push_str(&part(item));
        out.push_str("\r\n");
    }
    let _ = write!(out, "--{boundary}--\r\n");
    out
}

/// A boundary that no mail inside has; texts cannot have one.
fn boundary(items: &[Item]) -> String {
    let taken = |name: &str| {
        items.iter().any(|item| match item {
            Item::Mail(bytes) => crate::bytes::find(bytes, name.as_bytes()).is_some(),
            _ => false,
        })
    };
    let mut n = 1u64;
    loop {
        let name = format!("=_part_{n}_");
        if !taken(&name) {
            return name;
        }
        n = n.saturating_add(1);
    }
}

/// Attachments with names of their own.
fn unique(items: Vec<Item>) -> Vec<Item> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // Where counting goes on for a name that many have.
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let rename = |item| match item {
        Item::File { name, bytes, format } => {
            let mut new = name.clone();
            let n = counts.entry(name.to_lowercase()).or_insert(1);
            while !taken.insert(new.to_lowercase()) {
                *n = n.saturating_add(1);
                let (stem, end) = name.rsplit_once('.').unwrap_or((&name, ""));
                new = shortened(&format!("{stem} ({n}).{end}"));
            }
            Item::File { name: new, bytes, format }
        }
        other => other,
    };
    items.into_iter().map(rename).collect()
}

fn part_of_text(text: &str) -> String {
    let head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    [head, &quoted(text)].concat()
}

fn part(item: Item) -> String {
    match item {
        Item::Text(text) => part_of_text(&text),
        // Pages have become attachments before.
        Item::Html(..) => String::new(),
        Item::Mail(bytes) => {
            let head = "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n";
            [head, &String::from_utf8_lossy(&bytes)].concat()
        }
        Item::File { name, bytes, format } => {
            let kind = media_type(format);
            let name = file_name(&name);
            let mut out = format!(
                "Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n {name}\r\n\r\n"
            );
            for line in bytes.chunks(57) {
                out.push_str(&crate::base64::encode(line));
                out.push_str("\r\n");
            }
            out
        }
    }
}

fn file_name(name: &str) -> String {
    if name.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\') {
        return format!("filename=\"{name}\"");
    }
    let mut out = "filename*=UTF-8''".to_owned();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The media type of an attachment; whatever else there is has none that says more.
fn media_type(format: Format) -> &'static str {
    use Format::{Docx, Gif, Jpeg, Mp3, Mp4, Pdf, Png, Pptx, Rtf, Xlsx, Zip};
    match format {
        Format::Text => "text/plain; charset=utf-8",
        Format::Csv => "text/csv; charset=utf-8",
        Jpeg | Png | Gif | Pdf | Rtf | Zip | Mp3 | Mp4 | Docx | Xlsx | Pptx => format.media_type(),
        _ => "application/octet-stream",
    }
}
