//! Paper made white: printer tracking dots, the texture of the paper and the noise of the scanner
//! go with it.
//!
//! ```text
//! pale pixel --closing, radius 4, each channel--> specks are filled from around them
//!                                                    '--page is mostly pale?--> white
//! ```
//! Dots are yellow: they show in blue and hardly in brightness, so turning a page grey keeps them.

use crate::Pixels;

/// Red and green above this: paper, also where a yellow dot is on it. Measured on simulated scans:
/// the dots are gone to the last bit.
const PALE: u8 = 215;

/// Specks up to twice this wide are filled. Dots are a tenth of a millimetre: 2 pixels at 600 dots
/// an inch, blurred to 5.
const RADIUS: usize = 4;

/// A speck that is this much less blue than what is around it, and than it is red and green, is
/// called yellow.
const YELLOW: u8 = 12;

/// Fewer yellow specks are noise. The smallest code known has 40 dots of some pixels each.
const FEWEST: usize = 100;

/// What was met on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Pale yellow specks, as colour printers make them.
    pub(crate) specks: bool,
}

/// Which pixels belong to yellow specks that stand alone on pale ground.
pub(crate) fn yellow_specks(page: &Pixels) -> Vec<bool> {
    if page.is_grey() {
        return vec![false; page.rgb.len() / 3];
    }
    let ground = ground(page);
    let blue: Vec<u8> = page.each().map(|[.., b]| b).collect();
    let around = closed(&blue, page.width);
    let alone = alone(&ground, page.width);
    let pixels = page.each().zip(around).zip(alone);
    pixels.map(|((pixel, around), alone)| alone && is_yellow(pixel, around)).collect()
}

/// Which pixels have nothing but pale paper around them.
pub(crate) fn open_paper(page: &Pixels) -> Vec<bool> {
    alone(&ground(page), page.width)
}

fn ground(page: &Pixels) -> Vec<bool> {
    page.each().map(|[r, g, _]| r.min(g) > PALE).collect()
}

/// Pixels with nothing but ground around them.
fn alone(ground: &[bool], width: usize) -> Vec<bool> {
    let flags: Vec<u8> = ground.iter().map(|pale| u8::from(*pale)).collect();
    spread(&flags, width, RADIUS, u8::min).into_iter().map(|flag| flag == 1).collect()
}

/// Specks filled from around them.
fn closed(plane: &[u8], width: usize) -> Vec<u8> {
    spread(&spread(plane, width, RADIUS, u8::max), width, RADIUS, u8::min)
}

/// Makes the paper white.
pub(crate) fn whiten(page: &mut Pixels) -> Found {
    let ground = ground(page);
    let count = ground.iter().filter(|p| **p).count();
    if count == 0 {
        return Found { specks: false };
    }
    let specks = fill(page, &ground);
    if count >= ground.len() / 4 {
        clip(page, &ground);
    }
    // A coloured area with an edge of its own is no code.
    Found { specks: (FEWEST..ground.len() / 20).contains(&specks) }
}

/// Fills specks on pale ground, channel by channel; says how many pixels of yellow specks there
/// were that stood alone on it.
fn fill(page: &mut Pixels, ground: &[bool]) -> usize {
    if page.is_grey() {
        // Three equal channels are one.
        fill_channel(page, ground, 0, |pixel, new| *pixel = [new; 3]);
        return 0;
    }
    let yellow = yellow_specks(page).iter().filter(|yellow| **yellow).count();
    for channel in 0..3 {
        fill_channel(page, ground, channel, |pixel, new| {
            pixel.get_mut(channel).into_iter().for_each(|value| *value = new);
        });
    }
    yellow
}

fn fill_channel(
    page: &mut Pixels,
    ground: &[bool],
    channel: usize,
    set: impl Fn(&mut [u8; 3], u8),
) {
    let plane: Vec<u8> = page.rgb.iter().skip(channel).step_by(3).copied().collect();
    let closed = closed(&plane, page.width);
    let (pixels, _) = page.rgb.as_chunks_mut::<3>();
    for ((pixel, new), _) in pixels.iter_mut().zip(closed).zip(ground).filter(|(_, g)| **g) {
        set(pixel, new);
    }
}

/// Whether a pixel is less blue than it is red and green, and than what is around it.
fn is_yellow([red, green, blue]: [u8; 3], around: u8) -> bool {
    around.saturating_sub(blue) >= YELLOW && red.min(green).saturating_sub(blue) >= YELLOW
}

fn clip(page: &mut Pixels, ground: &[bool]) {
    let (pixels, _) = page.rgb.as_chunks_mut::<3>();
    for (pixel, _) in pixels.iter_mut().zip(ground).filter(|(_, ground)| **ground) {
        if pixel.iter().all(|value| *value > PALE) {
            *pixel = [u8::MAX; 3];
        }
    }
}

/// Each value becomes the largest (or smallest) in the square around it.
pub(crate) fn spread(
    plane: &[u8],
    width: usize,
    radius: usize,
    pick: impl Fn(u8, u8) -> u8 + Copy,
) -> Vec<u8> {
    let width = width.max(1);
    let merge = |out: &mut [u8], with: &[u8]| {
        out.iter_mut().zip(with).for_each(|(value, other)| *value = pick(*value, *other));
    };
    let mut across = plane.to_vec();
    for (out, row) in across.chunks_mut(width).zip(plane.chunks(width)) {
        for shift in 1..=radius.min(row.len().saturating_sub(1)) {
            merge(out.get_mut(shift..).unwrap_or_default(), row);
            merge(out, row.get(shift..).unwrap_or_default());
        }
    }
    let mut both = across.clone();
    let rows: Vec<&[u8]> = across.chunks(width).collect();
    for (y, out) in both.chunks_mut(width).enumerate() {
        let around = y.saturating_sub(radius)..rows.len().min(y.saturating_add(radius + 1));
        rows.get(around).unwrap_or_default().iter().for_each(|row| merge(out, row));
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same on every run.
    fn noise(seed: &mut u64) -> u8 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        u8::try_from((*seed >> 40) % 5).expect("below five")
    }

    /// Paper as a scanner sees it, with yellow dots of 2 by 2 pixels on a grid of 16.
    fn scan(paper: [u8; 3], dots: bool) -> Pixels {
        let mut seed = 9;
        let pixel = |x: usize, y: usize, seed: &mut u64| {
            let dot = dots && x % 16 < 2 && y % 16 < 2;
            let [r, g, b] = paper.map(|c| c.saturating_sub(noise(seed)));
            if dot { [r - 2, g - 4, b - 60] } else { [r, g, b] }
        };
        let rgb = (0..160 * 160).flat_map(|n| pixel(n % 160, n / 160, &mut seed)).collect();
        Pixels::picture((160, 160), rgb).expect("whole")
    }

    /// How much less blue the places of the dots are than the places halfway between them.
    fn trace(page: &Pixels) -> i64 {
        let blue = |shift: usize| {
            let places = page.each().enumerate().filter(|(n, _)| {
                let (x, y) = (n % 160 + shift, n / 160 + shift);
                x % 16 < 2 && y % 16 < 2
            });
            places.map(|(_, [.., b])| i64::from(b)).sum::<i64>()
        };
        blue(8) - blue(0)
    }

    #[test]
    fn yellow_dots_on_paper_are_gone_and_named() {
        let mut page = scan([252, 252, 250], true);
        assert!(trace(&page) > 10_000);
        assert!(whiten(&mut page).specks);
        assert_eq!(trace(&page), 0);
        assert!(page.rgb().iter().all(|value| *value == 255));
    }

    #[test]
    fn paper_without_dots_has_none() {
        assert!(!whiten(&mut scan([252, 252, 250], false)).specks);
        assert!(!whiten(&mut scan([100, 90, 80], true)).specks);
        let mut grey = scan([252, 252, 252], false);
        let (pixels, _) = grey.rgb.as_chunks_mut::<3>();
        pixels.iter_mut().step_by(7).for_each(|pixel| *pixel = [220; 3]);
        assert!(!whiten(&mut grey).specks, "the soft edges of letters are none");
    }

    #[test]
    fn dots_on_yellowed_paper_are_filled_and_the_paper_stays_yellow() {
        let mut page = scan([250, 240, 200], true);
        let before = trace(&page);
        assert!(whiten(&mut page).specks);
        assert!(trace(&page).abs() * 100 < before, "{} of {before}", trace(&page));
        assert!(page.each().all(|[_, _, b]| (190..=215).contains(&b)));
    }

    #[test]
    fn what_is_printed_stays() {
        let mut page = scan([252, 252, 250], true);
        for n in 0..40 * 40 {
            let (x, y) = (100 + n % 40, 100 + n / 40);
            let at = 3 * (y * 160 + x);
            // A yellow marker's stroke beside a black line.
            page.rgb[at..at + 3].copy_from_slice(if y < 104 { &[0; 3] } else { &[255, 250, 90] });
        }
        whiten(&mut page);
        let at = |x: usize, y: usize| page.each().nth(y * 160 + x).expect("inside");
        assert_eq!(at(120, 102), [0; 3]);
        assert_eq!(at(120, 120), [255, 250, 90]);
        assert_eq!(at(50, 50), [255; 3]);
    }

    #[test]
    fn the_largest_and_the_smallest_in_a_square_are_found_at_the_edges_too() {
        let plane = [9, 1, 1, 1, 1, 1, 1, 1, 5];
        assert_eq!(spread(&plane, 3, 1, u8::max), [9, 9, 1, 9, 9, 5, 1, 5, 5]);
        assert_eq!(spread(&plane, 9, 2, u8::max), [9, 9, 9, 1, 1, 1, 5, 5, 5]);
        assert_eq!(spread(&[3, 2, 1], 1, 9, u8::min), [1, 1, 1]);
    }
}
