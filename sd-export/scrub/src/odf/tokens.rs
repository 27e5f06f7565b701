//! A document as a list of tags and texts, and how such a list is written. Only for what has to be
//! put in another order before the tables are asked.

use std::collections::BTreeMap;

use crate::Refusal;
use crate::xml::{Event, Reader, escape_attribute, escape_text};

const TEXT: &str = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";

/// A tag with its names resolved.
#[derive(Clone)]
pub(super) struct Tag {
    space: String,
    pub(super) name: String,
    attrs: Vec<(String, String, String)>,
}

/// One piece of a document.
pub(super) enum Token {
    Open(Tag),
    Text(String),
    Close,
}

impl Tag {
    /// Its name, if it is one of the namespace for texts.
    pub(super) fn text_name(&self) -> Option<&str> {
        (self.space == TEXT).then_some(self.name.as_str())
    }

    /// The value of an attribute, whatever its namespace.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(_, n, _)| n == name).map(|(_, _, value)| value.as_str())
    }
}

/// All pieces of a document.
pub(super) fn read(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut reader = Reader::new(text);
    let mut out = Vec::new();
    while let Some(event) = reader.next()? {
        out.push(match event {
            Event::Open(tag) => {
                let attrs = tag.attrs.iter();
                let attrs =
                    attrs.map(|a| (a.space.to_owned(), a.name.to_owned(), a.value.to_string()));
                let attrs = attrs.collect();
                Token::Open(Tag { space: tag.space.to_owned(), name: tag.name.to_owned(), attrs })
            }
            Event::Text(text) => Token::Text(text.into_owned()),
            Event::Close => Token::Close,
        });
    }
    Ok(out)
}

/// A document as it is written.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
    /// Prefixes of the namespaces that were met.
    prefixes: BTreeMap<String, String>,
    open: Vec<Tag>,
    /// Where the declarations belong.
    root: Option<usize>,
}

impl Writer {
    pub(super) fn open(&mut self, tag: &Tag) {
        let name = self.qualified(&tag.space, &tag.name);
        self.out.push_str(&["<", &name].concat());
        self.root.get_or_insert(self.out.len());
        for (space, name, value) in &tag.attrs {
            let name = self.qualified(space, name);
            self.out.push_str(&[" ", &name, "=\""].concat());
            escape_attribute(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push('>');
        self.open.push(tag.clone());
    }

    pub(super) fn text(&mut self, text: &str) {
        escape_text(&mut self.out, text);
    }

    pub(super) fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            let name = self.qualified(&tag.space, &tag.name);
            self.out.push_str(&["</", &name, ">"].concat());
        }
    }

    /// Whether the innermost element that is open is a paragraph.
    pub(super) fn in_paragraph(&self) -> bool {
        self.open.iter().any(|tag| matches!(tag.text_name(), Some("p" | "h")))
    }

    /// Ends the paragraph that is open, with all that is open in it, and gives it back.
    pub(super) fn leave_paragraph(&mut self) -> Vec<Tag> {
        let at = self.open.iter().rposition(|tag| matches!(tag.text_name(), Some("p" | "h")));
        let Some(at) = at else { return Vec::new() };
        let again = self.open.get(at..).unwrap_or_default().to_vec();
        for _ in &again {
            self.close();
        }
        again
    }

    pub(super) fn enter_paragraph(&mut self, tags: Vec<Tag>) {
        for tag in tags {
            self.open(&tag);
        }
    }

    /// Ends the paragraph that is open and starts this one in its place.
    pub(super) fn next_paragraph(&mut self, tag: &Tag) {
        let mut again = self.leave_paragraph();
        if let Some(first) = again.first_mut() {
            first.clone_from(tag);
        }
        self.enter_paragraph(again);
    }

    /// The document, with its prefixes declared in its root.
    pub(super) fn finish(mut self) -> String {
        let declared = self.prefixes.iter().fold(String::new(), |mut all, (space, prefix)| {
            all.push_str(&[" xmlns:", prefix, "=\""].concat());
            escape_attribute(&mut all, space);
            all.push('"');
            all
        });
        self.out.insert_str(self.root.unwrap_or_default(), &declared);
        self.out
    }

    fn qualified(&mut self, space: &str, name: &str) -> String {
        match space {
            "" => name.to_owned(),
            "http://www.w3.org/XML/1998/namespace" => format!("xml:{name}"),
            space => {
                let next = format!("n{}", self.prefixes.len());
                let prefix = self.prefixes.entry(space.to_owned()).or_insert(next);
                format!("{prefix}:{name}")
            }
        }
    }
}
