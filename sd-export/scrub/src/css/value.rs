//! Values of properties: words of the vocabulary, numbers, colours, known functions; names that people
//! gave become numbers, and addresses go through the host.

use super::items::Item;
use super::put::{Put, quoted};
use super::words::{self, Kind};
use super::{Css, raw};
use crate::Refusal;
use crate::report::Class;

/// Longest text of a value that is kept.
const MAX_TEXT: usize = 2_000;

/// Properties whose values name something that people named.
const NAMING: [&str; 22] = [
    "animation",
    "-webkit-animation",
    "-moz-animation",
    "-o-animation",
    "grid",
    "counter",
    "content",
    "container",
    "page",
    "view-transition",
    "anchor",
    "position-anchor",
    "position-try",
    "list-style",
    "scroll-timeline",
    "view-timeline",
    "timeline",
    "font-palette",
    "offset",
    "quotes",
    "string-set",
    "-epub-",
];

/// What the texts of a property are.
#[derive(Clone, Copy, PartialEq)]
enum Texts {
    /// Shown, or the name of a font.
    Shown,
    /// Names of areas of a grid.
    Areas,
    /// Four letters that a font knows.
    Tags,
    None,
}

fn texts(property: &str) -> Texts {
    match property {
        "content"
        | "quotes"
        | "font-family"
        | "font"
        | "hyphenate-character"
        | "list-style"
        | "list-style-type"
        | "text-emphasis"
        | "text-emphasis-style"
        | "text-overflow" => Texts::Shown,
        "grid" | "grid-template" | "grid-template-areas" => Texts::Areas,
        property if property.ends_with("-settings") => Texts::Tags,
        _ => Texts::None,
    }
}

impl Css<'_> {
    /// The value of a property anew; `None` when it holds what is not understood.
    pub(super) fn value(
        &mut self,
        property: &str,
        items: &[Item],
    ) -> Result<Option<String>, Refusal> {
        let mut put = Put::default();
        let fits = self.values(property, items, &mut put)?;
        let value = put.finish();
        Ok((fits && !value.is_empty()).then_some(value))
    }

    fn values(&mut self, property: &str, items: &[Item], put: &mut Put) -> Result<bool, Refusal> {
        let mut at = 0usize;
        while let Some(item) = items.get(at) {
            at = at.saturating_add(1);
            match item {
                Item::Space => put.space(),
                Item::Sign(',') => put.comma(),
                Item::Sign('!') => {
                    let rest = items.get(at..).unwrap_or_default();
                    let mut rest = rest.iter().filter(|item| !item.is_space());
                    let last = rest.next();
                    let is = matches!(last, Some(Item::Ident(word)) if word.eq_ignore_ascii_case("important"));
                    if !is || rest.next().is_some() {
                        return Ok(false);
                    }
                    put.joined("!important");
                    return Ok(true);
                }
                Item::Sign(sign @ ('/' | '+' | '-' | '*')) => {
                    put.token(sign.encode_utf8(&mut [0; 4]));
                }
                Item::Ident(_) if matches!(property, "font-family" | "font") => {
                    at = at.saturating_sub(1);
                    at = font(property, items, at, put);
                }
                Item::Ident(name) => match self.name(property, name)? {
                    Some(name) => put.token(&name),
                    None => return Ok(false),
                },
                item => {
                    if !self.single(property, item, put)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// One item that is neither a name nor a sign.
    fn single(&mut self, property: &str, item: &Item, put: &mut Put) -> Result<bool, Refusal> {
        match item {
            Item::Number(number, unit) => {
                let Some(unit) = words::unit(unit).filter(|_| words::is_number(number)) else {
                    return Ok(false);
                };
                put.token(&[number, unit.as_str()].concat());
            }
            Item::Hash(colour) => {
                let hex = matches!(colour.len(), 3 | 4 | 6 | 8)
                    && colour.bytes().all(|b| b.is_ascii_hexdigit());
                if !hex {
                    return Ok(false);
                }
                put.token(&["#", &colour.to_ascii_lowercase()].concat());
            }
            Item::Text(text) => match self.text(property, text)? {
                Some(text) => put.token(&text),
                None => return Ok(false),
            },
            Item::Address(address) => return self.address(address, put),
            Item::Function(name, inner) => return self.function(property, name, inner, put),
            Item::Block(sign @ ('(' | '['), inner) => {
                put.token(sign.encode_utf8(&mut [0; 4]));
                let names = if *sign == '[' { "grid" } else { property };
                let fits = self.values(names, inner, put)?;
                put.close(if *sign == '(' { ')' } else { ']' });
                return Ok(fits);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A name in a value: a word of CSS, or one that people gave.
    fn name(&mut self, property: &str, name: &str) -> Result<Option<String>, Refusal> {
        if name.starts_with("--") {
            return self.names.map("--v", name).map(Some);
        }
        if let Some(word) = words::word(name) {
            return Ok(Some(word.to_owned()));
        }
        if NAMING.iter().any(|start| property.starts_with(start)) {
            return self.names.map("x", name).map(Some);
        }
        Ok(None)
    }

    fn text(&mut self, property: &str, text: &str) -> Result<Option<String>, Refusal> {
        if text.len() > MAX_TEXT {
            return Ok(None);
        }
        match texts(property) {
            Texts::Shown => Ok(Some(quoted(text))),
            Texts::Tags if text.len() == 4 && text.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Ok(Some(quoted(text)))
            }
            Texts::Areas => {
                let mut areas = Vec::new();
                for area in text.split_ascii_whitespace() {
                    if area.bytes().all(|b| b == b'.') {
                        areas.push(".".to_owned());
                    } else if let Some(name) = self.name("grid", area)? {
                        areas.push(name);
                    }
                }
                Ok(Some(quoted(&areas.join(" "))))
            }
            _ => Ok(None),
        }
    }

    fn function(
        &mut self,
        property: &str,
        name: &str,
        inner: &[Item],
        put: &mut Put,
    ) -> Result<bool, Refusal> {
        let Some(name) = words::find(Kind::Function, name) else { return Ok(false) };
        if name == "url" {
            let mut all = inner.iter().filter(|item| !item.is_space());
            return match (all.next(), all.next()) {
                (Some(Item::Text(address)), None) => self.address(address, put),
                _ => Ok(false),
            };
        }
        put.token(&[name, "("].concat());
        if name == "path" {
            let path = inner.iter().find_map(|item| match item {
                Item::Text(path) if is_path(path) => Some(quoted(path)),
                _ => None,
            });
            let Some(path) = path else { return Ok(false) };
            put.token(&path);
            put.close(')');
            return Ok(true);
        }
        let counts = name == "counter" || name == "counters";
        let fits = self.values(if counts { "content" } else { property }, inner, put)?;
        put.close(')');
        Ok(fits)
    }

    /// An address: a place in the same document, or what the host makes of it.
    fn address(&mut self, address: &str, put: &mut Put) -> Result<bool, Refusal> {
        let address = address.trim();
        let new = match address.strip_prefix('#') {
            Some(id) => Some(["#", &self.names.map("n", id)?].concat()),
            None => self.host.shown(address)?,
        };
        let Some(new) = new else {
            let place = format!("{}: address in a style", self.place);
            self.tally.removed(Class::Link, &place, address);
            return Ok(false);
        };
        put.token(&["url(", &quoted(&new), ")"].concat());
        Ok(true)
    }

    /// Tells of a declaration that goes.
    pub(super) fn lost(&self, what: &str, name: &str, items: &[Item]) {
        let name: String = name.chars().take(40).collect();
        let place = format!("{}: {what}: {name}", self.place);
        let class = if name.contains("behavior") || name.contains("binding") {
            Class::Link
        } else {
            Class::Unknown
        };
        self.tally.removed(class, &place, &raw(items));
    }
}

/// Whether these are the letters and numbers of a path.
pub(crate) fn is_path(path: &str) -> bool {
    path.bytes().all(|b| b.is_ascii_digit() || b" \t\r\n,.+-eEMmLlHhVvCcSsQqTtAaZz".contains(&b))
}

/// The name of a font from `at` on, or a word; gives the place behind it.
fn font(property: &str, items: &[Item], at: usize, put: &mut Put) -> usize {
    let mut end = at;
    let mut names: Vec<&str> = Vec::new();
    while let Some(item) = items.get(end) {
        match item {
            Item::Ident(name) => names.push(name),
            Item::Space => {}
            _ => break,
        }
        end = end.saturating_add(1);
    }
    let known = |name: &&str| words::word(name).is_some() || name.starts_with("--");
    // `font` has its words first, `font-family` has only names.
    let start = match property {
        "font" => names.iter().position(|name| !known(name)).unwrap_or(names.len()),
        _ if names.len() == 1 && names.iter().all(known) => 1,
        _ => 0,
    };
    for name in names.iter().take(start) {
        if let Some(word) = words::word(name) {
            put.token(word);
            put.space();
        }
    }
    let family: Vec<&str> = names.into_iter().skip(start).collect();
    if !family.is_empty() {
        let family: String = family.join(" ").chars().take(128).collect();
        put.token(&quoted(&family));
        put.space();
    }
    end
}
