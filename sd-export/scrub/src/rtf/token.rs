//! The marks of RTF, and which group each is in.

use crate::{Limits, Refusal};

/// One mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A group, with how many marks are in it; its end is not among them.
    Open(usize),
    /// The end of a group.
    Close,
    /// A control word.
    Word(&'a str, Option<i32>),
    /// A control symbol that is no letter of the text.
    Symbol(u8),
    /// A byte written in hexadecimal.
    Hex(u8),
    /// Bytes as they stand.
    Text(&'a [u8]),
    /// Bytes behind `\bin`.
    Bin(&'a [u8]),
}

/// What stands in a group, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'t, 'a> {
    Group(&'t [Token<'a>]),
    Token(Token<'a>),
}

/// The items of a group.
pub(super) fn items<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = Item<'t, 'a>> {
    let mut rest = tokens;
    std::iter::from_fn(move || {
        let (first, behind) = rest.split_first()?;
        let Token::Open(len) = first else {
            rest = behind;
            return Some(Item::Token(*first));
        };
        let inside = behind.get(..*len).unwrap_or_default();
        rest = behind.get(len.saturating_add(1)..).unwrap_or_default();
        Some(Item::Group(inside))
    })
}

/// How a group starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head<'t, 'a> {
    /// Whether a reader that does not know the word skips the group.
    pub(super) starred: bool,
    /// The word it starts with; none when it starts with something else.
    pub(super) word: Option<(&'a str, Option<i32>)>,
    /// What stands behind the word.
    pub(super) rest: &'t [Token<'a>],
}

/// The start of a group.
pub(super) fn head<'t, 'a>(tokens: &'t [Token<'a>]) -> Head<'t, 'a> {
    let (starred, rest) = match tokens {
        [Token::Symbol(b'*'), rest @ ..] => (true, rest),
        all => (false, all),
    };
    match rest {
        [Token::Word(name, number), rest @ ..] => {
            Head { starred, word: Some((*name, *number)), rest }
        }
        rest => Head { starred, word: None, rest },
    }
}

/// The marks inside the one group of a document, and how many bytes stand behind it.
pub(super) fn read<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<(Vec<Token<'a>>, usize), Refusal> {
    let mut reader = Reader { bytes, at: 0, tokens: Vec::new(), open: Vec::new() };
    let most = usize::try_from(limits.max_objects).unwrap_or(usize::MAX).saturating_mul(20);
    let deepest = usize::try_from(limits.max_depth).unwrap_or(usize::MAX);
    while reader.step()? {
        if reader.tokens.len() > most {
            let what = "the marks of the document, in number".to_owned();
            return Err(Refusal::TooLarge { what, limit: most as u64 });
        }
        if reader.open.len() > deepest {
            let what = "depth of groups".to_owned();
            return Err(Refusal::TooLarge { what, limit: deepest as u64 });
        }
    }
    let behind = bytes.get(reader.at..).unwrap_or_default();
    let behind = behind.iter().filter(|b| !b.is_ascii_whitespace() && **b != 0).count();
    let mut tokens = reader.tokens;
    tokens.pop();
    if !tokens.is_empty() {
        tokens.remove(0);
    }
    Ok((tokens, behind))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token<'a>>,
    /// Where the groups that are open start.
    open: Vec<usize>,
}

impl<'a> Reader<'a> {
    /// Reads one mark; says whether there are more.
    fn step(&mut self) -> Result<bool, Refusal> {
        let cut = || Refusal::malformed("a document that is cut off");
        let byte = *self.bytes.get(self.at).ok_or_else(cut)?;
        let start = self.at;
        self.at = self.at.saturating_add(1);
        match byte {
            b'{' => {
                self.open.push(self.tokens.len());
                self.tokens.push(Token::Open(0));
            }
            b'}' => {
                let start = self.open.pop().ok_or_else(cut)?;
                let len = self.tokens.len().saturating_sub(start).saturating_sub(1);
                if let Some(token) = self.tokens.get_mut(start) {
                    *token = Token::Open(len);
                }
                self.tokens.push(Token::Close);
                return Ok(!self.open.is_empty());
            }
            b'\\' => self.control()?,
            b'\r' | b'\n' | 0 => {}
            _ => {
                let rest = self.bytes.get(start..).unwrap_or_default();
                let special = |b: &u8| matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0);
                let len = rest.iter().position(special).unwrap_or(rest.len());
                self.tokens.push(Token::Text(rest.get(..len).unwrap_or_default()));
                self.at = start.saturating_add(len);
            }
        }
        if self.open.is_empty() {
            return Err(Refusal::malformed("text outside of the document's group"));
        }
        Ok(true)
    }

    fn control(&mut self) -> Result<(), Refusal> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let first = *rest.first().ok_or_else(|| Refusal::malformed("a mark that is cut off"))?;
        if first.is_ascii_alphabetic() {
            return self.word(rest);
        }
        self.at = self.at.saturating_add(1);
        let token = match first {
            b'\'' => {
                let digits = rest.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
                let hex = |d: &&str| d.bytes().all(|b| b.is_ascii_hexdigit());
                let byte = digits.filter(hex).and_then(|d| u8::from_str_radix(d, 16).ok());
                self.at = self.at.saturating_add(2);
                Token::Hex(byte.ok_or_else(|| Refusal::malformed("a byte in hexadecimal"))?)
            }
            b'\r' | b'\n' => Token::Word("par", None),
            b'\t' => Token::Word("tab", None),
            // Letters of the text that need the mark.
            b'\\' | b'{' | b'}' => Token::Text(rest.get(..1).unwrap_or_default()),
            other => Token::Symbol(other),
        };
        self.tokens.push(token);
        Ok(())
    }

    fn word(&mut self, rest: &'a [u8]) -> Result<(), Refusal> {
        let odd = || Refusal::malformed("a control word");
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let behind = rest.get(letters..).unwrap_or_default();
        let sign = usize::from(behind.first() == Some(&b'-'));
        let digits = behind.iter().skip(sign).take_while(|b| b.is_ascii_digit()).count();
        let number_len = if digits == 0 { 0 } else { sign.saturating_add(digits) };
        if letters > 32 || number_len > 11 {
            return Err(odd());
        }
        let text = |bytes: Option<&'a [u8]>| std::str::from_utf8(bytes.unwrap_or_default());
        let name = text(rest.get(..letters)).map_err(|_| odd())?;
        let number = match text(behind.get(..number_len)).map_err(|_| odd())? {
            "" => None,
            digits => Some(digits.parse::<i32>().map_err(|_| odd())?),
        };
        let mut len = letters.saturating_add(number_len);
        if rest.get(len) == Some(&b' ') {
            len = len.saturating_add(1);
        }
        self.at = self.at.saturating_add(len);
        if name == "bin" {
            return self.binary(number.unwrap_or(0));
        }
        self.tokens.push(Token::Word(name, number));
        Ok(())
    }

    fn binary(&mut self, len: i32) -> Result<(), Refusal> {
        let cut = || Refusal::malformed("binary data that are cut off");
        let len = usize::try_from(len).map_err(|_| cut())?;
        let end = self.at.checked_add(len).ok_or_else(cut)?;
        self.tokens.push(Token::Bin(self.bytes.get(self.at..end).ok_or_else(cut)?));
        self.at = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(bytes: &[u8]) -> Result<(Vec<Token<'_>>, usize), Refusal> {
        read(bytes, &Limits::default())
    }

    #[test]
    fn marks_are_told_apart() {
        let (all, behind) =
            marks(b"{\\b1 a\\'e4{\\*\\x-2}\r\n\\bin3 }{\\\\~\\{}tail").expect("read");
        assert_eq!(behind, 4);
        let wanted = [
            Token::Word("b", Some(1)),
            Token::Text(b"a"),
            Token::Hex(0xe4),
            Token::Open(2),
            Token::Symbol(b'*'),
            Token::Word("x", Some(-2)),
            Token::Close,
            Token::Bin(b"}{\\"),
            Token::Symbol(b'~'),
            Token::Text(b"{"),
        ];
        assert_eq!(all, wanted);
        let groups = items(&all).filter(|item| matches!(item, Item::Group(_))).count();
        assert_eq!((groups, items(&all).count()), (1, 7));
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_refused() {
        for bad in ["{", "{\\", "{\\'g0}", "{\\bin9 x}", "x{}", "}", "{\\a99999999999}"] {
            assert!(marks(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(marks(&"{".repeat(100).into_bytes()).is_err());
    }
}
