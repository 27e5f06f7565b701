//! Reports: `Display` is the human face, `Serialize` the one for scripts.

mod list;
mod status;
mod sync;

pub(crate) use list::{ListReport, Row, SourceRows};
pub(crate) use status::{InboxFacts, Partials, ServerFacts, StatusReport};
pub(crate) use sync::{SourceLine, SyncReport};

use std::fmt::{self, Write as _};

use crate::inventory::Refused;

/// Lines stay within 80 columns.
const WIDTH: usize = 78;

/// A list of items that are not here, each with its reason after `lead`.
fn write_refused(f: &mut fmt::Formatter<'_>, lead: &str, refused: &[Refused]) -> fmt::Result {
    let below = " ".repeat(lead.len());
    for entry in refused {
        write_wrapped(f, lead, &format!("{}: {}", entry.name, entry.why))?;
        match (&entry.item, &entry.source) {
            (Some(item), _) => write_wrapped(f, &format!("{below}item "), item.as_str())?,
            (None, Some(source)) => write_wrapped(f, &format!("{below}source "), source.as_str())?,
            (None, None) => {}
        }
    }
    Ok(())
}

/// Text after a lead, broken at spaces (and inside what is wider than a line).
fn write_wrapped(f: &mut fmt::Formatter<'_>, lead: &str, text: &str) -> fmt::Result {
    let room = WIDTH - lead.chars().count();
    let mut line = String::new();
    let mut lead = lead.to_owned();
    for word in text.split(' ').flat_map(|word| pieces(word, room)) {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            writeln!(f, "{lead}{line}")?;
            lead = " ".repeat(lead.chars().count());
            line.clear();
        }
        let space = if line.is_empty() { "" } else { " " };
        write!(line, "{space}{word}")?;
    }
    writeln!(f, "{lead}{line}")
}

fn pieces(word: &str, room: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(room).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Wrapped(String);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_wrapped(f, "refused: ", &self.0)
        }
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        for text in ["word ".repeat(60), "x".repeat(300), "ü".repeat(300), String::new()] {
            let shown = Wrapped(text.trim().to_owned()).to_string();
            assert!(shown.lines().all(|l| l.chars().count() <= WIDTH), "{shown}");
            assert!(shown.starts_with("refused: ") && shown.ends_with('\n'));
        }
    }
}
