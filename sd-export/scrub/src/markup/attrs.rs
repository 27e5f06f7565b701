//! Attributes by allow-list: what each may hold, and what becomes of it.

use super::clean::Cleaner;
use super::table::{Kind, Table};
use super::tree::{Attr, Space};
use crate::Refusal;
use crate::css::{self, Css};
use crate::link::is_kept;
use crate::report::Class;

/// The attributes of one element.
pub(super) struct Attrs<'r, 'a> {
    pub(super) cleaner: &'r mut Cleaner<'a>,
    pub(super) space: Space,
    pub(super) table: &'static Table,
    pub(super) name: &'static str,
}

type Written = Vec<(&'static str, String)>;

impl Attrs<'_, '_> {
    /// All that are kept, in one order.
    pub(super) fn all(&mut self, attrs: &[Attr]) -> Result<Written, Refusal> {
        let mut sorted: Vec<(&str, &str)> = Vec::with_capacity(attrs.len());
        for attr in attrs {
            // The newer spelling of an address says what the older one says.
            let name = match attr.name.as_str() {
                "href" if self.space == Space::Svg => "xlink:href",
                name => name,
            };
            sorted.push((name, attr.value.as_str()));
        }
        sorted.sort_by_key(|(name, _)| *name);
        sorted.dedup_by_key(|(name, _)| *name);
        let mut written = Vec::new();
        for (name, value) in sorted {
            let kind = self.table.kind(self.name, name);
            let value_of = self.space == Space::Svg && css::is_property(name);
            let (name, kind) = match kind {
                Some((name, kind)) => (name, kind),
                None if value_of => match css::property(name) {
                    Some(name) => (name, Kind::Value),
                    None => continue,
                },
                None => {
                    self.unknown(name, value);
                    continue;
                }
            };
            match self.value(name, kind, value)? {
                Some(value) => written.push((name, value)),
                None => self.lost(name, kind, value),
            }
        }
        Ok(written)
    }

    fn unknown(&self, name: &str, value: &str) {
        let short: String = name.chars().take(40).collect();
        let (class, what) = match () {
            () if name.starts_with("on") => (Class::Link, format!("script: {short}")),
            () if name.starts_with("xmlns") => return,
            () if name.starts_with("data-") => (Class::Identifier, format!("attribute {short}")),
            () if name.contains(':') => {
                (Class::Software, format!("attribute of a program: {short}"))
            }
            () => (Class::Unknown, format!("attribute not on the list: {short}")),
        };
        self.cleaner.note(class, &what, value);
    }

    fn lost(&self, name: &str, kind: Kind, value: &str) {
        let class = match kind {
            Kind::Drop(class) => class,
            Kind::Link | Kind::Show | Kind::Local => Class::Link,
            Kind::Style if value.trim().is_empty() => return,
            _ => Class::Unknown,
        };
        let what = format!("{name} of {}", self.name);
        self.cleaner.note(class, &what, value);
    }

    /// What a value becomes; `None`: it goes.
    fn value(
        &mut self,
        name: &'static str,
        kind: Kind,
        value: &str,
    ) -> Result<Option<String>, Refusal> {
        let names = self.cleaner.names;
        let trimmed = value.trim();
        let fits = |fits: bool| Ok(fits.then(|| collapsed(trimmed)));
        match kind {
            Kind::Numbers | Kind::Words => fits(self.are_words(trimmed)),
            Kind::Path => fits(css::is_path(trimmed)),
            Kind::Value => self.css(name, trimmed),
            Kind::Steps => {
                let mut steps = Vec::new();
                for step in trimmed.split(';').map(str::trim) {
                    let plain = css::is_path(step) || self.are_words(step);
                    match if plain { Some(collapsed(step)) } else { self.css("all", step)? } {
                        Some(step) => steps.push(step),
                        None => return Ok(None),
                    }
                }
                Ok(Some(steps.join(";")))
            }
            Kind::Changes => fits(is_drawn(trimmed)),
            Kind::Id if trimmed.is_empty() => Ok(None),
            Kind::Id => names.map("n", trimmed).map(Some),
            Kind::Result if self.table.has_word(trimmed) => fits(true),
            Kind::Result => names.map("r", trimmed).map(Some),
            Kind::Ids | Kind::Classes => {
                let kind = if kind == Kind::Ids { "n" } else { "c" };
                let all = trimmed.split_ascii_whitespace().map(|name| names.map(kind, name));
                let all = all.collect::<Result<Vec<_>, _>>()?;
                Ok((!all.is_empty()).then(|| all.join(" ")))
            }
            Kind::Local => match trimmed.strip_prefix('#').filter(|id| !id.is_empty()) {
                Some(id) => Ok(Some(["#", &names.map("n", id)?].concat())),
                None => Ok(None),
            },
            Kind::Link => self.link(trimmed),
            Kind::Show => self.shown(trimmed),
            Kind::Style => {
                let place = [self.cleaner.place, ": style of an element"].concat();
                let (names, tally) = (self.cleaner.names, self.cleaner.tally);
                let list =
                    Css { names, tally, host: self.cleaner.host, place: &place }.list(value)?;
                Ok((!list.is_empty()).then_some(list))
            }
            Kind::Colour => {
                let hex = trimmed.strip_prefix('#').unwrap_or(trimmed);
                let number =
                    (3..=6).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit());
                fits(number || css::is_word(trimmed))
            }
            Kind::Language => fits(is_language(trimmed)),
            Kind::Font => fits(trimmed.len() <= 128 && !trimmed.contains(['<', '>', '(', ':'])),
            Kind::Flag => {
                if name == "hidden" {
                    self.hidden(value);
                }
                Ok(Some(name.to_owned()))
            }
            Kind::Text => {
                let seen = |c: &char| !crate::text::is_invisible(*c);
                Ok(Some(trimmed.chars().filter(seen).collect()))
            }
            Kind::Drop(_) => Ok(None),
        }
    }

    fn hidden(&self, value: &str) {
        let place = [self.cleaner.place, ": hidden element"].concat();
        let why = "hidden content is content; look at it and decide";
        self.cleaner.tally.kept(Class::HiddenContent, &place, value, why);
    }

    fn css(&mut self, property: &str, value: &str) -> Result<Option<String>, Refusal> {
        let place = [self.cleaner.place, ": style of an element"].concat();
        let (names, tally) = (self.cleaner.names, self.cleaner.tally);
        Css { names, tally, host: self.cleaner.host, place: &place }.one(property, value)
    }

    fn are_words(&self, value: &str) -> bool {
        let known = |word: &str| {
            word.is_empty()
                || css::is_number(word)
                || css::is_word(word)
                || self.table.has_word(word)
        };
        value.len() <= 1 << 24
            && value.split([' ', ',', ';', '(', ')', '\n', '\t', '\r']).all(known)
    }

    fn link(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        if let Some(id) = address.strip_prefix('#') {
            let id = if id.is_empty() { String::new() } else { self.cleaner.names.map("n", id)? };
            return Ok(Some(["#", &id].concat()));
        }
        if is_kept(address) {
            let place = [self.cleaner.place, ": address of a link"].concat();
            let why = "links lead where the text says; read the address before you publish it";
            self.cleaner.tally.kept(Class::Link, &place, address, why);
            return Ok(Some(address.to_owned()));
        }
        self.cleaner.host.leads(address)
    }

    fn shown(&mut self, address: &str) -> Result<Option<String>, Refusal> {
        match address.strip_prefix('#').filter(|id| !id.is_empty()) {
            Some(id) => Ok(Some(["#", &self.cleaner.names.map("n", id)?].concat())),
            None => self.cleaner.host.shown(address),
        }
    }
}

/// White space as one blank.
fn collapsed(value: &str) -> String {
    if value.contains(['\n', '\t', '\r']) || value.contains("  ") {
        return value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    }
    value.to_owned()
}

/// Whether an animation of this attribute only draws.
fn is_drawn(name: &str) -> bool {
    const DRAWN: [&str; 30] = [
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "dx",
        "dy",
        "d",
        "points",
        "width",
        "height",
        "transform",
        "gradientTransform",
        "patternTransform",
        "viewBox",
        "offset",
        "rotate",
        "startOffset",
        "stdDeviation",
        "baseFrequency",
        "textLength",
        "markerWidth",
    ];
    DRAWN.contains(&name) || css::is_property(name)
}

pub(crate) fn is_language(value: &str) -> bool {
    let mut parts = value.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    let rest = |p: &str| p.len() <= 8 && p.bytes().all(|b| b.is_ascii_alphanumeric());
    first.len() <= 3
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && value.len() <= 24
        && parts.all(rest)
}
