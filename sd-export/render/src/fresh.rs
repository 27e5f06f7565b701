//! A fresh document, written from pixels alone.
//!
//! ```text
//! page --paper made white--> ink? --black:  one bit a pixel, CCITT group 4
//!                                 --grey:   JPEG of brightness
//!                                 --colour: JPEG
//! ```
//! One picture a page, and the few words it takes to put it there: no date, no producer, no
//! identifier. The same pixels give the same bytes.

use std::fmt::Write as _;

use fax::{Color, VecWriter, encoder::Encoder as FaxEncoder};
use jpeg_encoder::{ColorType, Encoder as JpegEncoder, EncodingError};
use serde::{Deserialize, Serialize};

use crate::ink::{self, BLACK, Ink};
use crate::{Pixels, paper};

/// Of 100. At 300 dots an inch letters on a coloured page show no halo at this.
const QUALITY: u8 = 85;

/// Why a page could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FreshError {
    /// A side that the picture formats have no number for.
    #[error("a page of more than 65,535 pixels on one side")]
    TooWide,
    /// The picture could not be packed.
    #[error("packing a page failed: {0}")]
    Pack(#[from] EncodingError),
}

/// How one page was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// With which ink.
    pub ink: Ink,
    /// Whether there were pale yellow specks on its paper, as colour printers make them.
    pub specks: bool,
}

/// A document being written.
#[derive(Debug, Default)]
pub struct Fresh {
    /// The objects from number 3 on; 1 is the catalog, 2 the page tree.
    objects: Vec<Vec<u8>>,
}

/// A picture as it stands in the document.
struct Packed {
    entries: String,
    data: Vec<u8>,
}

impl Fresh {
    /// Adds a page that shows these pixels, with its paper made white.
    pub fn add(&mut self, mut page: Pixels) -> Result<Written, FreshError> {
        let specks = paper::whiten(&mut page).specks;
        let ink = ink::needed(&page);
        let packed = match ink {
            Ink::Black => black(&page)?,
            Ink::Grey => jpeg(&page, &page.luma(), ColorType::Luma, "/DeviceGray")?,
            Ink::Colour => jpeg(&page, &page.rgb, ColorType::Rgb, "/DeviceRGB")?,
        };
        self.put(&page, &packed);
        Ok(Written { ink, specks })
    }

    fn put(&mut self, page: &Pixels, packed: &Packed) {
        let (wide, high) = page.points;
        let number = self.objects.len().saturating_add(3);
        let (picture, content) = (number.saturating_add(1), number.saturating_add(2));
        self.objects.push(
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]\
                 /Resources<</XObject<</X1 {picture} 0 R>>>>/Contents {content} 0 R>>"
            )
            .into_bytes(),
        );
        let entries = format!(
            "/Type/XObject/Subtype/Image/Width {}/Height {}{}",
            page.width, page.height, packed.entries
        );
        self.objects.push(stream(&entries, &packed.data));
        let draw = format!("{wide} 0 0 {high} 0 0 cm\n/X1 Do\n");
        self.objects.push(stream("", draw.as_bytes()));
    }

    /// The whole document.
    pub fn finish(self) -> Vec<u8> {
        let count = self.objects.len() / 3;
        let mut tree = format!("<</Type/Pages/Count {count}/Kids[");
        for number in (3_usize..).step_by(3).take(count) {
            let _ = write!(tree, "{number} 0 R ");
        }
        tree.push_str("]>>");
        let catalog = b"<</Type/Catalog/Pages 2 0 R>>".to_vec();
        let mut out = b"%PDF-1.7\n".to_vec();
        let mut table = "0000000000 65535 f \n".to_owned();
        let objects = [catalog, tree.into_bytes()].into_iter().chain(self.objects);
        let mut size = 1_usize;
        for object in objects {
            let _ = writeln!(table, "{:010} 00000 n ", out.len());
            out.extend_from_slice(format!("{size} 0 obj\n").as_bytes());
            out.extend_from_slice(&object);
            out.extend_from_slice(b"\nendobj\n");
            size = size.saturating_add(1);
        }
        let start = out.len();
        let tail = format!(
            "xref\n0 {size}\n{table}trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n"
        );
        out.extend_from_slice(tail.as_bytes());
        out
    }
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<<{entries}/Length {}>>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
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
