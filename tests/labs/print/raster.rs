//! Pages as a printer gets them: PWG raster, read into grey pictures.
//!
//! A file is `RaS2` and its pages; a page is a header of 1796 bytes (PWG 5102.4) and lines, each
//! with a count of repetitions before it, packed in runs of pixels.

use std::fs::File;
use std::io;
use std::path::Path;

/// Bytes of a page's header.
const HEADER: usize = 1796;

/// One page.
pub(crate) struct Page {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Bytes a pixel: 1 is grey, 3 is colour.
    pub(crate) depth: usize,
    pixels: Vec<u8>,
}

/// A rectangle in shares of a page or of another rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the raster: {what}"))
}

/// Reads every page of a file.
pub(crate) fn pages(bytes: &[u8]) -> io::Result<Vec<Page>> {
    let mut rest = bytes.strip_prefix(b"RaS2").ok_or_else(|| wrong("no PWG raster"))?;
    let mut pages = Vec::new();
    while !rest.is_empty() {
        let (header, lines) = rest.split_at_checked(HEADER).ok_or_else(|| wrong("a cut header"))?;
        let number = |at: usize| {
            let bytes = [header[at], header[at + 1], header[at + 2], header[at + 3]];
            u32::from_be_bytes(bytes) as usize
        };
        let (width, height, depth) = (number(372), number(376), number(388) / 8);
        if depth == 0 || number(392) != width * depth {
            return Err(wrong("pixels that are not whole bytes"));
        }
        let (pixels, after) = unpack(lines, width * depth, height, depth)?;
        rest = after;
        pages.push(Page { width, height, depth, pixels });
    }
    Ok(pages)
}

fn unpack(
    mut from: &[u8],
    line: usize,
    height: usize,
    depth: usize,
) -> io::Result<(Vec<u8>, &[u8])> {
    let mut pixels = Vec::with_capacity(line * height);
    while pixels.len() < line * height {
        let repeat = usize::from(take(&mut from, 1)?[0]) + 1;
        let start = pixels.len();
        while pixels.len() < start + line {
            match take(&mut from, 1)?[0] {
                128 => pixels.resize(start + line, 0xff),
                n @ 0..128 => pixels.extend(take(&mut from, depth)?.repeat(usize::from(n) + 1)),
                n => pixels.extend(take(&mut from, (257 - usize::from(n)) * depth)?),
            }
        }
        if pixels.len() != start + line {
            return Err(wrong("a run beyond its line"));
        }
        for _ in 1..repeat {
            pixels.extend_from_within(start..start + line);
        }
    }
    pixels.truncate(line * height);
    Ok((pixels, from))
}

fn take<'a>(from: &mut &'a [u8], n: usize) -> io::Result<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(n).ok_or_else(|| wrong("it ends too early"))?;
    *from = rest;
    Ok(taken)
}

impl Page {
    fn pixel(&self, x: usize, y: usize) -> &[u8] {
        let at = (y * self.width + x) * self.depth;
        &self.pixels[at..at + self.depth]
    }

    /// The darkest of a pixel's parts.
    fn ink(&self, x: usize, y: usize) -> u8 {
        255 - self.pixel(x, y).iter().copied().min().unwrap_or(255)
    }

    /// Whether any pixel has a hue.
    pub(crate) fn has_colour(&self) -> bool {
        let hue = |p: &[u8]| {
            p.iter().max().zip(p.iter().min()).is_some_and(|(high, low)| high - low > 32)
        };
        self.pixels.chunks_exact(self.depth).any(hue)
    }

    /// The smallest box around everything that is not white.
    pub(crate) fn inked(&self) -> Option<Area> {
        let mut found: Option<Area> = None;
        for y in 0..self.height {
            for x in (0..self.width).filter(|x| self.ink(*x, y) > 64) {
                let b = found.get_or_insert(Area { left: x, top: y, right: x, bottom: y });
                (b.left, b.right) = (b.left.min(x), b.right.max(x));
                b.bottom = y;
            }
        }
        found
    }

    /// How dark a part of a box is, from 0 to 255: column and row of a grid of so many cells.
    pub(crate) fn darkness(&self, of: Area, cell: (usize, usize), grid: (usize, usize)) -> u64 {
        let part = |from: usize, to: usize, n: usize, of: usize| {
            let (step, start) = ((to - from + 1) / of, from + (to - from + 1) * n / of);
            // The inner half, away from edges.
            start + step / 4..start + step * 3 / 4
        };
        let (mut sum, mut n) = (0, 0);
        for y in part(of.top, of.bottom, cell.1, grid.1) {
            for x in part(of.left, of.right, cell.0, grid.0) {
                sum += u64::from(self.ink(x, y));
                n += 1;
            }
        }
        sum / n.max(1)
    }

    /// Writes it as a PNG, an eighth as wide and high.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        const SHRINK: usize = 8;
        let (width, height) = (self.width / SHRINK, self.height / SHRINK);
        let mut grey = Vec::with_capacity(width * height * self.depth);
        for y in 0..height {
            for x in 0..width {
                for part in 0..self.depth {
                    grey.push(self.mean(x * SHRINK, y * SHRINK, part, SHRINK));
                }
            }
        }
        let side = |n: usize| u32::try_from(n).map_err(io::Error::other);
        let mut encoder = png::Encoder::new(File::create(path)?, side(width)?, side(height)?);
        let colour = if self.depth == 3 { png::ColorType::Rgb } else { png::ColorType::Grayscale };
        encoder.set_color(colour);
        encoder.write_header().and_then(|mut w| w.write_image_data(&grey)).map_err(io::Error::other)
    }

    fn mean(&self, x: usize, y: usize, part: usize, side: usize) -> u8 {
        let cells = (0..side * side).map(|i| self.pixel(x + i % side, y + i / side)[part]);
        let sum: usize = cells.map(usize::from).sum();
        u8::try_from(sum / (side * side)).unwrap_or(255)
    }
}
