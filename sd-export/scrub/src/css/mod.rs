//! CSS by allow-list: known properties with known words, and nothing that loads or runs.
//!
//! ```text
//! text --cssparser--> tokens --Css: words.txt--> rules anew, names as numbers --check--> clean text
//!                                |  '-- addresses: the host (data: by the module of what it holds)
//!                                '-- the rest: told, gone
//! ```
//!
//! Names that people gave (classes, ids, properties of their own, animations, areas) become numbers,
//! the same ones as in the page or drawing the sheet belongs to.

mod check;
mod file;
mod items;
mod put;
mod select;
mod value;
mod words;

pub(crate) use check::{check_list, check_sheet};
pub(crate) use file::{is_sheet, scrub};
pub(crate) use value::is_path;

use crate::Refusal;
use crate::report::Class;
use crate::xml::{Names, Tally};
use items::{Item, Passed};
use put::quoted;
use words::Kind;

/// What the file around a style decides.
pub(crate) trait Host {
    /// What the address of something that is shown becomes; without any it goes.
    fn shown(&mut self, address: &str) -> Result<Option<String>, Refusal>;

    /// What the address of a link becomes that leads neither to a place in the same file nor to the web.
    fn leads(&mut self, _address: &str) -> Result<Option<String>, Refusal> {
        Ok(None)
    }

    /// What the address of a style sheet becomes; without any it goes.
    fn sheet(&mut self, _address: &str) -> Option<String> {
        None
    }
}

/// What a style is written with.
pub(crate) struct Css<'a> {
    pub(crate) names: &'a Names,
    pub(crate) tally: &'a Tally,
    pub(crate) host: &'a mut dyn Host,
    /// The style, in our words.
    pub(crate) place: &'a str,
}

/// Whether a word is the name of a property on the list.
pub(crate) fn is_property(name: &str) -> bool {
    words::find(Kind::Property, name) == Some(name)
}

/// A property on the list, as it is spelled there.
pub(crate) fn property(name: &str) -> Option<&'static str> {
    words::find(Kind::Property, name).filter(|known| *known == name)
}

/// A number with a unit, or without one.
pub(crate) fn is_number(word: &str) -> bool {
    let end = word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let number = word.strip_suffix(end).unwrap_or_default();
    let exponent = end.strip_prefix(['e', 'E']).map(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'))
    });
    let unit = |unit: &str| unit.is_empty() || words::unit(unit).is_some();
    word.len() <= 64
        && number.bytes().any(|b| b.is_ascii_digit())
        && (unit(end) || exponent.is_some_and(unit))
}

/// Whether a word is one of CSS.
pub(crate) fn is_word(word: &str) -> bool {
    words::word(word).is_some()
}

impl Css<'_> {
    /// A whole sheet anew.
    pub(crate) fn sheet(&mut self, text: &str) -> Result<String, Refusal> {
        let items = self.read(text)?;
        let mut out = String::new();
        self.rules(&items, false, &mut out)?;
        Ok(out)
    }

    /// The declarations of one element.
    pub(crate) fn list(&mut self, text: &str) -> Result<String, Refusal> {
        let items = self.read(text)?;
        self.declarations(&items)
    }

    /// The value of one property, as an attribute of its name holds it.
    pub(crate) fn one(&mut self, property: &str, text: &str) -> Result<Option<String>, Refusal> {
        let items = self.read(text)?;
        let value = self.value(property, &items)?;
        if let Some(value) = &value {
            self.point_out(property, value);
        }
        Ok(value)
    }

    fn read(&self, text: &str) -> Result<Vec<Item>, Refusal> {
        let mut passed = Passed::default();
        let items = items::read(text, &mut passed)?;
        if passed.comments > 0 {
            let place = format!("{}: comments", self.place);
            self.tally.removed(Class::Comment, &place, &passed.first);
        }
        Ok(items)
    }

    fn rules(&mut self, items: &[Item], frames: bool, out: &mut String) -> Result<(), Refusal> {
        let mut rest = items;
        while let Some((item, behind)) = rest.split_first() {
            match item {
                Item::Space | Item::Sign(';') => rest = behind,
                Item::At(name) => {
                    let end = behind.iter().position(is_end).unwrap_or(behind.len());
                    let (prelude, behind) = behind.split_at_checked(end).unwrap_or((behind, &[]));
                    let block = match behind.first() {
                        Some(Item::Block(_, inner)) => Some(inner.as_slice()),
                        _ => None,
                    };
                    self.at_rule(name, trimmed(prelude), block, out)?;
                    rest = behind.get(1..).unwrap_or_default();
                }
                _ => {
                    let end = rest.iter().position(|item| matches!(item, Item::Block('{', _)));
                    let Some(end) = end else {
                        self.lost("what is not a rule", "", rest);
                        return Ok(());
                    };
                    let (prelude, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                    if let Some(Item::Block(_, inner)) = behind.first() {
                        self.rule(trimmed(prelude), inner, frames, out)?;
                    }
                    rest = behind.get(1..).unwrap_or_default();
                }
            }
        }
        Ok(())
    }

    fn rule(
        &mut self,
        prelude: &[Item],
        inner: &[Item],
        frames: bool,
        out: &mut String,
    ) -> Result<(), Refusal> {
        let selector = if frames { frame(prelude) } else { self.selector(prelude)? };
        let Some(selector) = selector else {
            self.lost("rule with a selector that is not on the list", "", prelude);
            return Ok(());
        };
        let list = self.declarations(inner)?;
        if !list.is_empty() {
            out.push_str(&[&selector, "{", &list, "}\n"].concat());
        }
        Ok(())
    }

    fn at_rule(
        &mut self,
        name: &str,
        prelude: &[Item],
        block: Option<&[Item]>,
        out: &mut String,
    ) -> Result<(), Refusal> {
        let name = name.to_ascii_lowercase();
        let (frames, page) = (name.ends_with("keyframes"), name == "page");
        let head = match name.as_str() {
            "media" | "supports" | "container" | "layer" | "page" | "starting-style" => {
                self.prelude(&name, prelude)?
            }
            "keyframes" | "-webkit-keyframes" | "-moz-keyframes" | "-o-keyframes" => {
                match prelude {
                    [Item::Ident(name) | Item::Text(name)] => Some(
                        words::word(name)
                            .map_or_else(|| self.names.map("x", name), |w| Ok(w.to_owned()))?,
                    ),
                    _ => None,
                }
            }
            _ => None,
        };
        let Some(head) = head else {
            self.gone(&name, prelude, block);
            return Ok(());
        };
        let blank = if head.is_empty() { "" } else { " " };
        let Some(block) = block else {
            if name == "layer" && !head.is_empty() {
                out.push_str(&["@layer ", &head, ";\n"].concat());
            }
            return Ok(());
        };
        let mut inner = String::new();
        if page {
            inner = self.declarations(block)?;
        } else {
            self.rules(block, frames, &mut inner)?;
        }
        if !inner.is_empty() {
            let line = if page { "" } else { "\n" };
            out.push_str(&["@", &name, blank, &head, "{", line, &inner, "}\n"].concat());
        }
        Ok(())
    }

    /// Tells of an at-rule that goes.
    fn gone(&mut self, name: &str, prelude: &[Item], block: Option<&[Item]>) {
        let class = match name {
            "import" | "namespace" | "document" | "-moz-document" => Class::Link,
            "charset" => Class::Software,
            "font-face" => Class::Identifier,
            _ => Class::Unknown,
        };
        let name: String = name.chars().take(40).collect();
        let place = format!("{}: @{name}", self.place);
        let quote = [raw(prelude), raw(block.unwrap_or_default())].concat();
        self.tally.removed(class, &place, &quote);
    }

    /// Declarations, in their order.
    fn declarations(&mut self, items: &[Item]) -> Result<String, Refusal> {
        let mut out = Vec::new();
        for part in items.split(|item| *item == Item::Sign(';')) {
            let part = trimmed(part);
            if part.is_empty() {
                continue;
            }
            let Some((name, value)) = declaration(part) else {
                self.lost("what is not a declaration", "", part);
                continue;
            };
            let property = match words::find(Kind::Property, name) {
                Some(property) => property.to_owned(),
                None if name.starts_with("--") => self.names.map("--v", name)?,
                None => {
                    self.lost("property not on the list", name, value);
                    continue;
                }
            };
            match self.value(&property, value)? {
                Some(value) => {
                    self.point_out(&property, &value);
                    out.push([&property, ":", &value].concat());
                }
                None => self.lost("value not on the list", name, value),
            }
        }
        Ok(out.join(";"))
    }

    /// Says that something is hidden.
    fn point_out(&self, property: &str, value: &str) {
        let value = value.trim_end_matches("!important").trim();
        let hides = match property {
            "display" => value == "none",
            "visibility" => value == "hidden" || value == "collapse",
            "opacity" => value.parse::<f64>().is_ok_and(|n| n <= 0.0),
            "font-size" => value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%') == "0",
            _ => false,
        };
        if hides {
            let place = format!("{}: content hidden by its style", self.place);
            let why = "hidden content is content; look at it and decide";
            let quote = [property, ":", value].concat();
            self.tally.kept(Class::HiddenContent, &place, &quote, why);
        }
    }

    /// What stands between the name of an at-rule and its block.
    fn prelude(&mut self, rule: &str, items: &[Item]) -> Result<Option<String>, Refusal> {
        let mut put = put::Put::default();
        let fits = self.condition(rule, items, &mut put)?;
        Ok(fits.then(|| put.finish()))
    }

    fn condition(
        &mut self,
        rule: &str,
        items: &[Item],
        put: &mut put::Put,
    ) -> Result<bool, Refusal> {
        // A declaration in brackets, as `@supports` has it.
        if let [Item::Ident(name), Item::Sign(':'), value @ ..] = items
            && let Some(property) = words::find(Kind::Property, name)
        {
            put.token(property);
            put.joined(":");
            let value = self.value(property, trimmed(value))?;
            put.joined(value.as_deref().unwrap_or_default());
            return Ok(value.is_some());
        }
        for item in items {
            match item {
                Item::Space => put.space(),
                Item::Sign(',') => put.comma(),
                Item::Sign(':') => put.joined(":"),
                Item::Sign(sign @ ('>' | '=' | '/' | '.')) => {
                    put.joined(sign.encode_utf8(&mut [0; 4]));
                }
                Item::Ident(name) => {
                    let word = words::word(name).or_else(|| words::find(Kind::Pseudo, name));
                    match word {
                        Some(word) => put.token(word),
                        None if matches!(rule, "layer" | "container" | "page") => {
                            put.token(&self.names.map("x", name)?);
                        }
                        None => return Ok(false),
                    }
                }
                Item::Number(number, unit) => match words::unit(unit) {
                    Some(unit) if words::is_number(number) => {
                        put.token(&[number, unit.as_str()].concat());
                    }
                    _ => return Ok(false),
                },
                Item::Block('(', inner) => {
                    put.token("(");
                    let fits = self.condition(rule, trimmed(inner), put)?;
                    put.close(')');
                    if !fits {
                        return Ok(false);
                    }
                }
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// The name and value of a declaration.
fn declaration(part: &[Item]) -> Option<(&str, &[Item])> {
    let [Item::Ident(name), rest @ ..] = part else { return None };
    let [Item::Sign(':'), value @ ..] = trimmed(rest) else { return None };
    Some((name, trimmed(value)))
}

fn is_end(item: &Item) -> bool {
    matches!(item, Item::Block('{', _) | Item::Sign(';'))
}

/// The selector of a step of an animation.
fn frame(items: &[Item]) -> Option<String> {
    let mut out = String::new();
    for item in items {
        match item {
            Item::Space => {}
            Item::Sign(',') => out.push(','),
            Item::Ident(word) if word.eq_ignore_ascii_case("from") => out.push_str("from"),
            Item::Ident(word) if word.eq_ignore_ascii_case("to") => out.push_str("to"),
            Item::Number(number, unit) if unit == "%" && words::is_number(number) => {
                out.push_str(number);
                out.push('%');
            }
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

fn trimmed(items: &[Item]) -> &[Item] {
    let mut items = items;
    while let [Item::Space, rest @ ..] | [rest @ .., Item::Space] = items {
        items = rest;
    }
    items
}

/// Tokens as words for the report.
fn raw(items: &[Item]) -> String {
    let mut out = String::new();
    for item in items {
        if out.len() > 200 {
            break;
        }
        match item {
            Item::Ident(name) | Item::At(name) | Item::Hash(name) | Item::Address(name) => {
                out.push_str(name);
            }
            Item::Text(text) => out.push_str(&quoted(text)),
            Item::Number(number, unit) => out.extend([number.as_str(), unit]),
            Item::Function(name, inner) => out.extend([name, "(", &raw(inner), ")"]),
            Item::Block(sign, inner) => {
                out.push(*sign);
                out.push_str(&raw(inner));
            }
            Item::Sign(sign) | Item::Match(sign) => out.push(*sign),
            Item::Space | Item::Bad => out.push(' '),
        }
    }
    out
}
