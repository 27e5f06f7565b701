//! One conversation: what came from a source and went to it, in order.

use sd_bundle::Kind;
use sd_term::{Key, count};

use super::ask::{On, Purpose};
use super::canvas::{Canvas, Tone};
use super::cursor::Cursor;
use super::desk::{Desk, Place};
use super::letter::Letter;
use super::{Next, Page};
use crate::conversations::{State, minute};

const KEYS: &str = "Enter read  Space select  a all  x go on  r read/new  R all read  n note  Esc";

/// The list of one source's items.
pub(super) struct Talk {
    talk: usize,
    cursor: Cursor,
}

impl Talk {
    /// Begins at the first item that is new, else at the last.
    pub(super) fn new(talk: usize, desk: &Desk) -> Self {
        let length = desk.talks().get(talk).map_or(0, |t| t.items.len());
        let new = (0..length).find(|item| desk.is_new(Place { talk, item: *item }));
        Self { talk, cursor: Cursor::on(new.unwrap_or(length.saturating_sub(1))) }
    }

    /// Where the cursor is.
    pub(super) fn place(&self) -> Place {
        Place { talk: self.talk, item: self.cursor.at() }
    }

    pub(super) fn press(&mut self, key: Key, desk: &mut Desk, rows: usize) -> Next {
        let length = desk.talks().get(self.talk).map_or(0, |t| t.items.len());
        // A note on the source takes a line.
        let rows = rows - usize::from(desk.note_on_talk(self.talk).is_some());
        if self.cursor.press(key, length, rows) {
            return Next::Stay;
        }
        let place = self.place();
        let Some(line) = desk.line(place) else { return Next::Stay };
        match key {
            Key::Enter | Key::Right => Next::Open(Page::Letter(Letter::open(place, desk))),
            Key::Char(' ') => {
                if let Some(why) = desk.toggle(place) {
                    return Next::Say(why);
                }
                self.cursor.press(Key::Down, length, rows);
                Next::Stay
            }
            Key::Char('a') => {
                desk.toggle_all(self.talk).map_or(Next::Stay, |why| Next::Say(why.to_owned()))
            }
            Key::Char('n') => Next::Ask(Purpose::Note(On::Item(line.item.clone()))),
            Key::Char('r') => {
                let read = desk.is_new(place);
                desk.mark(place, read);
                Next::Stay
            }
            Key::Char('R') => Next::Say(desk.mark_all_words(self.talk)),
            _ => Next::Stay,
        }
    }

    pub(super) fn draw(&mut self, canvas: &mut Canvas<'_>, desk: &mut Desk) -> &'static str {
        let Some(talk) = desk.talks().get(self.talk) else { return KEYS };
        let length = talk.items.len();
        let new = match desk.unread(self.talk) {
            0 => String::new(),
            new => format!(", {new} new"),
        };
        let title = format!("{}: {}{new}", talk.designation, count(length, "item"));
        canvas.line(0, &title, Tone::Strong);
        let mut top = 2;
        if let Some(note) = desk.note_on_talk(self.talk) {
            canvas.line(1, &format!("  note: {note}"), Tone::Plain);
            top += 1;
        }
        let rows = usize::from(canvas.size().height - 2 - top);
        for (y, item) in (top..).zip(self.cursor.window(length, rows)) {
            row(canvas, y, desk, Place { talk: self.talk, item });
            if item == self.cursor.at() {
                canvas.put(0, y, 1, ">", Tone::Strong);
                canvas.reverse(y);
            }
        }
        KEYS
    }
}

fn row(canvas: &mut Canvas<'_>, y: u16, desk: &mut Desk, place: Place) {
    let Some(line) = desk.line(place).cloned() else { return };
    if desk.is_selected(place) {
        canvas.put(2, y, 3, "[x]", Tone::Strong);
    } else if line.kind == Kind::Document && line.state == State::Opened {
        canvas.put(2, y, 3, "[ ]", Tone::Plain);
    }
    let new = desk.is_new(place);
    if new {
        canvas.put(6, y, 3, "new", Tone::New);
    }
    canvas.put(10, y, 5, &format!("{:>5}", line.number), Tone::Plain);
    canvas.put(16, y, 8, &line.kind.to_string(), Tone::Plain);
    canvas.put(26, y, 16, &minute(&line.stored), Tone::Plain);
    let noted = if desk.marks().on_item(&line.item).is_some() { "(note) " } else { "" };
    let title = format!("{noted}{}", desk.title(place));
    canvas.put(44, y, u16::MAX, &title, if new { Tone::Strong } else { Tone::Plain });
}
