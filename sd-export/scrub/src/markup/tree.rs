//! A page or a drawing as a tree, whichever reader it came from.

use crate::Refusal;

/// Most nodes of one tree. A long report as HTML has 100,000.
const MAX_NODES: usize = 2_000_000;
/// Deepest nesting. Pages written by programs reach 60.
pub(crate) const MAX_DEPTH: usize = 300;

/// The family of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Space {
    Html,
    Svg,
    Math,
    /// Of a program, or of no family.
    Other,
}

impl Space {
    pub(crate) const HTML: &'static str = "http://www.w3.org/1999/xhtml";
    pub(crate) const SVG: &'static str = "http://www.w3.org/2000/svg";
    pub(crate) const MATH: &'static str = "http://www.w3.org/1998/Math/MathML";

    pub(crate) fn of(name: &str) -> Self {
        match name {
            Self::HTML => Self::Html,
            Self::SVG => Self::Svg,
            Self::MATH => Self::Math,
            _ => Self::Other,
        }
    }
}

/// An attribute: with its family in front where it has one, such as `xlink:href`.
#[derive(Clone, Debug)]
pub(crate) struct Attr {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The document itself.
    Document,
    Element {
        space: Space,
        name: String,
        attrs: Vec<Attr>,
    },
    Text(String),
    Comment(String),
}

/// A node and its place.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) what: What,
    pub(crate) children: Vec<usize>,
    pub(crate) parent: Option<usize>,
}

/// All nodes; the first one is the document.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    /// Whether a browser shows it by the standard, which its document type decides.
    pub(crate) standard: bool,
    /// Comments and instructions that the reader passed over.
    pub(crate) passed: u64,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let document = Node { what: What::Document, children: Vec::new(), parent: None };
        Self { nodes: vec![document], standard: false, passed: 0 }
    }

    /// A new node without a place.
    pub(crate) fn add(&mut self, what: What) -> Result<usize, Refusal> {
        if self.nodes.len() >= MAX_NODES {
            let what = "elements and texts of one page".to_owned();
            return Err(Refusal::TooLarge { what, limit: MAX_NODES as u64 });
        }
        self.nodes.push(Node { what, children: Vec::new(), parent: None });
        Ok(self.nodes.len().saturating_sub(1))
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// Puts a node behind the other children of `parent`.
    pub(crate) fn append(&mut self, parent: usize, child: usize) {
        let at = self.nodes.get(parent).map_or(0, |node| node.children.len());
        self.insert(parent, at, child);
    }

    pub(crate) fn insert(&mut self, parent: usize, at: usize, child: usize) {
        if let Some(node) = self.nodes.get_mut(parent) {
            let at = at.min(node.children.len());
            node.children.insert(at, child);
        }
        if let Some(node) = self.nodes.get_mut(child) {
            node.parent = Some(parent);
        }
    }

    /// Adds text behind what `parent` holds before place `at`, to the text there if there is one.
    pub(crate) fn text(&mut self, parent: usize, at: usize, text: &str) -> Result<(), Refusal> {
        let before = at.checked_sub(1);
        let before = before.and_then(|at| self.nodes.get(parent)?.children.get(at).copied());
        if let Some(What::Text(all)) =
            before.and_then(|at| self.nodes.get_mut(at)).map(|node| &mut node.what)
        {
            all.push_str(text);
            return Ok(());
        }
        let new = self.add(What::Text(text.to_owned()))?;
        self.insert(parent, at, new);
        Ok(())
    }

    pub(crate) fn remove(&mut self, child: usize) {
        let parent = self.nodes.get_mut(child).and_then(|node| node.parent.take());
        if let Some(node) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            // What moves was put there last.
            if let Some(at) = node.children.iter().rposition(|other| *other == child) {
                node.children.remove(at);
            }
        }
    }

    /// Adds attributes that are not there yet.
    pub(crate) fn add_attrs(&mut self, at: usize, new: impl Iterator<Item = Attr>) {
        let Some(What::Element { attrs, .. }) = self.nodes.get_mut(at).map(|node| &mut node.what)
        else {
            return;
        };
        for attr in new {
            if !attrs.iter().any(|other| other.name == attr.name) {
                attrs.push(attr);
            }
        }
    }

    /// Whether the root is this element of a page.
    pub(crate) fn is_rooted(&self, wanted: &str) -> bool {
        let root = self.root().and_then(|at| self.get(at)).map(|node| &node.what);
        matches!(root, Some(What::Element { space: Space::Html, name, .. }) if name == wanted)
    }

    /// The root element.
    pub(crate) fn root(&self) -> Option<usize> {
        let document = self.get(0)?;
        let element = |at: &usize| {
            self.get(*at).is_some_and(|node| matches!(node.what, What::Element { .. }))
        };
        document.children.iter().copied().find(element)
    }
}
