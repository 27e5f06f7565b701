//! How much a document may ask for. Every reader of this crate takes its bounds from here.

use crate::Refusal;

/// Bounds on what one document may cost; passed in, never global.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pages. Default 1,000: a worker's time is used up by about as many at 300 dots an inch.
    pub max_pages: usize,
    /// Most pixels in one picture. Default 100 million: the largest cameras take as many, and
    /// with its copies such a picture still fits in a worker.
    pub max_picture: u64,
    /// Most pixels of one drawn page; a larger page is drawn with fewer dots an inch. Default 40
    /// million: A3 at 400 dots an inch. A page with layers is drawn several times over.
    pub max_page: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pages: 1_000, max_picture: 100_000_000, max_page: 40_000_000 }
    }
}

impl Limits {
    pub(crate) fn admit_picture(&self, width: usize, height: usize) -> Result<(), Refusal> {
        let pixels = (width as u64).saturating_mul(height as u64);
        if pixels > self.max_picture {
            return Err(Refusal::too_large("the picture in pixels", self.max_picture));
        }
        if pixels == 0 {
            return Err(Refusal::malformed("a picture without pixels"));
        }
        Ok(())
    }
}
