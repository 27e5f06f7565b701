//! Pictures inside content streams (`BI` … `ID` … `EI`), made into pictures beside it.

use std::rc::Rc;

use super::copy::Copier;
use super::lexer::{Lexer, Token};
use super::source::{Dict, Stream, Val};
use crate::Refusal;

/// The short words inline pictures may use, and what they stand for.
const KEYS: &[(&str, &str)] = &[
    ("BPC", "BitsPerComponent"),
    ("CS", "ColorSpace"),
    ("D", "Decode"),
    ("DP", "DecodeParms"),
    ("F", "Filter"),
    ("H", "Height"),
    ("IM", "ImageMask"),
    ("I", "Interpolate"),
    ("W", "Width"),
];
const SPACES: &[(&str, &str)] =
    &[("G", "DeviceGray"), ("RGB", "DeviceRGB"), ("CMYK", "DeviceCMYK"), ("I", "Indexed")];

fn long(table: &[(&'static str, &'static str)], name: &[u8]) -> Vec<u8> {
    let found = table.iter().find(|(short, _)| short.as_bytes() == name);
    found.map_or_else(|| name.to_vec(), |(_, long)| long.as_bytes().to_vec())
}

/// Reads a picture after `BI`: the picture as a stream, and how many bytes of `lexer` its data and
/// the closing `EI` take.
pub(super) fn read(
    copier: &Copier<'_>,
    lexer: &mut Lexer<'_>,
    resources: &Dict,
) -> Result<(Val, usize), Refusal> {
    let bad = || Refusal::malformed("a picture inside content");
    let mut dict = Dict::new();
    loop {
        match lexer.next()?.ok_or_else(bad)? {
            Token::Name(key) => {
                let value = lexer.next()?.ok_or_else(bad)?;
                dict.insert(long(KEYS, &key), value_of(&value).ok_or_else(bad)?);
            }
            token if token.is_word("ID") => break,
            _ => return Err(bad()),
        }
    }
    if let Some(space) = dict.get_mut(b"ColorSpace".as_slice()) {
        lengthen(copier, space, resources)?;
    }
    dict.insert(b"Subtype".to_vec(), Val::Name(b"Image".to_vec()));
    // One white-space byte separates `ID` from the data.
    let data = lexer.rest().get(1..).ok_or_else(bad)?;
    let exact = copier.unfiltered_len(&dict, resources)?;
    let end = find_end(data, exact).ok_or_else(bad)?;
    let raw = data.get(..end.0).unwrap_or_default().to_vec();
    Ok((Val::Stream(Rc::new(Stream { dict, raw })), end.1.saturating_add(1)))
}

fn value_of(token: &Token) -> Option<Val> {
    Some(match token {
        Token::Num(n) => Val::Num(*n),
        Token::Name(name) => Val::Name(name.clone()),
        Token::Str(text) => Val::Str(text.clone()),
        Token::Arr(items) => Val::Arr(items.iter().map(value_of).collect::<Option<_>>()?),
        Token::Dict(entries) => {
            let entries = entries.iter().map(|(key, value)| Some((key.clone(), value_of(value)?)));
            Val::Dict(entries.collect::<Option<_>>()?)
        }
        Token::Word(word) => match word.as_slice() {
            b"true" => Val::Bool(true),
            b"false" => Val::Bool(false),
            b"null" => Val::Null,
            _ => return None,
        },
    })
}

/// Short names of colour spaces become long ones, names of resources the resource.
fn lengthen(copier: &Copier<'_>, space: &mut Val, resources: &Dict) -> Result<(), Refusal> {
    match space {
        Val::Name(name) => {
            let spaces = copier.source.dict(resources, "ColorSpace")?;
            *space = match spaces.get(name.as_slice()) {
                Some(resource) => resource.clone(),
                None => Val::Name(long(SPACES, name)),
            };
        }
        Val::Arr(items) => {
            for item in items.iter_mut().take(2) {
                if let Val::Name(name) = item {
                    *name = long(SPACES, name);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Where the data end, and where the content goes on: data of known length end there, others at
/// the first `EI` that stands alone and is followed by text.
fn find_end(data: &[u8], exact: Option<usize>) -> Option<(usize, usize)> {
    let mut from = exact.unwrap_or(0);
    loop {
        let rest = data.get(from..)?;
        let at = from.checked_add(rest.windows(2).position(|pair| pair == b"EI")?)?;
        let after = at.checked_add(2)?;
        let alone = at == 0
            || data.get(at.checked_sub(1)?).is_some_and(|b| b.is_ascii_whitespace() || *b == 0);
        let follows = data.get(after..data.len().min(after.saturating_add(12)))?;
        let text = follows.iter().all(|b| matches!(b, 9 | 10 | 13 | 32..=126));
        let ends = follows.first().is_none_or(u8::is_ascii_whitespace);
        if (alone || exact == Some(at)) && text && ends {
            return Some((exact.unwrap_or(at), after));
        }
        from = after;
    }
}
