//! A view that fills the terminal for as long as it is needed.
//!
//! ```text
//! Ui::full_screen --> FullScreen: draw(frame), next key or size --drop, panic--> the terminal as it was
//! ```
//! What is drawn has been escaped by its type before; this module only lends the terminal.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui_core::terminal::{Frame, Terminal};
use ratatui_crossterm::CrosstermBackend;
use ratatui_crossterm::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui_crossterm::crossterm::terminal as tty;
use ratatui_crossterm::crossterm::{cursor, execute};
use rustix::event::PollFlags;

use crate::prompt::PromptError;
use crate::ready::wait_for_input;

/// Room for a whole screen: it reaches the terminal in few pieces.
const BUFFER: usize = 64 << 10;

/// Whether a view fills the terminal now.
static FILLED: AtomicBool = AtomicBool::new(false);

/// The terminal, filled.
#[derive(Debug)]
pub struct FullScreen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    colour: bool,
}

/// A key, as far as a view knows keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character, a space included.
    Char(char),
    /// Return.
    Enter,
    /// Esc.
    Escape,
    /// The key that takes back.
    Backspace,
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// To what is before.
    Left,
    /// To what is behind.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the first line.
    Home,
    /// To the last line.
    End,
    /// Ctrl-C or Ctrl-D: whatever is going on, end it.
    Interrupt,
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Pressed a key.
    Key(Key),
    /// Made the window larger or smaller, or something else that wants a new drawing.
    Changed,
    /// Nothing, for as long as was waited.
    Nothing,
}

impl FullScreen {
    /// Fills the terminal. `instead` says what to do without one.
    pub(crate) fn enter(colour: bool, instead: &'static str) -> Result<Self, PromptError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(PromptError::NoTerminal(instead));
        }
        give_back_on_panic();
        tty::enable_raw_mode().map_err(PromptError::Io)?;
        FILLED.store(true, Ordering::SeqCst);
        let filled = fill().and_then(|()| {
            Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(BUFFER, io::stdout())))
        });
        match filled {
            Ok(terminal) => Ok(Self { terminal, colour }),
            Err(e) => {
                give_back();
                Err(PromptError::Io(e))
            }
        }
    }

    /// Whether colour may be used; meaning is never by colour alone.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// Draws one frame; only what differs from the last one is sent.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(drop)
    }

    /// Waits for what a person does, at most this long.
    pub fn next(&mut self, patience: Duration) -> io::Result<Input> {
        wait(Duration::ZERO)?;
        // What was read along with an earlier key is there already.
        if !event::poll(Duration::ZERO)? {
            wait(patience)?;
            if !event::poll(Duration::ZERO)? {
                return Ok(Input::Nothing);
            }
        }
        Ok(match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                key_of(key.code, key.modifiers).map_or(Input::Nothing, Input::Key)
            }
            Event::Key(_) | Event::Mouse(_) | Event::Paste(_) => Input::Nothing,
            Event::Resize(..) | Event::FocusGained | Event::FocusLost => Input::Changed,
        })
    }
}

/// Waits until a key or a signal comes. A terminal that is gone is an error: whoever reads from it
/// then reads nothing, at once and for ever.
fn wait(patience: Duration) -> io::Result<()> {
    if wait_for_input(patience)?.contains(PollFlags::HUP) {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "its window was closed"));
    }
    Ok(())
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        give_back();
    }
}

fn key_of(code: KeyCode, with: KeyModifiers) -> Option<Key> {
    Some(match code {
        KeyCode::Char('c' | 'd') if with.contains(KeyModifiers::CONTROL) => Key::Interrupt,
        KeyCode::Char(_) if with.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
            return None;
        }
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}

/// A screen of our own, so that nothing of a message stays in the scroll-back; and lines that are
/// not wrapped, so that a terminal with its own idea of a character's width spoils one line.
fn fill() -> io::Result<()> {
    execute!(io::stdout(), tty::EnterAlternateScreen, tty::DisableLineWrap, cursor::Hide)
}

/// The terminal as it was. Does nothing the second time.
fn give_back() {
    if FILLED.swap(false, Ordering::SeqCst) {
        // The terminal may be gone: there is nobody left to tell.
        let _ =
            execute!(io::stdout(), tty::EnableLineWrap, tty::LeaveAlternateScreen, cursor::Show);
        let _ = io::stdout().flush();
        let _ = tty::disable_raw_mode();
    }
}

/// A panic's message is read on the terminal as it was; the release build ends right after it.
fn give_back_on_panic() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_c_interrupts_and_no_other_control_key_types_a_letter() {
        assert_eq!(key_of(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Interrupt));
        assert_eq!(key_of(KeyCode::Char('q'), KeyModifiers::CONTROL), None);
        assert_eq!(key_of(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(key_of(KeyCode::Char('Q'), KeyModifiers::SHIFT), Some(Key::Char('Q')));
    }
}
