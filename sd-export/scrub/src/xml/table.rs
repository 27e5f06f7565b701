//! The tables: text files beside the code that say, namespace by namespace, what is kept.
//!
//! ```text
//! space w own http://one http://other   the elements below are in this namespace (two spellings);
//!                                       "own": so are attributes written without a prefix
//! num: w h                              attributes of any element here, and what they may hold
//! keep: p r tbl                         elements that are kept
//! text: t                               kept, and so is the text in them
//! ask text: f                           kept, if the format's code says so of the text
//! unwrap: smartTag                      the element goes, what is in it stays
//! drop person: author                   it goes with all that is in it, reported as a person
//! insert: ins    delete: del            recorded changes
//! element hlink rel:r:id text:tip       kept, with attributes of its own
//! hidden sheet state=hidden: a sheet    kept, and pointed out as hidden content
//! names: heading list                   words that names of the kind `name` may be made of
//! suffixes: -title                      ends of such names that stay when the rest is replaced
//! ```
//!
//! An indented line belongs to the line before it. What no line names is dropped and counted.

use std::collections::{HashMap, HashSet};

use super::kinds::Kind;
use super::named;
use crate::Refusal;
use crate::report::Class;

/// A namespace, by its place in the table. An attribute without one has [`Space::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Space(pub(super) u8);

impl Space {
    /// No namespace.
    pub(crate) const NONE: Self = Self(u8::MAX);
}

/// A name in a namespace of the table.
pub(crate) type Name = (Space, &'static str);

/// What becomes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Kept with its attributes on the list.
    Keep,
    /// Kept with its text.
    Text,
    /// Kept with its text, if the guide says so.
    AskText,
    /// Replaced by what is in it.
    Unwrap,
    /// Gone with all that is in it.
    Drop(Class),
    /// Content that a recorded change put in.
    Insert,
    /// Content that a recorded change took away.
    Delete,
    /// How something looked before a recorded change.
    Format,
    /// A remark, or the mark where one hangs.
    Comment,
}

/// When a kept element is pointed out as hidden content.
pub(crate) struct Hidden {
    /// The attribute that decides; none: always.
    attr: Option<&'static str>,
    /// Whether the values are those that do *not* hide.
    not: bool,
    values: Vec<&'static str>,
    pub(super) words: &'static str,
}

impl Hidden {
    /// Whether an element with this value of the attribute is hidden.
    pub(super) fn holds(&self, get: &dyn Fn(&str) -> Option<String>) -> bool {
        let Some(attr) = self.attr else { return true };
        let value = get(attr).unwrap_or_default();
        self.values.contains(&value.as_str()) != self.not
    }
}

/// The line of one element.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) act: Act,
    attrs: Vec<(Name, Kind)>,
    pub(super) hidden: Option<Hidden>,
}

/// One namespace.
struct Section {
    prefix: &'static str,
    spellings: Vec<&'static str>,
    own: bool,
    attrs: HashMap<Space, HashMap<&'static str, Kind>>,
    rules: HashMap<&'static str, Rule>,
}

/// All namespaces of a family of formats.
pub(crate) struct Table {
    sections: Vec<Section>,
    spaces: HashMap<&'static str, Space>,
    /// Words and ends of names that every program knows.
    names: HashSet<&'static str>,
    suffixes: Vec<&'static str>,
}

impl Table {
    /// Reads the files of a table. Lines that cannot be read are given back: a test holds that
    /// there are none.
    pub(crate) fn read(files: &[&'static str]) -> (Self, Vec<String>) {
        let (names, suffixes) = (HashSet::new(), Vec::new());
        let mut table = Self { sections: Vec::new(), spaces: HashMap::new(), names, suffixes };
        let mut faults = Vec::new();
        // Prefixes first: a file may use those of another.
        for line in files.iter().flat_map(|file| file.lines()) {
            if let Some(line) = line.strip_prefix("space ") {
                table.declare(line);
            }
        }
        for file in files {
            let mut section = None;
            let mut head = "";
            for line in file.lines().map(|line| line.split('#').next().unwrap_or_default()) {
                if let Some(line) = line.strip_prefix("space ") {
                    let prefix = line.split(' ').next().unwrap_or_default();
                    section = table.sections.iter().position(|s| s.prefix == prefix);
                    continue;
                }
                let Some((start, rest)) = split(line, head) else { continue };
                head = start;
                let words: Vec<&'static str> = rest.split_whitespace().collect();
                let known = section.is_some_and(|at| table.line(at, head, &words).is_some());
                if !known {
                    faults.push(line.to_owned());
                }
            }
        }
        (table, faults)
    }

    fn declare(&mut self, line: &'static str) {
        let mut words = line.split_whitespace();
        let prefix = words.next().unwrap_or_default();
        let mut spellings: Vec<_> = words.collect();
        // A section may go on further down.
        if spellings.is_empty() {
            return;
        }
        let own = spellings.first() == Some(&"own");
        if own {
            spellings.remove(0);
        }
        let space = Space(u8::try_from(self.sections.len()).unwrap_or(u8::MAX));
        for spelling in &spellings {
            self.spaces.insert(spelling, space);
        }
        let (attrs, rules) = (HashMap::new(), HashMap::new());
        self.sections.push(Section { prefix, spellings, own, attrs, rules });
    }

    /// Takes a line in; `None` when it cannot be read.
    fn line(&mut self, at: usize, head: &'static str, words: &[&'static str]) -> Option<()> {
        match head {
            "names" => {
                self.names.extend(words);
                return Some(());
            }
            "suffixes" => {
                self.suffixes.extend(words);
                return Some(());
            }
            _ => {}
        }
        let act = match head {
            "keep" => Some(Act::Keep),
            "text" => Some(Act::Text),
            "ask text" => Some(Act::AskText),
            "unwrap" => Some(Act::Unwrap),
            "insert" => Some(Act::Insert),
            "delete" => Some(Act::Delete),
            "format" => Some(Act::Format),
            "comment" => Some(Act::Comment),
            _ => head.strip_prefix("drop ").and_then(class).map(Act::Drop),
        };
        if let Some(act) = act {
            return words.iter().try_for_each(|name| self.rule(at, name, act));
        }
        if let Some(name) = head.strip_prefix("element ") {
            self.rule(at, name, Act::Keep)?;
            return words.iter().try_for_each(|word| self.own(at, name, word));
        }
        if let Some(what) = head.strip_prefix("hidden ") {
            return self.hidden(at, what, words);
        }
        let kind = Kind::read(head.strip_prefix("attribute ")?)?;
        for word in words {
            let (space, name) = self.attribute(at, word)?;
            self.sections.get_mut(at)?.attrs.entry(space).or_default().insert(name, kind);
        }
        Some(())
    }

    fn rule(&mut self, at: usize, name: &'static str, act: Act) -> Option<()> {
        let rules = &mut self.sections.get_mut(at)?.rules;
        if let Some(rule) = rules.get_mut(name) {
            // `element` may follow `text` or `insert`: it adds attributes.
            let adds = act == Act::Keep && !matches!(rule.act, Act::Unwrap | Act::Drop(_));
            return (adds || act == rule.act).then_some(());
        }
        rules.insert(name, Rule { name, act, attrs: Vec::new(), hidden: None });
        Some(())
    }

    /// An attribute of one element: `kind:name` or `kind:prefix:name`.
    fn own(&mut self, at: usize, element: &str, word: &'static str) -> Option<()> {
        let (kind, name) = word.split_once(':')?;
        let pair = (self.attribute(at, name)?, Kind::read(kind)?);
        self.sections.get_mut(at)?.rules.get_mut(element)?.attrs.push(pair);
        Some(())
    }

    fn attribute(&self, at: usize, word: &'static str) -> Option<Name> {
        if let Some((prefix, name)) = word.split_once(':') {
            let space = match prefix {
                "" => Space::NONE,
                prefix => self.by_prefix(prefix)?,
            };
            return Some((space, name));
        }
        let own = self.sections.get(at)?.own;
        Some((if own { Space(u8::try_from(at).ok()?) } else { Space::NONE }, word))
    }

    /// `NAME`, `NAME attr=value,value` or `NAME attr!=value,value`, then words.
    fn hidden(&mut self, at: usize, what: &'static str, _: &[&'static str]) -> Option<()> {
        let (what, words) = what.split_once('|')?;
        let (name, test) = what.split_once(' ').unwrap_or((what, ""));
        let (attr, values) = match test.split_once('=') {
            Some((attr, values)) => (Some(attr), values.split(',').collect()),
            None => (None, Vec::new()),
        };
        let not = attr.is_some_and(|attr| attr.ends_with('!'));
        let attr = attr.map(|attr| attr.trim_end_matches('!'));
        let rule = self.sections.get_mut(at)?.rules.get_mut(name)?;
        rule.hidden = Some(Hidden { attr, not, values, words });
        Some(())
    }

    /// The namespace behind a prefix of the table.
    pub(crate) fn by_prefix(&self, prefix: &str) -> Option<Space> {
        let at = self.sections.iter().position(|section| section.prefix == prefix)?;
        u8::try_from(at).ok().map(Space)
    }

    /// The namespace with this name.
    pub(super) fn space(&self, spelling: &str) -> Option<Space> {
        if spelling.is_empty() { Some(Space::NONE) } else { self.spaces.get(spelling).copied() }
    }

    fn section(&self, space: Space) -> Option<&Section> {
        self.sections.get(usize::from(space.0))
    }

    pub(crate) fn prefix(&self, space: Space) -> &'static str {
        self.section(space).map_or("", |section| section.prefix)
    }

    /// How a namespace is spelled: the first way, or the other if there is one.
    pub(super) fn spelling(&self, space: Space, other: bool) -> &'static str {
        let spellings = self.section(space).map(|s| s.spellings.as_slice()).unwrap_or_default();
        spellings.get(usize::from(other)).or(spellings.first()).copied().unwrap_or_default()
    }

    /// How many namespaces there are.
    pub(super) fn len(&self) -> usize {
        self.sections.len()
    }

    /// What a name of the kind `name` becomes: itself, or what `number` makes of it.
    pub(crate) fn name(
        &self,
        value: &str,
        number: impl Fn(&str) -> Result<String, Refusal>,
    ) -> Result<String, Refusal> {
        let plain = named::decode(value);
        if named::is_known(&plain, &self.names) {
            return Ok(value.to_owned());
        }
        let suffix = self.suffix_of(&plain);
        let stem = plain.strip_suffix(suffix).unwrap_or(&plain);
        Ok(number(stem)? + suffix)
    }

    /// Whether a name is one that [`Table::name`] gives.
    pub(super) fn is_name(&self, kind: &str, value: &str) -> bool {
        let stem = value.strip_suffix(self.suffix_of(value)).unwrap_or(value);
        let number = stem.strip_prefix(kind);
        number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
            || named::is_known(&named::decode(value), &self.names)
    }

    fn suffix_of(&self, name: &str) -> &'static str {
        self.suffixes.iter().find(|suffix| name.ends_with(**suffix)).copied().unwrap_or_default()
    }

    /// The rule of an element.
    pub(crate) fn rule_of(&self, space: Space, name: &str) -> Option<&Rule> {
        self.section(space)?.rules.get(name)
    }

    /// What an attribute of an element may hold.
    pub(crate) fn kind_of(
        &self,
        space: Space,
        rule: &Rule,
        attr: Space,
        name: &str,
    ) -> Option<(Name, Kind)> {
        let own = rule.attrs.iter().find(|((s, n), _)| *s == attr && *n == name);
        if let Some((name, kind)) = own {
            return Some((*name, *kind));
        }
        let (name, kind) = self.section(space)?.attrs.get(&attr)?.get_key_value(name)?;
        Some(((attr, *name), *kind))
    }
}

/// The start and the rest of a line; an indented line has the start of the one before.
fn split(line: &'static str, head: &'static str) -> Option<(&'static str, &'static str)> {
    if line.trim().is_empty() {
        return None;
    }
    if line.starts_with([' ', '\t']) {
        return Some((head, line));
    }
    if line.starts_with("hidden ") {
        return Some((line, ""));
    }
    if let Some(rest) = line.strip_prefix("element ") {
        let len = rest.find(' ').unwrap_or(rest.len()).saturating_add("element ".len());
        return line.split_at_checked(len);
    }
    line.split_once(':').or(Some((line, "")))
}

pub(super) fn class(word: &str) -> Option<Class> {
    Some(match word {
        "location" => Class::Location,
        "person" => Class::Person,
        "device" => Class::Device,
        "software" => Class::Software,
        "time" => Class::Time,
        "identifier" => Class::Identifier,
        "thumbnail" => Class::Thumbnail,
        "hidden" => Class::HiddenContent,
        "change" => Class::TrackedChange,
        "comment" => Class::Comment,
        "link" => Class::Link,
        "unknown" => Class::Unknown,
        _ => return None,
    })
}
