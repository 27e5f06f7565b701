//! A document rebuilt from what it shows: drawn, pressed, checked, by a worker each.
//!
//! ```text
//! document --draw--> pixels --press--> fresh PDF --check--> what `write` will take
//!   hostile  ^         no document          no pixel stream
//!            '-- of an office document the pages that LibreOffice makes (`office.rs`)
//! ```

use sd_fs::{Dir, NewFile};
use sd_render::{Ink, Written};
use sd_scrub::{Choices, Class, Fate, Finding, Limits, Refusal, Report};
use sd_term::Failure;

use super::drawing::{Aim, Drawn, draw};
use super::office::{self, ending};
use super::{Cleaned, WorkError, check, pressing};
use crate::inputs::Opened;

/// What stays, in fixed sentences.
const STAYS: &[&str] = &[
    "What the pages show stays: words, names, faces, places, dates and handwriting.",
    "Wording, visible watermarks and the exact place of each letter stay; they can mark a copy.",
    "Tracking dots go from white and pale paper, not from pictures and coloured areas.",
    "The noise pattern of a camera or scanner sensor is weakened by compression, not removed.",
    "Pale marks and thin yellow ones go with the paper: compare the copy with the original.",
];

/// Rebuilds a document into `output`, which has no name yet.
///
/// The pixels wait in an unnamed file beside the original, never where the copy goes: a stick
/// remembers.
pub(crate) fn rebuild(
    opened: &Opened,
    output: &NewFile,
    limits: &Limits,
    choices: Choices,
) -> Result<Cleaned, Failure> {
    let pixels = Dir::new_file(&opened.dir)?;
    let (drawn, before) = match draw(Aim::Rebuild, &opened.file, &pixels, limits.max_input) {
        Ok(drawn) => (drawn, None),
        Err(e) => {
            let Some(ending) = e.format().and_then(ending) else { return Err(e.into()) };
            let (pages, report) =
                office::pages(&opened.file, &opened.dir, ending, limits, choices)?;
            (draw(Aim::Rebuild, pages.file(), &pixels, limits.max_input)?, Some(report))
        }
    };
    let pressed = pressing::document(&pixels, output)?;
    if pressed.pages.len() != drawn.of {
        return Err(WorkError::Untrue.into());
    }
    match check(output.file(), limits)?.clean {
        Some(blake3) if blake3 == pressed.blake3 => {}
        _ => {
            let what = "the scrubber would change it".to_owned();
            let refusal = Refusal::NotClean { what };
            return Err(WorkError::Refused { format: Some(drawn.format), refusal }.into());
        }
    }
    let mut report = report(&drawn, &pressed.pages);
    if let Some(before) = before {
        report.format = before.format;
        let gone = before.findings.into_iter().filter(|f| f.fate == Fate::Removed);
        report.findings.splice(0..0, gone);
    }
    Ok(Cleaned { report, size: pressed.size, blake3: pressed.blake3 })
}

fn report(drawn: &Drawn, pages: &[Written]) -> Report {
    let removed = |class, place: &str, detail: String| Finding {
        class,
        place: place.to_owned(),
        detail,
        fate: Fate::Removed,
    };
    let everything = "text, links, metadata".to_owned();
    let mut findings = vec![removed(Class::HiddenContent, "everything but the pixels", everything)];
    if drawn.animated {
        let place = "the pictures after the first of an animation";
        findings.push(removed(Class::HiddenContent, place, String::new()));
    }
    let specks: Vec<usize> = (1..).zip(pages).filter(|(_, p)| p.specks).map(|(n, _)| n).collect();
    if !specks.is_empty() {
        let place = "yellow specks, as printers leave them";
        findings.push(removed(Class::Identifier, place, listed(&specks)));
    }
    findings.push(Finding {
        class: Class::Color,
        place: "pages".to_owned(),
        detail: inks(pages),
        fate: Fate::Kept { why: "what is seen".to_owned() },
    });
    let cannot_remove = STAYS.iter().map(|s| (*s).to_owned()).collect();
    Report { format: drawn.format, findings, cannot_remove }
}

/// `pages 1, 2 and 7`, and no more than a line of them.
pub(crate) fn listed(pages: &[usize]) -> String {
    const MOST: usize = 12;
    let word = if pages.len() == 1 { "page" } else { "pages" };
    let mut numbers: Vec<String> = pages.iter().take(MOST).map(ToString::to_string).collect();
    let last = match pages.len().checked_sub(MOST) {
        Some(left @ 1..) => Some(format!("{left} more")),
        _ if numbers.len() > 1 => numbers.pop(),
        _ => None,
    };
    let numbers = numbers.join(", ");
    last.map_or_else(|| format!("{word} {numbers}"), |last| format!("{word} {numbers} and {last}"))
}

fn inks(pages: &[Written]) -> String {
    let inks = [(Ink::Black, "black and white"), (Ink::Grey, "grey"), (Ink::Colour, "colour")];
    let counted = inks.map(|(ink, word)| (pages.iter().filter(|p| p.ink == ink).count(), word));
    let used = counted.iter().filter(|(n, _)| *n > 0);
    used.map(|(n, word)| format!("{n} in {word}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_listed_as_a_person_would() {
        assert_eq!(listed(&[3]), "page 3");
        assert_eq!(listed(&[1, 2, 7]), "pages 1, 2 and 7");
        let many: Vec<usize> = (1..=40).collect();
        assert_eq!(listed(&many), "pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 28 more");
    }

    #[test]
    fn inks_are_counted() {
        let page = |ink| Written { ink, specks: false };
        let pages = [page(Ink::Black), page(Ink::Colour), page(Ink::Black)];
        assert_eq!(inks(&pages), "2 in black and white, 1 in colour");
    }
}
