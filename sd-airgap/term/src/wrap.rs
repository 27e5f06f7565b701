//! Long sentences on a narrow terminal.

use std::fmt;

/// Lines stay within 80 columns.
const WIDTH: usize = 78;

/// Text after a lead, broken at spaces, and inside what is wider than a line. The lines after
/// the first are set in like the first. It does not end with a newline.
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
        let indent = self.lead.chars().count();
        let room = WIDTH.saturating_sub(indent).max(1);
        f.write_str(self.lead)?;
        let mut used = 0;
        for word in self.text.split(' ').flat_map(|word| pieces(word, room)) {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                write!(f, "\n{:indent$}", "")?;
                used = 0;
            }
            let space = if used == 0 { "" } else { " " };
            write!(f, "{space}{word}")?;
            used += space.len() + length;
        }
        Ok(())
    }
}

fn pieces(word: &str, room: usize) -> Vec<String> {
    if word.is_empty() {
        // Two spaces stay two.
        return vec![String::new()];
    }
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(room).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal_and_no_letter_is_lost() {
        for text in ["word ".repeat(60), "x".repeat(300), "ü".repeat(300), String::new()] {
            let shown = Wrapped::new("refused: ", text.trim()).to_string();
            assert!(shown.lines().all(|l| l.chars().count() <= WIDTH), "{shown}");
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&shown), format!("refused:{}", letters(&text)));
        }
    }

    #[test]
    fn later_lines_are_set_in_like_the_first() {
        let text = format!("{} end", "x".repeat(76));
        assert_eq!(Wrapped::new("- ", &text).to_string(), format!("- {}\n  end", "x".repeat(76)));
    }
}
