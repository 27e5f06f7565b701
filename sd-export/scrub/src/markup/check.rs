//! The second reader: it knows the one form that the cleaner writes, byte by byte, and nothing else. It
//! has a scanner of its own, and looks at values by what they became.

use super::clean::SHEET;
use super::table;
use super::table::{Act, Kind, Table};
use super::tree::Space;
use crate::Refusal;
use crate::css;
use crate::link::is_kept;
use crate::xml::is_escaped;

/// What is still to be read.
struct Scan<'t> {
    rest: &'t str,
    open: Vec<(&'t str, Space)>,
    /// Whether addresses may also name members of a book.
    book: bool,
}

/// Checks that a page or drawing, without its head, holds nothing but what the tables keep.
pub(crate) fn check(text: &str, book: bool) -> Result<(), Refusal> {
    let mut scan = Scan { rest: text, open: Vec::new(), book };
    if scan.walk().is_some() {
        return Ok(());
    }
    let at = text.len().saturating_sub(scan.rest.len());
    Err(Refusal::not_clean(format!("markup that is not on the list, at byte {at}")))
}

impl<'t> Scan<'t> {
    fn walk(&mut self) -> Option<()> {
        loop {
            let (text, behind) = self.rest.split_once('<')?;
            (text.is_empty() || !self.open.is_empty()).then_some(())?;
            (!text.contains(['>', '\r']) && is_escaped(text)).then_some(())?;
            if let Some(sheet) = self.rest.get(text.len()..).and_then(|t| t.strip_prefix(SHEET)) {
                let (name, behind) = sheet.split_once("\"/>")?;
                (self.book && is_member(name)).then_some(())?;
                self.rest = behind;
            } else if let Some(behind) = behind.strip_prefix('/') {
                let (name, behind) = behind.split_once('>')?;
                (self.open.pop()?.0 == name).then_some(())?;
                self.rest = behind;
            } else {
                self.rest = behind;
                self.tag()?;
            }
            if self.open.is_empty() {
                return self.rest.is_empty().then_some(());
            }
        }
    }

    fn tag(&mut self) -> Option<()> {
        let end = self.rest.find([' ', '/', '>'])?;
        let name = self.take(end)?;
        let outer = self.open.last().map(|(_, space)| *space);
        let space = match (name, outer) {
            ("svg", _) => Space::Svg,
            ("math", _) => Space::Math,
            ("html", None) => Space::Html,
            (_, Some(outer)) => outer,
            _ => return None,
        };
        let table = table(space)?;
        let (_, act) = table.act(name)?;
        matches!(act, Act::Keep | Act::Text | Act::Void | Act::Style).then_some(())?;
        while let Some(rest) = self.rest.strip_prefix(' ') {
            let (attr, rest) = rest.split_once("=\"")?;
            let (value, rest) = rest.split_once('"')?;
            (!value.contains(['<', '>', '\t', '\n', '\r']) && is_escaped(value)).then_some(())?;
            self.rest = rest;
            let charset = (name, attr, value) == ("meta", "charset", "utf-8");
            if !charset && !is_declared(attr, value) {
                self.attribute(table, space, (name, attr), value)?;
            }
        }
        if let Some(rest) = self.rest.strip_prefix("/>") {
            self.rest = rest;
            return Some(());
        }
        self.rest = self.rest.strip_prefix('>')?;
        (act != Act::Void).then_some(())?;
        if act == Act::Style {
            let (sheet, behind) = self.rest.split_once("</style>")?;
            css::check_sheet(sheet).ok()?;
            self.rest = behind;
            return Some(());
        }
        self.open.push((name, space));
        Some(())
    }

    fn attribute(
        &self,
        table: &'static Table,
        space: Space,
        (name, attr): (&str, &str),
        value: &str,
    ) -> Option<()> {
        let kind = match table.kind(name, attr) {
            Some((_, kind)) => kind,
            None => (space == Space::Svg && css::is_property(attr)).then_some(Kind::Value)?,
        };
        let plain = value.replace("&quot;", "\"").replace("&amp;", "&");
        let numbered = |word: &str, start: char| {
            word.strip_prefix(start).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        };
        let all = |start| plain.split(' ').all(|word| numbered(word, start));
        let fits = match kind {
            Kind::Id | Kind::Ids => all('n'),
            Kind::Result => all('r') || table.has_word(&plain),
            Kind::Classes => all('c'),
            Kind::Local => numbered(plain.strip_prefix('#')?, 'n'),
            Kind::Link => match plain.strip_prefix('#') {
                Some(id) => id.is_empty() || numbered(id, 'n'),
                None => is_kept(&plain) || (self.book && is_member(&plain)),
            },
            Kind::Show => match plain.strip_prefix('#') {
                Some(id) => numbered(id, 'n'),
                None => is_picture(&plain) || (self.book && is_member(&plain)),
            },
            Kind::Style | Kind::Value => css::check_list(&plain).is_ok(),
            Kind::Steps => {
                css::is_path(&plain.replace(';', " "))
                    || css::check_list(&plain).is_ok()
                    || is_words(table, &plain)
            }
            Kind::Path => css::is_path(&plain),
            Kind::Flag => plain == attr,
            Kind::Numbers | Kind::Words => is_words(table, &plain),
            Kind::Changes | Kind::Language | Kind::Colour => {
                plain.len() <= 64
                    && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_#".contains(&b))
            }
            Kind::Font | Kind::Text => true,
            Kind::Drop(_) => false,
        };
        fits.then_some(())
    }

    fn take(&mut self, len: usize) -> Option<&'t str> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }
}

fn is_words(table: &Table, value: &str) -> bool {
    let known = |word: &str| {
        word.is_empty() || css::is_word(word) || css::is_number(word) || table.has_word(word)
    };
    value.split([' ', ',', ';', '(', ')']).all(known)
}

fn is_declared(attr: &str, value: &str) -> bool {
    match attr {
        "xmlns" => Space::of(value) != Space::Other,
        "xmlns:xlink" => value == "http://www.w3.org/1999/xlink",
        "xmlns:epub" => value == "http://www.idpf.org/2007/ops",
        _ => false,
    }
}

/// A picture that the address holds itself.
fn is_picture(address: &str) -> bool {
    const KINDS: [&str; 7] = ["jpeg", "png", "gif", "webp", "bmp", "avif", "svg+xml"];
    let Some((kind, data)) = address.split_once(";base64,") else { return false };
    kind.strip_prefix("data:image/").is_some_and(|kind| KINDS.contains(&kind))
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

/// The name of a member as we write it, perhaps with a place in it.
fn is_member(address: &str) -> bool {
    let (name, id) = address.split_once('#').unwrap_or((address, "n"));
    let plain = |text: &str| {
        text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.')
    };
    plain(name) && id.strip_prefix('n').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}
