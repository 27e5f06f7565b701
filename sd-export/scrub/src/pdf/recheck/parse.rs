//! Reads the written form and no other: one spelling for each value, no gaps.

use std::fmt::Write as _;

use super::super::out::{Entries, Obj};
use super::fault;
use crate::Refusal;

/// One object of the clean file.
pub(super) struct Object<'a> {
    pub(super) value: Obj,
    pub(super) data: Option<&'a [u8]>,
}

/// All objects in their order, and the number of the catalog.
pub(super) fn document(clean: &[u8]) -> Result<(Vec<Object<'_>>, u32), Refusal> {
    let mut reader = Reader { bytes: clean, at: 0 };
    reader.expect(b"%PDF-1.7\n")?;
    let mut objects = Vec::new();
    let mut table = String::from("0000000000 65535 f \n");
    while !reader.rest().starts_with(b"xref\n") {
        let _ = writeln!(table, "{:010} 00000 n ", reader.at);
        let number = objects.len().saturating_add(1);
        reader.expect(format!("{number} 0 obj\n").as_bytes())?;
        objects.push(reader.object()?);
    }
    let start = reader.at;
    let size = objects.len().saturating_add(1);
    reader.expect(format!("xref\n0 {size}\n{table}trailer\n<</Root ").as_bytes())?;
    let digits = reader.rest().iter().take_while(|b| b.is_ascii_digit()).count();
    let root = reader.take(digits)?;
    let root = std::str::from_utf8(root).ok().and_then(|text| text.parse().ok());
    let root = root.ok_or_else(|| fault("the catalog"))?;
    reader.expect(format!(" 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n").as_bytes())?;
    if reader.rest().is_empty() { Ok((objects, root)) } else { Err(fault("bytes after the end")) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Refusal> {
        let taken = self.rest().get(..len).ok_or_else(|| fault("an object that ends early"))?;
        self.at = self.at.saturating_add(len);
        Ok(taken)
    }

    fn expect(&mut self, exact: &[u8]) -> Result<(), Refusal> {
        if self.take(exact.len())? == exact { Ok(()) } else { Err(fault("bytes between objects")) }
    }

    fn eat(&mut self, exact: &[u8]) -> bool {
        let found = self.rest().starts_with(exact);
        if found {
            self.at = self.at.saturating_add(exact.len());
        }
        found
    }

    fn object(&mut self) -> Result<Object<'a>, Refusal> {
        let start = self.at;
        let value = self.value(0)?;
        let mut again = Vec::new();
        value.write(&mut again);
        if self.bytes.get(start..self.at) != Some(again.as_slice()) {
            return Err(fault("a value in another spelling"));
        }
        let mut data = None;
        if self.eat(b"\nstream\n") {
            let Obj::Dict(entries) = &value else {
                return Err(fault("a stream"));
            };
            let Some(Obj::Int(len)) = entries.get(b"Length".as_slice()) else {
                return Err(fault("a length"));
            };
            data = Some(self.take(usize::try_from(*len).map_err(|_| fault("a length"))?)?);
            self.expect(b"\nendstream")?;
        }
        self.expect(b"\nendobj\n")?;
        Ok(Object { value, data })
    }

    fn value(&mut self, depth: u32) -> Result<Obj, Refusal> {
        if depth > 200 {
            return Err(fault("nesting"));
        }
        match self.rest() {
            [b'<', b'<', ..] => self.dict(depth),
            [b'[', ..] => self.array(depth),
            [b'/', ..] => self.name().map(Obj::Name),
            [b'(', ..] => self.literal(),
            [b'<', ..] => self.hex(),
            [b'n', ..] if self.eat(b"null") => Ok(Obj::Null),
            [b't', ..] if self.eat(b"true") => Ok(Obj::Bool(true)),
            [b'f', ..] if self.eat(b"false") => Ok(Obj::Bool(false)),
            _ => self.number(),
        }
    }

    fn dict(&mut self, depth: u32) -> Result<Obj, Refusal> {
        self.expect(b"<<")?;
        let mut entries = Entries::new();
        while !self.eat(b">>") {
            let key = self.name()?;
            self.expect(b" ")?;
            let value = self.value(depth.saturating_add(1))?;
            entries.insert(key, value);
        }
        Ok(Obj::Dict(entries))
    }

    fn array(&mut self, depth: u32) -> Result<Obj, Refusal> {
        self.expect(b"[")?;
        let mut items = Vec::new();
        while !self.eat(b"]") {
            if !items.is_empty() {
                self.expect(b" ")?;
            }
            items.push(self.value(depth.saturating_add(1))?);
        }
        Ok(Obj::Arr(items))
    }

    fn name(&mut self) -> Result<Vec<u8>, Refusal> {
        self.expect(b"/")?;
        let mut out = Vec::new();
        loop {
            match self.rest() {
                [b'#', high, low, ..] => {
                    out.push(pair(*high, *low).ok_or_else(|| fault("a name"))?);
                    self.at = self.at.saturating_add(3);
                }
                [byte, ..] if byte.is_ascii_alphanumeric() || b"-_.+,:*'".contains(byte) => {
                    out.push(*byte);
                    self.at = self.at.saturating_add(1);
                }
                _ => return Ok(out),
            }
        }
    }

    fn literal(&mut self) -> Result<Obj, Refusal> {
        self.expect(b"(")?;
        let mut out = Vec::new();
        loop {
            match self.take(1)? {
                b")" => return Ok(Obj::Str(out)),
                b"\\" => out.extend_from_slice(self.take(1)?),
                byte => out.extend_from_slice(byte),
            }
        }
    }

    fn hex(&mut self) -> Result<Obj, Refusal> {
        self.expect(b"<")?;
        let mut out = Vec::new();
        while !self.eat(b">") {
            let [high, low] = self.take(2)? else {
                return Err(fault("a string"));
            };
            out.push(pair(*high, *low).ok_or_else(|| fault("a string"))?);
        }
        Ok(Obj::Str(out))
    }

    /// A number, or a reference when two whole ones and an `R` follow each other.
    fn number(&mut self) -> Result<Obj, Refusal> {
        let len =
            self.rest().iter().take_while(|b| b.is_ascii_digit() || b"-.".contains(b)).count();
        let text = std::str::from_utf8(self.take(len)?).map_err(|_| fault("a number"))?;
        if let Ok(whole) = text.parse::<i64>() {
            if let Ok(number) = u32::try_from(whole)
                && self.eat(b" 0 R")
            {
                return Ok(Obj::Ref(number));
            }
            return Ok(Obj::Int(whole));
        }
        text.parse().map(Obj::Real).map_err(|_| fault("a number"))
    }
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let digit = |b: u8| u8::try_from(char::from(b).to_digit(16)?).ok();
    Some((digit(high)? << 4) | digit(low)?)
}
