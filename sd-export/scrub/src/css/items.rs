//! A style sheet as a tree of its tokens, each with its escapes read.

use cssparser::{ParseError, Parser, Token};

use crate::Refusal;

/// Deepest nesting of blocks and functions. Real sheets stay below ten.
const MAX_DEPTH: usize = 24;

/// One token, or a block with what is in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Ident(String),
    At(String),
    Hash(String),
    Text(String),
    Address(String),
    /// A number as it was written, and its unit.
    Number(String, String),
    Function(String, Vec<Item>),
    /// A block by its first sign.
    Block(char, Vec<Item>),
    Sign(char),
    /// `~=`, `|=`, `^=`, `$=` and `*=`.
    Match(char),
    Space,
    /// What is not CSS.
    Bad,
}

impl Item {
    pub(super) fn is_space(&self) -> bool {
        matches!(self, Self::Space)
    }
}

/// What was met on the way, for the report.
#[derive(Default)]
pub(super) struct Passed {
    pub(super) comments: u64,
    pub(super) first: String,
}

/// The tokens of a text.
pub(super) fn read(text: &str, passed: &mut Passed) -> Result<Vec<Item>, Refusal> {
    let mut parser = Parser::new(text);
    let mut deep = false;
    let items = level(&mut parser, passed, MAX_DEPTH, &mut deep);
    if deep {
        let what = "nesting of blocks in a style sheet".to_owned();
        return Err(Refusal::TooLarge { what, limit: MAX_DEPTH as u64 });
    }
    Ok(items)
}

fn level(parser: &mut Parser<'_>, passed: &mut Passed, room: usize, deep: &mut bool) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        let start = parser.position();
        let Ok(token) = parser.next_including_whitespace_and_comments() else { return items };
        let token = token.clone();
        let item = match token {
            Token::Comment(words) => {
                passed.comments = passed.comments.saturating_add(1);
                if passed.first.is_empty() {
                    words
                        .trim()
                        .chars()
                        .take(120)
                        .collect::<String>()
                        .clone_into(&mut passed.first);
                }
                continue;
            }
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock => {
                let mut inner = Vec::new();
                match room.checked_sub(1) {
                    Some(room) => {
                        let read = parser.parse_nested_block(|parser| {
                            inner = level(parser, passed, room, deep);
                            Ok::<(), ParseError<()>>(())
                        });
                        if read.is_err() {
                            inner.push(Item::Bad);
                        }
                    }
                    None => *deep = true,
                }
                match token {
                    Token::Function(name) => Item::Function(name.to_string(), inner),
                    Token::ParenthesisBlock => Item::Block('(', inner),
                    Token::SquareBracketBlock => Item::Block('[', inner),
                    _ => Item::Block('{', inner),
                }
            }
            token => plain(token, parser.slice_from(start)),
        };
        if !(item.is_space() && items.last().is_some_and(Item::is_space)) {
            items.push(item);
        }
    }
}

fn plain(token: Token<'_>, raw: &str) -> Item {
    match token {
        Token::Ident(name) => Item::Ident(name.to_string()),
        Token::AtKeyword(name) => Item::At(name.to_string()),
        Token::Hash(name) | Token::IDHash(name) => Item::Hash(name.to_string()),
        Token::QuotedString(text) => Item::Text(text.to_string()),
        Token::UnquotedUrl(address) => Item::Address(address.to_string()),
        Token::Number { .. } => Item::Number(raw.to_owned(), String::new()),
        Token::Percentage { .. } => {
            Item::Number(raw.trim_end_matches('%').to_owned(), "%".to_owned())
        }
        Token::Dimension { unit, .. } => {
            // A unit that is escaped is no unit of ours.
            match raw.strip_suffix(unit.as_ref()) {
                Some(number) => Item::Number(number.to_owned(), unit.to_string()),
                None => Item::Bad,
            }
        }
        Token::Colon => Item::Sign(':'),
        Token::Semicolon => Item::Sign(';'),
        Token::Comma => Item::Sign(','),
        Token::Delim(sign) => Item::Sign(sign),
        Token::IncludeMatch => Item::Match('~'),
        Token::DashMatch => Item::Match('|'),
        Token::PrefixMatch => Item::Match('^'),
        Token::SuffixMatch => Item::Match('$'),
        Token::SubstringMatch => Item::Match('*'),
        // The last two are marks that hide a sheet from browsers of 1995.
        Token::WhiteSpace(_) | Token::CDO | Token::CDC => Item::Space,
        _ => Item::Bad,
    }
}
