//! Printers as CUPS lists them, and the one that is meant.

use std::fmt;

use sd_fs::{Escaped, escape};

use super::link::{Link, Unfit, judge};
use super::message::Group;
use super::reason::Reason;
use super::settings::Colour;

/// What is asked of CUPS about each printer.
pub(super) const WANTED: &[&str] = &[
    "printer-name",
    "device-uri",
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "document-format-supported",
    "print-color-mode-supported",
    "color-supported",
    "copies-supported",
    "page-ranges-supported",
    "media-supported",
];

/// `printer-state` of a queue that was stopped.
const STOPPED: i32 = 5;

/// A printer that may be used here.
#[derive(Clone, Debug)]
pub(crate) struct Printer {
    name: String,
    pub(crate) link: Link,
    /// What CUPS last heard of it; it may be long ago.
    pub(crate) reasons: Vec<Reason>,
    pub(super) formats: Vec<String>,
    colours: Vec<String>,
    has_colour: bool,
    pub(super) most_copies: i32,
    pub(super) page_ranges: bool,
    pub(super) papers: Vec<String>,
}

/// A printer that is not used, and why.
#[derive(Clone, Debug)]
pub(crate) struct Unused {
    name: String,
    pub(super) why: Unfit,
}

/// A printer of the list.
pub(crate) type Choice = Result<Printer, Unused>;

/// Reads one printer of an answer; without a name it is none.
pub(super) fn read(group: Group<'_>) -> Option<Choice> {
    let name = group.text("printer-name").filter(|n| !n.is_empty())?.to_owned();
    let link = match judge(group.text("device-uri").unwrap_or_default()) {
        Ok(link) => link,
        Err(why) => return Some(Err(Unused { name, why })),
    };
    let mut reasons = Reason::all(&group.texts("printer-state-reasons"));
    let stopped = group.number("printer-state") == Some(STOPPED);
    if stopped || group.flag("printer-is-accepting-jobs") == Some(false) {
        reasons.push(Reason::Paused);
    }
    reasons.sort_unstable();
    reasons.dedup();
    Some(Ok(Printer {
        name,
        link,
        reasons,
        formats: group.texts("document-format-supported"),
        colours: group.texts("print-color-mode-supported"),
        has_colour: group.flag("color-supported").unwrap_or(true),
        most_copies: group.up_to("copies-supported").unwrap_or(1),
        page_ranges: group.flag("page-ranges-supported").unwrap_or(false),
        papers: group.texts("media-supported"),
    }))
}

impl Printer {
    /// Its name, to be shown.
    pub(crate) fn shown(&self) -> Escaped {
        escape(self.name.as_bytes())
    }

    /// Its address at CUPS.
    pub(super) fn uri(&self) -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let in_uri = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
        let name: String = self.name.bytes().map(in_uri).collect();
        format!("ipp://localhost/printers/{name}")
    }

    /// Whether CUPS takes this type for it.
    pub(crate) fn takes(&self, mime: &str) -> bool {
        self.formats.iter().any(|f| f == mime)
    }

    /// Whether it can be told to print grey, or knows nothing else.
    pub(crate) fn prints_grey(&self) -> bool {
        !self.has_colour || self.colours.iter().any(|c| c == "monochrome")
    }

    /// What it is told about colour, if it can be told.
    pub(super) fn colour_word(&self, colour: Colour) -> Option<&'static str> {
        let word = match colour {
            Colour::Grey => "monochrome",
            Colour::Colour => "color",
        };
        self.colours.iter().any(|c| c == word).then_some(word)
    }

    /// Whether its queue was stopped: no job would leave this station.
    pub(crate) fn is_paused(&self) -> bool {
        self.reasons.contains(&Reason::Paused)
    }
}

impl Unused {
    /// Its name, to be shown.
    pub(crate) fn shown(&self) -> Escaped {
        escape(self.name.as_bytes())
    }
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.shown(), self.why)
    }
}

/// The name of a printer of the list.
pub(super) fn name(choice: &Choice) -> &str {
    match choice {
        Ok(printer) => &printer.name,
        Err(unused) => &unused.name,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn printer(name: &str, link: Link) -> Printer {
        Printer {
            name: name.to_owned(),
            link,
            reasons: Vec::new(),
            formats: Vec::new(),
            colours: Vec::new(),
            has_colour: true,
            most_copies: 1,
            page_ranges: true,
            papers: Vec::new(),
        }
    }

    pub(in super::super) fn unused(name: &str) -> Unused {
        Unused { name: name.to_owned(), why: Unfit::Network(escape(b"socket")) }
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_the_address() {
        let odd = printer("a/b?c#d%20é", Link::Usb);
        assert_eq!(odd.uri(), "ipp://localhost/printers/a%2Fb%3Fc%23d%2520%C3%A9");
    }
}
