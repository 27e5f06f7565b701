//! Two versions of one document, held against each other by what they show.
//!
//! ```text
//! one   --draw--.
//!               +--> pixels, one behind the other --press--> where each page differs
//! other --draw--'
//! ```

use std::fmt;

use sd_fs::{Dir, Escaped};
use sd_render::Place;
use sd_scrub::Limits;
use sd_term::{Failure, Report, Status, count};
use serde::Serialize;

use super::drawing::{Aim, draw};
use super::{WorkError, listed, pressing};
use crate::inputs::Source;

/// Places of one page that are listed.
const LISTED: usize = 5;

/// What differs.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    one: Escaped,
    other: Escaped,
    /// Pages of each.
    pages: [usize; 2],
    /// How many of them were compared, from the first.
    compared: usize,
    /// Pages of another size, from 1.
    other_size: Vec<usize>,
    /// The pages that differ, and where.
    different: Vec<Different>,
    /// Pages, from 1, on which something could not be drawn, of either.
    gaps: Vec<usize>,
}

/// A page that differs.
#[derive(Debug, Serialize)]
struct Different {
    page: usize,
    places: Vec<Place>,
}

/// Draws both and compares them. The pixels wait in an unnamed file beside the first.
pub(crate) fn compare_documents(
    one: &Source,
    other: &Source,
    limits: &Limits,
) -> Result<Comparison, Failure> {
    let (opened, opened_other) = (one.open()?, other.open()?);
    let pixels = Dir::new_file(&opened.dir)?;
    let drawn = draw(Aim::Compare, &opened.file, &pixels, limits.max_input)?;
    let drawn_other = draw(Aim::Compare, &opened_other.file, &pixels, limits.max_input)?;
    let found = pressing::compare(&pixels, drawn.pages)?;
    let compared = drawn.pages.min(drawn_other.pages);
    if found.len() != compared {
        return Err(WorkError::Untrue.into());
    }
    let (mut other_size, mut different) = (Vec::new(), Vec::new());
    for (page, found) in (1..).zip(found) {
        match found {
            None => other_size.push(page),
            Some(places) if places.is_empty() => {}
            Some(places) => different.push(Different { page, places }),
        }
    }
    let mut gaps = [drawn.gaps, drawn_other.gaps].concat();
    gaps.sort_unstable();
    gaps.dedup();
    let (one, other, pages) = (one.shown(), other.shown(), [drawn.of, drawn_other.of]);
    Ok(Comparison { one, other, pages, compared, other_size, different, gaps })
}

impl Comparison {
    fn is_alike(&self) -> bool {
        let [one, other] = self.pages;
        self.different.is_empty() && self.other_size.is_empty() && one == other
    }
}

impl Report for Comparison {
    fn status(&self) -> Status {
        Status::Done
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = self.pages;
        writeln!(f, "{}: {}", self.one, count(one, "page"))?;
        writeln!(f, "{}: {}", self.other, count(other, "page"))?;
        for Different { page, places } in &self.different {
            writeln!(f, "page {page} differs in {}:", count(places.len(), "place"))?;
            for place in places.iter().take(LISTED) {
                writeln!(f, "  {}", in_millimetres(place))?;
            }
            if places.len() > LISTED {
                writeln!(f, "  and {} more", places.len() - LISTED)?;
            }
        }
        if !self.other_size.is_empty() {
            writeln!(f, "{}: of another size", listed(&self.other_size))?;
        }
        if !self.gaps.is_empty() {
            writeln!(f, "{}: not all could be drawn", listed(&self.gaps))?;
        }
        let left = one.max(other) - self.compared;
        if left > 0 {
            writeln!(f, "{} not compared", count(left, "page"))?;
        }
        if self.is_alike() && left == 0 {
            writeln!(f, "They look the same. What cannot be seen was not compared.")?;
        }
        Ok(())
    }
}

/// Where it is, as a ruler measures it.
fn in_millimetres(place: &Place) -> String {
    let mm = |points: u32| u64::from(points) * 254 / 720;
    let (left, top) = (mm(place.left), mm(place.top));
    let (wide, high) = (mm(place.wide).max(1), mm(place.high).max(1));
    format!("{left} mm from the left, {top} mm from the top: {wide} by {high} mm")
}
