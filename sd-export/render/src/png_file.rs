//! A page as a PNG file that holds its pixels and nothing else.

use std::borrow::Cow;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

use crate::Pixels;

/// Packs a page: grey where it is grey, else three channels; no chunk but the picture's own.
pub fn to_png(page: &Pixels) -> Result<Vec<u8>, EncodingError> {
    let grey = page.is_grey();
    let (kind, samples) = if grey {
        (ColorType::Grayscale, Cow::Owned(page.luma()))
    } else {
        (ColorType::Rgb, Cow::Borrowed(page.rgb()))
    };
    let side = |n: usize| u32::try_from(n).map_err(|_| EncodingError::LimitsExceeded);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, side(page.width())?, side(page.height())?);
    encoder.set_color(kind);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(out)
}
