//! The walk through a book: its pages in their order, then what they lead to and show.

use std::collections::{BTreeMap, VecDeque};

use super::host::Here;
use super::package::{Package, directory};
use super::{Bytes, leftovers};
use crate::css::{Css, Host as _};
use crate::markup::{self, Tree, picture_type};
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Tally};
use crate::{Detected, Format, Refusal, detect, html, text};

/// A clean page, or a drawing that stands for one.
#[derive(PartialEq, Eq)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) bytes: Bytes,
    pub(super) format: Format,
    /// Whether a reader comes to it by turning pages; `None`: it is only the contents.
    pub(super) linear: Option<bool>,
}

impl Page {
    pub(super) fn is_text(&self) -> bool {
        self.format == Format::Html
    }
}

/// The clean book.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Clean {
    pub(super) pages: Vec<Page>,
    pub(super) sheets: BTreeMap<String, Bytes>,
    pub(super) pictures: BTreeMap<String, (Format, Bytes)>,
    /// The names of the page of contents and of the picture on the cover.
    pub(super) contents: String,
    pub(super) cover: Option<String>,
    pub(super) language: Option<String>,
    pub(super) direction: Option<&'static str>,
}

/// A book while it is walked through.
pub(super) struct Book<'b> {
    pub(super) package: &'b Package,
    pub(super) names: &'b Names,
    /// None: the book is clean, and so are its pictures.
    nest: Option<&'b Nest<'b>>,
    tally: &'b Tally,
    findings: Findings,
    clean: Clean,
    /// What members are called in the clean book; `None`: they are not in it.
    known: BTreeMap<String, Option<String>>,
    /// How many names of each kind there are.
    counts: BTreeMap<char, u64>,
    /// Pages and styles that are still to be written.
    pages: VecDeque<(String, Option<bool>)>,
    sheets: VecDeque<String>,
}

impl<'b> Book<'b> {
    /// The clean book, and what was met in its pictures.
    pub(super) fn clean(
        package: &'b Package,
        nest: Option<&'b Nest<'b>>,
        (names, tally): (&'b Names, &'b Tally),
    ) -> Result<(Clean, Findings), Refusal> {
        let opf = &package.opf;
        let mut book = Self {
            package,
            names,
            nest,
            tally,
            findings: Findings::default(),
            clean: Clean { language: opf.language.clone(), ..Clean::default() },
            known: BTreeMap::new(),
            counts: BTreeMap::new(),
            pages: VecDeque::new(),
            sheets: VecDeque::new(),
        };
        book.clean.direction = opf.direction;
        opf.tell(tally);
        for (path, linear) in &opf.spine {
            book.reserve(path, Some(*linear));
        }
        if let Some(name) = opf.contents.as_deref().and_then(|path| book.reserve(path, None)) {
            book.clean.contents = name;
        }
        while let Some((path, linear)) = book.pages.pop_front() {
            book.write_page(&path, linear)?;
        }
        book.cover()?;
        while let Some(path) = book.sheets.pop_front() {
            book.write_sheet(&path)?;
        }
        if book.clean.pages.iter().all(|page| page.linear.is_none()) {
            return Err(Refusal::malformed("a book without pages"));
        }
        leftovers::tell(package, &book.known, tally);
        Ok((book.clean, book.findings))
    }

    fn name(&mut self, kind: char, ending: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        *count = count.saturating_add(1);
        format!("{kind}{count}.{ending}")
    }

    /// Gives a page its name before it is written, so that others can lead to it.
    fn reserve(&mut self, path: &str, linear: Option<bool>) -> Option<String> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let bytes = self.package.part(path)?;
        let drawing = !self.package.opf.is_page(path);
        if drawing && detect(bytes) != Detected::Known(Format::Svg) {
            return None;
        }
        let name = self.name('p', if drawing { "svg" } else { "xhtml" });
        self.known.insert(path.to_owned(), Some(name.clone()));
        self.pages.push_back((path.to_owned(), linear));
        Some(name)
    }

    /// What a page is called that something leads to. It may stand outside of the order.
    pub(super) fn page(&mut self, path: &str) -> Option<String> {
        if !self.known.contains_key(path) && !self.package.opf.is_page(path) {
            return None;
        }
        self.reserve(path, Some(false))
    }

    fn write_page(&mut self, path: &str, linear: Option<bool>) -> Result<(), Refusal> {
        let Some(name) = self.known.get(path).cloned().flatten() else { return Ok(()) };
        let package = self.package;
        let Some(bytes) = package.part(path) else { return Ok(()) };
        if !package.opf.is_page(path) {
            let Some((format, bytes)) = self.cleaned(bytes, path)? else {
                self.known.insert(path.to_owned(), None);
                return Ok(());
            };
            self.clean.pages.push(Page { name, bytes, format, linear });
            return Ok(());
        }
        let mut met = Findings::default();
        let page = html::tree(bytes, &mut met).and_then(|tree| self.html(&tree, directory(path)));
        self.findings.absorb("page", met);
        match page {
            Ok(text) => {
                let (bytes, format) = (Bytes::new(text.into_bytes()), Format::Html);
                self.clean.pages.push(Page { name, bytes, format, linear });
                Ok(())
            }
            // A book without one of its pages is another book.
            Err(why) => Err(why.inside(&crate::wording::escape(path))),
        }
    }

    fn html(&mut self, tree: &Tree, directory: &str) -> Result<String, Refusal> {
        let (names, tally) = (self.names, self.tally);
        let mut here = Here { book: self, directory: directory.to_owned() };
        html::page(tree, names, tally, &mut here)
    }

    /// What a style sheet is called.
    pub(super) fn sheet(&mut self, path: &str) -> Option<String> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let decoded = text::decode(self.package.part(path)?);
        let name = decoded.map(|_| self.name('s', "css"));
        self.known.insert(path.to_owned(), name.clone());
        if name.is_some() {
            self.sheets.push_back(path.to_owned());
        }
        name
    }

    fn write_sheet(&mut self, path: &str) -> Result<(), Refusal> {
        let Some(name) = self.known.get(path).cloned().flatten() else { return Ok(()) };
        let decoded = self.package.part(path).and_then(|bytes| text::decode(bytes));
        let text = decoded.map(|(text, _)| text).unwrap_or_default();
        let (names, tally) = (self.names, self.tally);
        let mut here = Here { book: self, directory: directory(path).to_owned() };
        let mut css = Css { names, tally, host: &mut here, place: "style sheet" };
        let sheet = css.sheet(&text)?;
        self.clean.sheets.insert(name, Bytes::new(sheet.into_bytes()));
        Ok(())
    }

    /// What a picture is called; it is cleaned when it is first met.
    pub(super) fn picture(&mut self, path: &str) -> Result<Option<String>, Refusal> {
        if let Some(known) = self.known.get(path) {
            return Ok(known.clone());
        }
        let package = self.package;
        let Some(bytes) = package.part(path) else { return Ok(None) };
        let name = match self.cleaned(bytes, path)? {
            Some((format, bytes)) => {
                let name = self.name('i', format.extension());
                self.clean.pictures.insert(name.clone(), (format, bytes));
                Some(name)
            }
            None => None,
        };
        self.known.insert(path.to_owned(), name.clone());
        Ok(name)
    }

    /// A picture, cleaned by its own module; `None`: it is none, or is left out.
    fn cleaned(&mut self, bytes: &Bytes, path: &str) -> Result<Option<(Format, Bytes)>, Refusal> {
        let Some(nest) = self.nest else {
            return Ok(match detect(bytes) {
                Detected::Known(format) => Some((format, Bytes::clone(bytes))),
                Detected::Unknown(_) => None,
            });
        };
        let Some(inner) = nest.member(bytes, path, &mut self.findings)? else { return Ok(None) };
        if picture_type(inner.format).is_none() {
            let words = format!("{path}: a {} is no picture", inner.format);
            self.tally.removed(Class::Link, "picture that is none", &words);
            return Ok(None);
        }
        Ok(Some((inner.format, Bytes::new(inner.bytes))))
    }

    /// A picture that an address holds itself.
    pub(super) fn held(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        match self.nest {
            Some(nest) => markup::picture(address, nest, &mut self.findings),
            None => markup::Cleaned.shown(address),
        }
    }

    fn cover(&mut self) -> Result<(), Refusal> {
        let package = self.package;
        if let Some(path) = package.opf.cover.as_deref().filter(|path| package.part(path).is_some())
        {
            // Old books name the page with the cover, not the picture.
            if !package.opf.is_page(path) {
                self.clean.cover = self.picture(path)?;
            }
        }
        Ok(())
    }
}
