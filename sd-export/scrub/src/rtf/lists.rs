//! Lists: how their numbers look. They are numbered anew, and lose their names.

use std::collections::BTreeMap;

use super::tables::{Tables, is_measure};
use super::text::Reading;
use super::token::{Item, Token, head, items};
use super::words::{self, Word};
use super::write::Writer;
use crate::Refusal;
use crate::report::Class;
use crate::xml::Tally;

/// Longest text of a level: its length must be a byte that no letter is.
const LONGEST: usize = 31;

/// Reads and writes lists.
pub(super) struct Lists<'t> {
    pub(super) tables: &'t mut Tables,
    pub(super) tally: &'t Tally,
    /// The numbers of the lists themselves; the text names overrides of them.
    pub(super) ids: BTreeMap<i32, i32>,
}

impl Lists<'_> {
    /// A table of lists or of overrides, with all that is in it.
    pub(super) fn table(
        &mut self,
        name: &str,
        tokens: &[Token<'_>],
        out: &mut Writer,
    ) -> Result<(), Refusal> {
        out.open_as(true, name);
        self.inside(tokens, out)?;
        out.close();
        out.line();
        Ok(())
    }

    fn inside(&mut self, tokens: &[Token<'_>], out: &mut Writer) -> Result<(), Refusal> {
        for item in items(tokens) {
            match item {
                Item::Group(inside) => self.group(inside, out)?,
                Item::Token(Token::Word(name, number)) => self.word(name, number, out),
                Item::Token(_) => {}
            }
        }
        Ok(())
    }

    fn group(&mut self, tokens: &[Token<'_>], out: &mut Writer) -> Result<(), Refusal> {
        let start = head(tokens);
        match start.word {
            Some((name @ ("list" | "listlevel" | "listoverride" | "lfolevel"), _)) => {
                out.open_as(false, name);
                self.inside(start.rest, out)?;
                out.close();
            }
            Some((name @ "leveltext", _)) => {
                out.open_as(false, name);
                self.level_text(start.rest, out)?;
                out.close();
            }
            Some((name @ "levelnumbers", _)) => {
                out.open_as(false, name);
                for item in items(start.rest) {
                    match item {
                        Item::Token(Token::Hex(byte @ 0..=31)) => out.byte(byte),
                        Item::Token(Token::Text(bytes)) => {
                            bytes
                                .iter()
                                .filter(|b| (1..=31).contains(*b))
                                .for_each(|b| out.byte(*b));
                        }
                        _ => {}
                    }
                }
                out.text(";");
                out.close();
            }
            Some((name @ ("listname" | "liststylename"), _)) => {
                let words = super::text::plain(start.rest, Reading::new(self.tables.charset))?;
                if !words.trim_matches([' ', ';']).is_empty() {
                    self.tally.removed(Class::Identifier, "name of a list", &words);
                }
                if name == "listname" {
                    out.open_as(false, name);
                    out.text(";");
                    out.close();
                }
            }
            _ => self.tally.removed(Class::Unknown, "parts of lists that are not known", ""),
        }
        Ok(())
    }

    fn word(&mut self, name: &str, number: Option<i32>, out: &mut Writer) {
        match (name, number, words::word(name)) {
            ("listid", Some(old), _) => out.word(name, Some(renumber(&mut self.ids, old))),
            ("ls", Some(old), _) => {
                let new = renumber(&mut self.tables.lists, old);
                out.word(name, Some(new));
            }
            ("listtemplateid" | "leveltemplateid", ..) => {
                self.tally.removed(Class::Identifier, "number of a list", "");
            }
            (_, number, Some(Word::Keep)) => out.word(name, number.filter(|n| is_measure(*n))),
            (_, Some(old), Some(Word::Font)) => {
                if let Some(font) = self.tables.fonts.get(&old) {
                    out.word(name, Some(font.number));
                }
            }
            _ => {}
        }
    }

    /// The text of a level: its length, then letters and the places of numbers.
    fn level_text(&mut self, tokens: &[Token<'_>], out: &mut Writer) -> Result<(), Refusal> {
        let mut reading = Reading::new(self.tables.charset);
        let mut all = String::new();
        for item in items(tokens) {
            if let Item::Token(token) = item {
                // Letters of a font of signs or of pages that are not known show no number.
                all.push_str(&reading.letters(token)?.unwrap_or_default());
            }
        }
        let mut letters = all.chars();
        let len = letters.next().map_or(0, u32::from);
        let len = usize::try_from(len).ok().filter(|len| *len <= LONGEST).unwrap_or(0);
        let seen = |c: &char| !c.is_control() || u32::from(*c) <= 8;
        let text: Vec<char> = letters.take(len).filter(seen).collect();
        out.byte(u8::try_from(text.len()).unwrap_or(0));
        for c in text {
            match u8::try_from(u32::from(c)) {
                Ok(byte @ 0..=8) => out.byte(byte),
                _ => out.letter(c),
            }
        }
        out.text(";");
        Ok(())
    }
}

/// Numbers from 1 on, in the order in which they are met; 0 means none.
fn renumber(known: &mut BTreeMap<i32, i32>, old: i32) -> i32 {
    if old == 0 {
        return 0;
    }
    let next = i32::try_from(known.len()).unwrap_or(i32::MAX).saturating_add(1);
    *known.entry(old).or_insert(next)
}
