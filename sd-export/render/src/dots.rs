//! The dots by which colour printers mark each page: found by their repetition, and read where the
//! code is known.
//!
//! ```text
//! page --pale ground, specks that are less blue--> places --every pair's distance--> counts
//!                                                        one distance that most share --> dots
//! counts --two shortest repeats--> all repeats on each other --their grid, a vote--> code
//! ```
//! A printer prints its code, some tens of yellow dots, again and again over the whole page. Specks of
//! dust, of a copier or of compression do not repeat. Only a code that was published is read;
//! of the others is told how they repeat.

mod counts;
mod docucolor;
mod grid;
mod repeats;
mod vote;

use hayro::kurbo::Vec2;

use crate::paper::{open_paper, yellow_specks};
use crate::patch::Patch;
use crate::{Area, Pixels};
use counts::{BIN, Counts};
pub use docucolor::DocuColor;
use grid::{Grid, folded};
use repeats::{Places, Repeats, whole};
pub use vote::Reading;

/// Fewer specks are no code: the smallest known has 40 dots.
const FEWEST: usize = 40;
/// More are not counted, row by row from the first on: twice those of an A3 page.
const MOST: usize = 30_000;
/// Of more, the distances are counted in part.
const MOST_PAIRED: usize = 3_000;
/// Pixels this far apart are one speck: compression breaks dots into parts.
const REACH: usize = 2;
/// Wider or higher is no dot: five pixels at 600 dots an inch, blurred.
const LARGEST: usize = 9;

/// A code that repeats over a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackingDots {
    /// Yellow specks that were compared.
    pub dots: usize,
    /// After how many pixels, to the right and down, the page repeats itself.
    pub repeats: (i32, i32),
    /// After how many pixels it does so straight to the right, and straight down; where it does so
    /// only askew, the lengths of the two shortest repeats. Nothing if there is but one direction.
    pub sides: Option<(u32, u32)>,
    /// What of the page has dots.
    pub area: Area,
    /// Where they can be seen well: one repeat.
    pub sample: Area,
    /// What they say, if the code is known.
    pub reading: Option<Reading>,
}

/// Looks for tracking dots on a page as it was scanned: 300 dots an inch or more, in colour.
pub fn tracking_dots(page: &Pixels) -> Option<TrackingDots> {
    let places = places(yellow_specks(page), page.width);
    if places.len() < FEWEST {
        return None;
    }
    let paired = places.iter().take(MOST_PAIRED).map(|(x, y)| (x / 2, y / 2));
    let paired: Vec<(i32, i32)> = paired.collect();
    let counts = Counts::of(&paired);
    let repeats = repetition(&paired, &counts)?;
    let size = (page.width, page.height);
    let all = Places::new(places.iter().map(|(x, y)| Vec2::new(half(*x), half(*y))).collect());
    let area = Area::around(all.all().iter().map(|p| (p.x, p.y)), 0.0, size)?;
    let mut dots = TrackingDots {
        dots: places.len(),
        repeats,
        sides: None,
        area,
        sample: area,
        reading: None,
    };
    if let Some(found) = Repeats::find(&all, &counts) {
        let (across, down) = found.sides();
        let sides = (whole(across).unsigned_abs(), whole(down).unsigned_abs());
        dots.sides = Some(sides);
        dots.sample = middle(area, sides);
        if let Some((reading, sample)) = read(page, &all, &found) {
            (dots.reading, dots.sample) = (Some(reading), sample);
        }
    }
    Some(dots)
}

/// A part of this size in the middle of another.
fn middle(of: Area, (wide, high): (u32, u32)) -> Area {
    let (wide, high) = (wide.min(of.wide), high.min(of.high));
    Area { left: of.left + (of.wide - wide) / 2, top: of.top + (of.high - high) / 2, wide, high }
}

/// Reads what is known: the code of one maker.
fn read(page: &Pixels, places: &Places, repeats: &Repeats) -> Option<(Reading, Area)> {
    let dots = folded(places, repeats);
    let grid = &Grid::find(&dots, repeats)?;
    let paper = open_paper(page);
    let open = |at: Vec2| {
        let pixel = |n: f64| usize::try_from(whole(n)).ok();
        let place = pixel(at.x).zip(pixel(at.y)).filter(|(x, _)| *x < page.width);
        let place = place.and_then(|(x, y)| y.checked_mul(page.width)?.checked_add(x));
        place.and_then(|place| paper.get(place).copied()).unwrap_or_default()
    };
    let sheet = vote::Sheet { places, repeats, grid, open: &open };
    sheet.read(*dots.first()?, (page.width, page.height))
}

/// Half pixels as pixels.
fn half(n: i32) -> f64 {
    f64::from(n) / 2.0
}

/// The middles of specks that are small enough, in half pixels, row by row.
fn places(mut open: Vec<bool>, width: usize) -> Vec<(i32, i32)> {
    let mut places = Vec::new();
    for start in 0..open.len() {
        if places.len() == MOST {
            break;
        }
        if open.get(start).copied().unwrap_or_default()
            && let Some(place) = speck(&mut open, start, width)
        {
            places.push(place);
        }
    }
    places
}

/// Takes a speck off the page; gives its middle, if it is small.
fn speck(open: &mut [bool], start: usize, width: usize) -> Option<(i32, i32)> {
    let Patch { left, right, top, bottom } = Patch::take(open, start, width, REACH);
    let small = right.saturating_sub(left) < LARGEST && bottom.saturating_sub(top) < LARGEST;
    let middle = |a: usize, b: usize| i32::try_from(a.saturating_add(b)).ok();
    small.then_some((middle(left, right)?, middle(top, bottom)?))
}

/// The distance that most places have another place at, if it is most and not chance.
fn repetition(places: &[(i32, i32)], counts: &Counts) -> Option<(i32, i32)> {
    let ((dx, dy), _) = counts.best()?;
    let near = |n: i32| (n - BIN..=n + BIN).contains(&0);
    let partner = |(x, y): &(i32, i32)| {
        let rows = places.partition_point(|p| p.1 < y + dy - 2 * BIN);
        let later = places.get(rows..).unwrap_or_default().iter();
        later
            .take_while(|p| p.1 <= y + dy + 2 * BIN)
            .any(|p| near(p.0 - x - dx) && near(p.1 - y - dy))
    };
    let (across, down) = (extent(places, |p| p.0), extent(places, |p| p.1));
    let inside = |(x, y): &&(i32, i32)| across.contains(&(x + dx)) && down.contains(&(y + dy));
    let could = places.iter().filter(inside).count();
    let does = places.iter().filter(inside).filter(|p| partner(p)).count();
    // How many would by chance, if as many places stood anywhere.
    let area =
        f64::from(across.end() - across.start() + 1) * f64::from(down.end() - down.start() + 1);
    #[expect(clippy::cast_precision_loss, reason = "at most some thousands")]
    let (could, does, all) = (could as f64, does as f64, places.len() as f64);
    let chance = all * f64::from((2 * BIN + 1) * (2 * BIN + 1)) / area.max(1.0);
    (does >= 20.0 && does >= could / 2.0 && does >= 4.0 * chance * could).then_some((dx, dy))
}

fn extent(places: &[(i32, i32)], of: impl Fn(&(i32, i32)) -> i32) -> std::ops::RangeInclusive<i32> {
    let of = || places.iter().map(&of);
    of().min().unwrap_or_default()..=of().max().unwrap_or_default()
}

#[cfg(test)]
mod tests;
