//! The first page: who wrote, newest arrival first, and what of it is new.

use sd_term::{Key, count};

use super::ask::{On, Purpose};
use super::canvas::{Canvas, Tone};
use super::cursor::Cursor;
use super::desk::Desk;
use super::talk::Talk;
use super::{Next, Page};
use crate::conversations::minute;

const KEYS: &str = "Enter open  Space select new  X take all new  / search  n note  R read  q quit";

/// The list of sources.
#[derive(Default)]
pub(super) struct Sources {
    cursor: Cursor,
}

impl Sources {
    pub(super) fn press(&mut self, key: Key, desk: &mut Desk, rows: usize) -> Next {
        if self.cursor.press(key, desk.talks().len(), rows) {
            return Next::Stay;
        }
        let Some(talk) = desk.talks().get(self.cursor.at()) else { return Next::Stay };
        match key {
            Key::Enter | Key::Right => Next::Open(Page::Talk(Talk::new(self.cursor.at(), desk))),
            Key::Char('n') => Next::Ask(Purpose::Note(On::Source(talk.source.clone()))),
            Key::Char(' ') => desk
                .toggle_new(self.cursor.at())
                .map_or(Next::Stay, |why| Next::Say(why.to_owned())),
            Key::Char('R') => Next::Say(desk.mark_all_words(self.cursor.at())),
            _ => Next::Stay,
        }
    }

    pub(super) fn draw(&mut self, canvas: &mut Canvas<'_>, desk: &Desk) -> &'static str {
        canvas.line(0, &title(desk), Tone::Strong);
        if desk.talks().is_empty() {
            canvas.line(
                2,
                "Nothing has come yet. Bring a stick and run: sd-airgap unpack",
                Tone::Plain,
            );
            return "q quit";
        }
        let rows = usize::from(canvas.size().height) - 4;
        for (y, talk) in (2..).zip(self.cursor.window(desk.talks().len(), rows)) {
            row(canvas, y, desk, talk);
            if talk == self.cursor.at() {
                canvas.put(0, y, 1, ">", Tone::Strong);
                canvas.reverse(y);
            }
        }
        KEYS
    }
}

fn title(desk: &Desk) -> String {
    let new = match desk.all_unread() {
        0 => "nothing new".to_owned(),
        new => format!("{new} new"),
    };
    let damaged = match desk.unreadable() {
        0 => String::new(),
        n => format!(", {} with a damaged record", count(n, "item")),
    };
    format!(
        "{}, {new}{damaged}; newest arrival first, times in UTC",
        count(desk.talks().len(), "source")
    )
}

fn row(canvas: &mut Canvas<'_>, y: u16, desk: &Desk, at: usize) {
    let Some(talk) = desk.talks().get(at) else { return };
    let new = desk.unread(at);
    let tone = if new > 0 { Tone::Strong } else { Tone::Plain };
    canvas.put(2, y, 24, talk.designation.as_str(), tone);
    if new > 0 {
        canvas.put(27, y, 9, &format!("{new:>5} new"), Tone::New);
    }
    canvas.put(37, y, 11, &format!("{:>11}", count(talk.items.len(), "item")), Tone::Plain);
    canvas.put(50, y, 16, &talk.newest().map(minute).unwrap_or_default(), Tone::Plain);
    let unopened = match talk.unopened() {
        0 => String::new(),
        n => format!("{n} not opened "),
    };
    let selected = match desk.selected_in(at) {
        0 => String::new(),
        n => format!("[{n}] "),
    };
    let note = desk.note_on_talk(at).map(|note| note.to_string()).unwrap_or_default();
    canvas.put(68, y, u16::MAX, &format!("{selected}{unopened}{note}"), Tone::Plain);
}
