//! What a terminal makes of the bytes it is sent, and which bytes it may be sent at all.
//!
//! Only what our programs mean to send is understood: moving, clearing, colours, and the modes of
//! a view that fills the terminal. Everything else is an error: somebody else's text got through.

use unicode_width::UnicodeWidthChar as _;

/// The modes a view sets and gives back: line wrap, the cursor, the screen of its own.
const MODES: &[&str] = &["?7", "?25", "?1049"];

/// A screen of cells.
#[derive(Clone, Debug)]
pub struct TerminalScreen {
    cells: Vec<Vec<String>>,
    at: (usize, usize),
    /// Modes that are not as they were before.
    set: Vec<String>,
    /// The beginning of a sequence or a character whose end has not come yet.
    rest: Vec<u8>,
}

impl TerminalScreen {
    /// An empty screen.
    pub fn new(columns: usize, lines: usize) -> Self {
        let cells = vec![vec![" ".to_owned(); columns]; lines];
        Self { cells, at: (0, 0), set: Vec::new(), rest: Vec::new() }
    }

    /// A screen on which all this was drawn.
    pub fn drawn(bytes: &[u8], columns: usize, lines: usize) -> Result<Self, String> {
        let mut screen = Self::new(columns, lines);
        screen.feed(bytes).map(|()| screen)
    }

    /// Draws; the error is the first thing that may not be there.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut bytes = [std::mem::take(&mut self.rest), bytes.to_vec()].concat();
        if let Some(at) = bytes.iter().rposition(|b| *b == 0x1b).filter(|at| is_cut(&bytes[*at..]))
        {
            self.rest = bytes.split_off(at);
        }
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(e) if e.error_len().is_none() && self.rest.is_empty() => {
                let (whole, half) = bytes.split_at(e.valid_up_to());
                self.rest = half.to_vec();
                std::str::from_utf8(whole).unwrap_or_default()
            }
            Err(e) => return Err(format!("not UTF-8 at {}", e.valid_up_to())),
        };
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\u{1b}' => self.sequence(&mut chars)?,
                '\r' => self.at.0 = 0,
                '\n' => self.at.1 = (self.at.1 + 1).min(self.cells.len() - 1),
                c if is_safe(c) => self.put(c),
                c => return Err(format!("U+{:04X}", u32::from(c))),
            }
        }
        Ok(())
    }

    /// The lines, without what is blank at their ends.
    pub fn lines(&self) -> Vec<String> {
        self.cells.iter().map(|line| line.concat().trim_end().to_owned()).collect()
    }

    /// Whether this stands on some line.
    pub fn shows(&self, words: &str) -> bool {
        self.lines().iter().any(|line| line.contains(words))
    }

    /// The modes that were set and not given back.
    pub fn modes(&self) -> &[String] {
        &self.set
    }

    fn sequence(&mut self, chars: &mut std::str::Chars<'_>) -> Result<(), String> {
        match chars.next() {
            Some('[') => {}
            other => return Err(format!("ESC {other:?}")),
        }
        let mut parameters = String::new();
        let last = chars.by_ref().find(|c| {
            let is_last = ('@'..='~').contains(c);
            if !is_last {
                parameters.push(*c);
            }
            is_last
        });
        let numbers: Vec<usize> = parameters.split(';').map(|n| n.parse().unwrap_or(1)).collect();
        match last {
            Some('H') => {
                let (line, column) = (numbers[0], numbers.get(1).copied().unwrap_or(1));
                self.at = (column.max(1) - 1, (line.max(1) - 1).min(self.cells.len() - 1));
            }
            Some('J') => self.cells.iter_mut().flatten().for_each(|cell| " ".clone_into(cell)),
            Some('m') if parameters.chars().all(|c| c.is_ascii_digit() || c == ';') => {}
            Some('h' | 'l') if MODES.contains(&parameters.as_str()) => {
                self.mode(&parameters, last == Some('h'));
            }
            other => return Err(format!("ESC [ {parameters:?} {other:?}")),
        }
        Ok(())
    }

    fn mode(&mut self, mode: &str, on: bool) {
        // A view hides the cursor and stops line wrap; it turns its own screen on.
        let changed = (mode == "?1049") == on;
        self.set.retain(|m| m != mode);
        if changed {
            self.set.push(mode.to_owned());
        }
    }

    fn put(&mut self, c: char) {
        let (x, y) = self.at;
        let wide = c.width().unwrap_or(0);
        let line = &mut self.cells[y];
        if wide == 0 {
            if let Some(cell) = x.checked_sub(1).and_then(|x| line.get_mut(x)) {
                cell.push(c);
            }
            return;
        }
        for (n, cell) in line.iter_mut().skip(x).take(wide).enumerate() {
            *cell = if n == 0 { c.to_string() } else { String::new() };
        }
        self.at.0 += wide;
    }
}

/// Whether a sequence has begun and not ended.
fn is_cut(bytes: &[u8]) -> bool {
    match bytes {
        [_] => true,
        [_, b'[', rest @ ..] => !rest.iter().any(|b| (b'@'..=b'~').contains(b)),
        _ => false,
    }
}

/// Whether a character shows as itself. Said a second time here, in other words than the programs
/// say it: from the Unicode categories, by their ranges.
fn is_safe(c: char) -> bool {
    let invisible = matches!(u32::from(c),
        0x00ad | 0x034f | 0x061c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff
        | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff);
    !c.is_control() && !invisible && (c == ' ' || !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_stands_where_it_was_put() {
        let bytes = "\u{1b}[?1049h\u{1b}[2;3H日本\u{1b}[1mx\u{1b}[0m".as_bytes();
        let screen = TerminalScreen::drawn(bytes, 10, 3).expect("safe");
        assert_eq!(screen.lines(), ["", "  日本x", ""]);
        assert_eq!(screen.modes(), ["?1049"]);
    }

    #[test]
    fn what_is_not_ours_is_an_error() {
        for bad in ["\u{7}", "\u{9b}", "\u{1b}]0;x\u{7}", "\u{1b}[6n", "\u{202e}", "\u{200b}", "\t"]
        {
            assert!(TerminalScreen::drawn(bad.as_bytes(), 10, 3).is_err(), "{bad:?}");
        }
        assert!(TerminalScreen::drawn(b"\xff", 10, 3).is_err());
        assert!(TerminalScreen::drawn(b"a\x1b[1", 10, 3).is_ok(), "the rest is on its way");
    }
}
