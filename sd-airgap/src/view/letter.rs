//! One item: the text of a message, or what is known of a document.

use sd_bundle::Kind;
use sd_term::{Key, count, fold, size};

use super::ask::{On, Purpose};
use super::canvas::{Canvas, Tone};
use super::desk::{Desk, Place};
use super::{Next, Page};
use crate::conversations::{Account, minute};

const KEYS: &str = "↑↓ scroll  Enter next  p previous  Space select  x go on  n note  Esc back";

/// One item, read.
pub(super) struct Letter {
    place: Place,
    account: Result<Account, String>,
    /// Its lines, for so many columns.
    folded: (u16, Vec<String>),
    top: usize,
    /// Lines that were on the screen.
    rows: usize,
}

impl Letter {
    /// Reads an item and marks it as read, if it could be.
    pub(super) fn open(place: Place, desk: &mut Desk) -> Box<Self> {
        let account = desk.account(place, Account::WHOLE);
        if account.as_ref().is_ok_and(Account::is_opened) && desk.is_new(place) {
            desk.mark(place, true);
        }
        Box::new(Self { place, account, folded: (0, Vec::new()), top: 0, rows: 1 })
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn press(&mut self, key: Key, desk: &mut Desk, _: usize) -> Next {
        let last = self.folded.1.len().saturating_sub(self.rows);
        let page = self.rows.saturating_sub(1).max(1);
        self.top = match key {
            Key::Up | Key::Char('k') => self.top.saturating_sub(1),
            Key::Down | Key::Char('j') => self.top + 1,
            Key::PageUp => self.top.saturating_sub(page),
            Key::PageDown => self.top + page,
            Key::Home => 0,
            Key::End => last,
            other => return self.press_other(other, desk),
        }
        .min(last);
        Next::Stay
    }

    fn press_other(&self, key: Key, desk: &mut Desk) -> Next {
        let Place { talk, item } = self.place;
        let beside = match key {
            Key::Enter | Key::Right => Some(item + 1),
            Key::Char('p') => item.checked_sub(1),
            Key::Char(' ') => return desk.toggle(self.place).map_or(Next::Stay, Next::Say),
            Key::Char('r') => {
                let read = desk.is_new(self.place);
                desk.mark(self.place, read);
                return Next::Stay;
            }
            Key::Char('n') => {
                let item = desk.line(self.place).map(|line| line.item.clone());
                return item.map_or(Next::Stay, |item| Next::Ask(Purpose::Note(On::Item(item))));
            }
            _ => return Next::Stay,
        };
        match beside.map(|item| Place { talk, item }).filter(|place| desk.line(*place).is_some()) {
            Some(place) => Next::Instead(Page::Letter(Self::open(place, desk))),
            None if key == Key::Char('p') => Next::Say("This is the first one.".to_owned()),
            None => Next::Say("This is the last one.".to_owned()),
        }
    }

    pub(super) fn draw(&mut self, canvas: &mut Canvas<'_>, desk: &Desk) -> &'static str {
        let width = canvas.size().width;
        if self.folded.0 != width {
            self.folded = (width, self.body(width));
        }
        // The head, and an empty line behind it.
        let top = if self.has_note(desk) { 4 } else { 3 };
        self.rows = usize::from((canvas.size().height - 2).saturating_sub(top)).max(1);
        self.top = self.top.min(self.folded.1.len().saturating_sub(self.rows));
        for (y, (text, tone)) in (0..).zip(self.head(desk)) {
            canvas.line(y, &text, tone);
        }
        for (y, line) in (top..).zip(self.folded.1.iter().skip(self.top).take(self.rows)) {
            canvas.put(2, y, width.saturating_sub(4), line, Tone::Plain);
        }
        KEYS
    }

    fn has_note(&self, desk: &Desk) -> bool {
        desk.line(self.place).is_some_and(|line| desk.marks().on_item(&line.item).is_some())
    }

    fn head(&self, desk: &Desk) -> Vec<(String, Tone)> {
        let (Some(talk), Some(line)) = (desk.talks().get(self.place.talk), desk.line(self.place))
        else {
            return Vec::new();
        };
        let mut state = String::new();
        for (is, word) in
            [(desk.is_new(self.place), ", new"), (desk.is_selected(self.place), ", selected")]
        {
            state.push_str(if is { word } else { "" });
        }
        let of = format!("{} of {}", self.place.item + 1, talk.items.len());
        let title = format!("{}, {} {} ({of}){state}", talk.designation, line.kind, line.number);
        let more = self.folded.1.len().saturating_sub(self.top + self.rows);
        let below =
            if more > 0 { format!("; {} below", count(more, "line")) } else { String::new() };
        let arrived =
            format!("  arrived here {} UTC, {}{below}", minute(&line.stored), size(line.size));
        let mut head = vec![(title, Tone::Strong), (arrived, Tone::Plain)];
        let note = desk.marks().on_item(&line.item);
        head.extend(
            note.map(|note| (format!("  note: {}", sd_fs::escape(note.as_bytes())), Tone::Plain)),
        );
        head
    }

    fn body(&self, width: u16) -> Vec<String> {
        let room = usize::from(width).saturating_sub(4);
        let account = match &self.account {
            Ok(account) => account,
            Err(why) => return fold(&format!("This cannot be shown: {why}"), room),
        };
        let mut lines = account.lines();
        if account.line.kind == Kind::Document {
            lines.extend(account.path.iter().cloned());
            lines.push(String::new());
            let what = if account.is_opened() {
                "A document is not shown here. Press x for the commands that look at it, clean it and carry it out."
            } else {
                "Bring it in again, or run: sd-airgap unpack --retry"
            };
            lines.push(what.to_owned());
        }
        lines.iter().flat_map(|line| fold(line, room)).collect()
    }
}
