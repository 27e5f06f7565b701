//! What a document bears that no scrubber takes away, seen in its pixels.
//!
//! ```text
//! document --draw--> pixels --press--> QR codes, tracking dots: on which pages, and where
//!   hostile  |         no document
//!            '--> letters that were painted and then covered: where
//! ```

use sd_fs::Dir;
use sd_scrub::{Class, Fate, Finding, Format, Limits};
use sd_term::Failure;

use super::drawing::{Aim, draw};
use super::marks::{Mark, add_crops, marks};
use super::pressing::{self, Marks};
use super::{WorkError, listed};
use crate::inputs::Opened;

/// Kinds that pages are drawn of, and that may have been on paper.
pub(crate) fn may_bear_marks(format: Format) -> bool {
    matches!(format, Format::Jpeg | Format::Png | Format::Pdf)
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// By kind, with the pages.
    pub(crate) findings: Vec<Finding>,
    /// One by one, with their places.
    pub(crate) marks: Vec<Mark>,
}

/// Whether small pictures of the marks are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crops {
    None,
    /// Of the first of them.
    Small,
}

/// Draws a document and looks for what marks it. The pixels wait in an unnamed file beside it.
pub(crate) fn look(opened: &Opened, crops: Crops, limits: &Limits) -> Result<Seen, Failure> {
    let pixels = Dir::new_file(&opened.dir)?;
    let drawn = draw(Aim::Look, &opened.file, &pixels, limits.max_input)?;
    let shown = match crops {
        Crops::None => None,
        Crops::Small => Some(Dir::new_file(&opened.dir)?),
    };
    let pages = match &shown {
        None => pressing::marks(&pixels)?,
        Some(shown) => pressing::shown_marks(&pixels, &drawn.covers, shown)?,
    };
    if pages.len() != drawn.pages {
        return Err(WorkError::Untrue.into());
    }
    let mut marks = marks(&drawn, &pages)?;
    if let Some(shown) = &shown {
        let crops = pages.iter().flat_map(|page| page.crops.iter().copied());
        add_crops(&mut marks, crops, shown.file())?;
    }
    let on = |bears: fn(&Marks) -> bool| -> Vec<usize> {
        (1..).zip(&pages).filter(|(_, marks)| bears(marks)).map(|(n, _)| n).collect()
    };
    let unseen: Vec<usize> = (drawn.pages.saturating_add(1)..=drawn.of).collect();
    // Short: a line of the report has 80 columns.
    let seen = [
        (
            Class::Identifier,
            "tracking dots",
            on(|marks| marks.dots.is_some()),
            "use scrub --rebuild",
        ),
        (Class::HiddenContent, "text under a box", drawn.covered, "use scrub --rebuild"),
        (Class::Link, "QR code", on(|marks| !marks.qr_codes.is_empty()), "do not scan it"),
        (Class::Unknown, "not looked at in full", drawn.gaps, "something on it is not drawn"),
        (Class::Unknown, "not looked at", unseen, "the document is long"),
    ];
    let met = seen.into_iter().filter(|(_, _, pages, _)| !pages.is_empty());
    let findings = met.map(|(class, place, pages, why)| finding(class, place, &pages, why));
    Ok(Seen { findings: findings.collect(), marks })
}

fn finding(class: Class, place: &str, pages: &[usize], why: &str) -> Finding {
    let (place, detail, why) = (place.to_owned(), listed(pages), why.to_owned());
    Finding { class, place, detail, fate: Fate::Kept { why } }
}
