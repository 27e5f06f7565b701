//! XML into a tree, by the strict reader of `xml/`; a plain document type is dropped first.

use super::tree::{Attr, MAX_DEPTH, Space, Tree, What};
use crate::Refusal;
use crate::xml::{Event, Reader, decode};

/// Families of attributes that the tables know, and how they are written there.
const PREFIXES: [(&str, &str); 3] = [
    ("http://www.w3.org/1999/xlink", "xlink:"),
    ("http://www.w3.org/XML/1998/namespace", "xml:"),
    ("http://www.idpf.org/2007/ops", "epub:"),
];

/// Reads a document; what has no family is of `bare`.
pub(crate) fn read(bytes: &[u8], bare: Space) -> Result<Tree, Refusal> {
    read_text(&decode(bytes)?, bare)
}

/// The same, of characters.
pub(crate) fn read_text(text: &str, bare: Space) -> Result<Tree, Refusal> {
    let (text, standard) = without_doctype(text)?;
    let text = crate::html::named(&text);
    let mut tree = Tree::new();
    tree.standard = standard;
    let mut open = vec![0usize];
    let mut reader = Reader::new(&text);
    while let Some(event) = reader.next()? {
        let parent = open.last().copied().unwrap_or_default();
        match event {
            Event::Open(tag) => {
                if open.len() > MAX_DEPTH {
                    let what = "nesting of elements".to_owned();
                    return Err(Refusal::TooLarge { what, limit: MAX_DEPTH as u64 });
                }
                let attrs = tag.attrs.iter().map(|attr| {
                    let name = match PREFIXES.iter().find(|(space, _)| *space == attr.space) {
                        Some((_, prefix)) => [prefix, attr.name].concat(),
                        None if attr.space.is_empty() => attr.name.to_owned(),
                        None => [&program(attr.space), ":", attr.name].concat(),
                    };
                    Attr { name, value: attr.value.to_string() }
                });
                let attrs: Vec<Attr> = attrs.collect();
                let space = if tag.space.is_empty() { bare } else { Space::of(tag.space) };
                let name = match space {
                    Space::Other => [&program(tag.space), ":", tag.name].concat(),
                    _ => tag.name.to_owned(),
                };
                let node = tree.add(What::Element { space, name, attrs })?;
                tree.append(parent, node);
                open.push(node);
            }
            Event::Text(text) => {
                let at = tree.get(parent).map_or(0, |node| node.children.len());
                tree.text(parent, at, &text)?;
            }
            Event::Close => drop(open.pop()),
        }
    }
    tree.passed = reader.passed;
    Ok(tree)
}

/// The program that a namespace belongs to, for the report.
fn program(space: &str) -> String {
    const KNOWN: [(&str, &str); 14] = [
        ("inkscape", "inkscape"),
        ("sodipodi", "sodipodi"),
        ("adobe", "adobe"),
        ("rdf-syntax", "rdf"),
        ("dublincore", "dc"),
        ("purl.org/dc", "dc"),
        ("creativecommons", "cc"),
        ("sketch", "sketch"),
        ("figma", "figma"),
        ("serif.com", "serif"),
        ("vectornator", "vectornator"),
        ("corel", "corel"),
        ("openoffice", "openoffice"),
        ("libreoffice", "libreoffice"),
    ];
    let lower = space.to_ascii_lowercase();
    let known = KNOWN.iter().find(|(part, _)| lower.contains(part));
    known.map_or("foreign", |(_, name)| name).to_owned()
}

/// Takes out a document type that names one and declares nothing.
fn without_doctype(text: &str) -> Result<(String, bool), Refusal> {
    let Some(at) = doctype(text) else { return Ok((text.to_owned(), false)) };
    let fault = || Refusal::malformed("a document type that does not end");
    let (before, from) = text.split_at_checked(at).ok_or_else(fault)?;
    let mut quote = None;
    for (at, c) in from.char_indices() {
        match (quote, c) {
            (None, '[') => {
                return Err(Refusal::unsupported(
                    "a document type that declares entities of its own",
                ));
            }
            (None, '>') => {
                let behind = from.get(at.saturating_add(1)..).unwrap_or_default();
                return Ok(([before, behind].concat(), true));
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    Err(fault())
}

/// Where a document type stands, before the root.
fn doctype(text: &str) -> Option<usize> {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let lower = rest.get(..9).unwrap_or_default();
        if lower.eq_ignore_ascii_case("<!doctype") {
            return text.len().checked_sub(rest.len());
        }
        rest = match () {
            () if rest.starts_with("<?") => rest.split_once("?>")?.1,
            () if rest.starts_with("<!--") => rest.get(4..)?.split_once("-->")?.1,
            () => return None,
        };
    }
}

/// The name of the root element in the head of a file, without its prefix; small letters.
pub(crate) fn root_name(head: &str) -> Option<String> {
    let mut rest = head;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        rest = match () {
            () if rest.starts_with("<?") => rest.split_once('>')?.1,
            () if rest.starts_with("<!--") => rest.get(4..)?.split_once("-->")?.1,
            () if rest.starts_with("<!") => {
                let start = rest.get(..14).unwrap_or_default();
                if start.eq_ignore_ascii_case("<!doctype html") {
                    return Some("html".to_owned());
                }
                // Behind what the type declares.
                let close = if rest.split('>').next()?.contains('[') { "]>" } else { ">" };
                rest.split_once(close)?.1
            }
            () => break,
        };
    }
    let name = rest.strip_prefix('<')?;
    let end = name
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        .filter(|end| *end <= 64)?;
    let name = name.get(..end)?.to_ascii_lowercase();
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic());
    plain.then(|| name.rsplit(':').next().unwrap_or_default().to_owned())
}
