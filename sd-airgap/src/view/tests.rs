//! The view, key by key, on a screen that is looked at as text.

mod odd;

use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;
use sd_bundle::Kind;
use sd_fs::Quiet;
use sd_term::Key;

use super::*;
use crate::conversations::load;
use crate::store::scratch::{Scratch, item, source};
use crate::store::{Marks, Outcome};

/// A view on a screen of this size.
struct Stage {
    view: View,
    terminal: Terminal<TestBackend>,
}

impl Stage {
    fn on(scratch: &Scratch, width: u16, height: u16) -> Self {
        let shelves = scratch.shelves();
        let marks = Marks::read(&shelves).expect("marks");
        let loaded = load(&shelves, &mut Quiet).expect("loaded");
        let view = View::new(Desk::new(shelves, loaded, marks).expect("a desk"));
        let terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
        let mut stage = Self { view, terminal };
        stage.draw();
        stage
    }

    fn draw(&mut self) {
        while self.view.is_busy() {
            self.view.go_on();
        }
        self.terminal.draw(|frame| self.view.draw(frame)).expect("drawn");
    }

    fn press(&mut self, keys: &[Key]) -> &mut Self {
        for key in keys {
            assert_eq!(self.view.press(*key), Flow::Go, "{key:?}");
            self.draw();
        }
        self
    }

    fn type_in(&mut self, text: &str) -> &mut Self {
        let keys: Vec<Key> = text.chars().map(Key::Char).collect();
        self.press(&keys)
    }

    /// The lines of the screen, without what is blank at their ends.
    fn lines(&self) -> Vec<String> {
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content().chunks(usize::from(buffer.area().width));
        rows.map(|row| {
            let mut behind = 0;
            let mut line = String::new();
            for cell in row {
                // The second half of a wide character is no character.
                if behind == 0 {
                    line.push_str(cell.symbol());
                    behind = sd_term::width(cell.symbol());
                }
                behind = behind.saturating_sub(1);
            }
            line.trim_end().to_owned()
        })
        .collect()
    }

    fn shows(&self, words: &str) -> bool {
        self.lines().iter().any(|line| line.contains(words))
    }

    #[track_caller]
    fn expect(&self, words: &[&str]) {
        for words in words {
            assert!(self.shows(words), "no {words:?} in:\n{}", self.lines().join("\n"));
        }
    }
}

/// Two sources: one wrote, was answered and sent a document, the other wrote later.
fn newsroom() -> Scratch {
    let scratch = Scratch::new();
    scratch.message(1, "focal ghost", 1, "We have minutes\nof the harbour board.");
    scratch.opened(1, "focal ghost", 2, (Kind::Reply, "reply.txt"), b"Please send them.");
    scratch.document(1, "focal ghost", 3, "minutes.pdf");
    scratch.message(2, "quiet harbour", 1, "Is anybody there?");
    scratch
}

#[test]
fn the_first_page_says_who_wrote_and_what_is_new_newest_first() {
    let scratch = newsroom();
    let stage = Stage::on(&scratch, 80, 24);
    let lines = stage.lines();
    assert_eq!(lines[0], "2 sources, 3 new; newest arrival first, times in UTC");
    assert_eq!(lines[2], "> quiet harbour                1 new      1 item  2026-11-18 13:06");
    assert_eq!(lines[3], "  focal ghost                  2 new     3 items  2026-11-18 12:06");
    assert_eq!(
        lines[23],
        " Enter open  Space select new  X take all new  / search  n note  R read  q quit"
    );
}

#[test]
fn everything_new_leaves_with_one_key_and_the_reminder_stays_until_then() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.view.remind("Receipt code for bundle 1:  ABCD-EFGH: write it on paper".to_owned());
    stage.draw();
    stage.expect(&["Receipt code for bundle 1:  ABCD-EFGH: write it on paper"]);
    // The one message of the newest source is read, and so it does not go.
    stage.press(&[Key::Enter, Key::Enter, Key::Escape, Key::Escape]);
    stage.expect(&["Receipt code for bundle 1:"]);
    assert_eq!(stage.view.press(Key::Char('X')), Flow::Leave);
    let carried = stage.view.finish().expect("finished");
    assert_eq!(carried.len(), 2, "{carried:?}");
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Char('R'), Key::Char('X')]);
    stage.expect(&["Nothing is new."]);
}

#[test]
fn a_conversation_is_read_in_order_and_what_was_read_is_not_new() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Enter]);
    let lines = stage.lines();
    assert_eq!(lines[0], "focal ghost: 3 items, 2 new");
    assert_eq!(lines[2], ">     new     1 message   2026-11-18 12:06  We have minutes");
    assert_eq!(lines[3], "              2 reply     2026-11-18 12:06  Please send them.");
    assert_eq!(lines[4], "  [ ] new     3 document  2026-11-18 12:06  minutes.pdf, 4 B");
    stage.press(&[Key::Enter]);
    stage.expect(&["focal ghost, message 1 (1 of 3)", "  of the harbour board."]);
    stage.press(&[Key::Escape]);
    assert_eq!(stage.lines()[0], "focal ghost: 3 items, 1 new");
    stage.press(&[Key::Char('r')]);
    assert_eq!(stage.lines()[0], "focal ghost: 3 items, 2 new");
    stage.press(&[Key::Char('R')]);
    stage.expect(&["focal ghost: 3 items", "2 items marked as read."]);
    stage.view.finish().expect("written");
    let again = Stage::on(&scratch, 80, 24);
    again.expect(&["2 sources, 1 new"]);
}

#[test]
fn a_conversation_opens_where_something_is_new() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Enter, Key::Enter, Key::Escape, Key::Escape, Key::Enter]);
    assert!(stage.lines()[4].starts_with("> [ ] new     3 document"));
}

#[test]
fn a_document_is_named_and_never_opened() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Enter, Key::End, Key::Enter]);
    stage.expect(&["minutes.pdf, 4 B", "A document is not shown here.", "/content/minutes.pdf"]);
    assert!(!stage.shows("%PDF"));
}

#[test]
fn enter_reads_on_and_p_goes_back() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Enter, Key::Home, Key::Enter, Key::Enter]);
    stage.expect(&["reply 2 (2 of 3)", "Please send them."]);
    stage.press(&[Key::Enter, Key::Enter]);
    stage.expect(&["document 3 (3 of 3)", "This is the last one."]);
    stage.press(&[Key::Char('p'), Key::Char('p'), Key::Char('p')]);
    stage.expect(&["message 1 (1 of 3)", "This is the first one."]);
}

#[test]
fn what_is_selected_is_handed_on_by_its_path() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Char('x')]);
    stage.expect(&["Nothing is selected"]);
    stage.press(&[Key::Down, Key::Enter, Key::Home, Key::Char(' '), Key::End, Key::Char(' ')]);
    stage.expect(&["[x]", "2 files selected: x leaves"]);
    stage.press(&[Key::Home, Key::Char(' ')]);
    stage.expect(&["1 file selected"]);
    assert_eq!(stage.view.press(Key::Char('x')), Flow::Leave);
    let paths = stage.view.finish().expect("written");
    assert_eq!(paths.len(), 1);
    assert!(paths[0].ends_with("/content/minutes.pdf"));
}

#[test]
fn everything_new_of_a_source_is_selected_with_one_key() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Char(' ')]);
    stage.expect(&["[2]", "2 files selected: x leaves"]);
    stage.press(&[Key::Char(' ')]);
    assert!(!stage.lines().concat().contains("selected"));
    stage.press(&[Key::Char('R'), Key::Char(' ')]);
    stage.expect(&["Nothing is new there"]);
    // The reply too, and what was read: a whole conversation.
    stage.press(&[Key::Enter, Key::Char('a')]);
    stage.expect(&["3 files selected: x leaves"]);
    stage.press(&[Key::Char('a')]);
    assert!(!stage.lines().concat().contains("selected"));
}

#[test]
fn without_a_selection_x_takes_what_is_looked_at_and_q_takes_nothing() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Enter, Key::End]);
    assert_eq!(stage.view.press(Key::Char('x')), Flow::Leave);
    assert_eq!(stage.view.finish().expect("written").len(), 1);
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Enter, Key::Char(' ')]);
    assert_eq!(stage.view.press(Key::Char('q')), Flow::Leave);
    assert!(stage.view.finish().expect("written").is_empty());
}

#[test]
fn a_selected_file_that_is_gone_is_named_and_nothing_is_handed_on() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Down, Key::Enter, Key::End, Key::Char(' ')]);
    scratch.dir(1, 3).remove_file("outcome.json").expect("removed");
    stage.press(&[Key::Char('x')]);
    stage.expect(&["focal ghost, number 3: it is not opened any more"]);
}

#[test]
fn a_search_finds_names_and_the_text_of_messages() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Char('/')]).type_in("HARBOUR").expect(&["Search: HARBOUR_"]);
    stage.press(&[Key::Enter]);
    stage.expect(&["2 hits, in names and 3 messages: HARBOUR"]);
    let lines = stage.lines();
    assert_eq!(lines[2], "> quiet harbour             1 item");
    assert_eq!(lines[3], "  focal ghost               message 1      of the harbour board.");
    stage.press(&[Key::Down, Key::Enter]);
    stage.expect(&["focal ghost, message 1"]);
    stage.press(&[Key::Escape, Key::Char('/')]).type_in("minutes.pdf").press(&[Key::Enter]);
    stage.expect(&["0 hits"]);
    stage.press(&[Key::Escape]);
    stage.expect(&["2 sources"]);
}

#[test]
fn while_a_line_is_typed_no_letter_is_a_command() {
    let scratch = newsroom();
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::Char('n')]).type_in("quit, call back").press(&[Key::Enter]);
    assert!(stage.lines()[2].ends_with("2026-11-18 13:06  quit, call …"));
    stage.press(&[Key::Char('n'), Key::Char('!'), Key::Escape]);
    assert!(!stage.shows("!"));
    stage.press(&[Key::Enter]);
    stage.expect(&["  note: quit, call back"]);
    stage.press(&[Key::Char('n')]).type_in("checked").press(&[Key::Enter]);
    stage.expect(&["(note) Is anybody there?"]);
    stage.press(&[Key::Enter]);
    stage.expect(&["  note: checked"]);
    stage.view.finish().expect("written");
    let marks = Marks::read(&scratch.shelves()).expect("there");
    assert_eq!(marks.on_source(&source(2)), Some("quit, call back"));
    assert_eq!(marks.on_item(&item(2, 1)), Some("checked"));
}

#[test]
fn what_is_not_opened_stays_new_and_says_what_to_do() {
    let scratch = newsroom();
    scratch.stored(3, "late lemur", 1, Kind::Message);
    scratch.stored(3, "late lemur", 2, Kind::Document);
    scratch.outcome(3, 2, &Outcome::Refused { why: "the message is damaged".to_owned() });
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.expect(&["2 not open"]);
    stage.press(&[Key::Enter, Key::Home, Key::Char(' ')]);
    stage.expect(&[
        "stored, not opened yet",
        "not opened: the message is damaged",
        "no file to select",
    ]);
    stage.press(&[Key::Enter, Key::Enter]);
    stage.expect(&["not opened: the message is damaged", "unpack --retry"]);
    stage.view.finish().expect("written");
    // Opened meanwhile: now it is new.
    scratch.dir(3, 1).write_new("outcome.json", b"{}").expect("written");
    scratch.dir(3, 1).remove_file("outcome.json").expect("removed");
    let marks = Marks::read(&scratch.shelves()).expect("there");
    assert!(!marks.is_read(&item(3, 1)) && !marks.is_read(&item(3, 2)));
}

#[test]
fn a_thousand_sources_are_a_list_like_any_other() {
    let scratch = Scratch::new();
    for n in 1..=60 {
        scratch.message(n, "focal ghost", 1, "hello");
    }
    let mut stage = Stage::on(&scratch, 80, 24);
    stage.press(&[Key::End]);
    assert!(stage.lines()[21].starts_with('>'));
    stage.press(&[Key::Home]);
    assert!(stage.lines()[2].starts_with('>'));
}

#[test]
fn an_empty_store_says_what_to_do() {
    let mut stage = Stage::on(&Scratch::new(), 80, 24);
    stage.expect(&["0 sources, nothing new", "sd-airgap unpack"]);
    stage.press(&[Key::Enter, Key::Down, Key::Char('n'), Key::Char('R'), Key::Escape]);
}
