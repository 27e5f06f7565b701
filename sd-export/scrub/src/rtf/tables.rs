//! What stands in front of the text: fonts, colours, styles. They are numbered anew.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{Charset, Reading, plain};
use super::token::{Item, Token, head, items};
use super::words::{self, Word};
use super::write::Writer;
use crate::report::Class;
use crate::xml::Tally;
use crate::{Limits, Refusal};

/// Names of styles that programs bring along, in small letters; others are numbered.
const STYLES: &[&str] = &[
    "normal",
    "standard",
    "default",
    "heading",
    "title",
    "subtitle",
    "caption",
    "list",
    "list paragraph",
    "list bullet",
    "list number",
    "list continue",
    "body text",
    "text body",
    "body text indent",
    "first line indent",
    "quote",
    "intense quote",
    "no spacing",
    "strong",
    "emphasis",
    "subtle emphasis",
    "intense emphasis",
    "hyperlink",
    "followedhyperlink",
    "internet link",
    "visited internet link",
    "footnote",
    "footnote text",
    "footnote reference",
    "footnote characters",
    "footnote anchor",
    "endnote",
    "endnote text",
    "endnote reference",
    "endnote characters",
    "endnote anchor",
    "footnote symbol",
    "endnote symbol",
    "annotation text",
    "annotation reference",
    "header",
    "footer",
    "header and footer",
    "page number",
    "line number",
    "plain text",
    "preformatted text",
    "table contents",
    "table heading",
    "table grid",
    "table normal",
    "normal table",
    "normal (web)",
    "index",
    "index heading",
    "toc heading",
    "contents heading",
    "frame contents",
    "horizontal line",
    "quotations",
    "bullets",
    "numbering symbols",
    "default paragraph font",
    "source text",
    "no list",
    "title page",
    "salutation",
    "signature",
    "date",
    "block text",
    "revision",
];

/// A font.
#[derive(Clone, Copy, Debug)]
pub(super) struct Font {
    pub(super) number: i32,
    pub(super) charset: Charset,
}

/// The numbers that fonts, styles and lists have in the clean document.
pub(super) struct Tables {
    pub(super) fonts: BTreeMap<i32, Font>,
    pub(super) styles: BTreeMap<i32, i32>,
    pub(super) lists: BTreeMap<i32, i32>,
    /// How the bytes of the document are read where no font says otherwise.
    pub(super) charset: Charset,
}

impl Tables {
    /// The font of this number, or how the document is read without one.
    pub(super) fn charset_of(&self, font: Option<i32>) -> Charset {
        font.and_then(|n| self.fonts.get(&n)).map_or(self.charset, |font| font.charset)
    }

    /// Reads and writes the fonts.
    pub(super) fn font_table(&mut self, tokens: &[Token<'_>], out: &mut Writer) {
        let mut entry = Entry::new(self.charset);
        for item in items(tokens) {
            match item {
                Item::Group(inside) if head(inside).starred => {}
                Item::Group(inside) => {
                    for token in inside_of(inside) {
                        self.font_token(token, &mut entry, out);
                    }
                    self.font_end(&mut entry, out);
                }
                Item::Token(token) => self.font_token(token, &mut entry, out),
            }
        }
    }

    fn font_token(&mut self, token: Token<'_>, entry: &mut Entry, out: &mut Writer) {
        match token {
            Token::Word("f", Some(number)) => entry.number = Some(number),
            Token::Word("fcharset", Some(number)) => {
                entry.signs = number == 2;
                entry.reading.charset = Charset::of_font(number).unwrap_or(self.charset);
            }
            Token::Word("cpg", Some(number)) => entry.reading.charset = Charset::page(number),
            Token::Word("fprq", Some(number @ 0..=2)) => entry.pitch = Some(number),
            Token::Word(
                name @ ("fnil" | "froman" | "fswiss" | "fmodern" | "fscript" | "fdecor" | "ftech"
                | "fbidi"),
                _,
            ) => name.clone_into(&mut entry.family),
            // The name of a font in a page that is not known can be told by its family.
            token => match entry.reading.letters(token) {
                Ok(letters) => {
                    let letters = letters.unwrap_or_default();
                    let (name, end) =
                        letters.split_once(';').map_or((&*letters, false), |p| (p.0, true));
                    entry.name.push_str(name);
                    if end {
                        self.font_end(entry, out);
                    }
                }
                Err(_) => entry.strange = true,
            },
        }
    }

    fn font_end(&mut self, entry: &mut Entry, out: &mut Writer) {
        let done = std::mem::replace(entry, Entry::new(self.charset));
        let Some(old) = done.number.filter(|n| !self.fonts.contains_key(n)) else { return };
        let Ok(number) = i32::try_from(self.fonts.len()) else { return };
        self.fonts.insert(old, Font { number, charset: done.reading.charset });
        let unseen = |c: char| crate::text::is_invisible(c) || c == ';' || c == '\u{fffd}';
        let name = done.name.trim();
        let strange = done.strange || name.len() > 128 || name.contains(unseen) || name.is_empty();
        out.open();
        out.word("f", Some(number));
        out.word(if done.family.is_empty() { "fnil" } else { &done.family }, None);
        if let Some(pitch) = done.pitch {
            out.word("fprq", Some(pitch));
        }
        out.word("fcharset", Some(if done.signs { 2 } else { 0 }));
        out.text(if strange { "Arial" } else { name });
        out.text(";");
        out.close();
    }

    /// Reads and writes the styles.
    pub(super) fn style_sheet(
        &mut self,
        tokens: &[Token<'_>],
        out: &mut Writer,
        tally: &Tally,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let groups = || {
            items(tokens).filter_map(|item| match item {
                Item::Group(inside) => Some(inside),
                Item::Token(_) => None,
            })
        };
        let mut next = 0i32;
        for inside in groups() {
            let old = handle(inside).1;
            if old != 0 && !self.styles.contains_key(&old) {
                next = next.saturating_add(1);
            }
            if u64::try_from(next).unwrap_or(u64::MAX) > u64::from(limits.max_objects) {
                return Err(Refusal::malformed("too many styles"));
            }
            // The style of all that has none is number 0.
            self.styles.entry(old).or_insert(if old == 0 { 0 } else { next });
        }
        let mut written = BTreeSet::new();
        for inside in groups() {
            let (kind, old) = handle(inside);
            let Some(number) = self.styles.get(&old).copied() else { continue };
            if written.insert(old) {
                self.style(inside, (kind, number), out, tally)?;
            }
        }
        Ok(())
    }

    fn style(
        &self,
        inside: &[Token<'_>],
        (kind, number): (&str, i32),
        out: &mut Writer,
        tally: &Tally,
    ) -> Result<(), Refusal> {
        out.open();
        if kind != "s" {
            out.symbol('*');
        }
        out.word(kind, Some(number));
        for token in inside_of(inside) {
            let Token::Word(name, value) = token else { continue };
            match (words::word(name), name) {
                (_, "sbasedon") => {
                    let base = value.and_then(|n| self.styles.get(&n));
                    if let Some(base) = base {
                        out.word(name, Some(*base));
                    }
                }
                (Some(Word::Keep), _) => out.word(name, value.filter(|n| is_measure(*n))),
                (Some(Word::Font), _) => {
                    if let Some(font) = value.and_then(|n| self.fonts.get(&n)) {
                        out.word(name, Some(font.number));
                    }
                }
                _ => {}
            }
        }
        let name = plain(inside, Reading::new(self.charset))?;
        let name = name.split(';').next().unwrap_or_default().trim();
        let lower = name.to_lowercase();
        let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
        let short = lower.len().saturating_sub(stem.len()) <= 3;
        if short && (STYLES.contains(&stem) || stem == "toc") {
            out.text(name);
        } else {
            tally.removed(Class::Identifier, "name of a style", name);
            out.text(&format!("style {number}"));
        }
        out.text(";");
        out.close();
        Ok(())
    }
}

/// Whether a number is one that a document needs; longer ones count something else.
pub(super) fn is_measure(number: i32) -> bool {
    (-9_999_999..=9_999_999).contains(&number)
}

/// The kind and number of a style.
fn handle<'a>(inside: &[Token<'a>]) -> (&'a str, i32) {
    match head(inside).word {
        Some((kind @ ("s" | "cs" | "ds" | "ts"), Some(number))) => (kind, number),
        _ => ("s", 0),
    }
}

/// The marks of a group, without the groups in it.
fn inside_of<'t, 'a>(tokens: &'t [Token<'a>]) -> impl Iterator<Item = Token<'a>> + 't {
    items(tokens).filter_map(|item| match item {
        Item::Token(token) => Some(token),
        Item::Group(_) => None,
    })
}

/// A font as far as it is read.
struct Entry {
    number: Option<i32>,
    family: String,
    pitch: Option<i32>,
    signs: bool,
    strange: bool,
    name: String,
    reading: Reading,
}

impl Entry {
    fn new(charset: Charset) -> Self {
        let (number, pitch, reading) = (None, None, Reading::new(charset));
        let (signs, strange) = (false, false);
        Self { number, family: String::new(), pitch, signs, strange, name: String::new(), reading }
    }
}

/// Reads and writes the colours: three numbers each, or none.
pub(super) fn colours(tokens: &[Token<'_>], out: &mut Writer) {
    out.open_as(false, "colortbl");
    let mut colour = [None; 3];
    for token in inside_of(tokens) {
        match token {
            Token::Word("red", Some(n @ 0..=255)) => colour[0] = Some(n),
            Token::Word("green", Some(n @ 0..=255)) => colour[1] = Some(n),
            Token::Word("blue", Some(n @ 0..=255)) => colour[2] = Some(n),
            Token::Text(text) => {
                for _ in text.iter().filter(|b| **b == b';') {
                    for (name, n) in ["red", "green", "blue"].iter().zip(&mut colour) {
                        if let Some(n) = n.take() {
                            out.word(name, Some(n));
                        }
                    }
                    out.text(";");
                }
            }
            _ => {}
        }
    }
    out.close();
}
