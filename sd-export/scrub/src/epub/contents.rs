//! The page of contents of a book that has none, made of the older form of it, or of its pages.

use std::fmt::Write as _;

use super::opf::{Element, below, inside, words};
use super::package::tree;
use crate::Refusal;
use crate::markup::Tree;
use crate::xml::{escape_attribute, escape_text};

const HEAD: &str = "<html xmlns=\"http://www.w3.org/1999/xhtml\" \
                    xmlns:epub=\"http://www.idpf.org/2007/ops\"><body><nav epub:type=\"toc\">";
const TAIL: &str = "</nav></body></html>";

/// The contents that an NCX lists.
pub(super) fn of_ncx(bytes: &[u8]) -> Result<String, Refusal> {
    let ncx = tree(bytes)?;
    let mut out = HEAD.to_owned();
    if let Some(map) = below(&ncx, 0).find(|element| element.name == "navMap") {
        list(&ncx, &map, &mut out);
    }
    out.push_str(TAIL);
    Ok(out)
}

/// Points, and the points in them. No tree is deeper than its reader lets it be.
fn list(ncx: &Tree, within: &Element<'_>, out: &mut String) {
    let mut points = inside(ncx, within.at).filter(|element| element.name == "navPoint").peekable();
    if points.peek().is_none() {
        return;
    }
    out.push_str("<ol>");
    for point in points {
        let part = |name: &str| inside(ncx, point.at).find(|element| element.name == name);
        let label = part("navLabel").map(|label| words(ncx, label.at)).unwrap_or_default();
        let leads = part("content").and_then(|content| content.get("src")).unwrap_or_default();
        out.push_str("<li>");
        link(out, leads, &label);
        list(ncx, &point, out);
        out.push_str("</li>");
    }
    out.push_str("</ol>");
}

fn link(out: &mut String, address: &str, label: &str) {
    out.push_str("<a href=\"");
    escape_attribute(out, address);
    out.push_str("\">");
    escape_text(out, label);
    out.push_str("</a>");
}

/// Contents that number the pages.
pub(super) fn of_pages(spine: &[(String, bool)]) -> String {
    let mut out = [HEAD, "<ol>"].concat();
    for (n, (path, _)) in spine.iter().enumerate() {
        out.push_str("<li>");
        link(&mut out, &address(path), &n.saturating_add(1).to_string());
        out.push_str("</li>");
    }
    out.extend(["</ol>", TAIL]);
    out
}

/// The address of a member.
fn address(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/.-_".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
