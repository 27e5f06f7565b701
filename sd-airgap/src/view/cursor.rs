//! Where a person is in a list, and which part of it is on the screen.

use std::ops::Range;

use sd_term::Key;

/// The line that is meant, and the first that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    at: usize,
    top: usize,
}

impl Cursor {
    /// On this line.
    pub(super) fn on(at: usize) -> Self {
        Self { at, top: at.saturating_sub(3) }
    }

    /// The line that is meant.
    pub(super) fn at(self) -> usize {
        self.at
    }

    /// Moves if the key moves; says whether it did.
    pub(super) fn press(&mut self, key: Key, length: usize, rows: usize) -> bool {
        let last = length.saturating_sub(1);
        self.at = match key {
            Key::Up | Key::Char('k') => self.at.saturating_sub(1),
            Key::Down | Key::Char('j') => self.at + 1,
            Key::PageUp => self.at.saturating_sub(rows),
            Key::PageDown => self.at + rows,
            Key::Home => 0,
            Key::End => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// The lines that are on the screen.
    pub(super) fn window(&mut self, length: usize, rows: usize) -> Range<usize> {
        self.at = self.at.min(length.saturating_sub(1));
        self.top = self.top.clamp((self.at + 1).saturating_sub(rows), self.at);
        // No empty lines behind the last while there are some before the first.
        self.top = self.top.min(length.saturating_sub(rows));
        self.top..length.min(self.top + rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_in_the_list_and_on_the_screen() {
        let mut cursor = Cursor::default();
        for (key, at, window) in [
            (Key::Up, 0, 0..5),
            (Key::PageDown, 5, 1..6),
            (Key::End, 9, 5..10),
            (Key::Down, 9, 5..10),
            (Key::PageUp, 4, 4..9),
            (Key::Home, 0, 0..5),
        ] {
            assert!(cursor.press(key, 10, 5));
            assert_eq!((cursor.at(), cursor.window(10, 5)), (at, window), "{key:?}");
        }
        assert!(!cursor.press(Key::Enter, 10, 5));
    }

    #[test]
    fn an_empty_or_shrunken_list_is_no_trouble() {
        let mut cursor = Cursor::on(50);
        assert_eq!(cursor.window(3, 5), 0..3);
        assert_eq!(cursor.at(), 2);
        assert!(cursor.press(Key::Down, 0, 5));
        assert_eq!((cursor.at(), cursor.window(0, 5)), (0, 0..0));
    }
}
