//! The one form of RTF that is written: ASCII, every other letter by its number.

use std::fmt::Write as _;

/// Writes marks one after the other.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
    /// Whether the last mark was a control word, which ends at a blank or at another mark.
    word: bool,
}

/// How far the writer was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(usize, bool);

impl Writer {
    pub(super) fn mark(&self) -> Mark {
        Mark(self.out.len(), self.word)
    }

    /// Whether nothing was written since.
    pub(super) fn is_at(&self, mark: Mark) -> bool {
        self.out.len() == mark.0
    }

    /// Takes back what was written since.
    pub(super) fn back(&mut self, mark: Mark) {
        self.out.truncate(mark.0);
        self.word = mark.1;
    }

    /// Marks that are spelt out already, and end in a group or a word.
    pub(super) fn raw(&mut self, marks: &str) {
        self.out.push_str(marks);
        self.word = !marks.ends_with(['}', '\n']);
    }

    pub(super) fn open(&mut self) {
        self.out.push('{');
        self.word = false;
    }

    /// A group that starts with a word; with a star, readers that do not know the word skip it.
    pub(super) fn open_as(&mut self, starred: bool, name: &str) {
        self.open();
        if starred {
            self.out.push_str("\\*");
        }
        self.word(name, None);
    }

    pub(super) fn close(&mut self) {
        self.out.push('}');
        self.word = false;
    }

    pub(super) fn word(&mut self, name: &str, number: Option<i32>) {
        self.out.push('\\');
        self.out.push_str(name);
        if let Some(number) = number {
            self.out.push_str(&number.to_string());
        }
        self.word = true;
    }

    /// A symbol that is no word.
    pub(super) fn symbol(&mut self, symbol: char) {
        self.out.push('\\');
        self.out.push(symbol);
        self.word = false;
    }

    /// A byte that counts: a length or the place of a number in the text of a list.
    pub(super) fn byte(&mut self, byte: u8) {
        let _ = write!(self.out, "\\'{byte:02x}");
        self.word = false;
    }

    /// A new line, which means nothing.
    pub(super) fn line(&mut self) {
        self.out.push('\n');
        self.word = false;
    }

    /// A letter; what is no letter is not written.
    pub(super) fn letter(&mut self, c: char) {
        match c {
            '\t' => self.word("tab", None),
            '\\' | '{' | '}' => self.symbol(c),
            ' '..='~' => {
                self.gap();
                self.out.push(c);
            }
            c if c.is_control() => {}
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(self.out, "\\u{}?", unit.cast_signed());
                }
                self.word = false;
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        text.chars().for_each(|c| self.letter(c));
    }

    /// The bytes of a picture, in lines.
    pub(super) fn hex(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |n: u8| char::from(*DIGITS.get(usize::from(n & 15)).unwrap_or(&b'0'));
        for line in bytes.chunks(64) {
            self.line();
            for byte in line {
                self.out.push(digit(byte >> 4));
                self.out.push(digit(*byte));
            }
        }
    }

    fn gap(&mut self) {
        if self.word {
            self.out.push(' ');
            self.word = false;
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}
