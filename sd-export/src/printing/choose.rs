//! The printer that is meant, among those that CUPS lists.

use std::fmt;

use sd_fs::{Escaped, escape};
use sd_term::{Failure, Status};
use serde::Serialize;

use super::link::Link;
use super::printer::{Choice, Printer, Unused, name};
use super::reason::Reason;

/// The printer that was named, else the only one that fits. A USB cable comes before loopback,
/// where the same printer may show a second time.
pub(crate) fn choose(choices: Vec<Choice>, wanted: Option<&str>) -> Result<Printer, Failure> {
    let all: Vec<String> = choices.iter().map(|c| name(c).to_owned()).collect();
    if let Some(wanted) = wanted {
        return match choices.into_iter().find(|c| name(c) == wanted) {
            Some(Ok(printer)) => Ok(printer),
            Some(Err(unused)) => Err(Failure::new(Status::PrinterRefused, unused)),
            None => Err(no_such(wanted, &all)),
        };
    }
    let (fit, unused): (Vec<_>, Vec<_>) = choices.into_iter().partition(Result::is_ok);
    let fit: Vec<Printer> = fit.into_iter().flatten().collect();
    let best = fit.iter().map(|p| p.link).min();
    let mut best: Vec<_> = fit.into_iter().filter(|p| Some(p.link) == best).collect();
    match (best.pop(), best.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(last), false) => {
            let names: Vec<_> = best.iter().chain([&last]).map(|p| p.shown().to_string()).collect();
            Err(Failure::new(Status::PrinterUnclear, names.join(", ")))
        }
        (None, _) => {
            Err(none_fits(&unused.into_iter().filter_map(Result::err).collect::<Vec<_>>()))
        }
    }
}

fn none_fits(unused: &[Unused]) -> Failure {
    if unused.is_empty() {
        return Failure::new(Status::NoPrinter, "no printer is set up on this station");
    }
    let lines: Vec<_> = unused.iter().map(Unused::to_string).collect();
    Failure::new(Status::PrinterRefused, lines.join("\n"))
}

fn no_such(wanted: &str, all: &[String]) -> Failure {
    let shown = |name: &str| escape(name.as_bytes()).to_string();
    let there = match all {
        [] => "none is set up".to_owned(),
        all => format!("there are {}", all.iter().map(|n| shown(n)).collect::<Vec<_>>().join(", ")),
    };
    Failure::new(Status::NoPrinter, format_args!("no printer is called {}; {there}", shown(wanted)))
}

/// A printer as the JSON face shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    name: Escaped,
    usable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    /// Whether it can be told to print grey.
    #[serde(skip_serializing_if = "Option::is_none")]
    grey: Option<bool>,
    reasons: Vec<Reason>,
}

impl From<Choice> for Listed {
    fn from(choice: Choice) -> Self {
        match choice {
            Ok(printer) => Self {
                name: printer.shown(),
                usable: true,
                link: Some(printer.link),
                refused: None,
                grey: Some(printer.prints_grey()),
                reasons: printer.reasons,
            },
            Err(unused) => Self {
                name: unused.shown(),
                usable: false,
                link: None,
                refused: Some(unused.why.to_string()),
                grey: None,
                reasons: Vec::new(),
            },
        }
    }
}

impl Listed {
    /// Whether it may be used here.
    pub(crate) fn is_usable(&self) -> bool {
        self.usable
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, why) = (&self.name, self.refused.as_deref().unwrap_or_default());
        let Some(link) = self.link else { return writeln!(f, "{name}: refused: {why}") };
        let grey = if self.grey == Some(true) { "" } else { ", cannot be told to print grey" };
        writeln!(f, "{name}: {}{grey}", link.words())?;
        self.reasons.iter().try_for_each(|r| writeln!(f, "  {}: {}", r.says(), r.todo()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::printer::tests::{printer, unused};
    use super::*;

    fn chosen(choices: Vec<Choice>, wanted: Option<&str>) -> Result<String, (Status, String)> {
        let name = |p: Printer| p.shown().to_string();
        choose(choices, wanted).map(name).map_err(|f| (f.status, f.message))
    }

    #[test]
    fn the_only_one_that_fits_is_taken_and_usb_comes_first() {
        let office = || Err(unused("office"));
        let usb = |n| Ok(printer(n, Link::Usb));
        let (loopback, cable) = (|n| Ok(printer(n, Link::Loopback)), printer("c", Link::Cable));
        let name = |choices| chosen(choices, None).expect("one");
        assert_eq!(name(vec![office(), loopback("a")]), "a");
        assert_eq!(name(vec![loopback("a"), usb("b"), Ok(cable)]), "b");
        let (status, names) = chosen(vec![usb("a"), usb("b")], None).expect_err("two");
        assert_eq!((status, names.as_str()), (Status::PrinterUnclear, "a, b"));
        assert_eq!(chosen(vec![usb("a"), usb("b")], Some("a")).expect("named"), "a");
    }

    #[test]
    fn a_network_printer_is_refused_also_when_it_is_named() {
        for wanted in [None, Some("office")] {
            let (status, why) = chosen(vec![Err(unused("office"))], wanted).expect_err("refused");
            assert_eq!(status, Status::PrinterRefused);
            assert!(why.starts_with("office: a network printer (socket)"), "{why}");
        }
        let (status, why) = chosen(vec![Err(unused("office"))], Some("x\u{1b}")).expect_err("none");
        assert_eq!(status, Status::NoPrinter);
        assert_eq!(why, r"no printer is called x\u{1b}; there are office");
        assert_eq!(chosen(Vec::new(), None).expect_err("none").0, Status::NoPrinter);
    }
}
