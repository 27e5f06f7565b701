//! How pages are to come out, and whether this printer can do that.

use std::fmt;
use std::str::FromStr;

use sd_fs::escape;
use sd_scrub::Format;
use sd_term::{Failure, Status};
use serde::Serialize;

use super::printer::Printer;

/// Papers that people call by another name than CUPS.
const PAPERS: &[(&str, &str)] = &[
    ("a3", "iso_a3_297x420mm"),
    ("a4", "iso_a4_210x297mm"),
    ("a5", "iso_a5_148x210mm"),
    ("letter", "na_letter_8.5x11in"),
    ("legal", "na_legal_8.5x14in"),
];

/// Names of papers a message lists.
const MAX_LISTED: usize = 12;

/// Grey or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Colour {
    /// Without the yellow dots of colour lasers.
    Grey,
    /// With them.
    Colour,
}

/// First and last page, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Pages {
    pub(crate) first: i32,
    pub(crate) last: i32,
}

/// How pages are to come out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Settings {
    pub(crate) colour: Colour,
    pub(crate) copies: i32,
    pub(crate) pages: Option<Pages>,
    /// The name that CUPS has for it; none: the printer's own choice.
    pub(crate) paper: Option<String>,
}

/// The type that CUPS knows a format by; to it a table is a text.
pub(crate) fn mime_type(format: Format) -> &'static str {
    match format {
        Format::Csv => Format::Text.media_type(),
        format => format.media_type(),
    }
}

impl FromStr for Pages {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |t: &str| t.trim().parse::<i32>().ok().filter(|n| *n >= 1);
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err("a page such as 3, or pages such as 2-5"),
        }
    }
}

impl Settings {
    /// These settings as this printer knows them, or what it cannot do.
    pub(crate) fn on(self, printer: &Printer) -> Result<Self, Failure> {
        let refuse = |why: String| {
            Err(Failure::new(Status::Refused, format_args!("{}: {why}", printer.shown())))
        };
        if self.colour == Colour::Grey && !printer.prints_grey() {
            return refuse("cannot be told to print grey; --colour prints as it does".to_owned());
        }
        if self.copies > printer.most_copies {
            return refuse(format!("prints at most {} copies at once", printer.most_copies));
        }
        if self.pages.is_some() && !printer.page_ranges {
            return refuse("cannot print some of the pages only".to_owned());
        }
        match &self.paper {
            None => Ok(self),
            Some(name) => match paper(name, &printer.papers) {
                Some(found) => Ok(Self { paper: Some(found), ..self }),
                None => refuse(no_such(name, &printer.papers)),
            },
        }
    }
}

/// The name that CUPS has for a paper.
fn paper(name: &str, papers: &[String]) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let long = PAPERS.iter().find(|(short, _)| *short == name).map_or(name.as_str(), |p| p.1);
    papers.iter().find(|p| p.eq_ignore_ascii_case(long)).cloned()
}

fn no_such(name: &str, papers: &[String]) -> String {
    let shown = |text: &str| escape(text.as_bytes()).to_string();
    let listed: Vec<_> = papers.iter().take(MAX_LISTED).map(|p| shown(p)).collect();
    format!("has no paper {}; it has {}", shown(name), listed.join(", "))
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.colour {
            Colour::Grey => "grey",
            Colour::Colour => "IN COLOUR",
        })?;
        match self.copies {
            1 => {}
            n => write!(f, ", {n} copies each")?,
        }
        match self.pages {
            None => write!(f, ", all pages")?,
            Some(Pages { first, last }) if first == last => write!(f, ", page {first}")?,
            Some(Pages { first, last }) => write!(f, ", pages {first} to {last}")?,
        }
        match &self.paper {
            None => write!(f, ", the printer's own paper"),
            Some(paper) => write!(f, ", paper {}", escape(paper.as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_range_is_one_that_has_pages() {
        assert_eq!("3".parse(), Ok(Pages { first: 3, last: 3 }));
        assert_eq!("2-5".parse(), Ok(Pages { first: 2, last: 5 }));
        for wrong in ["", "0", "0-3", "5-2", "-3", "3-", "a", "1-2-3", "99999999999"] {
            assert!(wrong.parse::<Pages>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_paper_is_known_by_both_names() {
        let papers = ["iso_a4_210x297mm", "custom_1x2mm"].map(str::to_owned);
        assert_eq!(paper("A4", &papers).as_deref(), Some("iso_a4_210x297mm"));
        assert_eq!(paper("iso_a4_210x297mm", &papers).as_deref(), Some("iso_a4_210x297mm"));
        assert_eq!(paper("letter", &papers), None);
    }
}
