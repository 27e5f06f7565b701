//! Documents that are ZIP files, told from plain archives by what is in them.

use super::Detected;
use crate::bytes::{find, le16, le32, slice};
use crate::report::Format;

/// What a file that starts like a ZIP archive is.
pub(super) fn detect(bytes: &[u8]) -> Detected {
    let kind = match crate::zip::names(bytes) {
        Some(names) => {
            let with_content = || names.contains(&b"content.xml".as_slice());
            let known = office(&names)
                .or_else(|| open_document(bytes).filter(|_| with_content()))
                .or_else(|| book(bytes, &names));
            match known {
                Some(format) => return Detected::Known(format),
                None => by_names(bytes, &names),
            }
        }
        None => by_search(bytes),
    };
    kind.map_or(Detected::Known(Format::Zip), Detected::Unknown)
}

/// An `OpenDocument` package: its type is the first member, and not compressed.
fn open_document(bytes: &[u8]) -> Option<Format> {
    let size = usize::try_from(le32(bytes, 22)?).ok().filter(|size| *size <= 80)?;
    let stored = le16(bytes, 8) == Some(0) && slice(bytes, 30, 8) == Some(b"mimetype");
    let extra = usize::from(le16(bytes, 28)?);
    let said = slice(bytes, extra.checked_add(38)?, size).filter(|_| stored)?;
    let said = std::str::from_utf8(said).ok()?;
    crate::odf::kind::of_type(said.trim_end()).map(|(kind, _)| kind.format)
}

/// A book: it says so, or has a list of its pages where books have it.
fn book(bytes: &[u8], names: &[&[u8]]) -> Option<Format> {
    let has = |name: &[u8]| names.contains(&name);
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let said = has(b"mimetype") && find(head, b"mimetypeapplication/epub+zip").is_some();
    let listed = has(b"META-INF/container.xml") && names.iter().any(|name| name.ends_with(b".opf"));
    (said || listed).then_some(Format::Epub)
}

/// Documents of Office, with macros or without: the main part is in a directory of a fixed name.
fn office(names: &[&[u8]]) -> Option<Format> {
    names.contains(&b"[Content_Types].xml".as_slice()).then_some(())?;
    let below = |directory: &[u8]| names.iter().any(|name| name.starts_with(directory));
    match () {
        () if below(b"word/") => Some(Format::Docx),
        () if below(b"xl/") => Some(Format::Xlsx),
        () if below(b"ppt/") => Some(Format::Pptx),
        () => None,
    }
}

/// By the list of members: what makes a reader open the file as a document has a fixed name.
fn by_names(bytes: &[u8], names: &[&[u8]]) -> Option<&'static str> {
    let has = |name: &[u8]| names.contains(&name);
    if has(b"[Content_Types].xml") {
        let xps = names.iter().any(|name| name.ends_with(b".fdseq"));
        return Some(if xps { "XPS document" } else { "Office document" });
    }
    if has(b"mimetype") {
        let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
        let is = |kind| find(head, kind).is_some();
        if is(b"mimetypeapplication/vnd.oasis.opendocument.text-master") {
            return Some("OpenDocument master document (it shows other files)");
        }
        if is(b"mimetypeapplication/vnd.oasis.opendocument.base") {
            return Some("OpenDocument database");
        }
        if is(b"mimetypeapplication/vnd.sun.xml.") {
            return Some("old StarOffice document (save it as OpenDocument)");
        }
        if is(b"mimetypeapplication/vnd.oasis.opendocument") || has(b"META-INF/manifest.xml") {
            return Some("OpenDocument file of another kind, or without content");
        }
    }
    if has(b"AndroidManifest.xml") {
        return Some("Android package");
    }
    has(b"META-INF/MANIFEST.MF").then_some("Java archive")
}

/// Where the list cannot be read: by the names that stand in the first and last kilobytes.
fn by_search(bytes: &[u8]) -> Option<&'static str> {
    const MEMBERS: &[(&[u8], &str)] = &[
        (b"vbaProject.bin", "Office document with macros"),
        (b"mimetypeapplication/epub+zip", "EPUB book"),
        (b"mimetypeapplication/vnd.oasis.opendocument", "OpenDocument file"),
        (b"mimetypeapplication/vnd.sun.xml.", "old StarOffice document"),
        (b"word/", "Word document"),
        (b"xl/", "Excel workbook"),
        (b"ppt/", "PowerPoint presentation"),
        (b"[Content_Types].xml", "Office document"),
        (b"AndroidManifest.xml", "Android package"),
        (b"META-INF/MANIFEST.MF", "Java archive"),
    ];
    let head = bytes.get(..bytes.len().min(1 << 16)).unwrap_or_default();
    let tail = bytes.get(bytes.len().saturating_sub(1 << 16)..).unwrap_or_default();
    let named = |name| find(head, name).is_some() || find(tail, name).is_some();
    MEMBERS.iter().find(|(name, _)| named(name)).map(|(_, kind)| *kind)
}
