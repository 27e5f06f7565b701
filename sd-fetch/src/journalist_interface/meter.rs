//! A body's bytes, counted: all of them, those of each text inside its JSON, and its depth.

use std::io::{self, Read};

use super::answer::Excess;
use super::limits::Limits;

/// A reader that stops at the limits of a list.
///
/// The parser keeps each text whole before anybody can look at it, and a byte for each bracket
/// that is open, even of what it passes over. Of whatever else JSON has, it keeps nothing.
pub(super) struct Meter<R> {
    inner: R,
    most: u64,
    left: u64,
    json: Json,
}

impl<R: Read> Meter<R> {
    /// Counts from here on.
    pub(super) fn new(inner: R, limits: &Limits) -> Self {
        let Limits { list_body, text, depth, .. } = *limits;
        let json = Json { text, length: 0, depth, open: 0, place: Place::Outside };
        Self { inner, most: list_body, left: list_body, json }
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        let left = self.left.checked_sub(n as u64).ok_or(Excess::Bytes(self.most));
        self.left = left.map_err(io::Error::other)?;
        self.json.see(&buf[..n]).map_err(io::Error::other)?;
        Ok(n)
    }
}

/// Follows JSON as far as its quotation marks and brackets. Where it is no JSON, the parser
/// has stopped before.
struct Json {
    text: u64,
    length: u64,
    depth: u32,
    open: u32,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

impl Json {
    fn see(&mut self, bytes: &[u8]) -> Result<(), Excess> {
        for byte in bytes {
            self.place = match (self.place, byte) {
                (Place::Outside, byte) => self.outside(*byte)?,
                (Place::Inside, b'"') => Place::Outside,
                (Place::Inside, b'\\') => self.longer(Place::Escaped)?,
                (Place::Inside | Place::Escaped, _) => self.longer(Place::Inside)?,
            };
        }
        Ok(())
    }

    fn outside(&mut self, byte: u8) -> Result<Place, Excess> {
        match byte {
            b'"' => {
                self.length = 0;
                return Ok(Place::Inside);
            }
            b'[' | b'{' => self.open += 1,
            b']' | b'}' => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        if self.open > self.depth { Err(Excess::Depth(self.depth)) } else { Ok(Place::Outside) }
    }

    fn longer(&mut self, then: Place) -> Result<Place, Excess> {
        self.length += 1;
        if self.length > self.text { Err(Excess::Text(self.text)) } else { Ok(then) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, list_body: u64, text: u64) -> Result<String, Excess> {
        let limits = Limits { list_body, text, depth: 3, ..Limits::default() };
        let mut out = String::new();
        let mut meter = Meter::new(json.as_bytes(), &limits);
        match meter.read_to_string(&mut out) {
            Ok(_) => Ok(out),
            Err(e) => Err(e.downcast().expect("our own")),
        }
    }

    #[test]
    fn what_is_within_its_limits_passes_unchanged() {
        let json = r#"{"a":"1234","\"x":["\\","1234"]}"#;
        assert_eq!(read(json, json.len() as u64, 4).as_deref(), Ok(json));
    }

    #[test]
    fn one_byte_too_many_is_too_many() {
        assert_eq!(read("12345", 4, 9), Err(Excess::Bytes(4)));
        for long in [r#"["12345"]"#, r#"["12345"#, r#"["\"\"\""]"#, r#"["\u0041"]"#] {
            assert_eq!(read(long, 99, 4), Err(Excess::Text(4)), "{long}");
        }
    }

    #[test]
    fn only_brackets_that_are_open_and_outside_of_texts_make_depth() {
        assert!(read(r#"[[[1],{}],["[[["]]"#, 99, 4).is_ok());
        for deep in ["[[[[", r#"[[{"a":{"#, "]]}}[[[["] {
            assert_eq!(read(deep, 99, 4), Err(Excess::Depth(3)), "{deep}");
        }
    }

    #[test]
    fn what_stands_outside_of_texts_is_no_text() {
        assert!(read(r#"[123456789,true, "x" ,123456789]"#, 99, 4).is_ok());
    }
}
