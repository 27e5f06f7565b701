//! The document as it is written: plain objects in one order, one form, one revision.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Limits, Refusal};

/// A dictionary to write; its keys are words of ours or names we made.
pub(super) type Entries = BTreeMap<Vec<u8>, Obj>;

/// A value to write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Obj {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Str(Vec<u8>),
    Name(Vec<u8>),
    Arr(Vec<Obj>),
    Dict(Entries),
    Ref(u32),
}

impl Obj {
    pub(super) fn name(name: impl AsRef<[u8]>) -> Self {
        Self::Name(name.as_ref().to_vec())
    }

    pub(super) fn nums(numbers: &[f64]) -> Self {
        Self::Arr(numbers.iter().copied().map(Self::Real).collect())
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
            Self::Real(n) => out.extend_from_slice(number(*n).as_bytes()),
            Self::Str(text) => string(text, out),
            Self::Name(text) => name(text, out),
            Self::Arr(items) => {
                out.push(b'[');
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(entries) => dict(entries, out),
            Self::Ref(id) => out.extend_from_slice(format!("{id} 0 R").as_bytes()),
        }
    }
}

/// Puts an entry into a dictionary.
pub(super) fn put(entries: &mut Entries, key: &str, value: Obj) {
    entries.insert(key.as_bytes().to_vec(), value);
}

/// A number with at most six decimals, in the shortest form.
pub(super) fn number(n: f64) -> String {
    if !n.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{:.6}", n.clamp(-1e15, 1e15));
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || text.is_empty() { "0".to_owned() } else { text.to_owned() }
}

/// A string in brackets when it is printable, else in hexadecimal.
pub(super) fn string(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().all(|b| matches!(b, b' '..=b'~')) {
        out.push(b'(');
        for byte in text {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        for byte in text {
            out.extend_from_slice(format!("{byte:02x}").as_bytes());
        }
        out.push(b'>');
    }
}

/// A name; bytes that are not letters, digits or plain marks are spelt out.
pub(super) fn name(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in text {
        if byte.is_ascii_alphanumeric() || b"-_.+,:*'".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("#{byte:02x}").as_bytes());
        }
    }
}

fn dict(entries: &Entries, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<<");
    for (key, value) in entries {
        name(key, out);
        out.push(b' ');
        value.write(out);
    }
    out.extend_from_slice(b">>");
}

/// One object to write.
enum Item {
    Reserved,
    Value(Obj),
    Stream(Entries, Vec<u8>),
}

/// The objects written so far; object `n` stands at `n - 1`.
#[derive(Default)]
pub(super) struct Builder {
    items: Vec<Item>,
    max: u32,
}

impl Builder {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { items: Vec::new(), max: limits.max_objects }
    }

    /// A number for an object that is written later.
    pub(super) fn reserve(&mut self) -> Result<u32, Refusal> {
        let id = u32::try_from(self.items.len()).ok().and_then(|n| n.checked_add(1));
        let id = id.filter(|id| *id <= self.max).ok_or_else(|| Refusal::TooLarge {
            what: "number of objects".into(),
            limit: u64::from(self.max),
        })?;
        self.items.push(Item::Reserved);
        Ok(id)
    }

    pub(super) fn set(&mut self, id: u32, value: Obj) {
        self.fill(id, Item::Value(value));
    }

    /// Sets a stream; data are deflated unless the entries already name a filter.
    pub(super) fn set_stream(&mut self, id: u32, mut entries: Entries, data: &[u8]) {
        let data = if entries.contains_key(b"Filter".as_slice()) {
            data.to_vec()
        } else {
            put(&mut entries, "Filter", Obj::name("FlateDecode"));
            crate::deflate::deflate(data)
        };
        put(&mut entries, "Length", Obj::Int(i64::try_from(data.len()).unwrap_or(0)));
        self.fill(id, Item::Stream(entries, data));
    }

    pub(super) fn add(&mut self, value: Obj) -> Result<u32, Refusal> {
        let id = self.reserve()?;
        self.set(id, value);
        Ok(id)
    }

    pub(super) fn add_stream(&mut self, entries: Entries, data: &[u8]) -> Result<u32, Refusal> {
        let id = self.reserve()?;
        self.set_stream(id, entries, data);
        Ok(id)
    }

    fn fill(&mut self, id: u32, item: Item) {
        let at = usize::try_from(id).ok().and_then(|n| n.checked_sub(1));
        if let Some(slot) = at.and_then(|at| self.items.get_mut(at)) {
            *slot = item;
        }
    }

    /// The whole file: header, objects, one table, one trailer.
    pub(super) fn finish(self, root: u32) -> Vec<u8> {
        let mut out = b"%PDF-1.7\n".to_vec();
        let mut table = String::from("0000000000 65535 f \n");
        for (n, item) in (1u32..).zip(&self.items) {
            let _ = writeln!(table, "{:010} 00000 n ", out.len());
            out.extend_from_slice(format!("{n} 0 obj\n").as_bytes());
            match item {
                Item::Reserved => Obj::Null.write(&mut out),
                Item::Value(value) => value.write(&mut out),
                Item::Stream(entries, data) => {
                    dict(entries, &mut out);
                    out.extend_from_slice(b"\nstream\n");
                    out.extend_from_slice(data);
                    out.extend_from_slice(b"\nendstream");
                }
            }
            out.extend_from_slice(b"\nendobj\n");
        }
        let start = out.len();
        let size = self.items.len().saturating_add(1);
        let tail = format!(
            "xref\n0 {size}\n{table}trailer\n<</Root {root} 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n"
        );
        out.extend_from_slice(tail.as_bytes());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (-12.25, "-12.25"),
            (f64::NAN, "0"),
            (1e-9, "0"),
        ];
        for (n, text) in cases {
            assert_eq!(number(n), text);
        }
    }

    #[test]
    fn names_and_strings_cannot_break_out() {
        let mut out = Vec::new();
        name(b"A b/(", &mut out);
        string(b"a)b", &mut out);
        string(b"\xff", &mut out);
        assert_eq!(out, b"/A#20b#2f#28(a\\)b)<ff>");
    }
}
