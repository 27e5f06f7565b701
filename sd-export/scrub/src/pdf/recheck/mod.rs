//! The second reader: takes a clean document apart by its exact grammar, byte by byte, and asks
//! of every key, name, string and stream whether it may stand where it stands.
//!
//! It reads objects with a parser of its own that knows only the written form, and content with
//! the reader crate's tokeniser instead of ours.

mod parse;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use hayro_syntax::content::UntypedIter;

use super::lexer::{Lexer, Token};
use super::out::{Entries, Obj};
use super::{fontfile, ops};
use crate::{Limits, Refusal, deflate, jpeg};
use parse::Object;

/// Checks that a clean document holds nothing but what the list names.
pub(super) fn check(clean: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let (objects, root) = parse::document(clean)?;
    let mut checker = Checker {
        limits,
        count: objects.len(),
        used: BTreeSet::from([root]),
        content: BTreeSet::new(),
        fonts: BTreeMap::new(),
    };
    for object in &objects {
        checker.value(&object.value, "")?;
    }
    for (number, object) in (1u32..).zip(&objects) {
        if !checker.used.contains(&number) {
            return Err(fault("an object that nothing uses"));
        }
        checker.stream(number, object)?;
    }
    match objects.get(index(root)).map(|object| &object.value) {
        Some(Obj::Dict(catalog)) if kind(catalog) == b"Catalog" => Ok(()),
        _ => Err(fault("no catalog")),
    }
}

fn fault(what: &str) -> Refusal {
    Refusal::not_clean(format!("PDF: {what}"))
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1)
}

fn name<'e>(entries: &'e Entries, key: &str) -> &'e [u8] {
    match entries.get(key.as_bytes()) {
        Some(Obj::Name(name)) => name,
        _ => &[],
    }
}

fn kind(entries: &Entries) -> &[u8] {
    name(entries, "Type")
}

struct Checker<'a> {
    limits: &'a Limits,
    count: usize,
    used: BTreeSet<u32>,
    /// Streams that pages and drawn letters name as their content.
    content: BTreeSet<u32>,
    /// Font programs, by the key that names them.
    fonts: BTreeMap<u32, &'static str>,
}

impl Checker<'_> {
    /// Checks a value that stands under `key`.
    fn value(&mut self, value: &Obj, key: &str) -> Result<(), Refusal> {
        match value {
            Obj::Null | Obj::Bool(_) | Obj::Int(_) | Obj::Real(_) => Ok(()),
            Obj::Ref(number) => {
                self.used.insert(*number);
                if index(*number) < self.count {
                    Ok(())
                } else {
                    Err(fault("a reference to nothing"))
                }
            }
            Obj::Name(name) if words::admits_name(key, name) => Ok(()),
            Obj::Str(_) if words::admits_string(key) => Ok(()),
            Obj::Name(_) => Err(fault(&format!("a name under {key}"))),
            Obj::Str(_) => Err(fault(&format!("a string under {key}"))),
            Obj::Arr(items) => {
                let table = matches!(items.first(), Some(Obj::Name(name)) if name == b"Indexed");
                items.iter().try_for_each(|item| match item {
                    Obj::Str(_) if table => Ok(()),
                    Obj::Dict(entries) => self.dict(entries, ""),
                    item => self.value(item, key),
                })
            }
            Obj::Dict(entries) => self.dict(entries, key),
        }
    }

    fn dict(&mut self, entries: &Entries, under: &str) -> Result<(), Refusal> {
        let list = words::keys(kind(entries), under);
        for (key, value) in entries {
            let text = std::str::from_utf8(key).map_err(|_| fault("a key"))?;
            let known = match list {
                words::Keys::Listed(list) => list.contains(&text),
                words::Keys::Counted => words::is_counted(key),
            };
            if !known {
                return Err(fault("a key that is not on the list"));
            }
            if let (b"Page" | b"", "Contents", Obj::Ref(number)) = (kind(entries), text, value) {
                self.content.insert(*number);
            }
            if let ("CharProcs", Obj::Ref(number)) = (under, value) {
                self.content.insert(*number);
            }
            for font in ["FontFile", "FontFile2", "FontFile3"] {
                if let (true, Obj::Ref(number)) = (text == font, value) {
                    self.fonts.insert(*number, font);
                }
            }
            let inner = if list.is_counted() { under } else { text };
            self.value(value, inner)?;
        }
        Ok(())
    }

    fn stream(&self, number: u32, object: &Object<'_>) -> Result<(), Refusal> {
        let (Obj::Dict(entries), Some(data)) = (&object.value, object.data) else {
            return Ok(());
        };
        match name(entries, "Filter") {
            b"DCTDecode" => return jpeg::check_embedded(data),
            b"CCITTFaxDecode" | b"JBIG2Decode" => return Ok(()),
            b"FlateDecode" => {}
            _ => return Err(fault("a filter")),
        }
        let limit = usize::try_from(self.limits.max_output).unwrap_or(usize::MAX);
        let inflated = deflate::inflate(data, limit).map_err(|_| fault("a compressed stream"))?;
        if !inflated.ended || inflated.used != data.len() {
            return Err(fault("bytes after a compressed stream"));
        }
        let drawn =
            name(entries, "Subtype") == b"Form" || entries.contains_key(b"TilingType".as_slice());
        if drawn || self.content.contains(&number) {
            return content(&inflated.data);
        }
        let Some(key) = self.fonts.get(&number) else {
            return Ok(());
        };
        let kind = Some(name(entries, "Subtype")).filter(|kind| !kind.is_empty());
        if fontfile::is_clean(key, kind, &inflated.data) {
            return Ok(());
        }
        Err(fault("a font program"))
    }
}

/// Content is operators of the list and nothing else.
fn content(data: &[u8]) -> Result<(), Refusal> {
    let mut operations = UntypedIter::new(data);
    while let Some(operation) = operations.next() {
        if !ops::is_listed(operation.operator.as_ref()) {
            return Err(fault("an operator that is not on the list"));
        }
    }
    let mut lexer = Lexer::new(data);
    let mut operands = Vec::new();
    while let Some(token) = lexer.next()? {
        let Token::Word(word) = token else {
            operands.push(token);
            continue;
        };
        let has_dictionary = operands.iter().any(|operand| matches!(operand, Token::Dict(_)));
        let is_mark = word == b"BDC";
        if has_dictionary != is_mark || is_mark && !ops::are_letters(&operands) {
            return Err(fault("a dictionary in content"));
        }
        operands.clear();
    }
    if lexer.comments { Err(fault("a comment in content")) } else { Ok(()) }
}
