//! Putting text on the screen, character by character.
//!
//! Terminals disagree about how wide several characters are together (an emoji with a skin colour,
//! a flag), and agree about each. So each character that takes columns begins a cell of its own, and
//! what is drawn stands where it was meant to stand.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Size;
use ratatui_core::style::{Color, Modifier, Style};
use sd_term::columns;

/// How text looks. Its meaning is in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Dim,
    New,
    Warn,
}

/// The screen, to be drawn on.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    colour: bool,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, colour: bool) -> Self {
        Self { buffer, colour }
    }

    pub(super) fn size(&self) -> Size {
        self.buffer.area().as_size()
    }

    /// A text from the left edge on.
    pub(super) fn line(&mut self, y: u16, text: &str, tone: Tone) {
        self.put(0, y, self.size().width, text, tone);
    }

    /// A text in so many columns; what does not fit is cut and shows that it is.
    pub(super) fn put(&mut self, x: u16, y: u16, room: u16, text: &str, tone: Tone) {
        let style = self.style(tone);
        let text = sd_term::cut(text, usize::from(room.min(self.size().width.saturating_sub(x))));
        let mut x = x;
        let mut last = None;
        for c in text.chars() {
            // Nothing of the kind is left here; a terminal must not have to rely on that.
            let c = if c.is_control() { '?' } else { c };
            match (columns(c), last) {
                (0, Some(at)) => self.join(at, y, c),
                (0, None) => {}
                (wide, _) => {
                    self.cell(x, y, c, style);
                    last = Some(x);
                    for behind in 1..wide {
                        self.cover(x + u16::from(behind == 1), y, style);
                    }
                    x += u16::try_from(wide).unwrap_or(1);
                }
            }
        }
    }

    /// A whole line in reverse: where the cursor is, or the keys.
    pub(super) fn reverse(&mut self, y: u16) {
        let style = Style::new().add_modifier(Modifier::REVERSED);
        for x in 0..self.size().width {
            if let Some(cell) = self.buffer.cell_mut((x, y)) {
                cell.set_style(style);
            }
        }
    }

    /// The line with the keys.
    pub(super) fn bar(&mut self, y: u16, keys: &str) {
        self.put(1, y, self.size().width.saturating_sub(2), keys, Tone::Plain);
        self.reverse(y);
    }

    fn cell(&mut self, x: u16, y: u16, c: char, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_char(c).set_style(style);
        }
    }

    /// The second half of a wide character.
    fn cover(&mut self, x: u16, y: u16, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.reset();
            cell.set_style(style);
        }
    }

    /// A mark on the character before it.
    fn join(&mut self, x: u16, y: u16, c: char) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            let joined = format!("{}{c}", cell.symbol());
            cell.set_symbol(&joined);
        }
    }

    fn style(&self, tone: Tone) -> Style {
        let plain = Style::new();
        let coloured = |colour| if self.colour { plain.fg(colour) } else { plain };
        match tone {
            Tone::Plain => plain,
            Tone::Strong => plain.add_modifier(Modifier::BOLD),
            Tone::Dim => plain.add_modifier(Modifier::DIM),
            Tone::New => coloured(Color::Green).add_modifier(Modifier::BOLD),
            Tone::Warn => coloured(Color::Yellow).add_modifier(Modifier::BOLD),
        }
    }
}
