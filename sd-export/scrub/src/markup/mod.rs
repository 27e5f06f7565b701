//! Pages and drawings by allow-list: SVG, HTML, XHTML, and what is of one inside another.
//!
//! ```text
//! XML  --xml::Reader--.
//!                      >-- Tree --Cleaner: tables--> one form that is HTML and XML both --check--> clean text
//! HTML --html5ever----'                |  '-- styles: css/; pictures: their own modules
//!                                      '-- the rest: told, gone
//! ```
//!
//! What is written is read alike by readers of HTML and of XML: no sign of markup stands in a text, a value
//! or a style, so there is no tag in it but those that were written as tags.

mod address;
mod attrs;
mod check;
mod clean;
mod read;
mod table;
mod tree;

use std::sync::LazyLock;

pub(crate) use address::{Alone, Cleaned, picture, picture_type};
pub(crate) use attrs::is_language;
pub(crate) use check::check;
pub(crate) use clean::Cleaner;
pub(crate) use read::{read, read_text, root_name};
pub(crate) use tree::{Attr, MAX_DEPTH, Space, Tree, What};

use crate::Refusal;
use table::Table;

static SVG: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("svg.txt")).0);
static HTML: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("html.txt")).0);
static MATH: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("math.txt")).0);

fn table(space: Space) -> Option<&'static Table> {
    match space {
        Space::Svg => Some(&SVG),
        Space::Html => Some(&HTML),
        Space::Math => Some(&MATH),
        Space::Other => None,
    }
}

/// Most times that a clean text is cleaned again until it stays the same.
const ROUNDS: usize = 5;

/// Cleans a clean text until that changes nothing: the numbers that names get depend on all that stood
/// before them, and so on what was dropped.
pub(crate) fn settle(
    text: String,
    mut clean: impl FnMut(&str) -> Result<String, Refusal>,
) -> Result<String, Refusal> {
    let mut text = text;
    for _ in 0..ROUNDS {
        let next = clean(&text)?;
        if next == text {
            return Ok(text);
        }
        text = next;
    }
    Err(Refusal::not_clean("a page that changes each time it is cleaned"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_can_be_read() {
        for file in [include_str!("svg.txt"), include_str!("html.txt"), include_str!("math.txt")] {
            assert_eq!(Table::read(file).1, Vec::<&str>::new());
        }
    }
}
