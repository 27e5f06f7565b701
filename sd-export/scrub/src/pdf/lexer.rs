//! Tokens of content streams, character maps and calculator functions.

use crate::Refusal;

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Num(f64),
    Name(Vec<u8>),
    Str(Vec<u8>),
    Arr(Vec<Token>),
    Dict(Vec<(Vec<u8>, Token)>),
    /// A bare word: an operator, `true`, `null`, a brace.
    Word(Vec<u8>),
}

impl Token {
    pub(super) fn num(&self) -> Option<f64> {
        if let Self::Num(n) = self { Some(*n) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word.as_bytes())
    }
}

const MAX_DEPTH: u32 = 32;

/// Reads tokens one after the other; comments and white space are skipped.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether any comment was skipped.
    pub(super) comments: bool,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, comments: false }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token>, Refusal> {
        self.token(0)
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Steps over `count` bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.bytes.len());
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                self.comments = true;
                while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.skip(1);
                }
            } else if is_space(byte) {
                self.skip(1);
            } else {
                break;
            }
        }
    }

    fn token(&mut self, depth: u32) -> Result<Option<Token>, Refusal> {
        if depth > MAX_DEPTH {
            return Err(Refusal::malformed("nesting in a content stream"));
        }
        self.skip_blanks();
        let Some(byte) = self.peek() else {
            return Ok(None);
        };
        Ok(Some(match byte {
            b'/' => {
                self.skip(1);
                Token::Name(self.name())
            }
            b'(' => {
                self.skip(1);
                Token::Str(self.string())
            }
            b'<' if self.bytes.get(self.at.saturating_add(1)) == Some(&b'<') => {
                self.skip(2);
                self.dict(depth)?
            }
            b'<' => {
                self.skip(1);
                Token::Str(self.hex())
            }
            b'[' => {
                self.skip(1);
                self.array(depth)?
            }
            b']' | b'{' | b'}' | b')' => {
                self.skip(1);
                Token::Word(vec![byte])
            }
            b'>' => {
                self.skip(if self.bytes.get(self.at.saturating_add(1)) == Some(&b'>') {
                    2
                } else {
                    1
                });
                Token::Word(b">>".to_vec())
            }
            _ => self.word(),
        }))
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        while self.peek().is_some_and(|b| !is_space(b) && !is_delimiter(b)) {
            self.skip(1);
        }
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        match number(word) {
            Some(n) => Token::Num(n),
            None => Token::Word(word.to_vec()),
        }
    }

    fn name(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some(byte) = self.peek().filter(|b| !is_space(*b) && !is_delimiter(*b)) {
            self.skip(1);
            let digit = |n: usize| {
                let byte = self.bytes.get(self.at.saturating_add(n))?;
                u8::try_from(char::from(*byte).to_digit(16)?).ok()
            };
            match (byte, digit(0), digit(1)) {
                (b'#', Some(high), Some(low)) => {
                    out.push((high << 4) | low);
                    self.skip(2);
                }
                _ => out.push(byte),
            }
        }
        out
    }

    fn array(&mut self, depth: u32) -> Result<Token, Refusal> {
        let mut items = Vec::new();
        loop {
            match self.token(depth + 1)? {
                None => return Err(Refusal::malformed("an array that does not end")),
                Some(token) if token.is_word("]") => return Ok(Token::Arr(items)),
                Some(token) => items.push(token),
            }
        }
    }

    fn dict(&mut self, depth: u32) -> Result<Token, Refusal> {
        let mut entries = Vec::new();
        loop {
            match self.token(depth + 1)? {
                Some(Token::Name(key)) => {
                    let value = self.token(depth + 1)?;
                    let value = value
                        .ok_or_else(|| Refusal::malformed("a dictionary that does not end"))?;
                    entries.push((key, value));
                }
                Some(token) if token.is_word(">>") => return Ok(Token::Dict(entries)),
                _ => return Err(Refusal::malformed("a dictionary in a content stream")),
            }
        }
    }
}

/// A number in the document's own spelling; doubled signs are forgiven as readers do.
fn number(word: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(word).ok()?;
    let plain = text.strip_prefix('+').unwrap_or(text);
    let plain = if plain.starts_with("--") { plain.get(1..)? } else { plain };
    let digits = plain.strip_prefix('-').unwrap_or(plain);
    let shape = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().any(|b| b.is_ascii_digit());
    if shape { plain.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<Token> {
        let mut lexer = Lexer::new(text);
        std::iter::from_fn(|| lexer.next().expect("well formed")).collect()
    }

    #[test]
    fn tokens_are_read_and_comments_skipped() {
        let tokens = all(b"1 -.5 /A#20b (x\\)\\101) <4 1> [1 (a)] % hidden\nTj");
        assert_eq!(
            tokens,
            [
                Token::Num(1.0),
                Token::Num(-0.5),
                Token::Name(b"A b".to_vec()),
                Token::Str(b"x)A".to_vec()),
                Token::Str(b"A".to_vec()),
                Token::Arr(vec![Token::Num(1.0), Token::Str(b"a".to_vec())]),
                Token::Word(b"Tj".to_vec()),
            ]
        );
    }

    #[test]
    fn endless_nesting_is_refused() {
        assert!(Lexer::new(&[b'['; 100]).next().is_err());
    }
}
