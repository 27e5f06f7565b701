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
    /// Dots an inch, if it says so and a scanner or a camera could have meant it.
    pub per_inch: Option<u16>,
}

/// Dots an inch that are believed: scanners have no more, and 72 is what programs say that know none.
const RESOLUTIONS: std::ops::RangeInclusive<u16> = 100..=9_600;

/// What a JPEG says in its first segment: the unit, and dots to the right and down.
fn jfif_resolution(bytes: &[u8]) -> Option<u16> {
    let segment = bytes.strip_prefix(b"\xff\xd8\xff\xe0")?.get(2..)?;
    let (unit, rest) = segment.strip_prefix(b"JFIF\0")?.get(2..)?.split_first()?;
    let ([x, y], _) = rest.first_chunk::<4>()?.as_chunks::<2>() else { return None };
    let (x, y) = (u16::from_be_bytes(*x), u16::from_be_bytes(*y));
    match unit {
        1 => resolution(x.into(), y.into(), 1.0),
        2 => resolution(x.into(), y.into(), 2.54),
        _ => None,
    }
}

/// Dots an inch from dots a unit; none if they are not as many down as across.
fn resolution(x: u32, y: u32, inch: f64) -> Option<u16> {
    let per_inch = (f64::from(x) * inch).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let per_inch = per_inch.clamp(0.0, f64::from(u16::MAX)) as u16;
    (x == y && RESOLUTIONS.contains(&per_inch)).then_some(per_inch)
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
    let per_inch = jfif_resolution(bytes);
    Ok(Picture { pixels: Pixels::picture(size, rgb)?, exif, animated: false, per_inch })
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
    let metres = info.pixel_dims.filter(|dims| dims.unit == png::Unit::Meter);
    let per_inch = metres.and_then(|dims| resolution(dims.xppu, dims.yppu, 0.0254));
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
    Ok(Picture { pixels: Pixels::picture(size, rgb)?, exif, animated, per_inch })
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
    fn a_resolution_is_believed_if_a_scanner_has_it() {
        let jfif = |unit: u8, x: u16, y: u16| {
            let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01".to_vec();
            bytes.push(unit);
            bytes.extend([x.to_be_bytes(), y.to_be_bytes()].concat());
            jfif_resolution(&bytes)
        };
        assert_eq!(jfif(1, 300, 300), Some(300));
        assert_eq!(jfif(2, 118, 118), Some(300));
        assert_eq!(resolution(23_622, 23_622, 0.0254), Some(600));
        for (unit, x, y) in [(0, 1, 1), (1, 72, 72), (1, 300, 200), (1, 0, 0), (2, 65_535, 65_535)]
        {
            assert_eq!(jfif(unit, x, y), None, "{unit} {x} {y}");
        }
        assert_eq!(jfif_resolution(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\x01\x01"), None);
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
