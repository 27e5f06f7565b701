//! A page's pixels packed: each in the smallest form that loses nothing a reader would miss.
//!
//! ```text
//! black and white           one bit a pixel, CCITT group 4
//! drawn, grey               sixteen greys, deflated
//! drawn, few colours        a palette, deflated
//! photographed or scanned   JPEG, of brightness or in colour
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use fax::{Color, VecWriter, encoder::Encoder as FaxEncoder};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use jpeg_encoder::{ColorType, Encoder as JpegEncoder};

use crate::fresh::FreshError;
use crate::ink::{self, BLACK, Ink, Need};
use crate::{Pixels, pixels};

/// Of 100. At 300 dots an inch letters in a scan show no halo at this.
const QUALITY: u8 = 85;

/// One of sixteen levels is this many of 256.
const LEVEL: u8 = 17;

/// A picture as it stands in the document: entries of its dictionary, and its data.
pub(crate) struct Packed {
    pub(crate) entries: String,
    pub(crate) data: Vec<u8>,
}

/// Packs a page; says with which ink.
pub(crate) fn pack(page: &Pixels) -> Result<(Ink, Packed), FreshError> {
    let Need { ink, drawn } = ink::needed(page);
    let packed = match ink {
        Ink::Black => black(page)?,
        Ink::Grey if drawn => greys(page)?,
        Ink::Grey => jpeg(page, &page.luma(), ColorType::Luma, "/DeviceGray")?,
        Ink::Colour => match drawn.then(|| palette(page)).flatten() {
            Some((colours, dots)) => indexed(&colours, &dots)?,
            None => jpeg(page, &page.rgb, ColorType::Rgb, "/DeviceRGB")?,
        },
    };
    Ok((ink, packed))
}

fn sides(page: &Pixels) -> Result<(u16, u16), FreshError> {
    let side = |n: usize| u16::try_from(n).map_err(|_| FreshError::TooWide);
    Ok((side(page.width)?, side(page.height)?))
}

fn black(page: &Pixels) -> Result<Packed, FreshError> {
    let (width, height) = sides(page)?;
    let luma = page.luma();
    let mut encoder = FaxEncoder::new(VecWriter::new());
    for row in luma.chunks(page.width) {
        let dots = row.iter().map(|n| if *n < BLACK { Color::Black } else { Color::White });
        // Writing into a vector cannot fail, and the type says so.
        let Ok(()) = encoder.encode_line(dots, width);
    }
    let Ok(writer) = encoder.finish();
    let data = writer.finish();
    let entries = format!(
        "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode\
         /DecodeParms<</K -1/Columns {width}/Rows {height}>>"
    );
    Ok(Packed { entries, data })
}

fn jpeg(page: &Pixels, samples: &[u8], kind: ColorType, space: &str) -> Result<Packed, FreshError> {
    let (width, height) = sides(page)?;
    let mut data = Vec::new();
    let mut encoder = JpegEncoder::new(&mut data, QUALITY);
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(samples, width, height, kind)?;
    let entries = format!("/ColorSpace{space}/BitsPerComponent 8/Filter/DCTDecode");
    Ok(Packed { entries, data })
}

/// The nearest of sixteen levels.
fn level(value: u8) -> u8 {
    value.saturating_add(LEVEL / 2) / LEVEL
}

/// Two pixels a byte.
fn greys(page: &Pixels) -> Result<Packed, FreshError> {
    let mut rows = Vec::with_capacity(page.rgb.len() / 6);
    let grey = |pixel: &[u8; 3]| level(pixels::luma(*pixel));
    for row in page.rgb.chunks(page.width.saturating_mul(3)) {
        let (row, _) = row.as_chunks::<3>();
        rows.extend(row.chunks(2).map(|pair| {
            let second = pair.get(1).map_or(0, grey);
            (pair.first().map_or(0, grey) << 4) | second
        }));
    }
    let entries = "/ColorSpace/DeviceGray/BitsPerComponent 4/Filter/FlateDecode".to_owned();
    Ok(Packed { entries, data: deflated(&rows)? })
}

/// A colour as a place in the palette.
type Colours = BTreeMap<[u8; 3], usize>;

/// The colours of a page in sixteen levels a channel, and each pixel's; `None` if there are more
/// than a palette holds.
fn palette(page: &Pixels) -> Option<(Colours, Vec<u8>)> {
    let mut colours = Colours::new();
    let mut last = ([0; 3], None);
    let mut dots = Vec::with_capacity(page.rgb.len() / 3);
    for pixel in page.each() {
        let colour = pixel.map(|value| level(value).saturating_mul(LEVEL));
        if last.1.is_none() || last.0 != colour {
            let next = colours.len();
            let number = *colours.entry(colour).or_insert(next);
            last = (colour, Some(u8::try_from(number).ok()?));
        }
        dots.extend(last.1);
    }
    Some((colours, dots))
}

fn indexed(colours: &Colours, dots: &[u8]) -> Result<Packed, FreshError> {
    let mut by_number: Vec<_> = colours.iter().map(|(colour, number)| (*number, *colour)).collect();
    by_number.sort_unstable();
    let mut table = String::new();
    for value in by_number.iter().flat_map(|(_, colour)| colour) {
        let _ = write!(table, "{value:02x}");
    }
    let last = by_number.len().saturating_sub(1);
    let entries = format!(
        "/ColorSpace[/Indexed/DeviceRGB {last}<{table}>]/BitsPerComponent 8/Filter/FlateDecode"
    );
    Ok(Packed { entries, data: deflated(dots)? })
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, FreshError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use hayro_ccitt::{DecodeSettings, EncodingMode};

    use super::*;

    /// Rows as the changes from white to black and back.
    struct Rows(Vec<Vec<u32>>);

    impl hayro_ccitt::Decoder for Rows {
        fn push_row(&mut self, changes: &[u32]) {
            self.0.push(changes.to_vec());
        }
    }

    fn page(width: usize, value: impl Fn(usize, usize) -> [u8; 3]) -> Pixels {
        let height = 41;
        let rgb = (0..width * height).flat_map(|n| value(n % width, n / width)).collect();
        Pixels::picture((width, height), rgb).expect("whole")
    }

    fn changes(page: &Pixels) -> Vec<Vec<u32>> {
        let row = |row: &[u8]| {
            let black = |n: u8| n < BLACK;
            let before = std::iter::once(false).chain(row.iter().map(|n| black(*n)));
            let pairs = before.zip(row.iter().map(|n| black(*n))).enumerate();
            let changed = pairs.filter(|(_, (a, b))| a != b);
            changed.map(|(n, _)| u32::try_from(n).expect("small")).collect()
        };
        page.luma().chunks(page.width()).map(row).collect()
    }

    #[test]
    fn every_row_of_black_ink_is_read_back_by_another_s_strict_decoder() {
        let noise = |x: usize, y: usize| x.wrapping_mul(7919).wrapping_add(y * y * 104_729) / 64;
        let patterns: [fn(usize, usize, usize) -> bool; 5] = [
            |_, _, n| n.is_multiple_of(2),
            |_, _, n| n % 31 < 2,
            |x, y, _| (x / 3 + y / 5).is_multiple_of(2),
            |x, _, _| x > 2000,
            |_, _, _| true,
        ];
        for width in [1, 2, 7, 64, 1728, 2561, 5200] {
            for (number, pattern) in patterns.iter().enumerate() {
                let dot = |x, y| if pattern(x, y, noise(x, y)) { [0; 3] } else { [255; 3] };
                let page = page(width, dot);
                let settings = DecodeSettings {
                    columns: u32::try_from(width).expect("small"),
                    rows: 41,
                    end_of_block: true,
                    end_of_line: false,
                    rows_are_byte_aligned: false,
                    encoding: EncodingMode::Group4,
                    strict: true,
                };
                let mut rows = Rows(Vec::new());
                let data = black(&page).expect("packed").data;
                hayro_ccitt::decode(
                    &data,
                    &mut rows,
                    &mut hayro_ccitt::DecoderContext::new(settings),
                )
                .expect("well formed");
                assert_eq!(rows.0, changes(&page), "width {width}, pattern {number}");
            }
        }
    }

    #[test]
    fn what_is_drawn_is_packed_without_loss_and_what_is_scanned_as_jpeg() {
        let filter = |page: &Pixels| {
            let (ink, packed) = pack(page).expect("packed");
            let filter = packed.entries.split("/Filter/").nth(1).expect("one").to_owned();
            (ink, filter.split('/').next().expect("a name").to_owned())
        };
        let named = |ink, filter: &str| (ink, filter.to_owned());
        let bars =
            |grey: [u8; 3]| page(300, move |x, _| if x % 100 < 60 { grey } else { [255; 3] });
        assert_eq!(filter(&bars([0; 3])), named(Ink::Black, "CCITTFaxDecode"));
        assert_eq!(filter(&bars([136; 3])), named(Ink::Grey, "FlateDecode"));
        assert_eq!(filter(&bars([204, 17, 17])), named(Ink::Colour, "FlateDecode"));
        let byte = |n: usize| u8::try_from(n % 200).expect("a byte");
        let soft = page(300, |x, y| [byte(x + y); 3]);
        assert_eq!(filter(&soft), named(Ink::Grey, "DCTDecode"));
        let photo = page(300, |x, y| [byte(x), byte(y * 4), byte(x + y)]);
        assert_eq!(filter(&photo), named(Ink::Colour, "DCTDecode"));
    }

    #[test]
    fn a_palette_has_each_colour_once_and_two_greys_share_a_byte() {
        let page = page(3, |x, _| if x == 1 { [255, 0, 0] } else { [0, 0, 255] });
        let (colours, dots) = palette(&page).expect("two colours");
        assert_eq!((colours.len(), &dots[..4]), (2, &[0, 1, 0, 0][..]));
        let entries = indexed(&colours, &dots).expect("packed").entries;
        assert!(entries.contains("[/Indexed/DeviceRGB 1<0000ffff0000>]"), "{entries}");
        let rows = greys(&page).expect("packed").data;
        let mut rows = flate2::read::ZlibDecoder::new(rows.as_slice());
        let mut first = [0; 2];
        std::io::Read::read_exact(&mut rows, &mut first).expect("a row");
        // Blue is brightness 29, red 76: levels 2 and 4.
        assert_eq!(first, [0x24, 0x20]);
    }
}
