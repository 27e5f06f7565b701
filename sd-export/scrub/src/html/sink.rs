//! Where html5ever puts what it reads: a tree of ours, within bounds.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, ExpandedName, LocalName, QualName, ns};

use crate::Refusal;
use crate::markup::{Attr, MAX_DEPTH, Space, Tree, What};

/// A node, with its name as html5ever asks for it.
#[derive(Clone, Debug)]
pub(super) struct Handle {
    at: usize,
    name: Rc<QualName>,
}

/// The tree as far as it is read.
pub(super) struct Sink {
    tree: RefCell<Tree>,
    depths: RefCell<Vec<usize>>,
    document: Handle,
    fault: RefCell<Option<Refusal>>,
    quirks: Cell<bool>,
}

impl Sink {
    pub(super) fn new() -> Self {
        let name = Rc::new(QualName::new(None, ns!(), LocalName::from("")));
        Self {
            tree: RefCell::new(Tree::new()),
            depths: RefCell::new(vec![0]),
            document: Handle { at: 0, name },
            fault: RefCell::new(None),
            quirks: Cell::new(true),
        }
    }

    /// Why reading must stop, once it must.
    pub(super) fn fault(&self) -> Option<Refusal> {
        self.fault.borrow().clone()
    }

    fn add(&self, what: What) -> usize {
        match self.tree.borrow_mut().add(what) {
            Ok(at) => at,
            Err(why) => {
                self.fault.borrow_mut().get_or_insert(why);
                0
            }
        }
    }

    /// Puts a node in its place, unless it would stand too deep.
    fn place(&self, parent: usize, index: Option<usize>, child: usize) {
        if child == 0 || child == parent {
            return;
        }
        let mut depths = self.depths.borrow_mut();
        let depth = depths.get(parent).copied().unwrap_or_default().saturating_add(1);
        if depth > MAX_DEPTH {
            let what = "nesting of elements".to_owned();
            let why = Refusal::TooLarge { what, limit: MAX_DEPTH as u64 };
            self.fault.borrow_mut().get_or_insert(why);
            return;
        }
        if depths.len() <= child {
            depths.resize(child.saturating_add(1), 0);
        }
        if let Some(own) = depths.get_mut(child) {
            *own = depth;
        }
        let mut tree = self.tree.borrow_mut();
        tree.remove(child);
        match index {
            Some(index) => tree.insert(parent, index, child),
            None => tree.append(parent, child),
        }
    }

    fn text(&self, parent: usize, index: Option<usize>, text: &str) {
        let mut tree = self.tree.borrow_mut();
        let index = index.or_else(|| tree.get(parent).map(|node| node.children.len()));
        if let Err(why) = tree.text(parent, index.unwrap_or_default(), text) {
            self.fault.borrow_mut().get_or_insert(why);
        }
    }

    fn put(&self, parent: usize, index: Option<usize>, child: NodeOrText<Handle>) {
        match child {
            NodeOrText::AppendNode(node) => self.place(parent, index, node.at),
            NodeOrText::AppendText(text) => self.text(parent, index, &text),
        }
    }
}

fn attribute(attr: &Attribute) -> Attr {
    let name = match &attr.name.prefix {
        Some(prefix) => [prefix, ":", &attr.name.local].concat(),
        None => attr.name.local.to_string(),
    };
    Attr { name, value: attr.value.to_string() }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Result<Tree, Refusal>;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self::Output {
        if let Some(why) = self.fault.into_inner() {
            return Err(why);
        }
        let mut tree = self.tree.into_inner();
        tree.standard = !self.quirks.get();
        Ok(tree)
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        self.document.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let attrs = attrs.iter().map(attribute).collect();
        let space = Space::of(&name.ns);
        let at = self.add(What::Element { space, name: name.local.to_string(), attrs });
        Handle { at, name: Rc::new(name) }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        let at = self.add(What::Comment(text.to_string()));
        Handle { at, name: Rc::clone(&self.document.name) }
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> Handle {
        self.create_comment([&target, " ", &data].concat().into())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.put(parent.at, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        prev_element: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let has_parent = self.tree.borrow().get(element.at).is_some_and(|n| n.parent.is_some());
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.at == y.at
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.quirks.set(mode == QuirksMode::Quirks);
    }

    fn append_before_sibling(&self, sibling: &Handle, new: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &new {
            self.tree.borrow_mut().remove(node.at);
        }
        let place = {
            let tree = self.tree.borrow();
            let parent = tree.get(sibling.at).and_then(|node| node.parent);
            parent.and_then(|parent| {
                let children = &tree.get(parent)?.children;
                Some((parent, children.iter().rposition(|child| *child == sibling.at)?))
            })
        };
        if let Some((parent, index)) = place {
            self.put(parent, Some(index), new);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        self.tree.borrow_mut().add_attrs(target.at, attrs.iter().map(attribute));
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().remove(target.at);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let children = self.tree.borrow().get(node.at).map(|node| node.children.clone());
        for child in children.unwrap_or_default() {
            self.place(new_parent.at, None, child);
        }
    }
}
