//! What a search finds: designations at once, the text of messages while a person waits or goes on.

use std::time::{Duration, Instant};

use sd_bundle::Kind;
use sd_term::{Key, count};

use super::canvas::{Canvas, Tone};
use super::cursor::Cursor;
use super::desk::{Desk, Place};
use super::letter::Letter;
use super::talk::Talk;
use super::{Next, Page};
use crate::conversations::{Account, State};

const KEYS: &str = "Enter open  / search anew  Esc back  q quit";

/// How long is searched before a key is looked for.
const SLICE: Duration = Duration::from_millis(10);

/// More are not shown: whoever sees so many wants other words.
const MOST: usize = 1000;

/// What was found, and how far the search is.
pub(super) struct Hits {
    /// As it was typed, escaped.
    shown: String,
    /// As it is looked for.
    wanted: String,
    found: Vec<Hit>,
    next: Option<Place>,
    searched: usize,
    messages: usize,
    cursor: Cursor,
}

enum Hit {
    Source(usize),
    Item(Place, String),
}

impl Hits {
    /// Finds the designations, and begins with the messages.
    pub(super) fn new(text: &str, desk: &Desk) -> Self {
        // Texts are escaped before they are searched: so is what is looked for.
        let shown = sd_fs::escape(text.trim().as_bytes()).to_string();
        let wanted = shown.to_lowercase();
        let named = |c: &str| c.to_lowercase().contains(&wanted);
        let sources = desk.talks().iter().enumerate();
        let found = sources
            .filter(|(_, c)| named(c.designation.as_str()))
            .map(|(at, _)| Hit::Source(at))
            .take(MOST)
            .collect();
        let messages = desk.talks().iter().flat_map(|c| &c.items);
        let messages = messages.filter(|l| l.kind != Kind::Document).count();
        let next = Some(Place { talk: 0, item: 0 });
        Self { shown, wanted, found, next, searched: 0, messages, cursor: Cursor::default() }
    }

    pub(super) fn is_searching(&self) -> bool {
        self.next.is_some()
    }

    /// Searches for a moment.
    pub(super) fn go_on(&mut self, desk: &Desk) {
        let since = Instant::now();
        while let Some(place) = self.next {
            if self.found.len() >= MOST {
                self.next = None;
            } else {
                self.look_at(place, desk);
                self.next = behind(place, desk);
            }
            if since.elapsed() > SLICE {
                return;
            }
        }
    }

    fn look_at(&mut self, place: Place, desk: &Desk) {
        let Some(line) = desk.line(place).filter(|line| line.kind != Kind::Document) else {
            return;
        };
        self.searched += 1;
        if line.state != State::Opened {
            return;
        }
        // One that cannot be read says so when it is opened.
        let Ok(account) = desk.account(place, Account::WHOLE) else { return };
        let hit = |line: &&String| line.to_lowercase().contains(&self.wanted);
        if let Some(line) = account.text().iter().find(hit) {
            self.found.push(Hit::Item(place, around(line, &self.wanted)));
        }
    }

    pub(super) fn press(&mut self, key: Key, desk: &mut Desk, rows: usize) -> Next {
        if self.cursor.press(key, self.found.len(), rows) {
            return Next::Stay;
        }
        match (key, self.found.get(self.cursor.at())) {
            (Key::Enter | Key::Right, Some(Hit::Source(talk))) => {
                Next::Open(Page::Talk(Talk::new(*talk, desk)))
            }
            (Key::Enter | Key::Right, Some(Hit::Item(place, _))) => {
                Next::Open(Page::Letter(Letter::open(*place, desk)))
            }
            _ => Next::Stay,
        }
    }

    pub(super) fn draw(&mut self, canvas: &mut Canvas<'_>, desk: &Desk) -> &'static str {
        canvas.line(0, &self.title(), Tone::Strong);
        let rows = usize::from(canvas.size().height) - 4;
        for (y, at) in (2..).zip(self.cursor.window(self.found.len(), rows)) {
            if let Some(hit) = self.found.get(at) {
                row(canvas, y, desk, hit);
            }
            if at == self.cursor.at() {
                canvas.put(0, y, 1, ">", Tone::Strong);
                canvas.reverse(y);
            }
        }
        KEYS
    }

    fn title(&self) -> String {
        let (found, wanted) = (count(self.found.len(), "hit"), &self.shown);
        let how_far = match self.next {
            Some(_) => format!("searched {} of {}", self.searched, count(self.messages, "message")),
            None if self.found.len() >= MOST => "the first ones; use other words".to_owned(),
            None => format!("in names and {}", count(self.messages, "message")),
        };
        format!("{found}, {how_far}: {wanted}")
    }
}

/// The item behind this one.
fn behind(place: Place, desk: &Desk) -> Option<Place> {
    let next = Place { talk: place.talk, item: place.item + 1 };
    if desk.line(next).is_some() {
        return Some(next);
    }
    let talk = place.talk + 1;
    (talk < desk.talks().len()).then_some(Place { talk, item: 0 })
}

/// A line from a little before what was found.
fn around(line: &str, wanted: &str) -> String {
    let before = line.to_lowercase().find(wanted).unwrap_or_default();
    // Lower case may be longer or shorter; near is near enough.
    let letters = line.char_indices().take_while(|(at, _)| *at < before).count();
    match letters.saturating_sub(10) {
        0 => line.trim_start().to_owned(),
        skipped => format!("…{}", line.chars().skip(skipped).collect::<String>()),
    }
}

fn row(canvas: &mut Canvas<'_>, y: u16, desk: &Desk, hit: &Hit) {
    let talk = match hit {
        Hit::Source(talk) => *talk,
        Hit::Item(place, _) => place.talk,
    };
    let Some(conversation) = desk.talks().get(talk) else { return };
    canvas.put(2, y, 24, conversation.designation.as_str(), Tone::Strong);
    match hit {
        Hit::Source(_) => {
            canvas.put(28, y, u16::MAX, &count(conversation.items.len(), "item"), Tone::Plain);
        }
        Hit::Item(place, text) => {
            let Some(line) = desk.line(*place) else { return };
            canvas.put(28, y, 14, &format!("{} {}", line.kind, line.number), Tone::Plain);
            canvas.put(43, y, u16::MAX, text, Tone::Plain);
        }
    }
}
