//! The allow-list writer: a tree goes in, and what the tables keep comes out, in one form.

use super::attrs::Attrs;
use super::table;
use super::table::{Act, Table};
use super::tree::{Attr, Space, Tree, What};
use crate::Refusal;
use crate::css::{Css, Host};
use crate::report::Class;
use crate::text;
use crate::xml::{Names, Tally, escape_attribute, escape_text};

/// What one page or drawing is written with.
pub(crate) struct Cleaner<'a> {
    pub(crate) names: &'a Names,
    pub(crate) tally: &'a Tally,
    pub(crate) host: &'a mut dyn Host,
    /// The file, in our words.
    pub(crate) place: &'a str,
}

/// What asks for a style sheet, up to its name.
pub(super) const SHEET: &str = "<link rel=\"stylesheet\" type=\"text/css\" href=\"";

/// What is still to be done.
enum Step {
    Node(usize),
    Close { name: &'static str, content: usize, space: Space, void: bool },
}

/// One run over one tree.
struct Run<'r, 'a> {
    cleaner: &'r mut Cleaner<'a>,
    tree: &'r Tree,
    out: String,
    steps: Vec<Step>,
    /// The kept elements that are open.
    open: Vec<(Space, &'static str, Act)>,
    tag_open: bool,
}

impl Cleaner<'_> {
    /// Writes a tree anew, from its root on.
    pub(crate) fn run(&mut self, tree: &Tree) -> Result<String, Refusal> {
        let root = tree.root().ok_or_else(|| Refusal::malformed("a page without a root"))?;
        let mut run = Run {
            cleaner: self,
            tree,
            out: String::new(),
            steps: Vec::new(),
            open: Vec::new(),
            tag_open: false,
        };
        run.comments();
        run.steps.push(Step::Node(root));
        while let Some(step) = run.steps.pop() {
            match step {
                Step::Node(at) => run.node(at)?,
                Step::Close { name, content, space, void } => run.close(name, content, space, void),
            }
        }
        Ok(run.out)
    }

    pub(super) fn note(&self, class: Class, what: &str, quote: &str) {
        self.tally.removed(class, &[self.place, ": ", what].concat(), quote);
    }
}

impl Run<'_, '_> {
    /// Tells of what stands outside of the root, or was passed over.
    fn comments(&mut self) {
        if self.tree.passed > 0 {
            self.cleaner.note(
                Class::Comment,
                "comments and instructions",
                &self.tree.passed.to_string(),
            );
        }
        let outside = self.tree.get(0).map(|node| node.children.as_slice()).unwrap_or_default();
        for at in outside {
            if let Some(What::Comment(words)) = self.tree.get(*at).map(|node| &node.what) {
                self.comment(words);
            }
        }
    }

    fn comment(&self, words: &str) {
        let start = words.trim_start().to_ascii_lowercase();
        let (class, what) = match () {
            () if start.starts_with("saved from url") => {
                (Class::Location, "where the page was saved from")
            }
            () if start.starts_with("[if") || start.starts_with("[endif") => {
                (Class::Software, "comment for one program")
            }
            () => (Class::Comment, "comment"),
        };
        self.cleaner.note(class, what, words.get(..400).unwrap_or(words));
    }

    fn node(&mut self, at: usize) -> Result<(), Refusal> {
        let tree = self.tree;
        let Some(node) = tree.get(at) else { return Ok(()) };
        match &node.what {
            What::Document => {}
            What::Comment(words) => self.comment(words),
            What::Text(text) => self.text(text),
            What::Element { space, name, attrs } => self.element(at, *space, name, attrs)?,
        }
        Ok(())
    }

    fn children(&mut self, at: usize) {
        if let Some(node) = self.tree.get(at) {
            self.steps.extend(node.children.iter().rev().map(|child| Step::Node(*child)));
        }
    }

    fn element(
        &mut self,
        at: usize,
        space: Space,
        name: &str,
        attrs: &[Attr],
    ) -> Result<(), Refusal> {
        if space == Space::Html && name == "link" && self.sheet(attrs) {
            return Ok(());
        }
        let found = table(space).and_then(|table| Some((table, table.act(name)?)));
        let Some((table, (name, act))) = found else {
            return self.unknown(at, space, name, attrs);
        };
        if self.open.is_empty()
            && !matches!((space, name), (Space::Svg, "svg") | (Space::Html, "html"))
        {
            return Err(Refusal::malformed("a page or drawing with another root"));
        }
        match act {
            Act::Drop(class) => self.drop(class, name, at, attrs),
            Act::Unwrap => {
                self.unwrapped(name, attrs);
                // The words of fields do not run into those before them.
                if space == Space::Html && !self.tag_open {
                    self.out.push(' ');
                }
                self.children(at);
            }
            Act::Style => self.style(at, space, table, attrs)?,
            Act::Keep | Act::Text | Act::Void => self.keep(at, (space, name, act), table, attrs)?,
        }
        Ok(())
    }

    /// Asks for a style sheet that is a part of the same book.
    fn sheet(&mut self, attrs: &[Attr]) -> bool {
        let get = |wanted: &str| {
            let found = attrs.iter().find(|attr| attr.name == wanted);
            found.map(|attr| attr.value.trim()).unwrap_or_default()
        };
        let is_one = get("rel").eq_ignore_ascii_case("stylesheet")
            && self.open.last().is_some_and(|(_, name, _)| *name == "head");
        let Some(name) = Some(get("href")).filter(|_| is_one) else { return false };
        let Some(name) = self.cleaner.host.sheet(name) else { return false };
        self.end_tag();
        self.out.extend([SHEET, &name, "\"/>"]);
        true
    }

    /// An element that no table names: in a page its words stay, in a drawing it goes.
    fn unknown(
        &mut self,
        at: usize,
        space: Space,
        name: &str,
        attrs: &[Attr],
    ) -> Result<(), Refusal> {
        let short: String = name.chars().take(40).collect();
        if self.open.is_empty() {
            return Err(Refusal::malformed("a page or drawing with another root"));
        }
        let office = name.contains(':') && !matches!(name, "o:p" | "w:sdt");
        if space == Space::Html && !office && name != "xml" {
            self.unwrapped(&short, attrs);
            self.children(at);
        } else {
            let class = match short.split(':').next().unwrap_or_default() {
                "inkscape" | "sodipodi" | "adobe" | "sketch" | "figma" | "serif" | "corel"
                | "vectornator" => Class::Software,
                "rdf" | "cc" | "dc" => Class::Person,
                _ => Class::Unknown,
            };
            self.drop(class, &["element not on the list: ", &short].concat(), at, attrs);
        }
        Ok(())
    }

    fn unwrapped(&mut self, name: &str, attrs: &[Attr]) {
        let quote = values(attrs);
        let what = format!("element {name}: what is in it stays");
        self.cleaner.note(Class::Unknown, &what, &quote);
    }

    fn drop(&mut self, class: Class, name: &str, at: usize, attrs: &[Attr]) {
        let mut quote = values(attrs);
        if !quote.is_empty() {
            quote.push(' ');
        }
        words(self.tree, at, &mut quote);
        self.cleaner.note(class, name, &quote);
    }

    fn keep(
        &mut self,
        at: usize,
        (space, name, act): (Space, &'static str, Act),
        table: &'static Table,
        attrs: &[Attr],
    ) -> Result<(), Refusal> {
        if space == Space::Html && name == "meta" {
            self.meta(attrs);
            return Ok(());
        }
        let outermost = self.open.last().is_none_or(|(outer, _, _)| *outer != space);
        let written = Attrs { cleaner: self.cleaner, space, table, name }.all(attrs)?;
        if let Some(needed) = table.needs(name)
            && !written.iter().any(|(attr, _)| *attr == needed)
        {
            let tiny = |side: &str| {
                attrs
                    .iter()
                    .any(|a| a.name == side && matches!(a.value.trim(), "0" | "1" | "0px" | "1px"))
            };
            let what = match (name, tiny("width") && tiny("height")) {
                ("img", true) => "picture of one dot: it tells a server who reads",
                ("img" | "image" | "feImage", false) => "picture that is not in the file",
                _ => name,
            };
            self.cleaner.note(Class::Link, what, &values(attrs));
            return Ok(());
        }
        self.open_tag(name, space, outermost, &written);
        let void = act == Act::Void;
        let content = self.out.len();
        self.open.push((space, name, act));
        self.steps.push(Step::Close { name, content, space, void });
        if void {
            // Nothing belongs there; what stands there all the same is shown behind it.
            let close = self.steps.pop();
            self.children(at);
            self.steps.extend(close);
            return Ok(());
        }
        self.children(at);
        if space == Space::Html && (name == "head" || (name == "html" && !self.has_head(at))) {
            self.charset(name == "html");
        }
        Ok(())
    }

    fn has_head(&self, at: usize) -> bool {
        let children = self.tree.get(at).map(|node| node.children.as_slice()).unwrap_or_default();
        children.iter().any(|child| {
            matches!(self.tree.get(*child).map(|n| &n.what),
                Some(What::Element { space: Space::Html, name, .. }) if name == "head")
        })
    }

    /// Says in which encoding the copy is, first of all.
    fn charset(&mut self, with_head: bool) {
        self.end_tag();
        let meta = "<meta charset=\"utf-8\"/>";
        if with_head {
            self.out.extend(["<head>", meta, "</head>"]);
        } else {
            self.out.push_str(meta);
        }
    }

    fn meta(&mut self, attrs: &[Attr]) {
        let get = |wanted: &str| {
            let found = attrs.iter().find(|attr| attr.name.eq_ignore_ascii_case(wanted));
            found.map(|attr| attr.value.as_str()).unwrap_or_default()
        };
        let name = [get("name"), get("property"), get("http-equiv"), get("itemprop")].concat();
        let lower = name.to_ascii_lowercase();
        let plain = ["content-type", "viewport", "x-ua-compatible"].contains(&lower.as_str());
        if (lower.is_empty() && !get("charset").is_empty()) || plain {
            return;
        }
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let class = match () {
            () if has(&[
                "author",
                "creator",
                "publisher",
                "contributor",
                "twitter:site",
                "reply",
                "owner",
            ]) =>
            {
                Class::Person
            }
            () if has(&["generator", "progid", "originator", "application"]) => Class::Software,
            () if has(&["date", "time", "created", "modified", "changed"]) => Class::Time,
            () if has(&["geo", "position", "location"]) => Class::Location,
            () if has(&["refresh", "url", "image", "csrf", "policy"]) => Class::Link,
            () if has(&["description", "keywords", "title", "subject"]) => Class::Comment,
            () => Class::Identifier,
        };
        let short: String = name.chars().take(40).collect();
        self.cleaner.note(class, &["meta: ", &short].concat(), get("content"));
    }

    fn style(
        &mut self,
        at: usize,
        space: Space,
        table: &'static Table,
        attrs: &[Attr],
    ) -> Result<(), Refusal> {
        let kind = attrs.iter().find(|attr| attr.name == "type").map(|attr| attr.value.trim());
        let mut text = String::new();
        for child in self.tree.get(at).map(|node| node.children.as_slice()).unwrap_or_default() {
            if let Some(What::Text(words)) = self.tree.get(*child).map(|node| &node.what) {
                text.push_str(words);
            }
        }
        if kind.is_some_and(|kind| !kind.is_empty() && !kind.eq_ignore_ascii_case("text/css")) {
            self.cleaner.note(Class::Unknown, "style in another language", &text);
            return Ok(());
        }
        let Cleaner { names, tally, place, .. } = *self.cleaner;
        let place = [place, ": style"].concat();
        let sheet = Css { names, tally, host: self.cleaner.host, place: &place }.sheet(&text)?;
        if sheet.is_empty() {
            return Ok(());
        }
        let media: Vec<Attr> = attrs.iter().filter(|attr| attr.name == "media").cloned().collect();
        let written = Attrs { cleaner: self.cleaner, space, table, name: "style" }.all(&media)?;
        self.open_tag("style", space, false, &written);
        self.end_tag();
        self.out.push('\n');
        self.out.push_str(&sheet);
        self.out.push_str("</style>");
        Ok(())
    }

    fn open_tag(
        &mut self,
        name: &'static str,
        space: Space,
        outermost: bool,
        attrs: &[(&'static str, String)],
    ) {
        self.end_tag();
        self.out.push('<');
        self.out.push_str(name);
        if outermost {
            for line in declared(space, self.open.is_empty()) {
                self.out.extend([" ", line]);
            }
        }
        for (name, value) in attrs {
            self.out.extend([" ", name, "=\""]);
            escape_attribute(&mut self.out, value);
            self.out.push('"');
        }
        self.tag_open = true;
    }

    fn end_tag(&mut self) {
        if self.tag_open {
            self.out.push('>');
            self.tag_open = false;
        }
    }

    fn close(&mut self, name: &'static str, content: usize, space: Space, void: bool) {
        self.open.pop();
        let empty = self.tag_open && self.out.len() == content;
        if empty && (void || space != Space::Html) {
            self.tag_open = false;
            self.out.push_str("/>");
            return;
        }
        self.end_tag();
        self.out.extend(["</", name, ">"]);
    }

    fn text(&mut self, text: &str) {
        let Some((space, name, act)) = self.open.last().copied() else { return };
        let takes = match space {
            Space::Html => !matches!(name, "html" | "head"),
            _ => act == Act::Text,
        };
        if !takes {
            if !text.trim().is_empty() {
                self.cleaner.note(Class::HiddenContent, "text where none is shown", text.trim());
            }
            if space == Space::Html && !text.is_empty() && !self.tag_open {
                self.out.push('\n');
            }
            return;
        }
        let mut seen = text::shown(text);
        if seen.len() < text.len() {
            self.cleaner.note(Class::Identifier, "letters that cannot be seen", text.trim());
        }
        self.cleaner.tally.point_out(self.cleaner.place, &seen);
        // A reader of HTML passes over the first line end.
        if self.tag_open && matches!(name, "pre" | "textarea" | "listing") {
            seen = seen.trim_start_matches('\n').to_owned().into();
        }
        if !seen.is_empty() {
            self.end_tag();
            escape_text(&mut self.out, &seen);
        }
    }
}

/// What the first element of a family declares.
fn declared(space: Space, root: bool) -> &'static [&'static str] {
    match space {
        Space::Html if root => &[
            "xmlns=\"http://www.w3.org/1999/xhtml\"",
            "xmlns:epub=\"http://www.idpf.org/2007/ops\"",
        ],
        Space::Svg => &[
            "xmlns=\"http://www.w3.org/2000/svg\"",
            "xmlns:xlink=\"http://www.w3.org/1999/xlink\"",
        ],
        Space::Math => &["xmlns=\"http://www.w3.org/1998/Math/MathML\""],
        _ => &[],
    }
}

/// What attributes say, for the report.
fn values(attrs: &[Attr]) -> String {
    let words = attrs.iter().map(|attr| attr.value.get(..200).unwrap_or(&attr.value));
    words.filter(|value| value.len() > 1).take(6).collect::<Vec<_>>().join(" ")
}

/// The first words in an element, and what its own elements say.
fn words(tree: &Tree, at: usize, out: &mut String) {
    let mut stack = vec![at];
    while let Some(at) = stack.pop() {
        let Some(node) = tree.get(at) else { continue };
        match &node.what {
            What::Text(text) | What::Comment(text) => {
                out.push_str(text.trim().get(..200).unwrap_or(text.trim()));
                out.push(' ');
            }
            What::Element { attrs, .. } => out.extend([&values(attrs), " "]),
            What::Document => {}
        }
        if out.len() > 400 {
            return;
        }
        stack.extend(node.children.iter().rev());
    }
}
