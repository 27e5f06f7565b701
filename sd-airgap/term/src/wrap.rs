//! Long sentences on a narrow terminal, and how many columns a text takes.

use std::fmt;

use unicode_width::UnicodeWidthChar as _;

/// Lines stay within 80 columns.
const WIDTH: usize = 78;

/// Columns of a text, character by character: terminals disagree on what several characters make
/// together, and agree on each.
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns of one character: 0 for a mark on the one before it, 2 for a wide one.
pub fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The text, or as much of it as fits with an ellipsis behind it.
pub fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let fits = |c: &char| left.checked_sub(columns(*c)).map(|rest| left = rest).is_some();
    let mut shown: String = text.chars().take_while(fits).collect();
    if room > 0 {
        shown.push('…');
    }
    shown
}

/// A text in lines of so many columns (2 at least), broken at spaces, and inside what is wider
/// than a line.
pub fn fold(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for (n, word) in text.split(' ').enumerate() {
        let length = width(word);
        if n > 0 && used + 1 + length.min(room) <= room {
            line.push(' ');
            used += 1;
        } else if n > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if length <= room {
            line.push_str(word);
            used += length;
            continue;
        }
        for c in word.chars() {
            if used + columns(c) > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += columns(c);
        }
    }
    lines.push(line);
    lines
}

/// Text after a lead, broken as [`fold`] does. The lines after the first are set in like the
/// first. It does not end with a newline.
#[derive(Debug)]
pub struct Wrapped<'a> {
    lead: &'a str,
    text: &'a str,
}

impl<'a> Wrapped<'a> {
    /// `lead` stands once, at the beginning.
    pub fn new(lead: &'a str, text: &'a str) -> Self {
        Self { lead, text }
    }
}

impl fmt::Display for Wrapped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = width(self.lead);
        f.write_str(self.lead)?;
        for (n, line) in fold(self.text, WIDTH.saturating_sub(indent)).iter().enumerate() {
            match n {
                0 => f.write_str(line)?,
                _ => write!(f, "\n{:indent$}{line}", "")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal_and_no_letter_is_lost() {
        for text in
            ["word ".repeat(60), "x".repeat(300), "ü".repeat(300), "日本".repeat(90), String::new()]
        {
            let shown = Wrapped::new("refused: ", text.trim()).to_string();
            assert!(shown.lines().all(|l| width(l) <= WIDTH), "{shown}");
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&shown), format!("refused:{}", letters(&text)));
        }
    }

    #[test]
    fn later_lines_are_set_in_like_the_first() {
        let text = format!("{} end", "x".repeat(76));
        assert_eq!(Wrapped::new("- ", &text).to_string(), format!("- {}\n  end", "x".repeat(76)));
    }

    #[test]
    fn two_spaces_stay_two_and_a_mark_stays_with_its_letter() {
        assert_eq!(fold("a  b", 10), ["a  b"]);
        assert_eq!(fold("", 10), [""]);
        assert_eq!(fold("abe\u{301}c", 3), ["abe\u{301}", "c"]);
        assert_eq!(fold("日本語", 3), ["日", "本", "語"]);
    }

    #[test]
    fn what_is_cut_says_so_and_never_half_a_character() {
        assert_eq!(cut("report", 6), "report");
        assert_eq!(cut("report.pdf", 6), "repor…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!((cut("ab", 1), cut("ab", 0)), ("…".into(), String::new()));
    }
}
