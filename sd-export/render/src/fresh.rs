//! A fresh document, written from pixels alone.
//!
//! ```text
//! page --paper made white--> packed by what it shows --> one picture, and where it stands
//! ```
//! Nothing else is in it: no date, no producer, no identifier. The same pixels give the same bytes.

use std::fmt::Write as _;
use std::io;

use jpeg_encoder::EncodingError;
use serde::{Deserialize, Serialize};

use crate::coding::{Packed, pack};
use crate::ink::Ink;
use crate::{Pixels, paper};

/// Why a page could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FreshError {
    /// A side that the picture formats have no number for.
    #[error("a page of more than 65,535 pixels on one side")]
    TooWide,
    /// The picture could not be packed.
    #[error("packing a page failed: {0}")]
    Pack(#[from] EncodingError),
    /// The rows could not be deflated.
    #[error("packing a page failed: {0}")]
    Deflate(#[from] io::Error),
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

impl Fresh {
    /// Adds a page that shows these pixels, with its paper made white.
    pub fn add(&mut self, mut page: Pixels) -> Result<Written, FreshError> {
        let specks = paper::whiten(&mut page).specks;
        let (ink, packed) = pack(&page)?;
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
