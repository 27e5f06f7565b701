//! Codes that a telephone would follow.

use rqrr::PreparedImage;

use crate::{Area, Pixels};

/// The side that a picture is searched at: enough for a code a tenth of the page wide, and small
/// enough to be quick.
const SIDE: usize = 1_600;

/// Most codes of one page that are told.
const MOST: usize = 10;

/// Where a page seems to hold QR codes, at most ten. What they say is not read.
pub fn qr_codes(page: &Pixels) -> Vec<Area> {
    let size = (page.width, page.height);
    let page = page.clone().shrunk(SIDE);
    let (luma, width) = (page.luma(), page.width());
    let at = |x: usize, y: usize| {
        luma.get(y.saturating_mul(width).saturating_add(x)).copied().unwrap_or(u8::MAX)
    };
    let mut prepared = PreparedImage::prepare_from_greyscale(width, page.height(), at);
    let grids = prepared.detect_grids();
    let scale = |new: usize, old: usize| {
        let number = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        number(old) / number(new).max(1.0)
    };
    let (across, down) = (scale(width, size.0), scale(page.height(), size.1));
    let corners = grids.iter().take(MOST).map(|grid| {
        grid.bounds.map(|corner| (f64::from(corner.x) * across, f64::from(corner.y) * down))
    });
    corners.filter_map(|corners| Area::around(corners.into_iter(), 0.0, size)).collect()
}
