//! Codes that a telephone would follow.

use rqrr::PreparedImage;

use crate::Pixels;

/// The side that a picture is searched at: enough for a code a tenth of the page wide, and small
/// enough to be quick.
const SIDE: usize = 1_600;

/// Whether a page seems to hold a QR code. What it says is not read.
pub fn holds_qr_code(page: &Pixels) -> bool {
    let page = page.clone().shrunk(SIDE);
    let (luma, width) = (page.luma(), page.width());
    let at = |x: usize, y: usize| {
        luma.get(y.saturating_mul(width).saturating_add(x)).copied().unwrap_or(u8::MAX)
    };
    !PreparedImage::prepare_from_greyscale(width, page.height(), at).detect_grids().is_empty()
}
