//! A page of pixels: three bytes each, red, green, blue, rows from the top.

use crate::{Area, Refusal};

/// The longer side of the page that a picture of unknown size is put on, in points: A4.
const LONG_SIDE: u32 = 842;

/// A page that was drawn, or a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Width and height on paper, in whole points (1/72 inch).
    pub(crate) points: (u32, u32),
    /// `3 * width * height` bytes.
    pub(crate) rgb: Vec<u8>,
}

impl Pixels {
    /// A page of this size on paper; `None` if the bytes are not exactly its pixels.
    pub(crate) fn page(
        (width, height): (usize, usize),
        points: (u32, u32),
        rgb: Vec<u8>,
    ) -> Option<Self> {
        let whole = width > 0 && height > 0 && points.0 > 0 && points.1 > 0;
        let len = width.checked_mul(height)?.checked_mul(3)?;
        (whole && rgb.len() == len).then_some(Self { width, height, points, rgb })
    }

    /// A picture, which says nothing of its size on paper.
    pub(crate) fn picture((width, height): (usize, usize), rgb: Vec<u8>) -> Result<Self, Refusal> {
        Self::page((width, height), on_paper(width, height), rgb)
            .ok_or(Refusal::malformed("a picture of another size than it says"))
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Width and height on paper, in whole points (1/72 inch); of a picture a guess.
    pub fn points(&self) -> (u32, u32) {
        self.points
    }

    /// The pixels in rows from the top, three bytes each.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The picture upright: turned as its EXIF orientation (1 to 8) says.
    #[must_use]
    pub fn turned(self, orientation: u16) -> Self {
        let (w, h) = (self.width, self.height);
        let (right, bottom) = (w.saturating_sub(1), h.saturating_sub(1));
        // From a place in the new picture to the place in the old one.
        let from: fn(usize, usize, usize, usize) -> (usize, usize) = match orientation {
            2 => |x, y, right, _| (right.saturating_sub(x), y),
            3 => |x, y, right, bottom| (right.saturating_sub(x), bottom.saturating_sub(y)),
            4 => |x, y, _, bottom| (x, bottom.saturating_sub(y)),
            5 => |x, y, _, _| (y, x),
            6 => |x, y, _, bottom| (y, bottom.saturating_sub(x)),
            7 => |x, y, right, bottom| (right.saturating_sub(y), bottom.saturating_sub(x)),
            8 => |x, y, right, _| (right.saturating_sub(y), x),
            _ => return self,
        };
        let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
        let mut rgb = Vec::with_capacity(self.rgb.len());
        for y in 0..height {
            for x in 0..width {
                let (old_x, old_y) = from(x, y, right, bottom);
                rgb.extend_from_slice(&self.at(old_x, old_y));
            }
        }
        Self { width, height, points: on_paper(width, height), rgb }
    }

    /// No side longer than `longest`: each new pixel is the mean of the old ones it covers.
    #[must_use]
    pub fn shrunk(self, longest: usize) -> Self {
        let longest = longest.max(1);
        let side = self.width.max(self.height);
        if side <= longest {
            return self;
        }
        let scaled = |n: usize| (n.saturating_mul(longest) / side).max(1);
        let (width, height) = (scaled(self.width), scaled(self.height));
        let mut rgb = Vec::with_capacity(width.saturating_mul(height).saturating_mul(3));
        for y in 0..height {
            let rows = covered(y, height, self.height);
            for x in 0..width {
                rgb.extend_from_slice(&self.mean(covered(x, width, self.width), rows.clone()));
            }
        }
        Self { width, height, points: self.points, rgb }
    }

    /// A part of it; none if that does not lie on it.
    pub fn cut(&self, part: Area) -> Option<Self> {
        let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let part = part.on_page(side(self.width), side(self.height))?;
        let [left, top, wide, high] =
            [part.left, part.top, part.wide, part.high].map(|n| n as usize);
        let mut rgb = Vec::with_capacity(wide.saturating_mul(high).saturating_mul(3));
        for y in top..top.saturating_add(high) {
            let start = y.saturating_mul(self.width).saturating_add(left).saturating_mul(3);
            let end = start.saturating_add(wide.saturating_mul(3));
            rgb.extend_from_slice(self.rgb.get(start..end)?);
        }
        Self::page((wide, high), on_paper(wide, high), rgb)
    }

    /// How it looks by blue light, in grey: what is yellow is dark.
    #[must_use]
    pub fn by_blue_light(mut self) -> Self {
        let (pixels, _) = self.rgb.as_chunks_mut::<3>();
        for pixel in pixels {
            let [red, green, blue] = *pixel;
            let yellow = red.min(green).saturating_sub(blue);
            *pixel = [blue.saturating_sub(yellow.saturating_mul(3)); 3];
        }
        self
    }

    fn mean(&self, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> [u8; 3] {
        let mut sums = [0_u64; 3];
        let mut count = 0_u64;
        for y in rows {
            for x in columns.clone() {
                for (sum, value) in sums.iter_mut().zip(self.at(x, y)) {
                    *sum = sum.saturating_add(u64::from(value));
                }
                count = count.saturating_add(1);
            }
        }
        sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
    }

    /// The pixel at a place; white where there is none.
    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let at = y.saturating_mul(self.width).saturating_add(x).saturating_mul(3);
        self.rgb.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([u8::MAX; 3])
    }

    /// Red, green and blue, pixel by pixel.
    pub(crate) fn each(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        self.rgb.as_chunks().0.iter().copied()
    }

    /// Whether no pixel has a colour.
    pub(crate) fn is_grey(&self) -> bool {
        self.each().all(|[r, g, b]| r == g && g == b)
    }

    /// Brightness, one byte a pixel.
    pub(crate) fn luma(&self) -> Vec<u8> {
        self.each().map(luma).collect()
    }
}

/// Grey samples as red, green and blue.
pub(crate) fn tripled(greys: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(greys.len().saturating_mul(3));
    for n in greys {
        rgb.extend_from_slice(&[*n; 3]);
    }
    rgb
}

/// Brightness as BT.601 weighs it.
pub(crate) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from(sum / 1000).unwrap_or(u8::MAX)
}

/// The old places that new place `n` of `new` covers, at least one.
fn covered(n: usize, new: usize, old: usize) -> std::ops::Range<usize> {
    let at = |n: usize| n.saturating_mul(old) / new.max(1);
    let start = at(n);
    start..at(n.saturating_add(1)).max(start.saturating_add(1))
}

/// The size on paper of a picture: its longer side is that of an A4 page.
fn on_paper(width: usize, height: usize) -> (u32, u32) {
    let longer = width.max(height).max(1) as u64;
    let side = |n: usize| {
        let points = (n as u64).saturating_mul(u64::from(LONG_SIDE)) / longer;
        u32::try_from(points).unwrap_or(LONG_SIDE).max(1)
    };
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns, three rows; each pixel has its number in every channel.
    fn six() -> Pixels {
        let rgb = (0..6).flat_map(|n| [n; 3]).collect();
        Pixels::picture((2, 3), rgb).expect("six pixels")
    }

    fn numbers(pixels: &Pixels) -> Vec<u8> {
        pixels.each().map(|[n, ..]| n).collect()
    }

    #[test]
    fn every_orientation_is_turned_upright() {
        let upright: [&[u8]; 8] = [
            &[0, 1, 2, 3, 4, 5],
            &[1, 0, 3, 2, 5, 4],
            &[5, 4, 3, 2, 1, 0],
            &[4, 5, 2, 3, 0, 1],
            &[0, 2, 4, 1, 3, 5],
            &[4, 2, 0, 5, 3, 1],
            &[5, 3, 1, 4, 2, 0],
            &[1, 3, 5, 0, 2, 4],
        ];
        for (orientation, numbers_of) in (1..).zip(upright) {
            assert_eq!(numbers(&six().turned(orientation)), numbers_of, "{orientation}");
        }
        assert_eq!(six().turned(6).width(), 3);
        assert_eq!(six().turned(0), six().turned(9));
    }

    #[test]
    fn a_smaller_picture_is_the_mean_of_what_it_covers() {
        let rgb = [[0; 3], [100; 3], [200; 3], [250; 3]].concat();
        let small = Pixels::picture((4, 1), rgb).expect("four pixels").shrunk(2);
        assert_eq!((small.width(), small.height()), (2, 1));
        assert_eq!(numbers(&small), [50, 225]);
        assert_eq!(six().shrunk(3), six());
    }

    #[test]
    fn a_part_is_cut_at_the_edges_of_the_page() {
        let part = Area { left: 1, top: 1, wide: 9, high: 9 };
        assert_eq!(numbers(&six().cut(part).expect("two pixels")), [3, 5]);
        assert_eq!(six().cut(Area { left: 2, ..part }), None);
        assert_eq!(six().cut(Area { wide: 0, ..part }), None);
    }

    #[test]
    fn by_blue_light_yellow_is_dark_and_black_stays_black() {
        let rgb = [[250, 250, 250], [250, 248, 200], [20, 20, 20]].concat();
        let lit = Pixels::picture((3, 1), rgb).expect("three pixels").by_blue_light();
        assert_eq!(numbers(&lit), [250, 56, 20]);
    }

    #[test]
    fn bytes_that_are_not_exactly_the_pixels_are_no_picture() {
        assert!(Pixels::picture((2, 3), vec![0; 17]).is_err());
        assert!(Pixels::picture((0, 3), vec![]).is_err());
        assert!(Pixels::page((usize::MAX, 2), (1, 1), vec![]).is_none());
    }
}
