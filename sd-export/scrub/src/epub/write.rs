//! The clean book as a package: its type first, its list, then its parts.

use std::collections::BTreeMap;

use super::book::{Clean, Page};
use super::{Bytes, TYPE};
use crate::member_name::MemberName;
use crate::nest::Nest;
use crate::zip::{Packing, Writer};
use crate::{Format, Refusal};

const CONTAINER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\
    <rootfiles><rootfile full-path=\"book.opf\" media-type=\"application/oebps-package+xml\"/>\
    </rootfiles></container>\n";
/// One name, one title and one time for all books.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\">\
    <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
    <dc:identifier id=\"id\">urn:uuid:00000000-0000-0000-0000-000000000000</dc:identifier>\
    <dc:title>Book</dc:title>\
    <meta property=\"dcterms:modified\">1980-01-01T00:00:00Z</meta><dc:language>";

/// The members of a clean book behind its type, in their order.
fn members(clean: &Clean) -> impl Iterator<Item = (&str, Bytes, Packing)> {
    let fixed = [("META-INF/container.xml", CONTAINER.to_owned()), ("book.opf", list(clean))];
    let fixed = fixed.map(|(name, text)| (name, Bytes::new(text.into_bytes()), Packing::Deflated));
    let pages = clean.pages.iter();
    let pages = pages.map(|p| (p.name.as_str(), Bytes::clone(&p.bytes), Packing::of(p.format)));
    let sheets = clean.sheets.iter();
    let sheets = sheets.map(|(name, b)| (name.as_str(), Bytes::clone(b), Packing::Deflated));
    let pictures = clean.pictures.iter();
    let pictures =
        pictures.map(|(name, (format, b))| (name.as_str(), Bytes::clone(b), Packing::of(*format)));
    fixed.into_iter().chain(pages).chain(sheets).chain(pictures)
}

/// The members of a clean book by name.
pub(super) fn parts(clean: &Clean) -> BTreeMap<String, Bytes> {
    members(clean).map(|(name, bytes, _)| (name.to_owned(), bytes)).collect()
}

pub(super) fn pack(clean: &Clean, nest: &Nest<'_>) -> Result<Vec<u8>, Refusal> {
    let limits = nest.limits();
    let mut writer = Writer::default();
    let mut add = |name: &str, bytes: &[u8], packing| {
        writer.add(&MemberName::admit(name, limits)?, bytes, packing, limits)
    };
    add("mimetype", TYPE.as_bytes(), Packing::Stored)?;
    for (name, bytes, packing) in members(clean) {
        add(name, &bytes, packing)?;
    }
    writer.finish()
}

/// The list of the book. Nothing in it is foreign but the language, which is letters and digits.
fn list(clean: &Clean) -> String {
    let mut out = HEAD.to_owned();
    out.extend([clean.language.as_deref().unwrap_or("und"), "</dc:language></metadata><manifest>"]);
    for page in &clean.pages {
        let media = if page.is_text() { "application/xhtml+xml" } else { page.format.media_type() };
        item(&mut out, &page.name, media, &properties(page, clean));
    }
    for name in clean.sheets.keys() {
        item(&mut out, name, Format::Css.media_type(), "");
    }
    for (name, (format, _)) in &clean.pictures {
        let cover = if clean.cover.as_ref() == Some(name) { "cover-image" } else { "" };
        item(&mut out, name, format.media_type(), cover);
    }
    out.push_str("</manifest><spine");
    if let Some(direction) = clean.direction {
        out.extend([" page-progression-direction=\"", direction, "\""]);
    }
    out.push('>');
    for page in &clean.pages {
        if let Some(linear) = page.linear {
            let no = if linear { "" } else { "\" linear=\"no" };
            out.extend(["<itemref idref=\"", &page.name, no, "\"/>"]);
        }
    }
    out.push_str("</spine></package>\n");
    out
}

/// What a reader must know of a page before it opens it.
fn properties(page: &Page, clean: &Clean) -> String {
    let holds = |tag: &[u8]| page.is_text() && crate::bytes::find(&page.bytes, tag).is_some();
    let all = [
        ("nav", page.name == clean.contents),
        ("svg", holds(b"<svg")),
        ("mathml", holds(b"<math")),
    ];
    let mine: Vec<&str> = all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    mine.join(" ")
}

fn item(out: &mut String, name: &str, media: &str, properties: &str) {
    out.extend(["<item id=\"", name, "\" href=\"", name, "\" media-type=\"", media, "\""]);
    if !properties.is_empty() {
        out.extend([" properties=\"", properties, "\""]);
    }
    out.push_str("/>");
}
