//! The view of `browse`: who wrote, the conversation, one item, what was searched.
//!
//! ```text
//! FullScreen --Input--> View::press --> Page (Sources > Talk > Letter | Hits) --> Desk: marks, notes, records
//!     ^                                   |
//!     '--------- Canvas <----- draw ------'
//! ```
//! One page at a time; Esc goes back. Every text is escaped before it is laid out, and every key is
//! answered at once: what takes longer (a search, a write) goes on between keys.

mod ask;
mod canvas;
mod cursor;
mod desk;
mod hits;
mod letter;
mod sources;
mod talk;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use ratatui_core::layout::Size;
use ratatui_core::terminal::Frame;
use sd_term::{FullScreen, Input, Key};

use crate::store::StoreError;
use ask::{Answer, Ask, Purpose};
use canvas::{Canvas, Tone};
use hits::Hits;
use letter::Letter;
use sources::Sources;
use talk::Talk;

pub(crate) use desk::Desk;

/// How long nothing is looked at while a person thinks.
const PATIENCE: Duration = Duration::from_millis(500);

/// The smallest terminal that a page can be drawn on.
const SMALLEST: Size = Size { width: 40, height: 8 };

/// One page.
enum Page {
    Sources(Sources),
    Talk(Talk),
    Letter(Box<Letter>),
    Hits(Hits),
}

/// What a key led to.
enum Next {
    Stay,
    Open(Page),
    Instead(Page),
    Back,
    Ask(Purpose),
    Say(String),
    Leave,
}

/// Whether the view goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Go,
    Leave,
}

/// Everything that is on the screen.
pub(crate) struct View {
    desk: Desk,
    pages: Vec<Page>,
    ask: Option<Ask>,
    said: Option<String>,
    /// Lines of a list, as they were drawn last: what a page key moves by.
    rows: usize,
    colour: bool,
    /// Files that the person left with.
    carried: Vec<String>,
    /// What must not be forgotten, below the title of the first page.
    reminder: String,
}

impl View {
    pub(crate) fn new(desk: Desk) -> Self {
        let pages = vec![Page::Sources(Sources::default())];
        let (ask, said, carried, reminder) = (None, None, Vec::new(), String::new());
        Self { desk, pages, ask, said, rows: 1, colour: false, carried, reminder }
    }

    /// Has this stand below the title of the first page.
    pub(crate) fn remind(&mut self, what: String) {
        self.reminder = what;
    }

    /// Has something said in the last line but one, until the next key.
    pub(crate) fn say(&mut self, what: String) {
        self.said = Some(what);
    }

    /// Shows it until a person leaves.
    pub(crate) fn run(&mut self, screen: &mut FullScreen) -> io::Result<()> {
        self.colour = screen.colour();
        let mut stale = true;
        loop {
            if stale {
                screen.draw(|frame| self.draw(frame))?;
            }
            let patience = if self.is_busy() { Duration::ZERO } else { PATIENCE };
            stale = match screen.next(patience)? {
                Input::Key(key) if self.press(key) == Flow::Leave => return Ok(()),
                Input::Key(_) | Input::Changed => true,
                Input::Nothing => self.go_on(),
            };
        }
    }

    /// Ends it: the marks are written, and the files to be carried out are returned.
    pub(crate) fn finish(self) -> Result<Vec<String>, StoreError> {
        self.desk.finish()?;
        Ok(self.carried)
    }

    fn is_busy(&self) -> bool {
        matches!(self.pages.last(), Some(Page::Hits(hits)) if hits.is_searching())
    }

    /// What is done between keys; says whether there is something else to see.
    fn go_on(&mut self) -> bool {
        let busy = self.is_busy();
        if let Some(Page::Hits(hits)) = self.pages.last_mut() {
            hits.go_on(&self.desk);
        }
        let trouble = self.desk.trouble();
        let said = trouble.is_some();
        if let Some(trouble) = trouble {
            self.say(format!("Not written down: {trouble}"));
        }
        busy || said
    }

    /// Answers a key.
    pub(crate) fn press(&mut self, key: Key) -> Flow {
        self.said = None;
        if key == Key::Interrupt {
            return Flow::Leave;
        }
        let next = match &mut self.ask {
            Some(ask) => match ask.press(key) {
                Answer::Typing => Next::Stay,
                Answer::Never => {
                    self.ask = None;
                    Next::Stay
                }
                Answer::Given(purpose, text) => {
                    self.ask = None;
                    self.answered(purpose, text)
                }
            },
            None => self.key_on_page(key),
        };
        self.follow(next)
    }

    fn key_on_page(&mut self, key: Key) -> Next {
        match key {
            Key::Char('q') => return Next::Leave,
            Key::Char('/') => return Next::Ask(Purpose::Search),
            Key::Char('x') => return self.carry_out(),
            Key::Char('X') => return self.carry_out_all_new(),
            Key::Escape | Key::Left | Key::Backspace => return Next::Back,
            _ => {}
        }
        let (desk, rows) = (&mut self.desk, self.rows);
        match self.pages.last_mut() {
            Some(Page::Sources(page)) => page.press(key, desk, rows),
            Some(Page::Talk(page)) => page.press(key, desk, rows),
            Some(Page::Letter(page)) => page.press(key, desk, rows),
            Some(Page::Hits(page)) => page.press(key, desk, rows),
            None => Next::Leave,
        }
    }

    fn follow(&mut self, next: Next) -> Flow {
        match next {
            Next::Stay => {}
            Next::Open(page) => self.pages.push(page),
            Next::Instead(page) => {
                self.pages.pop();
                self.pages.push(page);
            }
            Next::Back if self.pages.len() > 1 => {
                self.pages.pop();
            }
            Next::Back => self.say("q leaves.".to_owned()),
            Next::Ask(purpose) => self.ask = Some(Ask::new(purpose, &self.desk)),
            Next::Say(what) => self.say(what),
            Next::Leave => return Flow::Leave,
        }
        Flow::Go
    }

    fn answered(&mut self, purpose: Purpose, text: String) -> Next {
        match purpose {
            Purpose::Search if text.trim().is_empty() => Next::Stay,
            Purpose::Search => {
                let hits = Page::Hits(Hits::new(&text, &self.desk));
                match self.pages.last() {
                    Some(Page::Hits(_)) => Next::Instead(hits),
                    _ => Next::Open(hits),
                }
            }
            Purpose::Note(on) => {
                self.desk.note(on, text);
                Next::Stay
            }
        }
    }

    /// Leaves with the commands for what is selected, or for what is being looked at.
    fn carry_out(&mut self) -> Next {
        if !self.desk.has_selected() {
            let here = match self.pages.last() {
                Some(Page::Talk(page)) => Some(page.place()),
                Some(Page::Letter(page)) => Some(page.place()),
                Some(Page::Sources(_) | Page::Hits(_)) | None => None,
            };
            if !here.is_some_and(|place| self.desk.select(place)) {
                let what = "Nothing is selected: open a conversation and press Space on a file.";
                return Next::Say(what.to_owned());
            }
        }
        match self.desk.selected_paths() {
            Ok(paths) => {
                self.carried = paths;
                Next::Leave
            }
            Err(why) => Next::Say(why),
        }
    }

    /// Leaves with everything that is new, whoever it is from.
    fn carry_out_all_new(&mut self) -> Next {
        self.desk.select_all_new();
        if self.desk.has_selected() {
            return self.carry_out();
        }
        Next::Say("Nothing is new.".to_owned())
    }

    /// Draws everything.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>) {
        let mut canvas = Canvas::new(frame.buffer_mut(), self.colour);
        let size = canvas.size();
        if size.width < SMALLEST.width || size.height < SMALLEST.height {
            canvas.line(0, "Make this window larger, please.", Tone::Plain);
            return;
        }
        // The first line is the page's title, the last two are what is said, and the keys.
        self.rows = usize::from(size.height) - 4;
        let desk = &mut self.desk;
        let keys = match self.pages.last_mut() {
            Some(Page::Sources(page)) => {
                canvas.line(1, &self.reminder, Tone::Warn);
                page.draw(&mut canvas, desk)
            }
            Some(Page::Talk(page)) => page.draw(&mut canvas, desk),
            Some(Page::Letter(page)) => page.draw(&mut canvas, desk),
            Some(Page::Hits(page)) => page.draw(&mut canvas, desk),
            None => "",
        };
        let bottom = size.height - 1;
        match (&self.ask, &self.said) {
            (Some(ask), _) => {
                canvas.line(bottom - 1, &ask.shown(size.width), Tone::Strong);
                canvas.bar(bottom, "Enter: done   Esc: leave it");
                return;
            }
            (None, Some(said)) => canvas.line(bottom - 1, said, Tone::Warn),
            (None, None) => canvas.line(bottom - 1, &self.desk.selected_words(), Tone::Dim),
        }
        canvas.bar(bottom, keys);
    }
}
