//! Which ink a page needs: black, grey or colour; told by its pixels.

use serde::{Deserialize, Serialize};

use crate::Pixels;
use crate::paper::spread;

/// Brightness below which a pixel is black on a page of black ink.
pub(crate) const BLACK: u8 = 144;

/// A pixel whose channels differ by more is coloured: compression of greys stays below.
const CHROMA: u8 = 24;

/// The largest difference around a pixel of a soft area: the edge of something drawn is steeper.
const SOFT: u8 = 32;

/// The ink that a page is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ink {
    /// One bit a pixel: text and line drawings.
    Black,
    /// Brightness only.
    Grey,
    /// Everything else.
    Colour,
}

/// What a page needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) ink: Ink,
    /// Areas of one value, as a program draws them; not the soft ones of a photograph or scan.
    pub(crate) drawn: bool,
}

/// The least ink that loses nothing a reader would miss.
pub(crate) fn needed(page: &Pixels) -> Need {
    let luma = page.luma();
    let between = Between::of(&luma, page.width);
    let coloured = page.each().filter(|pixel| chroma(*pixel) > CHROMA).count();
    // A red stamp of a millimetre is more than this at 300 dots an inch.
    let ink = if coloured > (luma.len() / 100_000).max(16) {
        Ink::Colour
    } else if between.lost > luma.len() / 20_000 {
        Ink::Grey
    } else {
        Ink::Black
    };
    Need { ink, drawn: between.soft <= luma.len() / 200 }
}

fn chroma([r, g, b]: [u8; 3]) -> u8 {
    r.max(g).max(b).saturating_sub(r.min(g).min(b))
}

/// Pixels between black and white that are no edge between the two.
struct Between {
    /// All of them: grey areas, pale lines.
    lost: usize,
    /// Those that differ a little from what is around them, as nothing drawn does.
    soft: usize,
}

impl Between {
    fn of(luma: &[u8], width: usize) -> Self {
        let lightest = spread(luma, width, 1, u8::max);
        let darkest = spread(luma, width, 1, u8::min);
        let edge = |light: u8, dark: u8| light >= 176 && dark <= 112;
        let mut found = Self { lost: 0, soft: 0 };
        for ((n, light), dark) in luma.iter().zip(lightest).zip(darkest) {
            let lost = (48..250).contains(n) && !edge(light, dark);
            found.lost += usize::from(lost);
            found.soft += usize::from(lost && (1..=SOFT).contains(&light.saturating_sub(dark)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// White, 300 pixels square, with `value` in the square from 100 to `to`.
    fn square(value: [u8; 3], to: usize) -> Pixels {
        let inside = |n: usize| (100..to).contains(&(n % 300)) && (100..to).contains(&(n / 300));
        let rgb = (0..300 * 300).flat_map(|n| if inside(n) { value } else { [255; 3] }).collect();
        Pixels::picture((300, 300), rgb).expect("whole")
    }

    fn ink(page: &Pixels) -> Ink {
        needed(page).ink
    }

    #[test]
    fn black_on_white_needs_black_ink_only() {
        assert_eq!(ink(&square([0; 3], 200)), Ink::Black);
        assert_eq!(ink(&square([30, 40, 35], 104)), Ink::Black);
    }

    #[test]
    fn a_small_grey_or_coloured_mark_is_not_lost() {
        assert_eq!(ink(&square([200; 3], 110)), Ink::Grey);
        assert_eq!(ink(&square([100; 3], 110)), Ink::Grey);
        assert_eq!(ink(&square([200, 40, 40], 110)), Ink::Colour);
    }

    #[test]
    fn the_soft_edge_of_a_letter_is_no_grey() {
        let mut page = square([0; 3], 200);
        for y in 100..200 {
            for x in [99, 200] {
                let at = 3 * (y * 300 + x);
                page.rgb[at..at + 3].fill(128);
            }
        }
        assert_eq!(ink(&page), Ink::Black);
    }
}
