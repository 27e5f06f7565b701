//! The text: what is on the list is written anew, group by group.
//!
//! ```text
//! group --head--> destination on the list --its own rules--> written
//!           |'--> destination that is not: gone, and told
//!           '---> words and letters --State: font, deleted, hidden--> written, or gone and told
//! ```

use super::tables::{Tables, is_measure};
use super::text::{Reading, plain};
use super::token::{Head, Item, Token, head, items};
use super::words::{self, Place, Word};
use super::write::Writer;
use crate::nest::Nest;
use crate::report::{Class, Findings};
use crate::text;
use crate::xml::{Names, Tally};
use crate::{Changes, Comments, Refusal};

/// Destinations that hold text, and whether readers that do not know them skip them.
const TEXTS: &[(&str, bool)] = &[
    ("header", false),
    ("headerl", false),
    ("headerr", false),
    ("headerf", false),
    ("footer", false),
    ("footerl", false),
    ("footerr", false),
    ("footerf", false),
    ("footnote", false),
    ("ftnsep", true),
    ("ftnsepc", true),
    ("ftncn", true),
    ("aftnsep", true),
    ("aftnsepc", true),
    ("aftncn", true),
    ("pn", true),
    ("pntxta", false),
    ("pntxtb", false),
    ("pntext", false),
    ("listtext", false),
    ("nesttableprops", true),
    ("defchp", true),
    ("defpap", true),
];

/// How the text stands at one place.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) reading: Reading,
    deleted: bool,
    inserted: bool,
    hidden: bool,
}

/// The text being written.
pub(super) struct Body<'d> {
    pub(super) tables: &'d Tables,
    pub(super) default_font: Option<i32>,
    pub(super) nest: &'d Nest<'d>,
    pub(super) names: &'d Names,
    pub(super) tally: &'d Tally,
    pub(super) findings: &'d mut Findings,
    pub(super) out: Writer,
    /// How many pictures were met.
    pub(super) pictures: u32,
}

impl Body<'_> {
    /// How text stands before anything is said.
    pub(super) fn start(&self) -> State {
        let reading = Reading::new(self.tables.charset_of(self.default_font));
        State { reading, deleted: false, inserted: false, hidden: false }
    }

    /// What stands in a group.
    pub(super) fn inside(&mut self, tokens: &[Token<'_>], mut state: State) -> Result<(), Refusal> {
        let (mut hidden, mut lost) = (String::new(), String::new());
        // Letters come one by one; what a joiner joins stands beside it.
        let mut words = String::new();
        for item in items(tokens) {
            match item {
                Item::Group(inside) => {
                    self.words(&mut words);
                    state.reading.edge();
                    self.group(inside, state)?;
                }
                Item::Token(token) => {
                    if let Some(letters) = state.reading.letters(token)? {
                        if self.is_lost(state) {
                            lost.push_str(&letters);
                            continue;
                        }
                        if state.hidden {
                            hidden.push_str(&letters);
                        }
                        words.push_str(&letters);
                    } else {
                        self.words(&mut words);
                        self.token(token, &mut state)?;
                    }
                }
            }
        }
        self.words(&mut words);
        self.tell(&hidden, &lost);
        Ok(())
    }

    /// Writes letters without those that cannot be seen.
    fn words(&mut self, words: &mut String) {
        let seen = text::shown(words);
        if seen.len() < words.len() {
            self.tally.removed(Class::Identifier, "letters that cannot be seen", words);
        }
        self.tally.point_out("text", &seen);
        self.out.text(&seen);
        words.clear();
    }

    fn tell(&self, hidden: &str, lost: &str) {
        if !hidden.trim().is_empty() {
            let why = "hidden text is content; look at it and decide";
            self.tally.kept(Class::HiddenContent, "hidden text", hidden, why);
        }
        if !lost.trim().is_empty() {
            let words = match self.nest.choices().changes {
                Changes::Reject => "recorded insertion: rejected",
                _ => "recorded deletion: accepted",
            };
            self.tally.removed(Class::TrackedChange, words, lost);
        }
    }

    /// Whether text goes because of a recorded change.
    fn is_lost(&self, state: State) -> bool {
        match self.nest.choices().changes {
            Changes::Accept => state.deleted,
            Changes::Reject => state.inserted,
            Changes::Keep => false,
        }
    }

    fn token(&mut self, token: Token<'_>, state: &mut State) -> Result<(), Refusal> {
        match token {
            Token::Word(name, number) => self.word(name, number, state),
            Token::Symbol(symbol @ (b'~' | b'-' | b'_')) if !self.is_lost(*state) => {
                self.out.symbol(char::from(symbol));
                Ok(())
            }
            Token::Bin(_) => {
                self.tally.removed(Class::Unknown, "binary data where none belong", "");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn word(&mut self, name: &str, number: Option<i32>, state: &mut State) -> Result<(), Refusal> {
        if words::place(name).is_some() {
            let what = "a destination that does not start its group";
            return Err(Refusal::malformed(what));
        }
        let on = number != Some(0);
        match name {
            "plain" => {
                *state = State { reading: state.reading, ..self.start() };
                state.reading.charset = self.tables.charset_of(self.default_font);
                self.out.word(name, None);
            }
            "v" => {
                state.hidden = on;
                self.out.word(name, number.filter(|n| *n == 0));
            }
            "deleted" | "mvf" => self.change("deleted", on, &mut state.deleted),
            "revised" | "mvt" => self.change("revised", on, &mut state.inserted),
            "s" | "cs" | "ds" | "ts" => {
                if let Some(new) = number.and_then(|n| self.tables.styles.get(&n)) {
                    self.out.word(name, Some(*new));
                }
            }
            "ls" => {
                let known = number.filter(|n| *n != 0).and_then(|n| self.tables.lists.get(&n));
                if number == Some(0) || known.is_some() {
                    self.out.word(name, Some(known.copied().unwrap_or(0)));
                }
            }
            "chatn" if self.nest.choices().comments == Comments::Keep => self.out.word(name, None),
            "chdate" | "chdpl" | "chdpa" | "chtime" => {
                self.tally.removed(Class::Time, "date or time that is always today's", "");
            }
            _ => self.listed(name, number, state),
        }
        Ok(())
    }

    /// A word by the table.
    fn listed(&mut self, name: &str, number: Option<i32>, state: &mut State) {
        match words::word(name) {
            Some(Word::Keep) => self.out.word(name, number.filter(|n| is_measure(*n))),
            Some(Word::Font) => {
                let Some(font) = number.and_then(|n| self.tables.fonts.get(&n)) else { return };
                if name == "f" {
                    state.reading.charset = font.charset;
                }
                if name != "deff" {
                    self.out.word(name, Some(font.number));
                }
            }
            Some(Word::Symbol) => {
                let shape = ["cell", "row", "nestcell", "nestrow", "sect"].contains(&name);
                if shape || !self.is_lost(*state) {
                    self.out.word(name, number.filter(|n| is_measure(*n)));
                    if shape || name == "par" {
                        self.out.line();
                    }
                }
            }
            Some(Word::Id) => {
                self.tally.removed(Class::Identifier, "numbers that tie copies", name);
            }
            Some(Word::Who) => {
                self.tally.removed(Class::Person, "who changed the document, and when", name);
            }
            Some(Word::Gone) => self.tally.removed(Class::Software, "settings", name),
            None if words::is_known(name) => {}
            None => self.tally.removed(Class::Unknown, "control words that are not known", name),
        }
    }

    fn change(&mut self, name: &str, on: bool, state: &mut bool) {
        *state = on;
        match self.nest.choices().changes {
            Changes::Keep => self.out.word(name, (!on).then_some(0)),
            _ if on => self.tally.removed(Class::TrackedChange, "recorded changes", ""),
            _ => {}
        }
    }

    /// A group: a destination, or text that stands together.
    pub(super) fn group(&mut self, tokens: &[Token<'_>], state: State) -> Result<(), Refusal> {
        let start = head(tokens);
        let Some((name, _)) = start.word else {
            if start.starred {
                return Ok(());
            }
            return self.plain_group(tokens, state);
        };
        match words::place(name) {
            _ if self.is_lost(state) => {
                let words = plain(tokens, state.reading)?;
                self.tell("", &words);
                Ok(())
            }
            Some(Place::Keep) => self.destination(name, start, state),
            Some(place) => self.gone(name, place, start, state),
            None if start.starred => {
                let words = format!("{name} {}", plain(start.rest, state.reading)?);
                self.tally.removed(Class::Unknown, "destinations that are not known", &words);
                Ok(())
            }
            None if !words::is_known(name) => {
                let words = format!("{name} {}", plain(start.rest, state.reading)?);
                self.tally.removed(Class::Unknown, "groups of a kind that is not known", &words);
                Ok(())
            }
            None => self.plain_group(tokens, state),
        }
    }

    /// Text that stands together; an empty group is not written.
    pub(super) fn plain_group(
        &mut self,
        tokens: &[Token<'_>],
        state: State,
    ) -> Result<(), Refusal> {
        let before = self.out.mark();
        self.out.open();
        let start = self.out.mark();
        self.inside(tokens, state)?;
        if self.out.is_at(start) {
            self.out.back(before);
        } else {
            self.out.close();
        }
        Ok(())
    }

    fn destination(
        &mut self,
        name: &str,
        start: Head<'_, '_>,
        state: State,
    ) -> Result<(), Refusal> {
        if let Some((name, starred)) = TEXTS.iter().find(|(text, _)| *text == name) {
            let state = if name.starts_with("pn") { state } else { self.start() };
            self.out.open_as(*starred, name);
            self.inside(start.rest, state)?;
            self.out.close();
            return Ok(());
        }
        match name {
            "field" => self.field(start.rest, state),
            "pict" => self.picture(start.rest, false),
            "shppict" => self.only(start.rest, "pict", state),
            "upr" => self.only(start.rest, "ud", state),
            "ud" => self.inside(start.rest, state),
            "object" => {
                self.tally.removed(Class::HiddenContent, "embedded object", "");
                self.only(start.rest, "result", state)
            }
            "result" => self.plain_group(start.rest, state),
            "shp" | "shpgrp" => self.shape(name, start.rest, state),
            "bkmkstart" | "bkmkend" => {
                let old = plain(start.rest, state.reading)?;
                let new = self.names.map("b", old.trim())?;
                if new != old {
                    self.tally.removed(Class::Identifier, "name of a bookmark", &old);
                }
                self.out.open_as(true, name);
                self.out.text(&new);
                self.out.close();
                Ok(())
            }
            "annotation" | "atrfstart" | "atrfend" => self.remark(name, start.rest, state),
            // Written in front, once.
            "fonttbl" | "colortbl" | "stylesheet" | "listtable" | "listoverridetable" => Ok(()),
            _ => self.gone(name, Place::Gone, start, state),
        }
    }

    /// Of the groups inside, those that start with this word; nothing else.
    fn only(&mut self, tokens: &[Token<'_>], wanted: &str, state: State) -> Result<(), Refusal> {
        for item in items(tokens) {
            if let Item::Group(inside) = item
                && head(inside).word.is_some_and(|(name, _)| name == wanted)
            {
                self.group(inside, state)?;
            }
        }
        Ok(())
    }

    /// A remark, or its place.
    fn remark(&mut self, name: &str, rest: &[Token<'_>], state: State) -> Result<(), Refusal> {
        if self.nest.choices().comments == Comments::Drop {
            if name == "annotation" {
                let words = plain(rest, state.reading)?;
                self.tally.removed(Class::Comment, "remark", &words);
            }
            return Ok(());
        }
        self.out.open_as(true, name);
        if name == "annotation" {
            let inner = self.start();
            self.inside(rest, inner)?;
        } else {
            let number = self.names.map("number", plain(rest, state.reading)?.trim())?;
            self.out.text(&number);
        }
        self.out.close();
        Ok(())
    }

    /// A destination that goes, and what it said.
    fn gone(
        &mut self,
        name: &str,
        place: Place,
        start: Head<'_, '_>,
        state: State,
    ) -> Result<(), Refusal> {
        let keeps = self.nest.choices().comments == Comments::Keep;
        match name {
            "atnref" | "atnid" | "atnauthor" if keeps => {
                let said = plain(start.rest, state.reading)?;
                self.out.open_as(true, name);
                let new = match name {
                    "atnref" => self.names.map("number", said.trim())?,
                    "atnid" => "A".to_owned(),
                    _ => self.names.map("A", said.trim())?,
                };
                self.out.text(&new);
                self.out.close();
            }
            "info" => super::notes::information(start.rest, state.reading, self.tally),
            _ => super::notes::gone(name, place, start.rest, state.reading, self.tally),
        }
        Ok(())
    }
}
