//! Letters out of bytes in code pages, and by their numbers.

use super::token::{Item, Token, head, items};
use super::words;
use crate::Refusal;
use crate::codepage::Page;

/// How the bytes of a text are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Charset {
    Page(&'static Page),
    /// Signs of a font that has no letters.
    Signs,
    /// A code page that is not known here.
    Unknown(i32),
}

impl Charset {
    /// The code page of this number.
    pub(super) fn page(number: i32) -> Self {
        Page::named(&number.to_string()).map_or(Self::Unknown(number), Self::Page)
    }

    /// What a font's own number for it means; `None`: that of the document.
    pub(super) fn of_font(number: i32) -> Option<Self> {
        let page = match number {
            0 => 1252,
            1 => return None,
            2 => return Some(Self::Signs),
            77 => 10000,
            128 => 932,
            129 => 949,
            134 => 936,
            136 => 950,
            161 => 1253,
            162 => 1254,
            163 => 1258,
            177 => 1255,
            178 => 1256,
            186 => 1257,
            204 => 1251,
            222 => 874,
            238 => 1250,
            254 => 437,
            255 => 850,
            other => other,
        };
        Some(Self::page(page))
    }

    fn letter(self, byte: u8) -> Result<char, Refusal> {
        if byte < 0x80 {
            return Ok(char::from(byte));
        }
        match self {
            Self::Page(page) => Ok(page.letter(byte).unwrap_or('\u{fffd}')),
            Self::Signs => Ok(char::from_u32(0xf000 | u32::from(byte)).unwrap_or('\u{fffd}')),
            Self::Unknown(number) => {
                Err(Refusal::unsupported(format!("text in code page {number}")))
            }
        }
    }
}

/// How text is read at one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) charset: Charset,
    /// How many letters stand for one that is given by its number.
    pub(super) fallback: usize,
    /// How many of those are still to be passed over.
    skip: usize,
    /// The first half of a letter that takes two numbers.
    high: Option<u16>,
}

impl Reading {
    pub(super) fn new(charset: Charset) -> Self {
        Self { charset, fallback: 1, skip: 0, high: None }
    }

    /// Reads a mark: the letters it stands for. `None`: it is no text.
    pub(super) fn letters(&mut self, token: Token<'_>) -> Result<Option<String>, Refusal> {
        Ok(match token {
            Token::Hex(byte) => Some(self.bytes(&[byte])?),
            Token::Text(bytes) => Some(self.bytes(bytes)?),
            Token::Word("u", Some(number)) => Some(self.unit(number)),
            Token::Word("uc", number) => {
                self.fallback = usize::try_from(number.unwrap_or(1).clamp(0, 255)).unwrap_or(1);
                Some(String::new())
            }
            _ => {
                self.skip = 0;
                None
            }
        })
    }

    /// A group starts or ends: nothing is passed over beyond it.
    pub(super) fn edge(&mut self) {
        self.skip = 0;
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<String, Refusal> {
        let passed = self.skip.min(bytes.len());
        self.skip = self.skip.saturating_sub(passed);
        let mut out = String::new();
        for byte in bytes.get(passed..).unwrap_or_default() {
            self.lone(&mut out);
            out.push(self.charset.letter(*byte)?);
        }
        Ok(out)
    }

    fn unit(&mut self, number: i32) -> String {
        self.skip = self.fallback;
        let mut out = String::new();
        let unit = u16::try_from(number & 0xffff).unwrap_or(0xfffd);
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let both = char::decode_utf16([high, unit]).next();
                out.push(both.and_then(Result::ok).unwrap_or('\u{fffd}'));
            }
            (before, 0xd800..=0xdbff) => {
                out.extend(before.map(|_| '\u{fffd}'));
                self.high = Some(unit);
            }
            (before, unit) => {
                out.extend(before.map(|_| '\u{fffd}'));
                out.push(char::from_u32(unit.into()).unwrap_or('\u{fffd}'));
            }
        }
        out
    }

    /// The first half of a letter that no second half followed.
    fn lone(&mut self, out: &mut String) {
        if self.high.take().is_some() {
            out.push('\u{fffd}');
        }
    }
}

/// The text of a group and of the groups in it, without those that are more than text.
pub(super) fn plain(tokens: &[Token<'_>], mut reading: Reading) -> Result<String, Refusal> {
    let mut out = String::new();
    for item in items(tokens) {
        match item {
            Item::Group(inside) => {
                let start = head(inside);
                let other = start.word.is_some_and(|(name, _)| words::place(name).is_some());
                reading.edge();
                if !other && !start.starred {
                    out.push_str(&plain(inside, reading)?);
                }
            }
            Item::Token(token) => {
                if let Some(letters) = reading.letters(token)? {
                    out.push_str(&letters);
                }
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn read(text: &[u8]) -> String {
        let (tokens, _) = super::super::token::read(text, &Limits::default()).expect("marks");
        plain(&tokens, Reading::new(Charset::page(1252))).expect("text")
    }

    #[test]
    fn letters_come_from_bytes_and_numbers() {
        assert_eq!(read(b"{a\\'e4\xfc}"), "aäü");
        assert_eq!(read(b"{\\uc1\\u8364?x}"), "€x");
        assert_eq!(read(b"{\\uc2\\u8364\\'80ax}"), "€x");
        assert_eq!(read(b"{\\uc0\\u8364x}"), "€x");
        assert_eq!(read(b"{\\u-10179?\\u-8704?x}"), "\u{1f600}x");
        assert_eq!(read(b"{\\u-10179?x}"), "\u{fffd}x");
        assert_eq!(read(b"{\\u8364}x}"), "€");
        assert_eq!(read(b"{a{\\*\\foo b}{\\info c}{d}}"), "ad");
    }

    #[test]
    fn letters_of_pages_that_are_not_known_are_refused() {
        let reading = || Reading::new(Charset::of_font(128).expect("a page"));
        assert!(plain(&[Token::Hex(0x82)], reading()).is_err());
        assert!(plain(&[Token::Text(b"plain")], reading()).is_ok());
    }
}
