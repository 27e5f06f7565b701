//! The list of a book: its members, the order of its pages, and what it says of itself.

use std::collections::{BTreeMap, BTreeSet};

use super::package::{directory, resolve};
use crate::Refusal;
use crate::markup::{Attr, Tree, What, is_language};
use crate::report::Class;
use crate::xml::Tally;

/// An element of one of a book's lists, its family left out.
pub(super) struct Element<'t> {
    pub(super) at: usize,
    pub(super) name: &'t str,
    attrs: &'t [Attr],
}

impl<'t> Element<'t> {
    /// An attribute, whatever its family.
    pub(super) fn get(&self, name: &str) -> Option<&'t str> {
        let found = self.attrs.iter().find(|attr| local(&attr.name) == name);
        found.map(|attr| attr.value.trim())
    }
}

/// What the list says.
#[derive(Default)]
pub(super) struct Opf {
    /// The type of each member that it names.
    media: BTreeMap<String, String>,
    /// The pages in their order, and whether a reader comes to them by turning pages.
    pub(super) spine: Vec<(String, bool)>,
    /// Whether pages are turned from left to right or the other way.
    pub(super) direction: Option<&'static str>,
    pub(super) language: Option<String>,
    /// The picture on the cover.
    pub(super) cover: Option<String>,
    /// The page of contents, and the older form of it.
    pub(super) contents: Option<String>,
    pub(super) ncx: Option<String>,
    /// What the book says of itself: name, property, words.
    said: Vec<(String, String, String)>,
    /// How a program shows the pages, beside their order.
    looks: bool,
}

/// Every element of a tree, in its order.
pub(super) fn elements(tree: &Tree) -> impl Iterator<Item = Element<'_>> {
    below(tree, 0)
}

/// Every element below a node.
pub(super) fn below(tree: &Tree, at: usize) -> impl Iterator<Item = Element<'_>> {
    let mut stack: Vec<usize> = children(tree, at).rev().collect();
    std::iter::from_fn(move || {
        loop {
            let at = stack.pop()?;
            stack.extend(children(tree, at).rev());
            if let Some(element) = element(tree, at) {
                return Some(element);
            }
        }
    })
}

/// The elements right in a node.
pub(super) fn inside(tree: &Tree, at: usize) -> impl Iterator<Item = Element<'_>> {
    children(tree, at).filter_map(|at| element(tree, at))
}

fn children(tree: &Tree, at: usize) -> impl DoubleEndedIterator<Item = usize> {
    tree.get(at).map(|node| node.children.as_slice()).unwrap_or_default().iter().copied()
}

fn element(tree: &Tree, at: usize) -> Option<Element<'_>> {
    match &tree.get(at)?.what {
        What::Element { name, attrs, .. } => Some(Element { at, name: local(name), attrs }),
        _ => None,
    }
}

/// All the words in a node.
pub(super) fn words(tree: &Tree, at: usize) -> String {
    let mut out = String::new();
    let mut stack = vec![at];
    while let Some(at) = stack.pop() {
        if let Some(What::Text(text)) = tree.get(at).map(|node| &node.what) {
            out.push_str(text);
        }
        stack.extend(children(tree, at).rev());
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
}

/// Reads the list, which stands at `name`.
pub(super) fn read(tree: &Tree, name: &str) -> Result<Opf, Refusal> {
    let fault = || Refusal::malformed("a book's list with another root");
    let root = inside(tree, 0).next().filter(|root| root.name == "package").ok_or_else(fault)?;
    let mut opf = Opf::default();
    let mut ids = BTreeMap::new();
    let (mut order, mut cover) = (Vec::new(), None);
    let mut ncx = None;
    for part in inside(tree, root.at) {
        match part.name {
            "metadata" => cover = opf.metadata(tree, part.at),
            "manifest" => opf.manifest(tree, part.at, directory(name), &mut ids),
            "spine" => {
                opf.direction = match part.get("page-progression-direction") {
                    Some("rtl") => Some("rtl"),
                    Some("ltr") => Some("ltr"),
                    _ => None,
                };
                ncx = part.get("toc");
                for page in inside(tree, part.at).filter(|page| page.name == "itemref") {
                    order.push((page.get("idref"), page.get("linear") != Some("no")));
                }
            }
            _ => {}
        }
    }
    let path = |id: Option<&str>| id.and_then(|id| ids.get(id)).cloned();
    let mut met = BTreeSet::new();
    for (id, linear) in order {
        if let Some(path) = path(id)
            && met.insert(path.clone())
        {
            opf.spine.push((path, linear));
        }
    }
    opf.ncx = path(ncx).or(opf.ncx);
    opf.cover = opf.cover.or_else(|| path(cover.as_deref()));
    if opf.spine.is_empty() {
        return Err(Refusal::malformed("a book without pages"));
    }
    Ok(opf)
}

impl Opf {
    /// What the book says of itself; the id of the picture on its cover is given back.
    fn metadata(&mut self, tree: &Tree, at: usize) -> Option<String> {
        let mut cover = None;
        for said in below(tree, at) {
            let name = said.name.to_owned();
            let property = said.get("property").or_else(|| said.get("name")).unwrap_or_default();
            let value = match said.get("content") {
                Some(value) => value.to_owned(),
                None => words(tree, said.at),
            };
            match (name.as_str(), property) {
                ("meta", "cover") => cover = Some(value),
                ("language", _) if self.language.is_none() && is_language(&value) => {
                    self.language = Some(value);
                }
                (_, "rendition:layout") => self.looks |= value != "reflowable",
                _ => self.said.push((name, property.to_owned(), value)),
            }
        }
        cover
    }

    fn manifest(
        &mut self,
        tree: &Tree,
        at: usize,
        directory: &str,
        ids: &mut BTreeMap<String, String>,
    ) {
        for item in inside(tree, at).filter(|item| item.name == "item") {
            let Some(path) = item.get("href").and_then(|href| resolve(directory, href)) else {
                continue;
            };
            let media = item.get("media-type").unwrap_or_default().to_ascii_lowercase();
            let properties = item.get("properties").unwrap_or_default();
            let is = |wanted: &str| properties.split_ascii_whitespace().any(|p| p == wanted);
            if is("nav") && self.contents.is_none() {
                self.contents = Some(path.clone());
            }
            if is("cover-image") && self.cover.is_none() {
                self.cover = Some(path.clone());
            }
            if media == "application/x-dtbncx+xml" && self.ncx.is_none() {
                self.ncx = Some(path.clone());
            }
            if let Some(id) = item.get("id") {
                ids.entry(id.to_owned()).or_insert_with(|| path.clone());
            }
            self.media.entry(path).or_insert(media);
        }
    }

    /// Whether a member is a page.
    pub(super) fn is_page(&self, path: &str) -> bool {
        match self.media.get(path).map(String::as_str) {
            Some("application/xhtml+xml" | "text/html" | "text/x-oeb1-document") => true,
            Some(media) if !media.is_empty() && media != "application/octet-stream" => false,
            _ => {
                let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
                matches!(ending.as_str(), "xhtml" | "html" | "htm")
            }
        }
    }

    /// Notes what the book said of itself.
    pub(super) fn tell(&self, tally: &Tally) {
        for (name, property, words) in &self.said {
            if words.is_empty() {
                continue;
            }
            let what = if property.is_empty() { name } else { property };
            let short: String = what.chars().take(40).collect();
            tally.removed(class(what), &format!("book: {short}"), words);
        }
        if self.looks {
            let words = "pages of a fixed size; they flow in the copy";
            tally.removed(Class::Software, &format!("book: {words}"), "");
        }
    }
}

fn class(what: &str) -> Class {
    let lower = what.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match () {
        () if has(&[
            "creator",
            "contributor",
            "publisher",
            "author",
            "file-as",
            "role",
            "rights",
        ]) =>
        {
            Class::Person
        }
        () if has(&["date", "modified", "timestamp", "issued"]) => Class::Time,
        () if has(&["generator", "version", "builder"]) => Class::Software,
        () if has(&["title", "description", "subject", "coverage", "series"]) => Class::Comment,
        () if has(&["source", "relation", "link"]) => Class::Link,
        () => Class::Identifier,
    }
}
