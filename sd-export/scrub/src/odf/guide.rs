//! What no table can decide about a part: addresses, fields, pictures, names that are shown.

use super::kind::of_type;
use super::links::{self, Address};
use super::survey::Survey;
use super::walk::Walk;
use super::{TABLE, fields, settings};
use crate::report::Class;
use crate::xml::{Guide, Name, Tag, Verdict};
use crate::{Changes, Refusal, base64};

/// The guide of one part.
pub(super) struct PartGuide<'w, 'a> {
    pub(super) walk: &'w mut Walk<'a>,
    /// The directory of the part in the package, and in the clean one.
    pub(super) from: &'w str,
    pub(super) to: &'w str,
    /// How deep in objects the part stands.
    pub(super) depth: u32,
    pub(super) survey: Survey,
    /// The bodies that are open: an object of a flat document has one of its own.
    pub(super) bodies: Vec<&'static str>,
    /// The body that the part is about, where it is not said in it.
    pub(super) body: &'static str,
    pub(super) place: &'w str,
    hidden_section: bool,
    in_change: bool,
    /// The first body that was met.
    pub(super) met: Option<&'static str>,
    /// Why the part cannot be cleaned.
    pub(super) fault: Option<Refusal>,
}

/// Elements that a body consists of.
const BODIES: [&str; 5] = ["text", "spreadsheet", "presentation", "drawing", "chart"];

impl<'w, 'a> PartGuide<'w, 'a> {
    pub(super) fn new(
        walk: &'w mut Walk<'a>,
        (from, to, place): (&'w str, &'w str, &'w str),
        depth: u32,
        body: &'static str,
        survey: Survey,
    ) -> Self {
        Self {
            walk,
            from,
            to,
            depth,
            survey,
            bodies: Vec::new(),
            body,
            place,
            hidden_section: false,
            in_change: false,
            met: None,
            fault: None,
        }
    }

    fn body(&self) -> &'static str {
        self.bodies.last().copied().unwrap_or(self.body)
    }

    fn changes(&self) -> Changes {
        self.walk.nest.choices().changes
    }

    fn note(&self, class: Class, what: &str, quote: &str) {
        let place = format!("{}: {what}", self.place);
        self.walk.tally.removed(class, &place, quote);
    }

    fn refuse(&mut self, why: Refusal) {
        self.fault.get_or_insert(why);
    }

    /// A body: that of the document itself must be of the kind that the document says it is.
    fn open_body(&mut self, name: &'static str) {
        let own = self.bodies.is_empty() && self.depth == 0;
        if own && name != self.walk.kind.body {
            self.refuse(Refusal::malformed("a document that is two kinds of document"));
        }
        self.met.get_or_insert(name);
        self.bodies.push(name);
    }

    fn open_text(&mut self, element: Name, tag: &Tag<'_>) -> Verdict {
        match element.1 {
            "tracked-changes" | "change" | "change-start" | "change-end"
                if self.changes() != Changes::Keep =>
            {
                if element.1 != "tracked-changes" || !self.survey.changed {
                    return Verdict::Skip;
                }
                let words = "recorded changes: accepted, what was deleted is gone";
                return Verdict::Drop(Class::TrackedChange, words);
            }
            "section" => self.hidden_section = fields::is_hidden_section(tag),
            _ => {}
        }
        let act = TABLE.rule_of(element.0, element.1).map(|rule| rule.act);
        let (verdict, said) = fields::open(element.1, act, tag);
        if let Some((class, words)) = said {
            let quote = tag.get("string-value").unwrap_or_default();
            self.note(class, &format!("{words} ({})", element.1), quote);
        }
        verdict
    }

    /// What the pictures, objects and media of a part become.
    fn part(&mut self, address: &str, element: &str) -> Result<Option<String>, Refusal> {
        let outside = match element {
            "object" => "object outside the document",
            "plugin" => "sound or video outside the document",
            _ => "picture outside the document",
        };
        let Some(name) = self.walk.package.follow(self.from, address) else {
            self.note(Class::Link, outside, address);
            return Ok(None);
        };
        if name.starts_with("ObjectReplacements/") || name.contains("/ObjectReplacements/") {
            return Ok(None);
        }
        match element {
            "object" => self.walk.object(&name, self.to, self.depth),
            "plugin" => self.walk.foreign(&name, self.to, true),
            _ => self.walk.foreign(&name, self.to, false),
        }
    }
}

/// The prefix of a name's namespace.
fn prefix(name: Name) -> &'static str {
    TABLE.prefix(name.0)
}

impl Guide for PartGuide<'_, '_> {
    fn relation(&mut self, address: &str, element: Name) -> Result<Option<String>, Refusal> {
        if !matches!(element.1, "a" | "event-listener") {
            return self.part(address, element.1);
        }
        let (names, tally) = (self.walk.names, self.walk.tally);
        match links::judge(address, self.body(), &self.survey.tables, names)? {
            Address::Web => {
                let why = "links are content; an address may hold a name or a token";
                tally.kept(Class::Link, "address of a link", address, why);
                Ok(Some(address.to_owned()))
            }
            Address::Inside(place) => Ok(Some(place)),
            Address::Outside => {
                self.note(Class::Link, "address outside the document", address);
                Ok(None)
            }
        }
    }

    fn open(&mut self, element: Name, parent: Option<Name>, tag: &Tag<'_>) -> Verdict {
        if self.survey.spare.contains(&tag.number) {
            let words = "picture that stands for what is beside it";
            return Verdict::Drop(Class::HiddenContent, words);
        }
        match (prefix(element), element.1) {
            ("office", "change-info") => self.in_change = true,
            ("office", name) if BODIES.contains(&name) && parent.is_some_and(|p| p.1 == "body") => {
                self.open_body(name);
            }
            ("config", name) => return settings::open(name, tag),
            ("text", _) => return self.open_text(element, tag),
            ("table", "tracked-changes") if self.changes() == Changes::Reject => {
                let what = "recorded changes of a spreadsheet, which cannot be rejected";
                self.refuse(Refusal::unsupported(what));
            }
            _ => {}
        }
        Verdict::Table
    }

    fn attribute(&mut self, element: Name, attr: Name, value: &str) -> Option<String> {
        match (prefix(element), element.1, attr.1) {
            ("office", "document", _) => {
                if !self.bodies.is_empty() && value.strip_prefix(super::kind::TYPE) == Some("chart")
                {
                    return Some(value.to_owned());
                }
                let (kind, template) = of_type(value)?;
                if template {
                    super::tell_template(self.walk.tally);
                }
                Some(format!("{}{}", super::kind::TYPE, kind.ending))
            }
            ("config", _, _) => settings::is_kept(value).then(|| value.to_owned()),
            ("text", "section", "display") => self.hidden_section.then(|| "none".to_owned()),
            ("style", _, "display") => (value == "none").then(|| value.to_owned()),
            ("text", "sequence", _) => {
                let name = value.strip_prefix("ooow:")?.strip_suffix("+1")?;
                let name = TABLE.name(name, |name| self.walk.names.map("q", name)).ok()?;
                Some(format!("ooow:{name}+1"))
            }
            ("table", "table", _) if self.body() == "spreadsheet" || value == "local-table" => {
                Some(value.to_owned())
            }
            ("table", "table", _) => self.walk.names.map("Table", value).ok(),
            _ => None,
        }
    }

    fn text(&mut self, element: Name, text: &str) -> Option<String> {
        match (prefix(element), element.1) {
            ("dc", "creator") if self.in_change => Some("Author".to_owned()),
            ("dc", _) | ("meta" | "loext", "creator-initials" | "sender-initials") => {
                self.note(Class::Person, "author of a remark", text);
                self.walk.names.map("A", text).ok()
            }
            ("config", _) => settings::value(text),
            ("office", "binary-data") => {
                let Some(bytes) = base64::decode(text) else {
                    self.note(Class::Unknown, "data that cannot be read", "");
                    return None;
                };
                match self.walk.inline(&bytes, self.place) {
                    Ok(written) => written,
                    Err(why) => {
                        self.refuse(why);
                        None
                    }
                }
            }
            _ => None,
        }
    }

    fn declared(&self) -> &'static [&'static str] {
        &["dom", "of", "ooo", "oooc", "ooow"]
    }

    fn close(&mut self, element: Name) {
        match (prefix(element), element.1) {
            ("office", "change-info") => self.in_change = false,
            ("office", name) if self.bodies.last() == Some(&name) => drop(self.bodies.pop()),
            _ => {}
        }
    }
}
