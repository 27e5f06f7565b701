//! Where two pages differ that should be the same: a word, a space, a line that sits lower in one
//! copy than in the other.

use serde::{Deserialize, Serialize};

use crate::Pixels;
use crate::patch::Patch;

/// Channels that differ by less are the noise of compression.
const NOISE: u8 = 24;
/// The side of the squares that are compared, in pixels.
const CELL: usize = 8;
/// Squares this far apart belong to one place: the letters of a word do.
const REACH: usize = 2;

/// A part of a page, in points (1/72 inch) from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// From the left edge.
    pub left: u32,
    /// From the upper edge.
    pub top: u32,
    /// Its width.
    pub wide: u32,
    /// Its height.
    pub high: u32,
}

/// Where two pages of one size differ, row by row; `None` if they have not one size.
pub fn differences(one: &Pixels, other: &Pixels) -> Option<Vec<Place>> {
    let same = one.width == other.width && one.height == other.height && one.points == other.points;
    if !same {
        return None;
    }
    let (columns, rows) = (one.width.div_ceil(CELL), one.height.div_ceil(CELL));
    let mut cells = vec![false; columns.saturating_mul(rows)];
    for (n, (a, b)) in one.each().zip(other.each()).enumerate() {
        if a.iter().zip(b).any(|(a, b)| a.abs_diff(b) >= NOISE) {
            let (x, y) = (n % one.width / CELL, n / one.width / CELL);
            if let Some(cell) = cells.get_mut(y.saturating_mul(columns).saturating_add(x)) {
                *cell = true;
            }
        }
    }
    let mut places = Vec::new();
    for start in 0..cells.len() {
        if cells.get(start).copied().unwrap_or_default() {
            places.push(place(&mut cells, start, columns, one));
        }
    }
    Some(places)
}

/// Takes one place off the squares that differ.
fn place(cells: &mut [bool], start: usize, columns: usize, page: &Pixels) -> Place {
    let Patch { left, right, top, bottom } = Patch::take(cells, start, columns, REACH);
    let across = |cell: usize| on_paper(cell, page.width, page.points.0);
    let down = |cell: usize| on_paper(cell, page.height, page.points.1);
    let (left, top) = (across(left), down(top));
    let wide = across(right.saturating_add(1)).saturating_sub(left);
    let high = down(bottom.saturating_add(1)).saturating_sub(top);
    Place { left, top, wide, high }
}

fn on_paper(cell: usize, pixels: usize, points: u32) -> u32 {
    let pixel = cell.saturating_mul(CELL).min(pixels) as u64;
    let points = pixel.saturating_mul(u64::from(points)) / pixels.max(1) as u64;
    u32::try_from(points).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of 400 by 300 pixels with black boxes at these places.
    fn page(boxes: &[(usize, usize)]) -> Pixels {
        let black = |n: usize| {
            let (x, y) = (n % 400, n / 400);
            boxes
                .iter()
                .any(|(left, top)| (*left..left + 10).contains(&x) && (*top..top + 12).contains(&y))
        };
        let rgb = (0..400 * 300).flat_map(|n| if black(n) { [0; 3] } else { [255; 3] }).collect();
        Pixels::page((400, 300), (200, 150), rgb).expect("whole")
    }

    #[test]
    fn the_same_page_differs_nowhere_and_another_size_everywhere() {
        let one = page(&[(40, 40), (56, 40)]);
        assert_eq!(differences(&one, &one.clone()), Some(Vec::new()));
        let small = Pixels::page((200, 300), (100, 150), vec![0; 200 * 300 * 3]).expect("whole");
        assert_eq!(differences(&one, &small), None);
    }

    #[test]
    fn a_shifted_letter_and_a_word_more_are_two_places() {
        let one = page(&[(40, 40), (56, 40)]);
        let other = page(&[(40, 40), (58, 40), (200, 200), (216, 200), (232, 200)]);
        let places = differences(&one, &other).expect("one size");
        assert_eq!(
            places,
            [
                Place { left: 28, top: 20, wide: 8, high: 8 },
                Place { left: 100, top: 100, wide: 24, high: 8 },
            ]
        );
    }

    #[test]
    fn the_noise_of_compression_is_no_difference() {
        let one = page(&[]);
        let mut other = page(&[]);
        other.rgb.iter_mut().step_by(7).for_each(|value| *value -= NOISE - 1);
        assert_eq!(differences(&one, &other), Some(Vec::new()));
    }
}
