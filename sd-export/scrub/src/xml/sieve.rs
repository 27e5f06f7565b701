//! The allow-list writer: tags go in, and what the table keeps comes out, in one form.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use super::kinds::{Kind, Value};
use super::reader::{Event, Reader, Tag, decode};
use super::table::{Act, Name, Rule, Space, Table};
use super::tally::Tally;
use crate::report::Class;
use crate::text;
use crate::{Changes, Choices, Comments, Refusal};

/// The namespace of alternatives for programs of different age.
const ALTERNATIVES: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";
/// Most names that are replaced by numbers in one document.
const MAX_NAMES: usize = 500_000;

/// What a format's code says of an element, before the table is asked.
pub(crate) enum Verdict {
    /// As the table says.
    Table,
    /// It goes with all that is in it.
    Drop(Class, &'static str),
    /// It goes with all that is in it, and has been told.
    Skip,
    /// What is in it stays.
    Unwrap,
    /// It is written as this element of the same namespace.
    As(&'static str),
}

/// What a format's code decides that no table can.
pub(crate) trait Guide {
    /// The new number of another part, if that part is kept.
    fn relation(&mut self, _id: &str, _element: Name) -> Result<Option<String>, Refusal> {
        Ok(None)
    }

    /// Looks at an element before the table is asked.
    fn open(&mut self, _element: Name, _parent: Option<Name>, _tag: &Tag<'_>) -> Verdict {
        Verdict::Table
    }

    /// What an attribute of the kind `ask` becomes.
    fn attribute(&mut self, _element: Name, _attr: Name, _value: &str) -> Option<String> {
        None
    }

    /// What the text of an `ask text` element becomes; without any, the element goes.
    fn text(&mut self, _element: Name, _text: &str) -> Option<String> {
        None
    }

    /// Prefixes that stand in values, and are declared for that.
    fn declared(&self) -> &'static [&'static str] {
        &[]
    }

    /// An element that was kept ends.
    fn close(&mut self, _element: Name) {}
}

/// Names that were replaced by numbers, the same in all parts of a document.
#[derive(Default)]
pub(crate) struct Names {
    known: RefCell<BTreeMap<(&'static str, String), String>>,
    counts: RefCell<BTreeMap<&'static str, u64>>,
}

impl Names {
    pub(crate) fn map(&self, kind: &'static str, name: &str) -> Result<String, Refusal> {
        let mut all = self.known.borrow_mut();
        if let Some(known) = all.get(&(kind, name.to_owned())) {
            return Ok(known.clone());
        }
        if all.len() >= MAX_NAMES {
            let what = "names in one document".to_owned();
            return Err(Refusal::TooLarge { what, limit: MAX_NAMES as u64 });
        }
        let mut counts = self.counts.borrow_mut();
        let count = counts.entry(kind).or_default();
        *count = count.saturating_add(1);
        let new = match kind {
            "guid" => format!("{{00000000-0000-0000-0000-{count:012}}}"),
            "number" => count.to_string(),
            kind => format!("{kind}{count}"),
        };
        all.insert((kind, name.to_owned()), new.clone());
        Ok(new)
    }
}

/// Where an open element of the input stands.
enum Frame {
    Kept {
        element: Name,
        text: TextMode,
        start: usize,
        content: usize,
    },
    /// Replaced by what is in it.
    Clear,
    /// Alternatives; whether one was taken.
    Alternatives(bool),
    /// Dropped; all that is in it goes too.
    Gone,
}

enum TextMode {
    None,
    Keep,
    Ask(String),
}

/// What one part is written with.
pub(crate) struct Sieve<'a> {
    pub(crate) table: &'static Table,
    /// Whether the second spelling of namespaces is written.
    pub(crate) strict: bool,
    pub(crate) choices: Choices,
    pub(crate) names: &'a Names,
    pub(crate) tally: &'a Tally,
    /// The part, in our words.
    pub(crate) place: &'a str,
    /// Namespaces whose alternatives are understood.
    pub(crate) known: &'a [&'static str],
}

/// One run over one part.
struct Run<'s, 'a> {
    sieve: &'s mut Sieve<'a>,
    guide: &'s mut dyn Guide,
    out: String,
    stack: Vec<Frame>,
    /// How deep in what is dropped, and what stands there.
    gone: usize,
    lost: String,
    why: (Class, String),
    /// Whether the last tag written can still be closed as an empty one.
    tag_open: bool,
    used: Vec<bool>,
}

impl Sieve<'_> {
    /// Writes a part anew; its root must be this element.
    pub(crate) fn run(
        &mut self,
        bytes: &[u8],
        root: &str,
        guide: &mut dyn Guide,
    ) -> Result<String, Refusal> {
        let text = decode(bytes)?;
        let used = vec![false; self.table.len()];
        let why = (Class::Unknown, String::new());
        let out = String::with_capacity(text.len() / 2);
        let (stack, lost) = (Vec::new(), String::new());
        let mut run =
            Run { sieve: self, guide, out, stack, gone: 0, lost, why, tag_open: false, used };
        let mut reader = Reader::new(&text);
        // Signs that are written as entities come one by one.
        let mut words = String::new();
        while let Some(event) = reader.next()? {
            if let Event::Text(text) = event {
                words.push_str(&text);
                continue;
            }
            if !words.is_empty() {
                run.text(&words);
                words.clear();
            }
            match event {
                Event::Open(tag) => run.open(&tag, root)?,
                _ => run.close(),
            }
        }
        let passed = reader.passed;
        let out = run.finish();
        if passed > 0 {
            let place = format!("{}: XML comments and instructions", self.place);
            self.tally.removed(Class::Comment, &place, &passed.to_string());
        }
        Ok(out)
    }
}

impl Run<'_, '_> {
    fn open(&mut self, tag: &Tag<'_>, root: &str) -> Result<(), Refusal> {
        let table = self.sieve.table;
        let space = table.space(tag.space);
        let rule = space.and_then(|space| Some((space, table.rule_of(space, tag.name)?)));
        if self.gone > 0 {
            self.gone = self.gone.saturating_add(1);
            self.stack.push(Frame::Gone);
            // What hides in what is dropped is named all the same.
            if let Some((space, Rule { act: Act::Drop(class), name, .. })) = rule {
                self.note(*class, &qualified(table, (space, name)), &values(tag));
            }
            return Ok(());
        }
        if self.stack.is_empty() {
            let found = rule.map(|(space, rule)| qualified(table, (space, rule.name)));
            if found.as_deref() != Some(root) {
                return Err(Refusal::malformed("a part that is not what its type says"));
            }
        }
        if tag.space == ALTERNATIVES {
            self.alternative(tag);
            return Ok(());
        }
        let Some((space, rule)) = rule else {
            let name = tag.name.to_owned();
            let known = space.filter(|space| *space != Space::NONE);
            let prefix = known.map_or(String::new(), |space| format!("{}:", table.prefix(space)));
            self.drop(Class::Unknown, &format!("element not on the list: {prefix}{name}"), tag);
            return Ok(());
        };
        let element = (space, rule.name);
        let parent = self.stack.iter().rev().find_map(|frame| match frame {
            Frame::Kept { element, .. } => Some(*element),
            _ => None,
        });
        match self.guide.open(element, parent, tag) {
            Verdict::Table => self.by_table(element, rule, tag),
            Verdict::As(name) => match table.rule_of(space, name) {
                Some(rule) => self.by_table((space, rule.name), rule, tag),
                None => self.by_table(element, rule, tag),
            },
            Verdict::Drop(class, words) => {
                self.drop(class, words, tag);
                Ok(())
            }
            Verdict::Skip => {
                self.drop(Class::Unknown, "", tag);
                Ok(())
            }
            Verdict::Unwrap => {
                self.stack.push(Frame::Clear);
                Ok(())
            }
        }
    }

    fn by_table(&mut self, element: Name, rule: &Rule, tag: &Tag<'_>) -> Result<(), Refusal> {
        let name = qualified(self.sieve.table, element);
        let (changes, comments) = (self.sieve.choices.changes, self.sieve.choices.comments);
        match rule.act {
            Act::Keep | Act::Text | Act::AskText => return self.keep(element, rule, tag),
            Act::Insert | Act::Delete | Act::Format if changes == Changes::Keep => {
                self.sieve.tally.kept(
                    Class::TrackedChange,
                    self.sieve.place,
                    &values(tag),
                    "kept by choice, without author and time",
                );
                return self.keep(element, rule, tag);
            }
            Act::Comment if comments == Comments::Keep => return self.keep(element, rule, tag),
            Act::Unwrap => self.stack.push(Frame::Clear),
            Act::Drop(class) => self.drop(class, &name, tag),
            Act::Insert | Act::Delete => {
                let stays = (rule.act == Act::Insert) == (changes == Changes::Accept);
                let place = match (rule.act, stays) {
                    (Act::Insert, true) => "recorded insertion: accepted",
                    (Act::Insert, false) => "recorded insertion: rejected, the text is gone",
                    (_, true) => "recorded deletion: rejected, the text is back",
                    (_, false) => "recorded deletion: accepted, the text is gone",
                };
                if stays {
                    self.note(Class::TrackedChange, place, &values(tag));
                    self.stack.push(Frame::Clear);
                } else {
                    self.drop(Class::TrackedChange, place, tag);
                }
            }
            Act::Format => {
                let place = "recorded change of looks: accepted, the old looks are gone";
                self.drop(Class::TrackedChange, place, tag);
            }
            Act::Comment => self.drop(Class::Comment, &name, tag),
        }
        Ok(())
    }

    fn keep(&mut self, element: Name, rule: &Rule, tag: &Tag<'_>) -> Result<(), Refusal> {
        let table = self.sieve.table;
        let mut found: Vec<(Name, Kind, &str)> = Vec::with_capacity(tag.attrs.len());
        for attr in &tag.attrs {
            if attr.space == ALTERNATIVES {
                continue;
            }
            let space = table.space(attr.space);
            let kind = space.and_then(|s| table.kind_of(element.0, rule, s, attr.name));
            let Some((name, kind)) = kind else {
                let prefix = space.map_or("?", |space| table.prefix(space));
                let place = format!("attribute not on the list: {prefix}:{}", attr.name);
                self.note(Class::Unknown, &place, &attr.value);
                continue;
            };
            found.push((name, kind, attr.value.as_ref()));
        }
        // One order, whatever it was, so that names get the same numbers each time; what may end
        // the element first, so that an element that goes takes no numbers with it.
        let relation = |kind| matches!(kind, Kind::RelationNeeded | Kind::RelationWrap);
        found.sort_by_key(|((space, name), kind, _)| {
            (!relation(*kind), table.prefix(*space), *name)
        });
        let mut attrs: Vec<(Name, String)> = Vec::with_capacity(found.len());
        for (name, kind, value) in found {
            match self.value(element, name, kind, value)? {
                Value::Keep(value) => attrs.push((name, value.into_owned())),
                Value::Gone => match kind {
                    Kind::RelationNeeded => {
                        self.drop(Class::Link, "reference to a part that is not kept", tag);
                        return Ok(());
                    }
                    Kind::RelationWrap => {
                        self.stack.push(Frame::Clear);
                        return Ok(());
                    }
                    _ => {}
                },
            }
        }
        self.point_out(rule, tag);
        let start = self.write_open(element, attrs);
        let text = match rule.act {
            Act::AskText => TextMode::Ask(String::new()),
            Act::Text => TextMode::Keep,
            _ => TextMode::None,
        };
        self.stack.push(Frame::Kept { element, text, start, content: self.out.len() });
        Ok(())
    }

    /// What the value of an attribute becomes; what goes is counted.
    fn value<'v>(
        &mut self,
        element: Name,
        attr: Name,
        kind: Kind,
        value: &'v str,
    ) -> Result<Value<'v>, Refusal> {
        let owned = |value: Option<String>| {
            value.map_or(Value::Gone, |value| Value::Keep(Cow::Owned(value)))
        };
        let names = self.sieve.names;
        let (class, done) = match kind {
            Kind::Mapped(kind) => return Ok(owned(Some(names.map(kind, value)?))),
            Kind::Named(kind) => {
                let name = self.sieve.table.name(value, |name| names.map(kind, name))?;
                return Ok(owned(Some(name)));
            }
            Kind::Formula => (Class::Link, kind.admit(value)),
            Kind::Hash(kind) => {
                let mapped = value.strip_prefix('#').map(|name| names.map(kind, name));
                (Class::Unknown, owned(mapped.transpose()?.map(|name| format!("#{name}"))))
            }
            Kind::Relation | Kind::RelationNeeded | Kind::RelationWrap => {
                return Ok(owned(self.guide.relation(value, element)?));
            }
            Kind::Ask => (Class::Unknown, owned(self.guide.attribute(element, attr, value))),
            Kind::Drop(class) => (class, Value::Gone),
            Kind::Fixed(fixed) if fixed != value => {
                let place = self.attribute_words(element, attr);
                self.note(Class::HiddenContent, &place, value);
                return Ok(kind.admit(value));
            }
            kind => (Class::Unknown, kind.admit(value)),
        };
        if matches!(done, Value::Gone) {
            let place = self.attribute_words(element, attr);
            self.note(class, &place, value);
        }
        Ok(done)
    }

    fn attribute_words(&self, element: Name, attr: Name) -> String {
        let table = self.sieve.table;
        format!("{} of {}", qualified(table, attr), qualified(table, element))
    }

    /// Writes the start of a tag and gives its place.
    fn write_open(&mut self, element: Name, mut attrs: Vec<(Name, String)>) -> usize {
        self.end_tag();
        let table = self.sieve.table;
        let start = self.out.len();
        self.out.push('<');
        self.write_name(element);
        // One order, whatever it was.
        attrs.sort_by(|((a, x), _), ((b, y), _)| (table.prefix(*a), x).cmp(&(table.prefix(*b), y)));
        for (name, value) in attrs {
            self.out.push(' ');
            self.write_name(name);
            self.out.push_str("=\"");
            escape_attribute(&mut self.out, &value);
            self.out.push('"');
        }
        self.tag_open = true;
        start
    }

    fn write_name(&mut self, (space, name): Name) {
        if space != Space::NONE {
            if let Some(used) = self.used.get_mut(usize::from(space.0)) {
                *used = true;
            }
            self.out.push_str(self.sieve.table.prefix(space));
            self.out.push(':');
        }
        self.out.push_str(name);
    }

    fn end_tag(&mut self) {
        if self.tag_open {
            self.out.push('>');
            self.tag_open = false;
        }
    }

    fn text(&mut self, text: &str) {
        if self.gone > 0 {
            if self.lost.len() < 400 {
                self.lost.push_str(text);
            }
            return;
        }
        // What was replaced by what is in it does not stand between a text and its element.
        let around = self.stack.iter_mut().rev().find(|frame| !matches!(frame, Frame::Clear));
        match around {
            Some(Frame::Kept { text: TextMode::Keep, .. }) => {
                self.end_tag();
                self.letters(text);
            }
            Some(Frame::Kept { text: TextMode::Ask(all), .. }) => all.push_str(text),
            _ if text.trim().is_empty() => {}
            _ => self.note(Class::Unknown, "text where none belongs", text),
        }
    }

    /// Writes a text without marks that cannot be seen.
    fn letters(&mut self, text: &str) {
        let seen = text::shown(text);
        escape_text(&mut self.out, &seen);
        if seen.len() < text.len() {
            self.note(Class::Identifier, "letters that cannot be seen", text);
        }
        self.sieve.tally.point_out(self.sieve.place, &seen);
    }

    fn close(&mut self) {
        match self.stack.pop() {
            Some(Frame::Gone) => {
                self.gone = self.gone.saturating_sub(1);
                if self.gone == 0 {
                    let (class, words) = (self.why.0, std::mem::take(&mut self.why.1));
                    let lost = std::mem::take(&mut self.lost);
                    if !words.is_empty() {
                        self.note(class, &words, &lost);
                    }
                }
            }
            Some(Frame::Kept { element, text, start, mut content }) => {
                if let TextMode::Ask(all) = text {
                    let Some(kept) = self.guide.text(element, &all) else {
                        // The guide has told why.
                        self.out.truncate(start);
                        self.tag_open = false;
                        return;
                    };
                    self.end_tag();
                    content = self.out.len();
                    self.letters(&kept);
                }
                self.write_close(element, content);
                self.guide.close(element);
            }
            _ => {}
        }
    }

    fn write_close(&mut self, element: Name, content: usize) {
        let nothing_in_it = self.out.len() <= content.saturating_add(1);
        if self.tag_open || (nothing_in_it && self.out.ends_with('>')) {
            if !self.tag_open {
                self.out.pop();
            }
            self.tag_open = false;
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.write_name(element);
            self.out.push('>');
        }
    }

    fn drop(&mut self, class: Class, words: &str, tag: &Tag<'_>) {
        self.gone = 1;
        self.stack.push(Frame::Gone);
        self.why = (class, words.to_owned());
        self.lost = values(tag);
    }

    fn alternative(&mut self, tag: &Tag<'_>) {
        let chosen = match (tag.name, self.stack.last()) {
            ("AlternateContent", _) => {
                self.stack.push(Frame::Alternatives(false));
                return;
            }
            ("Choice" | "Fallback", Some(Frame::Alternatives(chosen))) => *chosen,
            _ => true,
        };
        let requires = tag.get("Requires").unwrap_or_default();
        let mut spaces = requires.split_ascii_whitespace().map(|prefix| tag.behind(prefix));
        let known = |space: Option<&str>| space.is_some_and(|s| self.sieve.known.contains(&s));
        let takes = !chosen && (tag.name == "Fallback" || spaces.all(known));
        if takes {
            if let Some(Frame::Alternatives(chosen)) = self.stack.last_mut() {
                *chosen = true;
            }
            self.stack.push(Frame::Clear);
        } else if chosen {
            self.drop(Class::Unknown, "", tag);
        } else {
            let words = format!("alternative for newer programs: {requires}");
            self.drop(Class::Unknown, &words, tag);
        }
    }

    fn point_out(&mut self, rule: &Rule, tag: &Tag<'_>) {
        let Some(hidden) = &rule.hidden else { return };
        if hidden.holds(&|name| tag.get(name).map(str::to_owned)) {
            let place = format!("{}: {}", self.sieve.place, hidden.words);
            let quote = tag.get("name").unwrap_or_default();
            let why = "hidden content is content; look at it and decide";
            self.sieve.tally.kept(Class::HiddenContent, &place, quote, why);
        }
    }

    fn note(&mut self, class: Class, what: &str, quote: &str) {
        let place = format!("{}: {what}", self.sieve.place);
        self.sieve.tally.removed(class, &place, quote);
    }

    /// The part with its head, and with the prefixes it uses in its root.
    fn finish(mut self) -> String {
        let table = self.sieve.table;
        for prefix in self.guide.declared() {
            let at = table.by_prefix(prefix).map(|space| usize::from(space.0));
            if let Some(used) = at.and_then(|at| self.used.get_mut(at)) {
                *used = true;
            }
        }
        let mut declared = String::new();
        let mut prefixes: Vec<_> = (0..table.len())
            .filter(|at| self.used.get(*at) == Some(&true))
            .filter_map(|at| u8::try_from(at).ok().map(Space))
            .filter(|space| table.prefix(*space) != "xml")
            .collect();
        prefixes.sort_by_key(|space| table.prefix(*space));
        for space in prefixes {
            let (prefix, name) = (table.prefix(space), table.spelling(space, self.sieve.strict));
            declared.push_str(&[" xmlns:", prefix, "=\"", name, "\""].concat());
        }
        let at = self.out.find([' ', '/', '>']).unwrap_or(self.out.len());
        self.out.insert_str(at, &declared);
        ["<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n", &self.out].concat()
    }
}

/// A name as it is written.
fn qualified(table: &Table, (space, name): Name) -> String {
    match table.prefix(space) {
        "" => name.to_owned(),
        prefix => format!("{prefix}:{name}"),
    }
}

/// What the attributes of a tag say, for the report.
fn values(tag: &Tag<'_>) -> String {
    let words = tag.attrs.iter().map(|attr| attr.value.as_ref());
    words.filter(|value| value.len() > 1).take(6).collect::<Vec<_>>().join(" ")
}

/// Text as XML writes it.
pub(crate) fn escape_text(out: &mut String, text: &str) {
    escape(out, text, |c| matches!(c, '&' | '<' | '>' | '\r'));
}

/// The value of an attribute as XML writes it.
pub(crate) fn escape_attribute(out: &mut String, text: &str) {
    escape(out, text, |c| matches!(c, '&' | '<' | '>' | '"' | '\t' | '\n' | '\r'));
}

fn escape(out: &mut String, text: &str, special: fn(char) -> bool) {
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        let Some((before, from)) = rest.split_at_checked(at) else { break };
        out.push_str(before);
        let mut chars = from.chars();
        out.push_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            Some('\t') => "&#9;",
            Some('\n') => "&#10;",
            _ => "&#13;",
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
}
