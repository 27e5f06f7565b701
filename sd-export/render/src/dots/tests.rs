use super::docucolor::{COLUMNS, Cell, ROWS, written};
use super::*;
use crate::paper::whiten;

/// Numbers that look random and are the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
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
    encoder.encode(page.rgb(), sides.0, sides.1, jpeg_encoder::ColorType::Rgb).expect("encoded");
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

/// How the repeats of a cell lie on the sheet, in steps of its grid.
#[derive(Clone, Copy, Debug)]
struct Lay {
    one: (f64, f64),
    other: (f64, f64),
    /// How far the sheet slid aside over its length.
    askew: f64,
}

/// As the printers do it: every second cell is left out, as on a chessboard.
const CHESS: Lay = Lay { one: (16.0, 8.0), other: (0.0, 16.0), askew: 0.004 };

impl Sheet {
    /// A published code over the whole sheet, 25 steps an inch.
    fn docucolor(mut self, cell: &Cell, lay: Lay) -> Self {
        let step = f64::from(u32::try_from(self.per_inch).expect("small")) * 0.04;
        let repeats = (-12..20).flat_map(|n| (-12..20).map(move |m| (f64::from(n), f64::from(m))));
        for (n, m) in repeats {
            for (row, dots) in cell.iter().enumerate() {
                for (column, _) in dots.iter().enumerate().filter(|(_, dot)| **dot) {
                    let x = repeats::count(column) + n * lay.one.0 + m * lay.other.0;
                    let y = repeats::count(row) + n * lay.one.1 + m * lay.other.1;
                    let (x, y) = (step * (x - y * lay.askew + 0.5), step * (y + x * lay.askew));
                    if let (Ok(x), Ok(y)) = (whole(x).try_into(), whole(y).try_into()) {
                        self.dot(x, y);
                    }
                }
            }
        }
        self
    }
}

/// A code that a printer may have, another for each seed.
fn some_code(seed: u64) -> DocuColor {
    let mut chance = Chance(seed);
    let mut below = |n: u64| u32::try_from(chance.below(n)).expect("small");
    let mut small = |n: u64| u8::try_from(below(n)).expect("small");
    let (minute, hour, day, month) = (small(60), small(24), 1 + small(28), 1 + small(12));
    let (serial, year) =
        (below(100_000_000), 2000 + u16::from(u8::try_from(below(30)).expect("small")));
    DocuColor { serial, year, month, day, hour, minute }
}

#[test]
fn a_published_code_is_read_at_300_and_600_dots_an_inch_whichever_way_up() {
    for (per_inch, turn) in [300, 600].into_iter().flat_map(|n| [1, 6, 3, 8].map(|t| (n, t))) {
        let (mut read, mut agree) = (0, 0.0);
        for seed in 1..=5 {
            let code = some_code(seed);
            let askew = repeats::count(seed.try_into().expect("small")) * 0.01 - 0.03;
            let sheet = Sheet::blank(per_inch, seed);
            let sheet = sheet.docucolor(&written(&code, 5), Lay { askew, ..CHESS });
            let scan = sheet.letters().dust(100).scanned().turned(turn);
            let scan = if seed % 2 == 0 { compressed(&scan, 90) } else { scan };
            let reading = tracking_dots(&scan).and_then(|dots| dots.reading);
            let reading = reading.filter(|reading| reading.repeats > 10);
            assert!(reading.is_none_or(|reading| reading.code == code), "{seed}: {reading:?}");
            read += usize::from(reading.is_some());
            agree += reading.map_or(0.0, |r| f64::from(r.agree) / f64::from(r.repeats) / 5.0);
        }
        println!("{per_inch}, turned {turn}: {read} of 5 read, {agree:.2} of the repeats agree");
        assert!(read == 5 && agree > 0.6, "{per_inch}, turned {turn}: {read}, {agree}");
    }
}

#[test]
fn it_is_read_askew_and_however_its_repeats_lie() {
    let lays = [
        Lay { askew: 0.03, ..CHESS },
        Lay { askew: -0.05, ..CHESS },
        Lay { one: (15.0, 0.0), other: (0.0, 8.0), askew: 0.004 },
        Lay { one: (16.0, 0.0), other: (0.0, 9.0), askew: -0.01 },
        Lay { one: (25.4, 0.0), other: (0.0, 16.3), askew: 0.0 },
        Lay { one: (18.5, 0.0), other: (0.0, 11.5), askew: 0.0 },
        Lay { one: (32.0, 0.0), other: (3.0, 8.0), askew: 0.0 },
    ];
    for (seed, lay) in (1..).zip(lays) {
        for per_inch in [300, 600] {
            let code = some_code(seed);
            let sheet = Sheet::blank(per_inch, seed).docucolor(&written(&code, 0), lay);
            let scan = compressed(&sheet.letters().dust(50).scanned(), 95);
            let found = tracking_dots(&scan);
            let code_read = found.and_then(|dots| dots.reading).map(|reading| reading.code);
            assert_eq!(code_read, Some(code), "{per_inch} {lay:?} {found:?}");
        }
    }
}

#[test]
fn a_code_of_another_kind_is_found_and_not_read() {
    for seed in 1..20 {
        let (sheet, _) = Sheet::blank(300, seed).code();
        let found = tracking_dots(&sheet.letters().scanned()).expect("dots");
        assert_eq!(found.reading, None, "{seed}");
        let (across, down) = found.sides.expect("two directions");
        assert!(across.abs_diff(180) < 2 && down.abs_diff(96) < 2, "{found:?}");
    }
}

#[test]
fn a_code_with_one_dot_wrong_on_the_whole_page_is_not_read() {
    for seed in 1..30 {
        let mut cell = written(&some_code(seed), 0);
        let mut chance = Chance(seed);
        let place = 1 + chance.below(ROWS as u64 * COLUMNS as u64 - 1);
        let dot = &mut cell[place / COLUMNS][place % COLUMNS];
        *dot = !*dot;
        let scan = Sheet::blank(300, seed).docucolor(&cell, CHESS).scanned();
        let found = tracking_dots(&scan).expect("dots");
        assert_eq!(found.reading, None, "{seed}: {place}");
    }
}

#[test]
fn specks_that_do_not_repeat_are_neither_found_nor_read() {
    for seed in 1..20 {
        let scan = Sheet::blank(300, seed).letters().dust(1_500).scanned();
        assert_eq!(tracking_dots(&scan), None, "{seed}");
    }
}
