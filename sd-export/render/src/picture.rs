//! Pictures: JPEG and PNG to pixels.

use std::io::Cursor;

use png::{ColorType, Decoder, DecodingError, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::pixels::tripled;
use crate::{Limits, Pixels, Refusal};

/// A picture that was read.
#[derive(Debug)]
pub struct Picture {
    /// Its pixels, as they are stored.
    pub pixels: Pixels,
    /// The EXIF block, from its TIFF header on: which way up is said there.
    pub exif: Option<Vec<u8>>,
    /// Whether there are more pictures in the file, which are not drawn.
    pub animated: bool,
}

/// Reads a JPEG; one that is cut short or damaged is refused.
pub fn jpeg(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let most = usize::from(u16::MAX);
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(most)
        .set_max_height(most)
        .set_strict_mode(true)
        .set_use_unsafe(false);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    let broken = Refusal::malformed("a JPEG picture that cannot be read to its end");
    decoder.decode_headers().map_err(|_| broken.clone())?;
    let size = decoder.dimensions().ok_or_else(|| broken.clone())?;
    limits.admit_picture(size.0, size.1)?;
    let rgb = decoder.decode().map_err(|_| broken)?;
    let exif = decoder.exif().cloned();
    Ok(Picture { pixels: Pixels::picture(size, rgb)?, exif, animated: false })
}

/// Reads a PNG, of an animation the first picture; what is transparent is on white.
pub fn png(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let most = usize::try_from(limits.max_picture).unwrap_or(usize::MAX).saturating_mul(8);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: most });
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|e| refused(&e, limits))?;
    let info = reader.info();
    let size = (info.width as usize, info.height as usize);
    let (exif, animated) = (info.exif_metadata.as_ref().map(|e| e.to_vec()), info.is_animated());
    limits.admit_picture(size.0, size.1)?;
    let length = reader.output_buffer_size().unwrap_or(usize::MAX);
    if length as u64 > limits.max_picture.saturating_mul(4) {
        return Err(Refusal::too_large("the picture in pixels", limits.max_picture));
    }
    let mut samples = vec![0; length];
    let frame = reader.next_frame(&mut samples).map_err(|e| refused(&e, limits))?;
    samples.truncate(frame.buffer_size());
    let rgb = on_white(&samples, frame.color_type)
        .ok_or(Refusal::malformed("a PNG picture with a palette of its own kind"))?;
    Ok(Picture { pixels: Pixels::picture(size, rgb)?, exif, animated })
}

fn refused(e: &DecodingError, limits: &Limits) -> Refusal {
    match e {
        DecodingError::LimitsExceeded => {
            Refusal::too_large("the picture in pixels", limits.max_picture)
        }
        DecodingError::IoError(_) | DecodingError::Format(_) | DecodingError::Parameter(_) => {
            Refusal::malformed("a PNG picture that cannot be read to its end")
        }
    }
}

/// Eight-bit samples as red, green and blue on a white ground.
fn on_white(samples: &[u8], kind: ColorType) -> Option<Vec<u8>> {
    let over = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        let mixed = (value * alpha + 255 * (255 - alpha) + 127) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    Some(match kind {
        ColorType::Grayscale => tripled(samples),
        ColorType::GrayscaleAlpha => {
            samples.as_chunks().0.iter().flat_map(|[n, a]| [over(*n, *a); 3]).collect()
        }
        ColorType::Rgb => samples.to_vec(),
        ColorType::Rgba => {
            let mix = |[r, g, b, a]: &[u8; 4]| [over(*r, *a), over(*g, *a), over(*b, *a)];
            samples.as_chunks().0.iter().flat_map(mix).collect()
        }
        ColorType::Indexed => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_is_on_white() {
        let samples = [10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 128];
        let rgb = on_white(&samples, ColorType::Rgba).expect("eight bits");
        assert_eq!(rgb, [255, 255, 255, 10, 20, 30, 127, 127, 127]);
        assert_eq!(on_white(&[0, 0], ColorType::GrayscaleAlpha).expect("eight bits"), [255; 3]);
    }

    #[test]
    fn a_cut_picture_is_refused_and_an_enormous_one_is_named() {
        let pixels = Pixels::picture((40, 40), vec![120; 4800]).expect("whole");
        let bytes = crate::to_png(&pixels).expect("packed");
        assert_eq!(png(&bytes, &Limits::default()).expect("whole").pixels, pixels);
        let cut = png(&bytes[..bytes.len() - 30], &Limits::default());
        assert!(matches!(cut, Err(Refusal::Malformed(_))));
        let small = Limits { max_picture: 1599, ..Limits::default() };
        assert!(matches!(png(&bytes, &small), Err(Refusal::TooLarge { limit: 1599, .. })));
    }
}
