//! The dots by which colour printers mark each page: found by their repetition, not decoded.
//!
//! ```text
//! page --pale ground, specks that are less blue--> places --every pair's distance--> histogram
//!                                                        one distance that most share --> dots
//! ```
//! A printer prints its code, some tens of yellow dots, again and again over the whole page. Specks of
//! dust, of a copier or of compression do not repeat. What the code says is not read: it would
//! need the maker's key, and to know that it is there is enough to take it away.

use crate::Pixels;
use crate::paper::yellow_specks;
use crate::patch::Patch;

/// Fewer specks are no code: the smallest known has 40 dots.
const FEWEST: usize = 40;
/// More are compared in part: those from the first on, row by row.
const MOST: usize = 3_000;
/// Wider or higher is no dot: five pixels at 600 dots an inch, blurred.
const LARGEST: usize = 9;
/// The largest repetition that is looked for, in pixels: two and a half inches at 600 dots an inch.
const FARTHEST: i32 = 1_500;
/// The smallest: below are the blocks of JPEG and the screens of print.
const NEAREST: i32 = 24;
/// Distances are counted in squares of this many pixels; a square and its neighbours are one.
const BIN: i32 = 3;

/// A code that repeats over a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackingDots {
    /// Yellow specks that were compared.
    pub dots: usize,
    /// After how many pixels, to the right and down, the page repeats itself.
    pub repeats: (i32, i32),
}

/// Looks for tracking dots on a page as it was scanned: 300 dots an inch or more, in colour.
pub fn tracking_dots(page: &Pixels) -> Option<TrackingDots> {
    let places = places(yellow_specks(page), page.width);
    if places.len() < FEWEST {
        return None;
    }
    let repeats = repetition(&places)?;
    Some(TrackingDots { dots: places.len(), repeats })
}

/// The middles of specks that are small enough, row by row.
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
    let Patch { left, right, top, bottom } = Patch::take(open, start, width, 1);
    let small = right.saturating_sub(left) < LARGEST && bottom.saturating_sub(top) < LARGEST;
    let middle = |a: usize, b: usize| i32::try_from(a.saturating_add(b) / 2).ok();
    small.then_some((middle(left, right)?, middle(top, bottom)?))
}

/// The distance that most places have another place at, if it is most and not chance.
fn repetition(places: &[(i32, i32)]) -> Option<(i32, i32)> {
    let counts = Counts::of(places);
    let (dx, dy) = counts.best()?;
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

/// How often each distance occurs: to the right or left, and down.
struct Counts {
    bins: Vec<u32>,
}

const SIDE: i32 = 2 * FARTHEST / BIN + 1;

impl Counts {
    fn of(places: &[(i32, i32)]) -> Self {
        let rows = FARTHEST / BIN + 1;
        let size = usize::try_from(rows * SIDE).unwrap_or_default();
        let mut counts = Self { bins: vec![0; size] };
        for (n, (x, y)) in places.iter().enumerate() {
            // Row by row: who comes later is not above.
            for (other_x, other_y) in places.iter().skip(n + 1) {
                let (dx, dy) = (other_x - x, other_y - y);
                if dy > FARTHEST {
                    break;
                }
                if dx.abs() <= FARTHEST && dx.abs().max(dy) >= NEAREST && dy >= 0 {
                    counts.add((dx + FARTHEST) / BIN, dy / BIN);
                }
            }
        }
        counts
    }

    fn at(across: i32, down: i32) -> Option<usize> {
        usize::try_from(down.checked_mul(SIDE)?.checked_add(across)?).ok()
    }

    fn add(&mut self, across: i32, down: i32) {
        if let Some(bin) = Self::at(across, down).and_then(|at| self.bins.get_mut(at)) {
            *bin = bin.saturating_add(1);
        }
    }

    /// A bin and its eight neighbours.
    fn around(&self, across: i32, down: i32) -> u32 {
        let columns = across.saturating_sub(1).max(0)..=across.saturating_add(1).min(SIDE - 1);
        let rows = down.saturating_sub(1).max(0)..=down.saturating_add(1);
        let bins = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
        bins.filter_map(|(column, row)| self.bins.get(Self::at(column, row)?)).sum()
    }

    /// The distance that occurs most.
    fn best(&self) -> Option<(i32, i32)> {
        let down = FARTHEST / BIN + 1;
        let all = (0..down).flat_map(|row| (0..SIDE).map(move |column| (column, row)));
        let met = all.filter(|(column, row)| {
            Self::at(*column, *row).and_then(|at| self.bins.get(at)).is_some_and(|n| *n > 0)
        });
        let best = met.max_by_key(|(column, row)| self.around(*column, *row))?;
        Some((best.0 * BIN - FARTHEST + BIN / 2, best.1 * BIN + BIN / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::whiten;

    /// Numbers that look random and are the same on every run.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, n: u64) -> usize {
            self.0 =
                self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
            usize::try_from((self.0 >> 33) % n).expect("small")
        }
    }

    /// A sheet on a scanner, with lines of what looks like letters.
    struct Sheet {
        per_inch: usize,
        rgb: Vec<[u8; 3]>,
        chance: Chance,
    }

    impl Sheet {
        fn blank(per_inch: usize, seed: u64) -> Self {
            let rgb = vec![[252, 251, 248]; 4 * per_inch * 3 * per_inch];
            Self { per_inch, rgb, chance: Chance(seed) }
        }

        fn width(&self) -> usize {
            4 * self.per_inch
        }

        fn set(&mut self, x: usize, y: usize, ink: impl Fn([u8; 3]) -> [u8; 3]) {
            let (width, height) = (self.width(), 3 * self.per_inch);
            if x < width && y < height {
                let pixel = &mut self.rgb[y * width + x];
                *pixel = ink(*pixel);
            }
        }

        /// A yellow dot of a tenth of a millimetre, as the scanner blurs it.
        fn dot(&mut self, x: usize, y: usize) {
            let [core, edge] = if self.per_inch >= 600 { [70, 25] } else { [45, 12] };
            let wide = self.per_inch / 300;
            for (dx, dy) in (0..=wide + 1).flat_map(|dx| (0..=wide + 1).map(move |dy| (dx, dy))) {
                let inside = (1..=wide).contains(&dx) && (1..=wide).contains(&dy);
                let less = if inside { core } else { edge };
                self.set(x + dx, y + dy, |[r, g, b]| [r - 1, g - 3, b.saturating_sub(less)]);
            }
        }

        /// The code of a printer, a grid of 15 by 8 places, over the whole sheet, laid on askew.
        fn code(mut self) -> (Self, Vec<(usize, usize)>) {
            let bits: Vec<bool> = (0..120).map(|_| self.chance.below(3) == 0).collect();
            let step = self.per_inch / 25;
            let mut places = Vec::new();
            for (row, column) in (0..75).flat_map(|row| (0..100).map(move |column| (row, column))) {
                if bits[row % 8 * 15 + column % 15] {
                    let (x, y) = (column * step, row * step);
                    let (x, y) = (x + y / 150, y + x / 150);
                    self.dot(x, y);
                    places.push((x + 1, y + 1));
                }
            }
            (self, places)
        }

        fn letters(mut self) -> Self {
            let (line, size) = (self.per_inch / 6, self.per_inch / 12);
            for top in (line..3 * self.per_inch - line).step_by(line) {
                let mut left = line;
                while left < self.width() - line {
                    let wide = size / 3 + self.chance.below(size as u64 / 3);
                    for y in top..top + size {
                        for x in left..left + wide {
                            let edge = x == left || x + 1 == left + wide;
                            self.set(x, y, |_| if edge { [120; 3] } else { [25; 3] });
                        }
                    }
                    left += wide + size / 3 + self.chance.below(size as u64);
                }
            }
            self
        }

        fn dust(mut self, specks: usize) -> Self {
            for _ in 0..specks {
                let (x, y) = (self.chance.below(1 << 12), self.chance.below(1 << 12));
                self.dot(x % self.width(), y % (3 * self.per_inch));
            }
            self
        }

        /// A tint as an office printer makes it: a screen of 150 lines an inch.
        fn tint(mut self) -> Self {
            let step = self.per_inch / 150;
            for (x, y) in (0..200).flat_map(|x| (0..150).map(move |y| (x, y))) {
                self.set(x * step, y * step, |[r, g, _]| [r, g, 150]);
            }
            self
        }

        /// A marker's stroke.
        fn stroke(mut self) -> Self {
            for y in self.per_inch..self.per_inch + self.per_inch / 8 {
                (0..2 * self.per_inch).for_each(|x| self.set(x, y, |_| [255, 245, 80]));
            }
            self
        }

        fn scanned(mut self) -> Pixels {
            let (width, height) = (self.width(), 3 * self.per_inch);
            for n in 0..self.rgb.len() {
                let grain = u8::try_from(self.chance.below(4)).expect("small");
                let tint = u8::try_from(self.chance.below(3)).expect("small");
                let [r, g, b] = self.rgb[n].map(|c| c.saturating_sub(grain));
                self.rgb[n] = [r, g, b.saturating_sub(tint)];
            }
            Pixels::picture((width, height), self.rgb.concat()).expect("whole")
        }
    }

    /// Through a JPEG file and back.
    fn compressed(page: &Pixels, quality: u8) -> Pixels {
        let mut jpeg = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut jpeg, quality);
        let (width, height) = (page.width(), page.height());
        let sides = (u16::try_from(width).expect("small"), u16::try_from(height).expect("small"));
        encoder
            .encode(page.rgb(), sides.0, sides.1, jpeg_encoder::ColorType::Rgb)
            .expect("encoded");
        let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(jpeg));
        Pixels::picture((width, height), decoder.decode().expect("decoded")).expect("whole")
    }

    /// How well the dots can be told from the paper between them, in standard deviations (d').
    fn trace(plane: &[u8], width: usize, places: &[(usize, usize)]) -> f64 {
        let look = |shift: usize| -> Vec<f64> {
            let at = |(x, y): &(usize, usize)| plane.get((y + shift) * width + x + shift).copied();
            places.iter().map(|place| f64::from(at(place).unwrap_or(u8::MAX))).collect()
        };
        let count = f64::from(u32::try_from(places.len()).expect("few"));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
        let (dots, paper) = (look(0), look(5));
        let (dot, ground) = (mean(&dots), mean(&paper));
        let spread = mean(&paper.iter().map(|v| (v - ground).powi(2)).collect::<Vec<_>>());
        (ground - dot) / spread.sqrt().max(0.1)
    }

    fn blue(page: &Pixels) -> Vec<u8> {
        page.each().map(|[.., b]| b).collect()
    }

    #[test]
    fn a_code_is_found_at_300_and_600_dots_an_inch_with_its_repetition() {
        for per_inch in [300, 600] {
            for seed in 1..4 {
                let (sheet, _) = Sheet::blank(per_inch, seed).code();
                let scan = sheet.letters().dust(50).scanned();
                let found = tracking_dots(&scan).expect("dots");
                let step = i32::try_from(per_inch / 25).expect("small");
                let near = |n: i32, to: i32| n.rem_euclid(to).min(to - n.rem_euclid(to)) <= 6;
                let (dx, dy) = found.repeats;
                assert!(near(dx, 15 * step) && near(dy, 8 * step), "{per_inch} {seed}: {found:?}");
                let (sheet, _) = Sheet::blank(per_inch, seed).code();
                let jpeg = compressed(&sheet.scanned(), 95);
                assert!(tracking_dots(&jpeg).is_some(), "{per_inch} {seed}: compressed");
            }
        }
    }

    #[test]
    fn fifty_clean_scans_have_none() {
        for seed in 0..50 {
            let sheet = Sheet::blank(if seed % 8 == 0 { 600 } else { 300 }, seed).letters();
            let sheet = if seed % 3 == 0 { sheet.dust(400) } else { sheet };
            let sheet = if seed % 4 == 1 { sheet.tint() } else { sheet };
            let sheet = if seed % 5 == 2 { sheet.stroke() } else { sheet };
            let scan = sheet.scanned();
            let scan = match seed % 6 {
                3 => compressed(&scan, 60),
                4 => compressed(&scan, 85),
                _ => scan,
            };
            assert_eq!(tracking_dots(&scan), None, "{seed}");
        }
    }

    #[test]
    fn white_paper_and_black_ink_take_the_dots_away_and_grey_does_not() {
        for per_inch in [300, 600] {
            let (sheet, places) = Sheet::blank(per_inch, 7).code();
            let scan = sheet.scanned();
            let width = scan.width();
            let (before, grey) =
                (trace(&blue(&scan), width, &places), trace(&scan.luma(), width, &places));
            let ink: Vec<u8> =
                scan.luma().iter().map(|l| if *l < crate::ink::BLACK { 0 } else { 255 }).collect();
            let mut white = scan;
            whiten(&mut white);
            let after = [trace(&blue(&white), width, &places), trace(&ink, width, &places)];
            println!("d' at {per_inch}: as scanned {before:.1}, grey {grey:.1}, rebuilt {after:?}");
            assert!(before > 10.0 && grey > 1.0, "{before} {grey}");
            assert!(after.iter().all(|d| d.abs() <= 0.5), "{after:?}");
            assert_eq!(tracking_dots(&white), None);
        }
    }
}
