//! Plain text as pages of pixels: a letter a cell, whatever the script, invisible marks as boxes.
//!
//! Letters stand in the order in which they are stored, from left to right; accents are put over
//! the letter before them. It is for looking at, not for typesetting.

use unifont::{Glyph, get_glyph};

use crate::Pixels;

/// Cells in a line and lines on a page.
const COLUMNS: usize = 96;
const LINES: usize = 72;

/// Pixels of one cell, and around the text.
const CELL: (usize, usize) = (8, 16);
const MARGIN: usize = 32;

/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// Most letters of a text that are laid out: the pages of a preview many times over.
const MAX_LETTERS: usize = 1_000_000;

/// A text laid out on pages.
#[derive(Debug)]
pub struct Writing {
    lines: Vec<Vec<Letter>>,
}

/// A letter at its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letter {
    column: usize,
    letter: char,
}

impl Writing {
    /// Lays a text out.
    pub fn new(text: &str) -> Self {
        let mut lines = vec![Vec::new()];
        let mut column = 0_usize;
        let mut letters = text.chars().take(MAX_LETTERS).peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\r' if letters.peek() == Some(&'\n') => {}
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                    lines.push(Vec::new());
                    column = 0;
                }
                '\t' => column = (column / TAB).saturating_add(1).saturating_mul(TAB),
                letter => put(&mut lines, &mut column, letter),
            }
        }
        Self { lines }
    }

    /// The number of pages, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "there is always a page")]
    pub fn len(&self) -> usize {
        self.lines.len().div_ceil(LINES)
    }

    /// Draws a page, counted from 0.
    pub fn draw(&self, number: usize) -> Pixels {
        let mut sheet = Sheet::blank();
        let lines = self.lines.iter().skip(number.saturating_mul(LINES)).take(LINES);
        for (row, line) in lines.enumerate() {
            for Letter { column, letter } in line {
                sheet.draw(*column, row, *letter);
            }
        }
        sheet.pixels
    }
}

fn put(lines: &mut Vec<Vec<Letter>>, column: &mut usize, letter: char) {
    let over = is_accent(letter);
    let width = if over { 0 } else { cells(letter) };
    if column.saturating_add(width) > COLUMNS {
        lines.push(Vec::new());
        *column = 0;
    }
    if let Some(line) = lines.last_mut() {
        let column = if over { column.saturating_sub(1) } else { *column };
        line.push(Letter { column, letter });
    }
    *column = column.saturating_add(width);
}

/// Marks that stand over the letter before them; of other scripts they get a cell of their own.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20f0}' | '\u{fe20}'..='\u{fe2f}')
}

fn glyph(letter: char) -> Option<&'static Glyph> {
    get_glyph(letter).or_else(|| get_glyph(char::REPLACEMENT_CHARACTER))
}

fn cells(letter: char) -> usize {
    glyph(letter).map_or(1, |glyph| glyph.get_width().div_ceil(CELL.0))
}

/// A page being drawn.
struct Sheet {
    pixels: Pixels,
}

impl Sheet {
    fn blank() -> Self {
        let width = COLUMNS * CELL.0 + 2 * MARGIN;
        let height = LINES * CELL.1 + 2 * MARGIN;
        let rgb = vec![u8::MAX; width * height * 3];
        Self { pixels: Pixels { width, height, points: (595, 842), rgb } }
    }

    fn draw(&mut self, column: usize, row: usize, letter: char) {
        let Some(glyph) = glyph(letter) else { return };
        let left = column.saturating_mul(CELL.0).saturating_add(MARGIN);
        let top = row.saturating_mul(CELL.1).saturating_add(MARGIN);
        let dots = (0..CELL.1).flat_map(|y| (0..glyph.get_width()).map(move |x| (x, y)));
        for (x, y) in dots.filter(|(x, y)| glyph.get_pixel(*x, *y)) {
            self.dot(left.saturating_add(x), top.saturating_add(y));
        }
    }

    fn dot(&mut self, x: usize, y: usize) {
        if x < self.pixels.width {
            let at = y.saturating_mul(self.pixels.width).saturating_add(x).saturating_mul(3);
            let end = at.saturating_add(3);
            self.pixels.rgb.get_mut(at..end).into_iter().for_each(|pixel| pixel.fill(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(page: &Pixels) -> usize {
        page.each().filter(|pixel| *pixel == [0; 3]).count()
    }

    #[test]
    fn letters_of_every_script_and_invisible_marks_leave_ink() {
        let blank = ink(&Writing::new("").draw(0));
        assert_eq!(blank, 0);
        for letter in ["a", "ß", "Ж", "א", "ش", "न", "中", "한", "\u{200b}", "\u{202e}", "\u{feff}"]
        {
            assert!(ink(&Writing::new(letter).draw(0)) > 5, "{letter:?}");
        }
    }

    #[test]
    fn lines_are_broken_where_the_page_ends_and_nothing_is_lost() {
        let writing = Writing::new(&"x".repeat(COLUMNS * LINES + 1));
        assert_eq!(writing.len(), 2);
        let one = ink(&Writing::new("x").draw(0));
        assert_eq!(ink(&writing.draw(0)), one * COLUMNS * LINES);
        assert_eq!(ink(&writing.draw(1)), one);
        assert_eq!(Writing::new(&"\r\n".repeat(LINES)).len(), 2);
        assert_eq!(Writing::new("").len(), 1);
    }

    #[test]
    fn wide_letters_take_two_cells_and_accents_none() {
        let columns = |text: &str| -> Vec<usize> {
            Writing::new(text).lines.concat().iter().map(|l| l.column).collect()
        };
        assert_eq!(columns("中a\tb"), [0, 2, 8]);
        assert_eq!(columns("e\u{301}x"), [0, 0, 1]);
        let wide = Writing::new(&"中".repeat(COLUMNS / 2 + 1));
        assert_eq!(wide.lines.len(), 2);
    }
}
