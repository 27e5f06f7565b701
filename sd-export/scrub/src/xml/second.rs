//! The second reader: it knows the one form that the sieve writes, byte by byte, and nothing else.
//! It has a scanner of its own and asks the table by prefix, not by namespace.

use super::kinds::{Kind, Value};
use super::table::{Act, Name, Rule, Space, Table};
use crate::text;
use crate::{Changes, Choices, Comments, Refusal};

/// The first line of every part.
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// What is still to be read, and what was met.
struct Scan<'t> {
    rest: &'t str,
    table: &'static Table,
    strict: bool,
    choices: Choices,
    open: Vec<(&'t str, bool)>,
    relations: Vec<&'t str>,
}

/// Checks that a part holds nothing but what the table keeps, and gives the numbers of other parts
/// that it uses.
pub(crate) fn check<'t>(
    part: &'t str,
    root: &str,
    table: &'static Table,
    strict: bool,
    choices: Choices,
) -> Result<Vec<&'t str>, Refusal> {
    let fault = || Refusal::not_clean(format!("{root}: XML that is not on the list"));
    let rest = part.strip_prefix(HEAD).ok_or_else(fault)?;
    let (open, relations) = (Vec::new(), Vec::new());
    let mut scan = Scan { rest, table, strict, choices, open, relations };
    scan.walk(root).ok_or_else(fault)?;
    Ok(scan.relations)
}

impl<'t> Scan<'t> {
    fn walk(&mut self, root: &str) -> Option<()> {
        let first = self.rest.strip_prefix('<')?;
        (first.split([' ', '/', '>']).next()? == root).then_some(())?;
        loop {
            let (text, behind) = self.rest.split_once('<')?;
            if !text.is_empty() {
                let (_, takes_text) = self.open.last()?;
                (*takes_text && !text.contains(['>', '\r'])).then_some(())?;
                is_escaped(text).then_some(())?;
                (text::shown(text).len() == text.len()).then_some(())?;
            }
            if let Some(behind) = behind.strip_prefix('/') {
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
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let space = if prefix.is_empty() { Space::NONE } else { self.table.by_prefix(prefix)? };
        let rule = self.table.rule_of(space, local)?;
        let text = match rule.act {
            Act::Keep => false,
            Act::Text | Act::AskText => true,
            Act::Insert | Act::Delete | Act::Format => {
                (self.choices.changes == Changes::Keep).then_some(false)?
            }
            Act::Comment => (self.choices.comments == Comments::Keep).then_some(false)?,
            Act::Unwrap | Act::Drop(_) => return None,
        };
        let is_root = self.open.is_empty();
        while let Some(rest) = self.rest.strip_prefix(' ') {
            let (attr, rest) = rest.split_once("=\"")?;
            let (value, rest) = rest.split_once('"')?;
            (!value.contains(['<', '>', '\t', '\n', '\r']) && is_escaped(value)).then_some(())?;
            self.rest = rest;
            match attr.strip_prefix("xmlns:") {
                Some(prefix) => {
                    let space = self.table.by_prefix(prefix)?;
                    (is_root && value == self.table.spelling(space, self.strict)).then_some(())?;
                }
                None => self.attribute((space, rule), attr, value)?,
            }
        }
        if let Some(rest) = self.rest.strip_prefix("/>") {
            self.rest = rest;
        } else {
            self.rest = self.rest.strip_prefix('>')?;
            self.open.push((name, text));
            return Some(());
        }
        // An empty root is the end.
        Some(())
    }

    fn attribute(
        &mut self,
        (space, rule): (Space, &Rule),
        attr: &'t str,
        value: &'t str,
    ) -> Option<()> {
        let (owner, local) = match attr.split_once(':') {
            Some((prefix, local)) => (self.table.by_prefix(prefix)?, local),
            None => (Space::NONE, attr),
        };
        let (_, kind): (Name, Kind) = self.table.kind_of(space, rule, owner, local)?;
        let numbered = |value: &str, kind: &str| {
            value.strip_prefix(kind).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        };
        let fits = match kind {
            Kind::Mapped("guid") => value.starts_with("{00000000-0000-0000-0000-"),
            Kind::Mapped("number") => numbered(value, ""),
            Kind::Mapped(kind) => numbered(value, kind),
            Kind::Named(kind) => self.table.is_name(kind, value),
            Kind::Formula => matches!(kind.admit(value), Value::Keep(_)),
            Kind::Hash(kind) => numbered(value.strip_prefix('#')?, kind),
            Kind::Relation | Kind::RelationNeeded | Kind::RelationWrap => {
                if !value.is_empty() {
                    self.relations.push(value);
                }
                true
            }
            Kind::Fixed(fixed) => value == fixed,
            Kind::Drop(_) => false,
            Kind::Ask | Kind::Text => true,
            kind => matches!(kind.admit(value), Value::Keep(_)) || value.contains('&'),
        };
        fits.then_some(())
    }

    fn take(&mut self, len: usize) -> Option<&'t str> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Whether every `&` starts one of the entities that are written.
pub(crate) fn is_escaped(text: &str) -> bool {
    const KNOWN: [&str; 7] = ["amp;", "lt;", "gt;", "quot;", "#9;", "#10;", "#13;"];
    let mut parts = text.split('&');
    parts.next();
    parts.all(|part| KNOWN.iter().any(|known| part.starts_with(known)))
}
