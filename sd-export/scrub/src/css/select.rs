//! Selectors: elements, classes, ids, known states, and what combines them. A rule whose selector is not
//! understood in full goes as a whole.

use super::Css;
use super::items::Item;
use super::put::{Put, quoted};
use super::words::{self, Kind};
use crate::Refusal;

impl Css<'_> {
    /// A list of selectors anew.
    pub(super) fn selector(&mut self, items: &[Item]) -> Result<Option<String>, Refusal> {
        let mut put = Put::default();
        let fits = self.selectors(items, &mut put)?;
        let selector = put.finish();
        Ok((fits && !selector.is_empty()).then_some(selector))
    }

    fn selectors(&mut self, items: &[Item], put: &mut Put) -> Result<bool, Refusal> {
        let mut rest = items.iter().peekable();
        while let Some(item) = rest.next() {
            match item {
                Item::Space => put.space(),
                Item::Sign(',') => put.comma(),
                Item::Sign(sign @ ('>' | '+' | '~')) => {
                    put.joined(sign.encode_utf8(&mut [0; 4]));
                    while rest.next_if(|item| item.is_space()).is_some() {}
                }
                Item::Sign('*') => put.token("*"),
                Item::Sign('.') => {
                    let Some(Item::Ident(class)) = rest.next() else { return Ok(false) };
                    put.space_kept(&[".", &self.names.map("c", class)?].concat());
                }
                Item::Hash(id) => put.space_kept(&["#", &self.names.map("n", id)?].concat()),
                Item::Ident(name) => match words::find(Kind::Element, name) {
                    Some(name) => put.token(name),
                    None => return Ok(false),
                },
                Item::Sign(':') => {
                    let double = rest.next_if(|item| **item == Item::Sign(':')).is_some();
                    let colons = if double { "::" } else { ":" };
                    let Some(pseudo) = rest.next() else { return Ok(false) };
                    if !self.pseudo(colons, pseudo, put)? {
                        return Ok(false);
                    }
                }
                Item::Block('[', inner) => match attribute(inner) {
                    Some(test) => put.space_kept(&test),
                    None => return Ok(false),
                },
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn pseudo(&mut self, colons: &str, item: &Item, put: &mut Put) -> Result<bool, Refusal> {
        match item {
            Item::Ident(name) => {
                let Some(name) = words::find(Kind::Pseudo, name) else { return Ok(false) };
                put.space_kept(&[colons, name].concat());
                Ok(true)
            }
            Item::Function(name, inner) => {
                let Some(name) = words::find(Kind::PseudoFunction, name) else { return Ok(false) };
                put.space_kept(&[colons, name, "("].concat());
                let fits = match name {
                    "lang" | "dir" => language(inner, put),
                    _ if name.starts_with("nth") => step(inner, put),
                    _ => self.selectors(inner, put)?,
                };
                put.close(')');
                Ok(fits)
            }
            _ => Ok(false),
        }
    }
}

/// The one language of a selector, or its direction.
fn language(items: &[Item], put: &mut Put) -> bool {
    let mut all = items.iter().filter(|item| !item.is_space());
    match (all.next(), all.next()) {
        (Some(Item::Ident(name)), None) => {
            let short =
                name.len() <= 8 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let first = name.split('-').next().unwrap_or_default();
            let fits = short && first.len() <= 3;
            if fits {
                put.token(name);
            }
            fits
        }
        _ => false,
    }
}

/// `2n+1`, `odd`, `3`.
fn step(items: &[Item], put: &mut Put) -> bool {
    for item in items {
        match item {
            Item::Space => put.space(),
            Item::Sign(sign @ ('+' | '-')) => put.token(sign.encode_utf8(&mut [0; 4])),
            Item::Ident(name) => {
                let plain = name.trim_start_matches('-');
                let fits = matches!(plain, "odd" | "even" | "n")
                    || words::unit(plain).is_some_and(|u| u.starts_with('n'));
                if !fits {
                    return false;
                }
                put.token(name);
            }
            Item::Number(number, unit) => match words::unit(unit) {
                Some(unit)
                    if words::is_number(number) && (unit.is_empty() || unit.starts_with('n')) =>
                {
                    put.token(&[number, unit.as_str()].concat());
                }
                _ => return false,
            },
            _ => return false,
        }
    }
    true
}

/// A test of an attribute that is kept, by a word of the vocabulary or the start of an address.
fn attribute(items: &[Item]) -> Option<String> {
    const VALUES: [&str; 16] = [
        "http", "http:", "http://", "https", "https:", "https://", "mailto:", "#", ".pdf", "1",
        "a", "i", "checkbox", "button", "submit", "reset",
    ];
    let items: Vec<&Item> = items.iter().filter(|item| !item.is_space()).collect();
    let (name, rest) = items.split_first()?;
    let Item::Ident(name) = name else { return None };
    let name = words::find(Kind::Attribute, name)?;
    let (sign, value) = match rest {
        [] => return Some(format!("[{name}]")),
        [Item::Sign('='), value] => ("=".to_owned(), value),
        [Item::Match(sign), value] => (format!("{sign}="), value),
        _ => return None,
    };
    let (Item::Ident(value) | Item::Text(value)) = value else { return None };
    let known = VALUES.contains(&value.as_str()) || words::word(value).is_some();
    known.then(|| format!("[{name}{sign}{}]", quoted(value)))
}
