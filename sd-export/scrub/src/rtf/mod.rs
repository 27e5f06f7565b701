//! RTF: control words by allow-list, groups by rules of their own, one form.
//!
//! ```text
//! bytes --token--> marks --tables: fonts, colours, styles, lists, numbered anew--.
//!                    '---body: text, fields, pictures, notes, drawings-----------+--Writer--> check
//!                              '-- everything else: named, gone
//! ```
//!
//! Letters are written as ASCII or by their number, so that no code page is needed to read them.

mod body;
mod lists;
mod notes;
mod parts;
mod recheck;
mod tables;
mod text;
mod token;
mod words;
mod write;

use std::collections::BTreeMap;

use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::xml::{Names, Tally};
use crate::{Changes, Cleaned, Limits, Refusal};
use body::Body;
use tables::Tables;
use text::Charset;
use token::{Item, Token, head, items};
use write::Writer;

/// What every clean document starts with.
const HEAD: &str = "{\\rtf1\\ansi\\ansicpg1252\\uc1";

/// The document without what some programs put in front of it.
fn bare(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}

/// Whether a file is such a document, blanks in front of it or not.
pub(crate) fn is_rtf(bytes: &[u8]) -> bool {
    bare(bytes).starts_with(b"{\\rtf")
}

/// Writes a document anew.
pub(crate) fn scrub(bytes: &[u8], nest: &Nest<'_>) -> Result<Cleaned, Refusal> {
    let mut findings = Findings::default();
    let limits = nest.limits();
    let whole = bytes.len();
    let bytes = bare(bytes);
    if bytes.len() < whole {
        findings.removed(Class::Trailing, "bytes before the document", "");
    }
    let (tokens, behind) = token::read(bytes, limits)?;
    if !matches!(tokens.first(), Some(Token::Word("rtf", _))) {
        return Err(Refusal::malformed("a document that does not start with its mark"));
    }
    if behind > 0 {
        findings.removed(Class::Trailing, "bytes after the document", &format!("{behind} bytes"));
    }
    let (names, tally) = (Names::default(), Tally::default());
    let mut out = Writer::default();
    let changes = nest.choices().changes;
    let (tables, default_font) = front(&tokens, &mut out, &tally, (limits, changes))?;
    let (pictures, findings_of) = (0, &mut findings);
    let mut body = Body {
        tables: &tables,
        default_font,
        nest,
        names: &names,
        tally: &tally,
        findings: findings_of,
        out,
        pictures,
    };
    let state = body.start();
    body.inside(&tokens, state)?;
    let mut out = body.out;
    out.close();
    out.line();
    let clean = out.finish();
    tally.report(&mut findings);
    recheck::check(&clean, nest.choices())?;
    Ok((clean, findings))
}

/// Writes what stands in front of the text.
fn front(
    tokens: &[Token<'_>],
    out: &mut Writer,
    tally: &Tally,
    (limits, changes): (&Limits, Changes),
) -> Result<(Tables, Option<i32>), Refusal> {
    let number = |wanted: &str| {
        items(tokens).find_map(|item| match item {
            Item::Token(Token::Word(name, number)) if name == wanted => number,
            _ => None,
        })
    };
    let page = if number("mac").is_some() { 10000 } else { 1252 };
    let charset = Charset::page(number("ansicpg").filter(|n| *n > 0).unwrap_or(page));
    let (fonts, styles, lists) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut tables = Tables { fonts, styles, lists, charset };
    out.raw(HEAD);
    let groups = |wanted: &'static str| {
        items(tokens).filter_map(move |item| match item {
            Item::Group(inside) => {
                let start = head(inside);
                start.word.is_some_and(|(name, _)| name == wanted).then_some(start.rest)
            }
            Item::Token(_) => None,
        })
    };
    // The number of the font stands in front of the fonts.
    let mut fonts = Writer::default();
    fonts.open_as(false, "fonttbl");
    for table in groups("fonttbl") {
        tables.font_table(table, &mut fonts);
    }
    fonts.close();
    let default_font = number("deff").filter(|n| tables.fonts.contains_key(n));
    if let Some(font) = default_font.and_then(|n| tables.fonts.get(&n)) {
        out.word("deff", Some(font.number));
    }
    if !tables.fonts.is_empty() {
        out.line();
        out.raw(&String::from_utf8_lossy(&fonts.finish()));
    }
    let once = |name: &'static str| match groups(name).count() {
        0 => Ok(None),
        1 => Ok(groups(name).next()),
        _ => Err(Refusal::malformed("two tables of one kind")),
    };
    if let Some(table) = once("colortbl")? {
        out.line();
        tables::colours(table, out);
    }
    if let Some(table) = once("stylesheet")? {
        out.line();
        out.open_as(false, "stylesheet");
        tables.style_sheet(table, out, tally, limits)?;
        out.close();
    }
    out.line();
    let mut lists = lists::Lists { tables: &mut tables, tally, ids: BTreeMap::new() };
    for name in ["listtable", "listoverridetable"] {
        if let Some(table) = once(name)? {
            lists.table(name, table, out)?;
        }
    }
    if groups("revtbl").next().is_some() {
        tally.removed(Class::Person, "who changed or remarked", "");
        if changes == Changes::Keep {
            out.raw("{\\*\\revtbl{Unknown;}}\n");
        }
    }
    Ok((tables, default_font))
}
